"""How often an unconfirmed address is written to, whom a meeting's invitation is for and when, which reasons may be shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.meetings.models import Meeting, SignUp
from app.refusal import Conflict, Refusal

# So many letters about the subscription itself in such a time: anybody can type anybody's address into the form.
LETTERS = ((timedelta(hours=1), 3), (timedelta(days=1), 5))
AHEAD = timedelta(days=21)  # invitations leave from so long before the meeting
FEWEST = 3  # a reason given by fewer people could tell who they are
WHY_NAMES = {
    "gio-giac": _l("Ngày giờ không tiện"), "xa": _l("Xa quá, đi lại khó"),
    "khong-tin-co-ket-qua": _l("Không tin là có kết quả"), "khong-dung-linh-vuc": _l("Không đúng việc của tôi"),
    "ngai-noi": _l("Ngại nói trước nhiều người"), "khac": _l("Lý do khác"),
}  # fmt: skip


def may_write(written: Sequence[datetime], now: datetime) -> bool:
    """May another letter go to this address, after those written at these moments?"""
    return all(sum(moment > now - span for moment in written) < most for span, most in LETTERS)


def check_wording(shown: int, present: int) -> None:
    """Raises Conflict when the words somebody agreed to are not those in force."""
    if shown != present:
        raise Conflict(_("Lời đồng ý vừa được sửa. Đọc lại rồi bấm."))


def inviting(meeting: Meeting, now: datetime) -> bool:
    """Do invitations to this meeting leave now? While people can sign up themselves, and not months ahead."""
    begins = max(meeting.sign_up_from, meeting.starts_at - AHEAD)
    return meeting.state == "open" and begins <= now < meeting.sign_up_until


def concerns(own: Collection[str], theme: Collection[str]) -> bool:
    """Is a meeting in these fields for somebody with those? Who named none wants all; a meeting that names none is for all."""
    return not own or not theme or bool(set(own) & set(theme))


def check_reply(meeting: Meeting, now: datetime) -> None:
    """Raises Refusal when nobody waits for an answer any more."""
    if meeting.state != "open":
        raise Refusal(_("Kỳ họp này đã huỷ, không cần trả lời."))
    if now >= meeting.starts_at:
        raise Refusal(_("Kỳ họp này đã bắt đầu hoặc đã qua. Hẹn bạn kỳ sau."))


def check_missed(sign_up: SignUp, meeting: Meeting, now: datetime) -> None:
    """Raises Refusal when there is nothing to ask: they came, or may still come."""
    if sign_up.arrived_at is not None:
        raise Refusal(_("Bạn đã đến dự kỳ này."))
    if meeting.state == "cancelled":
        raise Refusal(_("Kỳ họp này đã huỷ, không cần trả lời."))
    if sign_up.state != "given_up" and now < meeting.ends_at:
        raise Refusal(_("Kỳ họp chưa diễn ra xong. Không đến được thì trả chỗ."))


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Reasons as they may be shown, most frequent first; `others` lumps those too rare to stand alone, None when even
    together they are too few."""

    shown: Mapping[str, int]
    others: int | None


def told(counts: Mapping[str, int]) -> WhyNot:
    """No reason given by fewer than three stands alone, and none can be reckoned from the rest: no total is told."""
    shown = {why: count for why, count in sorted(counts.items(), key=lambda one: -one[1]) if count >= FEWEST}
    rest = sum(count for count in counts.values() if count < FEWEST)
    return WhyNot(shown, rest if rest >= FEWEST else None)
