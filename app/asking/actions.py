"""The room's one write: letters, posted when their evening has come."""

from app import audit, clock
from app.asking import messages, queries
from app.db import transaction

BATCH = 200  # letters in one transaction: nobody waits long behind it


def ask() -> int:
    """For the clock: who finished something by this evening is asked how it was. Returns how many letters were written.

    Safe to run as often and in as many processes as one likes: the outbox knows one letter per event and day.
    """
    written = 0
    while queries.unasked(clock.now()):  # an idle beat takes no lock
        with transaction() as session:
            chosen = queries.unasked(clock.now())[:BATCH]
            for one in chosen:
                messages.ask(session, one)
            if chosen:
                audit.record(session, "asked_how_it_was", "survey", None, {"letters": len(chosen)})
        written += len(chosen)
    return written
