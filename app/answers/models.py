"""Tables: what a unit was asked for a meeting, what it says to each question, and whether that is enough for the asker."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Key, Text, Word
from app.meetings.models import Meeting
from app.staff.models import Unit

STAGES = ("", "before", "due", "late")  # how far reminding has come: each once, in this order


class UnitRequest(Base):
    """A unit is asked to answer its questions before a meeting. Whether it has is computed from its drafts."""

    __tablename__ = "unit_request"
    __table_args__ = (
        UniqueConstraint("meeting_id", "unit_id"),
        CheckConstraint("reminded IN ('', 'before', 'due', 'late')", name="reminded"),
        CheckConstraint("(reminded = '') = (reminded_at IS NULL)", name="reminded_at"),
    )
    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    sent_at: Mapped[Instant]  # the last time
    due_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=1)  # grows with every sending; reminding begins anew
    reminded: Mapped[Word] = mapped_column(default="")
    reminded_at: Mapped[Instant | None]
    meeting: Mapped[Meeting] = relationship(innerjoin=True)
    unit: Mapped[Unit] = relationship(innerjoin=True)

    @property
    def about(self) -> str:
        return f"unit_request:{self.id}"


class AnswerDraft(Base):
    """A question put to a unit, and what the unit says: an answer, or the day it will come."""

    __tablename__ = "answer_draft"
    __table_args__ = (
        CheckConstraint("(revision = 0) = (written_at IS NULL)", name="written"),
        CheckConstraint("(revision = 0) = (text = '' AND promised_on IS NULL)", name="said"),
    )
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    sent_at: Mapped[Instant]
    text: Mapped[Text] = mapped_column(default="")
    promised_on: Mapped[date | None]
    written_at: Mapped[Instant | None]
    revision: Mapped[int] = mapped_column(default=0)  # which one a page showed: two people of a unit do not overwrite each other
    unit: Mapped[Unit] = relationship(innerjoin=True)


class AnswerConsent(Base):
    """An asker's word on a released answer: enough, or it is still to be said at the meeting."""

    __tablename__ = "answer_consent"
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    enough: Mapped[bool]
    said_at: Mapped[Instant]
