"""The demo's past meetings: believable, in every state, marked as samples, there once, and kept by the self-check."""

from datetime import datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import demo_meetings, demo_past, demo_promises, selfcheck
from app.db import db
from app.meetings.models import Meeting, Question, SignUp
from app.minutes.models import MinutePromise, Minutes
from app.offices import actions as offices
from app.outbox.models import Message
from app.promises import queries
from app.promises.models import Promise, PromiseEvent
from app.promises.rules import STANDINGS
from app.reports import queries as reports
from app.reports import rules as periods

TABLES = (Meeting, SignUp, Question, Minutes, MinutePromise, Promise, PromiseEvent)


@pytest.mark.parametrize("today", ["2026-11-25T09:00+07:00", "2026-12-05T07:59+07:00", "2027-02-10T12:00+07:00"])
def test_demo_data_twice_changes_nothing(app: Flask, today: str) -> None:
    offices.seed_holidays([2026, 2027])
    with time_machine.travel(datetime.fromisoformat(today), tick=False):
        demo_meetings.fill()
        letters = count(Message)
        demo_past.fill()
        before = [count(table) for table in TABLES]
        demo_past.fill()
        assert [count(table) for table in TABLES] == before
        assert count(Message) == letters
        assert [result.line for result in selfcheck.run() if result.broken and "catalogue" not in result.says] == []
        ledger()
        figures(datetime.fromisoformat(today))


def ledger() -> None:
    rows = list(db.session.scalars(sa.select(Promise)))
    assert len(rows) == len(demo_promises.SAMPLES) >= 24
    assert all(row.sample and row.made_on.weekday() == 5 for row in rows)
    standings = {entry.standing for entry in queries.entries(rows)}
    assert set(STANDINGS) - standings <= {"withdrawn", "open"}
    totals = queries.totals()
    assert totals.kept is not None
    assert 60 <= totals.kept <= 95  # an office that means it, not one that dreams


def figures(now: datetime) -> None:
    """The public page has six meetings to tell of, each with something in every column that matters."""
    found = reports.figures(periods.last_year(now.date()), now.date(), public=True)
    held = [one for one in found.meetings if one.day < now.date()]
    assert len(held) == len(demo_past.REGISTERED)
    assert all(one.tally.firms > one.tally.came > 5 and one.tally.spot and one.tally.score.made for one in held)
    assert sum(one.tally.score.made for one in held) == count(Promise)
    assert count(MinutePromise) == count(Promise)
    past = db.session.scalars(sa.select(Meeting).where(Meeting.concluded_at.is_not(None))).all()
    assert all(meeting.sample for meeting in past)
    assert db.session.scalars(sa.select(SignUp.sample).where(SignUp.came > 0).distinct()).all() == [True]


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
