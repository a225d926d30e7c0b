"""Runs the migrations on the app's own database; two starting at once take turns."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

LOCK = 4_820_716  # any number of our own: PostgreSQL's advisory lock for migrating

database = current_app.extensions["migrate"].db


def options(connection: Connection) -> dict[str, Any]:
    return {
        "connection": connection,
        "target_metadata": database.metadata,
        "render_as_batch": True,  # SQLite alters a table by copying it
        "compare_server_default": True,
        "render_item": _plain_types,
    }


def _plain_types(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Migrations name SQL's own types, so that they do not change when the app's classes do."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def migrate() -> None:
    # "writing": SQLite locks before the version is read, so that a second start waits and then finds nothing to do.
    with database.engine.connect().execution_options(writing=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.configure(**options(connection))
        context.run_migrations()


migrate()
