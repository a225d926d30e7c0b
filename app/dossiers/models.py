"""Tables: dossiers and their history."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Key, Line, Text, Word
from app.offices.models import Office, Procedure
from app.staff.models import Unit

CHANNELS = ("counter", "online", "post")
RETURNS = ("desk", "post")
PAUSES = ("supplement", "duty", "agency")  # waiting for papers, for a payment, for an agency outside
ENDS = ("withdrawn", "refused", "stopped")  # without a result; by the official count these are on time
EVENTS = (
    "received", "supplement", "duty", "agency", "resumed", "extended", "finished", "handed_over", "posted", "withdrawn",
    "refused", "stopped", "return_by",
)  # fmt: skip
EVIDENCE = ("", "receipt", "signature", "postal", "statement")  # hand-over receipt, signed list, postal number, an officer's word


class Dossier(Base):
    """One dossier as the paper has it. Its code is the official one; ours never looks like it."""

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint("channel IN ('counter', 'online', 'post')", name="channel"),
        CheckConstraint("return_by IN ('desk', 'post')", name="return_by"),
        CheckConstraint("pause IN ('', 'supplement', 'duty', 'agency')", name="pause"),
        CheckConstraint("(pause = '') = (paused_at IS NULL)", name="paused"),
        CheckConstraint("ended_as IN ('', 'withdrawn', 'refused', 'stopped')", name="ended_as"),
        CheckConstraint("promised_at >= received_at AND due_at >= promised_at", name="times"),
        CheckConstraint("handed_at IS NULL OR finished_at IS NOT NULL", name="handed"),
        CheckConstraint("finished_at IS NULL OR finished_at >= received_at", name="finished"),
        CheckConstraint("handed_at IS NULL OR handed_at >= finished_at", name="order"),
        CheckConstraint("matter <> '' OR procedure_id IS NOT NULL", name="matter"),
        Index("ix_dossier_received", "received_at"),
        Index("ix_dossier_finished", "finished_at"),
        Index("ix_dossier_open", "finished_at", "due_at"),
        Index("ix_dossier_report", "office_id", "field", "received_at", "finished_at", "due_at", "channel", "ended_as", "pause",
              "paused_at", "return_by", "extended_at", "sample"),
    )  # fmt: skip
    id: Mapped[Key]
    code: Mapped[Word] = mapped_column(unique=True)  # "H15.50.05.13-261008-0975", upper case
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id"), index=True)
    matter: Mapped[Line] = mapped_column(default="")  # the procedure's name as it came, where it is none of ours
    field: Mapped[Line] = mapped_column(default="")  # "Hộ tịch": of the procedure, or as it came
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # where it was received; ix_dossier_report begins with it
    deciding_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # who decides, when it is another
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # who handles it
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"), index=True)  # who answers for the clicks
    channel: Mapped[Word] = mapped_column(default="counter")
    owner: Mapped[Line]
    search_key: Mapped[Text] = mapped_column(default="")  # folded owner, code
    phone: Mapped[Word] = mapped_column(default="")  # E.164
    email: Mapped[Line] = mapped_column(default="")
    locale: Mapped[Word] = mapped_column(default="vi")
    visit: Mapped[Word] = mapped_column(default="", index=True)  # code of the appointment it was received at
    received_at: Mapped[Instant]
    duration: Mapped[float] = mapped_column(Numeric(6, 2, asdecimal=False), default=0)  # what the promise was reckoned from
    duration_unit: Mapped[Word] = mapped_column(default="working_day")
    promised_at: Mapped[Instant]  # as printed on the receipt
    due_at: Mapped[Instant]  # as moved by pauses and the one extension
    extended_at: Mapped[Instant | None]  # when the apology with the new date was issued; once
    pause: Mapped[Word] = mapped_column(default="")
    paused_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]  # the result was ready
    handed_at: Mapped[Instant | None]  # the citizen got it
    ended_as: Mapped[Word] = mapped_column(default="")
    return_by: Mapped[Word] = mapped_column(default="desk")
    tracking: Mapped[Line] = mapped_column(default="")  # postal number
    sequence: Mapped[int] = mapped_column(default=0)  # grows with every change the citizen is told of
    sample: Mapped[bool] = mapped_column(default=False)
    procedure: Mapped[Procedure | None] = relationship()
    office: Mapped[Office] = relationship(foreign_keys=[office_id])
    deciding: Mapped[Office | None] = relationship(foreign_keys=[deciding_id])
    unit: Mapped[Unit | None] = relationship()

    @property
    def about(self) -> str:
        return f"dossier:{self.id}"


class DossierEvent(Base):
    """One thing that happened to a dossier. Triggers of the database refuse to change or remove it."""

    __tablename__ = "dossier_event"
    __table_args__ = (CheckConstraint("evidence IN ('', 'receipt', 'signature', 'postal', 'statement')", name="evidence"),)
    id: Mapped[Key]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[Word]  # of EVENTS
    happened_at: Mapped[Instant]  # what the paper says
    recorded_at: Mapped[Instant]  # when it was entered here
    actor: Mapped[Line]
    evidence: Mapped[Word] = mapped_column(default="")
    proof: Mapped[Line] = mapped_column(default="")  # number of the receipt, page of the list, postal number, who states it
    recipient: Mapped[Line] = mapped_column(default="")
    reason: Mapped[Text] = mapped_column(default="")
    due_before: Mapped[Instant | None]
    due_after: Mapped[Instant | None]
