"""The clock's part: invitations to the coming meetings, what became of these, and the question to whose chair stayed empty."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from app import audit, clock
from app.db import transaction
from app.invitations import messages, queries, rules
from app.meetings.actions import locked
from app.meetings.models import Meeting
from app.offices import queries as offices
from app.offices import working_time
from app.staff.models import FIELDS

BATCH = 200  # letters in one transaction: a sign-up waits behind it for a moment, not for minutes
ASKED = time(8)  # on the next working day
CLOSED_LATELY = timedelta(days=14)  # after that nobody is asked any more why they did not come


def invite() -> int:
    """Writes what is missing of the invitations to the meetings that are near; returns how many.

    Safe to run as often and in as many processes as one likes: the outbox knows one letter per subscriber and meeting.
    """
    return sum(_invite(meeting) for meeting in queries.inviting(clock.now()))


def _invite(meeting: Meeting) -> int:
    if not queries.uninvited(meeting):  # an idle beat takes no lock
        return 0
    meeting_id, written = meeting.id, 0
    while batch := _batch(meeting_id):
        written += batch
    return written


def _batch(meeting_id: int) -> int:
    """The meeting and the subscribers are held: moving it, calling it off, leaving come before a batch or after it, not amid."""
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if not rules.inviting(meeting, clock.now()):
            return 0
        chosen = queries.uninvited(meeting, held=True)[:BATCH]
        for subscriber in chosen:
            messages.invitation(session, subscriber, meeting)
        if chosen:
            audit.record(session, "invited", meeting.about, None, {"letters": len(chosen)})
        return len(chosen)


def tell_changed() -> int:
    """Writes to whoever has an invitation that is no longer so, and has not answered it; returns how many.

    Moving and calling off know nothing of subscribers: what a letter told is compared with what is so now.
    """
    return sum(_tell_changed(meeting.id) for meeting in queries.changed(clock.now()) if queries.outdated(meeting))


def _tell_changed(meeting_id: int) -> int:
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if meeting.state not in {"open", "cancelled"}:
            return 0
        chosen = queries.outdated(meeting, held=True)
        for subscriber, told in chosen:
            messages.changed(session, subscriber, meeting, told)
        if chosen:
            audit.record(session, "invited_told", meeting.about, None, {"letters": len(chosen), "state": meeting.state})
        return len(chosen)


def set_fields(meeting_id: int, fields: Collection[str]) -> Meeting:
    """What a meeting is about: who chose only other fields is not invited to it. None means everything."""
    with transaction() as session:
        meeting = locked(session, meeting_id)
        before = list(meeting.fields)
        meeting.fields = [field for field in FIELDS if field in fields]
        audit.record(session, "meeting_fields", meeting.about, {"fields": before}, {"fields": list(meeting.fields)})
        return meeting


def ask_missed(meeting_id: int, sign_up_ids: Sequence[int]) -> int:
    """Asks these seated people, who did not come, why not: one letter on the next working day. Twice is once.

    For whoever closes the attendance of a meeting; returns how many letters were written.
    """
    due = _next_working_day(clock.now())
    with transaction() as session:
        meeting = locked(session, meeting_id)
        asked = queries.absent(meeting.id, sign_up_ids)
        for row in asked:
            messages.missed(session, row, due)
        audit.record(session, "missed_asked", meeting.about, None, {"letters": len(asked)})
        return len(asked)


def ask_missed_everywhere() -> int:
    """For the clock: every meeting whose list of who came was closed lately, and whose absent were not asked yet.

    An idle beat is one query and takes no lock; the outbox knows one letter for each place.
    """
    found = queries.unasked(clock.now() - CLOSED_LATELY)
    return sum(ask_missed(meeting_id, ids) for meeting_id, ids in found.items())


def _next_working_day(now: datetime) -> datetime:
    tomorrow = clock.local(now).date() + timedelta(days=1)
    calendar = offices.calendar(None, (tomorrow.year, tomorrow.year + 1))
    return clock.at(clock.local(working_time.next_open(clock.midnight(tomorrow), calendar)).date(), ASKED)
