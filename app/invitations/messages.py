"""Whom we tell what and when. Letters only, never SMS or a call: the consent speaks of letters."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock, links, proof
from app.invitations import queries
from app.invitations.models import Subscriber
from app.meetings import events
from app.meetings.models import Meeting, SignUp
from app.outbox import actions as outbox

ASK_WITHIN = timedelta(days=14)  # later nobody remembers why they did not come


def confirm(session: Session, subscriber: Subscriber) -> None:
    """Whoever typed the address asked just now: it leaves at any hour."""
    _own(session, subscriber, "confirm", _link(subscriber, "confirm"))


def known(session: Session, subscriber: Subscriber) -> None:
    """The address is subscribed already, or its links were renewed."""
    _own(session, subscriber, "known", _link(subscriber, "manage"))


def welcome(session: Session, subscriber: Subscriber) -> None:
    _own(session, subscriber, "welcome", _link(subscriber, "manage"))


def invitation(session: Session, subscriber: Subscriber, meeting: Meeting) -> None:
    """One per subscriber and meeting, whoever runs it and how often; of no use once the list is closed."""
    facts = _facts(subscriber) | _of_meeting(meeting, subscriber.locale)
    facts["link"] = _link(subscriber, "reply", day=meeting.day.isoformat())
    letter = outbox.Letter(
        about=subscriber.about, kind=queries.INVITATION, version=meeting.id, template="invitations/invitation", facts=facts,
        due_at=clock.now(), useful_until=meeting.sign_up_until, polite=True,
    )  # fmt: skip
    outbox.post(session, letter, email=subscriber.email, phone="", locale=subscriber.locale)


def changed(session: Session, subscriber: Subscriber, meeting: Meeting, told: dict[str, Any]) -> None:
    """To somebody who has not answered: the meeting they were invited to is held elsewhere or at another time, or not at all.

    One for each change, whoever runs it and how often. `told`: the facts of the letter that says it wrongly now.
    """
    facts = _facts(subscriber) | _of_meeting(meeting, subscriber.locale) | {"reason": meeting.cancel_reason}
    facts |= {"was_at": told["starts_at"], "was_place": told["place"]}
    facts["link"] = _link(subscriber, "reply", day=meeting.day.isoformat())
    letter = outbox.Letter(
        about=subscriber.about, kind=f"{queries.CHANGE}{meeting.sequence}", version=meeting.id,
        template=f"invitations/{'cancelled' if meeting.state == 'cancelled' else 'moved'}", facts=facts, due_at=clock.now(),
        useful_until=meeting.starts_at, polite=True,
    )  # fmt: skip
    outbox.post(session, letter, email=subscriber.email, phone="", locale=subscriber.locale)


def missed(session: Session, sign_up: SignUp, due: datetime) -> None:
    """One question to somebody whose chair stayed empty."""
    facts = _of_meeting(sign_up.meeting, sign_up.locale) | {"contact": sign_up.contact, "business": sign_up.name}
    facts["link"] = links.absolute("invitations.missed", sign_up.locale, code=sign_up.code, t=proof.token(sign_up.code))
    letter = outbox.Letter(
        about=sign_up.about, kind="missed", version=sign_up.version, template="invitations/missed", facts=facts, due_at=due,
        useful_until=due + ASK_WITHIN, polite=True,
    )  # fmt: skip
    outbox.post(session, letter, email=sign_up.email, phone="", locale=sign_up.locale)


def _own(session: Session, subscriber: Subscriber, kind: str, link: str) -> None:
    """A letter about the subscription itself."""
    subscriber.letters += 1
    letter = outbox.Letter(
        about=subscriber.about, kind=kind, version=subscriber.letters, template=f"invitations/{kind}",
        facts=_facts(subscriber) | {"link": link}, due_at=clock.now(), polite=False,
    )  # fmt: skip
    outbox.post(session, letter, email=subscriber.email, phone="", locale=subscriber.locale)


def _facts(subscriber: Subscriber) -> dict[str, Any]:
    """What the templates need, JSON only; every letter can be stopped by one press in the mail program (RFC 8058)."""
    leave = _link(subscriber, "leave")
    return {
        "contact": subscriber.contact,
        "business": subscriber.name,
        "manage_link": _link(subscriber, "manage"),
        "leave_link": leave,
        "headers": {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    }


def _of_meeting(meeting: Meeting, locale: str) -> dict[str, Any]:
    return {
        "sequence": meeting.sequence,  # a later one is news to whoever has this letter
        "meeting": events.series_name(meeting, locale),
        "day": meeting.day.isoformat(),
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "place": events.said(meeting, "place", locale),
        "chair": events.said(meeting, "chair", locale),
        "theme": events.said(meeting, "theme", locale),
        "meeting_link": links.absolute("meetings.meeting", locale, day=meeting.day.isoformat()),
        "series_link": links.absolute("meetings.next_meeting", locale),
    }


def _link(subscriber: Subscriber, endpoint: str, **values: str) -> str:
    return links.absolute(f"invitations.{endpoint}", subscriber.locale, token=queries.token(subscriber), **values)
