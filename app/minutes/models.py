"""Tables: minutes in their versions, their items, the questions each item dealt with, the promises made there."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Key, Line, Text, Word
from app.meetings.models import Meeting, Question
from app.promises.models import Promise
from app.staff.models import Unit

PAPER = ("issuer", "place", "document_number", "signed_on", "signer_title", "signer_name", "recorder", "present", "closing",
         "recipients")  # fmt: skip


class Minutes(Base):
    """One version of a meeting's minutes. Once `finalised_at` is set, triggers refuse every change (migration 0004)."""

    __tablename__ = "minutes"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("number = 1 OR amended_why <> ''", name="amended"),
        CheckConstraint("(finalised_at IS NULL) = (finalised_by IS NULL)", name="final"),
        Index(
            "uq_minutes_draft", "meeting_id", unique=True,
            sqlite_where=text("finalised_at IS NULL"), postgresql_where=text("finalised_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    number: Mapped[int]  # of the version: 1, 2, …
    amended_why: Mapped[Line] = mapped_column(default="")
    begun_at: Mapped[Instant]
    finalised_at: Mapped[Instant | None]
    finalised_by: Mapped[int | None]  # officer
    changes: Mapped[int] = mapped_column(default=0)  # grows with every change to anything in it: what a reviewer has seen
    # What the printed papers need besides.
    revision: Mapped[int] = mapped_column(default=0)  # of these
    request_key: Mapped[Word] = mapped_column(default="")  # of the form that last changed them
    issuer: Mapped[Line] = mapped_column(default="")  # the body that issues them; its superior on a line above
    place: Mapped[Line] = mapped_column(default="")
    document_number: Mapped[Word] = mapped_column(default="")  # "12/TB-UBND"
    signed_on: Mapped[date | None]
    signer_title: Mapped[Line] = mapped_column(default="")
    signer_name: Mapped[Line] = mapped_column(default="")
    recorder: Mapped[Line] = mapped_column(default="")
    present: Mapped[Text] = mapped_column(default="")
    closing: Mapped[Text] = mapped_column(default="")  # the chair's closing words
    recipients: Mapped[Text] = mapped_column(default="")
    meeting: Mapped[Meeting] = relationship(innerjoin=True)

    @property
    def final(self) -> bool:
        return self.finalised_at is not None


class MinuteItem(Base):
    """What was said about one point, and what came of it."""

    __tablename__ = "minute_item"
    __table_args__ = (
        CheckConstraint("outcome IN ('', 'spot', 'writing', 'beyond', 'noted')", name="outcome"),
        CheckConstraint("forwarded_to = '' OR outcome = 'beyond'", name="forwarded"),
        CheckConstraint("kind IN ('business', 'office', 'break')", name="kind"),
    )
    id: Mapped[Key]
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    position: Mapped[int]
    agenda_item_id: Mapped[int | None]  # by number only: the programme may still lose the item
    kind: Mapped[Word] = mapped_column(default="business")  # as the programme had it
    title: Mapped[Line]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # who answered
    said: Mapped[Text] = mapped_column(default="")
    outcome: Mapped[Word] = mapped_column(default="")  # of meetings.models.OUTCOMES
    forwarded_to: Mapped[Line] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    request_key: Mapped[Word] = mapped_column(default="")  # of the form that last changed it
    edited_at: Mapped[Instant | None]
    edited_by: Mapped[int | None]  # officer
    unit: Mapped[Unit | None] = relationship(lazy="joined")


class MinuteQuestion(Base):
    """This item dealt with this question."""

    __tablename__ = "minute_question"
    __table_args__ = (CheckConstraint("outcome IN ('', 'spot', 'writing', 'beyond', 'noted')", name="outcome"),)
    item_id: Mapped[int] = mapped_column(ForeignKey("minute_item.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True, index=True)
    outcome: Mapped[Word] = mapped_column(default="")  # its own, where it differs from the item's
    question: Mapped[Question] = relationship(innerjoin=True)


class MinutePromise(Base):
    """A promise as it was said: who does what by when. Once in the ledger it is locked: a new version can only put it off or
    withdraw it, and says why."""

    __tablename__ = "minute_promise"
    __table_args__ = (
        CheckConstraint("kind IN ('deed', 'written')", name="kind"),
        CheckConstraint("(change_why = '') = (put_off_to IS NULL AND NOT withdrawn)", name="change"),
        CheckConstraint("promise_id IS NOT NULL OR change_why = ''", name="locked"),
    )
    id: Mapped[Key]
    item_id: Mapped[int] = mapped_column(ForeignKey("minute_item.id"), index=True)
    what: Mapped[Text]
    kind: Mapped[Word] = mapped_column(default="deed")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    due_on: Mapped[date | None]
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))  # none: the whole item
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("promise.id"), index=True)  # once in the ledger
    put_off_to: Mapped[date | None]  # by this version
    withdrawn: Mapped[bool] = mapped_column(default=False)  # by this version
    change_why: Mapped[Line] = mapped_column(default="")
    unit: Mapped[Unit | None] = relationship()
    question: Mapped[Question | None] = relationship()
    promise: Mapped[Promise | None] = relationship()
