"""How a promise stands, the clock that stops, what a history adds up to: for any days, in any order."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.offices import working_days
from app.offices.working_time import Calendar
from app.promises import rules
from app.promises.models import Promise, PromiseEvent
from app.refusal import Conflict, Refusal

TET = {date(2027, 2, 5) + timedelta(days=n) for n in range(7)}
PLAIN = Calendar(days_off=TET, worked={date(2027, 2, 20)})
DAYS = st.dates(date(2026, 12, 1), date(2027, 4, 30))
WORKED = DAYS.map(lambda day: working_days.next_worked(day, PLAIN))
MONDAY = date(2026, 12, 14)
anyhow = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def promise(**facts: Any) -> Promise:
    known = {"made_on": date(2026, 12, 5), "due": date(2026, 12, 21), "reopened": 0, "postponed": 0, "sequence": 0}
    return Promise(**(known | facts))


# -- working days -----------------------------------------------------------------------------------------------------


@anyhow
@given(DAYS, st.integers(0, 60))
def test_moved_passes_exactly_so_many_working_days(day: date, count: int) -> None:
    later = working_days.moved(day, count, PLAIN)
    assert working_days.between(day + timedelta(days=1), later + timedelta(days=1), PLAIN) == count
    assert count == 0 or working_days.works(later, PLAIN)


@anyhow
@given(DAYS, st.integers(1, 60))
def test_there_and_back_is_a_working_day_no_later(day: date, count: int) -> None:
    back = working_days.moved(working_days.moved(day, count, PLAIN), -count, PLAIN)
    assert back == (day if working_days.works(day, PLAIN) else working_days.moved(day, -1, PLAIN))


def test_holidays_weekends_and_make_up_days() -> None:
    assert working_days.moved(date(2027, 2, 4), 1, PLAIN) == date(2027, 2, 12)  # over Tết
    assert working_days.next_worked(date(2027, 2, 20), PLAIN) == date(2027, 2, 20)  # a Saturday that is worked
    assert working_days.next_worked(date(2027, 2, 21), PLAIN) == date(2027, 2, 22)
    with pytest.raises(ValueError):
        working_days.moved(MONDAY, 1, Calendar(weekly={}))


# -- standing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, "open"),
        ({"due": date(2026, 12, 17)}, "soon"),
        ({"due": MONDAY}, "soon"),
        ({"due": date(2026, 12, 11)}, "late"),
        ({"reopened": 1}, "reopened"),
        ({"reopened": 1, "due": date(2026, 12, 11)}, "late"),  # the old clock
        ({"waiting_since": date(2026, 12, 10), "due": date(2026, 12, 11)}, "waiting"),
        ({"waiting_since": date(2026, 12, 12), "due": date(2026, 12, 11)}, "late"),  # lateness is not waited away
        ({"done_on": date(2026, 12, 21)}, "on_time"),
        ({"done_on": date(2026, 12, 22)}, "done_late"),
        ({"done_on": date(2026, 12, 22), "withdrawn_on": MONDAY}, "withdrawn"),
    ],
)
def test_standing(facts: dict[str, Any], standing: str) -> None:
    assert rules.entry(promise(**facts), MONDAY, PLAIN).standing == standing


def test_days_early_late_and_left() -> None:
    assert rules.entry(promise(done_on=date(2026, 12, 18)), MONDAY, PLAIN).days == 3
    assert rules.entry(promise(done_on=date(2026, 12, 23)), MONDAY, PLAIN).days == -2
    assert rules.entry(promise(), MONDAY, PLAIN).days == 7
    assert rules.entry(promise(due=date(2026, 12, 10)), MONDAY, PLAIN).days == -4


# -- the clock --------------------------------------------------------------------------------------------------------


@anyhow
@given(DAYS, DAYS, DAYS)
def test_a_wait_moves_the_day_by_its_working_days_and_by_no_more(due: date, since: date, until: date) -> None:
    moved = rules.after_wait(due, since, until, PLAIN)
    waited = working_days.between(since, until, PLAIN)
    if since > due:
        assert moved == due
    else:
        assert working_days.between(due + timedelta(days=1), moved + timedelta(days=1), PLAIN) == waited
    assert moved >= due
    assert rules.after_wait(due, since, since, PLAIN) == due


@anyhow
@given(WORKED, st.integers(0, 20), st.integers(0, 15), st.integers(0, 15))
def test_two_waits_move_as_much_as_one_of_both_lengths(due: date, before: int, first: int, second: int) -> None:
    since = working_days.moved(due, -before, PLAIN)
    middle = working_days.moved(since, first, PLAIN)
    end = working_days.moved(middle, second, PLAIN)
    parted = rules.after_wait(rules.after_wait(due, since, middle, PLAIN), middle, end, PLAIN)
    assert parted == rules.after_wait(due, since, end, PLAIN)


def test_while_it_waits_the_shown_day_moves_along() -> None:
    row = promise(waiting_since=date(2026, 12, 9), due=date(2026, 12, 11))
    assert rules.due_now(row, MONDAY, PLAIN) == date(2026, 12, 16)  # Wednesday, Thursday and Friday were waited


# -- what may be done -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happened_on", "number", "text", "field"),
    [
        (date(2026, 12, 15), "1", "", "happened_on"),
        (date(2026, 12, 4), "1", "", "happened_on"),
        (MONDAY, "", "", "text"),
    ],
)
def test_done_needs_a_day_that_was_and_something_to_check(
    app: Flask, happened_on: date, number: str, text: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_done(promise(), happened_on, number, text, MONDAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("facts", "day", "reason", "field"),
    [
        ({}, date(2026, 12, 28), "", "reason"),
        ({}, date(2026, 12, 21), "Vật tư trễ", "day"),
        ({"due": date(2026, 12, 1)}, MONDAY, "Vật tư trễ", "day"),
        ({}, date(2026, 12, 26), "Vật tư trễ", "day"),
        ({}, date(2028, 12, 25), "Vật tư trễ", "day"),
        ({"waiting_since": MONDAY}, date(2026, 12, 28), "Vật tư trễ", "day"),
    ],
)
def test_a_postponement_needs_a_reason_and_a_later_working_day(
    app: Flask, facts: dict[str, Any], day: date, reason: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_postponement(promise(**facts), day, reason, MONDAY, PLAIN)
    assert refused.value.field == field


def test_closed_and_old_pages_conflict(app: Flask) -> None:
    for facts in ({"done_on": MONDAY}, {"withdrawn_on": MONDAY}):
        with pytest.raises(Conflict):
            rules.check_open(promise(**facts))
    with pytest.raises(Conflict):
        rules.check_seen(promise(sequence=2), 1)


# -- history, words, figures ------------------------------------------------------------------------------------------


def event(kind: str, day: date = MONDAY, after: date | None = None) -> PromiseEvent:
    return PromiseEvent(kind=kind, happened_on=day, due_after=after, reason="")


def test_a_history_adds_up() -> None:
    first, second = date(2026, 12, 21), date(2026, 12, 28)
    now = rules.replay(
        [
            event("made", date(2026, 12, 5), first), event("postponed", after=second), event("waiting"),
            event("resumed", after=date(2026, 12, 30)), event("done"), event("verdict"), event("reopened"),
        ]
    )  # fmt: skip
    assert (now.first_due, now.due, now.postponed, now.reopened) == (first, date(2026, 12, 30), 1, 1)
    assert (now.done_on, now.waiting_since, now.withdrawn_on) == (None, None, None)
    assert rules.replay([event("made", after=first), event("done"), event("withdrawn")]).withdrawn_on == MONDAY


@given(st.lists(st.sampled_from(["", "yes", "partly", "no"])))
def test_the_worst_word_counts(said: list[str]) -> None:
    worst = rules.worst(said)
    order = ["no", "partly", "yes", ""]
    assert worst == min(said or [""], key=order.index)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_rate_is_said_only_of_enough_and_is_100_only_when_it_is_all(part: int, more: int) -> None:
    whole = part + more
    rate = rules.rate(part, whole)
    assert (rate is None) == (whole < rules.FEWEST)
    assert rate is None or ((rate == 100) == (more == 0) and 0 <= rate <= 100)


def test_overdue_counts_before_it_is_done() -> None:
    counts = rules.Counts(on_time=2, late=1) + rules.Counts(open=4, yes=1)
    assert (counts.made, counts.came_due, counts.kept, counts.satisfied) == (7, 3, 66, None)
