"""Which day a meeting falls on, who may sign up, who is seated, how long the programme takes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import clock, dates
from app.meetings import days, rules
from app.meetings.models import AgendaItem, Meeting, SignUp
from app.offices import holiday_seed
from app.refusal import Conflict, Refusal

SEED = holiday_seed.days(range(2019, 2032))
CALENDAR = days.Calendar(
    {day: seed.name for day, seed in SEED.items() if not seed.works}, {day: seed.name for day, seed in SEED.items() if seed.works}
)
FIRST_SATURDAYS = [days.nth_weekday(year, month, 1, 5) for year in range(2020, 2031) for month in range(1, 13)]
DAY = datetime(2026, 12, 5)  # noqa: DTZ001  only its date is used


def kinds(kind: str) -> list[str]:
    found = [(day, days.collision(day, CALENDAR)) for day in FIRST_SATURDAYS]
    return [day.isoformat() for day, clash in found if clash and clash.kind == kind]


def meeting(**facts: object) -> Meeting:
    start = clock.at(date(2026, 12, 5), datetime(2026, 1, 1, 8).time())  # noqa: DTZ001
    known: dict[str, object] = {
        "state": "open", "capacity": 20, "taken": 0, "most_seats": 3, "starts_at": start, "ends_at": start + timedelta(hours=3),
        "sign_up_from": start - timedelta(days=45), "sign_up_until": start - timedelta(hours=12),
    }  # fmt: skip
    return Meeting(**(known | facts))


# -- days


def test_first_saturdays_of_eleven_years_and_the_nine_on_a_public_holiday() -> None:
    assert len(FIRST_SATURDAYS) == 132
    assert {day.weekday() for day in FIRST_SATURDAYS} == {5}
    assert all(day.day <= 7 for day in FIRST_SATURDAYS)
    assert kinds("holiday") == [
        "2021-05-01", "2022-01-01", "2023-09-02", "2025-02-01", "2027-02-06", "2027-05-01", "2028-01-01", "2028-09-02",
        "2030-02-02",
    ]  # fmt: skip


def test_eleven_more_lie_in_a_long_weekend_and_one_was_worked() -> None:
    assert kinds("long_weekend") == [
        "2020-05-02", "2021-01-02", "2021-09-04", "2022-02-05", "2022-09-03", "2025-04-05", "2025-05-03", "2026-05-02",
        "2027-01-02", "2027-09-04", "2029-09-01",
    ]  # fmt: skip
    assert kinds("worked") == ["2024-05-04"]


def test_the_day_proposed_is_the_same_weekday_of_a_later_week_and_free() -> None:
    for day in FIRST_SATURDAYS:
        if days.collision(day, CALENDAR):
            other = days.proposal(day, CALENDAR)
            assert other.weekday() == 5
            assert timedelta(0) < other - day <= timedelta(weeks=3)
            assert days.collision(other, CALENDAR) is None


def test_a_proposal_goes_past_a_long_tet_and_past_other_meetings() -> None:
    assert days.proposal(date(2027, 2, 6), CALENDAR) == date(2027, 2, 13)
    assert days.proposal(date(2027, 2, 6), CALENDAR, {date(2027, 2, 13)}) == date(2027, 2, 20)


def test_a_year_without_holidays_entered_is_never_taken_for_free() -> None:
    clash = days.collision(date(2035, 3, 3), CALENDAR)
    assert clash == days.Collision("unknown", "2035")
    assert days.proposal(date(2035, 3, 3), CALENDAR) == date(2035, 3, 3)


@given(st.integers(2000, 2100), st.integers(1, 12), st.sampled_from([-1, 1, 2, 3, 4]), st.integers(0, 6))
def test_nth_weekday(year: int, month: int, nth: int, weekday: int) -> None:
    day = days.nth_weekday(year, month, nth, weekday)
    assert (day.year, day.month, day.weekday()) == (year, month, weekday)
    if nth == -1:
        assert (day + days.WEEK).month != month
    else:
        assert (day.day - 1) // 7 == nth - 1


def test_rule_days_start_today_and_run_over_the_year_s_end() -> None:
    found = days.rule_days(1, 5, date(2026, 11, 24), months=6)
    assert [day.isoformat() for day in found] == [
        "2026-12-05", "2027-01-02", "2027-02-06", "2027-03-06", "2027-04-03", "2027-05-01",
    ]  # fmt: skip
    assert days.rule_days(1, 5, date(2026, 12, 5))[0] == date(2026, 12, 5)


def test_questions_close_working_days_before() -> None:
    assert days.working_days_before(date(2020, 8, 1), 5, CALENDAR) == date(2020, 7, 27)
    assert days.working_days_before(date(2026, 12, 5), 9, CALENDAR) == date(2026, 11, 23)  # 24 November is a holiday
    assert days.working_days_before(date(2024, 5, 6), 1, CALENDAR) == date(2024, 5, 4)  # a Saturday that was worked


@pytest.mark.parametrize("text", ["2026-99-99", "2026-2-1", "20260201", "2026-W05-1", "hôm nay", "", "0000-00-00"])
def test_a_day_has_one_way_of_writing(text: str) -> None:
    assert dates.read(text) is None


# -- sign-up


@pytest.mark.parametrize(
    ("facts", "waiting", "hours_before", "where"),
    [
        ({}, 0, 48, "open"),
        ({"taken": 20}, 0, 48, "full"),
        ({"taken": 19}, 2, 48, "full"),  # whoever waits comes first
        ({}, 0, 24 * 46, "early"),
        ({}, 0, 12, "closed"),
        ({}, 0, -1, "closed"),
        ({}, 0, -3, "past"),
        ({"state": "cancelled"}, 0, 48, "cancelled"),
        ({"state": "proposed"}, 0, 48, "proposed"),
    ],
)
def test_where_sign_up_stands(facts: dict[str, object], waiting: int, hours_before: int, where: str) -> None:
    one = meeting(**facts)
    assert rules.standing(one, waiting, one.starts_at - timedelta(hours=hours_before)) == where


def test_officers_sign_people_up_early_and_late_but_not_for_a_meeting_that_is_over(app: Flask) -> None:
    one = meeting()
    for hours in (24 * 46, 6):
        now = one.starts_at - timedelta(hours=hours)
        rules.check_sign_up(one, 1, now, by_officer=True)
        with pytest.raises(Refusal):
            rules.check_sign_up(one, 1, now)
    with pytest.raises(Refusal):
        rules.check_sign_up(one, 1, one.ends_at, by_officer=True)


@pytest.mark.parametrize("seats", [0, -1, 4, 999])
def test_one_business_has_one_to_three_seats(app: Flask, seats: int) -> None:
    one = meeting()
    with pytest.raises(Refusal):
        rules.check_sign_up(one, seats, one.starts_at - timedelta(days=2))


def test_more_seats_never_jump_the_line(app: Flask) -> None:
    with pytest.raises(Conflict):
        rules.check_more(meeting(taken=10), 1, waiting=1)
    with pytest.raises(Conflict):
        rules.check_more(meeting(taken=19), 2, waiting=0)
    rules.check_more(meeting(taken=18), 2, waiting=0)


@given(st.lists(st.integers(1, 3), max_size=12), st.integers(0, 12))
def test_the_line_is_seated_strictly_from_its_head(wanted: list[int], free: int) -> None:
    line = [SignUp(seats=seats) for seats in wanted]
    seated = rules.promoted(line, free)
    assert seated == line[: len(seated)]
    assert sum(one.seats for one in seated) <= free
    if len(seated) < len(line):  # the next one really did not fit
        assert sum(one.seats for one in seated) + line[len(seated)].seats > free


# -- reminders


def test_reminders_leave_at_five_in_the_afternoon_a_week_and_a_day_before() -> None:
    start = meeting().starts_at
    found = rules.reminders(start, start - timedelta(days=20))
    assert {kind: clock.local(due).isoformat()[:16] for kind, (due, _until) in found.items()} == {
        "reminder_week": "2026-11-28T17:00",
        "reminder_day": "2026-12-04T17:00",
    }
    assert found["reminder_week"][1] == found["reminder_day"][0]
    assert found["reminder_day"][1] == start


def test_a_reminder_right_after_the_confirmation_is_left_out() -> None:
    start = meeting().starts_at
    due = clock.at(date(2026, 12, 4), rules.REMINDER_TIME)
    assert list(rules.reminders(start, due - timedelta(minutes=59))) == []
    assert list(rules.reminders(start, due - timedelta(hours=1))) == ["reminder_day"]


# -- agenda


def items(*parts: tuple[str, int]) -> list[AgendaItem]:
    return [AgendaItem(title="Mục", kind=kind, minutes=minutes) for kind, minutes in parts]


def test_times_follow_from_the_minutes_before() -> None:
    plan = rules.programme(meeting(), items(("office", 15), ("business", 100), ("break", 15)))
    assert [clock.local(start).strftime("%H:%M") for start in plan.starts] == ["08:00", "08:15", "09:55"]
    assert clock.local(plan.ends_at).strftime("%H:%M") == "10:10"
    assert (plan.used, plan.length, plan.over, plan.spare, plan.business_share) == (130, 180, 0, 50, 77)
    assert not plan.too_little_business


def test_reports_that_eat_the_time_and_a_programme_too_long(app: Flask) -> None:
    plan = rules.programme(meeting(), items(("office", 100), ("business", 92)))
    assert plan.over == 12
    assert plan.too_little_business
    with pytest.raises(Refusal, match="12"):
        rules.check_publishable(plan)
    with pytest.raises(Refusal):
        rules.check_publishable(rules.programme(meeting(), []))


@given(st.integers(60, 480))
def test_the_first_programme_fills_the_meeting_and_gives_businesses_their_share(length: int) -> None:
    parts = rules.first_programme(length)
    assert sum(minutes for _title, _kind, minutes in parts) == length
    assert all(minutes >= 5 for _title, _kind, minutes in parts)
    assert sum(minutes for _title, kind, minutes in parts if kind == "business") / length >= 0.6


@given(st.permutations(list("abcdefg")), st.sampled_from([-1, 1]), st.data())
def test_moving_an_item_past_another_does_just_that_and_nothing_the_second_time(rows: list[str], step: int, data: Any) -> None:
    row, other = data.draw(st.lists(st.sampled_from(rows), min_size=2, max_size=2, unique=True))
    after = rules.moved_past(rows, row, other, step)
    assert sorted(after) == sorted(rows)
    assert (after.index(row) - after.index(other)) * step > 0
    assert [one for one in after if one != row] == [one for one in rows if one != row]
    assert rules.moved_past(after, row, other, step) == after


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(0, 400))
def test_minutes_by_number_of_questions_stay_within_the_room_in_steps_of_five(counts: list[int], room: int) -> None:
    shares = rules.minutes_for(counts, room)
    assert all(share >= 5 and share % 5 == 0 for share in shares)
    assert all(share <= max(5, 10 * count) for share, count in zip(shares, counts, strict=True))
    assert sum(share for share in shares if share > 5) <= room
