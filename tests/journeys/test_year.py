"""A year of Saturday meetings: what the clock does by itself, what people do on the pages, and what the books say at the end."""

from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from app import selfcheck
from app.audit import Audit
from app.db import db, transaction
from app.meetings import days
from app.meetings.models import Meeting
from app.outbox.models import Message
from app.staff.models import Officer, Unit
from tests import make
from tests.journeys.people import Browser, LetterBox
from tests.journeys.year import BEGIN, STORIES, UNITS, House, Month, prepare
from tests.meetings import make as business
from tests.page import page

TET = date(2027, 2, 6)  # the first Saturday of February is the first day of the lunar year
AFTER_TET = date(2027, 2, 13)


@pytest.fixture
def house(browser: type[Browser], letters: LetterBox, clock_at: time_machine.Traveller) -> House:
    clock_at.move_to(make.local(BEGIN))
    business.series(capacity=20)
    with transaction() as session:
        session.add_all(Unit(name=name, email=email, field=of) for of, (name, email) in UNITS.items())
    for role in ("secretary", "leader"):
        browser().become_officer(role)
    secretary = db.session.scalars(sa.select(Officer.id).where(Officer.role == "secretary")).one()
    return House(browser, letters.post, clock_at, secretary)


def test_a_year_of_saturdays(house: House) -> None:
    months = []
    for number, story in enumerate(STORIES):
        year, month = divmod(2026 * 12 + 11 + number, 12)
        months.append(Month(number + 1, days.nth_weekday(year, month + 1, 1, 5), story))
        house.plan(months[-1].rule_day - timedelta(days=28), "08:30", lambda one=months[-1]: prepare(house, one))
    house.live(date(2027, 11, 20))

    assert [one.day for one in months if one.day != one.rule_day] == [
        date(2027, 1, 9),
        AFTER_TET,
        date(2027, 5, 8),
        date(2027, 9, 11),
    ]
    assert next(one.day for one in months if one.rule_day == TET) == AFTER_TET
    held = db.session.scalars(sa.select(Meeting.day).where(Meeting.concluded_at.is_not(None)).order_by(Meeting.day))
    assert held.all() == [one.day for one in months]
    decided = sa.select(sa.func.count()).where(Audit.act == "meeting_accepted", Audit.actor.startswith("officer:"))
    assert db.session.scalar(decided) == 4

    every_letter_left_once(house, months)
    the_books_agree(house, months)
    assert not [result.line for result in selfcheck.run() if result.broken]


def every_letter_left_once(house: House, months: list[Month]) -> None:
    """By kind, as many as people and events called for."""
    rows = db.session.execute(sa.select(Message.kind, Message.state, Message.message_id)).all()
    assert {row.state for row in rows} == {"sent"}
    assert house.post.ids() == Counter(row.message_id for row in rows)
    firms, silent = 3 * len(months), sum(not one.story.answers for one in months)
    reports = sum(1 + (one.story.word == "no") for one in months if one.story.after is not None)
    wanted = dict.fromkeys(("signed_up", "reminder_week", "reminder_day"), firms)
    wanted |= dict.fromkeys(("item_time", "unit_asked", "concluded"), len(months))
    wanted |= dict.fromkeys(("unit_reminder_before", "unit_reminder_due", "unit_late"), silent)
    wanted |= {
        "survey": sum(one.came for one in months),
        "minutes": sum(one.came - 1 for one in months),
        "promise_done": reports,
        "promise_reopened": 1,
    }
    found = Counter(row.kind for row in rows)
    assert found.pop("chase_digest") >= len(months) - 1
    assert found == wanted


def the_books_agree(house: House, months: list[Month]) -> None:
    """The ledger and the public figures say what was done, and the same."""
    ended = [one.story for one in months if one.story.after is not None]
    on_time = sum(one.after <= 0 and one.word != "no" for one in ended)  # type: ignore[operator]
    late, pleased = len(ended) - on_time, sum(one.word != "partly" for one in ended)
    visitor = house.browser()
    ledger = words(visitor.visit("/so-loi-hen"))
    assert f"Có {len(months)} lời hẹn: {on_time} xong đúng hẹn {late} xong trễ 1 đang làm" in ledger
    assert f"{on_time} trong {len(ended)} việc đã tới hẹn" in ledger
    assert f"{pleased} trong {len(ended)} người trả lời" in ledger
    for standing, count in (("on_time", on_time), ("done_late", late), ("soon", 1)):
        assert f"{count} lời hẹn theo cách lọc này" in words(visitor.visit(f"/so-loi-hen?xem={standing}")), standing

    figures = words(visitor.visit("/so-lieu"))
    assert f"Kỳ đã họp {len(months)} {sum(one.came for one in months)} lượt nơi đến dự Câu hỏi {len(months)}" in figures
    assert f"Lời hẹn xong đúng hẹn {on_time} trong {len(months)} lời hẹn, 1 đang làm, {late} trễ hẹn" in figures
    share = f"{100 * pleased // len(ended)}%"
    assert f"Người hỏi nói đã gỡ được {share}" in ledger
    assert f"Người hỏi nói gỡ được {share} trong {len(ended)} câu trả lời" in figures
    for one in months:
        shown = (
            f"{one.day:%d/%m/%Y}" if one.day.month < 3 or one.day.month > 9 else f"{one.day:%d}/{one.day.month}/{one.day.year}"
        )
        assert f"{shown} 3 {one.came if one.came == 3 else 'dưới 3'} 1 0 0 1" in figures, shown


def words(shown: TestResponse) -> str:
    return " ".join(page(shown).texts)
