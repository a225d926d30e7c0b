"""The pages' picture of free time: a month of days with counts, and one day's times, from claims already read."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock, lunar
from app.appointments import rules
from app.appointments.queries import Claimed
from app.appointments.rules import Taken, Window
from app.offices.catalogue import Catalogue, Office, Procedure

NOON = 12 * 60 // rules.TICK


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month: `kind` is free, few, full, off, soon (not open yet) or past."""

    day: date
    kind: str
    free: int
    moon: int  # day of the lunar month: people plan around the 1st and the 15th


@dataclass(frozen=True, slots=True)
class Time:
    index: int  # tick of the day
    moment: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Half:
    """A half-day's free times, and the stretches that are full, for the legend."""

    times: list[Time]
    busy: list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One office's free time for one procedure, as of `now`."""

    catalogue: Catalogue
    office: Office
    procedure: Procedure
    claimed: Claimed
    now: datetime

    @property
    def taken(self) -> Mapping[date, Taken]:
        return self.claimed.days

    @property
    def bookable(self) -> Window:
        return rules.window(self.office, self.now)

    def free(self, day: date) -> int:
        return rules.count(self.catalogue, self.office, self.procedure, day, self.taken.get(day, {}), self.bookable)

    def earliest(self, first: date | None = None) -> datetime | None:
        days = [day for day in self.bookable.days() if first is None or day >= first]
        return rules.earliest(self.catalogue, self.office, self.procedure, self.taken, self.bookable, days)

    def cell(self, day: date) -> Cell:
        free = self.free(day)
        return Cell(day, self._kind(day, free), free, lunar.lunar(day).day)

    def _kind(self, day: date, free: int) -> str:
        if free:
            return "few" if free <= rules.FEW else "free"
        if day < clock.local(self.now).date():
            return "past"
        if not rules.receives(self.catalogue, self.office, self.procedure, day):
            return "off"
        return "soon" if day > self.bookable.last_day else "full"

    def weeks(self, month: date) -> list[list[Cell | None]]:
        """Monday first; days of other months are None."""
        weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
        return [[self.cell(day) if day.month == month.month else None for day in week] for week in weeks]

    def times(self, day: date) -> dict[int, int]:
        if not clock.local(self.bookable.earliest).date() <= day <= self.bookable.last_day:
            return {}
        return rules.times(self.catalogue, self.office, self.procedure, day, self.taken.get(day, {}), self.bookable)

    def moments(self, day: date) -> list[datetime]:
        return [rules.moment_at(day, index) for index in self.times(day)]

    def halves(self, day: date) -> tuple[Half, Half]:
        """Morning and afternoon."""
        noon, busy = rules.moment_at(day, NOON), self._busy(day)
        free = [Time(index, rules.moment_at(day, index), count) for index, count in self.times(day).items()]
        morning = Half([time for time in free if time.moment < noon], [one for one in busy if one[0] < noon])
        return morning, Half([time for time in free if time.moment >= noon], [one for one in busy if one[0] >= noon])

    def _busy(self, day: date) -> list[tuple[datetime, datetime]]:
        """Stretches of reception in which no visit can start any more, told instead of drawn."""
        stretches = rules.busy(self.catalogue, self.office, self.procedure, day, self.taken.get(day, {}), self.bookable)
        return [(rules.moment_at(day, first), rules.moment_at(day, past)) for first, past in stretches]

    def nearest(self, moment: datetime) -> list[datetime]:
        """The three free times closest to a lost one, from its day and the days after."""
        found: list[datetime] = []
        for day in self.bookable.days():
            if day < clock.local(moment).date() - timedelta(days=1):
                continue
            found += self.moments(day)
            if len(found) >= 3 and day > clock.local(moment).date():
                break
        return rules.nearest(moment, found)


def months_of(bookable: Window) -> tuple[date, date]:
    """The first and the last month one can look at."""
    return clock.local(bookable.earliest).date().replace(day=1), bookable.last_day.replace(day=1)
