"""Writes of the guided filing register: a person helped, and later the dossier that came of it."""

import secrets
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.guides import queries, rules
from app.guides.models import CHANNELS, GuidedFiling, GuidedOutcome
from app.guides.rules import Outcome
from app.offices import queries as offices
from app.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Help:
    """One person helped: when, where, with what, how far."""

    day: date
    office_id: int
    procedure_id: int | None = None
    channel: str = "counter"
    account: bool = False
    sign_in: bool = False
    filing: bool = False
    look_up: bool = False
    leaflet: bool = False


def note(given: Help, outcome: Outcome, officer_id: int, request_key: str = "") -> GuidedFiling:
    """One line of the register. The same form twice is one line; one dossier stands in one line."""
    rules.check_day(given.day, clock.today())
    if given.channel not in CHANNELS:
        raise Refusal(_("Chọn cách hướng dẫn."), "channel")
    with transaction() as session:
        known = queries.by_request(request_key) if request_key else None
        if known is not None:
            return known
        _check_place(given)
        row = GuidedFiling(
            **{name: getattr(given, name) for name in Help.__dataclass_fields__},
            recorded_at=clock.now(), officer_id=officer_id or None, request_key=request_key or secrets.token_urlsafe(16),
        )  # fmt: skip
        session.add(row)
        session.flush()
        _conclude(session, row, outcome, officer_id)
        audit.record(session, "guided", f"guided:{row.id}", None, {"outcome": outcome.code or outcome.reason})
        return row


def file_later(guided_id: int, code: str, officer_id: int) -> GuidedFiling:
    """Somebody who was helped has filed since. The same code twice is once."""
    outcome = rules.outcome(rules.FILED, code, "")
    with transaction() as session:
        row = queries.locked(guided_id)
        if row is None:
            raise Refusal(_("Không có dòng này trong sổ."))
        filed = row.filed
        if filed is not None and filed.code == outcome.code:
            return row
        if filed is not None:
            raise Refusal(_("Dòng này đã ghi hồ sơ %(code)s.", code=filed.code), "dossier")
        _conclude(session, row, outcome, officer_id)
        audit.record(session, "guided_filed", f"guided:{row.id}", {"outcome": row.outcomes[-1].reason}, {"outcome": outcome.code})
        return row


def _check_place(given: Help) -> None:
    catalogue = offices.catalogue()
    if given.office_id not in catalogue.office_of:
        raise Refusal(_("Chọn nơi hướng dẫn."), "office")
    if given.procedure_id is not None and given.procedure_id not in catalogue.procedure_of:
        raise Refusal(_("Chọn thủ tục."), "procedure")


def _conclude(session: Session, row: GuidedFiling, outcome: Outcome, officer_id: int) -> None:
    if outcome.code and queries.filed_with(outcome.code):
        raise Refusal(_("Hồ sơ %(code)s đã ghi ở dòng khác trong sổ.", code=outcome.code), "dossier")
    facts = {"code": outcome.code, "reason": outcome.reason, "sentence": outcome.sentence}
    session.add(GuidedOutcome(guided_id=row.id, recorded_at=clock.now(), officer_id=officer_id or None, **facts))
    session.flush()
