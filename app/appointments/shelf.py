"""The month-and-times page, the busiest of all: kept while its own small query says that it is true still.

Other acts in the house don't touch it: what it hangs on is the catalogue, the claims of its days, and the holds that run out.
"""

from datetime import datetime

from app import clock, kept
from app.appointments import queries, rules
from app.appointments.queries import Claimed
from app.offices import queries as offices


def take(slug: str, now: datetime) -> tuple[str | None, int | None]:
    """The page of this very address, if it is still true; and the catalogue's version, if it was asked."""
    found, catalogue = kept.take(now), offices.kept()
    office = catalogue.by_slug.get(slug) if catalogue else None
    if found is None or office is None:
        return None, None
    present = queries.fingerprint(office.id, clock.local(now).date(), rules.window(office, now).last_day)
    return kept.text(found) if present == found.fingerprint else None, present[0]


def put(now: datetime, version: int, claimed: Claimed, page: str) -> None:
    """Keeps a page just rendered from these claims."""
    kept.put(now, (version, claimed.stamps), page, claimed.until)
