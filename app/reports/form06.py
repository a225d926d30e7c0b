"""Form 06 of Circular 01/2020: its columns, what must add up, the months of a period. Values only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta

from flask_babel import gettext as _

from app.dates import month_shift
from app.reports.rules import Period

# The official columns and what is counted in each of them.
COLUMNS: Mapping[int, str] = {
    3: "handled", 4: "online", 5: "direct", 6: "before", 7: "done", 8: "early", 9: "on_time", 10: "late", 11: "pending",
    12: "in_time", 13: "overdue",
}  # fmt: skip
IDENTITIES = ((3, (4, 5, 6)), (7, (8, 9, 10)), (11, (12, 13)), (3, (7, 11)))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about; without an office or a field it is about all of them."""

    period: Period
    today: date
    office_id: int | None = None
    field: str = ""

    @property
    def running(self) -> bool:
        """Is the period still open, so that its figures are provisional?"""
        return self.period.last >= self.today

    @property
    def as_of(self) -> date:
        """The day on which what is pending is looked at."""
        return min(self.period.last, self.today)


@dataclass(frozen=True, slots=True)
class Tally06:
    """A row of the form. Totals are counted for themselves, never added up from their parts: else nothing could be checked."""

    handled: int = 0  # at hand in the period: not ended before it began
    counter: int = 0  # received in it, by channel
    online: int = 0
    post: int = 0
    before: int = 0  # carried over
    done: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    pending: int = 0
    running: int = 0
    paused: int = 0  # its clock stands: in time, unless it was overdue before
    overdue: int = 0
    by_post: int = 0  # of those done: the result goes by post
    apologies: int = 0  # dates put off once, with the apology
    samples: int = 0  # no dossiers of anybody, loaded to look at

    @property
    def direct(self) -> int:
        return self.counter + self.post

    @property
    def received(self) -> int:
        return self.counter + self.online + self.post

    @property
    def in_time(self) -> int:
        return self.running + self.paused

    @property
    def kept(self) -> int:
        """Done by their day."""
        return self.early + self.on_time

    @property
    def late_in_all(self) -> int:
        return self.late + self.overdue

    def __add__(self, other: "Tally06") -> "Tally06":
        return Tally06(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally06)))

    def column(self, number: int) -> int:
        return int(getattr(self, COLUMNS[number]))


@dataclass(frozen=True, slots=True)
class Difference:
    """An identity that does not hold."""

    total: int  # column
    parts: tuple[int, ...]
    is_: int
    should_be: int

    @property
    def sentence(self) -> str:
        return str(
            _("Cột %(total)s là %(is_)s, mà cột %(parts)s là %(sum)s: lệch %(difference)s.", total=self.total, is_=self.is_,
              parts=" + ".join(map(str, self.parts)), sum=self.should_be, difference=abs(self.is_ - self.should_be))
        )  # fmt: skip


def differences(row: Tally06) -> list[Difference]:
    """3 = 4+5+6, 7 = 8+9+10, 11 = 12+13, 3 = 7+11: those that do not hold."""
    found = []
    for total, parts in IDENTITIES:
        should_be = sum(row.column(part) for part in parts)
        if row.column(total) != should_be:
            found.append(Difference(total, parts, row.column(total), should_be))
    return found


# -- the chart's months -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Bucket:
    """A month (or quarter, or year) of the period and what came and was done in it; `first` names it."""

    first: date
    months: int
    received: int = 0
    done: int = 0
    late: int = 0

    @property
    def ends(self) -> date:
        """The first day after it."""
        return month_shift(self.first, self.months)


def buckets(of: Period) -> list[Bucket]:
    """Months; quarters or years where months would be too many to be read."""
    span = (of.last.year - of.first.year) * 12 + of.last.month - of.first.month + 1
    months = 1 if span <= 13 else 3 if span <= 39 else 12
    return [Bucket(one, months) for one in _beginnings(of, months)]


def _beginnings(of: Period, months: int) -> Iterator[date]:
    one = date(of.first.year, (of.first.month - 1) // months * months + 1, 1)
    while one <= of.last:
        yield one
        one = month_shift(one, months)


# -- all of it --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Visits:
    """Appointments whose time was in the period."""

    booked: int = 0
    arrived: int = 0
    served: int = 0
    missed: int = 0
    cancelled: int = 0

    @property
    def made(self) -> int:
        return self.booked + self.came + self.missed + self.cancelled

    @property
    def came(self) -> int:
        return self.arrived + self.served


@dataclass(slots=True)
class Report:
    """Of one period, by the paper and by the e-one-stop system. `piles`: what the system calls late, by what the paper says."""

    asked: Asked
    by_field: dict[str, Tally06] = field(default_factory=dict)
    by_office: dict[int | None, Tally06] = field(default_factory=dict)
    paper: Tally06 = field(default_factory=Tally06)
    system: Tally06 = field(default_factory=Tally06)
    piles: dict[str, int] = field(default_factory=dict)
    late_there: dict[int | None, int] = field(default_factory=dict)  # by office
    months: list[Bucket] = field(default_factory=list)
    visits: Visits = field(default_factory=Visits)

    @property
    def false_overdue(self) -> int:
        return self.piles.get("in_time", 0)


def day_after(day: date) -> date:
    return day + timedelta(days=1)
