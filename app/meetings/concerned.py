"""Whom a change of meetings touches: every SELECT of changing a meeting or a series."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from app.audit import Audit
from app.db import db
from app.meetings import queries
from app.meetings.models import AgendaItem, Meeting, Question, Series, SignUp

UNDECIDED = ("proposed", "open")  # meetings that may still change


@dataclass(frozen=True, slots=True)
class People:
    """Whom a change of a meeting touches: businesses by state, how many left an e-mail address, questions; minutes planned."""

    seated: int
    reserved: int
    waiting: int
    mailed: int
    questions: int
    minutes: int  # of its programme

    @property
    def told(self) -> int:
        return self.seated + self.reserved + self.waiting

    @property
    def any(self) -> bool:
        return bool(self.told or self.questions)


def to_change(day: date, following: bool) -> list[tuple[Meeting, People]]:
    """The meeting of a day with whom it concerns, and, where wanted, those of its series after it. One query."""
    wanted = Meeting.day == day
    if following:
        this = aliased(Meeting)
        series_id = select(this.series_id).where(this.day == day).scalar_subquery()
        wanted |= (Meeting.series_id == series_id) & (Meeting.day > day) & Meeting.state.in_(UNDECIDED)
    return _with_people(wanted)


def coming_of(series_id: int, now: datetime) -> list[tuple[Meeting, People]]:
    """A series' meetings to come with whom they concern. One query."""
    return _with_people((Meeting.series_id == series_id) & (Meeting.starts_at > now) & Meeting.state.in_(UNDECIDED))


def _with_people(wanted: ColumnElement[bool]) -> list[tuple[Meeting, People]]:
    mine = SignUp.meeting_id == Meeting.id
    counts = [queries.count(mine & (SignUp.state == state)) for state in ("seated", "reserved", "waiting")]
    rows = db.session.execute(
        select(
            Meeting,
            *counts,
            queries.count(mine & SignUp.state.in_(queries.CONCERNED) & (SignUp.email != "")),
            queries.count((Question.meeting_id == Meeting.id) & queries.live()),
            queries.count(AgendaItem.meeting_id == Meeting.id, AgendaItem.minutes),
        )
        .where(wanted)
        .order_by(Meeting.day)
    )
    return [(meeting, People(*figures)) for meeting, *figures in rows]


def series(series_id: int) -> Series | None:
    return db.session.get(Series, series_id)


def series_named(name: str) -> Series | None:
    return db.session.scalar(select(Series).where(Series.name == name))


def last_series() -> Series | None:
    """The youngest: what a new one is proposed to be like."""
    return db.session.scalar(select(Series).order_by(Series.id.desc()).limit(1))


def locked_series(series_id: int) -> Series | None:
    """The series, its row held until the transaction ends: before the rows of its meetings, where several are wanted."""
    held = select(Series).where(Series.id == series_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(held)


def locked_series_of(meeting_id: int) -> Series | None:
    series_id = db.session.scalar(select(Meeting.series_id).where(Meeting.id == meeting_id))
    return None if series_id is None else locked_series(series_id)


def locked_coming(series_id: int, now: datetime) -> Sequence[Meeting]:
    """A series' meetings to come, each held until the transaction ends, in one order for everybody."""
    coming = (Meeting.series_id == series_id, Meeting.starts_at > now, Meeting.state.in_(UNDECIDED))
    held = select(Meeting).where(*coming).order_by(Meeting.id).with_for_update(of=Meeting)
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


def lines(meeting_ids: Collection[int]) -> Mapping[int, list[SignUp]]:
    """The waiting lines of these meetings, each head first. One query."""
    found: dict[int, list[SignUp]] = defaultdict(list)
    waits = (SignUp.meeting_id.in_(meeting_ids), SignUp.state == "waiting")
    for row in db.session.scalars(select(SignUp).where(*waits).order_by(SignUp.meeting_id, SignUp.line)):
        found[row.meeting_id].append(row)
    return found


def last_change(about: str) -> Audit | None:
    """Who changed this last, and when."""
    return db.session.scalar(select(Audit).where(Audit.about == about).order_by(Audit.id.desc()).limit(1))
