"""When a question may be filed, changed, shown and merged; what of its words should not be public. Pure functions."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.meetings import likeness, openness, redaction
from app.meetings.models import OPENNESS, Meeting, Question
from app.refusal import Conflict, Refusal
from app.staff.models import FIELDS
from app.text import fold

MOST_OF_PHONE = 10  # questions one phone may file for one meeting through the public page
# How a question came when no invitation link brought it: kept with it, in one word.
CHANNELS = {"counter": _l("Tại quầy"), "phone": _l("Điện thoại"), "list": _l("Danh sách của hội")}


# -- filing


def check_filing(meeting: Meeting, now: datetime) -> None:
    """Raises Refusal when this meeting takes no questions any more."""
    if meeting.state != "open":
        raise Refusal(_("Kỳ họp này không nhận câu hỏi."))
    if now >= meeting.ends_at:
        raise Refusal(_("Kỳ họp này đã qua. Gửi câu hỏi cho kỳ sau."))


def check_many(filed: int) -> None:
    if filed >= MOST_OF_PHONE:
        raise Refusal(_("Số điện thoại này đã gửi %(most)s câu cho kỳ này. Gọi cho văn phòng để gửi thêm.", most=filed), "phone")


def phone_key(secret: str, meeting_id: int, phone: str) -> str:
    """What is kept of a phone that says "me too": the same for one meeting, of no use for any other, and not to be undone."""
    return hmac.new(secret.encode(), f"me-too\n{meeting_id}\n{phone}".encode(), hashlib.sha256).hexdigest()


def similar(folded: str, shown: Iterable[Question]) -> list[Question]:
    """Of the questions the public may read, those most like this text; compared by the words the public reads."""
    return likeness.alike(folded, ((fold(one.words), one) for one in shown if openness.public(one)))


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one field, as a page shows them; `field` "" stands last."""

    field: str
    questions: Sequence[Question]


def by_field(questions: Sequence[Question], counts: dict[int, int]) -> list[Group]:
    """In the order of the fields; in each, what holds up most firms first, then the older."""
    ordered = sorted(questions, key=lambda one: (-counts.get(one.id, 0), one.id))
    groups = [Group(field, [one for one in ordered if one.field == field]) for field in (*FIELDS, "")]
    return [group for group in groups if group.questions]


# -- what its asker may do


def widens(before: str, after: str) -> bool:
    """Do more people see it than before?"""
    order = ("private", "hidden", "named")
    return order.index(after) > order.index(before)


def check_own(question: Question) -> None:
    """Raises Refusal when nothing can be changed any more."""
    if question.withdrawn_at is not None:
        raise Refusal(_("Câu hỏi này đã rút lại. Muốn hỏi nữa thì gửi câu mới."))


def check_openness(question: Question, wanted: str) -> None:
    """Narrowing is always possible; what has been dealt with is not made more public afterwards."""
    check_own(question)
    if wanted not in OPENNESS:
        raise Refusal(_("Chọn một mức trong danh sách."), "openness")
    if question.outcome and widens(question.openness, wanted):
        raise Refusal(_("Câu hỏi đã có kết quả nên không mở rộng thêm được."), "openness")


def check_wish(question: Question, meeting: Meeting, now: datetime) -> None:
    check_own(question)
    if now >= meeting.starts_at:
        raise Refusal(_("Kỳ họp đã bắt đầu nên không đổi được cách trả lời nữa."), "wish")


def check_withdrawal(question: Question) -> None:
    if question.outcome:
        raise Refusal(_("Câu hỏi đã có kết quả nên không rút được nữa. Vẫn giấu được tên hoặc chỉ để lãnh đạo đọc."))


# -- what officers may do


def revealing(question: Question, public_text: str) -> list[str]:
    """What in a wording, or in the asker's own words where there is none, would show who asked: sentences for the officer."""
    text, found = public_text or question.text, []
    if redaction.phones(text):
        found.append(_("Có số điện thoại trong câu."))
    if redaction.emails(text):
        found.append(_("Có địa chỉ thư điện tử trong câu."))
    if question.openness != "named" and redaction.names(text, (question.name, question.contact)):
        found.append(_("Có tên người hỏi hoặc tên cơ sở trong câu."))
    return found


def check_shown(question: Question, anyway: bool) -> None:
    """Raises Refusal when a question must not be put on the public page, or not before its wording was looked at."""
    if not question.live:
        raise Conflict(_("Câu hỏi này vừa được rút hoặc gộp, nên không hiện riêng được."))
    if question.openness == "private":
        raise Conflict(_("Người hỏi chỉ muốn lãnh đạo đọc, nên không hiện được."))
    if (found := revealing(question, question.public_text)) and not anyway:
        raise Refusal(" ".join([*found, _("Sửa câu, hoặc đánh dấu “vẫn hiện” nếu chắc chắn.")]), "public_text")


def check_merge(question: Question, into: Question | None) -> None:
    if into is None or into.meeting_id != question.meeting_id or into.id == question.id:
        raise Refusal(_("Chọn một câu khác của kỳ này."), "into")
    if not into.live:
        raise Conflict(_("Câu được chọn vừa được rút hoặc gộp vào câu khác. Chọn câu khác."), "into")
    if question.withdrawn_at is not None:
        raise Conflict(_("Câu hỏi này vừa được rút."))
    if "private" in (question.openness, into.openness):
        raise Refusal(_("Câu chỉ lãnh đạo đọc thì không gộp với câu khác."), "into")


def check_answer(question: Question, text: str) -> None:
    if question.withdrawn_at is not None:
        raise Conflict(_("Câu hỏi này vừa được rút."))
    if not text:
        raise Refusal(_("Ghi câu trả lời."), "answer")
