"""The roof: personal data goes when its time is over; what the office must keep stays without it.

Each rule names its table, the rows whose time is over and still hold something, and what is taken out of them. Rows stay:
figures, history and the trail still add up. Periods are those the privacy page promises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select

from app import audit, clock
from app.appointments.models import Appointment, Hold
from app.db import Base, db, transaction
from app.dossiers.models import Dossier, DossierEvent
from app.meetings.models import Meeting, Question, SignUp
from app.outbox.models import Message
from app.reconciliation.models import Finding, MachineRow, MachineUpload
from app.text import fold

BATCH = 500  # rows a transaction: nobody waits long for the write lock
VISITS, LETTERS, MEETINGS, DRAFTS = timedelta(days=90), timedelta(days=180), timedelta(days=730), timedelta(days=1)
DOSSIERS = timedelta(days=730)
ENDED = ("sent", "failed", "late", "withdrawn", "in_doubt")


@dataclass(frozen=True)
class Rule:
    """`over`: which rows of `table` are past their time and still hold something; `blank` takes it out of one."""

    says: str
    table: type[Base]
    over: Callable[[datetime], ColumnElement[bool]]
    blank: Callable[[Any], None]


def run(dry: bool = False) -> list[tuple[Rule, int]]:
    """How many rows each rule emptied (or would empty)."""
    now = clock.now()
    return [(rule, _count(rule, now) if dry else _apply(rule, now)) for rule in RULES]


def _count(rule: Rule, now: datetime) -> int:
    return db.session.scalar(select(func.count()).select_from(rule.table).where(rule.over(now))) or 0


def _apply(rule: Rule, now: datetime) -> int:
    done = 0
    while _count(rule, now):  # a look without the write lock
        with transaction() as session:
            rows = session.scalars(select(rule.table).where(rule.over(now)).limit(BATCH)).unique().all()
            for row in rows:
                rule.blank(row)
            audit.record(session, "retention", rule.table.__tablename__, None, {"rows": len(rows)})
        done += len(rows)
    return done


def emptied(*names: str) -> Callable[[Any], None]:
    """Sets text columns to nothing."""

    def blank(row: Any) -> None:
        for name in names:
            setattr(row, name, "")

    return blank


def _blank_visit(row: Appointment) -> None:
    emptied("name", "search_key", "phone", "email", "note", "booked_by")(row)
    row.needs = []


def _blank_hold(row: Hold) -> None:
    row.answers = {}


def _blank_seat(row: SignUp) -> None:
    """Which businesses came stays on record; who came for them, and how to reach them, goes."""
    emptied("contact", "phone", "email", "tax_code", "request_key")(row)
    row.search_key = fold(f"{row.name} {row.code}")


def _blank_letter(row: Message) -> None:
    """That it left, and when, stays; to whom and with which words goes."""
    row.recipient, row.facts, row.error = "", {}, None


def _blank_upload(row: MachineUpload) -> None:
    row.content = b""


def _of_old_meeting(column: Any, now: datetime) -> ColumnElement[bool]:
    return and_(column.in_(select(Meeting.id).where(Meeting.ends_at < now - MEETINGS)))


RULES = (
    Rule(
        "visits: name, phone, e-mail, note and needs after 90 days", Appointment,
        lambda now: and_(Appointment.starts_at < now - VISITS, Appointment.phone != ""), _blank_visit,
    ),
    Rule(
        "what was filled in on the way to a booking, after a day", Hold,
        lambda now: and_(Hold.expires_at < now - DRAFTS, func.length(cast(Hold.answers, String)) > 2), _blank_hold,
    ),
    Rule(
        "seats at meetings: contact, phone, e-mail and tax code after 24 months", SignUp,
        lambda now: and_(_of_old_meeting(SignUp.meeting_id, now), SignUp.phone != ""), _blank_seat,
    ),
    Rule(
        "questions: contact, phone and e-mail after 24 months", Question,
        lambda now: and_(_of_old_meeting(Question.meeting_id, now), or_(Question.phone != "", Question.contact != "")),
        emptied("contact", "phone", "email", "request_key"),
    ),
    Rule(
        "the e-one-stop list: owner after 24 months", MachineRow,
        lambda now: and_(MachineRow.promised_at < now - DOSSIERS, MachineRow.owner != ""), emptied("owner"),
    ),
    Rule(
        "findings: who signed, after 24 months", Finding,
        lambda now: and_(Finding.recorded_at < now - DOSSIERS, Finding.recipient != ""), emptied("recipient"),
    ),
    Rule(
        "dossiers: owner, phone and e-mail after 24 months", Dossier,
        lambda now: and_(Dossier.due_at < now - DOSSIERS, Dossier.finished_at.is_not(None), Dossier.owner != ""),
        emptied("owner", "search_key", "phone", "email"),
    ),
    Rule(
        "dossiers' histories: who received the result, after 24 months", DossierEvent,
        lambda now: and_(DossierEvent.recorded_at < now - DOSSIERS, DossierEvent.recipient != ""), emptied("recipient"),
    ),
    Rule(
        "lists handed in and never confirmed, after a day", MachineUpload,
        lambda now: and_(MachineUpload.made_at < now - DRAFTS, func.length(MachineUpload.content) > 0), _blank_upload,
    ),
    Rule(
        "messages that left or stand aside: recipient and words after 180 days", Message,
        lambda now: and_(Message.state.in_(ENDED), Message.written_at < now - LETTERS, Message.recipient != ""), _blank_letter,
    ),
)  # fmt: skip
