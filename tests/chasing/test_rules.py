"""The ladder, for any day: who hears, when something climbs, and that nothing is forgotten or told too early."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.chasing import rules
from app.chasing.rules import LEVELS, Address, Line
from app.offices import working_days
from app.offices.working_time import Calendar

PLAIN = Calendar(days_off={date(2027, 2, 5) + timedelta(days=n) for n in range(7)})
DUE = date(2026, 12, 21)  # a Monday
DAYS = st.dates(date(2026, 12, 1), date(2027, 4, 30))
WORKED = DAYS.map(lambda day: working_days.next_worked(day, PLAIN))
UNIT, HEAD = Address("unit:5", "u@x", "unit", 5), Address("head:5", "h@x", "head", 5)
LEADER, SECRETARY = Address("officer:1", "l@x", "leader"), Address("officer:2", "s@x", "secretary")


def line(**facts: object) -> Line:
    return Line(**({"what": "Kéo điện", "due": DUE, "link": "x", "unit_id": 5} | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("today", "level", "late", "stepped"),
    [
        ("2026-12-15", "ahead", 0, "2026-12-16"),
        ("2026-12-16", "before", 0, "2026-12-16"),  # three working days before
        ("2026-12-20", "before", 0, "2026-12-16"),
        ("2026-12-21", "due", 0, "2026-12-21"),
        ("2026-12-22", "head", 1, "2026-12-22"),
        ("2026-12-25", "head", 4, "2026-12-22"),
        ("2026-12-27", "head", 4, "2026-12-22"),  # a Sunday makes nothing later
        ("2026-12-28", "chair", 5, "2026-12-28"),
        ("2027-01-01", "chair", 9, "2026-12-28"),
        ("2027-01-04", "chair", 10, "2027-01-04"),  # and again every five
    ],
)
def test_the_rungs(today: str, level: str, late: int, stepped: str) -> None:
    found = rules.placed(line(), date.fromisoformat(today), PLAIN)
    assert (found.level, found.late, found.stepped_on) == (level, late, date.fromisoformat(stepped))


def test_due_on_a_friday_is_late_on_monday() -> None:
    for today, level in (("2026-12-18", "due"), ("2026-12-19", "due"), ("2026-12-21", "head")):
        assert rules.placed(line(due=date(2026, 12, 18)), date.fromisoformat(today), PLAIN).level == level


@settings(max_examples=200, deadline=None)
@given(WORKED, DAYS)
def test_it_only_climbs_and_never_from_the_future(due: date, today: date) -> None:
    now, tomorrow = (rules.placed(line(due=due), day, PLAIN) for day in (today, today + timedelta(days=1)))
    assert LEVELS.index(tomorrow.level) >= LEVELS.index(now.level)
    assert 0 <= tomorrow.late - now.late <= 1
    assert now.level == "ahead" or now.stepped_on <= today
    assert (now.late > 0) == (now.level in ("head", "chair"))


@settings(max_examples=100, deadline=None)
@given(WORKED, st.integers(1, 6))
def test_whoever_reads_every_nth_day_misses_no_rung(due: date, nth: int) -> None:
    """An outage delays a digest; what climbed meanwhile is news in the next one."""
    told, last, day = set(), date.min, due - timedelta(days=10)
    for _day in range(60):
        day += timedelta(days=1)
        found = rules.placed(line(due=due), day, PLAIN)
        if day.toordinal() % nth == 0 and rules.of(UNIT, [found], {5}) and rules.has_news([found], last):
            told.add(found.stepped_on)
            last = day
    final = rules.placed(line(due=due), day, PLAIN)
    assert final.level == "chair"
    assert len(told) >= 3
    assert max(told) > final.stepped_on - timedelta(days=20)


@pytest.mark.parametrize(
    ("level", "unit", "head", "leader", "secretary"),
    [
        ("ahead", False, False, False, False), ("before", True, False, False, False), ("due", True, False, False, False),
        ("head", True, True, False, False), ("chair", True, True, True, False),
    ],
)  # fmt: skip
def test_who_hears_of_a_units_matter(level: str, unit: bool, head: bool, leader: bool, secretary: bool) -> None:
    matter = line(level=level)
    heard = [rules.hears(whom, matter, {5}) for whom in (UNIT, HEAD, LEADER, SECRETARY)]
    assert heard == [unit, head, leader, secretary]
    other = Address("unit:6", "o@x", "unit", 6)
    assert not rules.hears(other, matter, {5, 6})
    assert rules.hears(SECRETARY, matter, set()) == (level != "ahead")  # nobody at the unit can be written to


def test_officers_own_matters() -> None:
    minutes = line(unit_id=None, role="secretary", level="due")
    assert [rules.hears(whom, minutes, {5}) for whom in (UNIT, HEAD, LEADER, SECRETARY)] == [False, False, False, True]
    private = line(unit_id=None, role="leader", level="before")
    assert [rules.hears(whom, private, set()) for whom in (UNIT, HEAD, LEADER, SECRETARY)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("day", "hour", "is_time"),
    [("2026-12-14", time(7, 29), False), ("2026-12-14", time(7, 30), True), ("2026-12-13", time(9), False),
     ("2027-02-08", time(9), False)],
)  # fmt: skip
def test_only_on_working_days_from_half_past_seven(day: str, hour: time, is_time: bool) -> None:
    assert rules.is_time(date.fromisoformat(day), hour, PLAIN) == is_time
