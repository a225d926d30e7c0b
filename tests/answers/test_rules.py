"""By which day, when reminded, what is still owed: without a database."""

from datetime import date, timedelta

import pytest

from app.answers import rules
from app.answers.models import AnswerDraft
from app.meetings import days
from app.meetings.models import Question
from app.offices import holiday_seed
from app.refusal import Refusal

SATURDAY = date(2026, 12, 5)
HOLIDAYS = {day: seed.name for day, seed in holiday_seed.days([2026, 2027]).items() if not seed.works}
CALENDAR = days.Calendar(HOLIDAYS, {})


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 24), date(2026, 12, 3)),  # Thursday: two working days before the meeting
        (date(2026, 12, 2), date(2026, 12, 3)),
        (date(2026, 12, 3), date(2026, 12, 4)),  # has come already: the next working day
        (date(2026, 11, 28), date(2026, 12, 3)),
    ],
)
def test_the_proposed_day_leaves_the_asker_time(today: date, due: date) -> None:
    assert rules.proposed_due(SATURDAY, today, CALENDAR) == due
    assert rules.check_due(due, SATURDAY, today, CALENDAR) == due


def test_the_proposed_day_is_worked_before_new_year() -> None:
    due = rules.proposed_due(date(2027, 1, 9), date(2026, 12, 31), CALENDAR)
    assert not CALENDAR.is_off(due)


@pytest.mark.parametrize("due", [None, date(2026, 11, 23), SATURDAY, date(2026, 11, 28), date(2026, 12, 6)])
def test_days_on_which_no_unit_can_answer(due: date | None) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_due(due, SATURDAY, date(2026, 11, 24), CALENDAR)
    assert refused.value.field == "due_on"


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2026, 11, 30), ""), (date(2026, 12, 1), "before"), (date(2026, 12, 2), "before"), (date(2026, 12, 3), "due"),
        (date(2026, 12, 4), "late"), (date(2026, 12, 5), "late"),
    ],
)  # fmt: skip
def test_stages_of_reminding(today: date, stage: str) -> None:
    assert rules.stage(date(2026, 12, 3), date(2026, 11, 24), today, CALENDAR) == stage


def test_two_working_days_before_a_monday_are_a_thursday() -> None:
    monday, sent = date(2026, 12, 7), date(2026, 11, 24)
    found = [rules.stage(monday, sent, monday - timedelta(days=ahead), CALENDAR) for ahead in (5, 4, 3, 2, 1)]
    assert found == ["", "before", "before", "before", "before"]


def test_who_was_asked_today_or_since_the_reminder_would_have_left_is_not_reminded_of_it() -> None:
    due = date(2026, 12, 3)
    assert rules.stage(due, due, due, CALENDAR) == ""
    assert rules.stage(due, date(2026, 12, 1), date(2026, 12, 2), CALENDAR) == ""
    assert rules.stage(due, date(2026, 12, 2), due, CALENDAR) == "due"
    assert rules.stage(due, due, due + timedelta(days=1), CALENDAR) == "late"


def test_stages_only_go_on() -> None:
    assert rules.goes_on("", "before")
    assert rules.goes_on("before", "late")
    assert not rules.goes_on("late", "due")
    assert not rules.goes_on("due", "due")


TODAY = date(2026, 12, 2)


@pytest.mark.parametrize(
    ("draft", "question", "owed"),
    [
        ({}, {}, True),
        ({"text": "Được."}, {}, False),
        ({"promised_on": TODAY}, {}, False),
        ({"promised_on": TODAY - timedelta(days=1)}, {}, True),  # the day it promised has passed
        ({}, {"answered_at": "đã"}, False),
        ({}, {"settled_at": "đã"}, False),
    ],
)
def test_what_a_unit_still_owes(draft: dict, question: dict, owed: bool) -> None:
    assert rules.owed(AnswerDraft(**({"text": ""} | draft)), Question(**question), TODAY) is owed


@pytest.mark.parametrize(
    ("text", "promised_on", "field"),
    [("", None, "text"), ("", date(2026, 12, 1), "promised_on"), ("Được", date(2026, 12, 6), "promised_on")],
)
def test_drafts_that_say_nothing_or_a_day_that_cannot_be(text: str, promised_on: date | None, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_draft(text, promised_on, TODAY, CALENDAR)
    assert refused.value.field == field
    rules.check_draft("Được", None, TODAY, CALENDAR)
    rules.check_draft("", TODAY, TODAY, CALENDAR)


def test_together_means_everybody() -> None:
    rows = [Question(id=1), Question(id=2)]
    assert not rules.all_content(rows, {1})
    assert rules.all_content(rows, {1, 2})
