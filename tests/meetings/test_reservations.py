"""Seats kept for invited businesses: taken at once, accepted, given up, or handed on when nobody answers."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app import clock, scheduler, selfcheck
from app.audit import Audit
from app.db import db, transaction
from app.meetings import actions, queries, rules, schedule
from app.meetings.models import Meeting, SignUp
from app.outbox import actions as outbox
from app.outbox.models import Message
from app.proof import token
from app.refusal import Conflict, Refusal
from tests.meetings import make
from tests.page import Client, page

DAYS = timedelta(days=3)


def invite(meeting: Meeting, number: int = 70, **facts: Any) -> SignUp:
    return actions.reserve(meeting.id, make.applicant(number, **facts), clock.now() + DAYS)


def row_of(row: SignUp) -> SignUp:
    db.session.rollback()
    return db.session.get_one(SignUp, row.id, populate_existing=True)


def taken(meeting: Meeting) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(Meeting.taken).where(Meeting.id == meeting.id)) or 0


def kinds(row: SignUp, state: str = "waiting") -> list[str]:
    mine = (Message.about == row.about, Message.state == state)
    return list(db.session.scalars(sa.select(Message.kind).where(*mine).order_by(Message.due_at, Message.id)))


def acts(row: SignUp) -> list[str]:
    return list(db.session.scalars(sa.select(Audit.act).where(Audit.about == row.about).order_by(Audit.id)))


def broken() -> set[str]:
    return {result.says for result in selfcheck.run() if result.broken} - {"the catalogue has its version"}


def test_a_reserved_seat_is_taken_and_said_so(meeting: Meeting) -> None:
    row = invite(meeting, seats=2, question="Xin mở rộng kho?", channel="counter")
    assert (row.state, row.seats, row.channel) == ("reserved", 2, "counter")
    assert row.reserved_until == clock.now() + DAYS
    assert taken(meeting) == 2
    assert kinds(row) == ["reserved"]
    assert [one.text for one in queries.questions_of(row.id)] == ["Xin mở rộng kho?"]
    assert broken() == set()


def test_the_same_invitation_twice_is_one_seat(meeting: Meeting) -> None:
    assert invite(meeting).code == invite(meeting).code
    with pytest.raises(rules.AlreadySignedUp):
        invite(meeting, request_key="another")
    assert taken(meeting) == 1


def test_nobody_who_waits_is_passed_over_and_no_seat_is_made_up(meeting: Meeting) -> None:
    rows = make.full(meeting)
    with pytest.raises(Conflict):
        invite(meeting)
    large = make.sign_up(meeting, 50, seats=2)
    actions.give_up(rows[0].code)
    assert (taken(meeting), row_of(large).state) == (19, "waiting")
    with pytest.raises(Conflict):
        invite(meeting)  # one seat is free, but not for who was not first


@pytest.mark.parametrize("until", [timedelta(0), timedelta(days=30)])
def test_the_time_to_answer_lies_before_the_meeting(meeting: Meeting, until: timedelta) -> None:
    with pytest.raises(Refusal):
        actions.reserve(meeting.id, make.applicant(), clock.now() + until)


def test_accepting_makes_it_a_seat_like_any_other(meeting: Meeting) -> None:
    row = invite(meeting)
    with transaction() as session:
        letter = outbox.Letter(row.about, "invited", row.version, "meetings/waiting", {}, clock.now())
        outbox.post(session, letter, email=row.email, phone=row.phone, locale="vi")
    actions.accept(row.code)
    actions.accept(row.code)
    seated = row_of(row)
    assert (seated.state, seated.seated_at, seated.coming_at) == ("seated", clock.now(), clock.now())
    assert kinds(row) == ["signed_up", "reminder_week", "reminder_day"]
    assert kinds(row, "withdrawn") == ["reserved", "invited"]
    assert acts(row) == ["reserved", "accepted"]
    assert taken(meeting) == 1
    assert broken() == set()


def test_giving_it_up_hands_it_on(meeting: Meeting) -> None:
    row = invite(meeting, seats=3)
    line = [make.sign_up(meeting, number) for number in range(1, 19)]
    assert row_of(line[17]).state == "waiting"
    actions.give_up(row.code)
    assert (row_of(row).state, row_of(line[17]).state, taken(meeting)) == ("given_up", "seated", 18)
    assert kinds(row) == ["given_up"]


def test_fewer_people_than_invited_hands_the_rest_on(meeting: Meeting) -> None:
    row = invite(meeting, seats=3)
    line = [make.sign_up(meeting, number) for number in range(1, 20)]
    actions.change_seats(row.code, 1)
    assert (row_of(row).state, row_of(row).seats) == ("reserved", 1)
    assert (row_of(line[18]).state, taken(meeting)) == ("seated", 20)


def test_unanswered_seats_are_handed_on_in_order(meeting: Meeting, travel: time_machine.Traveller) -> None:
    rows = [invite(meeting, 70 + number, seats=2) for number in range(2)]
    line = [make.sign_up(meeting, number) for number in range(1, 20)]
    assert actions.release_reserved() == 0
    travel.shift(DAYS - timedelta(seconds=1))
    assert actions.release_reserved() == 0
    travel.shift(timedelta(seconds=1))
    assert actions.release_reserved() == 2
    assert actions.release_reserved() == 0
    assert {row_of(row).state for row in rows} == {"given_up"}
    assert {row_of(row).state for row in line} == {"seated"}
    assert acts(rows[0]) == ["reserved", "lapsed"]
    assert kinds(rows[0]) == []
    assert taken(meeting) == 19
    assert broken() == set()


def test_late_is_well_while_nobody_waits(meeting: Meeting, travel: time_machine.Traveller) -> None:
    row, other = invite(meeting), invite(meeting, 71)
    travel.shift(DAYS)
    assert actions.accept(row.code).state == "seated"
    for number in range(1, 20):
        make.sign_up(meeting, number)
    with pytest.raises(Conflict):
        actions.accept(other.code)
    actions.release_reserved()
    with pytest.raises(Refusal):
        actions.accept(other.code)


def test_a_cancelled_meeting_is_left_as_it_was_told(meeting: Meeting, travel: time_machine.Traveller) -> None:
    row = invite(meeting)
    schedule.cancel_meeting(meeting.id, "Bão")
    assert kinds(row) == ["cancelled"]
    travel.shift(DAYS)
    assert actions.release_reserved() == 0
    assert broken() == set()


def test_the_sweep_beats_every_minute(app: Flask) -> None:
    assert [every for what, every, act in scheduler.TIMETABLE if act is actions.release_reserved] == [60]


def test_the_database_itself_wants_a_time_to_answer(meeting: Meeting) -> None:
    row = invite(meeting)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.update(SignUp).where(SignUp.id == row.id).values(reserved_until=None))


def test_selfcheck_notices_a_seat_kept_too_long(meeting: Meeting, travel: time_machine.Traveller) -> None:
    invite(meeting)
    travel.shift(DAYS + timedelta(minutes=6))
    assert broken() == {"no seat is kept for an invitation past its time"}


def test_the_invited_open_their_seat_and_take_it(client: Client, meeting: Meeting) -> None:
    row = invite(meeting)
    client.get(f"/cho/{row.code}?t={token(row.code)}")
    shown = " ".join(page(client.get(f"/cho/{row.code}")).texts)
    assert "Chỗ dành sẵn đến 9:00, thứ Sáu 27/11/2026." in shown
    assert client.get(f"/cho/{row.code}/bot").status_code == 200
    assert client.submit(f"/cho/{row.code}/den").status_code == 303
    assert row_of(row).state == "seated"


def test_officers_see_who_was_invited(app: Flask, meeting: Meeting) -> None:
    row = invite(meeting)
    office = Client(app, app.response_class)
    office.sign_in("counter")
    shown = " ".join(page(office.get("/can-bo/thu-bay/2026-12-05")).texts)
    assert "Giữ cho khách mời (1)" in shown
    assert row.code in shown
