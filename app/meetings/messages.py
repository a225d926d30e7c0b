"""Whom we tell what and when. Every message says date, time and place in its subject."""

from typing import Any

from sqlalchemy.orm import Session

from app import clock, links, proof
from app.meetings import events, rules
from app.meetings.models import Meeting, SignUp
from app.outbox import actions as outbox

# The links of every letter about a place: name in the templates -> page. Each page only asks.
LINKS = {
    "link": "meetings.seat", "coming_link": "meetings.coming", "change_link": "meetings.change",
    "other_link": "meetings.other_person",
}  # fmt: skip


def signed_up(session: Session, sign_up: SignUp) -> None:
    """A place was kept: said at once, and remembered twice before the meeting."""
    _tell(session, sign_up, "signed_up")
    _remind(session, sign_up)


def waiting(session: Session, sign_up: SignUp, ahead: int) -> None:
    _tell(session, sign_up, "waiting", ahead=ahead)


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


def accepted(session: Session, sign_up: SignUp) -> None:
    outbox.withdraw(session, sign_up.about)
    signed_up(session, sign_up)


def called_off(session: Session, meeting: Meeting) -> None:
    """The meeting is moved or cancelled: invitations to the old day that have not left yet do not leave."""
    outbox.recall(session, "invitation", meeting.id)


def given_up(session: Session, sign_up: SignUp) -> None:
    outbox.withdraw(session, sign_up.about)
    _tell(session, sign_up, "given_up")


def cancelled(session: Session, sign_up: SignUp) -> None:
    outbox.withdraw(session, sign_up.about)
    _tell(session, sign_up, "cancelled", polite=True, call=True, reason=sign_up.meeting.cancel_reason)


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
    if sign_up.state != "waiting":
        facts["event"] = events.of_seat(sign_up).to_facts()
    return facts
