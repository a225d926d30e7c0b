"""Acts on a meeting's programme: items, their order, the questions sorted under them, publishing."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import queries, rules
from app.meetings.actions import locked
from app.meetings.models import AgendaItem, Meeting, Question
from app.refusal import Refusal
from app.staff.models import Unit


@dataclass(frozen=True, slots=True)
class Item:
    """What an officer wrote about a part of the programme."""

    title: str
    minutes: int
    kind: str = "business"
    unit_id: int | None = None
    note: str = ""


def begin(meeting_id: int) -> None:
    """The usual parts, for a meeting that has none yet."""
    with transaction() as session:
        meeting = _changeable(session, meeting_id)
        if queries.items(meeting_id):
            return
        for position, (title, kind, minutes) in enumerate(rules.first_programme(meeting.length)):
            session.add(AgendaItem(meeting_id=meeting_id, position=position, title=title, kind=kind, minutes=minutes, note=""))
        audit.record(session, "agenda_begun", meeting.about, None, {"minutes": meeting.length})


def add(meeting_id: int, item: Item) -> AgendaItem:
    """A new last item."""
    with transaction() as session:
        meeting = _changeable(session, meeting_id)
        _check_unit(session, item)
        rows = queries.items(meeting_id)
        row = AgendaItem(meeting_id=meeting_id, position=rows[-1].position + 1 if rows else 0)
        _write(row, item)
        session.add(row)
        session.flush()
        audit.record(session, "item_added", meeting.about, None, _brief(row))
        return row


def edit(item_id: int, item: Item) -> AgendaItem:
    with transaction() as session:
        meeting, row = _item(session, item_id)
        _check_unit(session, item)
        before = _brief(row)
        _write(row, item)
        audit.record(session, "item_changed", meeting.about, before, _brief(row))
        return row


def move(item_id: int, step: int) -> AgendaItem:
    """One place up (-1) or down (1). Positions are numbered anew, so that they can't grow apart."""
    with transaction() as session:
        meeting, row = _item(session, item_id)
        rows = queries.items(meeting.id)
        for position, other in enumerate(rules.moved(rows, rows.index(row), step)):
            other.position = position
        audit.record(session, "item_moved", meeting.about, None, {"item": item_id, "step": step})
        return row


def remove(item_id: int) -> None:
    """Takes an item out; its questions are unsorted again."""
    with transaction() as session:
        meeting, row = _item(session, item_id)
        for question in queries.questions(meeting.id):
            if question.agenda_item_id == item_id:
                question.agenda_item_id = None
        session.flush()
        audit.record(session, "item_removed", meeting.about, _brief(row), None)
        session.delete(row)


def assign(question_id: int, item_id: int | None) -> None:
    """Sorts a question under an item of its own meeting, or takes it out again."""
    with transaction() as session:
        question = session.get(Question, question_id)
        if question is None:
            raise Refusal(_("Không có câu hỏi này."))
        meeting = _changeable(session, question.meeting_id)
        if item_id is not None and item_id not in {item.id for item in queries.items(meeting.id)}:
            raise Refusal(_("Chọn một mục của chương trình này."), "item")
        before, question.agenda_item_id = question.agenda_item_id, item_id
        audit.record(session, "question_sorted", f"question:{question.id}", {"item": before}, {"item": item_id})


def publish(meeting_id: int) -> None:
    """Shows the programme on the public page. Raises Refusal when it is empty or longer than the meeting."""
    with transaction() as session:
        meeting = _changeable(session, meeting_id)
        rules.check_publishable(rules.programme(meeting, queries.items(meeting_id)))
        if meeting.agenda_published_at is None:
            meeting.agenda_published_at = clock.now()
            audit.record(session, "agenda_published", meeting.about)


def withdraw(meeting_id: int) -> None:
    with transaction() as session:
        meeting = _changeable(session, meeting_id)
        if meeting.agenda_published_at is not None:
            meeting.agenda_published_at = None
            audit.record(session, "agenda_withdrawn", meeting.about)


# -- inside a transaction


def _changeable(session: Session, meeting_id: int) -> Meeting:
    """The meeting, locked: two officers at once change one programme in turn."""
    meeting = locked(session, meeting_id)
    if meeting.state == "cancelled":
        raise Refusal(_("Kỳ họp này đã huỷ, chương trình không sửa nữa."))
    if clock.now() >= meeting.ends_at:
        raise Refusal(_("Kỳ họp này đã qua, chương trình không sửa nữa."))
    return meeting


def _item(session: Session, item_id: int) -> tuple[Meeting, AgendaItem]:
    row = session.get(AgendaItem, item_id)
    if row is None:
        raise Refusal(_("Mục này vừa bị xoá."))
    meeting = _changeable(session, row.meeting_id)
    row = session.get(AgendaItem, item_id, populate_existing=True)
    if row is None:
        raise Refusal(_("Mục này vừa bị xoá."))
    return meeting, row


def _check_unit(session: Session, item: Item) -> None:
    if item.unit_id is not None and session.get(Unit, item.unit_id) is None:
        raise Refusal(_("Chọn một đơn vị trong danh sách."), "unit")


def _write(row: AgendaItem, item: Item) -> None:
    row.title, row.minutes, row.kind, row.unit_id, row.note = item.title, item.minutes, item.kind, item.unit_id, item.note


def _brief(row: AgendaItem) -> dict[str, object]:
    return {"item": row.id, "minutes": row.minutes, "kind": row.kind, "unit": row.unit_id, "position": row.position}
