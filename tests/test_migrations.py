"""The migrations: they make what the models say, go back and forth, take turns, and keep the trail from being changed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from app import audit, create_app
from app.config import ROOT
from app.db import db, transaction
from tests.conftest import SETTINGS

_numbers = count(1)


@pytest.fixture
def uri(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with nothing in it."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'hen.db'}"
        return
    known = sa.make_url(request.getfixturevalue("postgres_uri"))
    name = f"{known.database}_{next(_numbers)}"
    server = sa.create_engine(known, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield known.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}"'))
    server.dispose()


@pytest.fixture
def fresh(uri: str, tmp_path: Path) -> Iterator[Flask]:
    """The product before its first `flask db upgrade`."""
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": uri, "INSTANCE_PATH": str(tmp_path)})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def schema() -> dict[str, Any]:
    """Everything the database itself knows about its tables."""
    found = sa.inspect(db.engine)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)},
            "key": found.get_pk_constraint(table),
            "references": _by_name(found.get_foreign_keys(table)),
            "unique": _by_name(found.get_unique_constraints(table)),
            "checks": _by_name(found.get_check_constraints(table)),
            "indexes": _by_name(found.get_indexes(table)),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def _by_name(things: Any) -> list[dict[str, str]]:
    """As text: the condition of a partial index is an object that equals only itself."""
    written = [{key: _text(value) for key, value in thing.items()} for thing in things]
    return sorted(written, key=lambda thing: thing["name"])


def _text(value: Any) -> str:
    return str({key: str(one) for key, one in value.items()} if isinstance(value, dict) else value)


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata))


def test_the_migrations_make_what_the_models_say(fresh: Flask) -> None:
    upgrade()
    assert differences() == []
    migrated = schema()
    with db.engine.begin() as connection:  # alembic does not compare checks
        db.metadata.drop_all(connection)
        db.metadata.create_all(connection)
    assert migrated == schema()


def test_a_column_nobody_migrated_is_noticed(fresh: Flask) -> None:
    upgrade()
    before = schema()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE unit DROP COLUMN name_en"))
    assert differences()
    assert schema() != before


def test_back_to_nothing_and_up_again(fresh: Flask) -> None:
    upgrade()
    there = schema()
    downgrade(revision="base")
    assert schema() == {}
    upgrade()
    assert schema() == there


def test_two_upgrades_at_once_take_turns(uri: str, fresh: Flask, tmp_path: Path) -> None:
    environment = os.environ | {"DATABASE_URL": uri, "INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "tests", "SCHEDULER": "off"}
    starts = [
        subprocess.Popen(
            [sys.executable, "-m", "flask", "db", "upgrade"],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    ends = [(start.communicate(timeout=60)[1], start.returncode) for start in starts]
    assert [code for _said, code in ends] == [0, 0], "\n".join(said for said, _code in ends)
    assert differences() == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET act = 'nothing'", "DELETE FROM audit"])
def test_the_trail_refuses_to_be_changed(app: Flask, statement: str) -> None:
    with transaction() as session:
        audit.record(session, "booked", "appointment:1")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    db.session.rollback()
    assert [line.act for line in db.session.scalars(sa.select(audit.Audit))] == ["booked"]
