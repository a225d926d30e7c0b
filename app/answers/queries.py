"""Every SELECT of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Subquery, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager

from app.answers.models import AnswerConsent, AnswerDraft, UnitRequest
from app.db import db
from app.meetings.models import AgendaItem, AgendaItemUnit, Meeting, Question
from app.meetings.queries import live, to_be_heard
from app.staff.models import Unit


@dataclass(frozen=True, slots=True)
class Put:
    """A question and a unit whose item it is: put to the unit when there is a draft."""

    question: Question
    item: AgendaItem | None
    unit_id: int | None
    leads: bool  # the unit is responsible, and does not only help
    draft: AnswerDraft | None
    consent: AnswerConsent | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A unit's question as the unit sees it."""

    draft: AnswerDraft
    question: Question
    item: AgendaItem | None
    meeting: Meeting
    leads: bool
    due_on: date


def _named() -> Subquery:
    """(item, unit, is it responsible): who is to answer."""
    responsible = select(AgendaItem.id.label("item_id"), AgendaItem.unit_id.label("unit_id"), literal(True).label("leads"))
    helping = select(AgendaItemUnit.item_id, AgendaItemUnit.unit_id, literal(False))
    return union_all(responsible.where(AgendaItem.unit_id.is_not(None)), helping).subquery()


def puts(meeting_id: int) -> Sequence[Put]:
    """Every question of a meeting that stands by itself, with its item, and one line for each unit that is to answer it."""
    named = _named()
    mine = and_(AnswerDraft.question_id == Question.id, AnswerDraft.unit_id == named.c.unit_id)
    rows = db.session.execute(
        select(Question, AgendaItem, named.c.unit_id, named.c.leads, AnswerDraft, AnswerConsent)
        .outerjoin(AgendaItem, AgendaItem.id == Question.agenda_item_id)
        .outerjoin(named, named.c.item_id == AgendaItem.id)
        .outerjoin(AnswerDraft, mine)
        .outerjoin(AnswerConsent, AnswerConsent.question_id == Question.id)
        .where(Question.meeting_id == meeting_id, live())
        .order_by(AgendaItem.id.is_(None), AgendaItem.position, Question.id)
    )
    return [Put(question, item, unit_id, bool(leads), draft, consent) for question, item, unit_id, leads, draft, consent in rows]


def unsent(meeting_id: int) -> dict[int, list[Question]]:
    """Unit -> questions it has not been sent yet. What is for the leader alone never is; what is answered need not be."""
    found: dict[int, list[Question]] = {}
    for put in puts(meeting_id):
        if put.unit_id is not None and is_unsent(put):
            found.setdefault(put.unit_id, []).append(put.question)
    return found


def is_unsent(put: Put) -> bool:
    question = put.question
    done = question.settled_at is not None or question.answered_at is not None
    return put.unit_id is not None and put.draft is None and not done and question.openness != "private"


def units_asked(meeting_id: int) -> Sequence[tuple[Unit, UnitRequest | None]]:
    """All units in the office's own order, with what they were asked for this meeting."""
    mine = and_(UnitRequest.unit_id == Unit.id, UnitRequest.meeting_id == meeting_id)
    rows = db.session.execute(select(Unit, UnitRequest).outerjoin(UnitRequest, mine).order_by(Unit.position, Unit.name))
    return [(unit, asked) for unit, asked in rows]


def request(meeting_id: int, unit_id: int) -> UnitRequest | None:
    mine = (UnitRequest.meeting_id == meeting_id, UnitRequest.unit_id == unit_id)
    return db.session.scalar(select(UnitRequest).where(*mine))


def cases(unit: Unit, now: datetime) -> Sequence[Case]:
    """What a unit was sent for meetings to come and is still its own, or has its word; by meeting, in the programme's order."""
    named = _named()
    rows = db.session.execute(
        select(AnswerDraft, Question, AgendaItem, Meeting, named.c.leads, UnitRequest.due_on)
        .join(Question, Question.id == AnswerDraft.question_id)
        .join(Meeting, Meeting.id == Question.meeting_id)
        .join(UnitRequest, and_(UnitRequest.meeting_id == Meeting.id, UnitRequest.unit_id == AnswerDraft.unit_id))
        .outerjoin(AgendaItem, AgendaItem.id == Question.agenda_item_id)
        .outerjoin(named, and_(named.c.item_id == AgendaItem.id, named.c.unit_id == AnswerDraft.unit_id))
        .where(AnswerDraft.unit_id == unit.id, Meeting.state == "open", Meeting.ends_at > now)
        .where(live(), Question.openness != "private", or_(named.c.unit_id.is_not(None), AnswerDraft.revision > 0))
        .order_by(Meeting.starts_at, AgendaItem.position, Question.id)
    )
    return [Case(draft, question, item, meeting, bool(leads), due_on) for draft, question, item, meeting, leads, due_on in rows]


def locked_draft(question_id: int, unit_id: int) -> AnswerDraft | None:
    """As it is now, held until the transaction ends."""
    mine = (AnswerDraft.question_id == question_id, AnswerDraft.unit_id == unit_id)
    rows = select(AnswerDraft).where(*mine).with_for_update(of=AnswerDraft)
    return db.session.scalar(rows.execution_options(populate_existing=True))


def drafts(question_id: int) -> Sequence[AnswerDraft]:
    """What units say to a question, the first that wrote first."""
    rows = select(AnswerDraft).join(AnswerDraft.unit).options(contains_eager(AnswerDraft.unit))
    return db.session.scalars(rows.where(AnswerDraft.question_id == question_id).order_by(AnswerDraft.written_at)).all()


def question_of(day: date, question_id: int) -> tuple[Question, Meeting, AgendaItem | None, AnswerConsent | None] | None:
    """A question of this day's meeting with its item and its asker's word."""
    row = db.session.execute(
        select(Question, Meeting, AgendaItem, AnswerConsent)
        .join(Meeting, Meeting.id == Question.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.id == Question.agenda_item_id)
        .outerjoin(AnswerConsent, AnswerConsent.question_id == Question.id)
        .where(Question.id == question_id, Meeting.day == day)
    ).first()
    return (row[0], row[1], row[2], row[3]) if row else None


def answered(code: str) -> tuple[Question, Meeting, Unit | None, AnswerConsent | None] | None:
    """A question with its meeting, the unit whose answer it has, and the asker's word."""
    row = db.session.execute(
        select(Question, Meeting, Unit, AnswerConsent)
        .join(Meeting, Meeting.id == Question.meeting_id)
        .outerjoin(Unit, Unit.id == Question.answer_unit_id)
        .outerjoin(AnswerConsent, AnswerConsent.question_id == Question.id)
        .where(Question.code == code)
    ).first()
    return (row[0], row[1], row[2], row[3]) if row else None


def together(question: Question) -> Sequence[Question]:
    """The question and those merged with it, as long as they are not withdrawn: they are answered and settled together."""
    root = question.merged_into_id or question.id
    mine = or_(Question.id == root, Question.merged_into_id == root)
    return db.session.scalars(select(Question).where(mine, Question.withdrawn_at.is_(None)).order_by(Question.id)).all()


def content(questions: Sequence[Question]) -> set[int]:
    """Whose askers have enough."""
    of = AnswerConsent.question_id.in_([question.id for question in questions])
    return set(db.session.scalars(select(AnswerConsent.question_id).where(of, AnswerConsent.enough)))


def silent(now: datetime, today: date, lock: bool = False) -> Sequence[tuple[UnitRequest, int]]:
    """Requests for meetings to come whose unit still owes its word, with to how many questions. Same as rules.owed."""
    owed = (
        select(func.count())
        .select_from(AnswerDraft)
        .join(Question, Question.id == AnswerDraft.question_id)
        .join(AgendaItem, AgendaItem.id == Question.agenda_item_id)
        .where(AnswerDraft.unit_id == UnitRequest.unit_id, AgendaItem.unit_id == UnitRequest.unit_id)
        .where(Question.meeting_id == UnitRequest.meeting_id, to_be_heard(), Question.openness != "private")
        .where(AnswerDraft.text == "", Question.answered_at.is_(None))
        .where(or_(AnswerDraft.promised_on.is_(None), AnswerDraft.promised_on < today))
        .correlate(UnitRequest)
        .scalar_subquery()
    )
    found = (
        select(UnitRequest, owed)
        .join(UnitRequest.meeting)
        .join(UnitRequest.unit)
        .options(contains_eager(UnitRequest.meeting), contains_eager(UnitRequest.unit))
        .where(Meeting.state == "open", Meeting.starts_at > now, Unit.active, owed > 0)
        .order_by(UnitRequest.id)
    )
    if lock:  # as they are now, until the transaction ends
        found = found.with_for_update(of=UnitRequest).execution_options(populate_existing=True)
    return [(asked, count) for asked, count in db.session.execute(found)]
