"""Time: instants are stored in UTC and shown in the office's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # UTC+7, no daylight saving since 1975


def now() -> datetime:
    """The present instant, to the second: nothing in an office is finer."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    return local(now()).date()


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZONE)


def at(day: date, clock_time: time) -> datetime:
    """The instant of a wall-clock time on a day in the office's zone."""
    return datetime.combine(day, clock_time, ZONE).astimezone(UTC)


def midnight(day: date) -> datetime:
    return at(day, time(0))


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]
