"""Acts of invited people: yes (the same sign-up as everybody's), no, and why not."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.invitations import queries, rules
from app.invitations.models import Reply, Subscriber
from app.meetings import actions as meetings
from app.meetings import queries as places
from app.meetings.actions import Applicant
from app.meetings.models import SignUp
from app.outbox import actions as outbox
from app.refusal import Conflict, Refusal

CHANNEL = "thu-moi"  # what a sign-up says it came by


def yes(subscriber_id: int, meeting_id: int, seats: int, question: str, request_key: str) -> SignUp:
    """A seat, or a place in the line, with the details kept. Raises what signing up raises."""
    subscriber = queries.by_number(subscriber_id)
    if subscriber is None:
        raise Refusal(_("Không có người nhận này."))
    row = meetings.sign_up(
        meeting_id,
        Applicant(
            name=subscriber.name, contact=subscriber.contact, phone=subscriber.phone, email=subscriber.email,
            tax_code=subscriber.tax_code, kind=subscriber.kind, seats=seats, question=question, channel=CHANNEL,
            request_key=request_key, locale=subscriber.locale,
        ),
    )  # fmt: skip
    _answer(subscriber_id, meeting_id, "yes")
    return row


def no(subscriber_id: int, meeting_id: int) -> None:
    """Not this time. Raises Conflict for somebody who holds a place: giving it back is an act of its own."""
    _answer(subscriber_id, meeting_id, "no")


def why(subscriber_id: int, meeting_id: int, reason: str, words: str) -> None:
    """The one question after a no; saying it again replaces what was said."""
    _answer(subscriber_id, meeting_id, "no", reason, words)


def _answer(subscriber_id: int, meeting_id: int, answer: str, reason: str = "", words: str = "") -> None:
    with transaction() as session:
        meeting = meetings.locked(session, meeting_id)
        subscriber = session.get_one(Subscriber, subscriber_id)
        if answer == "no":
            if not reason:
                rules.check_reply(meeting, clock.now())
            if queries.seat_of(subscriber, meeting_id) is not None:
                raise Conflict(_("Bạn đang giữ chỗ kỳ này. Không đến được thì trả chỗ."))
        row = queries.reply_of(subscriber_id, meeting_id)
        if row is None:
            row = Reply(meeting_id=meeting_id, subscriber_id=subscriber_id, why="", words="")
            session.add(row)
        _write(session, row, answer, reason, words)


def missed(code: str, reason: str, words: str) -> None:
    """Why somebody with a seat did not come. Raises Refusal when they came, or may still come."""
    with transaction() as session:
        sign_up = places.by_code(code)
        if sign_up is None:
            raise Refusal(_("Không có mã này."))
        meeting = meetings.locked(session, sign_up.meeting_id)
        session.refresh(sign_up, ["state", "arrived_at"])
        rules.check_missed(sign_up, meeting, clock.now())
        row = queries.missed_of(sign_up.id)
        if row is None:
            row = Reply(meeting_id=meeting.id, sign_up_id=sign_up.id, why="", words="")
            session.add(row)
        _write(session, row, "missed", reason, words)


def _write(session: Session, row: Reply, answer: str, reason: str, words: str) -> None:
    """A plain no keeps the reason that was given before it."""
    if answer == "yes" or reason:
        row.why, row.words = reason, words
    before, row.answer, row.answered_at = row.answer, answer, clock.now()
    if answer != "missed":
        outbox.withdraw(session, f"subscriber:{row.subscriber_id}", [queries.INVITATION])
    audit.record(session, "replied", f"meeting:{row.meeting_id}", {"answer": before}, {"answer": answer, "why": row.why})
