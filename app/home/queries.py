"""Every SELECT that needs two rooms at once, and the health of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app import clock, dossier_codes
from app.appointments import queries as appointments
from app.appointments.models import Appointment
from app.db import db, migrate
from app.dossiers import queries as dossiers
from app.meetings import queries as meetings
from app.meetings.filing import LETTERS
from app.meetings.models import SignUp
from app.offices.catalogue import Catalogue, Procedure
from app.outbox import queries as outbox
from app.outbox.models import CHANNELS, STATES, Message

SEATS = "TB"  # codes of seats at the Saturday meeting; the database refuses these letters to an office
AHEAD = 14  # days looked through for an earliest time
HEART_STOPPED = timedelta(minutes=2)


def earliest(catalogue: Catalogue, procedures: Sequence[Procedure], now: datetime) -> dict[str, datetime | None]:
    """Procedure code -> the earliest free time at any office, or None. At most two queries."""
    pairs = [(procedure, catalogue.offices_for(procedure)) for procedure in procedures]
    times = appointments.earliest(catalogue, pairs, now, AHEAD)
    return {
        procedure.code: min((times[procedure.code, office.slug] for office in offices), key=_last_if_none, default=None)
        for procedure, offices in pairs
    }


def _last_if_none(moment: datetime | None) -> float:
    return moment.timestamp() if moment else float("inf")


def phone_of(code: str) -> str:
    """The phone a booking, a seat, a question or a dossier goes by; empty when there is none: one query either way."""
    if dossier_codes.is_one(code):
        return dossiers.phone_of(code)
    of = {SEATS: meetings.by_code, LETTERS: meetings.question}.get(code[:2], appointments.by_code)
    found = of(code)
    return found.phone if found is not None else ""


# -- health -----------------------------------------------------------------------------------------------------------


def ailments() -> list[str]:
    """Why the product is not ready, in words without personal data; empty when all is well."""
    try:
        at = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        beat = outbox.last_beat() if at == _head() else None
    except SQLAlchemyError as error:
        db.session.rollback()
        return [f"database: {type(error).__name__}"]
    if at != _head():
        return [f"migrations: database at {at}, code at {_head()}; run: flask db upgrade"]
    if beat is None or clock.now() - beat > HEART_STOPPED:
        return ["heartbeat: no scheduler has beaten for two minutes; run: flask scheduler, or set SCHEDULER=on"]
    return []


@lru_cache(maxsize=1)
def _head() -> str | None:
    return ScriptDirectory.from_config(migrate.get_config(current_app.config.get("MIGRATIONS"))).get_current_head()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a monitor watches."""

    messages: dict[tuple[str, str], int]  # (channel, state) -> rows
    oldest_due: datetime | None  # of those the machine sends and may still send
    repeats: int
    last_beat: datetime | None
    appointments: int
    sign_ups: int


def figures(now: datetime) -> Figures:
    by_state = select(Message.channel, Message.state, func.count()).group_by(Message.channel, Message.state)
    counted = {(channel, state): count for channel, state, count in db.session.execute(by_state)}
    due = select(func.min(Message.due_at)).where(Message.state == "waiting", Message.channel != "call", outbox.useful(now))
    oldest, repeats, booked, signed = db.session.execute(
        select(
            due.scalar_subquery(),
            select(func.coalesce(func.sum(Message.repeats), 0)).scalar_subquery(),
            select(func.count()).select_from(Appointment).scalar_subquery(),
            select(func.count()).select_from(SignUp).scalar_subquery(),
        )
    ).one()
    messages = {(channel, state): counted.get((channel, state), 0) for channel in CHANNELS for state in STATES}
    return Figures(messages, oldest, repeats, outbox.last_beat(), booked, signed)
