"""Sign-ups, cancellations, capacity, invitations and moves at once, in real processes: never oversold, never idle, in order."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import clock, selfcheck
from app.audit import Audit
from app.db import db, transaction
from app.meetings import actions, changes, plan, queries, schedule, series
from app.meetings.models import FormerDay, Meeting, Series, SignUp
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from tests import races
from tests.meetings import make

WORKERS, EACH = 8, 14


def resize(meeting_id: int, seats: int) -> None:
    db.session.rollback()
    meeting = db.session.get_one(Meeting, meeting_id, populate_existing=True)
    changes.edit(meeting_id, replace(plan.of(meeting), capacity=max(1, meeting.capacity + seats)), meeting.revision)


def expire(code: str) -> None:
    """Its time to answer is over."""
    with transaction() as session:
        session.execute(sa.update(SignUp).where(SignUp.code == code).values(reserved_until=clock.now() - timedelta(minutes=1)))
    actions.release_reserved()


def test_everything_at_once_keeps_every_promise(app: Flask, meeting: Meeting) -> None:
    meeting_id = meeting.id
    invited = [actions.reserve(meeting_id, make.applicant(900 + n, seats=2), meeting.starts_at).code for n in range(5)]
    codes = [make.sign_up(meeting, number, seats=1 + number % 3).code for number in range(1, 25)]

    def job(worker: int) -> int:
        luck, done = random.Random(worker), 0
        mine, late = codes[worker::WORKERS], invited[worker::WORKERS]
        for number in range(EACH):
            phone, seats, growth = 5000 + worker * 100 + number, luck.randint(1, 3), luck.choice((-2, -1, 1, 2, 3))
            acts: list[Any] = [
                lambda phone=phone, seats=seats: actions.sign_up(meeting_id, make.applicant(phone, seats=seats)),
                lambda growth=growth: resize(meeting_id, growth),
                lambda: actions.give_up(mine.pop()),
                lambda seats=seats: actions.change_seats(mine[-1], seats),
                lambda: expire(late.pop()) if worker % 2 else actions.accept(late.pop()),
                lambda phone=phone: actions.reserve(meeting_id, make.applicant(phone + 50), meeting.starts_at),
            ]
            try:
                luck.choice(acts)()
                done += 1
            except (Conflict, Refusal, IndexError):
                continue
        return done

    assert sum(races.run(app, WORKERS, job)) > 40
    db.session.rollback()
    assert queries.oversold() == []
    after, line = db.session.get_one(Meeting, meeting_id, populate_existing=True), queries.line(meeting_id)
    assert not line or line[0].seats > after.free  # nobody waits for a seat that is there
    assert {result.says for result in selfcheck.run() if result.broken} <= {"the catalogue has its version"}
    trail = db.session.scalars(sa.select(Audit).where(Audit.act == "promoted").order_by(Audit.id))
    promoted = [entry.before["line"] for entry in trail if entry.before]
    assert promoted
    assert promoted == sorted(promoted)


def test_one_of_many_officers_moves_it_and_the_others_are_told(app: Flask, meeting: Meeting) -> None:
    meeting_id, seen = meeting.id, plan.of(meeting)
    rows = make.full(meeting)

    def job(worker: int) -> str:
        try:
            changes.edit(meeting_id, replace(seen, day=seen.day + timedelta(days=7 * (worker % 2 + 1))), 0)
        except Conflict:
            return "told"
        return "moved"

    answers = races.run(app, WORKERS, job)
    db.session.rollback()
    after = db.session.get_one(Meeting, meeting_id, populate_existing=True)
    assert (after.revision, after.sequence) == (1, 1)
    assert answers.count("moved") == WORKERS // 2  # who wanted the same day: the first of them, and presses that find it done
    assert db.session.scalar(sa.select(sa.func.count()).where(Message.kind == "moved")) == len(rows)


def test_two_meetings_wanted_on_one_day(app: Flask, meeting: Meeting) -> None:
    others = db.session.scalars(sa.select(Meeting.id).where(Meeting.state == "open").order_by(Meeting.day)).all()[:1]
    make.series(name="Cà phê doanh nghiệp", nth=3)
    from_ids, wanted = [*others, *_made_by_the_other_series()], meeting.day + timedelta(days=7)

    def job(worker: int) -> str:
        mine = db.session.get_one(Meeting, from_ids[worker])
        try:
            changes.edit(mine.id, replace(plan.of(mine), day=wanted), 0)
        except Refusal:
            return "refused"
        return "moved"

    assert sorted(races.run(app, 2, job)) == ["moved", "refused"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FormerDay)) == 1


def _made_by_the_other_series() -> list[int]:
    schedule.ensure_meetings()
    second = db.session.scalars(sa.select(Series.id).order_by(Series.id.desc())).first()
    mine = (Meeting.series_id == second, Meeting.state == "open")
    return list(db.session.scalars(sa.select(Meeting.id).where(*mine).order_by(Meeting.day).limit(1)))


def test_many_meetings_changed_from_both_ends_wait_in_no_circle(app: Flask, meeting: Meeting) -> None:
    meeting_id, series_id = meeting.id, meeting.series_id
    march = db.session.scalars(sa.select(Meeting.id).where(Meeting.state == "open").order_by(Meeting.day)).all()[1]

    def job(worker: int) -> int:
        done = 0
        for number in range(6):
            db.session.rollback()
            present = db.session.get_one(Series, series_id, populate_existing=True)
            one = db.session.get_one(Meeting, (meeting_id, march)[number % 2], populate_existing=True)
            acts: list[Any] = [
                lambda one=one, number=number: changes.edit(
                    one.id, replace(plan.of(one), place=f"Nơi {worker}-{number}"), one.revision, following=True
                ),
                lambda present=present, number=number: series.edit(
                    series_id, replace(plan.of_series(present), chair=f"Ai {worker}-{number}"), present.revision, coming=True
                ),
                lambda one=one, number=number: actions.sign_up(one.id, make.applicant(worker * 100 + number), by_officer=True),
            ]
            try:
                acts[(worker + number) % 3]()
                done += 1
            except (Conflict, Refusal):
                continue
        return done

    assert sum(races.run(app, WORKERS, job)) >= WORKERS
    db.session.rollback()
    assert queries.oversold() == []
    assert {result.says for result in selfcheck.run() if result.broken} <= {"the catalogue has its version"}
