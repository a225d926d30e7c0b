"""Acts on places: sign up, change, give up, come; reserve for the invited. Each locks its meeting first: order is true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import filing, messages, queries, rules
from app.meetings.models import TAKING, Meeting, SignUp
from app.meetings.seats import locked as locked
from app.meetings.seats import locked_row, new_code, promote, release, state_of, take
from app.refusal import Conflict, Refusal
from app.text import fold, national

WAYS = ("counter", "phone", "list", "thu-moi")  # how one comes without a tracked link


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
    if (known := _known(meeting, applicant)) is not None:
        return known
    now = clock.now()
    rules.check_sign_up(meeting, applicant.seats, now, by_officer)
    row = new(session, meeting, applicant, now)
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
        row, meeting = locked_row(session, code)
        if row.seats == seats and row.state != "given_up":
            return row
        rules.check_change(row, meeting, clock.now())
        rules.check_seats(meeting, seats)
        before, more = state_of(row), seats - row.seats
        if row.state in TAKING and more > 0:
            rules.check_more(meeting, more, queries.waiting(meeting.id))
            if not take(session, meeting, more):
                rules.check_more(meeting, more, waiting=1)
        elif row.state in TAKING:
            release(session, meeting, -more)
        row.seats, row.sequence = seats, row.sequence + 1
        messages.seats_changed(session, row)
        audit.record(session, "seats_changed", row.about, before, state_of(row))
        promote(session, meeting)
        return row


def give_up(code: str) -> SignUp:
    """Gives the place back and promotes the line in the same transaction; doing it twice is doing it once."""
    with transaction() as session:
        row, meeting = locked_row(session, code)
        if row.state == "given_up":
            return row
        rules.check_change(row, meeting, clock.now())
        _leave(session, meeting, row, "gave_up")
        messages.given_up(session, row)
        promote(session, meeting)
        return row


def send_other(code: str, contact: str) -> SignUp:
    """Somebody else of the same business comes; the seat stays where it is. The same name again changes nothing."""
    with transaction() as session:
        row, meeting = locked_row(session, code)
        rules.check_change(row, meeting, clock.now())
        if row.contact == contact:
            return row
        row.contact, row.sequence = contact, row.sequence + 1
        row.search_key = _search_key(row)
        messages.contact_changed(session, row)
        audit.record(session, "contact_changed", row.about, None, state_of(row))
        return row


def coming(code: str) -> SignUp:
    """ "I will come": kept once, with its first moment. Said of a reserved seat, it is accepted."""
    with transaction() as session:
        row, meeting = locked_row(session, code)
        if row.state == "reserved":
            _accept(session, meeting, row)
        elif row.coming_at is None:
            rules.check_change(row, meeting, clock.now())
            if row.state == "waiting":
                raise Refusal(_("Bạn đang trong hàng chờ, chưa có chỗ."))
            row.coming_at = clock.now()
            audit.record(session, "coming", row.about, None, {"at": row.coming_at.isoformat()})
        return row


# -- seats reserved for the invited


def reserve(meeting_id: int, applicant: Applicant, until: datetime) -> SignUp:
    """Keeps seats for an invited business until it answers, and tells it; nobody who waits is passed over.

    The same invitation twice gives the same row. Raises Conflict when seats are gone or somebody waits.
    """
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if (known := _known(meeting, applicant)) is not None:
            return known
        now = clock.now()
        rules.check_reservation(meeting, applicant.seats, until, queries.waiting(meeting.id), now)
        row = new(session, meeting, applicant, now)
        if not take(session, meeting, row.seats):
            raise Conflict(_("Chỉ còn %(free)s chỗ nên không giữ trước được.", free=meeting.free))
        row.state, row.reserved_until = "reserved", until
        session.add(row)
        session.flush()
        if applicant.question:
            filing.add(session, meeting, question_of(applicant), now, row)
        messages.reserved(session, row)
        audit.record(session, "reserved", row.about, None, state_of(row))
        return row


def accept(code: str) -> SignUp:
    """The invited business comes: its reserved seat becomes its own. Twice is once."""
    return coming(code)


def release_reserved() -> int:
    """Gives back the seats of invitations nobody answered in time, and hands them to the line. Returns how many businesses."""
    return sum(_release_reserved(meeting_id) for meeting_id in queries.with_lapsed_reservations(clock.now()))


def _release_reserved(meeting_id: int) -> int:
    with transaction() as session:
        meeting = locked(session, meeting_id)
        rows = queries.lapsed_reservations(meeting_id, clock.now())
        for row in rows:
            _leave(session, meeting, row, "lapsed")
            messages.lapsed(session, row)
        promote(session, meeting)
        return len(rows)


def _accept(session: Session, meeting: Meeting, row: SignUp) -> None:
    now = clock.now()
    rules.check_accept(row, meeting, queries.waiting(meeting.id), now)
    before = state_of(row)
    row.state, row.seated_at, row.coming_at, row.sequence = "seated", now, now, row.sequence + 1
    messages.accepted(session, row)
    audit.record(session, "accepted", row.about, before, state_of(row))


# -- inside a transaction


def _known(meeting: Meeting, applicant: Applicant) -> SignUp | None:
    """The row this very form made before. Raises AlreadySignedUp when the phone has one from another form."""
    sent = queries.of_request(meeting.id, applicant.request_key)
    if sent is not None and sent.phone == applicant.phone:
        return sent
    if applicant.phone and (known := queries.of_phone(meeting.id, applicant.phone)) is not None:
        raise rules.AlreadySignedUp(known.code)
    return None


def _leave(session: Session, meeting: Meeting, row: SignUp, act: str) -> None:
    """The place is nobody's any more; its seats are free."""
    before = state_of(row)
    if row.state in TAKING:
        release(session, meeting, row.seats)
    row.state, row.given_up_at, row.sequence = "given_up", clock.now(), row.sequence + 1
    audit.record(session, act, row.about, before, state_of(row))


def new(session: Session, meeting: Meeting, applicant: Applicant, now: datetime) -> SignUp:
    code = new_code(session)
    row = SignUp(
        code=code, meeting=meeting, name=applicant.name, contact=applicant.contact, kind=applicant.kind, phone=applicant.phone,
        email=applicant.email, tax_code=applicant.tax_code, tax_code_doubtful=applicant.tax_code_doubtful,
        seats=applicant.seats, request_key=applicant.request_key, locale=applicant.locale,
        channel=applicant.channel if applicant.channel in WAYS or queries.channel(applicant.channel) else "", signed_at=now,
    )  # fmt: skip
    row.search_key = _search_key(row)
    return row


def _search_key(row: SignUp) -> str:
    return fold(" ".join((row.name, row.contact, row.tax_code, national(row.phone), row.code, row.email)))


def question_of(applicant: Applicant) -> filing.Filed:
    return filing.Filed(
        text=applicant.question, name=applicant.name, contact=applicant.contact, phone=applicant.phone, email=applicant.email,
        field=applicant.field, openness=applicant.openness, wish=applicant.wish, channel=applicant.channel,
        locale=applicant.locale, request_key=applicant.request_key,
    )  # fmt: skip


def _seat_or_queue(session: Session, meeting: Meeting, row: SignUp, now: datetime) -> int:
    """A seat when nobody waits and enough are free; else the end of the line. Returns how many businesses wait before it."""
    ahead = queries.waiting(meeting.id)
    if not ahead and take(session, meeting, row.seats):
        row.state, row.seated_at = "seated", now
    else:
        meeting.last_line += 1
        row.state, row.line = "waiting", meeting.last_line
    session.add(row)
    session.flush()
    return ahead
