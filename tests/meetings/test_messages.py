"""What messages say: date, time and place in the subject, links that ask, short plain text for phones."""

from dataclasses import replace
from datetime import time

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_babel import force_locale

from app.calendars import Event
from app.db import db
from app.meetings import actions, changes, plan, schedule
from app.meetings.models import Meeting
from app.outbox import rendering
from app.outbox.models import Message
from tests.meetings import make

KINDS = ("signed_up", "waiting", "promoted", "seats_changed", "given_up", "moved", "cancelled", "reminder_week", "reminder_day")
TEXTED = {"signed_up", "waiting", "promoted", "moved", "cancelled", "reminder_week", "reminder_day"}


def told(meeting: Meeting, locale: str = "vi", name: str = "Cơ sở Phước Lợi") -> dict[str, Message]:
    """One message of every kind."""
    for number in range(1, 20):
        make.sign_up(meeting, number)
    mine = make.sign_up(meeting, 20, name=name, contact="Nguyễn Văn Lợi", locale=locale)
    line = make.sign_up(meeting, 21, name=name, contact="Nguyễn Văn Lợi", locale=locale)
    other = make.sign_up(meeting, 22, name=name, contact="Nguyễn Văn Lợi", locale=locale)
    actions.change_seats(other.code, 2)
    actions.give_up(mine.code)
    changes.edit(meeting.id, replace(plan.of(meeting), opens=time(8), closes=time(11, 30)), 0)
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    rows = db.session.scalars(
        sa.select(Message).where(Message.about.in_([mine.about, line.about, other.about])).order_by(Message.id)
    )
    return {row.kind: row for row in reversed(rows.all())}


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_message_can_be_written_in_both_languages(meeting: Meeting, locale: str) -> None:
    found = told(meeting, locale)
    assert set(found) == set(KINDS)
    for kind, row in found.items():
        subject, text, html = rendering.letter(row.template, row.kind, row.facts, row.locale)
        for words in ("8:00", "Hội trường UBND quận Ô Môn", row.facts["code"]):
            assert words in subject, (kind, words)
        assert len(subject) < 130
        assert text.strip()
        assert f'lang="{locale}"' in html
        for part in (subject, text, html):
            assert "None" not in part
            assert "%(" not in part


def test_names_are_escaped_in_html_and_plain_in_text(meeting: Meeting) -> None:
    row = told(meeting, name="<b>Phước & Lợi</b>")["signed_up"]
    _subject, text, html = rendering.letter(row.template, row.kind, row.facts, row.locale)
    assert "<b>Phước & Lợi</b>" in text
    assert "&lt;b&gt;Phước &amp; Lợi&lt;/b&gt;" in html


def test_links_are_absolute_carry_proof_and_only_ask(meeting: Meeting) -> None:
    row = told(meeting)["reminder_day"]
    _subject, text, html = rendering.letter(row.template, row.kind, row.facts, row.locale)
    for path in ("/den?t=", "/bot?t=", "?t="):
        assert f"https://hen.example/cho/{row.facts['code']}{path}" in text
        assert path in html


def test_the_day_before_the_subject_says_tomorrow(meeting: Meeting, travel: time_machine.Traveller) -> None:
    row = told(meeting)["reminder_day"]
    travel.move_to(row.due_at)
    assert rendering.subject(row.template, row.kind, row.facts, row.locale).startswith("Mai 8:00: Thứ Bảy gặp gỡ doanh nghiệp")


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_texts_for_phones_are_short_plain_and_name_nobody(app: Flask, meeting: Meeting, locale: str) -> None:
    for kind, row in told(meeting, locale).items():
        assert rendering.fits_phones(row.template) == (kind in TEXTED)
        if kind in TEXTED:
            with force_locale(locale):
                whole = app.jinja_env.get_template(f"mail/{row.template}.sms.txt").render(row.facts).strip()
            text = rendering.sms(row.template, row.kind, row.facts, row.locale)
            assert text == whole.replace("\xa0", " ")  # nothing was cut off or folded away
            assert text.isascii()
            assert len(text) <= 160
            assert "Phuoc" not in text
            assert "Loi" not in text
            assert row.facts["code"] in text


def test_the_calendar_entry_goes_along_and_is_called_off_with_the_meeting(meeting: Meeting) -> None:
    found = told(meeting)
    assert "event" not in found["waiting"].facts
    assert Event.from_facts(found["signed_up"].facts["event"]).starts == meeting.starts_at
    assert Event.from_facts(found["given_up"].facts["event"]).cancelled
    assert Event.from_facts(found["cancelled"].facts["event"]).cancelled
