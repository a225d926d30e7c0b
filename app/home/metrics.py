"""Prometheus text from the database's own state: nothing to count per process, nothing lost at a restart."""

from sqlalchemy import func, select

from app import clock
from app.appointments.models import Appointment
from app.db import db
from app.meetings.models import SignUp
from app.outbox import queries as outbox
from app.outbox.models import Message


def text() -> str:
    lines: list[str] = []
    by_state = dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).tuples().all())
    oldest, repeats = db.session.execute(
        select(func.min(Message.due_at).filter(Message.state == "waiting"), func.sum(Message.repeats))
    ).one()
    now, beat = clock.now(), outbox.last_beat()
    _add(
        lines, "hen_messages", "Messages by state.", {f'{{state="{state}"}}': count for state, count in sorted(by_state.items())}
    )
    late = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    _add(lines, "hen_message_oldest_due_seconds", "How long the oldest due message has waited.", {"": late})
    _add(lines, "hen_message_repeats_total", "Hand-overs repeated after a crash.", {"": repeats or 0})
    age = (now - beat).total_seconds() if beat else float("inf")
    _add(lines, "hen_heartbeat_age_seconds", "Since any scheduler last beat.", {"": age})
    _add(lines, "hen_appointments_total", "Appointments ever booked.", {"": _count(Appointment)})
    _add(lines, "hen_meeting_sign_ups_total", "Sign-ups for meetings.", {"": _count(SignUp)})
    return "\n".join(lines) + "\n"


def _count(table: type[Appointment] | type[SignUp]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def _add(lines: list[str], name: str, meaning: str, values: dict[str, float]) -> None:
    kind = "counter" if name.endswith("_total") else "gauge"
    lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{label} {'+Inf' if value == float('inf') else value}" for label, value in values.items()]
