"""The half-year of 2020: exactly the totals that were published, on both databases, whoever loads it and however often."""

from datetime import date

import sqlalchemy as sa
from flask import Flask

from app import sample_half_year
from app.db import db
from app.dossiers.models import Dossier, DossierEvent
from app.reconciliation.models import MachineRow
from app.reports import form06_queries
from app.reports.form06 import Asked, differences
from app.reports.rules import Period
from tests import make
from tests.page import Client, page

HALF = Period(date(2020, 1, 1), date(2020, 6, 30))


def test_it_reproduces_the_totals(app: Flask, client: Client) -> None:
    make.office()
    said = app.test_cli_runner().invoke(args=["sample", "half-year-2020"])
    assert (said.exit_code, said.output) == (0, "14,191 sample dossiers added\n")
    found = form06_queries.report(Asked(HALF, date(2026, 11, 24)))
    paper, system = found.paper, found.system
    assert (paper.handled, paper.done, paper.pending, paper.in_time) == (14_191, 13_899, 292, 292)
    assert (paper.late, paper.overdue, paper.kept) == (0, 0, 13_899)
    assert (system.handled, system.late_in_all, system.kept) == (14_191, 108, 13_899 - 108)
    assert found.piles == {"in_time": 108}
    assert differences(paper) == differences(system) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DossierEvent)) == 108

    assert not db.session.scalar(sa.select(Dossier.id).where(~Dossier.sample).limit(1))
    later = form06_queries.report(Asked(Period(date(2020, 8, 1), date(2026, 11, 24)), date(2026, 11, 24)))
    assert later.paper.handled == later.system.handled == 0  # nothing of it is left over in later periods

    again = app.test_cli_runner().invoke(args=["sample", "half-year-2020"])
    assert (again.exit_code, again.output) == (0, "the sample is there already\n")
    assert [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Dossier, MachineRow)] == [14_191] * 2

    client.sign_in("leader")
    shown = page(client.get("/can-bo/bao-cao?tu=2020-01-01&den=2020-06-30"))
    told = {one.words for one in shown.all("a")}
    assert {"14.191", "13.899", "292", "108"} <= told
    assert "14.191 hồ sơ trong số này là số mẫu" in client.get("/can-bo/bao-cao?tu=2020-01-01&den=2020-06-30").text


def test_drafts_are_the_same_in_every_run() -> None:
    first, second = sample_half_year.drafts(), sample_half_year.drafts()
    assert first == second
    assert len(first) == 14_191
    assert all(one.received <= one.done <= one.due for one in first)
