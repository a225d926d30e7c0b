"""Acts: send questions to units, draft, release to the asker, settle or not."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.answers import messages, queries, rules
from app.answers.models import AnswerConsent, AnswerDraft, UnitRequest
from app.db import transaction
from app.meetings import agenda, days, times
from app.meetings import queries as meetings
from app.meetings.actions import locked
from app.meetings.models import Meeting, Question
from app.meetings.rules import mark
from app.offices.queries import catalogue
from app.refusal import Conflict, Refusal
from app.staff.models import Unit


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit writes to a question."""

    text: str
    promised_on: date | None = None


def calendar() -> days.Calendar:
    known = catalogue()
    return days.Calendar(known.holidays, known.worked)


def send(meeting_id: int, due_on: date | None) -> int:
    """Every unit gets its questions that it has not been sent; returns how many units. Pressed twice it sends nothing more."""
    worked, today = calendar(), clock.today()
    with transaction() as session:
        meeting = agenda.changeable(session, meeting_id)
        new = queries.unsent(meeting_id)
        if not new:
            return 0
        due = rules.check_due(due_on, meeting.day, today, worked)
        for unit_id, questions in new.items():
            _ask(session, meeting, session.get_one(Unit, unit_id), questions, due)
        return len(new)


def _ask(session: Session, meeting: Meeting, unit: Unit, questions: list[Question], due: date) -> None:
    now = clock.now()
    session.add_all(AnswerDraft(question_id=question.id, unit_id=unit.id, sent_at=now) for question in questions)
    request = queries.request(meeting.id, unit.id)
    if request is None:
        request = UnitRequest(meeting_id=meeting.id, unit_id=unit.id, sequence=0)
        session.add(request)
    request.sent_at, request.due_on, request.sequence = now, due, request.sequence + 1
    request.reminded, request.reminded_at = "", None
    session.flush()
    messages.asked(session, request, meeting, unit, len(questions))
    facts = {"unit": unit.id, "due": due.isoformat(), "questions": [question.id for question in questions]}
    audit.record(session, "unit_asked", meeting.about, None, facts)


def draft(unit_id: int, question_id: int, said: Said, revision: int) -> AnswerDraft:
    """Keeps what a unit writes. `revision`: the one its page showed; Conflict when somebody of the unit was faster."""
    worked = calendar()
    with transaction() as session:
        row = queries.locked_draft(question_id, unit_id)
        if row is None:
            raise Refusal(_("Câu hỏi này không còn ở đơn vị."))
        rules.check_draft(said.text, said.promised_on, clock.today(), worked)
        question = session.get_one(Question, question_id)
        meeting = session.get_one(Meeting, question.meeting_id)
        if (row.text, row.promised_on) == (said.text, said.promised_on):
            return row
        rules.check_draftable(question, meeting, clock.now())
        if row.revision and revision != row.revision:
            raise Conflict(
                _("Đồng nghiệp vừa lưu câu này. Bản của họ ở trên, bản của bạn còn trong ô. Ghép lại rồi lưu."), "text"
            )
        before = {"unit": unit_id, "revision": row.revision}
        row.text, row.promised_on, row.written_at = said.text, said.promised_on, clock.now()
        row.revision += 1
        audit.record(session, "answer_drafted", question.about, before, {"unit": unit_id, "revision": row.revision})
        session.flush()
        request = queries.request(meeting.id, unit_id)
        if request is not None and request.id not in {one.id for one, _count in queries.silent(clock.now(), clock.today())}:
            messages.nothing_owed(session, request)
        return row


def release(question_id: int, text: str, unit_id: int | None, seen: str = "") -> Question:
    """Gives the asker, and those whose questions are part of it, this answer. `seen`: the mark of the answer the page showed."""
    with transaction() as session:
        question = session.get_one(Question, question_id)
        meeting = locked(session, question.meeting_id)
        question = session.get_one(Question, question_id, populate_existing=True)
        if (question.answer, question.answer_unit_id) == (text, unit_id) and text:
            return question
        rules.check_release(question, text)
        if seen and seen != answer_mark(question):
            raise Conflict(_("Người khác vừa gửi một câu trả lời. Bản ấy ở trên, bản của bạn còn trong ô."), "text")
        if unit_id is not None and session.get(Unit, unit_id) is None:
            raise Refusal(_("Chọn một đơn vị trong danh sách."), "unit")
        for one in queries.together(question):
            one.answer, one.answer_unit_id, one.answered_at = text, unit_id, clock.now()
            one.sequence += 1
            messages.released(session, one, meeting)
        audit.record(session, "answer_released", question.about, None, {"unit": unit_id, "sequence": question.sequence})
        return question


def answer_mark(question: Question) -> str:
    return mark(question.answer, question.answer_unit_id)


def say(code: str, enough: bool) -> Question:
    """The asker's word on the answer. Enough: the question leaves the programme, with those it is merged with once they all
    have enough. The other word puts it back. Twice is once."""
    with transaction() as session:
        found = queries.answered(code)
        if found is None:
            raise Refusal(_("Không có mã này."))
        meeting = locked(session, found[1].id)
        question = session.get_one(Question, found[0].id, populate_existing=True)
        word = session.get(AnswerConsent, question.id)
        if word is not None and word.enough == enough:
            return question
        rules.check_word(question, meeting, clock.now())
        session.merge(AnswerConsent(question_id=question.id, enough=enough, said_at=clock.now()))
        session.flush()
        _settle(session, question, meeting)
        return question


def _settle(session: Session, question: Question, meeting: Meeting) -> None:
    """As all who asked want it; the trail says how long the programme is before and after."""
    before, askers = _length(meeting), queries.together(question)
    content = rules.all_content(askers, queries.content(askers))
    for one in askers:
        one.settled_at = (one.settled_at or clock.now()) if content else None
    session.flush()
    after = {"minutes": _length(meeting), "item": question.agenda_item_id}
    audit.record(session, "settled" if content else "to_be_heard", question.about, {"minutes": before}, after)
    times.tell(session, meeting)


def _length(meeting: Meeting) -> int:
    return sum(item.minutes for item in meetings.items(meeting.id))
