"""Whom we tell what and when: confirmation at once, 17:00 the day before, 07:00 the same day, moves and cancels."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import calendars, clock, links, proof
from app.appointments.models import Appointment
from app.offices.catalogue import Office, Procedure
from app.outbox import actions as outbox
from app.outbox.actions import Letter

DAY_BEFORE, SAME_DAY = time(17), time(7)
NEEDED_BEFORE = timedelta(minutes=30)  # a reminder closer than this to the visit helps nobody
FRESH = timedelta(hours=1)  # nor does one right after the confirmation


def booked(session: Session, appointment: Appointment, office: Office, procedure: Procedure) -> None:
    told = facts(appointment, office, procedure)
    _tell(session, appointment, told, "booked")
    _remind(session, appointment, told)


def moved(session: Session, appointment: Appointment, office: Office, procedure: Procedure) -> None:
    """The old reminders are withdrawn and new ones written in the same transaction."""
    told = facts(appointment, office, procedure)
    outbox.withdraw(session, appointment.about)
    _tell(session, appointment, told, "moved")
    _remind(session, appointment, told)


def cancelled(session: Session, appointment: Appointment, office: Office, procedure: Procedure) -> None:
    outbox.withdraw(session, appointment.about)
    _tell(session, appointment, facts(appointment, office, procedure), "cancelled")


def closed(session: Session, appointment: Appointment) -> None:
    """Served or missed: nothing more to remind of."""
    outbox.withdraw(session, appointment.about)


def reopened(session: Session, appointment: Appointment, office: Office, procedure: Procedure) -> None:
    """The act was taken back: the person is expected again, and reminded of it while that is of use."""
    _remind(session, appointment, facts(appointment, office, procedure))


def _tell(session: Session, appointment: Appointment, told: dict[str, Any], kind: str) -> None:
    """The answer to what the person just did: leaves at once, whatever the hour."""
    letter = Letter(
        about=appointment.about,
        kind=kind,
        version=appointment.sequence,
        template=f"appointments/{kind}",
        facts=told,
        due_at=clock.now(),
        useful_until=appointment.ends_at if kind != "cancelled" else None,
        polite=False,
    )
    _post(session, appointment, letter)


def moments(appointment: Appointment) -> dict[str, datetime]:
    """When each reminder of this appointment is due; those too close to the confirmation or to the visit are left out."""
    day = clock.local(appointment.starts_at).date()
    planned = {
        "reminder_day_before": clock.at(day - timedelta(days=1), DAY_BEFORE),
        "reminder_same_day": clock.at(day, SAME_DAY),
    }
    first, last = appointment.told_at + FRESH, appointment.starts_at - NEEDED_BEFORE
    return {kind: due_at for kind, due_at in planned.items() if first <= due_at <= last}


def _remind(session: Session, appointment: Appointment, told: dict[str, Any]) -> None:
    planned = moments(appointment)
    for kind, due_at in planned.items():
        # After an outage a reminder still leaves, unless the next one says the same at the same hour.
        until = min([later for later in planned.values() if later > due_at], default=appointment.starts_at)
        if until <= clock.now():
            continue
        letter = Letter(
            about=appointment.about,
            kind=kind,
            version=appointment.sequence,
            template="appointments/reminder",
            facts=told,
            due_at=due_at,
            useful_until=until,
            call=kind == "reminder_day_before",
        )
        _post(session, appointment, letter)


def _post(session: Session, appointment: Appointment, letter: Letter) -> None:
    outbox.post(session, letter, email=appointment.email, phone=appointment.phone, locale=appointment.locale)


def facts(appointment: Appointment, office: Office, procedure: Procedure) -> dict[str, Any]:
    """What the templates need, in the reader's language, as JSON."""
    locale, code = appointment.locale, appointment.code
    token = proof.token(code)
    english = locale == "en"
    return {
        "code": code,
        "name": appointment.name,
        "procedure": procedure.name_en if english else procedure.name,
        "sensitive": procedure.sensitive,
        "office": office.name_en if english else office.name,
        "address": office.address,
        "phone": office.phone,
        "counter": office.counter(appointment.counter_id).number,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "documents": list(procedure.documents),
        "page": links.absolute("appointments.show", locale, code=code, t=token),
        "coming": links.absolute("appointments.coming", locale, code=code, t=token),
        "move": links.absolute("appointments.move", locale, code=code, t=token),
        "cancel": links.absolute("appointments.cancel", locale, code=code, t=token),
        "again": links.absolute("appointments.choose_office", locale, code=procedure.code),
        "event": event(appointment, office, procedure).to_facts(),
    }


def event(appointment: Appointment, office: Office, procedure: Procedure) -> calendars.Event:
    """The calendar entry: one UID for ever, a higher SEQUENCE with every change."""
    english = appointment.locale == "en"
    name = procedure.name_en if english else procedure.name
    place = office.name_en if english else office.name
    return calendars.Event(
        uid=f"{appointment.code}@hen",
        sequence=appointment.sequence,
        starts=appointment.starts_at,
        ends=appointment.ends_at,
        summary=f"{name}, {place}",
        location=", ".join(part for part in (place, office.address) if part),
        description=f"{appointment.code}\n{links.absolute('appointments.show', appointment.locale, code=appointment.code)}",
        url=links.absolute("appointments.show", appointment.locale, code=appointment.code),
        cancelled=appointment.state == "cancelled",
    )
