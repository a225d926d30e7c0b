"""The demo's answers: sent, drafted, released, settled; and there once."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import demo_answers, demo_meetings
from app.answers.models import AnswerConsent, AnswerDraft, UnitRequest
from app.db import db
from app.meetings import queries
from app.meetings.models import Question
from app.offices import actions as offices
from app.outbox.models import Message


@pytest.mark.parametrize(("today", "asked"), [("2026-11-24T09:00+07:00", 3), ("2026-12-05T07:59+07:00", 0)])
def test_demo_data_twice_changes_nothing(app: Flask, today: str, asked: int) -> None:
    offices.seed_holidays([2026, 2027])
    with time_machine.travel(datetime.fromisoformat(today), tick=False):
        demo_meetings.fill()
        demo_answers.fill()
        before = figures()
        demo_answers.fill()
    assert figures() == before
    assert before[0] == asked
    if asked:
        states = [sa.func.count(column) for column in (Question.answered_at, Question.settled_at)]
        assert tuple(db.session.execute(sa.select(*states)).one()) == (2, 1)
        assert len(queries.items(queries.upcoming(datetime.fromisoformat(today)).meeting.id)) == 7  # two more ask about credit


def figures() -> list[Any]:
    tables = (UnitRequest, AnswerDraft, AnswerConsent, Message)
    return [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in tables]
