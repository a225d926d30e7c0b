"""Seats kept for invited businesses: reserved by an officer until a day, then the invited one's by one press."""

from datetime import datetime

from flask_babel import gettext as _

from app import audit, clock
from app.db import transaction
from app.meetings import messages, queries, rules
from app.meetings.actions import Applicant, _locked_row, _new, _take, locked, state_of
from app.meetings.models import SignUp
from app.refusal import Conflict, Refusal


def reserve(meeting_id: int, applicant: Applicant, until: datetime) -> SignUp:
    """Takes seats for an invited business; the letter is the inviter's. The same form sent twice gives the same row.

    Raises AlreadySignedUp when the phone has a place, Conflict when too few seats are free.
    """
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if (sent := queries.of_request(meeting_id, applicant.request_key)) is not None:
            return sent
        known = queries.of_phone(meeting_id, applicant.phone)
        if known is not None:
            raise rules.AlreadySignedUp(known.code)
        now = clock.now()
        rules.check_sign_up(meeting, applicant.seats, now, by_officer=True)
        if not now < until <= meeting.starts_at:
            raise Refusal(_("Giữ chỗ đến một ngày từ hôm nay tới ngày họp."), "until")
        if queries.waiting(meeting.id) or not _take(session, meeting, applicant.seats):
            raise Conflict(_("Không còn đủ chỗ để giữ, hoặc đang có người chờ."), "seats")
        row = _new(session, meeting, applicant, now)
        row.state, row.reserved_until = "reserved", until
        session.add(row)
        session.flush()
        audit.record(session, "signed_up", row.about, None, state_of(row))
        return row


def accept(code: str) -> SignUp:
    """The invited business comes: its seat is a seat like any other. Twice is once."""
    with transaction() as session:
        row, meeting = _locked_row(session, code)
        if row.state == "seated":
            return row
        rules.check_change(row, meeting, clock.now())
        if row.state != "reserved":
            raise Conflict(_("Chỗ này không còn được giữ."))
        before = state_of(row)
        row.state, row.seated_at, row.sequence = "seated", clock.now(), row.sequence + 1
        messages.accepted(session, row)
        audit.record(session, "accepted", row.about, before, state_of(row))
        return row
