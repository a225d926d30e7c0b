"""Tables: who asked to be invited, and what invited people answered."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, Items, Key, Line, Text, Word

STATES = ("pending", "active", "ended")
FORGOTTEN = "forgotten:"  # begins the address of a row that was emptied; no real one has a colon there
ANSWERS = ("yes", "no", "missed")
REASONS = ("gio-giac", "xa", "khong-tin-co-ket-qua", "khong-dung-linh-vuc", "ngai-noi", "khac")


class Subscriber(Base):
    """A business that asked to be invited to every meeting, or to those in its own fields.

    pending: asked, the address not confirmed, nothing agreed to yet; active: confirmed and agreed; ended: wants no more.
    """

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'active', 'ended')", name="state"),
        CheckConstraint("state <> 'active' OR confirmed_at IS NOT NULL", name="confirmed"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("email <> '' AND phone <> ''", name="reachable"),
        Index("ix_subscriber_state", "state"),
    )
    id: Mapped[Key]
    email: Mapped[Line] = mapped_column(unique=True)  # without case
    phone: Mapped[Word]  # E.164
    name: Mapped[Line]  # of the business
    contact: Mapped[Line]
    search_key: Mapped[Text]
    kind: Mapped[Word] = mapped_column(default="")
    tax_code: Mapped[Word] = mapped_column(default="")
    fields: Mapped[Items] = mapped_column(default=list)  # of staff.models.FIELDS; empty = every meeting
    locale: Mapped[Word] = mapped_column(default="vi")
    state: Mapped[Word] = mapped_column(default="pending")
    asked_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)  # of the links: grows when older ones must die
    letters: Mapped[int] = mapped_column(default=0)  # about the subscription itself; the version of the last one
    sample: Mapped[bool] = mapped_column(default=False)

    @property
    def about(self) -> str:
        return f"subscriber:{self.id}"


class Reply(Base):
    """What an invited subscriber answered (yes, no), or why somebody with a seat did not come (missed)."""

    __tablename__ = "reply"
    __table_args__ = (
        UniqueConstraint("meeting_id", "subscriber_id"),
        CheckConstraint("answer IN ('yes', 'no', 'missed')", name="answer"),
        CheckConstraint("(answer = 'missed') = (sign_up_id IS NOT NULL)", name="missed"),
        CheckConstraint("(subscriber_id IS NULL) = (sign_up_id IS NOT NULL)", name="who"),
        CheckConstraint(
            "why IN ('', 'gio-giac', 'xa', 'khong-tin-co-ket-qua', 'khong-dung-linh-vuc', 'ngai-noi', 'khac')", name="why"
        ),
        CheckConstraint("answer <> 'yes' OR why = ''", name="yes"),
    )
    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"))
    sign_up_id: Mapped[int | None] = mapped_column(ForeignKey("sign_up.id"), unique=True)
    answer: Mapped[Word]
    answered_at: Mapped[Instant]
    why: Mapped[Word] = mapped_column(default="")
    words: Mapped[Text] = mapped_column(default="")
