"""When a message may leave, and what becomes of it. No app, no database."""

from datetime import UTC, datetime, time, timedelta

import pytest

from app.outbox import rules

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("local", "polite"),
    [("06:59:59", False), ("07:00:00", True), ("12:00:00", True), ("20:29:59", True), ("20:30:00", False), ("00:00:00", False)],
)
def test_sending_hours_are_the_offices(local: str, polite: bool) -> None:
    now = datetime.fromisoformat(f"2026-12-01T{local}+07:00").astimezone(UTC)
    assert rules.is_polite(now, rules.sending_hours("07:00-20:30")) is polite


def test_sending_hours_as_settings_write_them() -> None:
    assert rules.sending_hours(" 7:00 - 20:30".replace(" 7", "07")) == (time(7), time(20, 30))


def test_delays_double_up_to_four_hours_and_fill_a_day() -> None:
    delays = [rules.delay(attempt, MINUTE, 0.5) for attempt in range(1, rules.ATTEMPTS)]
    assert delays[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert max(delays) == timedelta(hours=4)
    assert timedelta(hours=22) < sum(delays, timedelta()) < timedelta(hours=26)


@pytest.mark.parametrize(("luck", "seconds"), [(0.0, 48), (0.5, 60), (1.0, 72)])
def test_luck_shakes_a_delay_by_a_fifth(luck: float, seconds: int) -> None:
    assert rules.delay(1, MINUTE, luck) == timedelta(seconds=seconds)


def _after(outcome: rules.Outcome, channel: str = "email", attempts: int = 1, repeats: int = 0) -> rules.Step:
    return rules.after(outcome, channel, attempts, repeats, NOW, MINUTE, 0.5)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("sent", rules.Step("sent", NOW, 1, 0)),
        ("refused", rules.Step("failed", NOW, 1, 0)),
        ("again", rules.Step("waiting", NOW + MINUTE, 1, 0)),
        ("nobody", rules.Step("waiting", NOW, 0, 0)),
        ("dropped", rules.Step("waiting", NOW, 1, 0)),
        ("doubt", rules.Step("waiting", NOW + MINUTE, 1, 1)),
    ],
)
def test_after_one_attempt(outcome: rules.Outcome, expected: rules.Step) -> None:
    assert _after(outcome) == expected


def test_doubt_repeats_an_email_once_and_an_sms_never() -> None:
    assert _after("doubt", repeats=1).state == "in_doubt"
    assert _after("doubt", channel="sms") == rules.Step("in_doubt", NOW + MINUTE, 1, 0)


@pytest.mark.parametrize("outcome", ["again", "dropped"])
def test_it_ends(outcome: rules.Outcome) -> None:
    assert _after(outcome, attempts=rules.ATTEMPTS - 1).state == "waiting"
    assert _after(outcome, attempts=rules.ATTEMPTS).state == "failed"


def test_a_way_that_fails_pauses_a_minute_at_most() -> None:
    assert [rules.pause(n, 5) for n in (1, 2, 3, 4, 5, 50)] == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    ("email", "texts", "call", "channels"),
    [
        ("a@b.vn", True, True, ["email"]),
        ("", True, True, ["sms"]),
        ("", False, True, ["call"]),
        ("", False, False, []),
    ],
)
def test_how_a_person_is_told(email: str, texts: bool, call: bool, channels: list[str]) -> None:
    assert list(rules.channel_of(email, texts, call)) == channels
