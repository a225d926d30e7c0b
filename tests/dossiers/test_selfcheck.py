"""The self-check is silent after everything a dossier may go through, and loud when a fact and its history part."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, selfcheck, selfcheck_dossiers
from app.db import db
from app.dossiers import actions
from app.dossiers.actions import Proof
from app.dossiers.models import Dossier
from app.reconciliation import actions as register
from tests import make as basics
from tests.dossiers import make
from tests.page import count_queries
from tests.reconciliation import make as lists

CODES = [f"H15.50.05.13-261201-{number:04d}" for number in range(1, 9)]


@pytest.fixture
def busy(app: Flask) -> Iterator[time_machine.Traveller]:
    """Dossiers in every standing, and a list of which one code was looked into twice."""
    with time_machine.travel(basics.local("2026-12-01T10:00"), tick=False) as travel:
        make.office()
        for code in CODES:
            make.dossier(code=code)
        at_work, paused, resumed, extended, finished, handed, withdrawn, posted = CODES
        actions.pause(paused, "duty", clock.now(), "Lệ phí")
        actions.pause(resumed, "supplement", clock.now(), "Giấy uỷ quyền")
        travel.shift(timedelta(hours=4))
        actions.resume(resumed, clock.now())
        actions.extend(extended, date(2026, 12, 9), "Chờ đo đạc")
        actions.finish(finished, clock.now())
        actions.pause(handed, "agency", clock.now(), "Xác minh")
        travel.shift(timedelta(hours=1))
        actions.hand_over(handed, clock.now() - timedelta(minutes=9), Proof("receipt", "12"))
        actions.end(withdrawn, "withdrawn", clock.now(), "Xin rút")
        actions.return_by(posted, "post")
        actions.hand_over(posted, clock.now(), Proof("postal", "EP1"), by_post=True)
        lists.taken([lists.row(at_work, "02/11/2026", "06/11/2026"), lists.row(paused, "02/11/2026", "06/11/2026")])
        for day in (5, 6):
            moment = basics.local(f"2026-11-0{day}T09:00")
            register.find([at_work], register.Found("in_time", "a", moment, "receipt", "12"))
        travel.shift(timedelta(minutes=1))
        yield travel


def broken() -> list[str]:
    db.session.rollback()
    checks = [check for check in selfcheck.CHECKS if check.broken.__module__ == selfcheck_dossiers.__name__]
    assert len(checks) == 5
    return [check.broken.__name__ for check in checks if check.broken()]


def test_silent_after_a_busy_day(busy: time_machine.Traveller) -> None:
    assert broken() == []


DOSSIER = "UPDATE dossier SET {} WHERE code = '" + CODES[0] + "'"
EVENT = (
    "INSERT INTO dossier_event (dossier_id, kind, happened_at, recorded_at, actor, evidence, proof, recipient, reason)"
    " SELECT id, '{}', received_at, {}, 'system', '', '', '', '' FROM dossier WHERE code = '" + CODES[0] + "'"
)


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        (DOSSIER.format("due_at = '2026-12-30 03:00:00.000000'"), "discord"),  # a promise moved behind the history's back
        (DOSSIER.format("received_at = '2026-11-01 03:00:00.000000'"), "discord"),
        (DOSSIER.format("extended_at = received_at"), "discord"),
        (DOSSIER.format("finished_at = due_at"), "discord"),  # the cure of the other system: finished when it was promised
        (DOSSIER.format("finished_at = due_at, handed_at = due_at"), "discord"),
        (DOSSIER.format("finished_at = due_at, ended_as = 'stopped'"), "discord"),
        (DOSSIER.format("pause = 'duty', paused_at = received_at"), "discord"),
        (EVENT.format("finished", "received_at"), "discord"),
        (EVENT.format("seen", "'2026-01-01 00:00:00.000000'"), "recorded_before"),
        ("DELETE FROM message WHERE kind = 'received'", "untold"),
        ("DELETE FROM message WHERE kind = 'ready'", "untold"),
        ("UPDATE machine_row SET finding_id = NULL", "stale_findings"),
        ("UPDATE machine_row SET finding_id = (SELECT min(id) FROM finding)", "stale_findings"),
    ],
)
def test_every_break_is_found(busy: time_machine.Traveller, statement: str, check: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert check in broken()


def test_a_dossier_without_its_trail_is_found(busy: time_machine.Traveller) -> None:
    with db.engine.begin() as connection:
        known = dict(connection.execute(sa.select(Dossier.__table__).where(Dossier.code == CODES[0])).mappings().one())
        connection.execute(sa.insert(Dossier), known | {"id": 99, "code": "H13-261201-9999"})
    assert {"discord", "without_trail"} <= set(broken())


def test_the_checks_cost_few_queries(busy: time_machine.Traveller) -> None:
    with count_queries() as seen:
        broken()
    assert len(seen) <= 8, seen
