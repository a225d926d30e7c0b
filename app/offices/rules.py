"""Reception: which hours a counter receives on a day, and whether the door is open now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar

from app import clock
from app.offices.catalogue import Catalogue, Closed, Counter, Office, Session
from app.offices.search import matching as matching  # the rooms above ask for it here

Key = TypeVar("Key")
GUIDED_FILING = "huong-dan"  # our own service: half an hour beside somebody who knows the national portal
FRIDAY, SATURDAY = 4, 5
MIDNIGHT, DAY_END = time.min, time.max
_LOOK_AHEAD = 30  # days


@lru_cache(maxsize=20_000)
def sessions(catalogue: Catalogue, office: Office, counter: Counter | None, day: date) -> tuple[Session, ...]:
    """When this counter (None: the office as such) receives people on this day, closures taken out.

    Hours given for the very day hold instead of the weekly ones, a counter's own instead of its office's. A public day off
    has only hours given for it; a make-up Saturday or Sunday has Friday's.
    """
    if not _exists(office, day):
        return ()
    number = counter.id if counter else None
    hours = _first(office.dated, (number, day), (None, day))
    if hours is None and day not in catalogue.holidays:
        weekday = weekday_worked(catalogue, day)
        hours = _first(office.weekly, (number, weekday), (None, weekday))
    return _without(joined(hours or ()), [c for c in office.closures if c.counter_id in (None, number)], day)


def weekday_worked(catalogue: Catalogue, day: date) -> int:
    """The weekday whose hours hold: a Saturday or Sunday worked in exchange for another day is worked like a Friday."""
    return FRIDAY if day in catalogue.worked and day.weekday() >= SATURDAY else day.weekday()


def _exists(office: Office, day: date) -> bool:
    begun = office.opened_on is None or office.opened_on <= day
    return begun and (office.closed_on is None or day < office.closed_on)


def _first(hours: Mapping[Key, tuple[Session, ...]], *keys: Key) -> tuple[Session, ...] | None:
    return next((hours[key] for key in keys if key in hours), None)


def joined(hours: Iterable[Session]) -> list[Session]:
    """In order of the clock, overlapping stretches made one."""
    joined: list[Session] = []
    for opens, closes in sorted(hours):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def _without(hours: list[Session], closures: Sequence[Closed], day: date) -> tuple[Session, ...]:
    for closed in closures:
        if closed.first_day <= day <= closed.last_day:
            begin, end = closed.from_time or MIDNIGHT, closed.to_time or DAY_END
            hours = [part for opens, closes in hours for part in ((opens, min(closes, begin)), (max(opens, end), closes))]
            hours = [(opens, closes) for opens, closes in hours if opens < closes]
    return tuple(hours)


def day_off(catalogue: Catalogue, day: date) -> str:
    """The name of the public day off, or nothing."""
    return catalogue.holidays.get(day, "")


def closure(office: Office, day: date) -> str:
    """Why the whole office is closed that day, in its own words, or nothing."""
    whole = (c for c in office.closures if c.counter_id is None and c.first_day <= day <= c.last_day)
    return next((c.reason for c in whole if c.from_time is None and c.to_time is None), "")


@lru_cache(maxsize=4_000)
def office_sessions(catalogue: Catalogue, office: Office, day: date) -> tuple[Session, ...]:
    """When anybody at all is received there: its counters' hours laid together."""
    counters: Sequence[Counter | None] = office.counters or (None,)
    return tuple(joined(part for counter in counters for part in sessions(catalogue, office, counter, day)))


@dataclass(frozen=True, slots=True)
class Door:
    """Is anybody received now? `until` is when the present session closes, `opens` when the next one begins."""

    open: bool
    until: datetime | None
    opens: datetime | None
    closes: datetime | None  # the end of that next session


def door(catalogue: Catalogue, office: Office, now: datetime) -> Door:
    today = clock.local(now).date()
    stretches = [
        (clock.at(day, opens), clock.at(day, closes))
        for day in (today + timedelta(days=n) for n in range(_LOOK_AHEAD))
        for opens, closes in office_sessions(catalogue, office, day)
    ]
    until = next((closes for opens, closes in stretches if opens <= now < closes), None)
    opens, closes = next((stretch for stretch in stretches if stretch[0] > now), (None, None))
    return Door(until is not None, until, opens, closes)
