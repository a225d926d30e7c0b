"""Tables of the programme: items in their order, the units that help to answer them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Key, Line, Word
from app.staff.models import Unit


class AgendaItem(Base):
    """A part of the programme; its time follows from the minutes before it. An item with a unit is that unit's to answer.

    Whether it still stands in the programme is computed: see queries.off.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes"),
        CheckConstraint("kind IN ('business', 'office', 'break')", name="kind"),
        CheckConstraint("ended_at IS NULL OR ended_at >= begun_at", name="course"),
        CheckConstraint("ended_at IS NULL OR begun_at IS NOT NULL", name="begun"),
        # One item of a meeting is on at a time.
        Index(
            "uq_agenda_item_current", "meeting_id", unique=True,
            sqlite_where=text("begun_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("begun_at IS NOT NULL AND ended_at IS NULL"),
        ),
        # One form, one item, however often its button is pressed.
        Index(
            "uq_agenda_item_request_key", "meeting_id", "request_key", unique=True,
            sqlite_where=text("request_key <> ''"), postgresql_where=text("request_key <> ''"),
        ),
    )  # fmt: skip
    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    title: Mapped[Line]
    kind: Mapped[Word] = mapped_column(default="business")  # whose time it is
    minutes: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[Line] = mapped_column(default="")
    begun_at: Mapped[Instant | None]  # in the room, as whoever chairs pressed
    ended_at: Mapped[Instant | None]
    request_key: Mapped[Word] = mapped_column(default="")  # of the form it came from: a second click finds its first
    unit: Mapped[Unit | None] = relationship(lazy="joined")


class AgendaItemUnit(Base):
    """A unit that helps to answer an item another unit is responsible for."""

    __tablename__ = "agenda_item_unit"
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
