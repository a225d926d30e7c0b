"""Every write of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app import audit, clock
from app.promises.models import Promise, PromiseAsker, PromiseEvent


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom to ask whether it helped: their record, their own page, how to reach them."""

    about: str  # "question:12"
    link: str
    email: str = ""
    phone: str = ""
    locale: str = "vi"


@dataclass(frozen=True, slots=True)
class Commitment:
    """What was promised, as minutes have it. `raised` and `raised_by` must already be fit for the public."""

    what: str
    unit_id: int
    due: date
    occasion: str  # "meeting:3"
    occasion_on: date
    kind: str = "deed"
    about: str = ""
    raised: str = ""
    raised_by: str = ""
    field: str = ""
    public: bool = True
    askers: Sequence[Asker] = ()


def make(session: Session, made: Commitment) -> Promise:
    """Enters a promise into the ledger, inside the caller's transaction."""
    row = Promise(
        kind=made.kind, occasion=made.occasion, occasion_on=made.occasion_on, about=made.about, raised=made.raised,
        raised_by=made.raised_by, field=made.field, what=made.what, unit_id=made.unit_id, public=made.public,
        made_on=made.occasion_on, first_due=made.due, due=made.due,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        PromiseAsker(promise_id=row.id, about=one.about, link=one.link, email=one.email, phone=one.phone, locale=one.locale)
        for one in made.askers
    )
    session.add(
        PromiseEvent(
            promise_id=row.id, kind="made", happened_on=made.occasion_on, recorded_at=clock.now(), actor=audit.actor(),
            reason="", due_after=made.due,
        )
    )  # fmt: skip
    audit.record(session, "promise_made", f"promise:{row.id}", None, {"unit": made.unit_id, "due": made.due.isoformat()})
    return row


def put_off(session: Session, number: int, due: date, reason: str) -> Promise:
    """A later day, decided where the promise was made, whose own letter tells the askers. Inside the caller's transaction."""
    row = session.get_one(Promise, number)
    before, row.due = row.due, due
    row.postponed, row.sequence = row.postponed + 1, row.sequence + 1
    session.add(_event(row, "postponed", reason, before, due))
    audit.record(session, "promise_postponed", f"promise:{number}", {"due": before.isoformat()}, {"due": due.isoformat()})
    return row


def withdraw(session: Session, number: int, reason: str) -> Promise:
    """Taken back by amended minutes: stays in the ledger, with the reason. Inside the caller's transaction."""
    row = session.get_one(Promise, number)
    if row.withdrawn_on is None:
        row.withdrawn_on, row.sequence = clock.today(), row.sequence + 1
        session.add(_event(row, "withdrawn", reason))
        audit.record(session, "promise_withdrawn", f"promise:{number}")
    return row


def _event(promise: Promise, kind: str, reason: str, before: date | None = None, after: date | None = None) -> PromiseEvent:
    return PromiseEvent(
        promise_id=promise.id, kind=kind, happened_on=clock.today(), recorded_at=clock.now(), actor=audit.actor(),
        reason=reason, due_before=before, due_after=after,
    )  # fmt: skip
