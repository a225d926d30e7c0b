"""One result, one time to collect it, whoever presses at the same moment."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.appointments.models import Appointment
from app.db import db
from app.dossiers import actions, collecting, queries
from tests import make as basics
from tests import races
from tests.dossiers import make


@pytest.fixture
def ready(app: Flask) -> Iterator[list[str]]:
    """Results at the desk, whose people may collect them tomorrow."""
    with time_machine.travel(basics.local("2026-12-01T10:00"), tick=False):
        make.office()
        codes = [f"H13-261130-00{number:02d}" for number in range(6)]
        for number, code in enumerate(codes):
            make.dossier(code=code, phone=f"+8491234560{number}")
            actions.finish(code, clock.now())
        yield codes


def test_two_presses_of_one_button_are_one_time(app: Flask, ready: list[str]) -> None:
    row = queries.by_code(ready[0])
    at = collecting.desk(row) if row else None
    assert at is not None
    moments = [moment for times in collecting.free(at).values() for moment in times]

    def press(_number: int) -> list[str]:
        return [collecting.book(code, moment, "vi") for code, moment in zip(ready, moments, strict=False)]

    first, *others = races.run(app, 4, press)
    assert all(answer == first for answer in others)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == len(ready)
