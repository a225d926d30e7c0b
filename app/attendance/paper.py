"""Acts on the signed paper list, entered after the meeting: the whole list at once, corrected as often as needed."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.attendance import actions, rules
from app.attendance.actions import Visitor
from app.db import transaction
from app.meetings import queries as meetings
from app.meetings import seats
from app.meetings.models import Meeting, SignUp
from app.refusal import Conflict, Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """What the paper says about one place: how many came (0 = nobody signed), and from when, if it says so."""

    row_id: int
    came: int
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """A line that somebody wrote in by hand."""

    key: str  # which line
    visitor: Visitor
    at: time | None = None


class BadLine(Refusal):
    """A rule's no about one line of the list; `key` names the line."""

    def __init__(self, key: str, refusal: Refusal) -> None:
        super().__init__(refusal.sentence, refusal.field)
        self.key = key


def state_of(rows: Iterable[SignUp]) -> str:
    """What the list showed, in short: an entry made from an older one must not undo what others wrote since."""
    facts = [(row.id, row.state, row.came, row.arrived_at) for row in sorted(rows, key=lambda row: row.id)]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:20]


def save(meeting_id: int, entries: Sequence[Entry], extras: Sequence[Extra], seen: str) -> int:
    """The whole list in one transaction; returns how many places changed. The same list again changes nothing.

    Raises BadLine with the line's key, and Conflict when others wrote since the list was shown (`seen`).
    """
    with transaction() as session:
        meeting, now = seats.locked(session, meeting_id), clock.now()
        rules.check_paper(meeting, now)
        rows = {row.id: row for row in meetings.present(meeting_id)}
        shown = state_of(rows.values())
        changed = 0
        for entry in entries:
            row = rows.get(entry.row_id)
            if row is None and entry.came:
                raise Conflict(_("Một nơi trên danh sách vừa trả chỗ. Xem lại rồi lưu."))
            if row is not None:
                changed += _enter(session, meeting, row, entry.came, entry.at, str(row.id), now)
        for extra in extras:
            changed += _enter_extra(session, meeting, extra, now)
        if changed and shown != seen:  # known only now: the same list sent twice has nothing left to change
            raise Conflict(_("Người khác vừa sửa danh sách này. Những gì bạn đánh dấu vẫn còn; xem lại rồi lưu lần nữa."))
        return changed


def _enter(session: Session, meeting: Meeting, row: SignUp, came: int, at: time | None, key: str, now: datetime) -> bool:
    """One place as the paper has it; False when it was so already."""
    before = actions.arrival_of(row)
    if not came:
        if row.arrived_at is None:
            return False
        actions.take_back(session, meeting, row, now)
        audit.record(session, "arrival_undone", row.about, before, actions.arrival_of(row))
        return True
    try:
        rules.check_people(came)
        arrived_at = rules.moment(meeting, at, row)
    except Refusal as refusal:
        raise BadLine(key, refusal) from None
    if (row.came, row.arrived_at) == (came, arrived_at):
        return False
    if rules.is_walk_in(row):
        row.signed_at = arrived_at
    actions.write(row, came, arrived_at, now)
    _chair(session, meeting, row, now)
    audit.record(session, "arrival_changed" if before["came"] else "arrived", row.about, before, actions.arrival_of(row))
    return True


def _enter_extra(session: Session, meeting: Meeting, extra: Extra, now: datetime) -> bool:
    """A phone that has a place is that place: nobody stands on the list twice."""
    known = meetings.of_phone(meeting.id, extra.visitor.phone)
    if known is not None:
        return _enter(session, meeting, known, extra.visitor.came, extra.at, extra.key, now)
    try:
        rules.check_people(extra.visitor.came)
        arrived_at = rules.moment(meeting, extra.at)
    except Refusal as refusal:
        raise BadLine(extra.key, refusal) from None
    row = actions.enter(session, meeting, extra.visitor, arrived_at)
    actions.write(row, extra.visitor.came, arrived_at, now)
    _chair(session, meeting, row, now)
    audit.record(session, "arrived", row.about, None, actions.arrival_of(row))
    return True


def _chair(session: Session, meeting: Meeting, row: SignUp, now: datetime) -> None:
    """Long after, only what was free counts as a chair: whoever came without a seat stood."""
    session.flush()
    if row.state == "waiting":
        seated = seats.take(session, meeting, row.seats)
        row.state, row.seated_at = ("seated", now) if seated else ("standing", row.seated_at)
