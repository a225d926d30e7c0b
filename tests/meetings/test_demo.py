"""The demo's meetings: believable, marked as samples, and there once."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import demo_meetings
from app.db import db
from app.meetings import queries, rules
from app.meetings.models import Meeting, Question, SignUp
from app.offices import actions as offices
from app.outbox.models import Message


@pytest.mark.parametrize("today", ["2026-11-24T09:00+07:00", "2026-12-05T07:59+07:00", "2026-12-05T12:00+07:00"])
def test_demo_data_twice_changes_nothing(app: Flask, today: str) -> None:
    offices.seed_holidays([2026, 2027])
    with time_machine.travel(datetime.fromisoformat(today), tick=False):
        demo_meetings.fill()
        before = figures()
        demo_meetings.fill()
        assert figures() == before
        found = queries.upcoming()
    assert found is not None
    assert (found.firms, found.questions, found.waiting) == (24, 16, 0)
    assert found.meeting.taken == 31
    plan = rules.programme(found.meeting, queries.items(found.meeting.id))
    assert (plan.used, plan.too_little_business) == (180, False)
    assert queries.oversold() == []
    assert db.session.scalars(sa.select(SignUp.sample).distinct()).all() == [True]
    assert db.session.scalars(sa.select(Message.channel).distinct()).all() == ["email"]  # no telephone rings


def figures() -> list[Any]:
    return [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Meeting, SignUp, Question, Message)]
