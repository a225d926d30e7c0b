"""How few answers are not told apart, and the days on which one may answer or change."""

from collections.abc import Callable
from datetime import date
from itertools import combinations_with_replacement

import pytest

from app.feedback import rules
from app.feedback.informs import INFORMS
from app.feedback.rules import Tally
from app.refusal import Refusal
from app.survey import SUBJECTS


def split(counts: tuple[int, ...]) -> dict[int, Tally]:
    return {number: Tally(good=count) for number, count in enumerate(counts)}


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [((5, 9), set()), ((2, 9), {0, 1}), ((1, 3, 9), {0, 1}), ((2, 2, 9), {0, 1}), ((1, 1, 9, 4), {0, 1, 3}), ((2,), {0}),
     ((0, 7), set()), ((), set())],
)  # fmt: skip
def test_few_are_not_told_apart(counts: tuple[int, ...], hidden: set[int]) -> None:
    assert rules.hidden(split(counts)) == hidden


def test_no_total_gives_a_few_away() -> None:
    """What stays hidden adds up to three at least, or is everything there is, whatever the counts."""
    for counts in combinations_with_replacement(range(6), 4):
        hidden = rules.hidden(split(counts))
        assert {number for number, count in enumerate(counts) if 0 < count < rules.FEWEST} <= hidden
        together = sum(counts[number] for number in hidden)
        assert not hidden or together >= rules.FEWEST or together == sum(counts)


@pytest.mark.parametrize(
    ("check", "last", "after"),
    [(rules.check_open, date(2026, 12, 31), date(2027, 1, 1)), (rules.check_change, date(2026, 12, 8), date(2026, 12, 9))],
)
def test_the_last_day(check: Callable[[date, date], None], last: date, after: date) -> None:
    check(date(2026, 12, 1), last)
    with pytest.raises(Refusal):
        check(date(2026, 12, 1), after)


def test_every_subject_says_what_it_informs_and_nothing_is_a_score() -> None:
    assert tuple(INFORMS) == SUBJECTS


def test_shares() -> None:
    assert (Tally(2, 1, 0) + Tally(0, 0, 3)) == Tally(2, 1, 3)
    assert (Tally(2, 1, 3).count, Tally(2, 1, 3).share, Tally().share) == (6, 33, 0)
