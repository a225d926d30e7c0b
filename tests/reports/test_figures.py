"""What is counted: against the same rules written out by hand, row by row."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.db import db, transaction
from app.invitations import channels
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.promises import scores
from app.promises.models import Promise
from app.promises.scores import Score
from app.refusal import Refusal
from app.reports import queries, rules
from app.reports.rules import Period, Tally
from tests.meetings import make as meetings
from tests.page import count_queries
from tests.reports import make

TODAY = make.TODAY.date()
EVER = Period(date(2020, 1, 1), date(2030, 1, 1))


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(make.TODAY, tick=False):
        yield


# -- periods and small numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last"),
    [(None, TODAY), (TODAY, None), (TODAY, TODAY - timedelta(days=1)), (date(1000, 1, 1), TODAY)],
)
def test_a_period_that_is_none_is_refused(app: Flask, first: date | None, last: date | None) -> None:
    with app.test_request_context(), pytest.raises(Refusal):
        rules.period(first, last, TODAY)


def test_the_usual_periods(app: Flask) -> None:
    with app.test_request_context():
        autumn = rules.usual_periods(date(2026, 11, 24))
        spring = dict(rules.usual_periods(date(2027, 2, 1)))
    assert autumn[0] == ("12 tháng qua", Period(date(2025, 11, 24), date(2026, 11, 24)))
    assert autumn[1] == ("6 tháng cuối năm 2026", Period(date(2026, 7, 1), date(2026, 12, 31)))
    assert autumn[2] == ("6 tháng đầu năm 2026", Period(date(2026, 1, 1), date(2026, 6, 30)))
    assert spring["6 tháng cuối năm 2026"] == Period(date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(0, 0, "chưa có"), (1, 1, "dưới 3"), (0, 2, "dưới 3"), (0, 3, "0 trong 3"), (5, 6, "5 trong 6")]
)
def test_few_answers_are_told_in_words(app: Flask, part: int, whole: int, told: str) -> None:
    with app.test_request_context():
        assert rules.of(part, whole) == told
        assert (rules.share(part, whole) is None) is (whole < 3)


# -- promises ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({"done_on": 0}, "on_time"), ({"done_on": -5}, "on_time"), ({"done_on": 1}, "late"), ({}, "late"),
        ({"due": 40}, "open"), ({"due": 40, "done_on": 20}, "on_time"),
        ({"waiting_since": -1}, "open"), ({"waiting_since": 1}, "late"), ({"withdrawn_on": 0}, ""),
    ],
)  # fmt: skip
def test_a_promise_stands_in_one_place(app: Flask, now: None, facts: dict[str, int], standing: str) -> None:
    """Days count from the first day promised, a month ago."""
    unit = meetings.unit()
    with transaction() as session:
        meeting = make.held(session, TODAY - timedelta(days=44))
        first = meeting.day + timedelta(days=14)
        days = {name: first + timedelta(days=count) for name, count in facts.items()}
        row = make.promise(meeting, unit.id, **days)
        row.waiting_for = "Sở" if "waiting_since" in days else ""
        session.add(row)
    found = scores.score(TODAY - timedelta(days=365), TODAY)
    assert {name for name in ("on_time", "late", "open") if getattr(found, name)} == ({standing} if standing else set())
    assert found.made == bool(standing)


# -- everything --------------------------------------------------------------------------------------------------------


def _score(rows: list[Promise]) -> Score:
    kept = [one for one in rows if one.withdrawn_on is None]
    done = [one for one in kept if one.done_on]
    on_time = [one for one in done if one.done_on <= one.due]
    stands = {one.id: one.waiting_since or TODAY for one in kept if not one.done_on}
    overdue = [one for one in kept if one.id in stands and one.due < stands[one.id]]
    written = [one for one in kept if one.kind == "written"]
    return Score(
        made=len(kept), on_time=len(on_time), late=len(done) - len(on_time) + len(overdue),
        open=len(stands) - len(overdue), moved=sum(one.postponed > 0 for one in kept), written=len(written),
        written_on_time=len([one for one in written if one in on_time]), answers=sum(bool(one.verdict) for one in kept),
        yes=sum(one.verdict == "yes" for one in kept),
    )  # fmt: skip


def _tally(sign_ups: list[SignUp], questions: list[Question], promises: list[Promise]) -> Tally:
    live = [one for one in questions if one.live]
    return Tally(
        firms=sum(one.state in {"seated", "waiting", "standing"} for one in sign_ups),
        came=sum(one.arrived_at is not None for one in sign_ups),
        people=sum(one.came for one in sign_ups),
        questions=len(live),
        settled=sum(one.settled_at is not None for one in live),
        spot=sum(one.outcome == "spot" for one in live),
        repeated=sum(one.repeats_id is not None for one in live),
        score=_score(promises),
    )


@pytest.mark.parametrize("public", [False, True])
def test_everything_is_counted_as_it_is_written(app: Flask, now: None, public: bool) -> None:
    channels.begin()
    made = make.by_chance(6, firms=40)
    with transaction() as session:  # what must not count: another period, a cancelled meeting
        make.held(session, TODAY - timedelta(days=3_000))
        gone = make.held(session, TODAY - timedelta(days=2), state="cancelled")
        session.add(make.promise(gone, session.scalars(sa.select(Promise.unit_id)).first()))
        session.add(make.question(gone))
    found = queries.figures(Period(TODAY - timedelta(days=365), TODAY), TODAY, public=public)
    sign_ups, questions = _all(SignUp), _all(Question)
    promises = [one for one in _all(Promise) if one.public or not public]
    assert [one.id for one in found.meetings] == [one.id for one in made]
    for one in found.meetings:
        expected = _tally(
            [row for row in sign_ups if row.meeting_id == one.id],
            [row for row in questions if row.meeting_id == one.id],
            [row for row in promises if row.occasion == f"meeting:{one.id}"],
        )
        assert one.tally == expected
    ids = {one.id for one in made}
    units = {one.name: one.tally for one in found.units}
    for name, number in _unit_numbers().items():
        mine = [row for row in questions if row.meeting_id in ids and _unit_of(row) == number]
        theirs = [row for row in promises if row.unit_id == number and int(row.occasion.split(":")[1]) in ids]
        assert units[name] == _tally([], mine, theirs), name
    total = Tally()
    for tally in units.values():
        total.add(tally)
    assert (total.questions, total.score) == (found.total.questions, found.total.score)
    by_channel = {one.name: one for one in found.channels}
    market = [row for row in sign_ups if row.channel == "cho"]
    assert by_channel["Ban quản lý chợ"].tally == _tally(market, [], [])
    assert (
        by_channel["Ban quản lý chợ"].by_meeting[made[0].id]
        == _tally([row for row in market if row.meeting_id == made[0].id], [], []).firms
    )
    assert found.channels[-1].name == ""  # without a link, and by links nobody knows
    assert sum(one.tally.firms for one in found.channels) == found.total.firms


def _all(model: type) -> list:
    return list(db.session.scalars(sa.select(model)))


def _unit_numbers() -> dict[str, int]:
    return {one.name: one.id for one in {row.unit for row in _all(Promise)}}


def _unit_of(row: Question) -> int | None:
    item = db.session.get(AgendaItem, row.agenda_item_id) if row.agenda_item_id else None
    return row.answer_unit_id or (item.unit_id if item else None)


def test_two_queries_for_two_years(app: Flask, now: None) -> None:
    channels.begin()
    make.by_chance(24, firms=500, questions=9, promises=13)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignUp)) == 12_000
    db.session.rollback()
    with count_queries() as seen:
        found = queries.figures(EVER, TODAY)
    assert len(seen) == 2
    assert len(found.meetings) == 24


def test_nothing_to_count(app: Flask, now: None) -> None:
    assert queries.figures(EVER, TODAY).total == Tally()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Meeting)) == 0
