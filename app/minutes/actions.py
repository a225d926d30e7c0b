"""Acts on a draft: begin it, write an item, fill in what the papers need. What its items are is `arranging`'s."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import actions as meetings
from app.meetings import openness
from app.meetings.models import AgendaItem, Meeting, Question
from app.minutes import queries, rules
from app.minutes.models import PAPER, MinuteItem, MinutePromise, MinuteQuestion, Minutes
from app.minutes.rules import Entry
from app.refusal import Conflict, Refusal
from app.staff import queries as staff
from app.staff.models import Unit

COPIED = ("issuer", "place", "signer_title", "signer_name", "recorder", "recipients")  # from the minutes before
OUT = "out"  # as a question's own outcome: this item did not deal with it


@dataclass(frozen=True, slots=True)
class Line:
    """A promise as the form has it; `key` is its number, or any other word for a new one."""

    key: str
    what: str = ""
    kind: str = "deed"
    unit_id: int | None = None
    due_on: date | None = None
    question_id: int | None = None
    drop: bool = False
    put_off_to: date | None = None
    withdrawn: bool = False
    change_why: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """An item as the form has it. `said` None: the writer may not read it, it stays. `own`: question -> its own outcome."""

    title: str
    said: str | None
    outcome: str
    forwarded_to: str
    revision: int
    request_key: str
    unit_id: int | None = None
    own: Mapping[int, str] = field(default_factory=dict)
    lines: Sequence[Line] = ()


def begin(meeting_id: int) -> Minutes:
    """A draft with an item for each item of the programme. Minutes that were begun before are returned as they are."""
    with transaction() as session:
        meeting = meetings.locked(session, meeting_id)
        if known := queries.versions(meeting_id):
            return known[-1]
        rules.check_begin(meeting, clock.now())
        minutes = Minutes(meeting_id=meeting_id, number=1, begun_at=clock.now(), **_usual(meeting))
        session.add(minutes)
        session.flush()
        names = {unit.id: unit.name for unit in staff.units()}
        for position, (item, questions) in enumerate(queries.agenda(meeting_id)):
            _add_from_agenda(session, minutes, position, item, questions, names)
        audit.record(session, "minutes_begun", meeting.about, None, {"version": 1})
        return minutes


def _add_from_agenda(
    session: Session, minutes: Minutes, position: int, item: AgendaItem, questions: Sequence[Question], names: dict[int, str]
) -> None:
    """What was answered before the meeting is written down already; private answers only where nothing else is spoken of."""
    answered = bool(questions) and all(question.answer for question in questions)
    open_to_all = [question for question in questions if openness.may_read(question, rules.IN_ROOM)]
    row = MinuteItem(
        minutes_id=minutes.id, position=position, agenda_item_id=item.id, kind=item.kind, title=item.title, unit_id=item.unit_id,
        said=rules.answers_before(open_to_all or questions, names), outcome="writing" if answered else "",
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        MinuteQuestion(item_id=row.id, question_id=one.id, outcome="writing" if one.answer and not answered else "")
        for one in questions
    )


def _usual(meeting: Meeting) -> dict[str, Any]:
    """What the papers said last time, or what can be known without it."""
    last = queries.last_paper(meeting.series_id)
    firms, people = queries.attendance(meeting.id)
    units = sorted({item.unit.name for item, _asked in queries.agenda(meeting.id) if item.unit is not None})
    present = [
        f"Đơn vị: {', '.join(units)}" if units else "",
        f"Doanh nghiệp, hộ kinh doanh: {firms} nơi, {people} người" if firms else "",
    ]
    usual = {"present": "\n".join(line for line in present if line)[: rules.TEXT_LENGTH]}
    if last is not None:
        return usual | {name: getattr(last, name) for name in COPIED}
    where = str(current_app.config["SITE_PLACE"]).split(",")[0]
    return usual | {"issuer": f"Uỷ ban nhân dân {where}", "place": where.partition(" ")[2] or where}


def save(item_id: int, written: Written, officer_id: int) -> MinuteItem:
    """Writes one item whole. The same form twice is once; raises Overtaken when somebody saved after it was opened."""
    with transaction() as session:
        minutes, entry = opened(session, item_id)
        item = entry.item
        if written.request_key and item.request_key == written.request_key:
            return item
        if rules.overtaken(item, written.revision, written.request_key):
            raise rules.Overtaken(_("Có người vừa lưu mục này. Xem hai bản dưới đây rồi lưu bản chung."))
        _check_units(session, {written.unit_id, *(line.unit_id for line in written.lines)})
        item.title, item.outcome, item.unit_id = written.title, written.outcome, written.unit_id
        item.said = item.said if written.said is None else written.said
        item.forwarded_to = written.forwarded_to if written.outcome == "beyond" else ""
        _write_questions(session, entry, written.own)
        _write_lines(session, entry, written, minutes.meeting)
        item.revision, item.request_key = item.revision + 1, written.request_key
        item.edited_at, item.edited_by = clock.now(), officer_id
        minutes.changes += 1
        audit.record(session, "minute_item_written", f"minutes:{minutes.id}", None, _brief(item, written))
        return item


def describe(meeting_id: int, paper: Mapping[str, Any], revision: int, request_key: str) -> Minutes:
    """What the printed papers need: number, signer, place, who was there."""
    with transaction() as session:
        minutes = draft_of(session, meeting_id)
        if request_key and minutes.request_key == request_key:
            return minutes
        if minutes.revision != revision:
            raise rules.Overtaken(_("Có người vừa lưu phần này. Bản của họ ở bên cạnh, phần bạn gõ vẫn còn; sửa rồi lưu lại."))
        for name in PAPER:
            setattr(minutes, name, paper[name])
        minutes.revision, minutes.request_key, minutes.changes = revision + 1, request_key, minutes.changes + 1
        audit.record(session, "minutes_described", f"minutes:{minutes.id}")
        return minutes


# -- inside a transaction


def draft_of(session: Session, meeting_id: int) -> Minutes:
    """The draft, its meeting locked: whoever writes minutes of one meeting takes turns."""
    meetings.locked(session, meeting_id)
    draft = next((one for one in queries.versions(meeting_id) if not one.final), None)
    if draft is None:
        raise Conflict(_("Biên bản này đã công bố nên không sửa nữa. Phần vừa ghi vẫn còn ở đây: lập bản sửa rồi ghi vào."))
    return draft


def opened(session: Session, item_id: int) -> tuple[Minutes, Entry]:
    """The draft and one item of it, as they are now."""
    found = queries.item_with_meeting(item_id)
    if found is None:
        raise Conflict(_("Mục này vừa bị xoá. Phần vừa ghi vẫn còn ở đây: thêm một mục rồi ghi vào."))
    draft = draft_of(session, found[1])
    entry = next((one for one in queries.entries(draft.id) if one.item.id == item_id), None)
    if entry is None:
        raise Conflict(_("Mục này thuộc một bản đã công bố. Phần vừa ghi vẫn còn ở đây: ghi vào bản sửa."))
    return draft, entry


def _check_units(session: Session, numbers: set[int | None]) -> None:
    for number in numbers - {None}:
        if session.get(Unit, number) is None:
            raise Refusal(_("Chọn một đơn vị trong danh sách."))


def _write_questions(session: Session, entry: Entry, own: Mapping[int, str]) -> None:
    for dealt in entry.questions:
        outcome = own.get(dealt.question.id)
        link = session.get_one(MinuteQuestion, (entry.item.id, dealt.question.id))
        if outcome == OUT and any(line.promise_id and line.question_id == dealt.question.id for line in entry.promises):
            raise Refusal(_("Câu hỏi %(code)s đã có lời hẹn trong sổ nên không bỏ ra được.", code=dealt.question.code))
        if outcome == OUT:
            session.delete(link)
        elif outcome is not None:
            link.outcome = outcome


def _write_lines(session: Session, entry: Entry, written: Written, meeting: Meeting) -> None:
    calendar = queries.calendar()
    known = {str(line.id): line for line in entry.promises}
    asked = {dealt.question.id for dealt in entry.questions if written.own.get(dealt.question.id) != OUT}
    for line in written.lines:
        row = known.get(line.key)
        if row is not None and row.promise is not None:
            _write_locked(row, line, calendar)
        elif line.drop or not line.what:
            if row is not None:
                session.delete(row)
        else:
            if line.due_on and (why := rules.bad_day(line.due_on, meeting.day, calendar)):
                raise Refusal(why, f"dong-{line.key}-due_on")
            if line.question_id is not None and line.question_id not in asked:
                raise Refusal(_("Chọn một câu hỏi của mục này."), f"dong-{line.key}-question")
            row = row or MinutePromise(item_id=entry.item.id)
            row.what, row.kind, row.unit_id = line.what, line.kind, line.unit_id
            row.due_on, row.question_id = line.due_on, line.question_id
            session.add(row)


def _write_locked(row: MinutePromise, line: Line, calendar: Any) -> None:
    """Already in the ledger: nothing but a later day or its end, with the reason."""
    changes = line.withdrawn or line.put_off_to is not None
    if changes and not line.change_why:
        raise Refusal(_("Ghi lý do lùi ngày hoặc rút lời hẹn."), f"dong-{line.key}-change_why")
    later = None if line.withdrawn else line.put_off_to
    if later and row.promise and (why := rules.cannot_put_off(row.promise, later, calendar, clock.today())):
        raise Refusal(why, f"dong-{line.key}-put_off_to")
    row.withdrawn, row.put_off_to = line.withdrawn, later
    row.change_why = line.change_why if changes else ""


def _brief(item: MinuteItem, written: Written) -> dict[str, object]:
    return {"item": item.id, "revision": item.revision, "outcome": item.outcome, "promises": len(written.lines)}
