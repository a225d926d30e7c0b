"""When a result is due: the vectors, the rules, and what must hold for every moment."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.offices import holiday_seed, working_time
from app.offices.working_time import Calendar, after, between, due
from app.refusal import Refusal
from tests.make import local
from tests.offices.make import office

SEEDS = holiday_seed.days(range(2025, 2029))
CALENDAR = Calendar({d for d, s in SEEDS.items() if not s.works}, {d for d, s in SEEDS.items() if s.works})
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.integers(0, 80).map(lambda halves: halves / 2)
UNITS = st.sampled_from(working_time.UNITS)


def shown(received: str, value: float, unit: str = "working_day", calendar: Calendar = CALENDAR, **more: object) -> str:
    return clock.local(due(local(received), value, unit, calendar, **more)).strftime("%Y-%m-%dT%H:%M")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("received", "days", "promised"),
    [
        ("2026-02-13T10:00", 3, "2026-02-25T10:00"),  # over Tet
        ("2026-02-14T09:00", 1, "2026-02-23T17:00"),  # a Saturday
        ("2026-08-21T10:00", 1, "2026-08-22T10:00"),  # into a make-up Saturday
        ("2026-11-23T08:00", 1, "2026-11-25T08:00"),  # over Vietnam Culture Day
        ("2026-08-19T18:00", 1, "2026-08-20T17:00"),  # after closing
    ],
)
def test_the_five_vectors(received: str, days: float, promised: str) -> None:
    assert shown(received, days) == promised


@pytest.mark.parametrize(
    ("received", "days", "promised"),
    [
        ("2026-11-30T10:00", 0.5, "2026-11-30T16:00"),
        ("2026-11-30T10:00", 2.5, "2026-12-02T16:00"),
        ("2026-11-30T06:00", 0.5, "2026-11-30T11:00"),  # ends with the morning, not when the afternoon begins
        ("2026-11-30T12:00", 1, "2026-12-01T11:00"),  # at lunch: received at 13:00
        ("2026-11-30T17:00", 1, "2026-12-01T17:00"),  # at closing
        ("2026-12-04T16:00", 1, "2026-12-07T16:00"),  # over a weekend
        ("2026-11-30T10:00", 0, "2026-11-30T10:00"),
    ],
)
def test_half_days_and_borders(received: str, days: float, promised: str) -> None:
    assert shown(received, days) == promised


def test_hours_are_working_hours() -> None:
    assert shown("2026-11-30T10:00", 4, "hour") == "2026-11-30T16:00"
    assert shown("2026-12-04T16:00", 2, "hour") == "2026-12-07T08:00"


@pytest.mark.parametrize(
    ("received", "promised"),
    [
        ("2026-11-30T14:59", "2026-11-30T17:00"),
        ("2026-11-30T15:00", "2026-12-01T17:00"),
        ("2026-11-30T08:00", "2026-11-30T17:00"),
        ("2026-12-04T15:30", "2026-12-07T17:00"),  # a Friday
        ("2026-12-05T09:00", "2026-12-07T17:00"),  # a Saturday
        ("2026-11-23T16:00", "2026-11-25T17:00"),  # the next day is off
        ("2026-08-21T16:00", "2026-08-22T17:00"),  # the next day is a make-up Saturday
    ],
)
def test_same_day_has_a_cut_off_at_fifteen_o_clock(received: str, promised: str) -> None:
    assert shown(received, 0, "same_day") == promised


@pytest.mark.parametrize(
    ("received", "days", "promised"),
    [
        ("2026-11-30T10:00", 3, "2026-12-03T10:00"),
        ("2026-11-30T10:00", 5, "2026-12-07T10:00"),  # ends on a Saturday
        ("2026-08-14T10:00", 15, "2026-09-03T10:00"),  # ends in a long weekend: Saturday 29/8, off until 2/9
        ("2026-08-17T10:00", 5, "2026-08-22T10:00"),  # ends on a make-up Saturday
        ("2026-12-05T09:00", 1, "2026-12-08T07:00"),  # received on a Saturday
    ],
)
def test_calendar_days_end_on_the_next_working_day(received: str, days: float, promised: str) -> None:
    assert shown(received, days, "calendar_day") == promised


def test_saturday_reception_does_not_make_saturday_a_working_day() -> None:
    hours = {(None, weekday): ((time(7), time(11)), (time(13), time(17))) for weekday in range(6)}
    own = Calendar(weekly=working_time.weekly_hours(office(hours)))
    assert shown("2026-12-04T16:00", 1, calendar=own) == "2026-12-07T16:00"


def test_an_office_counts_in_its_own_hours() -> None:
    hours = {(None, weekday): ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30))) for weekday in range(5)}
    own = Calendar(weekly=working_time.weekly_hours(office(hours)))
    assert shown("2026-11-30T06:00", 1, calendar=own) == "2026-11-30T17:30"
    assert working_time.weekly_hours(office({(1, 0): ((time(7), time(11)),)})) is working_time.USUAL


def test_a_worked_weekday_overrides_its_day_off() -> None:
    day = date(2026, 11, 24)
    assert shown("2026-11-23T08:00", 1, calendar=Calendar({day}, {day})) == "2026-11-24T08:00"


def test_a_pause_moves_the_due_time_by_its_working_minutes() -> None:
    pause = (local("2026-12-01T10:00"), local("2026-12-03T14:00"))
    assert shown("2026-11-30T10:00", 2, pauses=[pause]) == "2026-12-04T14:00"
    twice = [pause, (local("2026-12-02T08:00"), local("2026-12-03T14:00"))]
    assert shown("2026-11-30T10:00", 2, pauses=twice) == "2026-12-04T14:00"


def test_a_pause_over_a_weekend_or_after_the_end_moves_nothing() -> None:
    assert shown("2026-12-04T10:00", 1, pauses=[(local("2026-12-04T17:00"), local("2026-12-07T07:00"))]) == "2026-12-07T10:00"
    assert shown("2026-12-04T10:00", 1, pauses=[(local("2026-12-08T08:00"), local("2026-12-09T08:00"))]) == "2026-12-07T10:00"


@pytest.mark.parametrize(("value", "unit"), [(-1, "hour"), (float("nan"), "hour"), (1e9, "hour"), (1, "week")])
def test_no_office_promises_that(app: object, value: float, unit: str) -> None:
    with pytest.raises(Refusal):
        due(local("2026-12-01T08:00"), value, unit, CALENDAR)


def test_an_office_that_never_works_promises_nothing(app: object) -> None:
    with pytest.raises(Refusal):
        due(local("2026-12-01T08:00"), 1, "working_day", Calendar(weekly={}))


def in_session(moment: datetime) -> bool:
    there = clock.local(moment)
    return any(opens <= there.time() <= closes for opens, closes in CALENDAR.hours(there.date()))


@given(MOMENTS, DAYS, UNITS)
@settings(max_examples=300, deadline=None)
def test_due_is_always_in_working_hours_and_not_before_receipt(received: datetime, value: float, unit: str) -> None:
    promised = due(received, value, unit, CALENDAR)
    assert in_session(promised)
    assert promised >= received.replace(second=0, microsecond=0)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), DAYS, st.floats(0, 5), UNITS)
@settings(max_examples=300, deadline=None)
def test_later_or_longer_is_never_due_earlier(received: datetime, wait: timedelta, value: float, more: float, unit: str) -> None:
    def promised(moment: datetime, length: float) -> datetime | date:
        found = due(moment, length, unit, CALENDAR)
        # Calendar days that run into a day off share the next working day, each at its own hour.
        return clock.local(found).date() if unit == "calendar_day" else found

    assert promised(received + wait, value) >= promised(received, value)  # type: ignore[operator]
    assert promised(received, value + more) >= promised(received, value)  # type: ignore[operator]


@given(MOMENTS, st.integers(0, 20_000))
@settings(max_examples=200, deadline=None)
def test_the_minutes_between_receipt_and_due_are_the_minutes_promised(received: datetime, minutes: int) -> None:
    start = working_time.received_at(received, CALENDAR)
    assert between(start, after(start, minutes, CALENDAR), CALENDAR) == minutes


@given(MOMENTS, DAYS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)))
@settings(max_examples=200, deadline=None)
def test_a_pause_never_brings_the_due_time_forward(received: datetime, value: float, begin: datetime, long: timedelta) -> None:
    plain = due(received, value, "working_day", CALENDAR)
    paused = due(received, value, "working_day", CALENDAR, [(begin, begin + long)])
    assert paused >= plain
    assert in_session(paused)


def test_calendar_days_stay_within_the_hours_of_their_last_day() -> None:
    own = Calendar(weekly={**working_time.USUAL, 3: ((time(8), time(11)),)})  # Thursdays 8:00-11:00
    assert shown("2026-11-30T16:00", 3, "calendar_day", own) == "2026-12-03T11:00"
    assert shown("2026-11-30T07:30", 3, "calendar_day", own) == "2026-12-03T08:00"
