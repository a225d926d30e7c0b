"""The month-and-times page, rendered a moment ago: the busiest page of all, and the same for everybody but for one token.

A kept page is shown only while one small query says that neither the catalogue nor any claim of its days has changed since,
and while the minute is the same and no hold in it has run out. It is kept in pieces, cut where the CSRF token stood, so that
each visitor's own token joins them again. Nothing of a person is on it.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from flask import request
from flask_wtf.csrf import generate_csrf

from app import clock
from app.appointments import queries, rules
from app.appointments.queries import Claimed
from app.offices import queries as offices

KEPT = 500  # pages of about 12 KB


@dataclass(frozen=True, slots=True)
class _Page:
    fingerprint: tuple[int | None, int]
    until: datetime | None
    pieces: list[str]


_pages: OrderedDict[tuple[str, str, datetime], _Page] = OrderedDict()
_tidying = Lock()


def take(slug: str, now: datetime) -> tuple[str | None, int | None]:
    """The page of this very address, if it is still true; and the catalogue's version, if it was asked."""
    found, catalogue = _pages.get(_key(now)), offices.kept()
    office = catalogue.by_slug.get(slug) if catalogue else None
    if found is None or office is None or (found.until is not None and found.until <= now):
        return None, None
    present = queries.fingerprint(office.id, clock.local(now).date(), rules.window(office, now).last_day)
    return generate_csrf().join(found.pieces) if present == found.fingerprint else None, present[0]


def put(now: datetime, version: int, claimed: Claimed, page: str) -> None:
    """Keeps a page just rendered from these claims."""
    with _tidying:
        _pages[_key(now)] = _Page((version, claimed.stamps), claimed.until, page.split(generate_csrf()))
        while len(_pages) > KEPT:
            _pages.popitem(last=False)


def _key(now: datetime) -> tuple[str, str, datetime]:
    return request.script_root, request.full_path, now.replace(second=0)
