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


def put_off(session: Session, promise: Promise, due: date, reason: str) -> None:
    """A later day, decided where the promise was made; its first day stays known. Inside the caller's transaction."""
    before, promise.due = promise.due, due
    promise.postponed, promise.sequence = promise.postponed + 1, promise.sequence + 1
    session.add(_event(promise, "postponed", reason, before, due))
    audit.record(session, "promise_postponed", f"promise:{promise.id}", {"due": before.isoformat()}, {"due": due.isoformat()})


def withdraw(session: Session, promise: Promise, reason: str) -> None:
    """Amended minutes take it back: it stays in the ledger, said to be withdrawn. Inside the caller's transaction."""
    if promise.withdrawn_on is not None:
        return
    promise.withdrawn_on, promise.sequence = clock.today(), promise.sequence + 1
    session.add(_event(promise, "withdrawn", reason))
    audit.record(session, "promise_withdrawn", f"promise:{promise.id}")


def _event(promise: Promise, kind: str, reason: str, before: date | None = None, after: date | None = None) -> PromiseEvent:
    return PromiseEvent(
        promise_id=promise.id, kind=kind, happened_on=clock.today(), recorded_at=clock.now(), actor=audit.actor(),
        reason=reason, due_before=before, due_after=after,
    )  # fmt: skip
