"""Subscriptions, consents, invitations and replies, as the database keeps them."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import audit, consent
from app.consent import Consent, Wording
from app.db import db, transaction
from app.invitations import actions, mailing, messages, queries, replies
from app.invitations.models import Reply, Subscriber
from app.meetings import actions as places
from app.meetings import changes, plan, schedule
from app.meetings.models import Meeting, SignUp
from app.outbox import actions as outbox
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from tests.invitations import make
from tests.meetings import make as meetings
from tests.page import count_queries

PURPOSE = queries.PURPOSE


def consents(row: Subscriber) -> list[Consent]:
    db.session.rollback()
    return list(consent.history(row.about))


# -- consent ----------------------------------------------------------------------------------------------------------


def give(about: str = "test:1") -> Consent:
    with transaction() as session:
        return consent.give(session, about, PURPOSE, "counter", "vi")


def test_a_consent_keeps_the_words_that_were_shown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    given = give()
    first = consent.wording(PURPOSE)
    monkeypatch.setattr(consent, "WORDINGS", {PURPOSE: (first, Wording(2, "Lời mới", "New words"))})
    give()
    assert give("test:2").wording == "Lời mới"
    kept = consent.history("test:1")
    assert [(one.wording_version, one.wording, one.language, one.channel) for one in kept] == [(1, first.vi, "vi", "counter")]
    assert kept[0].id == given.id  # agreed already: no second


def test_the_wordings_of_before_never_change() -> None:
    """Whoever edits one breaks this on purpose: add a version instead."""
    written = [hashlib.sha256(f"{one.vi}\n{one.en}".encode()).hexdigest()[:16] for one in consent.WORDINGS[PURPOSE]]
    assert written == ["4ad7864a1ff09a9f"]
    for wordings in consent.WORDINGS.values():
        assert [one.version for one in wordings] == list(range(1, len(wordings) + 1))


def test_withdrawn_once_and_for_all(app: Flask, travel: time_machine.Traveller) -> None:
    give()
    for how in ("page", "counter"):
        with transaction() as session:
            consent.withdraw(session, "test:1", PURPOSE, how)
        travel.shift(60)
    (kept,) = consent.history("test:1")
    assert kept.withdrawn_how == "page"
    assert kept.withdrawn_at == kept.given_at
    give()
    assert [one.withdrawn_how for one in consent.history("test:1")] == ["", "page"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent SET wording = 'khác'", "UPDATE consent SET given_at = '2020-01-01 00:00:00'",
        "UPDATE consent SET about = 'test:9'", "DELETE FROM consent WHERE withdrawn_at IS NULL",
        "UPDATE consent SET withdrawn_how = 'khác' WHERE withdrawn_at IS NOT NULL",
    ],
)  # fmt: skip
def test_the_database_keeps_the_evidence(app: Flask, statement: str) -> None:
    give()
    give("test:2")
    with transaction() as session:
        consent.withdraw(session, "test:2", PURPOSE, "page")
    with pytest.raises(sa.exc.DBAPIError, match="evidence"), db.engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_the_database_refuses_a_second_live_consent(app: Flask) -> None:
    given = give()
    twin = {column.name: getattr(given, column.name) for column in Consent.__table__.columns if column.name != "id"}
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.insert(Consent).values(twin))


# -- subscribing ------------------------------------------------------------------------------------------------------


def test_nothing_is_agreed_to_before_the_letter_is_answered(meeting: Meeting) -> None:
    row = make.pending()
    assert (row.state, consents(row)) == ("pending", [])
    assert [(one.kind, one.recipient, one.polite) for one in make.letters()] == [("confirm", "lo1@example.vn", False)]
    assert mailing.invite() == 0
    actions.confirm(row.id, 1, "en")
    actions.confirm(row.id, 1, "en")
    (given,) = consents(row)
    assert (given.channel, given.language, given.wording) == ("page", "en", queries.wording().en)
    assert make.again(row).state == "active"
    assert [one.kind for one in make.letters()] == ["confirm", "welcome"]
    assert mailing.invite() == 1


def test_words_that_changed_while_the_page_was_open(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make.pending()
    monkeypatch.setattr(consent, "WORDINGS", {PURPOSE: (queries.wording(), Wording(2, "Lời mới", "New words"))})
    with pytest.raises(Conflict):
        actions.confirm(row.id, 1, "vi")
    assert (make.again(row).state, consents(row)) == ("pending", [])
    actions.confirm(row.id, 2, "vi")
    assert [one.wording for one in consents(row)] == ["Lời mới"]


def test_one_address_one_row_whoever_types_it(meeting: Meeting) -> None:
    make.pending()
    row = make.pending(1, email="LO1@Example.vn", name="Lò gạch Thới Hoà")
    assert (row.name, db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber))) == ("Lò gạch Thới Hoà", 1)
    actions.confirm(row.id, 1, "vi")
    actions.subscribe(make.details(name="Kẻ lạ", phone="+84911111111"))
    kept = make.again(row)
    assert (kept.name, kept.phone, kept.state) == ("Lò gạch Thới Hoà", "+84913000001", "active")
    assert [one.kind for one in make.letters()] == ["confirm", "confirm", "welcome", "known"]


def test_an_address_is_not_flooded(meeting: Meeting, travel: time_machine.Traveller) -> None:
    for _try in range(6):
        make.pending()
    assert len(make.letters(kind="confirm")) == 3
    travel.shift(timedelta(minutes=61))
    for _try in range(6):
        make.pending()
    assert len(make.letters(kind="confirm")) == 5
    travel.shift(timedelta(days=1))
    make.pending()
    assert len(make.letters(kind="confirm")) == 6


def test_leaving_takes_the_consent_back_and_stops_what_waits(subscriber: Subscriber) -> None:
    assert mailing.invite() == 1
    actions.end(subscriber.id, "one-click")
    actions.end(subscriber.id, "page")
    assert make.again(subscriber).state == "ended"
    assert [one.withdrawn_how for one in consents(subscriber)] == ["one-click"]
    assert {one.state for one in make.letters(subscriber.about)} == {"withdrawn"}
    assert mailing.invite() == 0
    with pytest.raises(Conflict):
        actions.confirm(subscriber.id, 1, "vi")


def test_coming_back_is_a_new_consent_and_older_links_die(subscriber: Subscriber) -> None:
    old = queries.token(subscriber)
    actions.end(subscriber.id, "page")
    assert queries.of_token(old) is not None  # it says that the letters have stopped
    make.pending()
    assert queries.of_token(old) is None
    assert queries.of_any_token(old) is not None
    actions.confirm(subscriber.id, 1, "vi")
    assert [(one.channel, one.withdrawn_how) for one in consents(subscriber)] == [("page", ""), ("counter", "page")]


def test_an_officer_writes_down_who_agreed(subscriber: Subscriber) -> None:
    assert [(one.channel, one.wording) for one in consents(subscriber)] == [("counter", queries.wording().vi)]
    with pytest.raises(Refusal) as refused:
        make.subscriber()
    assert refused.value.field == "email"
    make.pending(2)
    assert make.subscriber(2, "phone").state == "active"


def test_renewed_links_leave_with_a_letter(subscriber: Subscriber) -> None:
    mailing.invite()
    old = queries.token(subscriber)
    new = queries.token(actions.renew(subscriber.id))
    assert queries.of_token(old) is None
    assert queries.of_token(new) is not None
    assert new in make.letters(kind="known")[0].facts["link"]
    mailing.invite()
    (invitation,) = make.letters(kind="invitation")
    assert new in invitation.facts["link"]


def test_the_trail_names_nobody(subscriber: Subscriber) -> None:
    actions.change(subscriber.id, make.details(fields=("tax",)))
    actions.end(subscriber.id, "page")
    lines = [str(vars(line)) for line in db.session.scalars(sa.select(audit.Audit).where(audit.Audit.about == subscriber.about))]
    assert len(lines) == 3
    assert not [line for line in lines if "Hoà" in line or "913" in line or "example" in line]


# -- invitations ------------------------------------------------------------------------------------------------------


def test_one_letter_per_meeting_however_often_it_runs(subscriber: Subscriber, travel: time_machine.Traveller) -> None:
    assert [mailing.invite() for _run in range(3)] == [1, 0, 0]
    (letter,) = make.letters(kind="invitation")
    assert (letter.version, letter.polite, letter.channel) == (1, True, "email")
    assert letter.useful_until == db.session.get_one(Meeting, 1).sign_up_until
    travel.shift(timedelta(days=20))  # the January meeting, moved behind the holidays, is three weeks away
    schedule.accept_proposal(2, db.session.get_one(Meeting, 2).day)
    travel.move_to(db.session.get_one(Meeting, 2).starts_at - timedelta(days=21))
    assert mailing.invite() == 1
    assert [one.version for one in make.letters(kind="invitation")] == [1, 2]


def test_only_whom_it_concerns(meeting: Meeting) -> None:
    for number, fields in enumerate([(), ("tax",), ("land", "tax"), ("water",)], 1):
        make.subscriber(number, fields=fields)
    mailing.set_fields(meeting.id, ["land", "water", "nonsense"])
    assert db.session.get_one(Meeting, meeting.id).fields == ["land", "water"]
    assert queries.reach(["land", "water"]) == mailing.invite() == 3
    assert {one.recipient for one in make.letters(kind="invitation")} == {f"lo{n}@example.vn" for n in (1, 3, 4)}
    mailing.set_fields(meeting.id, [])
    assert mailing.invite() == 1


def test_not_who_has_a_place_or_answered(meeting: Meeting) -> None:
    rows = [make.subscriber(number) for number in range(1, 6)]
    meetings.sign_up(meeting, 1, phone=rows[0].phone)
    meetings.sign_up(meeting, 2, email="LO2@example.vn")
    places.give_up(meetings.sign_up(meeting, 3, phone=rows[2].phone).code)
    replies.no(rows[3].id, meeting.id)
    mailing.invite()
    assert [one.recipient for one in make.letters(kind="invitation")] == ["lo5@example.vn"]


def test_called_off_before_it_left(subscriber: Subscriber, meeting: Meeting) -> None:
    mailing.invite()
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    assert [one.state for one in make.letters(kind="invitation")] == ["withdrawn"]
    assert mailing.invite() == 0


def test_recalled_for_another_day_it_is_written_anew(subscriber: Subscriber, meeting: Meeting) -> None:
    """What moving a meeting does: recall in its transaction, and the next beat writes the new day."""
    mailing.invite()
    with transaction() as session:
        row = session.get_one(Meeting, meeting.id)
        row.day, row.starts_at, row.ends_at = row.day + timedelta(7), row.starts_at + timedelta(7), row.ends_at + timedelta(7)
        row.sign_up_until += timedelta(7)
        outbox.recall(session, "invitation", row.id)
    assert [one.state for one in make.letters(kind="invitation")] == ["withdrawn"]
    assert mailing.invite() == 1
    (letter,) = make.letters(kind="invitation")
    assert (letter.state, letter.facts["day"]) == ("waiting", "2026-12-12")
    assert letter.facts["link"].endswith("/2026-12-12")


def test_two_thousand_in_batches(meeting: Meeting) -> None:
    make.many(450, lambda number: ["tax"] if number % 9 == 0 else [])
    mailing.set_fields(meeting.id, ["land"])
    assert mailing.invite() == 400
    written = sa.select(audit.Audit.after).where(audit.Audit.act == "invited").order_by(audit.Audit.id)
    assert [line["letters"] for line in db.session.scalars(written)] == [200, 200]


# -- replies ----------------------------------------------------------------------------------------------------------


def reply() -> Reply:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Reply)).one()


def test_yes_is_the_sign_up_of_everybody(subscriber: Subscriber, meeting: Meeting) -> None:
    mailing.invite()
    codes = {replies.yes(subscriber.id, meeting.id, 2, "Sổ thuế?", "key").code for _press in range(2)}
    (seat,) = db.session.scalars(sa.select(SignUp)).all()
    assert codes == {seat.code}
    assert (seat.state, seat.seats, seat.channel, seat.email) == ("seated", 2, "thu-moi", "lo1@example.vn")
    assert (reply().answer, reply().subscriber_id) == ("yes", subscriber.id)
    assert [one.state for one in make.letters(kind="invitation")] == ["withdrawn"]  # it had not left yet


def test_a_full_meeting_puts_them_in_line(subscriber: Subscriber, meeting: Meeting) -> None:
    meetings.full(meeting)
    assert replies.yes(subscriber.id, meeting.id, 1, "", "key").state == "waiting"


def test_no_and_why_and_a_change_of_mind(subscriber: Subscriber, meeting: Meeting) -> None:
    replies.no(subscriber.id, meeting.id)
    replies.why(subscriber.id, meeting.id, "xa", "Nhà tôi tận Thới Long")
    replies.no(subscriber.id, meeting.id)
    assert (reply().answer, reply().why, reply().words) == ("no", "xa", "Nhà tôi tận Thới Long")
    replies.yes(subscriber.id, meeting.id, 1, "", "key")
    assert (reply().answer, reply().why, reply().words) == ("yes", "", "")
    with pytest.raises(Conflict):
        replies.no(subscriber.id, meeting.id)


def test_nobody_answers_for_what_is_over(subscriber: Subscriber, meeting: Meeting, travel: time_machine.Traveller) -> None:
    travel.move_to(meeting.starts_at)
    with pytest.raises(Refusal):
        replies.no(subscriber.id, meeting.id)
    with pytest.raises(Refusal):
        replies.yes(subscriber.id, meeting.id, 1, "", "key")
    replies.why(subscriber.id, meeting.id, "xa", "")  # the question may be answered later


def test_who_did_not_come_is_asked_on_the_next_working_day(meeting: Meeting, travel: time_machine.Traveller) -> None:
    rows = [meetings.sign_up(meeting, number, email="" if number == 3 else f"so{number}@example.vn") for number in range(1, 5)]
    with transaction() as session:
        came = session.get_one(SignUp, rows[3].id)
        came.arrived_at = came.arrival_recorded_at = meeting.starts_at
        came.came = 1
    travel.move_to(meeting.ends_at)
    ids = [row.id for row in rows[1:]]
    assert [mailing.ask_missed(meeting.id, ids) for _press in range(2)] == [1, 1]
    (letter,) = db.session.scalars(sa.select(Message).where(Message.kind == "missed")).all()
    assert (letter.about, letter.due_at) == (rows[1].about, datetime.fromisoformat("2026-12-07T08:00+07:00"))
    replies.missed(rows[1].code, "gio-giac", "")
    replies.missed(rows[1].code, "khac", "Bận đám giỗ")
    assert (reply().answer, reply().why, reply().words) == ("missed", "khac", "Bận đám giỗ")
    with pytest.raises(Refusal):
        replies.missed(rows[3].code, "xa", "")


def test_the_clock_asks_the_absent_of_every_meeting_closed_lately(meeting: Meeting, travel: time_machine.Traveller) -> None:
    rows = [meetings.sign_up(meeting, number) for number in (1, 2)]
    travel.move_to(meeting.ends_at)
    assert mailing.ask_missed_everywhere() == 0  # nobody is absent before the list is closed
    with transaction() as session:
        session.get_one(Meeting, meeting.id).attendance_closed_at = meeting.ends_at
        came = session.get_one(SignUp, rows[0].id)
        came.arrived_at = came.arrival_recorded_at = meeting.starts_at
        came.came = 1
    travel.shift(timedelta(days=15))
    assert mailing.ask_missed_everywhere() == 0
    travel.move_to(meeting.ends_at + timedelta(hours=1))
    assert mailing.ask_missed_everywhere() == 1
    db.session.rollback()
    with count_queries() as seen:
        assert mailing.ask_missed_everywhere() == 0
    assert len(seen) == 1
    assert [row.about for row in db.session.scalars(sa.select(Message).where(Message.kind == "missed"))] == [rows[1].about]


def test_moving_a_meeting_calls_back_the_invitations_to_its_old_day(subscriber: Subscriber, meeting: Meeting) -> None:
    with transaction() as session:
        messages.invitation(session, subscriber, session.get_one(Meeting, meeting.id))
    changes.edit(meeting.id, replace(plan.of(meeting), day=meeting.day + timedelta(days=7)), meeting.revision)
    assert [row.state for row in db.session.scalars(sa.select(Message).where(Message.kind == "invitation"))] == ["withdrawn"]


def test_reasons_are_counted_together(meeting: Meeting) -> None:
    for number in range(1, 9):
        row = make.subscriber(number)
        replies.why(row.id, meeting.id, "xa" if number < 5 else "ngai-noi" if number < 7 else "khac", "")
    found = queries.why_not([meeting.id])
    assert (dict(found.shown), found.others) == ({"xa": 4}, 4)
    assert queries.why_not([]).shown == {}


@pytest.mark.parametrize(
    "facts",
    [
        {"answer": "maybe", "subscriber_id": 1}, {"answer": "missed", "subscriber_id": 1}, {"answer": "no"},
        {"answer": "yes", "subscriber_id": 1, "why": "xa"}, {"answer": "no", "subscriber_id": 1, "why": "nonsense"},
        {"answer": "no", "subscriber_id": 99},
    ],
)  # fmt: skip
def test_the_database_refuses_what_no_reply_is(subscriber: Subscriber, meeting: Meeting, facts: dict[str, object]) -> None:
    known = {"meeting_id": meeting.id, "answered_at": meeting.starts_at, "why": "", "words": ""}
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.insert(Reply).values(known | facts))


def test_an_active_row_without_a_live_consent_is_not_invited(subscriber: Subscriber) -> None:
    """Whatever wrote that state: the consent decides."""
    with transaction() as session:
        consent.withdraw(session, subscriber.about, PURPOSE, "page")
    assert mailing.invite() == 0
