"""Builders: a meeting on any morning, and businesses in every state at its door."""

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.db import db, transaction
from app.meetings import actions as places
from app.meetings.models import Meeting, Series, SignUp
from tests.meetings import make

DAY = date(2026, 12, 5)


def meeting(day: date = DAY, opens: time = time(8), **facts: Any) -> Meeting:
    """A meeting of three hours on that day, of the series there is or of a new one."""
    kept = db.session.scalar(sa.select(Series)) or make.series()
    starts_at = clock.at(day, opens)
    known = {
        "series_id": kept.id, "rule_day": day, "day": day, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3),
        "place": kept.place, "place_en": kept.place_en, "chair": kept.chair, "capacity": 4,
        "sign_up_from": starts_at - timedelta(days=45), "sign_up_until": starts_at - timedelta(hours=12),
        "questions_until": starts_at - timedelta(days=7),
    }  # fmt: skip
    with transaction() as session:
        made = Meeting(**(known | facts))
        session.add(made)
    return made


def sign_up(meeting: Meeting, number: int = 1, **facts: Any) -> SignUp:
    """By telephone, which stays open until the end."""
    return places.sign_up(meeting.id, make.applicant(number, email="", **facts), by_officer=True)


def reserve(meeting: Meeting, number: int = 50, seats: int = 1) -> SignUp:
    """A seat kept for an invited business that has not answered."""
    with transaction() as session:
        here = session.get_one(Meeting, meeting.id)
        row = places.new(session, here, make.applicant(number, email="", seats=seats), clock.now())
        row.state, row.reserved_until = "reserved", meeting.starts_at
        session.add(row)
        session.flush()
        assert places.take(session, here, seats)
    return row


def fresh(row: Any) -> Any:
    """The row as the database has it now."""
    db.session.rollback()
    return db.session.get_one(type(row), sa.inspect(row).identity, populate_existing=True)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return clock.at(day, time(hour, minute))
