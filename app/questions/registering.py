"""What officers enter for others: one firm at the counter or on the telephone, and whole lists of an association."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import actions as meetings
from app.meetings import filing
from app.meetings import queries as meeting_queries
from app.meetings import rules as meeting_rules
from app.meetings.actions import Applicant
from app.meetings.models import Meeting
from app.questions import messages, queries, rules
from app.questions.models import QuestionList
from app.refusal import Refusal

KEPT = timedelta(days=1)  # a list that was read and not entered


@dataclass(frozen=True, slots=True)
class Made:
    """Codes of what was entered; empty where there is none."""

    seat: str = ""
    question: str = ""


def enter(meeting_id: int, applicant: Applicant) -> Made:
    """A seat, a question, or both, in one act; seats 0: only a question. Who has a place already only adds the question."""
    with transaction() as session:
        return _enter(session, meetings.locked(session, meeting_id), applicant)


def _enter(session: Session, meeting: Meeting, applicant: Applicant, earlier: Sequence[filing.Earlier] | None = None) -> Made:
    """`earlier`: see filing.add. Sent twice it is entered once."""
    seat = meeting_queries.of_phone(meeting.id, applicant.phone)
    known = queries.of_request(meeting.id, applicant.request_key, applicant.phone)
    mine = seat is not None and seat.request_key == applicant.request_key
    if applicant.seats and known is None and (seat is None or mine or not applicant.question):
        seat = meetings.enter(session, meeting, applicant, by_officer=True, earlier=earlier)
        known, mine = queries.of_request(meeting.id, applicant.request_key, applicant.phone), True
    elif applicant.question and known is None:
        now = clock.now()
        rules.check_filing(meeting, now)
        known = filing.add(session, meeting, meetings.question_of(applicant), now, seat, earlier)
        messages.filed(session, known, meeting)
    return Made(seat.code if seat and mine else "", known.code if known else "")


# -- a list of an association


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list, cleaned; `number` is where a person finds it in the file."""

    number: int
    applicant: Applicant


@dataclass(frozen=True, slots=True)
class Plan:
    """What entering a list would do, and why it can't be entered."""

    new: Sequence[Entry]
    known: int  # lines entered before
    seats: int
    problems: Sequence[tuple[int, str]]  # line, sentence


def plan(meeting: Meeting, entries: Sequence[Entry]) -> Plan:
    """The same list again has nothing new."""
    keys, seated = queries.entered_keys(meeting.id), queries.seated_phones(meeting.id)
    new = list({entry.applicant.request_key: entry for entry in entries if entry.applicant.request_key not in keys}.values())
    problems: list[tuple[int, str]] = []
    lines: dict[str, int] = {}
    for entry in new:
        phone, seats = entry.applicant.phone, entry.applicant.seats
        try:
            _check(meeting, entry, phone in seated, lines.get(phone))
        except Refusal as refusal:
            problems.append((entry.number, refusal.sentence))
        if seats:
            lines.setdefault(phone, entry.number)
    return Plan(new, len(entries) - len(new), sum(entry.applicant.seats for entry in new), problems)


def _check(meeting: Meeting, entry: Entry, seated: bool, line: int | None) -> None:
    now = clock.now()
    if entry.applicant.seats:
        if line is not None:
            raise Refusal(_("Số điện thoại này đã có chỗ ở dòng %(line)s. Để trống cột số chỗ nếu chỉ gửi câu hỏi.", line=line))
        if seated:
            raise Refusal(_("Số điện thoại này đã có chỗ kỳ này. Để trống cột số chỗ nếu chỉ gửi câu hỏi."))
        meeting_rules.check_sign_up(meeting, entry.applicant.seats, now, by_officer=True)
    else:
        rules.check_filing(meeting, now)


def keep(meeting_id: int, entries: Sequence[Entry]) -> QuestionList:
    """A list that was read without fault, until an officer has looked at it. Lists nobody entered are thrown away."""
    with transaction() as session:
        session.execute(delete(QuestionList).where(QuestionList.read_at < clock.now() - KEPT))
        row = QuestionList(meeting_id=meeting_id, rows=[asdict(entry) for entry in entries], read_at=clock.now())
        session.add(row)
        session.flush()
        audit.record(session, "list_read", f"list:{row.id}", None, {"meeting": meeting_id, "lines": len(entries)})
        return row


def entries_of(row: QuestionList) -> list[Entry]:
    return [Entry(one["number"], Applicant(**one["applicant"])) for one in row.rows]


def enter_list(list_id: int) -> int:
    """Enters every line, or none when one can't be. Returns how many; a second press enters nothing more."""
    with transaction() as session:
        row = session.get(QuestionList, list_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise Refusal(_("Danh sách này không còn. Tải tệp lên lại."))
        if row.entered_at is not None:
            return 0
        meeting = meetings.locked(session, row.meeting_id)
        found = plan(meeting, entries_of(row))
        if found.problems:
            number, sentence = found.problems[0]
            raise Refusal(_("Dòng %(line)s: %(why)s", line=number, why=sentence))
        earlier = filing.asked_before(session, meeting)
        for entry in found.new:
            _enter(session, meeting, entry.applicant, earlier)
        row.rows, row.entered, row.entered_at = [], len(found.new), clock.now()
        audit.record(session, "list_entered", f"list:{row.id}", None, {"meeting": meeting.id, "lines": len(found.new)})
        return len(found.new)
