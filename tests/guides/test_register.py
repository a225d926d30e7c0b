"""Guided -> filed: what a line must say, what may follow, and figures equal to a slow count by hand."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, demo_guides
from app.db import db, transaction
from app.guides import actions, articles, queries, rules
from app.guides.actions import Help
from app.guides.models import CHANNELS, REASONS, GuidedFiling, GuidedOutcome
from app.guides.queries import Tally
from app.guides.rules import Outcome
from app.offices import queries as offices
from app.refusal import Refusal
from tests import make, races
from tests.page import count_queries

TODAY = date(2026, 12, 1)
CODE = "H15.50.05.13-261201-0001"


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.local("2026-12-01T10:00"), tick=False) as clock_at:
        make.office()
        yield clock_at


def helped(outcome: Outcome | None = None, **facts: object) -> GuidedFiling:
    given = Help(**({"day": TODAY, "office_id": 1, "procedure_id": 1} | facts))  # type: ignore[arg-type]
    return actions.note(given, outcome or Outcome(reason="scan"), 0)


@pytest.mark.parametrize(
    ("kind", "code", "sentence", "field"),
    [
        ("filed", "", "", "dossier"),
        ("filed", "TA-482-716-305", "", "dossier"),
        ("filed", "H15.50.05.13-261301-0001", "", "dossier"),  # no such day
        ("scan", CODE, "", "dossier"),
        ("other", "", "", "sentence"),
        ("", "", "", "outcome"),
        ("laziness", "", "", "outcome"),
        ("other", "", "Gọi lại 0912 345 678", "sentence"),
        ("other", "", "CCCD 092 085 001 234", "sentence"),
        ("scan", "", "thư ba@example.vn", "sentence"),
    ],
)
def test_what_is_refused(app: Flask, kind: str, code: str, sentence: str, field: str) -> None:
    with app.test_request_context(), pytest.raises(Refusal) as refused:
        rules.outcome(kind, code, sentence)
    assert refused.value.field == field


def test_what_is_kept() -> None:
    assert rules.outcome("filed", CODE.lower(), "nhanh") == Outcome(CODE, "", "nhanh")
    assert rules.outcome("other", "", "Hết 3G, hẹn ngày 04/12/2026") == Outcome("", "other", "Hết 3G, hẹn ngày 04/12/2026")


@pytest.mark.parametrize(
    "facts", [{"day": TODAY + timedelta(1)}, {"day": date(2020, 6, 30)}, {"office_id": 9}, {"procedure_id": 9}]
)
def test_places_and_days_that_are_refused(facts: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        helped(**facts)
    assert queries.guided(date(2000, 1, 1), date(2100, 1, 1)).total == Tally()


def test_filed_later_is_history_and_stays() -> None:
    row = helped()
    for _press in range(2):
        actions.file_later(row.id, CODE, 0)
    line = queries.line(row.id)
    assert [(one.reason, one.code) for one in line.outcomes] == [("scan", ""), ("", CODE)]
    assert line.filed.code == CODE
    with pytest.raises(Refusal, match="đã ghi hồ sơ"):
        actions.file_later(row.id, CODE.replace("0001", "0002"), 0)


def test_one_dossier_counts_once() -> None:
    helped(Outcome(CODE))
    with pytest.raises(Refusal, match="dòng khác"):
        helped(Outcome(CODE))
    with pytest.raises(Refusal, match="dòng khác"):
        actions.file_later(helped().id, CODE, 0)
    assert queries.guided(TODAY, TODAY).total == Tally(2, 1)


def test_the_same_form_twice_is_one_line() -> None:
    for _press in range(2):
        actions.note(Help(TODAY, 1), Outcome(reason="scan"), 0, "key")
    assert queries.guided(TODAY, TODAY).total == Tally(1, 0)


def test_many_marks_at_once_leave_one(app: Flask) -> None:
    row = helped()

    def mark(number: int) -> str:
        try:
            actions.file_later(row.id, f"H15.50.05.13-261201-{number:04}", 0)
        except Refusal:
            return "refused"
        return "filed"

    assert sorted(races.run(app, 4, mark)) == ["filed"] + ["refused"] * 3
    assert len(queries.line(row.id).outcomes) == 2


# -- figures ----------------------------------------------------------------------------------------------------------


def many(count: int) -> list[tuple[GuidedFiling, Outcome]]:
    """Lines of a year at two places, drawn once and for all; a fifth filed at once, a tenth later."""
    dice, made = random.Random(33), []
    make.office("long-hung", "LH", procedures={"1.000656": 20})
    with transaction() as session:
        for number in range(count):
            filed = number % 5 == 0
            row = GuidedFiling(
                day=TODAY - timedelta(days=dice.randrange(360)), office_id=dice.choice((1, 2)), channel=dice.choice(CHANNELS),
                procedure_id=dice.choice((1, 2, None)), leaflet=dice.random() < 0.5, recorded_at=clock.now(),
                request_key=f"n{number}", sample=number % 7 == 0,
            )  # fmt: skip
            session.add(row)
            session.flush()
            last = Outcome(f"H13-261201-{number:04}") if filed else Outcome(reason=dice.choice(REASONS), sentence="x")
            history = [last] if filed or number % 10 != 1 else [last, Outcome(f"H13-261201-{number:04}")]
            for one in history:
                facts = {"code": one.code, "reason": one.reason, "sentence": one.sentence}
                session.add(GuidedOutcome(guided_id=row.id, recorded_at=clock.now(), **facts))
                session.flush()
            made.append((row, history[-1]))
    return made


def test_figures_equal_a_count_by_hand() -> None:
    rows = many(400)
    first, last = date(2026, 3, 10), date(2026, 10, 20)
    within = [(row, end) for row, end in rows if first <= row.day <= last]
    found = queries.guided(first, last)

    def by(part: object) -> dict[object, Tally]:
        guided = Counter(part(row) for row, _end in within)  # type: ignore[operator]
        filed = Counter(part(row) for row, end in within if end.code)  # type: ignore[operator]
        return {key: Tally(guided[key], filed[key]) for key in guided}

    assert found.total == Tally(len(within), sum(bool(end.code) for _row, end in within))
    assert 0 < found.total.filed < found.total.guided
    assert found.by_office == by(lambda row: row.office_id)
    assert found.by_procedure == by(lambda row: row.procedure_id)
    assert found.by_month == by(lambda row: row.day.replace(day=1))
    assert list(found.by_month) == sorted(found.by_month)
    assert found.by_channel == by(lambda row: row.channel)
    assert found.reasons == Counter(end.reason for _row, end in within if end.reason)
    assert sum(found.reasons.values()) == found.total.guided - found.total.filed
    assert found.leaflets == sum(row.leaflet for row, _end in within)
    assert found.samples == sum(row.sample for row, _end in within)
    one = queries.guided(first, last, 2)
    assert one.total == found.by_office[2]
    assert list(one.by_office) == [2]


def test_figures_cost_one_query_however_many() -> None:
    many(100)
    with count_queries() as seen:
        queries.guided(date(2020, 1, 1), TODAY)
    assert len(seen) == 1


# -- the demo ---------------------------------------------------------------------------------------------------------


def test_the_article_of_2020_is_told_as_it_was() -> None:
    """33 guided at Thới An, no dossier filed; and filling twice changes nothing."""
    for _time in range(2):
        demo_guides.fill()
    found = queries.guided(date(2020, 1, 1), date(2020, 6, 30))
    assert found.total == Tally(33, 0)
    assert (found.samples, found.leaflets, found.reasons) == (33, 33, {"other": 33})
    assert [offices.catalogue().office_of[key].slug for key in found.by_office] == ["thoi-an"]
    lately = queries.guided(TODAY - timedelta(days=30), TODAY)
    assert lately.total == Tally(8, 3)
    assert lately.samples == 8
    assert len(articles.guides(clock.now())) == 3
    assert len(articles.news(clock.now())[0]) == 2
    assert db.session.scalar(sa.select(sa.func.count()).where(GuidedFiling.sample.is_(False))) == 0
