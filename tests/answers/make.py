"""Builders: units with a field, questions of every kind sorted under items, sent to their units."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from app import clock
from app.answers import actions
from app.answers.models import AnswerDraft
from app.db import db, transaction
from app.meetings import agenda, filing
from app.meetings.models import AgendaItem, Meeting, Question
from app.outbox.models import Message
from app.staff.models import Officer, Unit

DUE = date(2026, 12, 3)  # a Thursday, two working days before the meeting


def unit(name: str = "Chi cục Thuế", field: str = "tax", email: str = "thue@hen.example", **facts: Any) -> Unit:
    with transaction() as session:
        made = Unit(name=name, field=field, email=email, **facts)
        session.add(made)
    return made


def leader(email: str = "chu-tich@hen.example") -> Officer:
    with transaction() as session:
        made = Officer(email=email, name="Nguyễn Văn Chủ", role="leader")
        session.add(made)
    return made


def question(meeting: Meeting, number: int = 1, item: AgendaItem | None = None, **facts: Any) -> Question:
    """Filed by itself, and sorted under the item."""
    known = {
        "text": f"Câu hỏi số {number}?", "name": f"Cơ sở số {number}", "contact": "Nguyễn Văn Đệ", "phone": f"+84912{number:06d}",
        "email": f"so{number}@example.vn", "field": "tax",
    }  # fmt: skip
    with transaction() as session:
        made = filing.add(session, session.get_one(Meeting, meeting.id), filing.Filed(**(known | facts)), clock.now())
    if item is not None:
        agenda.assign(made.id, item.id)
    return made


def item(meeting: Meeting, title: str = "Thuế", minutes: int = 30, **facts: Any) -> AgendaItem:
    return agenda.add(meeting.id, agenda.Item(title, minutes, **facts))


def sent(meeting: Meeting, whose: Unit, count: int = 1, **facts: Any) -> list[Question]:
    """A unit's item with questions, sent to it."""
    under = item(meeting, unit_id=whose.id)
    made = [question(meeting, number, under, **facts) for number in range(1, count + 1)]
    actions.send(meeting.id, DUE)
    return made


def fresh(row: Question) -> Question:
    return db.session.get_one(Question, row.id, populate_existing=True)


def draft_of(row: Question, whose: Unit) -> AnswerDraft:
    return db.session.get_one(AnswerDraft, (row.id, whose.id), populate_existing=True)


def letters(kind: str, about: str = "") -> list[Message]:
    """Not taken back, oldest first."""
    db.session.rollback()
    rows = sa.select(Message).where(Message.kind == kind, Message.state != "withdrawn").order_by(Message.id)
    found = db.session.scalars(rows.execution_options(populate_existing=True)).all()
    return [row for row in found if not about or row.about == about]


def leave() -> None:
    """Everything written so far has left."""
    with transaction() as session:
        session.execute(
            sa.update(Message).where(Message.state == "waiting").values(state="sent", handed_at=clock.now(), sent_at=clock.now())
        )
