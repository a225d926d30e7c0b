"""A visitor of a twin of the app, on the same database, whose limits count as in production."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app import create_app
from app.db import db
from app.web import limiter
from tests.conftest import SETTINGS
from tests.page import Client


@contextmanager
def limited(app: Flask) -> Iterator[Client]:
    """Counted from nothing."""
    same = {name: app.config[name] for name in ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH")}
    twin = create_app(SETTINGS | same | {"RATELIMIT_ENABLED": True})
    limiter.reset()
    try:
        with twin.app_context():
            yield Client(twin, twin.response_class)
            db.session.remove()
            db.engine.dispose()
    finally:
        limiter.enabled = False
