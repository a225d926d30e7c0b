"""Acts on what a draft consists of: add, remove and move items, sort questions under them."""

from flask_babel import gettext as _

from app import audit, clock
from app.db import transaction
from app.meetings.rules import moved_past
from app.minutes import queries
from app.minutes.actions import draft_of, opened
from app.minutes.models import MinuteItem, MinuteQuestion
from app.refusal import Conflict, Refusal


def add(meeting_id: int, title: str, request_key: str, officer_id: int) -> MinuteItem:
    """A point the programme did not have. The same form sent twice adds one."""
    with transaction() as session:
        minutes = draft_of(session, meeting_id)
        rows = queries.entries(minutes.id)
        for entry in rows:
            if request_key and entry.item.request_key == request_key:
                return entry.item
        position = rows[-1].item.position + 1 if rows else 0
        row = MinuteItem(
            minutes_id=minutes.id, position=position, title=title, request_key=request_key, edited_at=clock.now(),
            edited_by=officer_id,
        )  # fmt: skip
        session.add(row)
        minutes.changes += 1
        session.flush()
        audit.record(session, "minute_item_added", f"minutes:{minutes.id}", None, {"item": row.id})
        return row


def remove(item_id: int) -> None:
    """Takes a point out of a draft; its questions wait for another. Promises that are in the ledger must be withdrawn instead."""
    with transaction() as session:
        found = queries.item_with_meeting(item_id)
        if found is None:
            return
        minutes, entry = opened(session, item_id)
        if any(line.promise_id for line in entry.promises):
            raise Refusal(_("Mục này có lời hẹn đã vào sổ. Rút lời hẹn, rồi để mục lại với lý do."))
        if entry.private and entry.item.said:
            raise Refusal(_("Mục này dành cho lãnh đạo và đã có phần ghi. Nhờ lãnh đạo xoá phần ghi trước."))
        for line in entry.promises:
            session.delete(line)
        for dealt in entry.questions:
            session.delete(session.get_one(MinuteQuestion, (item_id, dealt.question.id)))
        session.flush()
        session.delete(entry.item)
        minutes.changes += 1
        audit.record(session, "minute_item_removed", f"minutes:{minutes.id}", {"item": item_id})


def move(meeting_id: int, item_id: int, step: int, past: int) -> None:
    """Up (-1) or down (1), past the item the page showed there; pressed twice it stays behind it. Whoever has another item's
    form open loses nothing, whoever reviews the whole sees it anew."""
    with transaction() as session:
        minutes = draft_of(session, meeting_id)
        rows = [entry.item for entry in queries.entries(minutes.id)]
        known = {row.id: row for row in rows}
        if item_id not in known:
            raise Conflict(_("Mục này vừa bị xoá."))
        if past not in known or past == item_id:
            return
        order = moved_past(rows, known[item_id], known[past], step)
        if order == rows:
            return
        for position, row in enumerate(order):
            row.position = position
        minutes.changes += 1
        audit.record(session, "minute_item_moved", f"minutes:{minutes.id}", None, {"item": item_id, "step": step, "past": past})


def sort(meeting_id: int, question_id: int, item_id: int) -> None:
    """Puts a question under an item of the draft; twice is once."""
    with transaction() as session:
        minutes = draft_of(session, meeting_id)
        rows = queries.entries(minutes.id)
        if any(dealt.question.id == question_id for entry in rows for dealt in entry.questions):
            return
        entry = next((entry for entry in rows if entry.item.id == item_id), None)
        if entry is None:
            raise Refusal(_("Chọn một mục của biên bản này."), "minute_item")
        if question_id not in {question.id for question in queries.not_dealt_with(meeting_id, minutes.id)}:
            raise Refusal(_("Câu hỏi này không còn chờ xếp."))
        session.add(MinuteQuestion(item_id=item_id, question_id=question_id))
        entry.item.revision += 1
        minutes.changes += 1
        audit.record(session, "minute_question_sorted", f"minutes:{minutes.id}", None, {"question": question_id, "item": item_id})
