"""Two schedulers, a hundred presses, leaving while the letters are written: real processes at once."""

from datetime import time, timedelta

import sqlalchemy as sa
from flask import Flask

from app import clock, consent
from app.db import db, transaction
from app.invitations import actions, mailing, queries, replies
from app.invitations.models import Reply, Subscriber
from app.meetings import queries as meetings
from app.meetings.models import Meeting, Series, SignUp
from app.outbox.models import Message
from app.refusal import Refusal
from tests import races
from tests.invitations import make
from tests.meetings import make as meeting_make
from tests.outbox.post import Post, Server
from tests.outbox.test_processes import Start
from tests.outbox.test_processes import start as start


def invitations() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message.about).where(Message.kind == "invitation")))


def test_four_schedulers_write_each_letter_once(app: Flask, meeting: Meeting) -> None:
    make.many(600)
    written = races.run(app, 4, lambda _worker: mailing.invite())
    assert sum(written) == 600
    assert len(invitations()) == len(set(invitations())) == 600


def test_whoever_leaves_while_the_letters_are_written_gets_none(app: Flask, meeting: Meeting) -> None:
    make.many(400)
    numbers = list(db.session.scalars(sa.select(Subscriber.id)))

    def job(worker: int) -> int:
        if worker < 2:
            return mailing.invite()
        for number in numbers[worker - 2 :: 4]:
            actions.end(number, "one-click")
        return 0

    races.run(app, 6, job)
    db.session.rollback()
    assert set(db.session.scalars(sa.select(Subscriber.state))) == {"ended"}
    assert set(db.session.scalars(sa.select(Message.state).where(Message.kind == "invitation"))) <= {"withdrawn"}
    assert queries.invited_without_consent() == []
    assert db.session.scalar(sa.select(sa.func.count()).where(consent.Consent.withdrawn_at.is_(None))) == 0


def test_one_address_typed_in_many_browsers_at_once(app: Flask, meeting: Meeting) -> None:
    races.run(app, 8, lambda worker: actions.subscribe(make.details(1, name=f"Cơ sở {worker}")))
    row = make.by_email("lo1@example.vn")
    assert len(make.letters(row.about, "confirm")) == 3
    number, about = row.id, row.about
    races.run(app, 8, lambda _worker: actions.confirm(number, 1, "vi").state)
    assert len(consent.history(about)) == 1
    assert len(make.letters(about, "welcome")) == 1


def test_many_presses_of_yes_and_no(app: Flask, meeting: Meeting) -> None:
    """As many subscribers as places, each pressing both buttons in two processes."""
    numbers = [make.subscriber(number).id for number in range(1, 21)]
    meeting_id = meeting.id

    def job(worker: int) -> int:
        done = 0
        for number in numbers:
            try:
                if worker % 2:
                    replies.yes(number, meeting_id, 1, "", "key")
                else:
                    replies.no(number, meeting_id)
                done += 1
            except Refusal:
                continue
        return done

    races.run(app, 6, job)
    db.session.rollback()
    assert meetings.oversold() == []
    assert len(db.session.scalars(sa.select(SignUp)).all()) == 20
    answers = db.session.execute(sa.select(Reply.subscriber_id, Reply.answer)).all()
    assert len(answers) == len({one.subscriber_id for one in answers}) == 20


def soon(series: Series) -> Meeting:
    """A meeting in ten days by the machine's own clock, which the scheduler processes go by."""
    day = clock.today() + timedelta(days=10)
    starts = clock.at(day, time(8))
    with transaction() as session:
        made = Meeting(
            series_id=series.id, rule_day=day, day=day, starts_at=starts, ends_at=starts + timedelta(hours=3), place="Hội trường",
            capacity=20, sign_up_from=clock.now() - timedelta(days=1), sign_up_until=starts - timedelta(hours=12),
            questions_until=starts, state="open",
        )  # fmt: skip
        session.add(made)
    return made


def test_two_scheduler_processes_and_a_mail_server(app: Flask, start: Start) -> None:
    soon(meeting_make.series())
    make.many(60)
    with Server(Post()) as post:
        processes = [start(post) for _ in range(2)]
        assert post.wait_for(60, 60)
        for process in processes:
            process.terminate()
        assert [process.wait(20) for process in processes] == [0, 0]
        assert set(post.ids().values()) == {1}
        assert sorted(to for (to,) in post.recipients) == sorted(f"lo{number}@example.vn" for number in range(1, 61))
        assert all(message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" for message in post.messages)
