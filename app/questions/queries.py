"""Every SELECT of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, case, cast, distinct, exists, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.audit import Audit
from app.db import db
from app.meetings import queries as meetings
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.promises.models import Promise, PromiseAsker
from app.questions.models import MeToo, QuestionList
from app.staff.models import Unit

EXAMPLES = 3


def examples(meeting: Meeting) -> Sequence[Question]:
    """Some questions of the last meetings before this one, for a page that has none of its own."""
    before = (
        select(Question)
        .join(Meeting, Meeting.id == Question.meeting_id)
        .where(Meeting.starts_at < meeting.starts_at, meetings.public())
    )
    return db.session.scalars(before.order_by(Meeting.starts_at.desc(), Question.id).limit(EXAMPLES)).all()


def counts(meeting_id: int) -> dict[int, int]:
    """Question -> how many others are held up by it, those merged into it included; each phone once. One query."""
    head = func.coalesce(Question.merged_into_id, Question.id)
    own = distinct(case((MeToo.own & (MeToo.question_id == head), MeToo.phone_key)))
    rows = select(head, func.count(distinct(MeToo.phone_key)) - func.count(own)).join(MeToo, MeToo.question_id == Question.id)
    rows = rows.where(Question.meeting_id == meeting_id, Question.withdrawn_at.is_(None)).group_by(head)
    return dict(db.session.execute(rows).all())


def said_too(question_id: int, phone_key: str) -> bool:
    return db.session.get(MeToo, (question_id, phone_key)) is not None


def of_request(meeting_id: int, request_key: str, phone: str) -> Question | None:
    """The question an earlier press of the same form made."""
    mine = (Question.meeting_id == meeting_id, Question.request_key == request_key, Question.phone == phone)
    return db.session.scalar(select(Question).where(*mine).limit(1)) if request_key else None


def filed_by(meeting_id: int, phone: str) -> int:
    mine = (Question.meeting_id == meeting_id, Question.phone == phone, Question.withdrawn_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(Question).where(*mine)) or 0


# -- one question


@dataclass(frozen=True, slots=True)
class Own:
    """A question with what its asker is told about it: of the question it was merged into, where it was."""

    question: Question
    meeting: Meeting
    head: Question
    item: AgendaItem | None
    unit: Unit | None  # that answered, or will
    seat: SignUp | None


def own(code: str) -> Own | None:
    head, answered = aliased(Question), aliased(Unit)
    found = db.session.execute(
        select(Question, Meeting, head, AgendaItem, answered)
        .join(Meeting, Meeting.id == Question.meeting_id)
        .join(head, head.id == func.coalesce(Question.merged_into_id, Question.id))
        .outerjoin(AgendaItem, AgendaItem.id == head.agenda_item_id)
        .outerjoin(answered, answered.id == head.answer_unit_id)
        .options(joinedload(Question.sign_up))
        .where(Question.code == code)
    ).one_or_none()
    if found is None:
        return None
    question, meeting, merged, item, unit = found
    return Own(question, meeting, merged, item, unit or (item.unit if item else None), question.sign_up)


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise about a question, and its asker's word on it; no word is asked where `asker` is None."""

    promise: Promise
    asker: PromiseAsker | None


def promises_of(question: Question) -> Sequence[Kept]:
    """What was promised about it and about the question it was merged into."""
    about = [question.about, *([f"question:{question.merged_into_id}"] if question.merged_into_id else [])]
    asked = (PromiseAsker.promise_id == Promise.id) & (PromiseAsker.about == question.about)
    rows = db.session.execute(
        select(Promise, PromiseAsker)
        .outerjoin(PromiseAsker, asked)
        .where(or_(Promise.about.in_(about), PromiseAsker.about.is_not(None)), Promise.withdrawn_on.is_(None))
        .order_by(Promise.id)
    )
    return [Kept(promise, asker) for promise, asker in rows]


# -- for officers


def of_meeting(meeting_id: int) -> Sequence[Question]:
    """Every question of a meeting with its seat, new ones first."""
    new = case((Question.reviewed_at.is_(None) & meetings.live(), 0), else_=1)
    return db.session.scalars(
        select(Question).where(Question.meeting_id == meeting_id).options(joinedload(Question.sign_up)).order_by(new, Question.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its meeting and the earlier one it asks again."""

    question: Question
    meeting: Meeting
    earlier: Question | None


def by_number(question_id: int) -> Asked | None:
    earlier = aliased(Question)
    found = db.session.execute(
        select(Question, Meeting, earlier)
        .join(Meeting, Meeting.id == Question.meeting_id)
        .outerjoin(earlier, earlier.id == Question.repeats_id)
        .options(joinedload(Question.sign_up))
        .where(Question.id == question_id)
    ).one_or_none()
    return Asked(*found) if found else None


def last_seat_of(phone: str) -> SignUp | None:
    """The youngest place this phone ever took, at any meeting."""
    return db.session.scalar(select(SignUp).where(SignUp.phone == phone).order_by(SignUp.id.desc()).limit(1))


def last_question_of(phone: str) -> Question | None:
    return db.session.scalar(select(Question).where(Question.phone == phone).order_by(Question.id.desc()).limit(1))


# -- lists of associations


def list_of(list_id: int) -> QuestionList | None:
    return db.session.get(QuestionList, list_id)


def open_lists(meeting_id: int, since: datetime) -> Sequence[QuestionList]:
    """Read and not yet entered, youngest first."""
    waits = (QuestionList.meeting_id == meeting_id, QuestionList.entered_at.is_(None), QuestionList.read_at >= since)
    return db.session.scalars(select(QuestionList).where(*waits).order_by(QuestionList.id.desc())).all()


def entered_keys(meeting_id: int) -> set[str]:
    """Request keys of everything filed for a meeting: what a list's rows are known by."""
    of_seats = select(SignUp.request_key).where(SignUp.meeting_id == meeting_id)
    of_questions = select(Question.request_key).where(Question.meeting_id == meeting_id)
    return set(db.session.scalars(of_seats.union(of_questions)))


def seated_phones(meeting_id: int) -> dict[str, str]:
    """Phone -> request key of everybody who has a place at this meeting or waits for one."""
    mine = (SignUp.meeting_id == meeting_id, SignUp.state != "given_up")
    return dict(db.session.execute(select(SignUp.phone, SignUp.request_key).where(*mine)).all())


# -- what must not be


def wrongly_shown() -> Sequence[int]:
    """Questions on the public page that are the leader's alone, or taken back; none, unless somebody wrote past the house."""
    shown = Question.shown_at.is_not(None) & ((Question.openness == "private") | Question.withdrawn_at.is_not(None))
    return db.session.scalars(select(Question.id).where(shown).order_by(Question.id)).all()


def wrongly_merged() -> Sequence[int]:
    """Questions merged into one that does not stand by itself, or is another meeting's or the leader's alone."""
    head = aliased(Question)
    gone = head.merged_into_id.is_not(None) | head.withdrawn_at.is_not(None) | (head.openness == "private")
    merged = select(Question.id).join(head, head.id == Question.merged_into_id)
    return db.session.scalars(merged.where(gone | (head.meeting_id != Question.meeting_id)).order_by(Question.id)).all()


def without_trail() -> Sequence[int]:
    """Questions whose filing is not in the trail. (Those filed before questions had a trail have no request key.)"""
    filed = exists().where(Audit.about == literal("question:") + cast(Question.id, String), Audit.act == "question_filed")
    return db.session.scalars(select(Question.id).where(Question.request_key != "", ~filed).order_by(Question.id)).all()
