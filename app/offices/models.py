"""Tables: offices, counters, procedures, services, hours, closures, holidays, and the catalogue's version."""

from datetime import date, time

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Key, Line, Text, Word

LEVELS = ("district", "ward", "commune", "province")
UNITS = ("working_day", "calendar_day", "hour", "same_day")


class Office(Base):
    """A place where people are received. Eras live side by side: nothing assumes districts, or their absence."""

    __tablename__ = "office"
    __table_args__ = (
        CheckConstraint("level IN ('district', 'ward', 'commune', 'province')", name="level"),
        CheckConstraint("length(code_letters) = 2 AND code_letters NOT IN ('TB', 'CH')", name="letters"),  # seats, questions
        CheckConstraint("lead_minutes >= 0 AND horizon_days BETWEEN 1 AND 400", name="window"),
    )
    id: Mapped[Key]
    slug: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Line]
    name_en: Mapped[Line]
    level: Mapped[Word]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    code_letters: Mapped[str] = mapped_column(unique=True)
    address: Mapped[Line] = mapped_column(default="")
    phone: Mapped[Line] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    lead_minutes: Mapped[int] = mapped_column(default=30)  # a time closer than this is for walk-ins
    horizon_days: Mapped[int] = mapped_column(default=60)  # how far ahead one may book
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    sample: Mapped[bool] = mapped_column(default=False)
    counters: Mapped[list["Counter"]] = relationship(back_populates="office", order_by="Counter.position")


class Counter(Base):
    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("office_id", "number"),)
    id: Mapped[Key]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    number: Mapped[Word]  # as written over it: "1", "2A"
    name: Mapped[Line] = mapped_column(default="")  # "Hộ tịch, chứng thực"
    name_en: Mapped[Line] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    office: Mapped[Office] = relationship(back_populates="counters")
    services: Mapped[list["Service"]] = relationship(back_populates="counter", cascade="all, delete-orphan")


class Procedure(Base):
    """An administrative procedure of the national catalogue, or a service of the office itself."""

    __tablename__ = "procedure"
    __table_args__ = (
        CheckConstraint("duration_unit IN ('working_day', 'calendar_day', 'hour', 'same_day')", name="unit"),
        CheckConstraint("service_minutes BETWEEN 5 AND 240 AND service_minutes % 5 = 0", name="minutes"),
        CheckConstraint("party >= 1", name="party"),
    )
    id: Mapped[Key]
    code: Mapped[Word] = mapped_column(unique=True)  # "1.001193": text, a float would lose 1.001180's zero
    name: Mapped[Line]
    name_en: Mapped[Line]
    field: Mapped[Line]
    field_en: Mapped[Line]
    level: Mapped[Line]
    duration: Mapped[float | None] = mapped_column(Numeric(6, 2, asdecimal=False))
    duration_unit: Mapped[Word] = mapped_column(default="working_day")
    fee_vnd: Mapped[int | None]
    fee_note: Mapped[Line] = mapped_column(default="")
    service_minutes: Mapped[int]
    documents: Mapped[Text] = mapped_column(default="")  # one a line
    source: Mapped[Text] = mapped_column(default="")
    synonyms: Mapped[Line] = mapped_column(default="")  # "giấy kêu khai sanh"
    search_key: Mapped[Text] = mapped_column(default="")  # folded names, field, synonyms
    party: Mapped[int] = mapped_column(default=1)  # how many must be present
    sensitive: Mapped[bool] = mapped_column(default=False)  # its name is never put in an SMS
    common: Mapped[int | None]  # place among the front page's most asked
    paused_note: Mapped[Line] = mapped_column(default="")  # why it can't be booked now; empty = it can
    online_url: Mapped[Line] = mapped_column(default="")
    sample: Mapped[bool] = mapped_column(default=False)


class Duration(Base):
    """How long a procedure takes by a channel or branch, where that differs from the procedure's own duration."""

    __tablename__ = "procedure_duration"
    __table_args__ = (
        CheckConstraint("channel IN ('counter', 'online', 'post')", name="channel"),
        CheckConstraint("unit IN ('working_day', 'calendar_day', 'hour', 'same_day')", name="unit"),
    )
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Numeric(6, 2, asdecimal=False))
    unit: Mapped[Word]


class Service(Base):
    """This counter serves this procedure, in so many minutes (empty = the procedure's own)."""

    __tablename__ = "service"
    __table_args__ = (CheckConstraint("minutes IS NULL OR (minutes BETWEEN 5 AND 240 AND minutes % 5 = 0)", name="minutes"),)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id", ondelete="CASCADE"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id", ondelete="CASCADE"), primary_key=True, index=True)
    minutes: Mapped[int | None]
    counter: Mapped[Counter] = relationship(back_populates="services")
    procedure: Mapped[Procedure] = relationship()


class Opening(Base):
    """Weekly reception hours of an office: one row a session. `counter_id` set: that counter only, instead of the office's."""

    __tablename__ = "opening"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"), CheckConstraint("opens < closes", name="order"))
    id: Mapped[Key]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    weekday: Mapped[int]  # 0 = Monday
    opens: Mapped[time]
    closes: Mapped[time]


class DayHours(Base):
    """Dated exception: on this day these hours hold instead of the weekly ones (a Saturday session, an early close)."""

    __tablename__ = "day_hours"
    __table_args__ = (CheckConstraint("opens < closes", name="order"),)
    id: Mapped[Key]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    day: Mapped[date]
    opens: Mapped[time]
    closes: Mapped[time]
    reason: Mapped[Line] = mapped_column(default="")


class Closure(Base):
    """An office, or one of its counters, is closed from a day to a day (both included); times narrow it within a day."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="order"),)
    id: Mapped[Key]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    from_time: Mapped[time | None]
    to_time: Mapped[time | None]
    reason: Mapped[Line] = mapped_column(default="")


class Holiday(Base):
    """A public day off, or a make-up day worked in its place. Seeded from a library, edited by the office."""

    __tablename__ = "holiday"
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[Line]
    works: Mapped[bool] = mapped_column(default=False)  # True: a Saturday worked in exchange ("ngày làm bù")


class CatalogueVersion(Base):
    """One row, with a new random number at every change of the tables above: a process whose snapshot has another reads anew."""

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: Mapped[Key]
    version: Mapped[int] = mapped_column(BigInteger)
