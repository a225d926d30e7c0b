"""Which days a series meets: its rule, what stands in the way of a day, and the day proposed instead. Pure arithmetic."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
AHEAD = 8  # months of meetings kept ready
WEEKS = 8  # how far a proposal may go
MINUTES_DAYS = 3  # working days after a meeting in which its minutes are to be published


@dataclass(frozen=True, slots=True)
class Collision:
    """Why a day is no good for a meeting. `kind`: holiday, long_weekend, worked, busy (another meeting), unknown (the year's
    holidays are not entered)."""

    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public days off and make-up working days, with their names."""

    holidays: Mapping[date, str]
    worked: Mapping[date, str]

    def is_off(self, day: date) -> bool:
        return day in self.holidays or (day.weekday() >= 5 and day not in self.worked)

    def knows(self, year: int) -> bool:
        return any(day.year == year for day in self.holidays)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The n-th (1 to 4) or the last (-1) such weekday of a month."""
    if nth == -1:
        last = date(year + month // 12, month % 12 + 1, 1) - DAY
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7) + WEEK * (nth - 1)


def rule_days(nth: int, weekday: int, today: date, months: int = AHEAD) -> list[date]:
    """The rule's days from today on, in this month and the `months` after it."""
    found = [
        nth_weekday(today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1, nth, weekday)
        for ahead in range(months + 1)
    ]
    return [day for day in found if day >= today]


def collision(day: date, calendar: Calendar) -> Collision | None:
    """What makes people stay away or stops them coming on this day, if anything."""
    if not calendar.knows(day.year):
        return Collision("unknown", str(day.year))
    if day in calendar.holidays:
        return Collision("holiday", calendar.holidays[day])
    if day in calendar.worked:
        return Collision("worked", calendar.worked[day])
    run = _days_off_around(day, calendar)
    if len(run) >= 3:
        names = [calendar.holidays[off] for off in run if off in calendar.holidays]
        return Collision("long_weekend", names[0] if names else "")
    return None


def _days_off_around(day: date, calendar: Calendar) -> list[date]:
    """The unbroken run of days off that this day belongs to; empty when it is worked."""
    if not calendar.is_off(day):
        return []
    first = last = day
    while calendar.is_off(first - DAY):
        first -= DAY
    while calendar.is_off(last + DAY):
        last += DAY
    return [first + DAY * n for n in range((last - first).days + 1)]


def proposal(day: date, calendar: Calendar, taken: Collection[date] = ()) -> date:
    """The same weekday of the next week that is free of collisions and of other meetings; the day itself when nothing is
    near, or when only the officers can know (the year's holidays are not entered)."""
    blocked = collision(day, calendar)
    if blocked and blocked.kind == "unknown" and day not in taken:
        return day
    for weeks in range(1, WEEKS + 1):
        other = day + WEEK * weeks
        found = collision(other, calendar)
        if other not in taken and (found is None or found.kind == "unknown"):
            return other
    return day


def settle(day: date, calendar: Calendar, taken: Collection[date]) -> tuple[date, Collision | None]:
    """The day to hold the rule's meeting on, and what stands in the way of the rule's own."""
    found = collision(day, calendar) or (Collision("busy") if day in taken else None)
    return (proposal(day, calendar, taken), found) if found else (day, None)


def working_days_before(day: date, count: int, calendar: Calendar) -> date:
    """The day that lies `count` working days before `day` (0 = the day itself)."""
    while count:
        day -= DAY
        count -= not calendar.is_off(day)
    return day


def working_days_after(day: date, count: int, calendar: Calendar) -> date:
    """The day that lies `count` working days after `day` (0 = the day itself)."""
    while count:
        day += DAY
        count -= not calendar.is_off(day)
    return day


def next_working_day(day: date, calendar: Calendar) -> date:
    """The day itself when it is worked, else the first one after it that is."""
    return working_days_after(day, 1, calendar) if calendar.is_off(day) else day


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """How many working days lie after `first`, up to and with `last`."""
    return sum(not calendar.is_off(first + DAY * n) for n in range(1, (last - first).days + 1))


def minutes_due(meeting_day: date, calendar: Calendar) -> date:
    """The last day on which a meeting's minutes are in time."""
    return working_days_after(meeting_day, MINUTES_DAYS, calendar)


def minutes_late(meeting_day: date, today: date, calendar: Calendar) -> int:
    """Working days past that day; 0 while there is time."""
    return working_days_between(minutes_due(meeting_day, calendar), today, calendar)


def why(found: Collision) -> str:
    """The collision as a sentence for officers; names come from the holiday table."""
    sentences = {
        "holiday": _("Trùng ngày nghỉ: %(name)s.", name=found.name),
        "long_weekend": _("Nằm trong đợt nghỉ dài: %(name)s.", name=found.name),
        "worked": _("Là ngày làm bù: %(name)s.", name=found.name),
        "busy": _("Ngày này đã có một kỳ họp khác."),
        "unknown": _("Chưa nhập ngày nghỉ năm %(year)s nên chưa biết có trùng lễ không.", year=found.name),
    }
    return str(sentences[found.kind])
