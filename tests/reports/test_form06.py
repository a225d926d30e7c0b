"""Form 06: every column against a count that goes through the dossiers one by one; what must add up; two books."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.db import db, transaction
from app.dossiers.models import Dossier
from app.reconciliation.queries import day_number, local_day
from app.reports import form06_queries, form06_rooms, queries, words06
from app.reports.form06 import COLUMNS, Tally06, buckets, differences
from app.reports.form06_behind import listed
from app.reports.rules import Period
from tests.page import count_queries
from tests.reports import dossiers as make
from tests.reports import make as meetings

HOURS = st.integers(0, 24 * 400)  # from a while before the half-year to a while after it
START = clock.midnight(date(2025, 11, 20))


@st.composite
def a_dossier(draw: st.DrawFn) -> dict[str, Any]:
    received = draw(HOURS)
    due = received + draw(st.integers(0, 24 * 20))
    about = st.sampled_from([due, received + 24 * 20]).flatmap(lambda hour: st.integers(hour - 20, hour + 20))
    finished = max(received, draw(about)) if draw(st.booleans()) else None
    paused = received + draw(st.integers(0, 24 * 25)) if finished is None and draw(st.booleans()) else None

    def moment(hours: int | None) -> Any:
        return None if hours is None else START + timedelta(hours=hours)

    return make.row(0, "2026-01-01", "2026-01-01") | {
        "channel": draw(st.sampled_from(["counter", "online", "post"])),
        "received_at": moment(received),
        "promised_at": moment(due),
        "due_at": moment(due),
        "finished_at": moment(finished),
        "handed_at": None,
        "ended_as": draw(st.sampled_from(["", "", "withdrawn"])) if finished is not None else "",
        "pause": "duty" if paused is not None else "",
        "paused_at": moment(paused),
        "field": draw(st.sampled_from(["Hộ tịch", "Đất đai"])),
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(a_dossier(), min_size=1, max_size=14), today=st.sampled_from([date(2026, 11, 24), date(2026, 4, 15)]))
def test_every_column_is_what_going_through_them_finds(app: Flask, rows: list[dict[str, Any]], today: date) -> None:
    rows = [one | {"code": f"H13-260101-{number:05d}"} for number, one in enumerate(rows)]
    with transaction() as session:
        session.execute(sa.delete(Dossier))
    make.add(rows)
    asked = make.asked(today=today)
    found = form06_queries.report(asked)
    counted = {str(number): found.paper.column(number) for number in COLUMNS}
    expected = make.slowly(rows, asked)
    assert Counter(counted) == expected  # a Counter takes 0 and nothing for the same
    assert differences(found.paper) == []
    for field, tally in found.by_field.items():
        slow = make.slowly([one for one in rows if one["field"] == field], asked)
        assert Counter({str(number): tally.column(number) for number in COLUMNS}) == slow
    for column, count in counted.items():
        assert listed(asked, column, 1, there=False)[1] == count
    assert sum(month.received for month in found.months) == expected["4"] + expected["5"]
    assert sum(month.done for month in found.months) == expected["7"]
    brief = form06_queries.in_brief(asked).paper
    assert [brief.column(number) for number in COLUMNS] == [found.paper.column(number) for number in COLUMNS]


@pytest.mark.parametrize(
    ("row", "came", "fate"),
    [
        (("2026-03-02", "2026-03-05", "2026-03-04"), "5", "8"),
        (("2026-03-02", "2026-03-05T08:00", "2026-03-05T16:59"), "5", "9"),  # by the day, not the hour
        (("2026-03-02", "2026-03-05", "2026-03-06"), "5", "10"),
        (("2025-12-20", "2026-01-05", "2026-01-05"), "6", "9"),  # carried over
        (("2025-12-20", "2025-12-22"), "6", "13"),
        (("2026-06-29", "2026-06-30"), "5", "12"),  # due on the last day: not late yet
        (("2026-06-26", "2026-06-29"), "5", "13"),
        (("2026-06-26", "2026-06-29", "2026-07-02"), "5", "13"),  # done later: pending at the period's end
        (("2026-06-30T23:30", "2026-07-02"), "5", "12"),  # the office's day, not London's
        (("2025-12-31T23:30", "2026-01-02", "2026-01-01T00:30"), "6", "8"),
        (("2026-03-02T08:00", "2026-03-05T23:30", "2026-03-05T08:00"), "5", "9"),
    ],
)
def test_one_dossier(app: Flask, row: tuple[str, ...], came: str, fate: str) -> None:
    make.add([make.row(1, *row)])
    paper = form06_queries.report(make.asked()).paper
    assert {str(n) for n in COLUMNS if paper.column(n)} == {"3", came, fate, "7" if int(fate) <= 10 else "11"}


@pytest.mark.parametrize("row", [("2025-12-01", "2025-12-05", "2025-12-31"), ("2026-07-01", "2026-07-03"), ])  # fmt: skip
def test_what_is_not_of_the_period(app: Flask, row: tuple[str, ...]) -> None:
    make.add([make.row(1, *row)])
    assert form06_queries.report(make.asked()).paper == Tally06()


def test_the_office_counts_days_by_todays_clocks(app: Flask) -> None:
    """In 1970 the clocks of the place stood an hour further on."""
    make.add([make.row(1, "2026-03-05T22:30", "2026-03-05T23:30")])
    assert db.session.scalar(sa.select(local_day(Dossier.due_at))) == day_number(date(2026, 3, 5))


def test_a_stopped_clock_is_in_time_unless_it_was_late_before(app: Flask) -> None:
    stopped = {"pause": "supplement"}
    make.add([
        make.row(1, "2026-03-02", "2026-03-10", **stopped, paused_at=make.at("2026-03-10")),
        make.row(2, "2026-03-02", "2026-03-10", **stopped, paused_at=make.at("2026-03-11")),
    ])  # fmt: skip
    paper = form06_queries.report(make.asked()).paper
    assert (paper.in_time, paper.paused, paper.overdue) == (1, 1, 1)


def test_an_open_period_is_looked_at_today(app: Flask) -> None:
    make.add([make.row(1, "2026-03-02", "2026-03-10")])
    on = {day: form06_queries.report(make.asked(today=day)).paper.overdue for day in (date(2026, 3, 10), date(2026, 3, 11))}
    assert list(on.values()) == [0, 1]
    assert make.asked(today=date(2026, 6, 30)).running
    assert not make.asked(today=date(2026, 7, 1)).running


def test_an_office_and_a_field_alone(app: Flask) -> None:
    first = make.office()
    make.add([make.row(1, "2026-03-02", "2026-03-10"), make.row(2, "2026-03-02", "2026-03-10", field="Đất đai")])
    make.list_in([make.there(1, "2026-03-02", "2026-03-10"), make.there(9, "2026-03-02", "2026-03-10", office="Nơi khác")])
    mine, nobodys = make.asked(office_id=first), make.asked(office_id=first + 1)
    assert form06_queries.report(mine).paper.handled == 2
    assert form06_queries.report(mine).system.handled == 1  # the other one is of no office we know
    assert form06_queries.report(nobodys).paper == form06_queries.report(nobodys).system == Tally06()
    assert form06_queries.report(make.asked(field="Đất đai")).paper.handled == 1


def test_the_system_and_the_piles(app: Flask) -> None:
    make.add([make.row(1, "2026-03-02", "2026-03-10", "2026-03-10")])
    make.list_in([
        make.there(1, "2026-03-02", "2026-03-10"),  # in hand, never clicked
        make.there(2, "2026-03-02", "2026-03-10", "2026-03-15"),  # late, no evidence
        make.there(3, "2026-03-02", "2026-03-10", "2026-03-15"),  # late in truth
        make.there(4, "2026-03-02", "2026-03-10"),  # paused
        make.there(5, "2026-03-02", "2026-03-10", "2026-03-15", status=7),  # withdrawn
        make.there(6, "2026-03-02", "2026-03-10", status=7),  # withdrawn, no day of it
        make.there(7, "2026-03-02", "2026-03-10", "2026-03-09"),
    ])  # fmt: skip
    make.found(3, "late", "2026-03-14")
    make.found(4, "paused")
    found = form06_queries.report(make.asked())
    assert found.piles == {"in_time": 1, "nothing": 1, "late": 1, "excused": 1}
    assert (found.system.late, found.system.overdue, found.system.kept) == (2, 2, 3)
    for pile in found.piles:
        lines, count = listed(make.asked(), pile, 1, there=True)
        assert (count, len(lines)) == (1, 1)
    assert listed(make.asked(), "tre", 1, there=True)[1] == 4
    assert form06_queries.in_brief(make.asked()).false_overdue == 1


def test_a_difference_is_kept_and_said(app: Flask) -> None:
    """A list may say that something was done before it was received."""
    make.list_in(
        [make.there(1, "2026-03-02", "2026-03-10", "2025-12-01"), make.there(2, "2026-03-02", "2026-03-10", "2026-03-09")]
    )
    broken = differences(form06_queries.report(make.asked()).system)
    assert [(one.total, one.is_, one.should_be) for one in broken] == [(3, 1, 2)]
    with app.test_request_context():
        assert broken[0].sentence == "Cột 3 là 1, mà cột 4 + 5 + 6 là 2: lệch 1."


@pytest.mark.parametrize(
    ("facts", "totals"),
    [({"handled": 1}, [3, 3]), ({"done": 1}, [7, 3]), ({"pending": 2}, [11, 3]), ({"early": 1}, [7]), ({"overdue": 1}, [11])],
)
def test_each_identity_is_checked(app: Flask, facts: dict[str, int], totals: list[int]) -> None:
    assert [one.total for one in differences(Tally06(**facts))] == totals


@pytest.mark.parametrize(
    ("first", "last", "count", "months"),
    [
        (date(2020, 1, 1), date(2020, 6, 30), 6, 1), (date(2025, 11, 25), date(2026, 11, 24), 13, 1),
        (date(2024, 1, 1), date(2026, 12, 31), 12, 3), (date(2016, 2, 1), date(2026, 1, 1), 11, 12),
        (date(2026, 3, 5), date(2026, 3, 5), 1, 1),
    ],
)  # fmt: skip
def test_months_quarters_years(first: date, last: date, count: int, months: int) -> None:
    found = buckets(Period(first, last))
    assert (len(found), found[0].months) == (count, months)
    assert found[0].first <= first
    assert found[-1].ends > last


@pytest.mark.parametrize(
    ("part", "whole", "share", "points"),
    [(0, 0, "chưa có", "chưa có"), (1, 1, "100%", "20,00"), (999_999, 1_000_000, "99,9%", "19,99"), (1, 3, "33,3%", "6,66")],
)
def test_shares_are_rounded_down(app: Flask, part: int, whole: int, share: str, points: str) -> None:
    with app.test_request_context():
        assert (words06.percent(part, whole), words06.score(part, whole)) == (share, points)


def test_nothing_is_counted_where_nothing_is(app: Flask) -> None:
    found = form06_queries.report(make.asked())
    assert found.paper == found.system == Tally06()
    assert (found.piles, found.visits.made) == ({}, 0)


# -- other rooms ------------------------------------------------------------------------------------------------------


def test_one_query_counts_the_meetings_as_their_own_page_does(app: Flask) -> None:
    meetings.by_chance(5, firms=40)
    asked = make.asked(Period(date(2020, 1, 1), date(2030, 1, 1)))
    with count_queries() as seen:
        found = form06_rooms.rooms(asked)
    assert len(seen) == 2
    total = queries.figures(asked.period, asked.today).total
    assert (found.held, found.came, found.questions, found.spot, found.score) == (
        5, total.came, total.questions, total.spot, total.score,
    )  # fmt: skip
    assert found.score.made > 0 < found.spot
