"""Prometheus text from the database's own state: nothing to count per process, nothing lost at a restart."""

from collections.abc import Mapping
from datetime import datetime
from math import inf

from app.home.queries import Figures


def text(figures: Figures, now: datetime) -> str:
    by_state = {f'{{channel="{channel}",state="{state}"}}': count for (channel, state), count in figures.messages.items()}
    parts = (
        _metric("hen_messages", "Messages by channel and state.", by_state),
        _metric("hen_message_oldest_due_seconds", "How far past its time the oldest message is that is still to leave.",
                {"": max(0.0, _since(figures.oldest_due, now, never=0.0))}),
        _metric("hen_message_repeats_total", "Hand-overs repeated after a crash in the middle of one.", {"": figures.repeats}),
        _metric("hen_heartbeat_age_seconds", "Since any scheduler last beat.", {"": _since(figures.last_beat, now, never=inf)}),
        _metric("hen_appointments_total", "Appointments ever booked.", {"": figures.appointments}),
        _metric("hen_meeting_sign_ups_total", "Sign-ups for meetings.", {"": figures.sign_ups}),
    )  # fmt: skip
    return "".join(parts)


def _since(moment: datetime | None, now: datetime, never: float) -> float:
    return never if moment is None else (now - moment).total_seconds()


def _metric(name: str, meaning: str, values: Mapping[str, float]) -> str:
    kind = "counter" if name.endswith("_total") else "gauge"
    lines = [f"{name}{labels} {'+Inf' if value == inf else value}" for labels, value in values.items()]
    return "\n".join([f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", *lines]) + "\n"
