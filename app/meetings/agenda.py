"""Acts on a meeting's programme: items, their order, the questions sorted under them, publishing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import openness, programme, queries, rules, times
from app.meetings.actions import locked
from app.meetings.models import AgendaItem, AgendaItemUnit, Meeting, Question
from app.refusal import Conflict, Refusal
from app.staff.models import Unit


@dataclass(frozen=True, slots=True)
class Item:
    """What an officer wrote about a part of the programme."""

    title: str
    minutes: int
    kind: str = "business"
    unit_id: int | None = None
    note: str = ""
    others: Sequence[int] = ()  # units that help

    @property
    def mark(self) -> str:
        return rules.mark(self.title, self.minutes, self.kind, self.unit_id, self.note, sorted(self.others))


def item_of(row: AgendaItem, others: Sequence[Unit]) -> Item:
    """An item as it stands."""
    return Item(row.title, row.minutes, row.kind, row.unit_id, row.note, sorted(unit.id for unit in others))


def begin(meeting_id: int) -> None:
    """The usual parts, for a meeting that has none yet."""
    with transaction() as session:
        meeting = changeable(session, meeting_id)
        if queries.all_items(meeting_id):
            return
        for position, (title, kind, minutes) in enumerate(rules.first_programme(meeting.length)):
            session.add(AgendaItem(meeting_id=meeting_id, position=position, title=title, kind=kind, minutes=minutes, note=""))
        audit.record(session, "agenda_begun", meeting.about, None, {"minutes": meeting.length})
        times.tell(session, meeting)


def add(meeting_id: int, item: Item, request_key: str = "") -> AgendaItem:
    """A new last item. The same form sent twice gives the same one."""
    with transaction() as session:
        meeting = changeable(session, meeting_id)
        rows = queries.all_items(meeting_id)
        known = next((row for row in rows if request_key and row.request_key == request_key), None)
        if known is not None:
            return known
        _check_units(session, item)
        row = AgendaItem(meeting_id=meeting_id, position=rows[-1].position + 1 if rows else 0, request_key=request_key)
        write(session, row, item)
        audit.record(session, "item_added", meeting.about, None, _brief(row))
        times.tell(session, meeting)
        return row


def edit(item_id: int, item: Item, seen: str = "") -> AgendaItem:
    """`seen`: the mark of the item as the page showed it. Raises Conflict when somebody has changed it since."""
    with transaction() as session:
        meeting, row = _item(session, item_id)
        present = item_of(row, programme.others(meeting.id).get(item_id, []))
        item = replace(item, others=sorted(set(item.others) - {item.unit_id}))
        if item == present:
            return row
        if seen and seen != present.mark:
            raise Conflict(_("Người khác vừa sửa mục này và đã lưu. Bản của bạn còn trong ô; lưu lần nữa thì thay bản của họ."))
        _check_units(session, item)
        before = _brief(row)
        write(session, row, item)
        audit.record(session, "item_changed", meeting.about, before, _brief(row))
        times.tell(session, meeting)
        return row


def move(item_id: int, step: int, past: int | None = None) -> AgendaItem:
    """Up (-1) or down (1), past the item the page showed there, or past the next one. Positions are numbered anew, so that
    they can't grow apart."""
    with transaction() as session:
        meeting, row = _item(session, item_id)
        rows, shown = queries.all_items(meeting.id), queries.items(meeting.id)
        other = _neighbour(shown, row, step, past)
        if other is None:
            return row
        for position, one in enumerate(rules.moved_past(rows, row, other, step)):
            one.position = position
        audit.record(session, "item_moved", meeting.about, None, {"item": item_id, "step": step, "past": other.id})
        times.tell(session, meeting)
        return row


def remove(item_id: int) -> None:
    """Takes an item out; its questions are unsorted again. One that is gone already stays gone."""
    with transaction() as session:
        if session.get(AgendaItem, item_id) is None:
            return
        meeting, row = _item(session, item_id)
        for question in queries.questions(meeting.id):
            if question.agenda_item_id == item_id:
                question.agenda_item_id = None
        session.flush()
        audit.record(session, "item_removed", meeting.about, _brief(row), None)
        session.delete(row)
        times.tell(session, meeting)


def assign(question_id: int, item_id: int | None) -> None:
    """Sorts a question under an item of its own meeting, or takes it out again."""
    with transaction() as session:
        question = session.get(Question, question_id)
        if question is None:
            raise Refusal(_("Không có câu hỏi này."))
        meeting = changeable(session, question.meeting_id)
        if item_id is not None and item_id not in {item.id for item in queries.all_items(meeting.id)}:
            raise Refusal(_("Chọn một mục của chương trình này."), "item")
        if not openness.may_sort(question):
            raise Refusal(_("Câu này chỉ dành cho lãnh đạo, không đưa vào chương trình."), "item")
        before, question.agenda_item_id = question.agenda_item_id, item_id
        audit.record(session, "question_sorted", f"question:{question.id}", {"item": before}, {"item": item_id})
        times.tell(session, meeting)


def publish(meeting_id: int) -> None:
    """Shows the programme on the public page and tells each asker their minute. Raises Refusal when it is empty or longer than
    the meeting."""
    with transaction() as session:
        meeting = changeable(session, meeting_id)
        rules.check_publishable(rules.programme(meeting, queries.items(meeting_id)))
        if meeting.agenda_published_at is None:
            meeting.agenda_published_at = clock.now()
            audit.record(session, "agenda_published", meeting.about)
            times.tell(session, meeting)


def withdraw(meeting_id: int) -> None:
    with transaction() as session:
        meeting = changeable(session, meeting_id)
        if meeting.agenda_published_at is not None:
            meeting.agenda_published_at = None
            audit.record(session, "agenda_withdrawn", meeting.about)
            times.tell(session, meeting)


# -- inside a transaction


def changeable(session: Session, meeting_id: int) -> Meeting:
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
    meeting = changeable(session, row.meeting_id)
    row = session.get(AgendaItem, item_id, populate_existing=True)
    if row is None:
        raise Refusal(_("Mục này vừa bị xoá."))
    return meeting, row


def _neighbour(shown: Sequence[AgendaItem], row: AgendaItem, step: int, past: int | None) -> AgendaItem | None:
    """What the row is to pass: what the page showed, or what stands there; nothing at an end, or when that is gone."""
    if past is not None:
        return next((one for one in shown if one.id == past and one is not row), None)
    place = shown.index(row) + step if row in shown else -1
    return shown[place] if 0 <= place < len(shown) else None


def _check_units(session: Session, item: Item) -> None:
    wanted = {number for number in (item.unit_id, *item.others) if number is not None}
    if wanted - set(session.scalars(select(Unit.id).where(Unit.id.in_(wanted)))):
        raise Refusal(_("Chọn một đơn vị trong danh sách."), "unit")


def write(session: Session, row: AgendaItem, item: Item) -> None:
    row.title, row.minutes, row.kind, row.unit_id, row.note = item.title, item.minutes, item.kind, item.unit_id, item.note
    session.add(row)
    session.flush()
    session.execute(delete(AgendaItemUnit).where(AgendaItemUnit.item_id == row.id))
    session.add_all(AgendaItemUnit(item_id=row.id, unit_id=number) for number in set(item.others) - {item.unit_id})
    session.flush()


def _brief(row: AgendaItem) -> dict[str, object]:
    return {"item": row.id, "minutes": row.minutes, "kind": row.kind, "unit": row.unit_id, "position": row.position}
