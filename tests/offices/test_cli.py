"""The room's commands."""

from contextvars import Context
from pathlib import Path

import pytest
from flask import Flask

from app.offices import actions, queries
from tests import make
from tests.offices.make import csv_file, row


def run(app: Flask, *words: str, ok: bool = True) -> str:
    """As a shell would: nothing of the test's own context is there."""
    found = Context().run(app.test_cli_runner().invoke, args=list(words))
    assert (found.exit_code == 0) is ok, found.output
    return found.output.strip()


@pytest.mark.parametrize(
    ("received", "days", "promised"),
    [
        ("2026-02-13T10:00", "3", "2026-02-25T10:00"),
        ("2026-02-14T09:00", "1", "2026-02-23T17:00"),
        ("2026-08-21T10:00", "1", "2026-08-22T10:00"),
        ("2026-11-23T08:00", "1", "2026-11-25T08:00"),
        ("2026-08-19T18:00", "1", "2026-08-20T17:00"),
    ],
)
@pytest.mark.parametrize("seeded", [True, False])
def test_due_gives_the_vectors_with_or_without_entered_holidays(
    app: Flask, received: str, days: str, promised: str, seeded: bool
) -> None:
    if seeded:
        actions.seed_holidays(range(2025, 2028))
    assert run(app, "due", received, days, "working_day") == promised


def test_due_counts_in_an_offices_hours(app: Flask) -> None:
    make.office()
    assert run(app, "due", "2026-11-30T10:00", "2.5", "working_day", "--office", make.PLACE) == "2026-12-02T16:00"
    assert "no office" in run(app, "due", "2026-11-30T10:00", "1", "hour", "--office", "nowhere", ok=False)


@pytest.mark.parametrize(
    "words",
    [
        ("soon", "1", "hour"),
        ("2026-11-30T10:00", "x", "hour"),
        ("2026-11-30T10:00", "1", "week"),
        ("0001-01-01T00:00", "1", "hour"),
    ],
)
def test_due_refuses_nonsense(app: Flask, words: tuple[str, ...]) -> None:
    assert "Traceback" not in run(app, "due", *words, ok=False)


def test_import_says_what_it_did(app: Flask, tmp_path: Path) -> None:
    file = str(csv_file(tmp_path / "p.csv", [row()]))
    assert "dry run" in run(app, "import", "procedures", file, "--dry-run")
    assert queries.catalogue().procedures == ()
    assert run(app, "import", "procedures", file).splitlines() == ["+ 1.001193", "1 added, 0 changed, 0 unchanged"]
    assert run(app, "import", "procedures", file) == "0 added, 0 changed, 1 unchanged"


def test_import_tells_every_bad_line_and_fails(app: Flask, tmp_path: Path) -> None:
    file = str(csv_file(tmp_path / "p.csv", [row(), row(code="x")]))
    assert "line 3: code" in run(app, "import", "procedures", file, ok=False)
    assert queries.catalogue().procedures == ()


def test_import_of_something_else_fails_with_a_sentence(app: Flask, tmp_path: Path) -> None:
    file = csv_file(tmp_path / "h.csv", [{"day": "2027-02-03", "name": "Tết"}], ["day", "name"])
    assert "code" in run(app, "import", "procedures", str(file), ok=False)
    assert run(app, "import", "holidays", str(file)).startswith("+ 2027-02-03")


def test_an_officer_gets_a_one_time_link(app: Flask) -> None:
    assert run(app, "officer", "add", "Quay@hen.example", "--role", "counter").startswith("https://hen.example/can-bo/lien-ket/")
    assert "Traceback" not in run(app, "officer", "add", "quay@hen.example", "--role", "counter", ok=False)
    run(app, "officer", "add", "somebody", "--role", "counter", ok=False)
    run(app, "officer", "add", "other@hen.example", "--role", "king", ok=False)
