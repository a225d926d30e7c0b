"""The database: base model, column types, and transaction(), the only commit in the house."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, String, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

# Every constraint has a name from the first day: a migration can then alter it on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; SQLite has no zone of its own and would drop it silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# The column types of the house: `name: Mapped[Line]`.
Key = Annotated[int, mapped_column(primary_key=True)]
Word = Annotated[str, mapped_column(String(40))]
Line = Annotated[str, mapped_column(String(200))]
Text = Annotated[str, mapped_column(String(4000))]
Instant = Annotated[datetime, mapped_column(UtcDateTime())]
Facts = Annotated[dict[str, Any], mapped_column(JSON())]
Items = Annotated[list[str], mapped_column(JSON())]

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(db=db, render_as_batch=True)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """WAL lets readers go on beside the writer; FULL keeps a confirmed booking through a power cut."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy begins, see _begin
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        kind = "IMMEDIATE" if connection.get_execution_options().get("writing") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {kind}")


@contextmanager
def transaction() -> Iterator[Session]:
    """One act: everything inside is committed together or not at all.

    What was read before is forgotten, so that a rule decides on rows read inside the transaction: on SQLite the
    write lock is taken first (BEGIN IMMEDIATE; a read that turns into a write fails at once, whatever the timeout).
    Not to be nested: an action that needs another's work calls a function that only adds to the session.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("transaction() inside transaction()")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes made outside transaction() would be lost")
    session.rollback()
    session.expire_all()  # a rollback forgets only what its own transaction read
    session.info["writing"] = True
    try:
        session.connection(execution_options={"writing": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = False


_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert(session: Session, table: type[Base]) -> Any:
    """An INSERT that may say what happens when the row is there already (ON CONFLICT): each database's own form of it."""
    return _INSERT[session.get_bind().dialect.name](table)
