"""Calendar files: what a name typed by anybody can and cannot do to them."""

import json
from datetime import UTC, timedelta

import icalendar
import pytest
from flask import Flask

from app import calendars
from app.text import clean, clean_line
from tests.outbox import make

NASTY = [
    "Khai sinh\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:giả",
    "a;b,c\\d\\n:e\"f'g",
    "Nguyễn Thị Ấy, quầy; số \\1",
    "Ễ" * 75,
    "BEGIN:VEVENT",
    "x\x00\x0b\x1fy\u2028z\u0085w",
    "X-ALT;VALUE=URI:javascript:alert(1)",
    "👨‍👩‍👧 họp",
]


def _read(data: bytes) -> icalendar.Calendar:
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    data.decode("utf-8")
    return icalendar.Calendar.from_ical(data)


@pytest.mark.parametrize("text", NASTY)
def test_any_text_stays_a_text(text: str) -> None:
    event = make.event(summary=text, location=text, description=text, uid="u" + clean_line(text)[:20])
    read = _read(calendars.one(event))
    (found,) = read.walk("VEVENT")
    assert str(found["SUMMARY"]) == clean_line(text)
    assert str(found["LOCATION"]) == clean_line(text)
    assert str(found["DESCRIPTION"]) == clean(text)
    assert set(found) <= {
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "STATUS",
        "TRANSP",
        "LOCATION",
        "DESCRIPTION",
        "URL",
    }
    assert len(_read(calendars.feed(text, [event, event])).walk("VEVENT")) == 2


def test_move_and_cancel_keep_the_uid(app: Flask) -> None:
    first = make.event()
    moved = make.event(sequence=1, starts=make.VISIT + timedelta(days=1), ends=make.VISIT + timedelta(days=1, minutes=20))
    gone = make.event(sequence=2, cancelled=True)
    asked = [("REQUEST", first), ("REQUEST", moved), ("CANCEL", gone)]
    read = [_read(calendars.one(event, method, "hen@example.vn", "duyen@example.vn")) for method, event in asked]
    events = [one.walk("VEVENT")[0] for one in read]
    assert [str(one["METHOD"]) for one in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(one["UID"]) for one in events} == {"TA-482-716-305@hen"}
    assert [int(one["SEQUENCE"]) for one in events] == [0, 1, 2]
    assert [str(one["STATUS"]) for one in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {str(one["ORGANIZER"]) for one in events} == {"mailto:hen@example.vn"}
    assert {str(one["ATTENDEE"]) for one in events} == {"mailto:duyen@example.vn"}


def test_instants_are_in_utc_and_8_20_stays_8_20(app: Flask) -> None:
    data = calendars.one(make.event())
    assert b"DTSTART:20261202T012000Z\r\n" in data
    assert b"DTEND:20261202T014000Z\r\n" in data
    assert b"VTIMEZONE" not in data
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"PRODID:" in data
    assert b"METHOD:PUBLISH" in data


def test_alarm_the_evening_before() -> None:
    data = calendars.one(make.event(alarm=True))
    assert b"TRIGGER;VALUE=DATE-TIME:20261201T120000Z" in data  # 19:00 in the office
    assert b"VALARM" not in calendars.one(make.event())
    assert b"VALARM" not in calendars.one(make.event(alarm=True, cancelled=True))


def test_facts_round_trip_as_json() -> None:
    event = make.event(sequence=3, cancelled=True, alarm=True)
    assert calendars.Event.from_facts(json.loads(json.dumps(event.to_facts()))) == event
    assert event.starts.tzinfo is UTC
