"""Personal data goes when its time is over, from every column it stood in; what must stay, stays."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import retention, selfcheck
from app.db import db
from app.meetings.models import SignUp
from app.outbox import actions as outbox
from app.outbox.models import Message
from tests import world
from tests.meetings import make as meetings
from tests.page import Client

CANARIES = (
    "Trương Thị",
    "912345678",
    "duyen.canary",
    "xe lăn",
    "Huỳnh Văn",
    "987654321",
    "hiem.canary",
    "truong thi",
    "huynh van",
)


@pytest.fixture
def later(app: Flask) -> Iterator[time_machine.Traveller]:
    """One of everything, and the clock."""
    with time_machine.travel(world.TUESDAY, tick=False) as clock_at:
        world.build(app)
        yield clock_at


def held() -> set[str]:
    """Which tables still hold something personal."""
    return {table for table, rows in world.rows().items() if any(word in row for row in rows for word in CANARIES)}


def test_nothing_goes_before_its_time(later: time_machine.Traveller) -> None:
    before = world.rows()
    assert not any(rows for _rule, rows in retention.run())
    later.shift(timedelta(days=6))  # the visit is in a week
    assert [rule.table.__tablename__ for rule, rows in retention.run(dry=True) if rows] == ["hold", "machine_upload"]
    assert world.rows() == before


def test_everything_personal_is_gone_in_the_end(later: time_machine.Traveller) -> None:
    assert {"appointment", "hold", "sign_up", "question", "message"} <= held()
    later.shift(timedelta(days=100))
    retention.run()
    assert "appointment" not in held()
    assert {"sign_up", "question"} <= held()
    later.shift(timedelta(days=100))
    outbox.deliver()  # what was never sent is too late by now
    retention.run()
    assert "message" not in held()
    later.shift(timedelta(days=600))
    said = retention.run(dry=True)
    retention.run()
    assert held() == set()
    assert [rows for _rule, rows in said if rows]
    assert not any(rows for _rule, rows in retention.run(dry=True))


def test_what_must_stay_stays(later: time_machine.Traveller) -> None:
    counts = {table: len(rows) for table, rows in world.rows().items() if table != "audit"}
    later.shift(timedelta(days=900))
    outbox.deliver()
    retention.run()
    assert {table: len(rows) for table, rows in world.rows().items() if table != "audit"} == counts
    assert db.session.scalars(sa.select(SignUp.name)).one() == world.BUSINESS["name"]
    assert [result.line for result in selfcheck.run() if result.broken] == []


def test_two_seats_of_one_meeting_can_both_be_emptied(app: Flask) -> None:
    with time_machine.travel(world.TUESDAY, tick=False) as clock_at:
        meetings.full(meetings.meetings(capacity=3))
        clock_at.shift(timedelta(days=900))
        retention.run()
        assert db.session.scalars(sa.select(SignUp.phone)).all() == ["", "", ""]


def test_a_large_table_goes_in_pieces(later: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    later.shift(timedelta(days=900))
    outbox.deliver()
    waiting = db.session.scalar(sa.select(sa.func.count()).select_from(Message).where(Message.recipient != ""))
    assert {rule.table: rows for rule, rows in retention.run()}[Message] == waiting


def test_officers_see_that_the_words_are_gone(later: time_machine.Traveller, client: Client) -> None:
    client.sign_in("secretary")
    later.shift(timedelta(days=900))
    outbox.deliver()
    retention.run()
    client.sign_in("secretary")
    number = db.session.scalars(sa.select(Message.id)).first()
    assert "đã xoá theo thời hạn" in client.get(f"/can-bo/thu/{number}").text
    assert client.get("/can-bo/thu/?xem=hong").status_code == 200


def test_the_command(later: time_machine.Traveller, app: Flask) -> None:
    later.shift(timedelta(days=900))
    run = app.test_cli_runner()
    before = world.rows()
    assert "dry run" in run.invoke(args=["retention", "--dry-run"]).output
    assert world.rows() == before
    assert run.invoke(args=["retention"]).exit_code == 0
    assert "appointment" not in held()
