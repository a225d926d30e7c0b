"""What askers are told. No letter holds the words of a question or an answer, its code or a name: officers read the tray."""

from typing import Any

from sqlalchemy.orm import Session

from app import clock, links
from app.meetings import events, filing
from app.meetings.models import Meeting, Question
from app.outbox import actions as outbox


def filed(session: Session, question: Question, meeting: Meeting) -> None:
    """It has arrived; the link leads to its page."""
    _tell(session, question, meeting, "question_filed")


def merged(session: Session, question: Question, meeting: Meeting) -> None:
    """It is dealt with together with another; whose, nobody is told."""
    _tell(session, question, meeting, "question_merged", polite=True)


def withdrawn(session: Session, question: Question, meeting: Meeting) -> None:
    """An officer took it back for its asker, who hears so in writing."""
    outbox.withdraw(session, question.about)
    _tell(session, question, meeting, "question_withdrawn", polite=True)


def answered(session: Session, question: Question, meeting: Meeting) -> None:
    """There is an answer in writing: on the asker's page, not in the letter. Without e-mail or SMS somebody telephones."""
    _tell(session, question, meeting, "question_answered", polite=True, call=True)


def _tell(session: Session, question: Question, meeting: Meeting, kind: str, polite: bool = False, call: bool = False) -> None:
    letter = outbox.Letter(
        about=question.about, kind=kind, version=question.sequence, template=f"questions/{kind}",
        facts=_facts(question, meeting), due_at=clock.now(), polite=polite, call=call,
    )  # fmt: skip
    outbox.post(session, letter, email=question.email, phone=question.phone, locale=question.locale)


def _facts(question: Question, meeting: Meeting) -> dict[str, Any]:
    """What the templates need, JSON only."""
    return {
        "meeting": events.series_name(meeting, question.locale),
        "day": meeting.day.isoformat(),
        "filed_at": question.filed_at.isoformat(),
        "link": filing.own_page(question),
        "meeting_link": links.absolute("meetings.meeting", question.locale, day=meeting.day.isoformat()),
    }
