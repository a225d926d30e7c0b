"""Acts on the agenda as it runs: begin, next, back. The lock on the meeting and one unique index keep one item on at a time."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.attendance import course
from app.db import transaction
from app.meetings import queries as meetings
from app.meetings import seats
from app.meetings.models import AgendaItem
from app.refusal import Refusal


def steer(meeting_id: int, act: str, seen: str) -> None:
    """`seen` is what the pressing screen showed as current. The same press twice is one step; raises Conflict when the screen
    has fallen behind."""
    with transaction() as session:
        meeting, now = seats.locked(session, meeting_id), clock.now()
        course.check_today(meeting, now)
        items = meetings.items(meeting_id)
        if act not in course.ACTS or not items:
            raise Refusal(_("Chọn một nút trên màn hình.") if items else _("Chương trình chưa có mục nào."))
        if seen != course.course(meeting, items, now).seen:
            if _done(items, act, seen):
                return
            raise course.stale()
        before = course.current_of(items)
        after = _back(session, items, before) if act == "back" else _forward(session, items, before, now)
        if before is not after:
            audit.record(session, f"agenda_{act}", meeting.about, _named(before), _named(after))


def _done(items: Sequence[AgendaItem], act: str, seen: str) -> bool:
    """Is this the second press of what has just been done?"""
    if seen in course.IDLE:  # nothing was on; now something is
        return course.current_of(items) is not None
    known = next((item for item in items if str(item.id) == seen), None)
    if known is None:
        return False
    return known.begun_at is None if act == "back" else known is course.last_ended(items)


def _forward(session: Session, items: Sequence[AgendaItem], current: AgendaItem | None, now: datetime) -> AgendaItem | None:
    following = course.following_of(items, current)
    if current is not None:
        current.ended_at = now
        session.flush()  # one is over before the next is on: the index sees each step
    if following is not None:
        following.begun_at = now
    return following


def _back(session: Session, items: Sequence[AgendaItem], current: AgendaItem | None) -> AgendaItem | None:
    """The item before goes on as if it had never ended."""
    earlier = course.last_ended(items)
    if current is not None:
        current.begun_at = None
        session.flush()
    if earlier is not None:
        earlier.ended_at = None
    return earlier


def _named(item: AgendaItem | None) -> dict[str, int] | None:
    return {"item": item.id} if item is not None else None
