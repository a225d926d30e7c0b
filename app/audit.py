"""The trail: who did what, when, before and after; written in the transaction of the act, and never changed."""

from typing import Any

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import JSON, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Instant, Key, Line, Word, db

NEAR = 256  # lines written by others between an act's last line and its commit


class Audit(Base):
    """One act. Triggers of the database refuse to change or remove it (migration 0002).

    `about` names the record ("appointment:12"); facts hold codes and states, never names or phones.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_about", "about"),)
    id: Mapped[Key]
    at: Mapped[Instant]
    actor: Mapped[Line]  # "officer:3", "public", "system"
    act: Mapped[Word]
    about: Mapped[Word]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def record(
    session: Session, act: str, about: str, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Adds the line to the act's own transaction."""
    session.add(Audit(at=clock.now(), actor=actor(), act=act, about=about, before=before, after=after))


def stamp() -> tuple[int, int]:
    """How far the trail has come: any act committed since gives another. One look at the end of an index.

    The youngest number alone would not do: of two acts at once the one with the lower number may be committed last. So the
    lines near the end are counted as well.
    """
    youngest = select(func.max(Audit.id)).scalar_subquery()
    row = db.session.execute(select(func.max(Audit.id), func.count()).where(Audit.id > youngest - NEAR)).one()
    return row[0] or 0, row[1]


def actor() -> str:
    if not has_request_context():
        return "system"
    return f"officer:{current_user.id}" if current_user.is_authenticated else "public"
