"""Whom we tell what: askers what became of their questions, others who came where to read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import clock, links
from app.meetings import events, filing, openness
from app.meetings.models import Meeting, Question, SignUp
from app.minutes import rules
from app.minutes.models import MinutePromise
from app.outbox import actions as outbox
from app.staff.models import Unit
from app.text import named


@dataclass(frozen=True, slots=True)
class Told:
    """What is said to an asker about one question of theirs."""

    question: Question
    outcome: str
    forwarded_to: str
    lines: Sequence[MinutePromise]

    @property
    def private(self) -> bool:
        return not openness.may_read(self.question, rules.IN_ROOM)


@dataclass(slots=True)
class Person:
    """Everything for one asker goes into one letter, however many questions they had."""

    phone: str
    email: str
    told: list[Told]


def people(told: Iterable[Told]) -> list[Person]:
    """One per telephone or address; a private question is told apart, so that nothing else in the letter says whose it is."""
    found: list[Person] = []
    for one in told:
        phone, email = one.question.phone, one.question.email
        known = [
            person
            for person in found
            if person.told[0].private == one.private
            and (person.phone == phone or (email and person.email.casefold() == email.casefold()))
        ]
        if known:
            known[0].told.append(one)
            known[0].email = known[0].email or email
        else:
            found.append(Person(phone, email, [one]))
    return found


def concluded(session: Session, meeting: Meeting, person: Person) -> None:
    """What came of their questions; the version of each grows, an older letter that has not left is withdrawn."""
    for one in person.told:
        outbox.withdraw(session, one.question.about, ["concluded"])
        one.question.sequence += 1
    first = person.told[0].question
    facts = _facts(meeting, first.locale) | {
        "contact": "" if person.told[0].private else first.contact,
        "code": first.code,
        "questions": [_told(one, first.locale) for one in person.told],
    }
    letter = outbox.Letter(
        about=first.about, kind="concluded", version=first.sequence, template="minutes/concluded", facts=facts,
        due_at=clock.now(), call=True,
    )  # fmt: skip
    outbox.post(session, letter, email=person.email, phone=person.phone, locale=first.locale)


def published(session: Session, meeting: Meeting, sign_up: SignUp) -> None:
    """Somebody came and asked nothing: where to read what was said."""
    letter = outbox.Letter(
        about=sign_up.about, kind="minutes", version=sign_up.version, template="minutes/published",
        facts=_facts(meeting, sign_up.locale) | {"contact": sign_up.contact}, due_at=clock.now(),
    )  # fmt: skip
    outbox.post(session, letter, email=sign_up.email, phone="", locale=sign_up.locale)


def _facts(meeting: Meeting, locale: str) -> dict[str, Any]:
    return {
        "meeting": events.series_name(meeting, locale),
        "day": meeting.day.isoformat(),
        "minutes_link": links.absolute("minutes.minutes", locale, day=meeting.day.isoformat()),
    }


def _told(one: Told, locale: str) -> dict[str, Any]:
    """Officers may read in the tray what leaves: of a private question the letter holds nothing but the way to its page."""
    return {
        "text": "" if one.private else one.question.text,
        "code": one.question.code,
        "link": filing.own_page(one.question),
        "outcome": "" if one.private else one.outcome,
        "forwarded_to": "" if one.private else one.forwarded_to,
        "promises": [] if one.private else [_promise(line, locale) for line in one.lines if line.unit and line.due_on],
    }


def _promise(line: MinutePromise, locale: str) -> dict[str, Any]:
    due = line.put_off_to or line.due_on
    return {
        "what": line.what, "number": line.promise_id, "unit": _named(line.unit, locale), "due": due.isoformat() if due else "",
        "withdrawn": line.withdrawn, "why": line.change_why,
    }  # fmt: skip


def _named(unit: Unit | None, locale: str) -> str:
    return named(unit, locale) if unit else ""
