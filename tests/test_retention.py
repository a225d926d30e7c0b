"""Personal data goes when its time is over, from every column it stood in; what must stay, stays."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import consent, retention, retention_rules, selfcheck
from app.answers.models import AnswerDraft
from app.db import Base, db, transaction
from app.invitations import actions as subscriptions
from app.invitations import queries as invitations
from app.invitations.models import FORGOTTEN, Reply, Subscriber
from app.meetings import actions as places
from app.meetings.models import Question, SignUp
from app.outbox import actions as outbox
from app.outbox.models import Message
from app.promises.models import Promise, PromiseAsker
from app.questions.models import QuestionList
from app.refusal import Conflict
from app.text import fold
from tests import world
from tests.invitations import make as subscribers
from tests.meetings import make as meetings
from tests.page import Client
from tests.questions import make as questions

Row = TypeVar("Row", bound=Base)
# What stays: the firm that had a seat, and what its question and another's said to everybody.
STAYS = {"Tư Hiếm", "Lò gạch", "Sổ thuế", "Vựa cá", "tiền nước"}
SHORT = {"678", "321"}  # stand in other numbers too
LISTED = meetings.applicant(40)
CANARIES = {
    *(word for word in world.PRIVATE if word not in STAYS | SHORT),
    *(fold(person[part]) for person in (world.RESIDENT, world.INVITED, world.ASKER) for part in ("name", "phone")),
    *(fold(word) for word in ("Huỳnh Văn", "Võ Thị", "Quách Thị")),
    LISTED.phone, LISTED.contact, "cau-hoi/mo", "secret",
}  # fmt: skip
# Tables that hold nothing personal, as is said next to the rules in app/retention_rules.py or because they are the office's own.
NOTHING = {
    "agenda_item", "agenda_item_unit", "answer_consent", "audit", "catalogue_version", "claim", "closure", "consent",
    "counter", "day_hours", "day_stamp", "heartbeat", "holiday", "invite_channel", "machine_columns", "machine_import",
    "meeting", "meeting_former_day", "meeting_series", "minute_item", "minute_promise", "minute_question", "minutes",
    "office", "officer", "opening", "procedure", "procedure_duration", "promise", "promise_event", "promise_file",
    "question_me_too", "service", "staff_session", "survey_kiosk", "unit", "unit_request", "urging",
    "article", "article_version", "article_release", "guided_filing", "guided_outcome",
}  # fmt: skip


@pytest.fixture
def later(app: Flask) -> Iterator[time_machine.Traveller]:
    """One of everything, and the clock."""
    with time_machine.travel(world.TUESDAY, tick=False) as clock_at:
        world.build(app)
        yield clock_at


def held() -> set[str]:
    """Which tables still hold something personal."""
    return {table for table, rows in world.rows().items() if any(word in row for row in rows for word in CANARIES)}


def test_nothing_goes_before_its_time(later: time_machine.Traveller) -> None:
    before = world.rows()
    assert not any(rows for _rule, rows in retention.run())
    later.shift(timedelta(days=6))  # the visit is in a week
    assert [rule.table.__tablename__ for rule, rows in retention.run(dry=True) if rows] == [
        "hold",
        "question_list",
        "machine_upload",
    ]
    assert world.rows() == before


def test_every_table_is_judged(app: Flask) -> None:
    """A new table belongs either to a rule or among those that hold nothing personal."""
    ruled = {rule.table.__tablename__ for rule in retention_rules.RULES}
    assert not ruled & NOTHING
    assert ruled | NOTHING == {table.name for table in db.metadata.sorted_tables}


def test_everything_personal_is_gone_in_the_end(later: time_machine.Traveller) -> None:
    lasting = {"sign_up", "question", "promise_asker", "subscriber", "dossier", "machine_row"}
    assert lasting | {"appointment", "hold", "message", "question_list"} == held()
    later.shift(timedelta(days=100))
    retention.run()
    assert lasting | {"message"} == held()
    later.shift(timedelta(days=100))
    outbox.deliver()  # what was never sent is too late by now
    retention.run()
    assert lasting == held()
    later.shift(timedelta(days=600))
    said = retention.run(dry=True)
    retention.run()
    assert held() == {"subscriber"}  # still agrees, still gets letters
    subscriptions.end(db.session.scalars(sa.select(Subscriber.id)).one(), "page")
    later.shift(timedelta(days=729))
    retention.run()
    assert held() == {"subscriber"}
    later.shift(timedelta(days=2))
    retention.run()
    assert held() == set()
    assert [rows for _rule, rows in said if rows]
    assert not any(rows for _rule, rows in retention.run(dry=True))


def test_what_must_stay_stays(later: time_machine.Traveller) -> None:
    counts = {table: len(rows) for table, rows in world.rows().items() if table != "audit"}
    later.shift(timedelta(days=900))
    outbox.deliver()
    retention.run()
    assert {table: len(rows) for table, rows in world.rows().items() if table != "audit"} == counts
    assert db.session.scalars(sa.select(SignUp.name)).one() == world.BUSINESS["name"]
    assert [result.line for result in selfcheck.run() if result.broken] == []


def test_two_seats_of_one_meeting_can_both_be_emptied(app: Flask) -> None:
    with time_machine.travel(world.TUESDAY, tick=False) as clock_at:
        meetings.full(meetings.meetings(capacity=3))
        clock_at.shift(timedelta(days=900))
        retention.run()
        assert db.session.scalars(sa.select(SignUp.phone)).all() == ["", "", ""]


def test_a_large_table_goes_in_pieces(later: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    later.shift(timedelta(days=900))
    outbox.deliver()
    waiting = db.session.scalar(sa.select(sa.func.count()).select_from(Message).where(Message.recipient != ""))
    assert {rule.table: rows for rule, rows in retention.run()}[Message] == waiting


def test_officers_see_that_the_words_are_gone(later: time_machine.Traveller, client: Client) -> None:
    client.sign_in("secretary")
    later.shift(timedelta(days=900))
    outbox.deliver()
    retention.run()
    client.sign_in("secretary")
    number = db.session.scalars(sa.select(Message.id)).first()
    assert "đã xoá theo thời hạn" in client.get(f"/can-bo/thu/{number}").text
    assert client.get("/can-bo/thu/?xem=hong").status_code == 200


def test_the_command(later: time_machine.Traveller, app: Flask) -> None:
    later.shift(timedelta(days=900))
    run = app.test_cli_runner()
    before = world.rows()
    assert "dry run" in run.invoke(args=["retention", "--dry-run"]).output
    assert world.rows() == before
    assert run.invoke(args=["retention"]).exit_code == 0
    assert "appointment" not in held()


# -- each family of rules


def again(later: time_machine.Traveller, days: int) -> None:
    later.shift(timedelta(days=days))
    retention.run()
    db.session.rollback()
    db.session.expire_all()


def only(table: type[Row]) -> Row:
    return db.session.scalars(sa.select(table)).one()


@pytest.fixture
def at(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.TUESDAY, tick=False) as clock_at:
        yield clock_at


WORDS = "Gọi Lý Thành Công 0913 000 001: đường ngập"


@pytest.mark.parametrize(
    ("openness", "withdrawn", "text", "name", "answer"),
    [
        ("named", False, "Gọi Lý Thành Công …: đường ngập", "Xưởng mộc số 1", "Anh Lý Thành Công xem lại."),
        ("hidden", False, "Gọi …: đường ngập", "", "Anh … xem lại."),
        ("private", False, "", "", retention_rules.GONE),
        ("named", True, "", "", retention_rules.GONE),
    ],
)  # fmt: skip
def test_questions(at: time_machine.Traveller, openness: str, withdrawn: bool, text: str, name: str, answer: str) -> None:
    row = questions.question(meetings.meetings(), 1, text=WORDS, openness=openness)
    unit = meetings.unit()
    with transaction() as session:
        asked = session.get_one(Question, row.id)
        asked.answer, asked.answered_at = "Anh Lý Thành Công xem lại.", world.TUESDAY
        asked.withdrawn_at = world.TUESDAY if withdrawn else None
        facts = {"sent_at": world.TUESDAY, "written_at": world.TUESDAY, "revision": 1}
        session.add(AnswerDraft(question_id=row.id, unit_id=unit.id, text="Hỏi chị Công", **facts))
    again(at, 700)
    assert only(Question).text == WORDS
    assert only(AnswerDraft).text == "Hỏi chị Công"
    again(at, 60)
    gone = only(Question)
    assert (gone.text, gone.words, gone.search_key, gone.name, gone.answer) == (text, text, fold(text), name, answer)
    assert gone.contact == gone.phone == gone.email == gone.request_key == gone.public_text == ""
    assert only(AnswerDraft).text == retention_rules.GONE
    assert not any(rows for _rule, rows in retention.run(dry=True))


def test_seats_that_left_only_an_address_and_seats_given_up(at: time_machine.Traveller) -> None:
    meeting = meetings.meetings()
    seat, left = meetings.sign_up(meeting, 1), meetings.sign_up(meeting, 2)
    places.give_up(left.code)
    with transaction() as session:
        session.get_one(SignUp, seat.id).phone = ""
        session.get_one(SignUp, seat.id).email = "lo@example.vn"
    again(at, 760)
    stays, given_up = db.session.get_one(SignUp, seat.id), db.session.get_one(SignUp, left.id)
    assert (stays.email, stays.contact, stays.name) == ("", "", seat.name)
    assert (given_up.phone, given_up.contact, given_up.name) == ("", "", "")


def test_lists_go_after_a_day(later: time_machine.Traveller) -> None:
    later.shift(timedelta(hours=23))
    retention.run()
    assert only(QuestionList).rows
    again(later, 1)
    assert only(QuestionList).rows == []


def test_askers_of_promises(later: time_machine.Traveller) -> None:
    with transaction() as session:
        row = session.scalars(sa.select(PromiseAsker)).one()
        row.words, row.verdict = "Bảy Rô cảm ơn", "yes"
    again(later, 700)
    assert only(PromiseAsker).words
    again(later, 60)
    row = only(PromiseAsker)
    assert (row.link, row.email, row.phone, row.words, row.verdict) == ("", "", "", "", "yes")
    assert only(Promise).raised


def test_words_of_replies(later: time_machine.Traveller) -> None:
    seat = only(SignUp)
    with transaction() as session:
        facts = {"answer": "missed", "answered_at": world.TUESDAY, "why": "xa"}
        session.add(Reply(meeting_id=seat.meeting_id, sign_up_id=seat.id, words="Bảy Rô ốm", **facts))
    again(later, 700)
    assert only(Reply).words
    again(later, 60)
    assert (only(Reply).words, only(Reply).why) == ("", "xa")


def test_calls_nobody_made(later: time_machine.Traveller) -> None:
    with transaction() as session:
        session.execute(sa.update(Message).values(channel="call", state="waiting", useful_until=None))
    again(later, 179)
    assert db.session.scalars(sa.select(Message).where(Message.recipient != "")).all()
    again(later, 30)
    assert {(row.state, row.recipient) for row in db.session.scalars(sa.select(Message))} == {("late", "")}


def test_unconfirmed_subscriptions(at: time_machine.Traveller) -> None:
    row = subscribers.pending(1)
    again(at, 29)
    subscribers.pending(1)  # asked again: the time begins anew
    again(at, 29)
    assert only(Subscriber).state == "pending"
    again(at, 2)
    gone = only(Subscriber)
    assert (gone.id, gone.state, gone.email) == (row.id, "ended", f"{FORGOTTEN}{row.id}")
    assert gone.name == gone.contact == gone.tax_code == gone.search_key == ""
    with pytest.raises(Conflict):
        subscriptions.confirm(row.id, 1, "vi")
    assert not invitations.found("", "", 1, 10)
    assert not invitations.everybody()
    assert not sum(invitations.counts().values())
    assert subscribers.pending(1).id != row.id


def test_evidence_of_consent_outlives_it_by_24_months(at: time_machine.Traveller) -> None:
    row = subscribers.subscriber(1)
    subscriptions.end(row.id, "page")
    again(at, 100)
    subscribers.pending(1)  # anybody can type the address
    again(at, 31)
    kept = only(Subscriber)
    assert (kept.state, kept.email, kept.name, kept.contact) == ("ended", "lo1@example.vn", "", "")
    again(at, 590)
    assert only(Subscriber).email == "lo1@example.vn"
    again(at, 10)
    assert only(Subscriber).email == f"{FORGOTTEN}{row.id}"
    assert only(consent.Consent).about == row.about  # a number and the words: nobody's any more
    assert not invitations.without_consent()
