"""The demo's dossiers: some in every standing, the three piles, whatever the day; twice changes nothing."""

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, demo, demo_dossiers, demo_offices, selfcheck
from app.db import db
from app.dossiers import actions, rules
from app.dossiers import queries as dossiers
from app.dossiers.models import Dossier, DossierEvent
from app.reconciliation import queries
from app.reconciliation.models import Finding, MachineRow
from tests import make


@pytest.mark.parametrize("day", ["2026-11-25T12:30", "2026-02-18T08:00", "2026-08-23T23:50", "2027-01-01T00:05"])
def test_some_in_every_standing_on_any_day(app: Flask, day: str) -> None:
    with time_machine.travel(make.local(day), tick=False):
        demo_offices.fill()
        demo._officers()
        demo_dossiers.fill()
        rows = db.session.scalars(sa.select(Dossier)).all()
        assert len(rows) == 10
        assert all(row.sample for row in rows)
        assert {row.pause for row in rows} == {"", "supplement", "duty"}
        assert {"withdrawn"} <= {row.ended_as for row in rows}
        assert any(row.tracking for row in rows)
        stands = {rules.standing(actions.state_of(row), clock.today()) for row in rows}
        assert {"overdue", "in_time", "paused"} <= stands
        assert stands & {"early", "on_time"}
        assert queries.counts(queries.Scope(), clock.today()) == {"in_time": 8, "nothing": 4, "late": 2, "excused": 1, "all": 20}
        before = kept()
        demo_dossiers.fill()
        assert kept() == before
        assert [result.line for result in selfcheck.run() if result.broken] == []


def kept() -> list[int | None]:
    tables = (Dossier, DossierEvent, MachineRow, Finding)
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]


def test_officers_and_units_of_the_demo_own_them(app: Flask) -> None:
    with time_machine.travel(make.local("2026-11-25T12:30"), tick=False):
        demo.fill()
        assert db.session.scalar(sa.select(sa.func.count()).where(MachineRow.officer_id.is_(None))) == 0
        assert len({one.id for one in queries.by_unit(queries.Scope(), clock.today())}) == 3
        assert dossiers.counts(None, clock.midnight(clock.today()), clock.now())["tam-dung"] == 2
