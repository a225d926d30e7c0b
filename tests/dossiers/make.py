"""Builders: an office that receives, procedures with durations, dossiers."""

from datetime import datetime
from typing import Any

from app.db import transaction
from app.dossiers import actions, rules
from app.dossiers.actions import Receipt
from app.dossiers.models import Dossier
from app.offices import actions as offices
from app.offices import queries
from app.offices.models import Duration, Procedure
from tests import make

CODE = "H15.50.05.13-261201-0001"
LAND = "1.013978"


def office() -> int:
    """With the library's holidays, a same-day procedure and one of three working days; returns the office's number."""
    offices.seed_holidays([2026, 2027])
    catalogue = make.office(procedures={make.BIRTH: 20, LAND: 45, rules.COLLECTING: 5})
    with transaction() as session:
        land = session.query(Procedure).filter_by(code=LAND).one()
        land.duration, land.duration_unit = 3, "working_day"
        session.add(Duration(procedure_id=land.id, channel="online", value=2.5, unit="working_day"))
        offices.changed(session)
    return catalogue.by_slug[make.PLACE].id


def receipt(code: str = CODE, received: datetime | None = None, procedure: str = LAND, **facts: Any) -> Receipt:
    catalogue = queries.catalogue()
    known = {
        "code": code, "office_id": catalogue.by_slug[make.PLACE].id, "owner": "Trương Thị Mỹ Duyên",
        "received_at": received or make.local("2026-12-01T10:00"), "procedure_id": catalogue.by_code[procedure].id,
        "phone": "+84912345678", "email": "duyen@example.vn",
    }  # fmt: skip
    return Receipt(**(known | facts))


def dossier(**facts: Any) -> Dossier:
    return actions.receive(receipt(**facts))
