"""What acts on places are made of, inside their transaction: lock the meeting, take seats, give back, hand to the line."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app import audit, clock, codes
from app.meetings import messages, queries, rules
from app.meetings.models import Meeting, SignUp
from app.refusal import Refusal


def locked(session: Session, meeting_id: int) -> Meeting:
    """The meeting, its row held until the transaction ends."""
    meeting = queries.locked(meeting_id)
    if meeting is None:
        raise Refusal(_("Không có kỳ họp này."))
    return meeting


def locked_row(session: Session, code: str) -> tuple[SignUp, Meeting]:
    """The meeting is locked before its sign-up is read again: what others changed meanwhile is seen."""
    found = session.execute(select(SignUp.id, SignUp.meeting_id).where(SignUp.code == code)).one_or_none()
    if found is None:
        raise Refusal(_("Không có mã này."))
    meeting = locked(session, found.meeting_id)
    return session.get_one(SignUp, found.id, populate_existing=True), meeting


def new_code(session: Session) -> str:
    code = codes.new("TB")
    while session.scalar(select(exists().where(SignUp.code == code))):
        code = codes.new("TB")
    return code


def take(session: Session, meeting: Meeting, seats: int) -> bool:
    """Takes seats if that many are free: one conditional UPDATE, whose row count is the answer."""
    return _add_taken(session, meeting, seats, Meeting.taken + seats <= Meeting.capacity)


def release(session: Session, meeting: Meeting, seats: int) -> None:
    _add_taken(session, meeting, -seats, Meeting.taken >= seats)


def _add_taken(session: Session, meeting: Meeting, seats: int, condition: Any) -> bool:
    session.flush()
    done: Any = session.execute(
        update(Meeting)
        .where(Meeting.id == meeting.id, condition)
        .values(taken=Meeting.taken + seats)
        .execution_options(synchronize_session=False)
    )
    session.refresh(meeting, ["taken"])
    return bool(done.rowcount == 1)


def promote(session: Session, meeting: Meeting) -> None:
    """Hands free seats to the line, strictly from its head; whatever freed them, this ends the act."""
    session.flush()
    now = clock.now()
    if not rules.promotes(meeting, now):
        return
    for row in rules.promoted(queries.line(meeting.id), meeting.free):
        if not take(session, meeting, row.seats):
            return
        before = state_of(row)
        row.state, row.seated_at, row.sequence = "seated", now, row.sequence + 1
        messages.promoted(session, row)
        audit.record(session, "promoted", row.about, before, state_of(row))


def state_of(row: SignUp) -> dict[str, Any]:
    """What the trail keeps of a place: no name, no number."""
    return {"meeting": row.meeting_id, "state": row.state, "seats": row.seats, "line": row.line}
