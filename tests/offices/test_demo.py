"""The demo's offices: both eras, every procedure served somewhere, twice changes nothing."""

from datetime import date, time

from flask import Flask
from sqlalchemy import func, select

from app import demo_offices
from app.audit import Audit
from app.db import db
from app.offices import queries, rules
from app.offices.models import Office


def test_both_eras_and_every_procedure(app: Flask) -> None:
    demo_offices.fill()
    catalogue = queries.catalogue()
    assert [office.code_letters for office in catalogue.offices] == ["OM", "CL", "TH", "TA", "TL", "LH", "PT", "TR", "PO"]
    assert [len(office.counters) for office in catalogue.offices] == [4, *[2] * 7, 8]
    assert all(catalogue.offices_for(procedure) for procedure in catalogue.procedures)
    assert all(counter.minutes for office in catalogue.offices for counter in office.counters)
    assert rules.GUIDED_FILING in catalogue.by_code
    assert db.session.scalar(select(func.count()).where(Office.sample.is_(False))) == 0


def test_only_the_police_receive_on_saturday_morning(app: Flask) -> None:
    demo_offices.fill()
    catalogue, saturday = queries.catalogue(), date(2026, 12, 5)
    open_on = {c.name for o in catalogue.offices for c in o.counters if rules.sessions(catalogue, o, c, saturday)}
    assert open_on == {"Công an: cư trú, căn cước", "Công an: cư trú, định danh điện tử"}
    centre = catalogue.by_slug["phuong-o-mon"]
    assert rules.office_sessions(catalogue, centre, saturday) == ((time(7), time(11)),)


def test_twice_changes_nothing(app: Flask) -> None:
    demo_offices.fill()
    before, lines = queries.catalogue(), db.session.scalar(select(func.count()).select_from(Audit))
    demo_offices.fill()
    assert queries.catalogue() is before
    assert db.session.scalar(select(func.count()).select_from(Audit)) == lines
