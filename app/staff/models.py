"""Tables: units that answer, officers, and their signed-in sessions."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Key, Line, Word

ROLES = ("counter", "reception", "secretary", "leader", "admin")
# What businesses are held up by, and what units answer for.
FIELDS = (
    "tax", "land", "building", "credit", "market", "insurance", "power", "water", "fire", "police", "marketplace", "other",
)  # fmt: skip


class Unit(Base):
    """An agency that answers questions and makes promises: Tax, Land registration, Electricity …"""

    __tablename__ = "unit"
    id: Mapped[Key]
    name: Mapped[Line] = mapped_column(unique=True)
    name_en: Mapped[Line] = mapped_column(default="")
    email: Mapped[Line] = mapped_column(default="")
    field: Mapped[Word] = mapped_column(default="")  # of FIELDS: questions in this field are proposed to this unit
    head_name: Mapped[Line] = mapped_column(default="")
    head_email: Mapped[Line] = mapped_column(default="")  # who hears of it when the unit is late
    link_version: Mapped[int] = mapped_column(default=1)  # grows when the unit's link must die
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)


class Officer(Base):
    __tablename__ = "officer"
    __table_args__ = (CheckConstraint("role IN ('counter', 'reception', 'secretary', 'leader', 'admin')", name="role"),)
    id: Mapped[Key]
    email: Mapped[Line] = mapped_column(unique=True)  # lower case
    name: Mapped[Line]
    role: Mapped[Word]
    office_id: Mapped[int | None]  # offices stand above this room: kept by number only
    password_hash: Mapped[str | None] = mapped_column(String(200))
    link_version: Mapped[int] = mapped_column(default=1)  # grows with each use: a used one-time link is dead
    active: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)


class StaffSession(Base):
    """A signed-in browser. The cookie holds its random key, so that ending the row ends every copy of the cookie."""

    __tablename__ = "staff_session"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    started_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    officer: Mapped[Officer] = relationship(lazy="joined")
