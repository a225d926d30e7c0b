"""Whom we tell what and when. Every message says date, time and place in its subject."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import clock, links, proof
from app.meetings import events, filing, rules
from app.meetings.models import Meeting, Question, SignUp
from app.meetings.plan import Plan
from app.outbox import actions as outbox

# The links of every letter about a place: name in the templates -> page. Each page only asks.
LINKS = {
    "link": "meetings.seat", "coming_link": "meetings.coming", "change_link": "meetings.change",
    "other_link": "meetings.other_person", "accept_link": "invitations.accept",
}  # fmt: skip

ASKER_KINDS = ("asker_moved", "asker_cancelled")  # of letters to askers about their meeting


def signed_up(session: Session, sign_up: SignUp, question: Question | None = None) -> None:
    """A place was kept: said at once, and remembered twice before the meeting."""
    _tell(session, sign_up, "signed_up", question_link=_link_of(question))
    _remind(session, sign_up)


def accepted(session: Session, sign_up: SignUp) -> None:
    """An invited business said yes: the invitation has done its work."""
    outbox.withdraw(session, sign_up.about)
    signed_up(session, sign_up)


def lapsed(session: Session, sign_up: SignUp) -> None:
    """The invitation said until when: nothing more is said, and nothing about it leaves any more."""
    outbox.withdraw(session, sign_up.about)


def waiting(session: Session, sign_up: SignUp, ahead: int, question: Question | None = None) -> None:
    _tell(session, sign_up, "waiting", ahead=ahead, question_link=_link_of(question))


def promoted(session: Session, sign_up: SignUp) -> None:
    """A seat came free: nobody asked just now, so it keeps to polite hours; without e-mail somebody telephones."""
    outbox.withdraw(session, sign_up.about)
    _tell(session, sign_up, "promoted", polite=True, call=True)
    _remind(session, sign_up)


def seats_changed(session: Session, sign_up: SignUp) -> None:
    outbox.withdraw(session, sign_up.about)
    _tell(session, sign_up, "seats_changed", waiting=sign_up.state == "waiting")
    if sign_up.state == "seated":
        _remind(session, sign_up)


def contact_changed(session: Session, sign_up: SignUp) -> None:
    """Somebody else comes in their stead: what waits is written anew, with the right name."""
    outbox.withdraw(session, sign_up.about)
    _tell(session, sign_up, "contact_changed")
    if sign_up.state == "seated":
        _remind(session, sign_up)


def reserved(session: Session, sign_up: SignUp) -> None:
    """A seat is kept for an invited business, which did not ask: polite hours, and somebody calls who has no e-mail."""
    until = sign_up.reserved_until.isoformat() if sign_up.reserved_until else ""
    _tell(session, sign_up, "reserved", polite=True, call=True, until=until)


def called_off(session: Session, meeting: Meeting) -> None:
    """The meeting is moved or cancelled: invitations to the old day, and word of an earlier change, do not leave any more. (Who
    had theirs already is written to by invitations, which compares what its letters told.)"""
    outbox.recall(session, "invitation", meeting.id)


def given_up(session: Session, sign_up: SignUp) -> None:
    outbox.withdraw(session, sign_up.about)
    _tell(session, sign_up, "given_up")


def cancelled(session: Session, sign_up: SignUp) -> None:
    outbox.withdraw(session, sign_up.about)
    _tell(session, sign_up, "cancelled", polite=True, call=True, reason=sign_up.meeting.cancel_reason)


def moved(session: Session, sign_up: SignUp, before: Plan, seated_unread: bool) -> None:
    """Another day, hour or place. Whatever had not left said the old one: this letter stands for it all.

    `seated_unread`: that a seat came free was among it.
    """
    outbox.withdraw(session, sign_up.about)
    until = sign_up.reserved_until.isoformat() if sign_up.state == "reserved" and sign_up.reserved_until else ""
    _tell(
        session, sign_up, "moved", polite=True, call=True, state=sign_up.state, until=until, seated_unread=seated_unread,
        was_at=before.starts_at.isoformat(), was_place=before.said("place", sign_up.locale),
    )  # fmt: skip
    if sign_up.state == "seated":
        _remind(session, sign_up)


def reworded(session: Session, sign_up: SignUp) -> None:
    """Something changed that is no news: reminders still to leave say it right."""
    outbox.reword(session, sign_up.about, rules.REMINDER_DAYS, _facts(sign_up))


def asker_moved(session: Session, meeting: Meeting, questions: Sequence[Question], before: Plan) -> None:
    for asker in _without_seat(questions):
        was = {"was_at": before.starts_at.isoformat(), "was_place": before.said("place", asker.locale)}
        _tell_asker(session, meeting, asker, "asker_moved", was)


def asker_cancelled(session: Session, meeting: Meeting, questions: Sequence[Question]) -> None:
    for asker in _without_seat(questions):
        _tell_asker(session, meeting, asker, "asker_cancelled", {"reason": meeting.cancel_reason})


def _without_seat(questions: Sequence[Question]) -> list[Question]:
    """One question of each asker who still waits for an answer and gets no letter about a place."""
    seated = {one.phone for one in questions if one.sign_up is not None and one.sign_up.state != "given_up"}
    waits = [one for one in reversed(questions) if one.withdrawn_at is None and one.settled_at is None]
    return list({one.phone: one for one in waits if one.phone not in seated}.values())[::-1]


def _tell_asker(session: Session, meeting: Meeting, question: Question, kind: str, more: dict[str, Any]) -> None:
    """Neither words nor code nor name: every officer reads letters in the tray. An earlier one that has not left is undone."""
    outbox.withdraw(session, question.about, ASKER_KINDS)
    question.sequence += 1
    facts = more | {
        "meeting": events.series_name(meeting, question.locale),
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "place": events.said(meeting, "place", question.locale),
        "filed_at": question.filed_at.isoformat(),
        "link": filing.own_page(question),
    }
    letter = outbox.Letter(
        about=question.about, kind=kind, version=question.sequence, template=f"meetings/{kind}", facts=facts,
        due_at=clock.now(), polite=True, call=question.wish == "come",
    )  # fmt: skip
    outbox.post(session, letter, email=question.email, phone=question.phone, locale=question.locale)


def item_time(
    session: Session, meeting: Meeting, question: Question, item: str, at: datetime, known: datetime | None, version: int,
    due: datetime,
) -> None:  # fmt: skip
    """When a question is heard. Neither its words nor its code nor a name: every officer reads letters in the tray."""
    locale = question.locale
    facts = {
        "at": at.isoformat(),
        "known": known.isoformat() if known else "",
        "item": item,
        "meeting": events.series_name(meeting, locale),
        "place": events.said(meeting, "place", locale),
        "filed_at": question.filed_at.isoformat(),
        "comes": question.wish == "come",
        "meeting_link": links.absolute("meetings.meeting", locale, day=meeting.day.isoformat()),
    }
    letter = outbox.Letter(
        about=question.about, kind="item_time", version=version, template="meetings/item_time", facts=facts, due_at=due,
        useful_until=at, polite=True, call=question.wish == "come",
    )  # fmt: skip
    outbox.post(session, letter, email=question.email, phone=question.phone, locale=locale)


def _remind(session: Session, sign_up: SignUp) -> None:
    for kind, (due, until) in rules.reminders(sign_up.meeting.starts_at, clock.now()).items():
        facts = _facts(sign_up)
        letter = outbox.Letter(
            about=sign_up.about, kind=kind, version=sign_up.version, template="meetings/reminder", facts=facts,
            due_at=due, useful_until=until, polite=True, call=kind == "reminder_day",
        )  # fmt: skip
        _post(session, sign_up, letter)


def _tell(session: Session, sign_up: SignUp, kind: str, polite: bool = False, call: bool = False, **more: Any) -> None:
    letter = outbox.Letter(
        about=sign_up.about, kind=kind, version=sign_up.version, template=f"meetings/{kind}", facts=_facts(sign_up) | more,
        due_at=clock.now(), useful_until=sign_up.meeting.ends_at, polite=polite, call=call,
    )  # fmt: skip
    _post(session, sign_up, letter)


def _post(session: Session, sign_up: SignUp, letter: outbox.Letter) -> None:
    outbox.post(session, letter, email=sign_up.email, phone=sign_up.phone, locale=sign_up.locale)


def _link_of(question: Question | None) -> str:
    """The question that came along: the way to it, never its words. What was asked the leader alone is not even mentioned."""
    return filing.own_page(question) if question and question.openness != "private" else ""


def _facts(sign_up: SignUp) -> dict[str, Any]:
    """What the templates need, JSON only."""
    meeting, locale = sign_up.meeting, sign_up.locale
    facts: dict[str, Any] = {
        "code": sign_up.code,
        "contact": sign_up.contact,
        "business": sign_up.name,
        "seats": sign_up.seats,
        "meeting": events.series_name(meeting, locale),
        "day": meeting.day.isoformat(),
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "place": events.said(meeting, "place", locale),
        "chair": events.said(meeting, "chair", locale),
        "meeting_link": links.absolute("meetings.meeting", locale, day=meeting.day.isoformat()),
        "series_link": links.absolute("meetings.next_meeting", locale),
    }
    for name, endpoint in LINKS.items():
        facts[name] = links.absolute(endpoint, locale, code=sign_up.code, t=proof.token(sign_up.code))
    if sign_up.seated_at is not None:
        facts["event"] = events.of_seat(sign_up).to_facts()
    return facts
