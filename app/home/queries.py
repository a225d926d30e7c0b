"""Every SELECT that needs two rooms at once, and the health of the whole."""

from datetime import timedelta
from functools import lru_cache

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.appointments import queries as appointments
from app.db import db, migrate
from app.meetings import queries as meetings
from app.outbox import queries as outbox

SEATS = "TB"  # codes of seats at the Saturday meeting; offices have letters of their own
HEART_STOPPED = timedelta(minutes=2)


def phone_of(code: str) -> str:
    """The phone a booking or a seat was made with; empty when there is none: one query either way."""
    found = meetings.by_code(code) if code.startswith(SEATS) else appointments.by_code(code)
    return found.phone if found is not None else ""


def ailments() -> list[str]:
    """Why the product is not ready, in words without personal data; empty when all is well."""
    try:
        at = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        db.session.rollback()
        return [f"database: {type(error).__name__}"]
    found = [] if at == _head() else [f"migrations: database at {at}, code at {_head()}; run: flask db upgrade"]
    try:
        beat = outbox.last_beat()
    except SQLAlchemyError as error:
        db.session.rollback()
        return [*found, f"database: {type(error).__name__}"]
    if beat is None or clock.now() - beat > HEART_STOPPED:
        found.append("heartbeat: no scheduler has beaten for two minutes; run: flask scheduler, or set SCHEDULER=on")
    return found


@lru_cache(maxsize=1)
def _head() -> str | None:
    return ScriptDirectory.from_config(migrate.get_config(current_app.config.get("MIGRATIONS"))).get_current_head()
