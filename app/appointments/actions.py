"""Every write of the room: hold, book, move, cancel, and what an officer records of the visit."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit, clock, codes
from app.appointments import claims, messages, queries, rules
from app.appointments.models import Appointment, Claim, Hold
from app.db import transaction
from app.offices import queries as offices
from app.offices.catalogue import Office, Procedure
from app.refusal import Conflict, Refusal
from app.text import fold

ANSWERS_KEPT = timedelta(hours=6)  # of a hold nobody booked


@dataclass(frozen=True)
class Person:
    """Who comes, and how to reach them."""

    name: str
    phone: str  # E.164
    email: str = ""
    locale: str = "vi"
    needs: list[str] = field(default_factory=list)
    note: str = ""
    booked_by: str = ""


def hold(office: Office, procedure: Procedure, moment: datetime, browser: str) -> str:
    """Keeps a time for this browser and returns the hold's token; a time it kept before and did not book is given back.

    Raises Refusal when the time cannot be had by anybody, Conflict when somebody has it.
    """
    now, catalogue = clock.now(), offices.catalogue()
    rules.check(catalogue, office, procedure, moment, now)
    with transaction() as session:
        mine = (Hold.browser == browser, Hold.expires_at > now, Hold.appointment_id.is_(None))
        before = session.scalars(select(Hold).where(*mine).with_for_update()).all()
        for other in before:
            claims.touch(session, other.office_id, other.starts_at)
            claims.release(session, other)
            other.expires_at = now
        claims.touch(session, office.id, moment)
        kept = Hold(
            token=secrets.token_urlsafe(16),
            browser=browser,
            office_id=office.id,
            procedure_id=procedure.id,
            made_at=now,
            expires_at=now + timedelta(minutes=current_app.config["HOLD_MINUTES"]),
            answers=next((other.answers for other in before if other.answers), {}),
        )
        claims.take(session, catalogue, office, procedure, moment, kept)
    return kept.token


def answer(token: str, answers: Mapping[str, Any]) -> None:
    """Keeps what the person typed with the hold, so that no later step can lose it."""
    with transaction() as session:
        kept = _hold(session, token)
        if kept.appointment_id is None:
            kept.answers = dict(answers)


def extend(token: str) -> None:
    """More time for a slow typist, up to a limit; the same minutes again from now."""
    now = clock.now()
    with transaction() as session:
        kept = _hold(session, token)
        limit = kept.made_at + rules.HOLDS_EXTENDED
        until = min(now + timedelta(minutes=current_app.config["HOLD_MINUTES"]), limit)
        if kept.appointment_id is None and kept.expires_at > now and until > kept.expires_at:
            kept.expires_at = until
            claims.touch(session, kept.office_id, kept.starts_at)
            for claim in session.scalars(select(Claim).where(Claim.hold_id == kept.id)):
                claim.expires_at = until


def book_held(token: str, moment: datetime | None = None) -> str:
    """Books the held time (or another one, when the first was lost) with the answers kept; returns the code.

    A second press finds the same booking. Raises Conflict when the hold had run out and somebody took the time.
    """
    catalogue = offices.catalogue()
    with transaction() as session:
        kept = _hold(session, token)
        if kept.appointment_id is not None:
            return str(session.scalars(select(Appointment.code).where(Appointment.id == kept.appointment_id)).one())
        if not kept.answers:
            raise Refusal(_("Ghi người đến làm trước khi đặt hẹn."))
        office, procedure = catalogue.office_of[kept.office_id], catalogue.procedure_of[kept.procedure_id]
        wanted = moment or kept.starts_at
        if moment is not None or kept.expires_at <= clock.now():
            rules.check(catalogue, office, procedure, wanted, clock.now())
        claims.touch(session, office.id, kept.starts_at, wanted)
        appointment = _appointment(session, office, procedure, Person(**kept.answers))
        appointment.counter_id, appointment.starts_at, appointment.minutes = kept.counter_id, kept.starts_at, kept.minutes
        session.add(appointment)
        session.flush()
        if moment is not None or not claims.hand_over(session, kept, appointment):
            claims.release(session, kept)
            claims.release(session, appointment)
            claims.take(session, catalogue, office, procedure, wanted, appointment)
        kept.appointment_id = appointment.id
        _booked(session, appointment, office, procedure)
    return appointment.code


def book(office: Office, procedure: Procedure, moment: datetime, person: Person, collects: str = "") -> Appointment:
    """Books a time outright; `collects`: the dossier whose result is handed over then.

    Raises Refusal when nobody could have the time, Conflict when somebody has it.
    """
    catalogue = offices.catalogue()
    rules.check(catalogue, office, procedure, moment, clock.now())
    with transaction() as session:
        claims.touch(session, office.id, moment)
        appointment = _appointment(session, office, procedure, person)
        appointment.collects = collects
        claims.take(session, catalogue, office, procedure, moment, appointment)
        _booked(session, appointment, office, procedure)
    return appointment


def _appointment(session: Session, office: Office, procedure: Procedure, person: Person) -> Appointment:
    now = clock.now()
    if queries.open_of_phone(person.phone, now) >= rules.OPEN_PER_PHONE:
        sentence = _(
            "Số này đang có %(n)s lịch hẹn sắp tới. Huỷ bớt một lịch, hoặc gọi để được đặt thêm.", n=rules.OPEN_PER_PHONE
        )
        raise Refusal(sentence, "phone")
    return Appointment(
        code=_new_code(session, office.code_letters),
        office_id=office.id,
        procedure_id=procedure.id,
        search_key=fold(person.name),
        state="booked",
        sequence=0,
        booked_at=now,
        told_at=now,
        **asdict(person),
    )


def _new_code(session: Session, letters: str) -> str:
    while True:
        code = codes.new(letters)
        if session.scalar(select(Appointment.id).where(Appointment.code == code)) is None:
            return code


def _booked(session: Session, appointment: Appointment, office: Office, procedure: Procedure) -> None:
    messages.booked(session, appointment, office, procedure)
    audit.record(session, "booked", appointment.about, after=_state(appointment))


def move(code: str, moment: datetime) -> None:
    """Moves the booking in one transaction: the old time is given up only if the new one is got.

    Raises Refusal or Conflict and leaves everything as it was. The same time again changes nothing.
    """
    now, catalogue = clock.now(), offices.catalogue()
    with transaction() as session:
        appointment = _mine(session, code)
        office, procedure = catalogue.office_of[appointment.office_id], catalogue.procedure_of[appointment.procedure_id]
        rules.may_change(appointment.state, appointment.starts_at, now)
        if moment == appointment.starts_at:
            return
        rules.check(catalogue, office, procedure, moment, now)
        before = _state(appointment)
        claims.touch(session, office.id, appointment.starts_at, moment)
        claims.release(session, appointment)
        claims.take(session, catalogue, office, procedure, moment, appointment)
        appointment.sequence += 1
        appointment.told_at, appointment.coming_at = now, None
        messages.moved(session, appointment, office, procedure)
        audit.record(session, "moved", appointment.about, before, _state(appointment))


def cancel(code: str) -> None:
    """Gives the time back. Cancelling twice is once."""
    now, catalogue = clock.now(), offices.catalogue()
    with transaction() as session:
        appointment = _mine(session, code)
        if appointment.state == "cancelled":
            return
        rules.may_change(appointment.state, appointment.starts_at, now)
        before = _state(appointment)
        claims.touch(session, appointment.office_id, appointment.starts_at)
        claims.release(session, appointment)
        appointment.state, appointment.cancelled_at = "cancelled", now
        appointment.sequence += 1
        office, procedure = catalogue.office_of[appointment.office_id], catalogue.procedure_of[appointment.procedure_id]
        messages.cancelled(session, appointment, office, procedure)
        audit.record(session, "cancelled", appointment.about, before, _state(appointment))


def come(code: str) -> None:
    """ "I will come": the first answer is kept."""
    with transaction() as session:
        appointment = _mine(session, code)
        rules.may_change(appointment.state, appointment.starts_at, clock.now())
        if appointment.coming_at is None:
            appointment.coming_at = clock.now()
            audit.record(session, "coming", appointment.about)


def mark(code: str, act: str, seen: str) -> Appointment:
    """An officer records that the person arrived, was served or did not come. `seen` is the state on the officer's screen.

    Raises Conflict when somebody recorded something else meanwhile.
    """
    now = clock.now()
    with transaction() as session:
        appointment = _mine(session, code)
        if appointment.state == act:
            return appointment
        if appointment.state != seen or appointment.state not in rules.ACTS[act]:
            raise Conflict(_("Người khác vừa ghi lượt này. Xem lại rồi bấm."))
        if act == "missed" and now < appointment.starts_at:
            raise Refusal(_("Chưa tới giờ hẹn, chưa ghi vắng được."))
        before = _state(appointment)
        appointment.state = act
        setattr(appointment, f"{act}_at", now)
        messages.closed(session, appointment)
        audit.record(session, act, appointment.about, before, _state(appointment))
    return appointment


def undo(code: str, seen: str) -> Appointment:
    """Takes back the last act an officer recorded. Raises Conflict when the state is no longer the one seen."""
    catalogue = offices.catalogue()
    with transaction() as session:
        appointment = _mine(session, code)
        if appointment.state != seen:
            raise Conflict(_("Người khác vừa ghi lượt này. Xem lại rồi bấm."))
        before = _state(appointment)
        setattr(appointment, f"{appointment.state}_at", None)
        appointment.state = rules.undone(appointment.state, appointment.arrived_at is not None)
        if appointment.state == "booked":
            office, procedure = catalogue.office_of[appointment.office_id], catalogue.procedure_of[appointment.procedure_id]
            messages.reopened(session, appointment, office, procedure)
        audit.record(session, "undone", appointment.about, before, _state(appointment))
    return appointment


def release_expired() -> int:
    """Tidies up: claims of expired holds, and holds nobody booked with the answers in them. Readers ignore both already."""
    now = clock.now()
    with transaction() as session:
        session.execute(delete(Claim).where(Claim.expires_at <= now))
        old = (Hold.expires_at <= now - ANSWERS_KEPT, Hold.appointment_id.is_(None))
        return len(session.execute(delete(Hold).where(*old).returning(Hold.id)).all())


def _hold(session: Session, token: str) -> Hold:
    kept = session.scalar(select(Hold).where(Hold.token == token).with_for_update())
    if kept is None:
        raise Refusal(_("Chỗ giữ này không còn. Chọn lại giờ."))
    return kept


def _mine(session: Session, code: str) -> Appointment:
    return session.scalars(select(Appointment).where(Appointment.code == code).with_for_update()).one()


def _state(appointment: Appointment) -> dict[str, Any]:
    return {
        "state": appointment.state,
        "starts_at": appointment.starts_at.isoformat(),
        "counter": appointment.counter_id,
        "sequence": appointment.sequence,
    }
