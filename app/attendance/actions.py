"""Acts at the door: somebody came, a walk-in, taken back, a seat handed on, the list closed. Each locks its meeting first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock, dates
from app.attendance import queries, rules
from app.db import transaction
from app.meetings import actions as places
from app.meetings import queries as meetings
from app.meetings import seats
from app.meetings.models import TAKING, Meeting, SignUp
from app.refusal import Conflict, Refusal


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came without having signed up, already cleaned."""

    name: str  # of the business
    contact: str
    phone: str  # E.164
    came: int = 1
    request_key: str = ""


def arrive(meeting_id: int, code: str, came: int | None = None, seen: int = 0, standing: bool = False) -> SignUp:
    """Writes down that `came` people of a business are here (as many as it has seats, when nobody counted).

    `seen` is how many the officer's screen showed. The same again changes nothing; raises Conflict with the name of whoever
    was faster. Who gets no chair waits for one, or with `standing` is let in without.
    """
    with transaction() as session:
        row, meeting, now = _at_the_door(session, meeting_id, code)
        if row.state == "given_up":
            raise Refusal(_("Nơi này đã trả chỗ. Ghi lại như người chưa đăng ký."))
        wanted = came if came is not None else row.came or row.seats
        rules.check_people(wanted)
        lets_stand = standing and row.state == "waiting"
        if row.came == wanted and not lets_stand:
            _check_mine(row)
            return row
        if row.came not in {seen, wanted}:
            raise _taken_note(row)
        before = arrival_of(row)
        write(row, wanted, row.arrived_at or now, now)
        _find_chair(session, meeting, row, now, standing)
        audit.record(session, "arrival_changed" if before["came"] else "arrived", row.about, before, arrival_of(row))
        return row


def walk_in(meeting_id: int, visitor: Visitor, standing: bool = False) -> SignUp:
    """Somebody who had not signed up is here. The same form twice is one place. Raises Known when the phone has one already."""
    with transaction() as session:
        meeting, now = seats.locked(session, meeting_id), clock.now()
        rules.check_door(meeting, now)
        rules.check_people(visitor.came)
        known = meetings.of_phone(meeting_id, visitor.phone)
        if known is not None:
            if known.request_key and known.request_key == visitor.request_key:
                return known
            raise rules.Known(known.code)
        row = enter(session, meeting, visitor, now)
        write(row, visitor.came, now, now)
        _find_chair(session, meeting, row, now, standing)
        audit.record(session, "arrived", row.about, None, arrival_of(row))
        return row


def undo(meeting_id: int, code: str, seen: int) -> SignUp:
    """Takes an arrival back, with the seat it brought. Twice is once. Raises Conflict when somebody changed it meanwhile."""
    with transaction() as session:
        row, meeting, now = _at_the_door(session, meeting_id, code)
        if row.arrived_at is None:
            return row
        if row.came != seen:
            raise _taken_note(row)
        before = arrival_of(row)
        take_back(session, meeting, row, now)
        audit.record(session, "arrival_undone", row.about, before, arrival_of(row))
        session.flush()
        seats.promote(session, meeting)
        _seat(session, meeting, now)
        return row


def hand_on(meeting_id: int) -> int:
    """Gives chairs that may be given to those who are here without one; returns how many businesses got theirs."""
    with transaction() as session:
        meeting, now = seats.locked(session, meeting_id), clock.now()
        rules.check_door(meeting, now)
        return _seat(session, meeting, now)


def close(meeting_id: int, reopen: bool = False) -> Meeting:
    """An officer says that the list of who came is whole (or, after all, not yet): only then is anybody absent."""
    with transaction() as session:
        meeting = seats.locked(session, meeting_id)
        rules.check_paper(meeting, clock.now())
        if (meeting.attendance_closed_at is None) == reopen:
            return meeting
        meeting.attendance_closed_at = None if reopen else clock.now()
        audit.record(session, "attendance_reopened" if reopen else "attendance_closed", meeting.about)
        return meeting


# -- inside a transaction


def write(row: SignUp, came: int, arrived_at: datetime, now: datetime) -> None:
    """So many people were here from then on. A kept seat is theirs; whoever has none needs as many as came."""
    if row.arrived_at != arrived_at:
        row.arrived_at, row.arrival_recorded_at = arrived_at, now
    row.came = came
    if row.state == "reserved":
        row.state, row.seated_at = "seated", now
    elif row.state in {"waiting", "standing"}:
        row.seats = came


def enter(session: Session, meeting: Meeting, visitor: Visitor, arrived_at: datetime) -> SignUp:
    """A new place at the end of the line, signed up by arriving."""
    applicant = places.Applicant(
        name=visitor.name, contact=visitor.contact, phone=visitor.phone, seats=visitor.came, request_key=visitor.request_key
    )  # fmt: skip
    row = places.new(session, meeting, applicant, arrived_at)
    meeting.last_line += 1
    row.state, row.line = "waiting", meeting.last_line
    session.add(row)
    session.flush()
    audit.record(session, "signed_up", row.about, None, seats.state_of(row))
    return row


def take_back(session: Session, meeting: Meeting, row: SignUp, now: datetime) -> None:
    """As if it had not arrived; a chair got by arriving is free again."""
    back = rules.undone(row)
    if row.state == "seated" and back not in TAKING:
        seats.release(session, meeting, row.seats)
        row.seated_at = None
    row.state, row.came, row.arrived_at, row.arrival_recorded_at = back, 0, None, None
    if back == "given_up":
        row.given_up_at = now


def arrival_of(row: SignUp) -> dict[str, Any]:
    """What the trail keeps of it: no name, no number."""
    at = row.arrived_at.isoformat() if row.arrived_at else None
    return seats.state_of(row) | {"came": row.came, "arrived_at": at}


def _at_the_door(session: Session, meeting_id: int, code: str) -> tuple[SignUp, Meeting, datetime]:
    row, meeting = seats.locked_row(session, code)
    if meeting.id != meeting_id:
        raise Refusal(_("Mã này thuộc kỳ họp %(day)s.", day=dates.day(meeting.day)))
    now = clock.now()
    rules.check_door(meeting, now)
    return row, meeting, now


def _check_mine(row: SignUp) -> None:
    """The same officer pressing twice is answered as once; another one is told who was faster."""
    record = queries.records([row]).get(row.about)
    if record is not None and not record.mine:
        raise _taken_note(row)


def _taken_note(row: SignUp) -> Conflict:
    record = queries.records([row]).get(row.about)
    if record is None:
        return Conflict(_("Người khác vừa ghi nơi này. Xem lại rồi bấm."))
    facts = {"who": record.officer or _("Bàn khác"), "time": dates.clock_time(record.at), "came": row.came, "name": row.name}
    if row.arrived_at is None:
        return Conflict(_("%(who)s vừa bỏ ghi %(name)s lúc %(time)s.", **facts))
    return Conflict(_("%(who)s vừa điểm danh %(name)s lúc %(time)s: %(came)s người.", **facts))


def _find_chair(session: Session, meeting: Meeting, row: SignUp, now: datetime, standing: bool) -> None:
    session.flush()
    if row.state == "seated" and row.came > row.seats:
        _widen(session, meeting, row, now)
    _seat(session, meeting, now)
    if row.state == "waiting" and standing:
        row.state = "standing"


def _widen(session: Session, meeting: Meeting, row: SignUp, now: datetime) -> None:
    """More came than have seats: free chairs are theirs when nobody waits; else the others stand."""
    if not rules.in_line(meetings.present(meeting.id), meeting, now) and seats.take(session, meeting, row.came - row.seats):
        row.seats = row.came


def _seat(session: Session, meeting: Meeting, now: datetime) -> int:
    """The rules' plan, carried out: seats handed on are free first, then taken."""
    plan = rules.seating(meeting, meetings.present(meeting.id), now)
    for row in plan.handed_on:
        before = seats.state_of(row)
        seats.release(session, meeting, row.seats)
        row.handed_on_at = now
        if row.state == "reserved":
            row.state, row.given_up_at = "given_up", now  # an invitation nobody answered
        else:
            meeting.last_line += 1
            row.state, row.line = "waiting", meeting.last_line
        audit.record(session, "seat_handed_on", row.about, before, seats.state_of(row))
    for row in plan.seated:
        before = seats.state_of(row)
        if not seats.take(session, meeting, row.seats):
            raise Conflict(_("Chỗ vừa thay đổi. Xem lại rồi bấm."))
        row.state, row.seated_at = "seated", now
        audit.record(session, "seated_at_door", row.about, before, seats.state_of(row))
    session.flush()
    return len(plan.seated)
