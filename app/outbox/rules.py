"""When a message may leave, and what becomes of it after an attempt. No database, no clock, no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

from app import clock

# How an attempt ended. `nobody`: there was no way out, so it was none; `dropped`: its process died before the hand-over.
Outcome = Literal["sent", "refused", "again", "nobody", "dropped", "doubt"]

ATTEMPTS = 14  # with the delays below, a little over a day
LONGEST_DELAY = 240  # times the first one: four hours when that is a minute
JITTER = 0.2
CALLS_AHEAD = timedelta(days=4)  # a long weekend: Monday's calls can be made on Friday

# Headers of an e-mail that a room may ask for with the fact `headers` (RFC 2369, RFC 8058).
HEADERS = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post"})

AGAIN_BY_HAND = ("failed", "late", "in_doubt")
WITHDRAWABLE = ("waiting", "sending")


@dataclass(frozen=True)
class Step:
    """The row after an attempt."""

    state: str
    due_at: datetime
    attempts: int
    repeats: int


def sending_hours(text: str) -> tuple[time, time]:
    """ "07:00-20:30" -> the two wall-clock times."""
    opens, _dash, closes = text.partition("-")
    return time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())


def is_polite(now: datetime, hours: tuple[time, time]) -> bool:
    """May a message nobody asked for just now leave at this hour, in the office's zone?"""
    opens, closes = hours
    return opens <= clock.local(now).time() < closes


def delay(attempts: int, first: timedelta, luck: float) -> timedelta:
    """The pause after so many attempts: doubling, limited, and shaken by up to a fifth so that crowds disperse.

    `luck` is a random number from 0 to 1.
    """
    times = min(2.0 ** max(attempts - 1, 0), LONGEST_DELAY)
    return timedelta(seconds=round(first.total_seconds() * times * (1 + JITTER * (2 * luck - 1))))


def after(outcome: Outcome, channel: str, attempts: int, repeats: int, now: datetime, first: timedelta, luck: float) -> Step:
    """What becomes of a message after this attempt, the `attempts`-th."""
    if outcome == "sent":
        return Step("sent", now, attempts, repeats)
    if outcome == "nobody":
        return Step("waiting", now, attempts - 1, repeats)
    if outcome == "doubt":
        again = channel == "email" and repeats == 0
        return Step("waiting" if again else "in_doubt", now + delay(1, first, luck), attempts, repeats + again)
    if outcome == "refused" or attempts >= ATTEMPTS:
        return Step("failed", now, attempts, repeats)
    pause = timedelta(0) if outcome == "dropped" else delay(attempts, first, luck)
    return Step("waiting", now + pause, attempts, repeats)


def pause(failures: int, beat: float) -> float:
    """Seconds until the next try of a way out that failed so many times in a row: from one beat up to a minute."""
    return min(beat * 2.0 ** min(failures - 1, 10), 60.0)


def headers(facts: Mapping[str, Any]) -> dict[str, str]:
    """The further headers that a message's facts ask for. Raises ValueError for another name, or a value that could make one."""
    wanted: dict[str, str] = facts.get("headers", {})
    for name, value in wanted.items():
        if name not in HEADERS or not (value.isascii() and value.isprintable()):
            raise ValueError(f"no message may carry the header {name!r} with this value")
    return wanted


def channel_of(email: str, texts: bool, call: bool) -> Sequence[str]:
    """How a person is told: by e-mail, else by SMS where one can go, else on the call list where the letter asks for it."""
    if email:
        return ("email",)
    if texts:
        return ("sms",)
    return ("call",) if call else ()
