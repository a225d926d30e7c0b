"""Periods, what is told of small numbers, and what is counted. Values only."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _

from app.promises.scores import Score
from app.refusal import Refusal

FEWEST = 3  # answers or businesses before a figure about them is told
LONGEST = 366 * 10  # days


# -- periods ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included."""

    first: date
    last: date


def last_year(today: date) -> Period:
    """Twelve months up to today."""
    return Period(today - timedelta(days=365), today)


def period(first: date | None, last: date | None, today: date) -> Period:
    """What was asked for. Raises Refusal when an end is missing or it runs backwards or for too long."""
    if first is None or last is None:
        raise Refusal(_("Ghi cả ngày đầu và ngày cuối."))
    if first > last:
        raise Refusal(_("Ngày đầu phải trước ngày cuối."))
    if (last - first).days > LONGEST:
        raise Refusal(_("Chọn nhiều nhất 10 năm."))
    return Period(first, last)


def usual_periods(today: date) -> list[tuple[str, Period]]:
    """What offices report on: half-years and years, beside the last twelve months."""
    year, half = today.year, 1 if today.month <= 6 else 2
    before = (year, 1) if half == 2 else (year - 1, 2)
    return [
        (_("12 tháng qua"), last_year(today)),
        *((_half_name(half_year, number), _half(half_year, number)) for half_year, number in ((year, half), before)),
        (_("Năm %(year)s", year=year), Period(date(year, 1, 1), date(year, 12, 31))),
        (_("Năm %(year)s", year=year - 1), Period(date(year - 1, 1, 1), date(year - 1, 12, 31))),
    ]


def _half(year: int, number: int) -> Period:
    return Period(date(year, 1, 1), date(year, 6, 30)) if number == 1 else Period(date(year, 7, 1), date(year, 12, 31))


def _half_name(year: int, number: int) -> str:
    return str(_("6 tháng đầu năm %(year)s", year=year) if number == 1 else _("6 tháng cuối năm %(year)s", year=year))


# -- small numbers ----------------------------------------------------------------------------------------------------


def of(part: int, whole: int) -> str:
    """ "5 trong 6"; in words where the whole is too small to say anything about anybody."""
    if whole < FEWEST:
        return few(whole, _("chưa có"))
    return str(_("%(part)s trong %(whole)s", part=part, whole=whole))


def few(count: int, none: str = "0") -> str:
    """A count of businesses as the public may have it."""
    return str(count) if count >= FEWEST else str(_("dưới %(fewest)s", fewest=FEWEST)) if count else none


def share(part: int, whole: int) -> int | None:
    """Whole per cent, rounded down as in the ledger: 100 only when it is all. None when the whole is too small."""
    return 100 * part // whole if whole >= FEWEST else None


# -- what is counted --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """What is counted about one meeting, one unit, or all."""

    firms: int = 0
    came: int = 0
    people: int = 0
    questions: int = 0
    settled: int = 0
    spot: int = 0
    repeated: int = 0
    score: Score = field(default_factory=Score)

    def add(self, other: "Tally") -> None:
        self.firms, self.came, self.people = self.firms + other.firms, self.came + other.came, self.people + other.people
        self.questions, self.settled = self.questions + other.questions, self.settled + other.settled
        self.spot, self.repeated = self.spot + other.spot, self.repeated + other.repeated
        if other.score.made:
            self.score += other.score


@dataclass(slots=True)
class OfMeeting:
    id: int
    day: date
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class OfUnit:
    """`name` is empty for what was given to no unit."""

    name: str
    name_en: str
    position: int
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class OfChannel:
    """`name` is empty for those who came by no link; `by_meeting`: meeting id -> businesses that signed up."""

    name: str
    name_en: str
    tally: Tally = field(default_factory=Tally)
    by_meeting: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Figures:
    """Of one period."""

    meetings: list[OfMeeting]
    units: list[OfUnit]
    channels: list[OfChannel]

    @property
    def total(self) -> Tally:
        found = Tally()
        for one in self.meetings:
            found.add(one.tally)
        return found
