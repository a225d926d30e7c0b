"""Every SELECT of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app import clock
from app.db import db
from app.meetings.models import TAKING, AgendaItem, Meeting, Question, Series, SignUp
from app.text import fold

OVERVIEW_PAST = 12  # past meetings on the staff list


@dataclass(frozen=True, slots=True)
class Figures:
    """A meeting with what is counted about it."""

    meeting: Meeting
    firms: int  # seated businesses
    waiting: int  # people in the waiting line
    questions: int


def _count(condition: object, what: object = None) -> ScalarSelect[int]:
    counted = func.count() if what is None else func.coalesce(func.sum(what), 0)  # type: ignore[arg-type]
    return select(counted).where(condition).scalar_subquery()  # type: ignore[arg-type]


def _with_figures() -> Select[Meeting, int, int, int]:
    """Counts ride along as subqueries: a page needs one query for its meeting."""
    mine = SignUp.meeting_id == Meeting.id
    return select(
        Meeting,
        _count(mine & (SignUp.state == "seated")),
        _count(mine & (SignUp.state == "waiting"), SignUp.seats),
        _count((Question.meeting_id == Meeting.id) & live()),
    )


def live() -> ColumnElement[bool]:
    """Questions that stand by themselves: not withdrawn, not part of another."""
    return Question.withdrawn_at.is_(None) & Question.merged_into_id.is_(None)


def upcoming(now: datetime | None = None) -> Figures | None:
    """The next published meeting that is not over, for the front page. One query."""
    now = now or clock.now()
    row = db.session.execute(
        _with_figures().where(Meeting.state == "open", Meeting.ends_at > now).order_by(Meeting.starts_at).limit(1)
    ).first()
    return Figures(*row) if row else None


def of_day(day: date) -> Figures | None:
    row = db.session.execute(_with_figures().where(Meeting.day == day)).first()
    return Figures(*row) if row else None


def following(day: date, now: datetime, most: int) -> Sequence[Meeting]:
    """The next meetings other than the one of this day, proposed ones (whose month is said, not their day) among them."""
    coming = (Meeting.state != "cancelled", Meeting.starts_at > now, Meeting.day > day)
    return db.session.scalars(select(Meeting).where(*coming).order_by(Meeting.starts_at).limit(2 * most)).all()


def published(since: datetime) -> Sequence[Meeting]:
    """What the calendar feed tells: open and cancelled meetings, in order."""
    shown = Meeting.state.in_(["open", "cancelled"])
    return db.session.scalars(select(Meeting).where(shown, Meeting.starts_at > since).order_by(Meeting.starts_at)).all()


def overview(now: datetime) -> tuple[Sequence[Figures], Sequence[Figures]]:
    """For officers: meetings to come, soonest first, and the last ones held, youngest first."""
    coming = db.session.execute(_with_figures().where(Meeting.ends_at > now).order_by(Meeting.starts_at))
    past = db.session.execute(
        _with_figures().where(Meeting.ends_at <= now).order_by(Meeting.starts_at.desc()).limit(OVERVIEW_PAST)
    )
    return [Figures(*row) for row in coming], [Figures(*row) for row in past]


def active_series() -> Sequence[Series]:
    return db.session.scalars(select(Series).where(Series.active).order_by(Series.id)).all()


def rule_days(series_id: int, since: date) -> set[date]:
    """The rule's days that already have their meeting."""
    return set(db.session.scalars(select(Meeting.rule_day).where(Meeting.series_id == series_id, Meeting.rule_day >= since)))


def taken_days(since: date) -> set[date]:
    return set(db.session.scalars(select(Meeting.day).where(Meeting.day >= since)))


def locked(meeting_id: int) -> Meeting | None:
    """The meeting as it is now, its row held until the transaction ends (on SQLite the transaction holds everything)."""
    return db.session.scalar(
        select(Meeting).where(Meeting.id == meeting_id).with_for_update(of=Meeting).execution_options(populate_existing=True)
    )


# -- sign-ups


def by_code(code: str) -> SignUp | None:
    return db.session.scalar(select(SignUp).where(SignUp.code == code).options(joinedload(SignUp.meeting)))


def of_phone(meeting_id: int, phone: str) -> SignUp | None:
    """This phone's place at this meeting, seated or waiting."""
    mine = (SignUp.meeting_id == meeting_id, SignUp.phone == phone, SignUp.state != "given_up")
    return db.session.scalar(select(SignUp).where(*mine))


def line(meeting_id: int) -> Sequence[SignUp]:
    """The waiting line, head first."""
    waits = (SignUp.meeting_id == meeting_id, SignUp.state == "waiting")
    return db.session.scalars(select(SignUp).where(*waits).order_by(SignUp.line)).all()


def waiting(meeting_id: int) -> int:
    """How many businesses wait in line."""
    waits = (SignUp.meeting_id == meeting_id, SignUp.state == "waiting")
    return db.session.scalar(select(func.count()).select_from(SignUp).where(*waits)) or 0


def ahead_of(sign_up: SignUp) -> int:
    """How many businesses stand before this one in the line."""
    before = (SignUp.meeting_id == sign_up.meeting_id, SignUp.state == "waiting", SignUp.line < sign_up.line)
    return db.session.scalar(select(func.count()).select_from(SignUp).where(*before)) or 0


def active(meeting_id: int) -> Sequence[SignUp]:
    """Seated and waiting businesses, in order of arrival."""
    mine = (SignUp.meeting_id == meeting_id, SignUp.state != "given_up")
    return db.session.scalars(select(SignUp).where(*mine).order_by(SignUp.id)).all()


def registrations(meeting_id: int, search: str = "") -> Sequence[SignUp]:
    """Everybody who signed up, given up included; `search` finds names, contacts, tax codes, phones and codes without marks."""
    found = select(SignUp).where(SignUp.meeting_id == meeting_id).order_by(SignUp.id)
    for word in fold(search).split():
        found = found.where(SignUp.search_key.contains(word, autoescape=True))
    return db.session.scalars(found).all()


def attendance(meeting_id: int) -> Sequence[SignUp]:
    """Seated businesses by name, as the desk at the door looks them up."""
    seated = (SignUp.meeting_id == meeting_id, SignUp.state == "seated")
    return db.session.scalars(select(SignUp).where(*seated).order_by(SignUp.search_key)).all()


def oversold() -> Sequence[int]:
    """Meetings whose seats don't add up; none, unless somebody wrote past the house."""
    taking = _count((SignUp.meeting_id == Meeting.id) & SignUp.state.in_(TAKING), SignUp.seats)
    wrong = (Meeting.taken != taking) | (Meeting.taken > Meeting.capacity)
    return db.session.scalars(select(Meeting.id).where(wrong).order_by(Meeting.id)).all()


# -- agenda


def items(meeting_id: int) -> Sequence[AgendaItem]:
    """The programme in order, with units."""
    mine = AgendaItem.meeting_id == meeting_id
    return db.session.scalars(select(AgendaItem).where(mine).order_by(AgendaItem.position, AgendaItem.id)).all()


def items_with_counts(meeting_id: int) -> Sequence[tuple[AgendaItem, int]]:
    """The programme in order with the number of questions sorted under each item. One query."""
    asked = _count((Question.agenda_item_id == AgendaItem.id) & live() & Question.settled_at.is_(None))
    mine = AgendaItem.meeting_id == meeting_id
    rows = db.session.execute(select(AgendaItem, asked).where(mine).order_by(AgendaItem.position, AgendaItem.id))
    return [(item, count) for item, count in rows]


def questions(meeting_id: int) -> Sequence[Question]:
    """All questions of a meeting with who asked, oldest first."""
    return db.session.scalars(
        select(Question)
        .where(Question.meeting_id == meeting_id)
        .outerjoin(Question.sign_up)
        .options(contains_eager(Question.sign_up))
        .order_by(Question.id)
    ).all()


def public() -> ColumnElement[bool]:
    """openness.public, in SQL."""
    return Question.shown_at.is_not(None) & live() & (Question.openness != "private")


def shown(meeting_id: int) -> Sequence[Question]:
    """The questions anybody may read, oldest first."""
    return db.session.scalars(select(Question).where(Question.meeting_id == meeting_id, public()).order_by(Question.id)).all()


def question(code: str) -> Question | None:
    return db.session.scalar(select(Question).where(Question.code == code))


def questions_of(sign_up_id: int) -> Sequence[Question]:
    return db.session.scalars(select(Question).where(Question.sign_up_id == sign_up_id).order_by(Question.id)).all()
