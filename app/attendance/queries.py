"""Every SELECT of the room; places themselves are read by the meetings' own queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import contains_eager

from app import audit
from app.audit import Audit
from app.db import db
from app.meetings import queries as meetings
from app.meetings.models import Question, SignUp
from app.staff.models import Officer

ARRIVALS = ("arrived", "arrival_changed", "arrival_undone")  # acts about who came


@dataclass(frozen=True, slots=True)
class Record:
    """Who last wrote down whether a business came, and when."""

    at: datetime
    actor: str
    officer: str  # name; empty when it was no officer

    @property
    def mine(self) -> bool:
        """Was it whoever asks now?"""
        return self.actor == audit.actor()


def records(rows: Collection[SignUp]) -> dict[str, Record]:
    """The last word about each of these places, by the name it has in the trail. One query."""
    wrote = Audit.actor == literal("officer:") + cast(Officer.id, String)
    mine = (Audit.about.in_([row.about for row in rows]), Audit.act.in_(ARRIVALS))
    found = select(Audit.about, Audit.at, Audit.actor, Officer.name).outerjoin(Officer, wrote).where(*mine).order_by(Audit.id)
    return {about: Record(at, actor, name or "") for about, at, actor, name in db.session.execute(found)}


def day_of(code: str) -> date | None:
    """The day of the meeting this code belongs to; without a code, of the next meeting that is not over."""
    if code:
        row = meetings.by_code(code)
        return row.meeting.day if row is not None else None
    found = meetings.upcoming()
    return found.meeting.day if found else None


def asked(meeting_id: int) -> Sequence[Question]:
    """The questions still to be spoken about under an item, with the place they came with, oldest first."""
    mine = (Question.meeting_id == meeting_id, Question.agenda_item_id.is_not(None), Question.settled_at.is_(None))
    return db.session.scalars(
        select(Question)
        .where(*mine, meetings.live())
        .outerjoin(Question.sign_up)
        .options(contains_eager(Question.sign_up))
        .order_by(Question.id)
    ).all()
