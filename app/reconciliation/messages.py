"""Whom we tell what is not recorded: officers at 16:00, units once a week, their heads when nobody answers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock, links
from app.outbox import actions as outbox
from app.reconciliation.models import Urging
from app.reconciliation.queries import CLICKS, UnitFigures
from app.staff.models import Officer, Unit
from app.staff.queries import unit_token

WEEK = timedelta(days=7)  # then there is a new one
SHOWN = 20  # codes named in a letter; the page has them all


def clicks(session: Session, officer: Officer, count: int, codes: Sequence[tuple[str, str, datetime]], today: date) -> None:
    """ "Finish your clicks", once a day."""
    facts = {
        "name": officer.name,
        "count": count,
        "items": [{"code": code, "matter": matter, "handed": clock.local(day).date().isoformat()} for code, matter, day in codes],
        "link": links.absolute("reconciliation_admin.index", xem="in_time"),
    }
    _post(session, f"officer:{officer.id}", CLICKS, today.toordinal(), "reconciliation/clicks", facts, officer.email)


def urged(session: Session, unit: Unit, figures: UnitFigures, week: date) -> None:
    facts = _facts(unit, week) | {"unclicked": figures.unclicked, "nothing": figures.nothing}
    _post(session, f"unit:{unit.id}", "urged", week.toordinal(), "reconciliation/urged", facts, unit.email)


def escalated(session: Session, unit: Unit, letter: Urging) -> None:
    """To the head of the unit: the letter was not acknowledged."""
    facts = _facts(unit, letter.week) | {"count": letter.codes, "head": unit.head_name}
    _post(session, f"unit:{unit.id}", "urged_head", letter.week.toordinal(), "reconciliation/escalated", facts, unit.head_email)


def _facts(unit: Unit, week: date) -> dict[str, Any]:
    link = links.absolute("reconciliation.unit", token=unit_token(unit))
    return {"unit": unit.name, "week": week.isoformat(), "link": link}


def _post(session: Session, about: str, kind: str, version: int, template: str, facts: dict[str, Any], email: str) -> None:
    """Who has no address sees it on the page, and gets the printed letter."""
    letter = outbox.Letter(about=about, kind=kind, version=version, template=template, facts=facts, due_at=clock.now(),
                           useful_until=clock.now() + WEEK)  # fmt: skip
    outbox.post(session, letter, email=email, phone="", locale="vi")
