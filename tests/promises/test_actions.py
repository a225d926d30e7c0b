"""Making, doing, postponing, waiting, judging: what each leaves behind, twice, late, and at the same time as somebody else."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, selfcheck
from app.audit import Audit
from app.db import db, transaction
from app.outbox import rendering
from app.outbox.models import Message
from app.promises import actions, queries
from app.promises.models import Promise, PromiseAsker, PromiseEvent, PromiseFile
from app.refusal import Conflict, Refusal
from app.staff.models import Officer, Unit
from tests import races
from tests.promises import make


def fresh(row: Promise) -> Promise:
    db.session.rollback()
    return db.session.get_one(Promise, row.id, populate_existing=True)


def kinds(row: Promise) -> list[str]:
    return [event.kind for event in queries.history(row.id)]


def letters(kind: str = "") -> list[Message]:
    rows = sa.select(Message).where(Message.state != "withdrawn").order_by(Message.id)
    return list(db.session.scalars(rows.where(Message.kind == kind) if kind else rows))


def asked(row: Promise, about: str = make.ABOUT) -> PromiseAsker:
    return db.session.get_one(PromiseAsker, (row.id, about), populate_existing=True)


@pytest.fixture(autouse=True)
def _history_agrees(app: Flask) -> object:
    """After every test what a promise says is what its history adds up to."""
    yield
    db.session.rollback()
    assert queries.discord() == []


# -- the unit's key ---------------------------------------------------------------------------------------------------


def test_done_keeps_both_days_and_asks_the_asker(promise: Promise) -> None:
    make.done(promise, happened_on=date(2026, 12, 11))
    row = fresh(promise)
    assert (row.done_on, clock.local(row.done_recorded_at).date()) == (date(2026, 12, 11), make.TODAY)
    event = queries.history(row.id)[-1]
    assert (event.kind, event.happened_on, event.actor, event.reason) == ("done", row.done_on, "unit:1", "412/ĐL · Đã đóng điện.")
    assert clock.local(event.recorded_at).date() == make.TODAY
    (letter,) = letters()
    assert (letter.kind, letter.recipient, letter.polite) == ("promise_done", "hoi@example.vn", True)
    subject, text, html = rendering.letter(letter.template, letter.kind, letter.facts, "vi")
    assert "https://hen.example/cau-hoi/question-7?t=secret" in text
    assert "412/ĐL" in text
    assert "Trả lời: gỡ được chưa?" in html
    assert "Bạn thấy gỡ được chưa?" in subject


def test_the_same_report_twice_is_one_and_another_one_is_a_conflict(promise: Promise) -> None:
    report = make.report(evidence=make.kept(make.picture()))
    for _press in range(2):
        actions.done(promise.id, report, 0, "unit:1")
    assert kinds(promise) == ["made", "done", "proof"]
    with pytest.raises(Conflict):
        actions.done(promise.id, make.report(text="Khác."), fresh(promise).sequence, "officer:1")
    assert len(letters()) == 1


def test_a_page_that_is_old_conflicts(promise: Promise) -> None:
    actions.postpone(promise.id, date(2026, 12, 28), "Vật tư trễ", 0, "unit:1")
    for act in (
        lambda: actions.done(promise.id, make.report(), 0, "unit:1"),
        lambda: actions.postpone(promise.id, date(2026, 12, 30), "Vẫn trễ", 0, "unit:1"),
        lambda: actions.wait(promise.id, "Sở Công Thương", 0, "unit:1"),
    ):
        with pytest.raises(Conflict):
            act()
    assert kinds(promise) == ["made", "postponed"]


def test_postponing_keeps_the_first_day_the_reason_and_tells_the_asker(promise: Promise) -> None:
    for _press in range(2):
        actions.postpone(promise.id, date(2026, 12, 28), "Vật tư về trễ", 0, "unit:1")
    row = fresh(promise)
    assert (row.first_due, row.due, row.postponed) == (make.DUE, date(2026, 12, 28), 1)
    event = queries.history(row.id)[-1]
    assert (event.reason, event.due_before, event.due_after) == ("Vật tư về trễ", make.DUE, date(2026, 12, 28))
    (letter,) = letters("promise_postponed")
    _subject, text, _html = rendering.letter(letter.template, letter.kind, letter.facts, "vi")
    assert "Vật tư về trễ" in text
    assert "28/12/2026" in text
    assert "21/12/2026" in text


def test_only_the_last_letter_stands(promise: Promise) -> None:
    actions.postpone(promise.id, date(2026, 12, 28), "Vật tư về trễ", 0, "unit:1")
    make.done(fresh(promise))
    assert [letter.kind for letter in letters()] == ["promise_done"]


def test_waiting_stops_the_clock_and_going_on_moves_the_day(promise: Promise, travel: time_machine.Traveller) -> None:
    for _press in range(2):
        actions.wait(promise.id, "Sở Công Thương", fresh(promise).sequence, "unit:1")
    travel.shift(timedelta(days=9))  # Wednesday of the week after: Monday to Friday, Monday, Tuesday were waited
    assert queries.entries([fresh(promise)])[0].due == date(2026, 12, 30)
    for _press in range(2):
        actions.resume(promise.id, "unit:1")
    row = fresh(promise)
    assert (row.due, row.waiting_for, row.waiting_since) == (date(2026, 12, 30), "", None)
    assert kinds(row) == ["made", "waiting", "resumed"]
    assert row.postponed == 0


def test_who_waits_once_late_stays_late(promise: Promise, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(days=9))
    actions.wait(promise.id, "Sở Công Thương", 0, "unit:1")
    travel.shift(timedelta(days=9))
    assert queries.entries([fresh(promise)])[0].standing == "late"
    actions.resume(promise.id, "unit:1")
    assert fresh(promise).due == make.DUE


def test_done_while_waiting_ends_the_wait_on_the_day_it_happened(promise: Promise, travel: time_machine.Traveller) -> None:
    actions.wait(promise.id, "Sở Công Thương", 0, "unit:1")
    travel.shift(timedelta(days=14))
    make.done(fresh(promise), happened_on=date(2026, 12, 24))  # eight working days waited
    row = fresh(promise)
    assert (row.due, row.waiting_since) == (date(2026, 12, 31), None)
    assert queries.entries([row])[0].standing == "on_time"


# -- the askers' key --------------------------------------------------------------------------------------------------


def leader() -> Officer:
    with transaction() as session:
        session.add(officer := Officer(email="chutich@hen.example", name="Trần Quốc Thái", role="leader"))
    return officer


def test_no_opens_again_on_the_old_clock_and_the_chair_hears_of_it(promise: Promise) -> None:
    leader()
    make.done(promise)
    for _press in range(2):
        actions.verdict(promise.id, make.ABOUT, "no", "Chỉ mới hứa, chưa kéo dây.")
    row = fresh(promise)
    assert (row.done_on, row.done_recorded_at, row.due, row.reopened, row.verdict) == (None, None, make.DUE, 1, "no")
    assert kinds(row) == ["made", "done", "verdict", "reopened"]
    (letter,) = letters("promise_reopened")
    assert letter.recipient == "chutich@hen.example"
    _subject, text, html = rendering.letter(letter.template, letter.kind, letter.facts, "vi")
    told = f"{text}{html}{[event.reason for event in queries.history(row.id)]}{letter.facts}"
    assert "chưa kéo dây" not in told
    assert asked(row).words == "Chỉ mới hứa, chưa kéo dây."


def test_no_taken_back_closes_it_as_it_was(promise: Promise, travel: time_machine.Traveller) -> None:
    make.done(promise, happened_on=date(2026, 12, 11))
    recorded = fresh(promise).done_recorded_at
    actions.verdict(promise.id, make.ABOUT, "no")
    travel.shift(timedelta(hours=3))
    actions.verdict(promise.id, make.ABOUT, "partly")
    row = fresh(promise)
    assert (row.done_on, row.done_recorded_at, row.verdict, row.reopened) == (date(2026, 12, 11), recorded, "partly", 1)


def test_after_the_unit_went_on_a_mind_changed_closes_nothing(promise: Promise) -> None:
    make.done(promise)
    actions.verdict(promise.id, make.ABOUT, "no")
    actions.postpone(promise.id, date(2026, 12, 28), "Kéo thêm 40 m", fresh(promise).sequence, "unit:1")
    actions.verdict(promise.id, make.ABOUT, "yes")
    row = fresh(promise)
    assert (row.done_on, row.verdict) == (None, "yes")


def test_done_again_asks_again_whoever_was_not_helped(unit: Unit) -> None:
    row = make.promise(unit, askers=[make.asker(), make.asker("question:8", email="", phone="+84912345678")])
    make.done(row)
    actions.verdict(row.id, "question:8", "yes")
    actions.verdict(row.id, make.ABOUT, "no")
    make.done(fresh(row), text="Đã kéo dây thật.")
    assert (asked(row).verdict, asked(row, "question:8").verdict, fresh(row).verdict) == ("", "yes", "yes")
    assert [letter.recipient for letter in letters("promise_done")] == ["hoi@example.vn"]


def test_the_worst_of_several_words_counts(unit: Unit) -> None:
    row = make.promise(unit, askers=[make.asker(), make.asker("question:8")])
    make.done(row)
    actions.verdict(row.id, make.ABOUT, "yes")
    actions.verdict(row.id, "question:8", "partly")
    assert fresh(row).verdict == "partly"


@pytest.mark.parametrize(("about", "said"), [("question:99", "yes"), (make.ABOUT, "perhaps"), (make.ABOUT, "yes")])
def test_who_was_not_asked_says_nothing(promise: Promise, about: str, said: str) -> None:
    """A stranger, nonsense, and the asker before there is anything to judge."""
    with pytest.raises(Refusal):
        actions.verdict(promise.id, about, said)
    assert kinds(promise) == ["made"]


# -- papers, withdrawal, privacy ---------------------------------------------------------------------------------------


def test_papers_are_kept_once_few_and_removed_with_a_reason(promise: Promise) -> None:
    for _press in range(2):
        actions.add_evidence(promise.id, make.kept(make.picture()), "unit:1")
    for side in range(5):
        actions.add_evidence(promise.id, make.kept(make.picture(size=(50 + side, 9))), "unit:1")
    with pytest.raises(Refusal):
        actions.add_evidence(promise.id, make.kept(make.pdf()), "unit:1")
    first = queries.files(promise.id)[0]
    for _press in range(2):
        actions.remove_file(promise.id, first.id, "Có tên người dân", "officer:1")
    assert len(queries.files(promise.id)) == 5
    assert queries.history(promise.id)[-1].reason == f"Gỡ tệp {first.name}: Có tên người dân"


def test_withdrawn_stays_in_the_ledger_and_asks_nobody(promise: Promise) -> None:
    make.done(promise)
    with transaction() as session:
        for _press in range(2):
            actions.withdraw(session, promise.id, "Biên bản sửa: việc của đơn vị khác.")
    assert (fresh(promise).withdrawn_on, letters()) == (make.TODAY, [])
    assert kinds(promise) == ["made", "done", "withdrawn"]
    with pytest.raises(Conflict):
        actions.add_evidence(promise.id, make.kept(make.pdf()), "unit:1")


def test_a_private_promise_is_told_by_its_number_only(unit: Unit) -> None:
    leader()
    row = make.promise(unit, what="Bí mật bên trong", raised="", raised_by="", public=False)
    actions.postpone(row.id, date(2026, 12, 28), "Lý do kín", 0, "officer:1")
    make.done(fresh(row), text="Kết quả kín")
    actions.verdict(row.id, make.ABOUT, "no", "Lời kín")
    for letter in db.session.scalars(sa.select(Message)):
        told = str(rendering.letter(letter.template, letter.kind, letter.facts, "vi")) + str(letter.facts)
        assert not [word for word in ("Bí mật", "kín") if word in told], letter.kind
        assert f"số {row.id}" in told
    assert len(letters("promise_reopened")) == 1


def test_the_trail_names_nobody(promise: Promise) -> None:
    make.done(promise)
    actions.verdict(promise.id, make.ABOUT, "no", "Lời riêng")
    told = str([(line.act, line.before, line.after) for line in db.session.scalars(sa.select(Audit))])
    assert "promise_made" in told
    assert not [word for word in ("hoi@", "Lời riêng", "Long Hưng", "Đã đóng") if word in told]


# -- the database, the self check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM promise", "UPDATE promise SET first_due = '2026-12-25', due = '2026-12-25'",
        "UPDATE promise SET occasion = 'meeting:9'", "UPDATE promise_event SET reason = 'x'", "DELETE FROM promise_event",
        "INSERT INTO promise_event (promise_id, kind, happened_on, recorded_at, actor, reason) "
        "VALUES (1, 'made', '2026-12-05', '2026-12-05 01:00:00', 'system', '')",
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_first_promised(promise: Promise, statement: str) -> None:
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert fresh(promise).first_due == make.DUE


BEGUN, AGREES = "every promise has its beginning in its history", "what a promise says now is what its history adds up to"


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE promise SET due = '2026-12-29'", {AGREES}),
        ("UPDATE promise SET postponed = 2", {AGREES}),
        ("UPDATE promise SET reopened = 2", {AGREES}),
        ("UPDATE promise SET done_on = '2026-12-14', done_recorded_at = '2026-12-14 01:00:00'", {AGREES}),
        ("UPDATE promise SET waiting_for = 'ai đó', waiting_since = '2026-12-14'", {AGREES}),
        (
            "INSERT INTO promise (id, kind, occasion, occasion_on, about, raised, raised_by, field, what, unit_id, public, "
            "made_on, first_due, due, postponed, waiting_for, proof_number, proof_text, verdict, reopened, sequence, sample) "
            "VALUES (99, 'deed', 'x', '2026-12-05', '', '', '', '', 'x', 1, true, '2026-12-05', '2026-12-21', '2026-12-21', 0, "
            "'', '', '', '', 0, 0, false)",
            {AGREES, BEGUN},
        ),
    ],
)
def test_the_self_check_hears_of_a_promise_that_was_changed_past_the_house(
    promise: Promise, statement: str, says: set[str]
) -> None:
    before = {result.says for result in selfcheck.run() if result.broken}
    db.session.rollback()
    db.session.execute(sa.text(statement))
    assert {result.says for result in selfcheck.run() if result.broken} - before == says
    db.session.rollback()


# -- at once ----------------------------------------------------------------------------------------------------------


def _outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except Conflict:
        return "conflict"
    return "done"


def test_of_two_who_close_at_once_one_does_and_the_others_see_it(app: Flask, promise: Promise) -> None:
    number = promise.id

    def job(worker: int) -> str:
        return _outcome(lambda: actions.done(number, make.report(text=f"Việc {worker}"), 0, f"officer:{worker}"))

    assert sorted(races.run(app, 8, job)) == ["conflict"] * 7 + ["done"]
    assert kinds(promise) == ["made", "done"]
    assert len(letters()) == 1


def test_the_same_click_in_many_processes_is_one(app: Flask, promise: Promise) -> None:
    number, report = promise.id, make.report(evidence=make.kept(make.picture()))
    assert races.run(app, 8, lambda _worker: _outcome(lambda: actions.done(number, report, 0, "unit:1"))) == ["done"] * 8
    assert kinds(promise) == ["made", "done", "proof"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PromiseFile)) == 1


def test_closing_postponing_and_waiting_at_once_is_one_of_them(app: Flask, promise: Promise) -> None:
    number = promise.id
    acts = (
        lambda: actions.done(number, make.report(), 0, "unit:1"),
        lambda: actions.postpone(number, date(2026, 12, 28), "Vật tư trễ", 0, "unit:1"),
        lambda: actions.wait(number, "Sở Công Thương", 0, "unit:1"),
    )
    answers = races.run(app, 6, lambda worker: _outcome(acts[worker % 3]))
    assert answers.count("done") == 2  # one act, clicked twice
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PromiseEvent)) == 2
