"""The roof: what the self-check looks at in meetings, their promises and their minutes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from app import clock
from app.db import db
from app.meetings import queries as meetings
from app.meetings import times
from app.meetings.models import Meeting, SignUp
from app.minutes import queries as minutes
from app.promises import queries as promises
from app.promises.models import Promise, PromiseEvent

STUCK = timedelta(minutes=5)  # past the lease: the sweeper should have come by
Names = Sequence[str]


def named(kind: str, rows: Select[Any]) -> Names:
    return [f"{kind}:{number}" for number in db.session.scalars(rows)]


# -- meetings ---------------------------------------------------------------------------------------------------------


def oversold() -> Names:
    return [f"meeting:{number}" for number in meetings.oversold()]


def lines() -> Names:
    """Numbers of the waiting line are given once, in order, and the meeting knows the youngest."""
    found = (
        select(Meeting.id)
        .join(SignUp, SignUp.meeting_id == Meeting.id)
        .where(SignUp.line.is_not(None))
        .group_by(Meeting.id, Meeting.last_line)
        .having(or_(func.count(SignUp.line) != func.count(SignUp.line.distinct()), func.max(SignUp.line) > Meeting.last_line))
    )
    return named("meeting", found.order_by(Meeting.id))


def head_waits() -> Names:
    """Free seats go to the head of the line at once, while the meeting is still ahead."""
    other = aliased(SignUp)
    head = select(func.min(other.line)).where(other.meeting_id == SignUp.meeting_id, other.state == "waiting").scalar_subquery()
    ahead = and_(Meeting.state == "open", Meeting.starts_at > clock.now())
    fits = and_(SignUp.state == "waiting", SignUp.line == head, SignUp.seats <= Meeting.capacity - Meeting.taken)
    return named("seat", select(SignUp.id).join(SignUp.meeting).where(ahead, fits).order_by(SignUp.id))


def reserved() -> Names:
    """The sweep comes by every minute."""
    late = and_(SignUp.state == "reserved", SignUp.reserved_until <= clock.now() - STUCK, Meeting.state == "open")
    return named("seat", select(SignUp.id).join(SignUp.meeting).where(late).order_by(SignUp.id))


def arrivals() -> Names:
    """The true time of an arrival lies between the sign-up (which may be the arrival) and the end; it is entered afterwards."""
    early, late = SignUp.arrived_at < SignUp.signed_at, SignUp.arrived_at > Meeting.ends_at
    wrong = or_(early, late, SignUp.arrival_recorded_at < SignUp.arrived_at)
    return named("seat", select(SignUp.id).join(SignUp.meeting).where(wrong).order_by(SignUp.id))


def item_times() -> Names:
    """Of a published programme every asker was written the minute at which their question is heard."""
    rows = select(Meeting).where(
        Meeting.state == "open", Meeting.starts_at > clock.now(), Meeting.agenda_published_at.is_not(None)
    )
    found = []
    for meeting in db.session.scalars(rows.order_by(Meeting.id)).all():
        asked = meetings.questions(meeting.id)
        turns = times.expected(meeting, asked)
        found += [one.about for one in asked if one.id in turns and one.told_for != turns[one.id][1]]
    return found


# -- promises ---------------------------------------------------------------------------------------------------------


def begun_in_history() -> Names:
    """The history of every promise begins with its making."""
    first = select(PromiseEvent.kind).where(PromiseEvent.promise_id == Promise.id).order_by(PromiseEvent.id).limit(1)
    begun = func.coalesce(first.scalar_subquery(), "") == "made"
    return named("promise", select(Promise.id).where(not_(begun)).order_by(Promise.id))


def discord() -> Names:
    return [f"promise:{number}" for number in promises.discord()]


# -- minutes ----------------------------------------------------------------------------------------------------------


def unkept_lines() -> Names:
    return [f"minute_promise:{number}" for number in minutes.lines_without_promise()]


def minutes_out_of_step() -> Names:
    return [f"meeting:{number}" for number in minutes.out_of_step()]
