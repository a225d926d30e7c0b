"""Every SELECT of the room."""

from collections.abc import Sequence

from sqlalchemy import select

from app.db import db
from app.staff.models import Officer, StaffSession, Unit


def units() -> Sequence[Unit]:
    """The agencies that answer, in the office's own order."""
    return db.session.scalars(select(Unit).where(Unit.active).order_by(Unit.position, Unit.name)).all()


def by_email(email: str) -> Officer | None:
    return db.session.scalar(select(Officer).where(Officer.email == email.strip().casefold()))


def by_id(officer_id: int) -> Officer | None:
    return db.session.get(Officer, officer_id)


def session_of(key: str) -> StaffSession | None:
    """The signed-in session with its officer, in one query."""
    return db.session.scalar(select(StaffSession).where(StaffSession.key == key))
