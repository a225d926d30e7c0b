"""Whom we tell what and when. No question's words, no code, no name of an asker: every officer reads letters in the tray."""

from typing import Any

from sqlalchemy.orm import Session

from app import clock, links, proof
from app.answers.models import UnitRequest
from app.meetings import events
from app.meetings.models import Meeting, Question
from app.outbox import actions as outbox
from app.staff.models import Unit
from app.staff.queries import unit_token

REMINDERS = {"before": "unit_reminder_before", "due": "unit_reminder_due", "late": "unit_late"}


def asked(session: Session, request: UnitRequest, meeting: Meeting, unit: Unit, count: int) -> None:
    """A unit has new questions. What was to remind it of the former due day stays here."""
    nothing_owed(session, request)
    _to_unit(session, request, meeting, unit, "unit_asked", "answers/unit_asked", count)


def reminder(session: Session, request: UnitRequest, stage: str, count: int) -> None:
    """To the unit; when it is late, to its head."""
    template = "answers/unit_late" if stage == "late" else "answers/unit_reminder"
    _to_unit(session, request, request.meeting, request.unit, REMINDERS[stage], template, count)


def nothing_owed(session: Session, request: UnitRequest) -> None:
    """The unit has answered: what was to remind it stays here."""
    outbox.withdraw(session, request.about, REMINDERS.values())


def released(session: Session, question: Question, meeting: Meeting) -> None:
    """The asker has an answer, and is asked whether it is enough. Somebody decided it just now, so it keeps to polite hours."""
    outbox.withdraw(session, question.about, ["answer_released"])
    locale = question.locale
    facts = _facts(meeting, locale) | {
        "filed_at": question.filed_at.isoformat(),
        "link": links.absolute("answers.opened", locale, t=proof.token(question.code)),
    }
    letter = outbox.Letter(
        about=question.about, kind="answer_released", version=question.sequence, template="answers/answer_released",
        facts=facts, due_at=clock.now(), call=True,
    )  # fmt: skip
    outbox.post(session, letter, email=question.email, phone=question.phone, locale=locale)


def _to_unit(session: Session, request: UnitRequest, meeting: Meeting, unit: Unit, kind: str, template: str, count: int) -> None:
    facts = _facts(meeting) | {
        "unit": unit.name,
        "count": count,
        "due_on": request.due_on.isoformat(),
        "link": links.absolute("answers.unit", token=unit_token(unit)),
    }
    letter = outbox.Letter(
        about=request.about, kind=kind, version=request.sequence, template=template, facts=facts, due_at=clock.now(),
        useful_until=meeting.starts_at,
    )  # fmt: skip
    email = (unit.head_email or unit.email) if kind == "unit_late" else unit.email
    outbox.post(session, letter, email=email, phone="", locale="vi")


def _facts(meeting: Meeting, locale: str = "vi") -> dict[str, Any]:
    return {
        "meeting": events.series_name(meeting, locale),
        "starts_at": meeting.starts_at.isoformat(),
        "place": events.said(meeting, "place", locale),
    }
