"""Tables: promises, their history, the papers that prove them, and the askers whose word counts."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Key, Line, Text, Word
from app.staff.models import Unit

KINDS = ("deed", "written")  # something to be done; an answer to be given in writing
VERDICTS = ("yes", "partly", "no")  # the asker's: did it help?
EVENTS = ("made", "postponed", "waiting", "resumed", "done", "proof", "verdict", "reopened", "amended", "withdrawn")


class Promise(Base):
    """One commitment; its number in the ledger is its id. The columns are present facts, `PromiseEvent` says how they came.

    Triggers of the database refuse to remove it and to change what was first promised (migration 0004).
    """

    __tablename__ = "promise"
    __table_args__ = (
        CheckConstraint("kind IN ('deed', 'written')", name="kind"),
        CheckConstraint("verdict IN ('', 'yes', 'partly', 'no')", name="verdict"),
        CheckConstraint("(done_on IS NULL) = (done_recorded_at IS NULL)", name="done"),
        CheckConstraint("(waiting_since IS NULL) = (waiting_for = '')", name="waiting"),
        CheckConstraint("first_due >= made_on AND due >= first_due", name="days"),
        Index("ix_promise_open", "done_on", "due"),
    )
    id: Mapped[Key]
    kind: Mapped[Word] = mapped_column(default="deed")
    occasion: Mapped[Word] = mapped_column(index=True)  # where it was made: "meeting:3"
    occasion_on: Mapped[date]
    about: Mapped[Word] = mapped_column(default="", index=True)  # what it answers: "question:12"
    raised: Mapped[Text] = mapped_column(default="")  # the difficulty, in words that may be public
    raised_by: Mapped[Line] = mapped_column(default="")  # only a name that may be public
    field: Mapped[Word] = mapped_column(default="")  # of staff.models.FIELDS
    what: Mapped[Text]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    public: Mapped[bool] = mapped_column(default=True)  # False: from a question for the leader alone
    made_on: Mapped[date]
    first_due: Mapped[date]
    due: Mapped[date]
    postponed: Mapped[int] = mapped_column(default=0)
    waiting_for: Mapped[Line] = mapped_column(default="")  # somebody outside the unit: the clock stands
    waiting_since: Mapped[date | None]
    done_on: Mapped[date | None]  # what the unit says happened
    done_recorded_at: Mapped[Instant | None]
    proof_number: Mapped[Line] = mapped_column(default="")  # "412/CCT-NV"
    proof_text: Mapped[Text] = mapped_column(default="")
    verdict: Mapped[Word] = mapped_column(default="")  # the askers' together: the worst counts
    reopened: Mapped[int] = mapped_column(default=0)
    withdrawn_on: Mapped[date | None]  # taken back by amended minutes
    sequence: Mapped[int] = mapped_column(default=0)  # grows with every change people must see
    sample: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class PromiseEvent(Base):
    """One line of a promise's history. Triggers of the database refuse to change or remove it."""

    __tablename__ = "promise_event"
    __table_args__ = (
        # A promise begins once.
        Index(
            "uq_promise_event_made", "promise_id", unique=True,
            sqlite_where=text("kind = 'made'"), postgresql_where=text("kind = 'made'"),
        ),
    )  # fmt: skip
    id: Mapped[Key]
    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id"), index=True)
    kind: Mapped[Word]  # of EVENTS
    happened_on: Mapped[date]
    recorded_at: Mapped[Instant]
    actor: Mapped[Line]  # "officer:3", "unit:5", "asker", "system"
    reason: Mapped[Text] = mapped_column(default="")
    due_before: Mapped[date | None]
    due_after: Mapped[date | None]


class PromiseFile(Base):
    """A paper that proves it, checked by its content. In the database: one transaction, one backup, no path to guess."""

    __tablename__ = "promise_file"
    __table_args__ = (Index("uq_promise_file_sha256", "promise_id", "sha256", unique=True),)  # the same paper twice is one
    id: Mapped[Key]
    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id"), index=True)
    name: Mapped[Line]  # ours: never the one it came with
    media_type: Mapped[Word]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[Instant]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class PromiseAsker(Base):
    """Somebody whose difficulty this promise answers, and their word on whether it helped."""

    __tablename__ = "promise_asker"
    __table_args__ = (CheckConstraint("verdict IN ('', 'yes', 'partly', 'no')", name="verdict"),)
    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id"), primary_key=True)
    about: Mapped[Word] = mapped_column(primary_key=True)  # "question:12"
    link: Mapped[Line]  # their own page, with its token
    email: Mapped[Line] = mapped_column(default="")
    phone: Mapped[Word] = mapped_column(default="")
    locale: Mapped[Word] = mapped_column(default="vi")
    verdict: Mapped[Word] = mapped_column(default="")
    said_at: Mapped[Instant | None]
    words: Mapped[Text] = mapped_column(default="")  # for the office, never public
