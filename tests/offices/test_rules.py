"""Reception hours and the door, without a database."""

from datetime import UTC, date, datetime, time

from app.offices import rules
from app.offices.catalogue import Closed
from tests.make import local
from tests.offices.make import catalogue, counter, office

MORNING, AFTERNOON = (time(7), time(11)), (time(13), time(17))
WEEK = {(None, weekday): (MORNING, AFTERNOON) for weekday in range(5)}
THURSDAY, FRIDAY, SATURDAY = date(2026, 8, 20), date(2026, 8, 21), date(2026, 8, 22)
NATIONAL_DAY = date(2026, 9, 2)  # a Wednesday
ONE, TWO = counter(1), counter(2)


def hours(place, day, at=ONE, **days):  # type: ignore[no-untyped-def]
    return rules.sessions(catalogue(place, **days), place, at, day)


def test_weekly_hours_hold_on_their_weekday_only() -> None:
    place = office(WEEK)
    assert hours(place, FRIDAY) == (MORNING, AFTERNOON)
    assert hours(place, SATURDAY) == ()


def test_a_counters_own_hours_hold_instead_of_the_offices() -> None:
    place = office({**WEEK, (1, 3): (AFTERNOON,), (1, 5): (MORNING,)})
    assert hours(place, THURSDAY) == (AFTERNOON,)
    assert hours(place, SATURDAY) == (MORNING,)
    assert hours(place, THURSDAY, TWO) == (MORNING, AFTERNOON)
    assert hours(place, SATURDAY, TWO) == ()


def test_hours_of_a_day_hold_instead_of_weekly_ones_even_a_counters() -> None:
    early = (time(7), time(9))
    place = office({**WEEK, (1, 3): (AFTERNOON,)}, {(None, THURSDAY): (early,), (2, THURSDAY): (MORNING,)})
    assert hours(place, THURSDAY) == (early,)
    assert hours(place, THURSDAY, TWO) == (MORNING,)


def test_a_public_day_off_has_only_hours_given_for_it() -> None:
    off = {NATIONAL_DAY: "Quốc khánh"}
    assert hours(office(WEEK), NATIONAL_DAY, holidays=off) == ()
    assert hours(office(WEEK, {(None, NATIONAL_DAY): (MORNING,)}), NATIONAL_DAY, holidays=off) == (MORNING,)


def test_a_make_up_saturday_is_worked_like_a_friday() -> None:
    short_friday = {**WEEK, (None, 4): (MORNING,), (1, 5): (AFTERNOON,)}
    assert hours(office(short_friday), SATURDAY, worked={SATURDAY: "Ngày làm bù"}) == (MORNING,)


def test_closures_cut_whole_days_and_parts_of_days() -> None:
    whole = Closed(None, THURSDAY, FRIDAY, None, None, "Mất điện")
    assert hours(office(WEEK, closures=(whole,)), THURSDAY) == ()
    assert hours(office(WEEK, closures=(whole,)), date(2026, 8, 24)) == (MORNING, AFTERNOON)
    part = Closed(None, THURSDAY, THURSDAY, time(9), time(14), "Họp")
    assert hours(office(WEEK, closures=(part,)), THURSDAY) == ((time(7), time(9)), (time(14), time(17)))
    early = Closed(None, THURSDAY, THURSDAY, time(15), None, "Nghỉ sớm")
    assert hours(office(WEEK, closures=(early,)), THURSDAY) == (MORNING, (time(13), time(15)))
    middle = Closed(None, THURSDAY, THURSDAY, time(8), time(9), "")
    assert hours(office(WEEK, closures=(middle,)), THURSDAY)[:2] == ((time(7), time(8)), (time(9), time(11)))


def test_a_counters_closure_leaves_the_others_open() -> None:
    place = office(WEEK, closures=(Closed(1, THURSDAY, THURSDAY, None, None, ""),))
    assert hours(place, THURSDAY) == ()
    assert hours(place, THURSDAY, TWO) == (MORNING, AFTERNOON)


def test_overlapping_hours_are_joined() -> None:
    place = office({(None, 3): ((time(10), time(12)), (time(7), time(11)))})
    assert hours(place, THURSDAY) == ((time(7), time(12)),)


def test_an_office_receives_nobody_before_it_opened_or_after_it_closed_for_good() -> None:
    place = office(WEEK, opened_on=FRIDAY, closed_on=date(2026, 8, 25))
    assert hours(place, THURSDAY) == ()
    assert hours(place, FRIDAY) == (MORNING, AFTERNOON)
    assert hours(place, date(2026, 8, 25)) == ()


def test_the_office_is_open_when_any_counter_is() -> None:
    place = office({**WEEK, (1, 5): (MORNING,)}, counters=(ONE, TWO))
    assert rules.office_sessions(catalogue(place), place, SATURDAY) == (MORNING,)
    assert rules.office_sessions(catalogue(place), place, FRIDAY) == (MORNING, AFTERNOON)


def door(text: str):  # type: ignore[no-untyped-def]
    place = office(WEEK, counters=(ONE,))
    return rules.door(catalogue(place, holidays={date(2026, 8, 24): "x"}), place, local(text))


def test_the_door_in_a_session_tells_when_it_closes_and_opens_again() -> None:
    now = door("2026-08-20T09:00")
    assert now.open
    assert (now.until, now.opens, now.closes) == tuple(local(f"2026-08-20T{t}") for t in ("11:00", "13:00", "17:00"))


def test_the_door_at_noon_after_work_and_before_a_long_weekend() -> None:
    assert not door("2026-08-20T11:00").open
    assert door("2026-08-20T11:00").opens == local("2026-08-20T13:00")
    assert door("2026-08-20T13:00").open
    assert door("2026-08-21T17:00").opens == local("2026-08-25T07:00")


def test_an_office_without_hours_never_opens() -> None:
    place = office({})
    assert rules.door(catalogue(place), place, datetime(2026, 8, 20, tzinfo=UTC)) == rules.Door(False, None, None, None)


def test_reasons_for_a_closed_day() -> None:
    place = office(WEEK, closures=(Closed(None, THURSDAY, THURSDAY, None, None, "Mất điện"),))
    assert rules.closure(place, THURSDAY) == "Mất điện"
    assert rules.closure(place, FRIDAY) == ""
    assert rules.day_off(catalogue(place, holidays={FRIDAY: "Tết"}), FRIDAY) == "Tết"
