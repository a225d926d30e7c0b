"""Calendar entries (RFC 5545): one UID for ever, a SEQUENCE that grows with every change, instants in UTC."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import icalendar
from flask import current_app

from app import clock
from app.text import clean, clean_line

PRODUCT = "-//Hen//hen//VI"
EVENING = time(19)  # when the calendar itself reminds, the day before


@dataclass(frozen=True)
class Event:
    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    location: str
    description: str
    url: str
    cancelled: bool = False
    alarm: bool = False  # the calendar reminds the evening before

    def to_facts(self) -> dict[str, Any]:
        """As JSON, for a message that carries it."""
        return asdict(self) | {"starts": self.starts.isoformat(), "ends": self.ends.isoformat()}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Event":
        known = {name: facts[name] for name in cls.__dataclass_fields__ if name in facts}
        event = cls(**known)
        return replace(event, starts=datetime.fromisoformat(facts["starts"]), ends=datetime.fromisoformat(facts["ends"]))


def one(event: Event, method: str = "PUBLISH", organizer: str = "", attendee: str = "") -> bytes:
    """One entry as a file. A REQUEST or CANCEL names who invites and who is invited, or calendars ignore it."""
    calendar = _calendar(method)
    component = _component(event)
    if organizer and attendee:
        component.add("organizer", f"mailto:{organizer}", parameters={"CN": _name()})
        component.add("attendee", f"mailto:{attendee}", parameters={"RSVP": "FALSE", "PARTSTAT": "ACCEPTED"})
    calendar.add_component(component)
    return bytes(calendar.to_ical())


def feed(name: str, events: Iterable[Event]) -> bytes:
    """A series to subscribe to; cancelled entries stay in it, said to be cancelled."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", clean_line(name))
    calendar.add("x-wr-timezone", str(clock.ZONE))
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for event in events:
        calendar.add_component(_component(event))
    return bytes(calendar.to_ical())


def _calendar(method: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _component(event: Event) -> icalendar.Event:
    """Every text is cleaned first: no control character, so no line of its own, whatever a person typed as a name."""
    component = icalendar.Event()
    component.add("uid", clean_line(event.uid))
    component.add("sequence", event.sequence)
    component.add("dtstamp", clock.now())
    component.add("dtstart", event.starts.astimezone(UTC))
    component.add("dtend", event.ends.astimezone(UTC))
    component.add("summary", clean_line(event.summary))
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    for field in ("location", "description", "url"):
        if text := getattr(event, field):
            component.add(field, clean(text) if field == "description" else clean_line(text))
    if event.alarm and not event.cancelled:
        component.add_component(_alarm(event))
    return component


def _alarm(event: Event) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean_line(event.summary))
    evening = clock.at(clock.local(event.starts).date() - timedelta(days=1), EVENING)
    alarm.add("trigger", evening, parameters={"VALUE": "DATE-TIME"})
    return alarm


def _name() -> str:
    return clean_line(str(current_app.config["SITE_NAME"])).replace('"', "'")
