"""Acts on places: sign up, change, give up, come. Each locks its meeting first, so that order is true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app import audit, clock, codes
from app.db import transaction
from app.meetings import filing, messages, queries, rules
from app.meetings.models import Meeting, SignUp
from app.refusal import Refusal
from app.text import fold, national


@dataclass(frozen=True, slots=True)
class Applicant:
    """What a business wrote in the form, already cleaned."""

    name: str
    contact: str
    phone: str  # E.164
    email: str = ""
    tax_code: str = ""
    tax_code_doubtful: bool = False
    kind: str = ""
    seats: int = 1
    question: str = ""
    field: str = ""  # of the question
    openness: str = "hidden"  # of the question
    wish: str = "come"  # of the question
    channel: str = ""
    request_key: str = ""
    locale: str = "vi"


def sign_up(meeting_id: int, applicant: Applicant, by_officer: bool = False) -> SignUp:
    """Seats a business, or puts it at the end of the waiting line."""
    with transaction() as session:
        return enter(session, locked(session, meeting_id), applicant, by_officer)


def enter(
    session: Session, meeting: Meeting, applicant: Applicant, by_officer: bool = False,
    earlier: Sequence[filing.Earlier] | None = None,
) -> SignUp:  # fmt: skip
    """`sign_up` inside the caller's transaction, which has locked the meeting.

    The same form sent twice gives the same row. Raises AlreadySignedUp when the phone has a place from another form, and
    Refusal when sign-up is not open.
    """
    known = queries.of_phone(meeting.id, applicant.phone)
    if known is not None:
        if known.request_key and known.request_key == applicant.request_key:
            return known
        raise rules.AlreadySignedUp(known.code)
    now = clock.now()
    rules.check_sign_up(meeting, applicant.seats, now, by_officer)
    row = _new(session, meeting, applicant, now)
    ahead = _seat_or_queue(session, meeting, row, now)
    question = filing.add(session, meeting, question_of(applicant), now, row, earlier) if applicant.question else None
    if row.state == "seated":
        messages.signed_up(session, row, question)
    else:
        messages.waiting(session, row, ahead, question)
    audit.record(session, "signed_up", row.about, None, state_of(row))
    return row


def change_seats(code: str, seats: int) -> SignUp:
    """More or fewer people. Seats given back go to the line; more are given only when nobody waits."""
    with transaction() as session:
        row, meeting = _locked_row(session, code)
        if row.seats == seats and row.state != "given_up":
            return row
        rules.check_change(row, meeting, clock.now())
        rules.check_seats(meeting, seats)
        before, more = state_of(row), seats - row.seats
        if row.state == "seated" and more > 0:
            rules.check_more(meeting, more, queries.waiting(meeting.id))
            if not _take(session, meeting, more):
                rules.check_more(meeting, more, waiting=1)
        elif row.state == "seated":
            _release(session, meeting, -more)
        row.seats, row.sequence = seats, row.sequence + 1
        messages.seats_changed(session, row)
        audit.record(session, "seats_changed", row.about, before, state_of(row))
        session.flush()
        _promote(session, meeting)
        return row


def give_up(code: str) -> SignUp:
    """Gives the place back and promotes the line in the same transaction; doing it twice is doing it once."""
    with transaction() as session:
        row, meeting = _locked_row(session, code)
        if row.state == "given_up":
            return row
        rules.check_change(row, meeting, clock.now())
        before = state_of(row)
        if row.state == "seated":
            _release(session, meeting, row.seats)
        row.state, row.given_up_at, row.sequence = "given_up", clock.now(), row.sequence + 1
        messages.given_up(session, row)
        audit.record(session, "gave_up", row.about, before, state_of(row))
        session.flush()
        _promote(session, meeting)
        return row


def coming(code: str) -> SignUp:
    """ "I will come": kept once, with its first moment."""
    with transaction() as session:
        row, meeting = _locked_row(session, code)
        if row.coming_at is None:
            rules.check_change(row, meeting, clock.now())
            if row.state == "waiting":
                raise Refusal(_("Bạn đang trong hàng chờ, chưa có chỗ."))
            row.coming_at = clock.now()
            audit.record(session, "coming", row.about, None, {"at": row.coming_at.isoformat()})
        return row


# -- inside a transaction


def locked(session: Session, meeting_id: int) -> Meeting:
    """The meeting, its row held until the transaction ends."""
    meeting = queries.locked(meeting_id)
    if meeting is None:
        raise Refusal(_("Không có kỳ họp này."))
    return meeting


def _locked_row(session: Session, code: str) -> tuple[SignUp, Meeting]:
    """The meeting is locked before its sign-up is read again: what others changed meanwhile is seen."""
    found = session.execute(select(SignUp.id, SignUp.meeting_id).where(SignUp.code == code)).one_or_none()
    if found is None:
        raise Refusal(_("Không có mã này."))
    meeting = locked(session, found.meeting_id)
    return session.get_one(SignUp, found.id, populate_existing=True), meeting


def _new(session: Session, meeting: Meeting, applicant: Applicant, now: datetime) -> SignUp:
    code = codes.new("TB")
    while session.scalar(select(exists().where(SignUp.code == code))):
        code = codes.new("TB")
    words = (applicant.name, applicant.contact, applicant.tax_code, national(applicant.phone), code, applicant.email)
    return SignUp(
        code=code, meeting=meeting, name=applicant.name, contact=applicant.contact, kind=applicant.kind, phone=applicant.phone,
        email=applicant.email, tax_code=applicant.tax_code, tax_code_doubtful=applicant.tax_code_doubtful,
        search_key=fold(" ".join(words)), seats=applicant.seats, request_key=applicant.request_key, locale=applicant.locale,
        channel=applicant.channel, signed_at=now,
    )  # fmt: skip


def question_of(applicant: Applicant) -> filing.Filed:
    return filing.Filed(
        text=applicant.question, name=applicant.name, contact=applicant.contact, phone=applicant.phone, email=applicant.email,
        field=applicant.field, openness=applicant.openness, wish=applicant.wish, channel=applicant.channel,
        locale=applicant.locale, request_key=applicant.request_key,
    )  # fmt: skip


def _seat_or_queue(session: Session, meeting: Meeting, row: SignUp, now: datetime) -> int:
    """A seat when nobody waits and enough are free; else the end of the line. Returns how many businesses wait before it."""
    ahead = queries.waiting(meeting.id)
    if not ahead and _take(session, meeting, row.seats):
        row.state, row.seated_at = "seated", now
    else:
        meeting.last_line += 1
        row.state, row.line = "waiting", meeting.last_line
    session.add(row)
    session.flush()
    return ahead


def _take(session: Session, meeting: Meeting, seats: int) -> bool:
    """Takes seats if that many are free: one conditional UPDATE, whose row count is the answer."""
    return _add_taken(session, meeting, seats, Meeting.taken + seats <= Meeting.capacity)


def _release(session: Session, meeting: Meeting, seats: int) -> None:
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


def _promote(session: Session, meeting: Meeting) -> None:
    """Hands free seats to the line, strictly from its head."""
    now = clock.now()
    if not rules.promotes(meeting, now):
        return
    for row in rules.promoted(queries.line(meeting.id), meeting.free):
        if not _take(session, meeting, row.seats):
            return
        before = state_of(row)
        row.state, row.seated_at, row.sequence = "seated", now, row.sequence + 1
        messages.promoted(session, row)
        audit.record(session, "promoted", row.about, before, state_of(row))


def state_of(row: SignUp) -> dict[str, Any]:
    """What the trail keeps of a place: no name, no number."""
    return {"meeting": row.meeting_id, "state": row.state, "seats": row.seats, "line": row.line}
