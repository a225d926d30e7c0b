"""An invitation that is no longer so: whoever had it and has not answered is written to, once for each change."""

from dataclasses import replace
from datetime import date, time, timedelta

import sqlalchemy as sa

from app import clock, selfcheck
from app.db import db, transaction
from app.invitations import actions, mailing, replies
from app.invitations.models import Subscriber
from app.meetings import changes, plan, schedule
from app.meetings.models import Meeting
from app.outbox.models import Message
from tests.invitations import make
from tests.meetings import make as meetings
from tests.page import count_queries


def changes_told() -> list[tuple[str, str, str, str]]:
    return [(one.recipient, one.kind, one.template.partition("/")[2], one.state) for one in make.letters() if ":" in one.kind]


def move(meeting: Meeting, days: int) -> None:
    row = db.session.get_one(Meeting, meeting.id, populate_existing=True)
    changes.edit(row.id, replace(plan.of(row), day=row.day + timedelta(days=days)), row.revision)


def deliver_all() -> None:
    """Every letter left, as far as the outbox knows."""
    with transaction() as session:
        gone = sa.update(Message).where(Message.state == "waiting")
        session.execute(gone.values(state="sent", sent_at=clock.now(), handed_at=clock.now()))


def test_only_who_had_the_letter_and_did_not_answer_hears_of_a_move(meeting: Meeting) -> None:
    rows = [make.subscriber(number) for number in range(1, 6)]
    mailing.invite()
    deliver_all()
    replies.no(rows[1].id, meeting.id)
    replies.yes(rows[2].id, meeting.id, 1, "", "k3")
    meetings.sign_up(meeting, 1, phone=rows[3].phone)
    actions.end(rows[4].id, "page")
    assert mailing.tell_changed() == 0
    make.subscriber(6)
    mailing.invite()  # waits, and is called back by the move: its next one says the new day
    move(meeting, 7)
    assert [mailing.tell_changed() for _run in range(3)] == [1, 0, 0]
    assert changes_told() == [("lo1@example.vn", "invitation:1", "moved", "waiting")]
    (letter,) = [one for one in make.letters() if one.kind == "invitation:1"]
    assert (letter.polite, letter.channel, letter.version) == (True, "email", meeting.id)
    assert letter.facts["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (letter.facts["was_at"], letter.facts["day"]) == (clock.at(date(2026, 12, 5), time(8)).isoformat(), "2026-12-12")
    assert letter.facts["link"].endswith("/2026-12-12")
    mailing.invite()
    assert mailing.tell_changed() == 0  # the sixth was invited to the new day
    assert selfcheck_names("no invitation leaves without a consent that holds") == []


def selfcheck_names(says: str) -> list[str]:
    return [name for one in selfcheck.run() if one.says == says for name in one.broken]


def test_moved_twice_before_the_first_word_left_one_letter_tells_both(subscriber: Subscriber, meeting: Meeting) -> None:
    mailing.invite()
    deliver_all()
    move(meeting, 7)
    mailing.tell_changed()
    move(meeting, 7)
    assert changes_told() == [(subscriber.email, "invitation:1", "moved", "withdrawn")]  # at once, not at the next beat
    mailing.tell_changed()
    deliver_all()
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    assert [mailing.tell_changed(), mailing.tell_changed()] == [1, 0]
    assert changes_told()[1:] == [
        (subscriber.email, "invitation:2", "moved", "sent"), (subscriber.email, "invitation:3", "cancelled", "waiting"),
    ]  # fmt: skip
    second, third = make.letters()[-2:]
    assert [one.facts["was_at"][:10] for one in (second, third)] == ["2026-12-05", "2026-12-19"]
    assert third.facts["reason"] == "Bão số 9"


def test_whoever_leaves_or_answers_meanwhile_hears_nothing_more(meeting: Meeting) -> None:
    first, second = make.subscriber(1), make.subscriber(2)
    mailing.invite()
    deliver_all()
    move(meeting, 7)
    assert mailing.tell_changed() == 2
    actions.end(first.id, "page")
    replies.no(second.id, meeting.id)
    assert [state for _to, _kind, _template, state in changes_told()] == ["withdrawn", "withdrawn"]
    assert mailing.tell_changed() == 0


def test_an_idle_beat_of_a_moved_meeting_reads_little(meeting: Meeting) -> None:
    make.many(300)
    mailing.invite()
    deliver_all()
    move(meeting, 7)
    assert mailing.tell_changed() == 300
    with count_queries() as seen:
        assert mailing.tell_changed() == 0
    assert len(seen) <= 3
