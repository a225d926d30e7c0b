"""How often an address is written to, whom an invitation is for, which reasons may be shown: without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.invitations import rules
from app.meetings.models import Meeting, SignUp
from app.refusal import Conflict, Refusal

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def ago(*minutes: int) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in minutes]


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        (ago(), True), (ago(1, 2), True), (ago(1, 2, 3), False), (ago(1, 2, 59), False), (ago(1, 2, 60), True),
        (ago(1, 2, 100, 200), True), (ago(1, 2, 100, 200, 300), False), (ago(1, 100, 200, 300, 1439), False),
        (ago(1, 100, 200, 300, 1440), True),
    ],
)  # fmt: skip
def test_three_letters_an_hour_five_a_day(written: list[datetime], allowed: bool) -> None:
    assert rules.may_write(written, NOW) is allowed


def meeting(**facts: object) -> Meeting:
    starts = datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
    known = {
        "state": "open", "starts_at": starts, "ends_at": starts + timedelta(hours=3), "fields": [],
        "sign_up_from": starts - timedelta(days=45), "sign_up_until": starts - timedelta(hours=12),
    }  # fmt: skip
    return Meeting(**(known | facts))


@pytest.mark.parametrize(
    ("days", "leaves"), [(-22, False), (-21, True), (-11, True), (-1, True), (-0.5, False), (0, False), (1, False)]
)
def test_invitations_leave_three_weeks_ahead_until_the_list_is_closed(days: float, leaves: bool) -> None:
    one = meeting()
    assert rules.inviting(one, one.starts_at + timedelta(days=days)) is leaves


def test_not_before_people_can_sign_up_and_not_for_what_is_no_meeting() -> None:
    one = meeting()
    late = meeting(sign_up_from=one.starts_at - timedelta(days=3))
    assert not rules.inviting(late, one.starts_at - timedelta(days=4))
    assert rules.inviting(late, one.starts_at - timedelta(days=3))
    for state in ("proposed", "cancelled"):
        assert not rules.inviting(meeting(state=state), one.starts_at - timedelta(days=3))


@pytest.mark.parametrize(
    ("own", "theme", "concerned"),
    [([], [], True), ([], ["tax"], True), (["tax"], [], True), (["tax", "land"], ["land"], True), (["tax"], ["land"], False)],
)
def test_whom_a_meeting_concerns(own: list[str], theme: list[str], concerned: bool) -> None:
    assert rules.concerns(own, theme) is concerned


def test_reasons_of_few_are_not_shown_and_cannot_be_reckoned() -> None:
    assert rules.told({"xa": 7, "gio-giac": 3, "khac": 2}) == rules.WhyNot({"xa": 7, "gio-giac": 3}, None)
    assert rules.told({"xa": 2, "gio-giac": 1, "khac": 4}) == rules.WhyNot({"khac": 4}, 3)
    assert rules.told({}) == rules.WhyNot({}, None)
    assert list(rules.told({"xa": 3, "khac": 9}).shown) == ["khac", "xa"]


def test_words_that_changed_meanwhile(app: Flask) -> None:
    rules.check_wording(1, 1)
    with pytest.raises(Conflict):
        rules.check_wording(1, 2)


def test_who_is_asked_why_they_did_not_come(app: Flask) -> None:
    one = meeting()
    seat = SignUp(state="seated", arrived_at=None)
    rules.check_missed(seat, one, one.ends_at)
    rules.check_missed(SignUp(state="given_up", arrived_at=None), one, one.starts_at - timedelta(days=3))
    for row, now in ((seat, one.ends_at - timedelta(seconds=1)), (SignUp(state="seated", arrived_at=one.starts_at), one.ends_at)):
        with pytest.raises(Refusal):
            rules.check_missed(row, one, now)
    with pytest.raises(Refusal):
        rules.check_missed(seat, meeting(state="cancelled"), one.ends_at)
