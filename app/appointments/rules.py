"""Free times, by pure arithmetic on one day's ticks: a day is a number whose bit n stands for the n-th five minutes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from flask_babel import gettext as _

from app import clock, dates
from app.offices.catalogue import Catalogue, Counter, Office, Procedure
from app.offices.rules import sessions
from app.refusal import Conflict, Refusal

TICK = 5  # minutes
TICKS_A_DAY = 24 * 60 // TICK
FEW = 5  # "còn ít"
OPEN_PER_PHONE = 5  # appointments one phone may have ahead; families share a phone
HOLDS_EXTENDED = timedelta(minutes=40)  # the longest a time is kept unbooked

Taken = Mapping[int, int]  # counter id -> ticks taken


@dataclass(frozen=True, slots=True)
class Window:
    """From which instant to which day one may book."""

    earliest: datetime
    last_day: date

    def has(self, moment: datetime) -> bool:
        return self.earliest <= moment and clock.local(moment).date() <= self.last_day

    def days(self) -> list[date]:
        first = clock.local(self.earliest).date()
        return clock.days(first, (self.last_day - first).days + 1)


def window(office: Office, now: datetime) -> Window:
    return Window(now + timedelta(minutes=office.lead_minutes), clock.local(now).date() + timedelta(days=office.horizon_days))


def tick_of(moment: datetime) -> int:
    """Five-minute steps since 1970, the way claims are keyed."""
    return int(moment.timestamp()) // (60 * TICK)


def _index(clock_time: time) -> int:
    return (clock_time.hour * 60 + clock_time.minute) // TICK


def moment_at(day: date, index: int) -> datetime:
    return clock.midnight(day) + timedelta(minutes=index * TICK)


@lru_cache(maxsize=200_000)
def open_ticks(catalogue: Catalogue, office: Office, counter: Counter, day: date) -> int:
    """The ticks in which this counter receives people on this day."""
    ticks = 0
    for opens, closes in sessions(catalogue, office, counter, day):
        first, past = -(-(opens.hour * 60 + opens.minute) // TICK), _index(closes)
        ticks |= ((1 << max(0, past - first)) - 1) << first
    return ticks


def runs(ticks: int) -> Iterator[tuple[int, int]]:
    """The stretches of set ticks, as (first, past the last)."""
    while ticks:
        first = (ticks & -ticks).bit_length() - 1
        size = (~(ticks >> first) & ((ticks >> first) + 1)).bit_length() - 1
        yield first, first + size
        ticks &= ~(((1 << size) - 1) << first)


@lru_cache(maxsize=100_000)
def starts(free: int, length: int) -> tuple[int, ...]:
    """Where visits of `length` ticks may start: back to back from the start of every gap, so that no time is wasted.

    Their number is the true number of people who can still come: the month's counts, the day's times and the final write
    all rest on this.
    """
    return tuple(index for first, past in runs(free) for index in range(first, past - length + 1, length))


def fits(free: int, index: int, length: int) -> bool:
    wanted = ((1 << length) - 1) << index
    return free & wanted == wanted


def free_ticks(catalogue: Catalogue, office: Office, counter: Counter, day: date, taken: Taken) -> int:
    return open_ticks(catalogue, office, counter, day) & ~taken.get(counter.id, 0)


def _first_index(day: date, bookable: Window) -> int:
    """The first tick of the day that may still be booked."""
    seconds = (bookable.earliest - clock.midnight(day)).total_seconds()
    return max(0, -int(-seconds // (60 * TICK)))


def times(
    catalogue: Catalogue, office: Office, procedure: Procedure, day: date, taken: Taken, bookable: Window
) -> dict[int, int]:
    """The day's free starts: index of the tick -> how many counters have it."""
    found: dict[int, int] = {}
    first = _first_index(day, bookable)
    for counter in office.serving(procedure):
        length = counter.minutes[procedure.id] // TICK
        for index in starts(free_ticks(catalogue, office, counter, day, taken), length):
            if index >= first:
                found[index] = found.get(index, 0) + 1
    return dict(sorted(found.items()))


def count(catalogue: Catalogue, office: Office, procedure: Procedure, day: date, taken: Taken, bookable: Window) -> int:
    """How many people can still come that day; 0 outside the window."""
    first_day = clock.local(bookable.earliest).date()
    if not first_day <= day <= bookable.last_day:
        return 0
    if day == first_day:
        return sum(times(catalogue, office, procedure, day, taken, bookable).values())
    return sum(
        len(starts(free_ticks(catalogue, office, counter, day, taken), counter.minutes[procedure.id] // TICK))
        for counter in office.serving(procedure)
    )


def receives(catalogue: Catalogue, office: Office, procedure: Procedure, day: date) -> bool:
    """Does any counter serve this procedure that day at all, free or not?"""
    return any(open_ticks(catalogue, office, counter, day) for counter in office.serving(procedure))


def earliest(
    catalogue: Catalogue,
    office: Office,
    procedure: Procedure,
    taken: Mapping[date, Taken],
    bookable: Window,
    days: Iterable[date],
) -> datetime | None:
    """The first free start on these days."""
    for day in days:
        for index in times(catalogue, office, procedure, day, taken.get(day, {}), bookable):
            return moment_at(day, index)
    return None


def busy(
    catalogue: Catalogue, office: Office, procedure: Procedure, day: date, taken: Taken, bookable: Window
) -> list[tuple[int, int]]:
    """Stretches (first tick, tick past the end) of the day's reception that no free visit covers, past time left out.

    What is left over at the end of a session, too short for any visit, is not told.
    """
    open_now, covered, shortest = 0, 0, TICKS_A_DAY
    first = _first_index(day, bookable)
    for counter in office.serving(procedure):
        length = counter.minutes[procedure.id] // TICK
        open_now, shortest = open_now | open_ticks(catalogue, office, counter, day), min(shortest, length)
        for index in starts(free_ticks(catalogue, office, counter, day, taken), length):
            covered |= ((1 << length) - 1) << index
    return [(begin, past) for begin, past in runs((open_now & ~covered) >> first << first) if past - begin >= shortest]


def check(catalogue: Catalogue, office: Office, procedure: Procedure, moment: datetime, now: datetime) -> None:
    """Raises Refusal when nobody could have this time, taken or not: past, too far ahead, or the counters are closed."""
    if procedure.paused_note:
        raise Refusal(procedure.paused_note)
    bookable = window(office, now)
    if moment < bookable.earliest:
        raise Refusal(_("Giờ này đã qua hoặc quá gần. Chọn một giờ khác."), "moment")
    if not bookable.has(moment):
        raise Refusal(_("Ngày này chưa mở hẹn. Chọn một ngày gần hơn."), "moment")
    day = clock.local(moment).date()
    index = _index(clock.local(moment).time())
    if moment != moment_at(day, index) or not any(
        fits(open_ticks(catalogue, office, counter, day), index, counter.minutes[procedure.id] // TICK)
        for counter in office.serving(procedure)
    ):
        raise Refusal(_("Giờ này quầy không mở. Chọn một giờ trong danh sách."), "moment")


def choose(
    catalogue: Catalogue, office: Office, procedure: Procedure, moment: datetime, taken: Taken
) -> Sequence[tuple[Counter, int]]:
    """Counters free at this moment with the ticks of the visit there; first the one whose time is worth least to others:
    where it leaves no odd gap, which serves the fewest procedures, which is fullest.

    Raises Conflict when there is none.
    """
    day = clock.local(moment).date()
    index = _index(clock.local(moment).time())
    found = []
    for counter in office.serving(procedure):
        free, length = free_ticks(catalogue, office, counter, day, taken), counter.minutes[procedure.id] // TICK
        if fits(free, index, length):
            aligned = index in starts(free, length)
            found.append(((not aligned, len(counter.minutes), free.bit_count()), counter, length))
    if not found:
        raise Conflict(just_taken(moment), "moment")
    return [(counter, length) for _order, counter, length in sorted(found, key=lambda item: item[0])]


def just_taken(moment: datetime) -> str:
    sentence = _("%(time)s vừa có người đặt. Thông tin của bạn vẫn còn, chỉ cần chọn lại giờ.", time=dates.clock_time(moment))
    return str(sentence)


def nearest(moment: datetime, free: Iterable[datetime], most: int = 3) -> list[datetime]:
    """The free times closest to a lost one, in order of the clock."""
    return sorted(sorted(free, key=lambda other: (abs(other - moment), other))[:most])


def may_change(state: str, starts_at: datetime, now: datetime) -> None:
    """Raises Refusal when an appointment can no longer be moved or cancelled by its person."""
    if state == "cancelled":
        raise Refusal(_("Lịch hẹn này đã huỷ."))
    if state in {"arrived", "served"}:
        raise Refusal(_("Bạn đã đến quầy rồi, lịch hẹn này không đổi được nữa."))
    if state == "missed" or starts_at <= now:
        raise Refusal(_("Giờ hẹn đã qua. Đặt một lịch hẹn mới."))


# What an officer may record, and from which states.
ACTS: Mapping[str, frozenset[str]] = {
    "arrived": frozenset({"booked"}),
    "served": frozenset({"booked", "arrived"}),
    "missed": frozenset({"booked"}),
}


def undone(state: str, arrived: bool) -> str:
    """The state before the last act: done goes back to arrived when an arrival was recorded."""
    if state == "served" and arrived:
        return "arrived"
    if state in {"arrived", "served", "missed"}:
        return "booked"
    raise Refusal(_("Không có gì để hoàn tác."))
