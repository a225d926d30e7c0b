"""Posting, withdrawing, sending again by hand, noting a call."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import audit, clock
from app.db import db, transaction
from app.outbox import actions, queries
from app.outbox.models import Heartbeat, Message
from app.refusal import Conflict
from tests.outbox import make
from tests.outbox.post import Post

pytestmark = pytest.mark.usefixtures("morning")


def _set(**values: object) -> None:
    with transaction() as session:
        session.execute(update(Message).values(**values))


def test_the_same_letter_twice_is_one(app: Flask) -> None:
    first = make.post(make.letter(facts=make.facts(code="A")))
    again = make.post(make.letter(facts=make.facts(code="B")))
    assert (again.id, again.facts["code"], again.message_id) == (first.id, "A", first.message_id)


def test_another_version_is_another_message(app: Flask) -> None:
    make.post(make.letter(version=0), make.letter(version=1), make.letter(kind="other"), make.letter(2))
    assert len({one.message_id for one in make.rows()}) == 4


def test_message_id_is_stable_and_tells_nothing(app: Flask) -> None:
    first = make.post().message_id
    with transaction() as session:
        session.execute(Message.__table__.delete())
    assert make.post().message_id == first
    assert first.startswith("<")
    assert first.endswith("@hen.example>")
    assert "test:1" not in first
    assert "duyen" not in first


def test_an_act_that_fails_leaves_no_message(app: Flask) -> None:
    def act() -> None:
        with transaction() as session:
            actions.post(session, make.letter(), email="a@b.vn", phone="", locale="vi")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert make.rows() == []


@pytest.mark.parametrize(
    ("email", "phone", "gateway", "call", "channel"),
    [
        ("a@b.vn", "+84912345678", True, True, "email"),
        ("", "+84912345678", True, True, "sms"),
        ("", "+842923861270", True, True, "call"),  # a landline reads no SMS
        ("", "+84912345678", False, True, "call"),
        ("", "+84912345678", False, False, None),
    ],
)
def test_how_a_person_is_told(
    app: Flask, configure, email: str, phone: str, gateway: bool, call: bool, channel: str | None
) -> None:
    configure(SMS_GATEWAY_URL="https://sms.example/" if gateway else "")
    with transaction() as session:
        actions.post(session, make.letter(call=call), email=email, phone=phone, locale="vi")
    assert [one.channel for one in make.rows()] == ([channel] if channel else [])


def test_no_sms_of_a_message_that_has_none(app: Flask, configure) -> None:
    configure(SMS_GATEWAY_URL="https://sms.example/")
    assert make.post(make.letter(template="test/plain", call=True), email="").channel == "call"


def test_withdrawn_does_not_leave(app: Flask, mail: Post) -> None:
    make.post(make.letter(1), make.letter(1, kind="other"), make.letter(2))
    with transaction() as session:
        actions.withdraw(session, "test:1", kinds=["hello"])
    assert make.states() == ["withdrawn", "waiting", "waiting"]
    with transaction() as session:
        actions.withdraw(session, "test:1")
    assert make.states() == ["withdrawn", "withdrawn", "waiting"]
    assert actions.deliver() == 1


@pytest.mark.parametrize("state", ["handing", "sent", "failed", "in_doubt", "late"])
def test_what_left_or_stands_aside_cannot_be_withdrawn(app: Flask, state: str) -> None:
    make.post()
    _set(state=state)
    with transaction() as session:
        actions.withdraw(session, "test:1")
    assert make.row().state == state


def test_withdrawn_stands_up_when_the_fact_is_true_again(app: Flask, mail: Post) -> None:
    first = make.post()
    with transaction() as session:
        actions.withdraw(session, "test:1")
    again = make.post(make.letter(due_at=clock.now() + timedelta(hours=1)))
    assert (again.id, again.state, again.due_at) == (first.id, "waiting", clock.now() + timedelta(hours=1))


def test_withdrawn_after_it_may_have_left_stays_down(app: Flask) -> None:
    make.post()
    _set(state="withdrawn", handed_at=clock.now())
    assert make.post().state == "withdrawn"


@pytest.mark.parametrize(("state", "repeats"), [("failed", 0), ("late", 0), ("in_doubt", 2)])
def test_send_again_by_hand(app: Flask, mail: Post, state: str, repeats: int) -> None:
    posted = make.post(make.letter(useful_until=clock.now() + timedelta(hours=1)))
    _set(state=state, attempts=14, repeats=1 if state == "in_doubt" else 0, useful_until=clock.now() - timedelta(days=1))
    actions.send_again(posted.id)
    actions.send_again(posted.id)  # a second click
    with time_machine.travel(make.MORNING - timedelta(hours=5) + timedelta(days=1), tick=False):  # at night: a person decided
        assert actions.deliver() == 1
    assert mail.ids() == {posted.message_id: 1}
    assert (make.row().state, make.row().attempts, make.row().repeats) == ("sent", 1, repeats)
    acts = db.session.scalars(select(audit.Audit).where(audit.Audit.act == "sent_again")).all()
    assert [(one.about, one.before) for one in acts] == [(f"message:{posted.id}", {"state": state})]


@pytest.mark.parametrize("state", ["sent", "handing", "sending", "withdrawn"])
def test_not_everything_can_be_sent_again(app: Flask, state: str) -> None:
    posted = make.post()
    _set(state=state)
    with pytest.raises(Conflict):
        actions.send_again(posted.id)
    assert make.row().state == state


def test_called(app: Flask) -> None:
    posted = make.post(make.letter(call=True), email="")
    actions.called(posted.id)
    actions.called(posted.id)
    assert (make.row().state, make.row().sent_at) == ("sent", clock.now())
    assert len(db.session.scalars(select(audit.Audit).where(audit.Audit.act == "called")).all()) == 1


def test_only_calls_are_called(app: Flask) -> None:
    with pytest.raises(Conflict):
        actions.called(make.post().id)


def test_calls_are_never_sent_by_the_machine_but_grow_late(app: Flask, mail: Post, configure, morning) -> None:
    configure(SMS_GATEWAY_URL="https://sms.example/")
    make.post(make.letter(call=True, template="test/plain", useful_until=clock.now() + timedelta(hours=1)), email="")
    assert (actions.deliver(), make.row().state) == (0, "waiting")
    morning.shift(3600)
    assert (actions.deliver(), make.row().state) == (0, "late")


def test_heartbeats_are_kept_an_hour(app: Flask, morning) -> None:
    actions.beat("old")
    morning.shift(3601)
    actions.beat("new")
    actions.beat("new")
    assert db.session.scalars(select(Heartbeat.worker)).all() == ["new"]
    assert queries.last_beat() == clock.now()
