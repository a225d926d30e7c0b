"""Who is asked, when, once; and what the letter says."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, survey
from app.appointments import actions as appointments
from app.asking import actions
from app.attendance import actions as door
from app.db import db
from app.dossiers import actions as dossiers
from app.feedback.models import Answer
from app.outbox import rendering
from app.outbox.models import Message
from tests import make, world
from tests.attendance import make as mornings
from tests.dossiers import make as desk
from tests.meetings import make as businesses
from tests.page import Client, count_queries

ARRIVAL = "2026-12-01T08:20"


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.MONDAY, tick=False) as clock_at:
        yield clock_at


def letters() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).where(Message.kind == "survey").order_by(Message.id)))


def visit(travel: time_machine.Traveller, at: str = ARRIVAL, **person: str) -> str:
    """Booked, come, served at that time."""
    catalogue = make.office() if not db.session.scalar(sa.text("SELECT count(*) FROM office")) else desk.queries.catalogue()
    office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
    code = appointments.book(office, procedure, make.local(at), make.person(**({"email": "duyen@example.vn"} | person))).code
    travel.move_to(make.local(at))
    appointments.mark(code, "served", "booked")
    return code


def evening(travel: time_machine.Traveller, at: str = "2026-12-01T18:00") -> int:
    travel.move_to(make.local(at))
    return actions.ask()


def test_at_six_the_same_evening(app: Flask, travel: time_machine.Traveller, client: Client) -> None:
    visit(travel)
    assert evening(travel, "2026-12-01T17:59") == 0
    assert evening(travel) == 1
    assert actions.ask() == 0
    (letter,) = letters()
    assert (letter.recipient, letter.due_at, letter.polite) == ("duyen@example.vn", clock.now(), True)
    subject, text, html = rendering.letter(letter.template, letter.kind, letter.facts, letter.locale)
    assert subject == "Lần đến làm việc thế nào?"
    assert "Thứ Ba 01/12/2026 bạn đến làm việc tại UBND phường thoi-an." in text.replace("\xa0", " ")
    link = letter.facts["link"].removeprefix("https://hen.example")
    assert link in html
    assert client.submit(link, {"choice": "good"}).status_code == 303
    for told in (subject, text, html):
        assert "TA-" not in told
        assert "khai sinh" not in told


def test_nothing_in_the_database_joins_the_answer_to_the_visitor(
    app: Flask, travel: time_machine.Traveller, client: Client
) -> None:
    """No column holds a name, number, address or code; what names the answer stands nowhere else, not in the letter either."""
    code = visit(travel)
    evening(travel)
    client.submit(letters()[0].facts["link"].removeprefix("https://hen.example"), {"choice": "good"})
    rows = world.rows()
    (answer,) = rows.pop("survey_answer")
    assert [word for word in (*world.PRIVATE, "duyen@example.vn", "+84912345678", code) if len(word) > 3 and word in answer] == []
    seal = db.session.scalars(sa.select(Answer.seal)).one()
    assert [table for table, lines in rows.items() if any(seal in line for line in lines)] == []
    link = survey.read(letters()[0].facts["link"].rpartition("/")[2])
    assert link is not None
    assert link.digest not in answer


def test_nobody_without_an_address_nor_who_did_not_come(app: Flask, travel: time_machine.Traveller) -> None:
    visit(travel, email="")
    catalogue = desk.queries.catalogue()
    office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
    missed = appointments.book(office, procedure, make.local("2026-12-01T09:00"), make.person(email="vang@example.vn"))
    travel.move_to(make.local("2026-12-01T10:00"))
    appointments.mark(missed.code, "missed", "booked")
    assert evening(travel) == 0


def test_a_result_handed_over(app: Flask, travel: time_machine.Traveller) -> None:
    desk.office()
    travel.move_to(make.local("2026-12-01T10:00"))
    row = desk.dossier(received_at=make.local("2026-12-01T10:00"))
    travel.move_to(make.local("2026-12-03T09:00"))
    dossiers.hand_over(row.code, clock.now(), dossiers.Proof("receipt", "12"))
    assert evening(travel, "2026-12-03T18:00") == 1
    (letter,) = letters()
    assert (letter.about, letter.facts["after"], letter.facts["day"]) == (row.about, "result", "2026-12-03")


def test_a_meeting_attended_and_entered_on_monday(app: Flask, travel: time_machine.Traveller) -> None:
    meeting = mornings.meeting()
    came, _stayed = businesses.sign_up(meeting, 1), businesses.sign_up(meeting, 2)
    travel.move_to(mornings.at(8))
    door.arrive(meeting.id, came.code)
    travel.move_to(mornings.at(18) + timedelta(days=3))
    assert actions.ask() == 1
    (letter,) = letters()
    assert (letter.about, letter.facts["after"]) == (came.about, "meeting")
    text = rendering.letter(letter.template, letter.kind, letter.facts, "en")[1]
    assert "business meeting" in text


def test_one_letter_for_a_morning_at_three_counters(app: Flask, travel: time_machine.Traveller) -> None:
    codes = [visit(travel, f"2026-12-01T{hour}:00", phone=f"+8491234567{hour}"[:12], email=email)
             for hour, email in (("08", "duyen@example.vn"), ("09", "Duyen@example.vn"), ("10", "khac@example.vn"))]  # fmt: skip
    assert len(codes) == 3
    assert evening(travel) == 2
    assert actions.ask() == 0
    assert sorted(letter.recipient for letter in letters()) == ["Duyen@example.vn", "khac@example.vn"]


def test_a_scheduler_that_stood_still(app: Flask, travel: time_machine.Traveller) -> None:
    visit(travel)
    assert evening(travel, "2026-12-12T18:00") == 0  # too long ago to ask
    assert evening(travel, "2026-12-05T08:00") == 1


def test_an_idle_beat_is_three_queries(app: Flask, travel: time_machine.Traveller) -> None:
    visit(travel)
    evening(travel)
    with count_queries() as seen:
        actions.ask()
    assert len(seen) == 3, seen


def test_the_link_stands_on_the_finished_pages(app: Flask, travel: time_machine.Traveller, client: Client) -> None:
    code = visit(travel)
    with client.session_transaction() as cookie:
        cookie["open"] = [code]
    assert "/khao-sat/" in client.get(f"/hen/{code}").text
    travel.shift(timedelta(days=31))
    assert "/khao-sat/" not in client.get(f"/hen/{code}").text
