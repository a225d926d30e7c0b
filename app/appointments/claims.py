"""Taking and giving back ticks, inside an action's transaction: the one place that writes claims."""

import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app import clock
from app.appointments import queries, rules
from app.appointments.models import Appointment, Claim, DayStamp, Hold
from app.db import insert
from app.offices.catalogue import Catalogue, Office, Procedure
from app.refusal import Conflict


def touch(session: Session, office_id: int, *moments: datetime) -> None:
    """New stamps for the days of these moments, in order: on PostgreSQL their rows are the lock that writers take in turn."""
    for day in sorted({clock.local(moment).date() for moment in moments}):
        stamp = secrets.randbits(48)
        row = insert(session, DayStamp).values(office_id=office_id, day=day, stamp=stamp)
        session.execute(row.on_conflict_do_update(index_elements=["office_id", "day"], set_={"stamp": stamp}))


def take(
    session: Session, catalogue: Catalogue, office: Office, procedure: Procedure, moment: datetime, owner: Appointment | Hold
) -> None:
    """Gives the moment to `owner` at one of the counters, and writes counter, start and length into it.

    The day must have been touched. Raises Conflict when every counter is taken: the primary key decides, what was read
    before only says where to try.
    """
    now = clock.now()
    taken = queries.taken_now(office, procedure, clock.local(moment).date(), now)
    for counter, length in rules.choose(catalogue, office, procedure, moment, taken):
        owner.counter_id, owner.starts_at, owner.minutes = counter.id, moment, length * rules.TICK
        session.add(owner)
        session.flush()
        first = rules.tick_of(moment)
        if _claim(session, range(first, first + length), owner, now):
            return
    raise Conflict(rules.just_taken(moment), "moment")


def _claim(session: Session, ticks: range, owner: Appointment | Hold, now: datetime) -> bool:
    """All the ticks, or none: expired holds on them are replaced."""
    counter_id = owner.counter_id
    mine = {"hold_id": owner.id, "expires_at": owner.expires_at} if isinstance(owner, Hold) else {"appointment_id": owner.id}
    with session.begin_nested() as savepoint:
        session.execute(delete(Claim).where(Claim.counter_id == counter_id, Claim.tick.in_(ticks), Claim.expires_at <= now))
        rows = insert(session, Claim).values([{"counter_id": counter_id, "tick": tick, **mine} for tick in ticks])
        written = session.execute(rows.on_conflict_do_nothing().returning(Claim.tick)).all()
        if len(written) == len(ticks):
            return True
        savepoint.rollback()
        return False


def release(session: Session, owner: Appointment | Hold) -> None:
    """Gives back every tick of the owner; its day must be touched too."""
    column = Claim.hold_id if isinstance(owner, Hold) else Claim.appointment_id
    session.execute(delete(Claim).where(column == owner.id))


def hand_over(session: Session, hold: Hold, appointment: Appointment) -> bool:
    """The hold's ticks become the appointment's. False when some were lost: the hold had expired and somebody was faster."""
    changed = session.execute(
        update(Claim)
        .where(Claim.hold_id == hold.id)
        .values(hold_id=None, expires_at=None, appointment_id=appointment.id)
        .returning(Claim.tick)
    ).all()
    return len(changed) == hold.minutes // rules.TICK
