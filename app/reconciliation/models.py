"""Tables: lists read in from the e-one-stop system, what it says of each code, our findings, remembered columns."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Facts, Instant, Key, Line, Text, Word
from app.dossiers.models import EVIDENCE as EVIDENCE

REASONS = ("a", "b", "c", "d", "e", "f", "g")  # how a false overdue arises: domain §4.6
VERDICTS = ("in_time", "late", "paused", "misconfigured")


class MachineImport(Base):
    """One file. The same content twice is the same import."""

    __tablename__ = "machine_import"
    id: Mapped[Key]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    rows: Mapped[int]
    imported_at: Mapped[Instant]
    actor: Mapped[Line]
    sample: Mapped[bool] = mapped_column(default=False)


class MachineUpload(Base):
    """A file between its handing in and its confirmation: forms cannot carry it from one page to the next."""

    __tablename__ = "machine_upload"
    __table_args__ = (CheckConstraint("kind IN ('list', 'returns')", name="kind"),)
    token: Mapped[Word] = mapped_column(primary_key=True)
    kind: Mapped[Word]  # "list": of the e-one-stop system; "returns": the signed book of what was handed over
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[Instant]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Urging(Base):
    """A week's letter to a unit about what its officers have not recorded, and the unit's word that it came."""

    __tablename__ = "urging"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)  # its Monday
    codes: Mapped[int]  # how many dossiers it names
    sent_at: Mapped[Instant]
    acknowledged_at: Mapped[Instant | None]
    escalated_at: Mapped[Instant | None]


class MachineRow(Base):
    """What the e-one-stop system says of one dossier, as of the last list that named it."""

    __tablename__ = "machine_row"
    __table_args__ = (
        CheckConstraint("status BETWEEN 0 AND 10", name="status"),
        Index("ix_machine_row_promised", "promised_at"),
        Index("ix_machine_row_report", "received_at", "finished_at", "promised_at", "channel", "status", "field"),
    )
    code: Mapped[Word] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("machine_import.id"), index=True)
    matter: Mapped[Line] = mapped_column(default="")
    field: Mapped[Line] = mapped_column(default="")
    channel: Mapped[Word] = mapped_column(default="counter")
    owner: Mapped[Line] = mapped_column(default="")
    office: Mapped[Line] = mapped_column(default="")  # as written there
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    officer: Mapped[Line] = mapped_column(default="")  # as written there
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"), index=True)
    status: Mapped[int] = mapped_column(default=0)  # national list of ten; 0 = not given
    received_at: Mapped[Instant]
    promised_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]  # the click "done" (9)
    handed_at: Mapped[Instant | None]  # the click "handed over" (10)
    first_seen_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    clicked_seen_at: Mapped[Instant | None]  # when a list first showed it finished
    finding_id: Mapped[int | None]  # the last one of this code


class Finding(Base):
    """What somebody found out about a code, with its evidence. Triggers of the database refuse to change or remove it."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("verdict IN ('in_time', 'late', 'paused', 'misconfigured')", name="verdict"),
        CheckConstraint("reason IN ('', 'a', 'b', 'c', 'd', 'e', 'f', 'g')", name="reason"),
        CheckConstraint("evidence IN ('receipt', 'signature', 'postal', 'statement')", name="evidence"),
    )
    id: Mapped[Key]
    code: Mapped[Word] = mapped_column(ForeignKey("machine_row.code"), index=True)
    verdict: Mapped[Word]
    reason: Mapped[Word] = mapped_column(default="")
    handed_at: Mapped[Instant | None]  # observed on the paper
    evidence: Mapped[Word]
    proof: Mapped[Line] = mapped_column(default="")
    recipient: Mapped[Line] = mapped_column(default="")
    note: Mapped[Text] = mapped_column(default="")
    recorded_at: Mapped[Instant]
    actor: Mapped[Line]


class Columns(Base):
    """Which header means what, remembered by the set of headers a list came with."""

    __tablename__ = "machine_columns"
    headers: Mapped[str] = mapped_column(String(64), primary_key=True)  # digest of the folded headers
    meaning: Mapped[Facts]  # our name -> their header
    confirmed_at: Mapped[Instant]
