"""Sorting what nobody has sorted yet: one press makes the items of a programme from the fields of the questions."""

from collections.abc import Sequence

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app import audit
from app.db import transaction
from app.meetings import agenda, programme, queries, rules, times
from app.meetings.models import AgendaItem, Question
from app.meetings.programme import Programme
from app.staff.fields import FIELD_NAMES


def by_field(meeting_id: int) -> None:
    """Every unsorted question goes under the item of its field, made when there is none: the field's unit is responsible, and
    the minutes that are left are shared by the number of questions. Pressed twice it finds nothing more to do."""
    with transaction() as session:
        meeting = agenda.changeable(session, meeting_id)
        read = programme.of_day(meeting.day)
        waiting = _by_field(read.asked[None]) if read else {}
        if read is None or not waiting:
            return
        under = {field: item for item in read.items if (field := _field(read, item))}
        under |= _made(session, read, {field: len(rows) for field, rows in waiting.items() if field not in under})
        for field, questions in waiting.items():
            for question in questions:
                question.agenda_item_id = under[field].id
        facts = {under[field].id: [question.id for question in questions] for field, questions in waiting.items()}
        audit.record(session, "questions_sorted", meeting.about, None, {"items": {str(key): rows for key, rows in facts.items()}})
        times.tell(session, meeting)


def _by_field(asked: Sequence[programme.Asked]) -> dict[str, list[Question]]:
    """In the order of the fields; what has none goes with the rest."""
    found: dict[str, list[Question]] = {field: [] for field in FIELD_NAMES}
    for one in asked:
        found[one.question.field if one.question.field in found else "other"].append(one.question)
    return {field: rows for field, rows in found.items() if rows}


def _field(read: Programme, item: AgendaItem) -> str:
    """What an item of businesses is about: its name says so, its unit, or most of its questions."""
    if item.kind != "business":
        return ""
    named = next((field for field in FIELD_NAMES if _title(field) == item.title), "")
    fields = [one.question.field for one in read.asked.get(item.id, ()) if one.question.field]
    return named or (item.unit.field if item.unit else "") or max(dict.fromkeys(fields), key=fields.count, default="")


def _title(field: str) -> str:
    """Titles are content: Vietnamese, whoever presses the button."""
    with force_locale("vi"):
        return str(FIELD_NAMES[field])


def _made(session: Session, read: Programme, counts: dict[str, int]) -> dict[str, AgendaItem]:
    """New items, where the usual programme keeps room for them, or else before what closes the meeting."""
    if not counts:
        return {}
    unused = next((item for item in read.items if item.title == rules.FREE_FOR_FIELDS and item.id not in read.asked), None)
    minutes = rules.minutes_for(list(counts.values()), read.plan.spare + (unused.minutes if unused else 0))
    made = {}
    for field, share in zip(counts, minutes, strict=True):
        unit = programme.proposed_unit([field], read.units)
        made[field] = AgendaItem(meeting_id=read.meeting.id, position=0)
        agenda.write(session, made[field], agenda.Item(_title(field), share, unit_id=unit.id if unit else None))
    order = [item for item in queries.all_items(read.meeting.id) if item not in made.values()]
    place = order.index(unused) if unused else rules.before_closing(order)
    order[place : place + bool(unused)] = made.values()
    for position, item in enumerate(order):
        item.position = position
    if unused:
        session.delete(unused)
    return made
