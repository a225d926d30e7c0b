"""The one write of the room: the day's digests."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, clock
from app.chasing import messages, queries, rules
from app.chasing.rules import Address, Line
from app.db import transaction
from app.staff.models import Unit


def send_digests() -> int:
    """Once on every working day from half past seven, however often and by however many schedulers it is called.

    Returns how many were written. Reads only, until there is something to write.
    """
    today, calendar = queries.today()
    if not rules.is_time(today, clock.local(clock.now()).time(), calendar) or not _due():
        return 0
    with transaction() as session:
        names = {unit.id: unit.name for unit in _take_turns(session)}
        due = _due()  # another scheduler may have been faster
        for address, lines in due:
            messages.digest(session, address, lines, names, today)
            audit.record(session, "chased", address.about, None, {"day": today.isoformat(), "lines": len(lines)})
        return len(due)


def _due() -> list[tuple[Address, Sequence[Line]]]:
    """Who has something new to hear of: after today's digest nothing is new before tomorrow."""
    today, calendar = queries.today()
    lines, sent, known = queries.lines(today, calendar), queries.last_digests(), queries.addresses()
    reachable = {address.unit_id for address in known if address.part == "unit" and address.unit_id}
    found: list[tuple[Address, Sequence[Line]]] = []
    for address in known:
        theirs = rules.of(address, lines, reachable)
        if rules.has_news(theirs, sent.get(address.about, today.min)):
            found.append((address, theirs))
    return found


def _take_turns(session: Session) -> Sequence[Unit]:
    """Schedulers come one after another: whoever is second finds the first one's letters (on SQLite the transaction does it)."""
    return session.scalars(select(Unit).order_by(Unit.id).with_for_update()).all()
