"""Silent units are reminded, late ones reported: each once, at the right hour, and not when they have answered meanwhile."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.answers import actions, queries, reminding, rules
from app.answers.actions import Said
from app.db import db
from app.meetings import queries as meetings
from app.meetings.models import Meeting, Question
from app.outbox import actions as outbox
from app.outbox import rendering
from app.outbox.models import Message
from app.staff.models import Unit
from tests import races
from tests.answers import make
from tests.answers.make import fresh, letters
from tests.outbox.post import Post, Server
from tests.page import count_queries

KINDS = ("unit_reminder_before", "unit_reminder_due", "unit_late")
On = Callable[[date, int], int]


@pytest.fixture
def on(travel: time_machine.Traveller) -> On:
    """Goes to an hour of a day and lets the beat come."""

    def go(day: date, hour: int = 9) -> int:
        travel.move_to(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=7))
        return reminding.remind()

    return go


@pytest.fixture
def asked(meeting: Meeting) -> tuple[Unit, Question]:
    """Due on Thursday 3 December; a chair who hears of what is late."""
    make.leader()
    tax = make.unit(head_email="truong@hen.example")
    (question,) = make.sent(meeting, tax)
    return tax, question


def kinds() -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(Message).where(Message.kind.in_(KINDS)).order_by(Message.id))
    return [row.kind for row in rows if row.state != "withdrawn"]


def test_the_whole_ladder_each_rung_once(asked: tuple[Unit, Question], on: On) -> None:
    said = []
    for day in range(26, 37):  # 26 November to 6 December
        for hour in (8, 16):
            on(date(2026, 11, 26) + timedelta(days=day - 26), hour)
            reminding.remind()
        said.append((clock.today().isoformat(), kinds()[len([one for _day, rows in said for one in rows]) :]))
    assert [(day, rows) for day, rows in said if rows] == [
        ("2026-12-01", ["unit_reminder_before"]),
        ("2026-12-03", ["unit_reminder_due"]),
        ("2026-12-04", ["unit_late"]),
    ]
    to = {row.kind: row.recipient for kind in KINDS for row in letters(kind)}
    assert to == {
        "unit_reminder_before": "thue@hen.example", "unit_reminder_due": "thue@hen.example",
        "unit_late": "truong@hen.example",
    }  # fmt: skip


def test_a_beat_with_nothing_to_say_only_reads(asked: tuple[Unit, Question], on: On) -> None:
    on(date(2026, 12, 1))
    with count_queries() as seen:
        assert reminding.remind() == 0
    assert [one for one in seen if not one.startswith("SELECT")] == []
    assert len(seen) <= 2


def test_who_answered_or_promised_a_day_is_left_alone_until_that_day_is_over(asked: tuple[Unit, Question], on: On) -> None:
    tax, question = asked
    actions.draft(tax.id, question.id, Said("", date(2026, 12, 2)), 0)
    assert on(date(2026, 12, 1)) == 0
    assert on(date(2026, 12, 3)) == 1  # it did not keep its own day
    assert kinds() == ["unit_reminder_due"]
    actions.draft(tax.id, question.id, Said("Dùng tiếp được."), 1)
    assert on(date(2026, 12, 4)) == 0


def test_an_answer_takes_back_the_reminder_that_has_not_left(asked: tuple[Unit, Question], on: On) -> None:
    tax, question = asked
    on(date(2026, 12, 1), 5)  # too early to leave
    assert kinds() == ["unit_reminder_before"]
    actions.draft(tax.id, question.id, Said("Dùng tiếp được."), 0)
    assert kinds() == []


def test_a_reminder_waits_for_polite_hours(app: Flask, asked: tuple[Unit, Question], on: On) -> None:
    make.leave()
    on(date(2026, 12, 1), 5)
    with Server(Post()) as post:
        app.config.update(post.address, MAIL_USE_TLS=False)
        try:
            assert outbox.deliver(["email"]) == 0
            on(date(2026, 12, 1), 8)
            assert outbox.deliver(["email"]) == 1
            assert post.recipients == [["thue@hen.example"]]
        finally:
            app.config.update(MAIL_SERVER="")


def test_a_helping_unit_owes_nothing(meeting: Meeting, on: On) -> None:
    tax, land = make.unit(), make.unit("Đất đai", "land", "dat@hen.example")
    make.question(meeting, 1, make.item(meeting, unit_id=tax.id, others=[land.id]))
    actions.send(meeting.id, make.DUE)
    on(date(2026, 12, 1))
    assert [row.facts["unit"] for row in letters("unit_reminder_before")] == [tax.name]


def test_a_unit_without_address_is_marked_for_a_call(meeting: Meeting, on: On) -> None:
    make.leader()
    tax = make.unit(email="")
    make.sent(meeting, tax)
    for day in (date(2026, 12, 1), date(2026, 12, 4)):
        on(day)
    assert kinds() == []
    assert queries.request(meeting.id, tax.id).reminded == "late"


def test_new_questions_begin_the_ladder_anew(meeting: Meeting, asked: tuple[Unit, Question], on: On) -> None:
    on(date(2026, 12, 1))
    make.question(meeting, 2, meetings.item(fresh(asked[1]).agenda_item_id))
    actions.send(meeting.id, date(2026, 12, 4))
    make.leave()
    on(date(2026, 12, 4))
    assert [row.version for row in letters("unit_reminder_due")] == [2]


def test_of_a_meeting_that_is_off_or_over_nobody_is_reminded(meeting: Meeting, asked: tuple[Unit, Question], on: On) -> None:
    assert on(date(2026, 12, 7)) == 0
    assert kinds() == []


def test_many_schedulers_remind_once(app: Flask, asked: tuple[Unit, Question], travel: time_machine.Traveller) -> None:
    travel.move_to(datetime(2026, 12, 4, 2, tzinfo=UTC))
    assert sum(races.run(app, 4, lambda _worker: reminding.remind())) == 1
    assert kinds() == ["unit_late"]


def test_the_query_and_the_rule_agree_on_what_is_owed(meeting: Meeting) -> None:
    tax, today = make.unit(), clock.today()
    rows = make.sent(meeting, tax, 5)
    actions.draft(tax.id, rows[0].id, Said("Được."), 0)
    actions.draft(tax.id, rows[1].id, Said("", today + timedelta(days=1)), 0)
    actions.release(rows[2].id, "Được.", None)
    actions.say(rows[2].code, True)
    cases = queries.cases(tax, clock.now())
    owed = [case for case in cases if rules.owed(case.draft, case.question, today)]
    assert [count for _request, count in queries.silent(clock.now(), today)] == [len(owed)] == [2]


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_letter_can_be_written_and_says_nothing_about_an_asker(
    meeting: Meeting, asked: tuple[Unit, Question], on: On, locale: str
) -> None:
    question = make.question(meeting, 3, text="Sổ thuế cũ tính sao?", name="Lò gạch Tư Hiếm", locale=locale)
    actions.release(question.id, "Câu trả lời riêng", None)
    for day in (1, 3, 4):
        on(date(2026, 12, day))
    for kind in ("unit_asked", *KINDS, "answer_released"):
        (row,) = letters(kind)
        subject, text, html = rendering.letter(row.template, row.kind, row.facts, locale)
        assert len(subject) < 130
        for part in (subject, text, html):
            assert not [word for word in ("Sổ thuế", "Tư Hiếm", "Câu trả lời riêng", "Đệ", question.code, "None") if word in part]
        assert row.facts["link"] in text
    (row,) = letters("answer_released")
    short = rendering.sms(row.template, row.kind, row.facts, locale)
    assert short.isascii()
    assert len(short) <= 160
