"""Whom we tell what and when: received, waiting for something, ready, late with the apology, handed over."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock, links, proof
from app.dossiers.models import Dossier
from app.offices import queries as offices
from app.outbox import actions as outbox
from app.text import named

USEFUL = timedelta(days=14)  # later, the status page says it better


def received(session: Session, row: Dossier) -> None:
    _tell(session, row, "received", polite=False)


def paused(session: Session, row: Dossier, reason: str) -> None:
    _tell(session, row, "paused", reason=reason, pause=row.pause, call=True)


def due_changed(session: Session, row: Dossier) -> None:
    _tell(session, row, "due_changed")


def extended(session: Session, row: Dossier, reason: str, before: datetime) -> None:
    """The apology with the new day."""
    _tell(session, row, "extended", reason=reason, before=before.isoformat(), call=True)


def ready(session: Session, row: Dossier) -> None:
    _withdraw(session, row)
    _tell(session, row, "ready", call=True)


def handed(session: Session, row: Dossier, by_post: bool) -> None:
    _withdraw(session, row)
    if by_post:
        _tell(session, row, "posted")


def ended(session: Session, row: Dossier, reason: str) -> None:
    _withdraw(session, row)
    _tell(session, row, "ended", reason=reason, how=row.ended_as, call=True)


def due_tomorrow(session: Session, row: Dossier) -> None:
    _tell(session, row, "due_tomorrow", version=clock.local(row.due_at).date().toordinal())


def late(session: Session, row: Dossier) -> None:
    """Once for each promised day that passed."""
    _tell(session, row, "late", version=clock.local(row.due_at).date().toordinal(), call=True)


def _withdraw(session: Session, row: Dossier) -> None:
    """What waits to leave is no longer so."""
    outbox.withdraw(session, row.about, ["due_tomorrow", "late", "due_changed", "extended", "paused", "ready"])


def _tell(session: Session, row: Dossier, kind: str, version: int | None = None, polite: bool = True, call: bool = False,
          **more: Any) -> None:  # fmt: skip
    if not row.email and not row.phone:
        return
    letter = outbox.Letter(
        about=row.about, kind=kind, version=row.sequence if version is None else version, template=f"dossiers/{kind}",
        facts=_facts(row) | more, due_at=clock.now(), useful_until=clock.now() + USEFUL, polite=polite, call=call,
    )  # fmt: skip
    outbox.post(session, letter, email=row.email, phone=row.phone, locale=row.locale)


def _facts(row: Dossier) -> dict[str, Any]:
    """What the templates need, JSON only. The matter's name stays out of what others may read on a phone."""
    office = offices.catalogue().office_of.get(row.office_id)
    procedure = offices.catalogue().procedure_of.get(row.procedure_id or 0)
    return {
        "code": row.code,
        "owner": row.owner,
        "matter": named(procedure, row.locale) if procedure else row.matter,
        "office": named(office, row.locale) if office else "",
        "due_at": row.due_at.isoformat(),
        "return_by": row.return_by,
        "tracking": row.tracking,
        "link": links.absolute("dossiers.show", row.locale, code=row.code, t=proof.token(row.code)),
    }
