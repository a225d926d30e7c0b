"""How promises are counted, for everybody who publishes a figure about them: one definition, in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.db import db
from app.promises.models import Promise


@dataclass(frozen=True, slots=True)
class Score:
    """`made` = `on_time` + `late` + `open`. The day that counts is the last one promised: every postponement is public with
    its reason, and `moved` says how many there were. While the unit waits for somebody else the clock stands."""

    made: int = 0
    on_time: int = 0  # done by its day
    late: int = 0  # done after it, or still open past it
    open: int = 0  # its day is still to come
    moved: int = 0  # whose day was put off at least once
    written: int = 0  # answers promised in writing
    written_on_time: int = 0
    answers: int = 0  # askers who said whether it helped
    yes: int = 0  # and it did

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Score)))


def columns(today: date) -> list[ColumnElement[int]]:
    """The counts of a Score, in its order, over any group of promises (withdrawn ones are left out by `counted`)."""
    done, waiting = Promise.done_on.is_not(None), Promise.waiting_since.is_not(None)
    on_time = and_(done, Promise.done_on <= Promise.due)
    overdue = or_(and_(~waiting, Promise.due < today), and_(waiting, Promise.due < Promise.waiting_since))
    written = Promise.kind == "written"
    conditions = (
        None, on_time, or_(and_(done, Promise.done_on > Promise.due), and_(~done, overdue)), and_(~done, ~overdue),
        Promise.postponed > 0, written, and_(written, on_time), Promise.verdict != "", Promise.verdict == "yes",
    )  # fmt: skip
    return [func.count(Promise.id) if one is None else func.count(Promise.id).filter(one) for one in conditions]


def counted() -> ColumnElement[bool]:
    """Promises that count: those taken back by amended minutes were never made."""
    return Promise.withdrawn_on.is_(None)


def score(since: date, today: date) -> Score:
    """Of everything promised in public since a day. One query."""
    made = (counted(), Promise.public, Promise.made_on >= since)
    counts: Sequence[int] = db.session.execute(select(*columns(today)).where(*made)).one()
    return Score(*counts)
