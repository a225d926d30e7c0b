"""The demo's ledger: believable, in every state, marked as samples, and there once."""

from datetime import datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import demo_meetings, demo_promises
from app.db import db
from app.offices import actions as offices
from app.outbox.models import Message
from app.promises import queries
from app.promises.models import Promise, PromiseEvent
from app.promises.rules import STANDINGS


@pytest.mark.parametrize("today", ["2026-11-25T09:00+07:00", "2026-12-05T07:59+07:00", "2027-02-10T12:00+07:00"])
def test_demo_data_twice_changes_nothing(app: Flask, today: str) -> None:
    offices.seed_holidays([2026, 2027])
    with time_machine.travel(datetime.fromisoformat(today), tick=False):
        demo_meetings.fill()
        letters = count(Message)
        demo_promises.fill()
        before = (count(Promise), count(PromiseEvent))
        demo_promises.fill()
        assert (count(Promise), count(PromiseEvent), count(Message)) == (*before, letters)
        assert before[0] == len(demo_promises.SAMPLES) >= 24
        assert queries.discord() == []
        rows = list(db.session.scalars(sa.select(Promise)))
        assert all(row.sample and row.made_on.weekday() == 5 for row in rows)
        standings = {entry.standing for entry in queries.entries(rows)}
        assert set(STANDINGS) - standings <= {"withdrawn", "open"}
        totals = queries.totals()
        assert totals.kept is not None
        assert 60 <= totals.kept <= 95  # an office that means it, not one that dreams


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
