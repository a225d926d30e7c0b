"""Tables: messages, and the heartbeat of the schedulers."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Facts, Instant, Key, Line, Text, Word

STATES = ("waiting", "sending", "handing", "sent", "failed", "in_doubt", "late", "withdrawn")
CHANNELS = ("email", "sms", "call")


class Message(Base):
    """One message to one person by one channel.

    waiting → sending (claimed, leased) → handing (hand-over marked) → sent
    and aside: failed (refused for good), in_doubt (crash while handing), late (no longer useful), withdrawn (the fact changed).
    A `call` row is never sent by the machine: it stands on the staff call list until somebody has telephoned.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("about", "kind", "version", "channel"),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'handing', 'sent', 'failed', 'in_doubt', 'late', 'withdrawn')", name="state"
        ),
        CheckConstraint("channel IN ('email', 'sms', 'call')", name="channel"),
        Index("ix_message_due", "state", "due_at"),
    )
    id: Mapped[Key]
    about: Mapped[Word] = mapped_column(index=True)  # "appointment:12"
    kind: Mapped[Word]  # "booked", "reminder_day_before"
    version: Mapped[int]  # of the fact it tells: a move makes a new one
    channel: Mapped[Word]
    recipient: Mapped[Line]  # e-mail address or E.164 number
    locale: Mapped[Word] = mapped_column(default="vi")
    template: Mapped[Line]  # "appointments/booked" -> templates/mail/appointments/booked.txt and .html
    facts: Mapped[Facts]  # what the template needs, JSON only; `event` (see app.calendars) becomes the attached calendar file
    due_at: Mapped[Instant]
    useful_until: Mapped[Instant | None]
    polite: Mapped[bool]  # leaves only in the sending hours; an answer to a person's own act does not wait
    state: Mapped[Word] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)  # hand-overs repeated after a crash in the middle of one
    claimed_by: Mapped[Word | None]
    lease_until: Mapped[Instant | None]
    handed_at: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    error: Mapped[Text | None]
    message_id: Mapped[Line]  # RFC 5322 Message-ID, fixed when written
    written_at: Mapped[Instant]


class Heartbeat(Base):
    """When each scheduler last beat; /readyz watches the youngest."""

    __tablename__ = "heartbeat"
    worker: Mapped[Line] = mapped_column(primary_key=True)
    beat_at: Mapped[Instant]
