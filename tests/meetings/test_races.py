"""A meeting never has more seated people than places, and the line is in order of arrival: real processes at once."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.db import db, transaction
from app.meetings import actions, queries
from app.meetings.models import Meeting, SignUp
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from tests import races
from tests.meetings import make

WORKERS, EACH = 10, 20


def test_two_hundred_sign_ups_for_twenty_places(app: Flask, meeting: Meeting) -> None:
    meeting_id = meeting.id

    def job(worker: int) -> int:
        for number in range(EACH):
            actions.sign_up(meeting_id, make.applicant(1000 + worker * EACH + number))
        return EACH

    assert sum(races.run(app, WORKERS, job)) == 200
    rows = queries.registrations(meeting_id)  # in the order their transactions committed
    assert len(rows) == 200
    assert [row.state for row in rows] == ["seated"] * 20 + ["waiting"] * 180
    assert [row.line for row in rows[20:]] == list(range(1, 181))
    assert db.session.get_one(Meeting, meeting_id, populate_existing=True).taken == 20
    kinds = db.session.execute(sa.select(Message.kind, sa.func.count()).group_by(Message.kind)).all()
    assert dict(kinds) == {"signed_up": 20, "waiting": 180, "reminder_week": 20, "reminder_day": 20}
    assert queries.oversold() == []


def test_control_without_the_guard_the_same_race_oversells(app: Flask, meeting: Meeting) -> None:
    """Read, decide, write: what the lock and the conditional UPDATE replace. If this stops overselling, the race is too tame."""
    meeting_id = meeting.id

    def job(_worker: int) -> int:
        sold = 0
        for _number in range(EACH):
            db.session.rollback()
            taken = db.session.scalar(sa.select(Meeting.taken).where(Meeting.id == meeting_id)) or 0
            if taken < 20:
                with transaction() as session:
                    session.execute(sa.update(Meeting).where(Meeting.id == meeting_id).values(taken=taken + 1))
                sold += 1
        return sold

    assert sum(races.run(app, WORKERS, job)) > 20


def test_two_clicks_on_one_button_in_many_processes(app: Flask, meeting: Meeting) -> None:
    meeting_id = meeting.id
    codes = races.run(app, 8, lambda _worker: actions.sign_up(meeting_id, make.applicant(1)).code)
    assert len(set(codes)) == 1
    assert db.session.get_one(Meeting, meeting_id, populate_existing=True).taken == 1


def test_giving_up_changing_and_signing_up_at_once_keeps_the_sums_right(app: Flask, meeting: Meeting) -> None:
    meeting_id, rows = meeting.id, make.full(meeting, waiting=20)
    codes = [row.code for row in rows]

    def job(worker: int) -> int:
        done = 0
        for number, code in enumerate(codes[worker::WORKERS]):
            acts: list[Any] = [
                lambda code=code: actions.give_up(code),
                lambda code=code: actions.change_seats(code, 2),
                lambda worker=worker, number=number: actions.sign_up(meeting_id, make.applicant(5000 + worker * 100 + number)),
            ]
            for act in acts[worker % 3 :] + acts[: worker % 3]:
                try:
                    act()
                    done += 1
                except (Conflict, Refusal):
                    continue
        return done

    assert sum(races.run(app, WORKERS, job)) > 40
    db.session.rollback()
    assert queries.oversold() == []
    after = db.session.get_one(Meeting, meeting_id, populate_existing=True)
    head = queries.line(meeting_id)
    assert not head or head[0].seats > after.free  # nobody waits for a seat that is there
    lines = [row.line for row in queries.registrations(meeting_id) if row.line]
    assert lines == sorted(lines) == list(range(1, len(lines) + 1))
    promoted = db.session.scalars(sa.select(SignUp.line).where(SignUp.state == "seated", SignUp.line.is_not(None))).all()
    waiting = [row.line for row in head]
    assert not promoted or not waiting or max(promoted) < min(waiting)
