"""The 108: a half-year's list with planted truths, read in, held against the signed book, and counted exactly."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app import sheets
from app.reconciliation import imports, queries
from tests.reconciliation import make


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(datetime(2020, 7, 9, 3, tzinfo=UTC), tick=False):
        yield


def counted() -> dict[str, int]:
    return queries.counts(queries.Scope(), make.TODAY)


def test_the_half_year_of_2020(app: Flask) -> None:
    """14,191 received, 13,899 done, 292 open in time; 108 late there, every one of them in hand on its day."""
    make.people()
    rows, book = make.half_year()
    started = time.perf_counter()
    report = make.taken(rows)
    assert (report.added, report.changed, report.unchanged) == (14_191, 0, 0)
    assert counted() == {"in_time": 0, "nothing": 108, "late": 0, "excused": 0, "all": 14_191}
    signed = imports.take_returns(make.listed(book, make.BOOK))
    assert (signed.added, signed.errors) == (108, ())
    assert counted() == {"in_time": 108, "nothing": 0, "late": 0, "excused": 0, "all": 14_191}
    (unit,) = queries.by_unit(queries.Scope(), make.TODAY)
    assert (unit.all, unit.late_there, unit.in_time, unit.unclicked) == (14_191, 108, 108, 60)
    assert unit.click_days is not None
    assert 1 <= unit.click_days <= 5
    assert time.perf_counter() - started < 30
    print(f"the half-year of 2020: {time.perf_counter() - started:.1f} s")


def test_true_ones_do_not_hide_among_them(app: Flask) -> None:
    make.people()
    rows, book = make.half_year(with_true_late=True, seed=7)
    make.taken(rows)
    imports.take_returns(make.listed(book, make.BOOK))
    found = counted()
    assert found["in_time"] == make.FALSE
    assert found["late"] == make.TRUE_LATE["signed after its day"]
    assert found["nothing"] == make.TRUE_LATE["late by its own click, no paper"] + make.TRUE_LATE["open past its day, no paper"]


def test_twenty_thousand_rows_from_a_workbook(app: Flask) -> None:
    days = [date(2020, 1, 2) + timedelta(days=number % 160) for number in range(20_000)]
    rows = [make.row(make.code(number // 160 + 1, day), day, day + timedelta(days=5)) for number, day in enumerate(days)]
    content = sheets.workbook("Danh sách", make.HEADER, rows)
    meaning = imports.meaning_of(imports.columns_of(imports.table(content, "list")))
    started, worked = time.perf_counter(), time.process_time()
    report = imports.take_in(content, meaning)
    assert (report.added, report.errors) == (20_000, ())
    assert time.process_time() - worked < 20  # of this process: others may be at work on the machine
    print(f"20,000 rows taken in: {time.perf_counter() - started:.1f} s, {time.process_time() - worked:.1f} s of work")


def test_the_same_file_twice_changes_nothing(app: Flask) -> None:
    rows, _book = make.half_year()
    part = rows[:3_000]
    make.taken(part)
    again = make.taken(part)
    assert (again.repeated, again.added, again.changed) == (True, 0, 0)
    reordered = make.taken(part[::-1])
    assert (reordered.repeated, reordered.added, reordered.changed, reordered.unchanged) == (False, 0, 0, 3_000)


def test_a_click_that_came_later_is_seen(app: Flask) -> None:
    make.people()
    rows, book = make.half_year()
    late = [row for row in rows if row[0] in {one[0] for one in book}]
    make.taken(late)
    imports.take_returns(make.listed(book, make.BOOK))
    assert len(queries.unclicked(make.TODAY)) == 1
    clicked = [[*row[:7], row[7] or "09/07/2020", row[8] or "09/07/2020", 10, *row[10:]] for row in late]
    assert make.taken(clicked).changed == 60
    assert queries.unclicked(make.TODAY) == []
    assert counted()["in_time"] == 108  # the truth does not change with the click
