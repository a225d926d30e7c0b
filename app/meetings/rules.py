"""What a business may do at a meeting and when; who in the line is seated; how long the programme takes. Pure functions."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock, dates
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.refusal import Conflict, Refusal

REMINDER_TIME = time(17)  # in the office's zone
REMINDER_DAYS = {"reminder_week": 7, "reminder_day": 1}
FRESH = timedelta(hours=1)  # a reminder right after the confirmation helps nobody
FIRM_NAMES = {
    "": _l("Chưa rõ"), "company": _l("Doanh nghiệp"), "household": _l("Hộ kinh doanh"), "trader": _l("Tiểu thương chợ"),
    "cooperative": _l("Hợp tác xã"), "association": _l("Hiệp hội"), "other": _l("Khác"),
}  # fmt: skip
MINUTES_A_QUESTION = 10
BUSINESS_SHARE = 60  # per cent of the programme below which reports eat the time of those who came to speak


class AlreadySignedUp(Refusal):
    """This phone has a place at this meeting. The sentence says nothing about whose; `code` is for whoever may see it."""

    def __init__(self, code: str) -> None:
        sentence = _("Số điện thoại này đã đăng ký kỳ này. Mở chỗ đã giữ bằng mã và 4 số cuối ở trang Tra cứu.")
        super().__init__(sentence, "phone")
        self.code = code


# -- sign-up


def standing(meeting: Meeting, waiting: int, now: datetime) -> str:
    """Where sign-up stands: proposed, cancelled, past, closed, early, full (newcomers wait in line) or open."""
    if meeting.state != "open":
        return meeting.state
    if now >= meeting.ends_at:
        return "past"
    if now >= meeting.sign_up_until:
        return "closed"
    if now < meeting.sign_up_from:
        return "early"
    return "full" if waiting or not meeting.free else "open"


def check_sign_up(meeting: Meeting, seats: int, now: datetime, by_officer: bool = False) -> None:
    """Raises Refusal when nobody may sign up now. Officers may, before the opening and until the end of the meeting."""
    where = standing(meeting, 0, now)
    if where in {"proposed", "cancelled"}:
        raise Refusal(_("Kỳ họp này không nhận đăng ký."))
    if where == "past":
        raise Refusal(_("Kỳ họp này đã qua. Đăng ký kỳ sau."))
    if where == "closed" and not by_officer:
        raise Refusal(_("Kỳ họp này đã chốt danh sách. Gọi điện để hỏi chỗ, hoặc đến thẳng bàn đón tiếp."))
    if where == "early" and not by_officer:
        raise Refusal(_("Kỳ họp này mở đăng ký từ %(day)s.", day=dates.day(meeting.sign_up_from)))
    check_seats(meeting, seats)


def check_seats(meeting: Meeting, seats: int) -> None:
    most = min(meeting.most_seats, meeting.capacity)
    if not 1 <= seats <= most:
        raise Refusal(_("Mỗi nơi đăng ký được từ 1 đến %(most)s người.", most=most), "seats")


def check_reservation(meeting: Meeting, seats: int, until: datetime, waiting: int, now: datetime) -> None:
    """Raises Refusal when no seat may be kept for an invited business: whoever waits comes first."""
    check_sign_up(meeting, seats, now, by_officer=True)
    if not now < until <= meeting.starts_at:
        raise Refusal(_("Chọn hạn trả lời từ bây giờ đến trước giờ họp."))
    if waiting:
        raise Conflict(_("Đang có người chờ chỗ nên không giữ trước được."))


def check_accept(sign_up: SignUp, meeting: Meeting, waiting: int, now: datetime) -> None:
    """Raises Refusal when a reserved seat can no longer be accepted. Late is well while nobody waits for it."""
    check_change(sign_up, meeting, now)
    if sign_up.reserved_until is not None and now >= sign_up.reserved_until and waiting:
        raise Conflict(_("Đã quá hạn trả lời và đang có người chờ chỗ này. Đăng ký lại để xếp hàng chờ."))


def check_change(sign_up: SignUp, meeting: Meeting, now: datetime) -> None:
    """Raises Refusal when this place can no longer be changed or given up."""
    if sign_up.state == "given_up":
        raise Refusal(_("Chỗ này đã trả lại. Muốn dự thì đăng ký lại."))
    if meeting.state == "cancelled":
        raise Refusal(_("Kỳ họp này đã huỷ, không cần làm gì thêm."))
    if sign_up.arrived_at is not None:
        raise Refusal(_("Bàn đón tiếp đã ghi nơi này đến, không cần đổi gì nữa."))
    if now >= meeting.starts_at:
        raise Refusal(_("Kỳ họp đã bắt đầu nên không đổi được nữa."))


def check_more(meeting: Meeting, more: int, waiting: int) -> None:
    """Raises Conflict when a seated business can't have `more` seats: whoever waits comes first."""
    if waiting:
        raise Conflict(_("Đang có người chờ chỗ nên chưa thêm được. Số người cũ vẫn giữ."), "seats")
    if more > meeting.free:
        raise Conflict(_("Chỉ còn %(free)s chỗ nên chưa thêm được. Số người cũ vẫn giữ.", free=meeting.free), "seats")


def promoted(line: Iterable[SignUp], free: int) -> list[SignUp]:
    """Whom the free seats go to, strictly in order: a head that does not fit yet keeps everybody behind it waiting."""
    found = []
    for sign_up in line:
        if sign_up.seats > free:
            break
        free -= sign_up.seats
        found.append(sign_up)
    return found


def promotes(meeting: Meeting, now: datetime) -> bool:
    """Seats that come free are handed on until the meeting begins."""
    return meeting.state == "open" and now < meeting.starts_at


# -- reminders


def reminders(starts_at: datetime, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """kind -> (due, useful until): those still ahead. The first is of no use once the second is due, that one until the start."""
    day = clock.local(starts_at).date()
    due = {kind: clock.at(day - timedelta(days=ahead), REMINDER_TIME) for kind, ahead in REMINDER_DAYS.items()}
    until = {"reminder_week": due["reminder_day"], "reminder_day": starts_at}
    return {kind: (due[kind], until[kind]) for kind in due if due[kind] >= now + FRESH}


# -- agenda


@dataclass(frozen=True, slots=True)
class Programme:
    """A meeting's items with their starting times, and how the time is used. All counts in minutes, shares in per cent."""

    starts: tuple[datetime, ...]
    ends_at: datetime
    used: int
    length: int
    business: int

    @property
    def over(self) -> int:
        return max(0, self.used - self.length)

    @property
    def spare(self) -> int:
        return max(0, self.length - self.used)

    @property
    def business_share(self) -> int:
        return round(100 * self.business / self.used) if self.used else 0

    @property
    def too_little_business(self) -> bool:
        return self.used > 0 and self.business_share < BUSINESS_SHARE


def programme(meeting: Meeting, items: Sequence[AgendaItem]) -> Programme:
    starts, used = [], 0
    for item in items:
        starts.append(meeting.starts_at + timedelta(minutes=used))
        used += item.minutes
    business = sum(item.minutes for item in items if item.kind == "business")
    return Programme(tuple(starts), meeting.starts_at + timedelta(minutes=used), used, meeting.length, business)


def check_publishable(plan: Programme) -> None:
    if not plan.used:
        raise Refusal(_("Chương trình chưa có mục nào."))
    if plan.over:
        raise Refusal(_("Chương trình dài quá %(over)s phút. Bớt phút rồi công bố.", over=plan.over))


Row = TypeVar("Row")


def moved_past(rows: Sequence[Row], row: Row, other: Row, step: int) -> list[Row]:
    """`row` put directly before (-1) or behind (1) `other`. Where it stands on that side already nothing moves: pressed twice,
    or on a page that somebody else has overtaken, a button does what it showed."""
    order = list(rows)
    if (order.index(row) - order.index(other)) * step > 0:
        return order
    order.remove(row)
    order.insert(order.index(other) + (step > 0), row)
    return order


def before_closing(items: Sequence[AgendaItem]) -> int:
    """Where what is added stands: before the parts of the office that close the meeting."""
    place = len(items)
    while place and items[place - 1].kind != "business":
        place -= 1
    return place or len(items)


def mark(*facts: object) -> str:
    """Of an item as a page showed it: another mark means that somebody has changed it since."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def turns(plan: Programme, items: Sequence[AgendaItem], questions: Sequence[Question]) -> dict[int, tuple[AgendaItem, datetime]]:
    """Question -> its item and when that begins: of those still to be heard. A merged one is heard with the one it is part of."""
    begins = {item.id: (item, start) for item, start in zip(items, plan.starts, strict=True)}
    known, found = {question.id: question for question in questions}, {}
    for question in questions:
        heard = known.get(question.merged_into_id or question.id, question)
        done = question.withdrawn_at or question.settled_at or heard.withdrawn_at or heard.settled_at
        if not done and heard.agenda_item_id in begins:
            found[question.id] = begins[heard.agenda_item_id]
    return found


def minutes_for(counts: Sequence[int], room: int) -> list[int]:
    """For items with so many questions, within the minutes there are: at most ten for a question, in steps of five."""
    each = min(MINUTES_A_QUESTION, room / max(1, sum(counts)))
    return [max(5, int(count * each) // 5 * 5) for count in counts]


# Title, kind and minutes of a first programme, scaled to the meeting's length. Titles are content: Vietnamese, editable.
FREE_FOR_FIELDS = "Doanh nghiệp hỏi, đơn vị trả lời"  # stands until the questions are sorted by field
FIRST_PROGRAMME = (
    ("Đón tiếp, khai mạc", "office", 10),
    ("Kết quả xử lý kiến nghị kỳ trước", "office", 15),
    (FREE_FOR_FIELDS, "business", 60),
    ("Giải lao", "break", 10),
    ("Hỏi đáp tự do", "business", 45),
    ("Kết luận", "office", 10),
)


def first_programme(length: int) -> list[tuple[str, str, int]]:
    """The usual parts, stretched or shortened to the meeting's length in steps of five minutes; the rest goes to businesses."""
    total = sum(minutes for _title, _kind, minutes in FIRST_PROGRAMME)
    shares = [max(5, minutes * length // total // 5 * 5) for _title, _kind, minutes in FIRST_PROGRAMME]
    shares[2] = max(5, shares[2] + length - sum(shares))
    return [(title, kind, share) for (title, kind, _minutes), share in zip(FIRST_PROGRAMME, shares, strict=True)]
