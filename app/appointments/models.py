"""Tables: appointments, the claims that forbid a double booking, holds, and each day's stamp."""

from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Facts, Instant, Items, Key, Line, Word
from app.offices.models import Counter, Office, Procedure

STATES = ("booked", "arrived", "served", "missed", "cancelled")
TICK = timedelta(minutes=5)
COMES = text("collects <> '' AND state = 'booked'")


class Appointment(Base):
    """One person's time at one counter. Moving keeps the row, its code and its calendar UID; `sequence` grows."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("state IN ('booked', 'arrived', 'served', 'missed', 'cancelled')", name="state"),
        CheckConstraint("minutes > 0 AND minutes % 5 = 0", name="minutes"),
        Index("ix_appointment_day", "office_id", "starts_at"),
        Index("ix_appointment_phone", "phone", "state"),
        Index("uq_appointment_collects", "collects", "starts_at", unique=True, sqlite_where=COMES, postgresql_where=COMES),
    )
    id: Mapped[Key]
    code: Mapped[Word] = mapped_column(unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    starts_at: Mapped[Instant]
    minutes: Mapped[int]
    name: Mapped[Line]
    search_key: Mapped[Line]
    phone: Mapped[Word]  # E.164
    email: Mapped[Line] = mapped_column(default="")
    locale: Mapped[Word] = mapped_column(default="vi")
    needs: Mapped[Items]  # "wheelchair", "writing", "interpreter", "elderly": declared, never documented
    note: Mapped[Line] = mapped_column(default="")
    booked_by: Mapped[Line] = mapped_column(default="")  # when it is not the person who comes
    collects: Mapped[Word] = mapped_column(default="")  # code of the dossier whose result is handed over at this time
    state: Mapped[Word] = mapped_column(default="booked")
    sequence: Mapped[int] = mapped_column(default=0)
    booked_at: Mapped[Instant]
    told_at: Mapped[Instant]  # when the time was last set: reminders are reckoned from it
    coming_at: Mapped[Instant | None]  # "I will come"
    arrived_at: Mapped[Instant | None]
    served_at: Mapped[Instant | None]
    missed_at: Mapped[Instant | None]
    cancelled_at: Mapped[Instant | None]
    office: Mapped[Office] = relationship()
    counter: Mapped[Counter] = relationship()
    procedure: Mapped[Procedure] = relationship()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def about(self) -> str:
        return f"appointment:{self.id}"


class Hold(Base):
    """A time kept for one browser while its person fills in the form; answers stay here between the steps."""

    __tablename__ = "hold"
    id: Mapped[Key]
    token: Mapped[str] = mapped_column(String(40), unique=True)
    browser: Mapped[Word] = mapped_column(index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    starts_at: Mapped[Instant]
    minutes: Mapped[int]
    made_at: Mapped[Instant]
    expires_at: Mapped[Instant] = mapped_column(index=True)
    answers: Mapped[Facts]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), unique=True)


class Claim(Base):
    """One tick of one counter, given to an appointment or to a hold. The primary key is the guarantee."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint(
            "(appointment_id IS NOT NULL AND hold_id IS NULL AND expires_at IS NULL)"
            " OR (appointment_id IS NULL AND hold_id IS NOT NULL AND expires_at IS NOT NULL)",
            name="owner",
        ),
        {"sqlite_with_rowid": False},
    )
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), primary_key=True)
    tick: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # five-minute steps since 1970, UTC
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"), index=True)
    expires_at: Mapped[Instant | None]


class DayStamp(Base):
    """A new random number whenever a claim of this office and day changes: cached free times with another one are old.

    Its row is also the lock that writers of one office-day take in turn on PostgreSQL.
    """

    __tablename__ = "day_stamp"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    stamp: Mapped[int] = mapped_column(BigInteger)  # 48 bits: the sum over a year of days still fits
