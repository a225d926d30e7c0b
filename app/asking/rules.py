"""Which days' events are asked about now, and when their letters leave. No database, no clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app import clock

ASKED = time(18)  # of the same day
CAUGHT_UP = timedelta(days=4)  # a scheduler that stood still, a list of who came entered on Monday
USEFUL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finished:
    """An event, and whom to ask about it."""

    about: str
    subject: str
    code: str
    office_id: int | None
    field: str
    happened: datetime
    name: str
    email: str
    locale: str

    @property
    def day(self) -> date:
        return clock.local(self.happened).date()

    @property
    def evening(self) -> tuple[str, int]:
        """One letter for each."""
        return self.email.casefold(), self.day.toordinal()


def due(day: date) -> datetime:
    """When what happened on a day is asked about."""
    return clock.at(day, ASKED)


def days(now: datetime) -> tuple[date, date]:
    """The first and the last day whose evening has come."""
    today = clock.local(now).date()
    last = today if now >= due(today) else today - timedelta(days=1)
    return last - CAUGHT_UP, last


def chosen(found: Iterable[Finished], told: Collection[tuple[str, int]]) -> list[Finished]:
    """One per address and evening: the last thing that happened that day."""
    latest: dict[tuple[str, int], Finished] = {}
    for one in sorted(found, key=lambda one: (one.happened, one.about)):
        if one.evening not in told:
            latest[one.evening] = one
    return list(latest.values())
