"""Every SELECT of the room: what was finished lately, and has not been asked about."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, null, select

from app import clock
from app.appointments.models import Appointment
from app.asking import rules
from app.asking.rules import Finished
from app.db import db
from app.dossiers.models import Dossier
from app.meetings.models import Meeting, SignUp
from app.offices.models import Procedure
from app.outbox.models import Message

KIND = "survey"
Rows = Select[*tuple[Any, ...]]


def unasked(now: datetime) -> list[Finished]:
    """In order of their moments; an idle beat is three queries and takes no lock."""
    first, last = rules.days(now)
    since, until = clock.midnight(first), clock.midnight(last + timedelta(days=1))
    found = [*_read("visit", _visits(since, until)), *_read("result", _results(since, until))]
    found += _read("meeting", _meetings(since, until))
    if not found:
        return []
    asked = (Message.kind == KIND, Message.version.between(first.toordinal(), last.toordinal()))
    told = db.session.execute(select(Message.recipient, Message.version).where(*asked))
    return rules.chosen(found, {(recipient.casefold(), version) for recipient, version in told})


def _read(subject: str, rows: Rows) -> Iterator[Finished]:
    for about, code, office_id, field, happened, name, email, locale in db.session.execute(rows):
        yield Finished(about, subject, code, office_id, field, happened, name, email, locale)


def _not_asked(about: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists().where(Message.about == about, Message.kind == KIND)


def _visits(since: datetime, until: datetime) -> Rows:
    row, about = Appointment, literal("appointment:") + cast(Appointment.id, String)
    columns = (about, row.code, row.office_id, Procedure.field, row.served_at, row.name, row.email, row.locale)
    served = (row.state == "served", row.served_at >= since, row.served_at < until, row.email != "", _not_asked(about))
    return select(*columns).join(Procedure, Procedure.id == row.procedure_id).where(*served)


def _results(since: datetime, until: datetime) -> Rows:
    row, about = Dossier, literal("dossier:") + cast(Dossier.id, String)
    columns = (about, row.code, row.office_id, row.field, row.handed_at, row.owner, row.email, row.locale)
    handed = (row.handed_at >= since, row.handed_at < until, row.email != "", _not_asked(about))
    return select(*columns).where(*handed)


def _meetings(since: datetime, until: datetime) -> Rows:
    """Whoever came, with a seat or without."""
    row, about = SignUp, literal("seat:") + cast(SignUp.id, String)
    columns = (about, row.code, null(), literal(""), Meeting.starts_at, row.contact, row.email, row.locale)
    came = (
        row.arrived_at.is_not(None),
        Meeting.starts_at >= since,
        Meeting.starts_at < until,
        row.email != "",
        _not_asked(about),
    )
    return select(*columns).join(Meeting, Meeting.id == row.meeting_id).where(*came)
