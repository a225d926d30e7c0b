"""When each asker's question is heard, and telling them: when the programme is published, and when their minute changes.

`tell` is called inside the transaction of every act that changes a meeting's programme. It waits ten minutes, because a
programme is put in order by many presses of a button, and takes back what has not left before it writes anew. What an asker
knows is read from the letters that have left: one that was taken back unsent never counts, whoever took it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.meetings import messages, queries, rules
from app.meetings.models import AgendaItem, Meeting, Question
from app.outbox import actions as outbox
from app.outbox import queries as letters

SETTLES = timedelta(minutes=10)
KIND = "item_time"


@dataclass(frozen=True, slots=True)
class Told:
    """What the letters say to one asker."""

    known: datetime | None = None  # by the last one that left
    coming: datetime | None = None  # by one that still waits
    version: int | None = None  # of one that never left: it is written over


def tell(session: Session, meeting: Meeting) -> None:
    """Writes to every asker whose minute is another than they know; takes back what is no longer so."""
    questions = queries.questions(meeting.id)
    turns = expected(meeting, questions)
    told = _told([question.about for question in questions])
    changed = []
    for question in questions:
        turn, letter = turns.get(question.id), told.get(question.about, Told())
        if (letter.coming or letter.known) == (turn[1] if turn else None) or (turn is None and letter.coming is None):
            question.told_for = letter.coming or letter.known
        else:
            changed.append((question, turn, letter))
    outbox.withdraw(session, [question.about for question, _turn, _letter in changed], [KIND])
    for question, turn, letter in changed:
        question.told_for = letter.known
        if turn is not None and turn[1] != letter.known:
            _write(session, meeting, question, turn, letter)


def expected(meeting: Meeting, questions: Sequence[Question] | None = None) -> dict[int, tuple[AgendaItem, datetime]]:
    """Question -> its item and when that begins, as its asker should know it; nobody should before the programme is
    published, nor once the meeting has begun or is called off."""
    if meeting.state != "open" or meeting.agenda_published_at is None or clock.now() >= meeting.starts_at:
        return {}
    items = queries.items(meeting.id)
    asked = queries.questions(meeting.id) if questions is None else questions
    return rules.turns(rules.programme(meeting, items), items, asked)


def _write(session: Session, meeting: Meeting, question: Question, turn: tuple[AgendaItem, datetime], letter: Told) -> None:
    item, start = turn
    if letter.version is None:
        question.sequence += 1
    version = question.sequence if letter.version is None else letter.version
    question.told_for = start
    messages.item_time(session, meeting, question, item.title, start, letter.known, version, clock.now() + SETTLES)


def _told(abouts: list[str]) -> dict[str, Told]:
    found: dict[str, Told] = {}
    for row in letters.of_kind(abouts, KIND):
        before, time = found.get(row.about, Told()), datetime.fromisoformat(row.facts["at"])
        if row.left:
            found[row.about] = Told(known=time)
        else:
            found[row.about] = Told(before.known, time if row.stands else None, row.version)
    return found
