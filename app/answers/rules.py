"""By which day a unit answers, when it is reminded, what may be drafted, released and settled. Pure functions."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from app.answers.models import STAGES, AnswerDraft
from app.meetings import days
from app.meetings.models import Meeting, Question
from app.refusal import Refusal

DAYS_TO_READ = 2  # working days between the units' answers and the meeting: the asker must still say whether it is enough
DAYS_AHEAD = 2  # working days before the due day on which a silent unit is reminded
DAY = timedelta(days=1)


# -- asking units


def proposed_due(meeting_day: date, today: date, calendar: days.Calendar) -> date:
    """Two working days before the meeting, or the next working day when that has come already."""
    due = days.working_days_before(meeting_day, DAYS_TO_READ, calendar)
    soonest = today + DAY
    while calendar.is_off(soonest) and soonest < meeting_day - DAY:
        soonest += DAY
    return max(due, soonest)


def check_due(due: date | None, meeting_day: date, today: date, calendar: days.Calendar) -> date:
    """The day. Raises Refusal when no unit can answer by then, or not before the meeting."""
    if due is None or not today <= due < meeting_day:
        raise Refusal(_("Chọn một ngày từ hôm nay đến trước ngày họp."), "due_on")
    if calendar.is_off(due):
        raise Refusal(_("Ngày này đơn vị nghỉ. Chọn một ngày làm việc."), "due_on")
    return due


def stage(due: date, sent: date, today: date, calendar: days.Calendar) -> str:
    """How far reminding a silent unit should have come. On the day it was asked a unit needs no reminder."""
    if today > due:
        return "late"
    if today <= sent:
        return ""
    if today == due:
        return "due"
    return "before" if today >= days.working_days_before(due, DAYS_AHEAD, calendar) > sent else ""


def goes_on(reminded: str, now: str) -> bool:
    """Is this the next stage? None is gone back to, and none said twice."""
    return STAGES.index(now) > STAGES.index(reminded)


# -- the unit's word


def owed(draft: AnswerDraft, question: Question, today: date) -> bool:
    """Does the unit that is responsible still owe its word: neither an answer, nor a day that is yet to come?"""
    waits = draft.promised_on is not None and draft.promised_on >= today
    return not (draft.text or waits or question.answered_at or question.settled_at)


def check_draft(text: str, promised_on: date | None, today: date, calendar: days.Calendar) -> None:
    if not text and promised_on is None:
        raise Refusal(_("Ghi câu trả lời, hoặc hẹn một ngày trả lời."), "text")
    if promised_on is not None and promised_on < today:
        raise Refusal(_("Ngày hẹn đã qua. Chọn một ngày sắp tới."), "promised_on")
    if promised_on is not None and calendar.is_off(promised_on):
        raise Refusal(_("Ngày này là ngày nghỉ. Chọn một ngày làm việc."), "promised_on")


def check_draftable(question: Question, meeting: Meeting, now: datetime) -> None:
    if meeting.state == "cancelled" or now >= meeting.ends_at:
        raise Refusal(_("Kỳ họp này không còn nhận câu trả lời."))
    if not question.live or question.settled_at is not None:
        raise Refusal(_("Câu hỏi này đã xong, không cần trả lời nữa."))


# -- the asker's word


def check_release(question: Question, text: str) -> None:
    if question.withdrawn_at is not None:
        raise Refusal(_("Người hỏi đã rút câu này."))
    if question.merged_into_id is not None:
        raise Refusal(_("Câu này đã gộp vào câu khác. Trả lời ở câu ấy."))
    if question.settled_at is not None:
        raise Refusal(_("Người hỏi đã bằng lòng với câu trả lời trước, không sửa nữa."))
    if not text:
        raise Refusal(_("Ghi câu trả lời."), "text")


def closed(question: Question, meeting: Meeting, now: datetime) -> str:
    """Why the asker can't say any more whether the answer is enough, or nothing."""
    if question.withdrawn_at is not None:
        return str(_("Bạn đã rút câu hỏi này."))
    if question.answered_at is None:
        return str(_("Câu hỏi này chưa có câu trả lời. Có là báo ngay cho bạn."))
    if meeting.state == "cancelled":
        return str(_("Kỳ họp này đã huỷ. Câu trả lời vẫn ở đây."))
    if now >= meeting.starts_at:
        return str(_("Kỳ họp đã bắt đầu nên không đổi được nữa."))
    return ""


def check_word(question: Question, meeting: Meeting, now: datetime) -> None:
    if why := closed(question, meeting, now):
        raise Refusal(why)


def all_content(askers: Sequence[Question], content: set[int]) -> bool:
    """Questions merged into one leave the programme together: when everybody who asked has enough."""
    return all(question.id in content for question in askers)
