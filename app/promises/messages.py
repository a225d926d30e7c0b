"""Whom we tell what and when: the askers when something changed for them, the chair when an asker says it was not done.

A promise for the leader alone is told by its number only: officers may read in the tray what leaves.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock, links
from app.outbox import actions as outbox
from app.promises.models import Promise, PromiseAsker
from app.staff.models import Officer
from app.text import named

USEFUL = timedelta(days=30)


def done(session: Session, row: Promise, askers: Iterable[PromiseAsker]) -> None:
    """Asks for the askers' word."""
    for asker in askers:
        if asker.verdict != "yes":
            _tell(session, row, asker, "promise_done", "promises/done")


def postponed(session: Session, row: Promise, askers: Iterable[PromiseAsker], before: date, reason: str) -> None:
    for asker in askers:
        shown = reason if row.public else ""
        _tell(session, row, asker, "promise_postponed", "promises/postponed", due_before=before.isoformat(), reason=shown)


def withdrawn(session: Session, row: Promise, askers: Iterable[PromiseAsker]) -> None:
    """What has not left yet is no longer true."""
    for asker in askers:
        outbox.withdraw(session, _about(row, asker.about))


def reopened(session: Session, row: Promise, leaders: Iterable[Officer]) -> None:
    for officer in leaders:
        about, link = f"officer:{officer.id}", links.absolute("promises_admin.promise", number=row.id)
        facts = _facts(row, "vi") | {"link": link}
        _post(session, row, _about(row, about), "promise_reopened", "promises/reopened", facts, officer.email, "", "vi")


def _tell(session: Session, row: Promise, asker: PromiseAsker, kind: str, template: str, **more: Any) -> None:
    about = _about(row, asker.about)
    outbox.withdraw(session, about)
    facts = _facts(row, asker.locale) | {"link": asker.link} | more
    _post(session, row, about, kind, template, facts, asker.email, asker.phone, asker.locale)


def _about(row: Promise, whom: str) -> str:
    return f"promise:{row.id}:{whom}"


def _post(
    session: Session,
    row: Promise,
    about: str,
    kind: str,
    template: str,
    facts: dict[str, Any],
    email: str,
    phone: str,
    locale: str,
) -> None:
    now = clock.now()
    letter = outbox.Letter(
        about=about, kind=kind, version=row.sequence, template=template, facts=facts, due_at=now, useful_until=now + USEFUL,
        polite=True, call=bool(phone),
    )  # fmt: skip
    outbox.post(session, letter, email=email, phone=phone, locale=locale)


def _facts(row: Promise, locale: str) -> dict[str, Any]:
    """What the templates need, JSON only; the same for every letter of the room."""
    shown = row.public
    return {
        "number": row.id,
        "what": row.what if shown else "",
        "unit": named(row.unit, locale),
        "due": row.due.isoformat(),
        "due_before": row.due.isoformat(),
        "reason": "",
        "done_on": row.done_on.isoformat() if row.done_on else "",
        "proof": " · ".join(filter(None, (row.proof_number, row.proof_text))) if shown else "",
        "ledger_link": links.absolute("promises.promise", locale, number=row.id) if shown else "",
    }
