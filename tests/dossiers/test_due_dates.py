"""Promised times against a calculator that does nothing but count minutes, one after the other."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.offices.working_time import Calendar, due

# Tết 2026, the holidays around it, the swap of August, the new day of November; hours of the domain's vectors.
OFF = {date(2026, 2, day) for day in range(16, 21)} | {date(2026, 4, 27), date(2026, 4, 30), date(2026, 5, 1), date(2026, 8, 31),
       date(2026, 9, 1), date(2026, 9, 2), date(2026, 11, 24)}  # fmt: skip
WORKED = {date(2026, 8, 22)}
CALENDAR = Calendar(OFF, WORKED)
MINUTE = timedelta(minutes=1)


def works(minute: datetime) -> bool:
    """Is this minute (its beginning) worked?"""
    day, hour = minute.date(), minute.time()
    if day in OFF or (day.weekday() >= 5 and day not in WORKED):
        return False
    return time(7) <= hour < time(11) or time(13) <= hour < time(17)


def slow(received: datetime, days: float, unit: str, pauses: Sequence[tuple[datetime, datetime]] = ()) -> datetime:
    """The due time, by walking along the clock."""
    minute = clock.local(received).replace(second=0, microsecond=0)
    while not works(minute):
        minute += MINUTE
    start = minute
    if unit == "same_day":
        if start.time() >= time(15):
            minute = start.replace(hour=23, minute=59)
            while not works(minute):
                minute += MINUTE
        while minute.time() < time(17):
            minute += MINUTE
        return minute
    left = round(days * (60 if unit == "hour" else 8 * 60))
    while left:
        if works(minute):
            left -= 1
        minute += MINUTE
    for begin, end in pauses:
        first = clock.local(max(begin, start))
        if first < minute:
            left = sum(works(first + MINUTE * n) for n in range(max(0, int((end - first) / MINUTE))))
            while left:
                if works(minute):
                    left -= 1
                minute += MINUTE
    return minute


VECTORS = (
    ("2026-02-13T10:00", 3, "working_day", "2026-02-25T10:00"), ("2026-02-14T09:00", 1, "working_day", "2026-02-23T17:00"),
    ("2026-08-21T10:00", 1, "working_day", "2026-08-22T10:00"), ("2026-11-23T08:00", 1, "working_day", "2026-11-25T08:00"),
    ("2026-08-19T18:00", 1, "working_day", "2026-08-20T17:00"),
)  # fmt: skip


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


@pytest.mark.parametrize(("received", "value", "unit", "promised"), VECTORS)
def test_both_calculators_know_the_vectors(received: str, value: float, unit: str, promised: str) -> None:
    assert slow(instant(received), value, unit) == due(instant(received), value, unit, CALENDAR) == instant(promised)


moments = st.datetimes(datetime(2026, 1, 5), datetime(2026, 12, 20), timezones=st.just(clock.ZONE))  # noqa: DTZ001  naive by contract
halves = st.integers(0, 24).map(lambda n: n / 2)


@given(moments, halves, st.sampled_from(["working_day", "hour", "same_day"]))
@settings(max_examples=140, deadline=None)
def test_the_fast_one_says_what_the_slow_one_says(received: datetime, value: float, unit: str) -> None:
    assert due(received, value, unit, CALENDAR) == slow(received, value, unit)


@given(moments, halves, st.timedeltas(timedelta(0), timedelta(days=6)), st.timedeltas(timedelta(0), timedelta(days=5)))
@settings(max_examples=60, deadline=None)
def test_with_a_pause_too(received: datetime, value: float, after: timedelta, long: timedelta) -> None:
    begin = (received + after).replace(second=0, microsecond=0)
    pause = (begin, begin + timedelta(minutes=int(long / MINUTE)))
    assert due(received, value, "working_day", CALENDAR, [pause]) == slow(received, value, "working_day", [pause])
