"""Free times by pure arithmetic."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.appointments import rules
from app.refusal import Refusal

DAYS = st.integers(min_value=0, max_value=(1 << 288) - 1)
LENGTHS = st.integers(min_value=1, max_value=48)


def test_visits_stand_back_to_back_from_the_start_of_each_gap() -> None:
    free = 0b0_1111_0_1111111  # ticks 0-6 and 8-11
    assert rules.starts(free, 3) == (0, 3, 8)
    assert rules.starts(free, 5) == (0,)
    assert rules.starts(0, 1) == ()


@given(DAYS, LENGTHS)
def test_no_offered_visit_overlaps_another_or_leaves_the_free_time(free: int, length: int) -> None:
    covered = 0
    for index in rules.starts(free, length):
        visit = ((1 << length) - 1) << index
        assert rules.fits(free, index, length)
        assert not covered & visit
        covered |= visit


@given(DAYS, LENGTHS)
def test_what_is_not_offered_is_too_short_for_another_visit(free: int, length: int) -> None:
    covered = sum(((1 << length) - 1) << index for index in rules.starts(free, length))
    assert all(past - first < length for first, past in rules.runs(free & ~covered))


@given(DAYS)
def test_runs_rebuild_the_day(free: int) -> None:
    assert sum(((1 << (past - first)) - 1) << first for first, past in rules.runs(free)) == free


def test_nearest_times_stand_in_order_of_the_clock() -> None:
    times = [datetime(2026, 12, 1, hour, tzinfo=UTC) for hour in (1, 2, 5, 8)]
    assert rules.nearest(datetime(2026, 12, 1, 4, tzinfo=UTC), times) == times[:3]
    assert rules.nearest(datetime(2026, 12, 1, 7, tzinfo=UTC), times) == times[1:]


@pytest.mark.parametrize(
    ("state", "arrived", "before"),
    [("served", True, "arrived"), ("served", False, "booked"), ("arrived", True, "booked"), ("missed", False, "booked")],
)
def test_undo_goes_back_one_step(state: str, arrived: bool, before: str) -> None:
    assert rules.undone(state, arrived) == before


def test_nothing_to_undo(app: object) -> None:
    with pytest.raises(Refusal):
        rules.undone("booked", False)
