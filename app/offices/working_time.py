"""When a result is due: the rules R1 to R10 of a one-stop office, as arithmetic on working minutes.

R1  The clock starts when the dossier is received and counts working minutes; 8 working hours are one working day.
R2  What comes outside working hours is received when the next session begins.
R3  Same-day matters: received before 15:00, by closing of that day; later, by closing of the next working day.
R4  Calendar days that end on a day off end on the next working day. The hour of receipt stays the hour of the promise.
R5  A pause stops the clock: the due time moves by the working minutes that passed in it.
R6  An extension (once, with its reason, told a day ahead) is a decision about a dossier, not arithmetic: not here.
R7  The answer is an instant: date and hour are promised together.
R8  Half days are fine: 2.5 days are 20 working hours.
R9  Only Monday to Friday and make-up days count. Saturday reception does not make Saturday a working day.
R10 Nothing here is stored or looked up again: a printed promise does not move when the holidays are edited.

Closing the desk (a closure, dated hours) does not stop the clock either: an office cannot lengthen its own deadline.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _

from app import clock
from app.offices.catalogue import Office, Session
from app.offices.rules import joined
from app.refusal import Refusal

UNITS = ("working_day", "calendar_day", "hour", "same_day")
MINUTES_A_DAY = 8 * 60
CUT_OFF = time(15)
LONGEST = 3_660  # days, working days or hours
FRIDAY, SATURDAY = 4, 5
USUAL: Mapping[int, tuple[Session, ...]] = {weekday: ((time(7), time(11)), (time(13), time(17))) for weekday in range(5)}
_FAR = 400  # days without any work: the calendar is wrong
_Stretch = tuple[datetime, datetime]
Pause = tuple[datetime, datetime]  # from, to


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which minutes are worked: weekly hours Monday to Friday, less days off, plus make-up days (worked like a Friday)."""

    days_off: Collection[date] = frozenset()
    worked: Collection[date] = frozenset()
    weekly: Mapping[int, tuple[Session, ...]] = field(default_factory=lambda: USUAL)

    def hours(self, day: date) -> tuple[Session, ...]:
        if day in self.worked:
            return self.weekly.get(min(day.weekday(), FRIDAY), ())
        return () if day in self.days_off or day.weekday() >= SATURDAY else self.weekly.get(day.weekday(), ())

    def stretches(self, since: datetime) -> Iterator[_Stretch]:
        """Working time from an instant on, as (begin, end). Raises Refusal when there is none for more than a year."""
        day, idle = clock.local(since).date(), 0
        while idle < _FAR:
            hours = self.hours(day)
            idle = 0 if hours else idle + 1
            for opens, closes in hours:
                begin, end = clock.at(day, opens), clock.at(day, closes)
                if end > since:
                    yield max(begin, since), end
            day += timedelta(days=1)
        raise Refusal(_("Nơi này không có giờ làm việc."))


def weekly_hours(office: Office) -> Mapping[int, tuple[Session, ...]]:
    """The office's own hours on weekdays, or the usual ones when it has none."""
    own = {
        weekday: tuple(joined(hours))
        for (counter, weekday), hours in office.weekly.items()
        if counter is None and weekday < SATURDAY
    }
    return own if any(own.values()) else USUAL


def due(received: datetime, value: float, unit: str, calendar: Calendar, pauses: Sequence[Pause] = ()) -> datetime:
    """The promised instant for a dossier received at `received`. Raises Refusal for a duration no office promises."""
    if not 0 <= value <= LONGEST or unit not in UNITS or not 1900 <= received.year <= 2200:
        raise Refusal(_("Thời hạn không hợp lệ."))
    start = received_at(received, calendar)
    if unit == "same_day":
        promised = _same_day(start, calendar)
    elif unit == "calendar_day":
        promised = _calendar_days(start, value, calendar)
    else:
        promised = after(start, round(value * (60 if unit == "hour" else MINUTES_A_DAY)), calendar)
    return _paused(promised, [(max(begin, start), end) for begin, end in pauses], calendar)


def received_at(moment: datetime, calendar: Calendar) -> datetime:
    """R2, to the minute."""
    return next_open(moment - timedelta(seconds=moment.second, microseconds=moment.microsecond), calendar)


def next_open(moment: datetime, calendar: Calendar) -> datetime:
    """The moment itself inside working time, else when work next begins."""
    return next(calendar.stretches(moment))[0]


def after(start: datetime, minutes: int, calendar: Calendar) -> datetime:
    """The instant when so many working minutes have passed: a closing time rather than the opening after it."""
    left = timedelta(minutes=minutes)
    for begin, end in calendar.stretches(start):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise AssertionError("working time does not end")


def between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """The working minutes from one instant to another."""
    if end <= start:
        return 0
    total = timedelta()
    for begin, close in calendar.stretches(start):
        if begin >= end:
            break
        total += min(close, end) - begin
    return int(total.total_seconds()) // 60


def _same_day(start: datetime, calendar: Calendar) -> datetime:
    """R3."""
    day = clock.local(start).date()
    if clock.local(start).time() >= CUT_OFF:
        day = clock.local(next_open(clock.midnight(day + timedelta(days=1)), calendar)).date()
    return clock.at(day, calendar.hours(day)[-1][1])


def _calendar_days(start: datetime, value: float, calendar: Calendar) -> datetime:
    """R4. Where that day is worked at other hours: when work next begins on it, at the latest when it ends."""
    wanted = start + timedelta(days=value)
    day = clock.local(wanted).date()
    if not calendar.hours(day):
        day = clock.local(next_open(wanted, calendar)).date()
        wanted = clock.at(day, clock.local(wanted).time())
    return min(next_open(wanted, calendar), clock.at(day, calendar.hours(day)[-1][1]))


def shifted(promised: datetime, pause: Pause, calendar: Calendar) -> datetime:
    """R5: later by the working minutes of the pause; none, or a pause that begins after the result was due, move nothing."""
    begin, end = pause
    lost = between(begin, end, calendar) if begin < promised else 0
    return after(promised, lost, calendar) if lost else promised


def _paused(promised: datetime, pauses: Iterable[Pause], calendar: Calendar) -> datetime:
    for pause in _in_order(pauses):
        promised = shifted(promised, pause, calendar)
    return promised


def _in_order(pauses: Iterable[Pause]) -> Iterator[Pause]:
    """In order, overlapping ones made one: a minute is not paused twice."""
    last: Pause | None = None
    for begin, end in sorted(pauses):
        if last and begin <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last:
            yield last
        last = (begin, end)
    if last:
        yield last
