"""Sending, drafting, releasing, settling: on both databases."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.answers import actions, queries
from app.answers.actions import Said
from app.answers.models import AnswerDraft, UnitRequest
from app.audit import Audit
from app.db import db, transaction
from app.meetings import agenda, schedule
from app.meetings import queries as meetings
from app.meetings.models import Meeting, Question
from app.refusal import Conflict, Refusal
from tests import races
from tests.answers import make
from tests.answers.make import DUE, draft_of, fresh, letters


def titles(meeting: Meeting) -> list[str]:
    db.session.rollback()
    return [item.title for item in meetings.items(meeting.id)]


def words(acts: str) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Audit.act).where(Audit.act.in_(acts.split())).order_by(Audit.id)))


# -- sending


def test_each_unit_gets_its_own_questions_once(meeting: Meeting) -> None:
    tax, land = make.unit(), make.unit("Văn phòng Đất đai", "land", "dat@hen.example")
    of_tax = make.question(meeting, 1, make.item(meeting, unit_id=tax.id))
    of_land = make.question(meeting, 2, make.item(meeting, "Đất", unit_id=land.id, others=[tax.id]))
    make.question(meeting, 3, make.item(meeting, "Chưa giao"))
    make.question(meeting, 4)
    assert actions.send(meeting.id, DUE) == 2
    assert {row.facts["unit"]: row.facts["count"] for row in letters("unit_asked")} == {tax.name: 2, land.name: 1}
    assert actions.send(meeting.id, DUE) == 0  # pressed twice
    assert len(letters("unit_asked")) == 2
    put = {(row.question_id, row.unit_id) for row in db.session.scalars(sa.select(AnswerDraft))}
    assert put == {(of_tax.id, tax.id), (of_land.id, land.id), (of_land.id, tax.id)}
    assert {case.question.id: case.leads for case in queries.cases(tax, clock.now())} == {of_tax.id: True, of_land.id: False}


def test_later_only_what_is_new_is_sent(meeting: Meeting) -> None:
    tax = make.unit()
    (first,) = make.sent(meeting, tax)
    make.question(meeting, 2, meetings.item(fresh(first).agenda_item_id))
    assert actions.send(meeting.id, DUE - timedelta(days=1)) == 1
    assert [row.facts["count"] for row in letters("unit_asked")] == [1, 1]
    request = queries.request(meeting.id, tax.id)
    assert (request.sequence, request.due_on, request.reminded) == (2, DUE - timedelta(days=1), "")


def test_what_is_private_settled_withdrawn_or_answered_is_not_sent(meeting: Meeting) -> None:
    item = make.item(meeting, unit_id=make.unit().id)
    private, settled, withdrawn, answered = (make.question(meeting, number, item) for number in range(1, 5))
    with transaction() as session:
        session.get_one(Question, private.id).openness = "private"  # whoever wrote past the house
        session.get_one(Question, settled.id).settled_at = clock.now()
        session.get_one(Question, withdrawn.id).withdrawn_at = clock.now()
    actions.release(answered.id, "Được.", None)
    assert actions.send(meeting.id, DUE) == 0


def test_a_due_day_nobody_works_is_refused_and_nothing_is_sent(meeting: Meeting) -> None:
    make.question(meeting, 1, make.item(meeting, unit_id=make.unit().id))
    for due in (date(2026, 11, 28), None, meeting.day):
        with pytest.raises(Refusal):
            actions.send(meeting.id, due)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitRequest)) == 0


def test_a_cancelled_meeting_asks_nobody(meeting: Meeting) -> None:
    make.question(meeting, 1, make.item(meeting, unit_id=make.unit().id))
    schedule.cancel_meeting(meeting.id, "Bão")
    with pytest.raises(Refusal):
        actions.send(meeting.id, DUE)


# -- drafting


def test_a_draft_is_kept_with_its_revision_and_the_same_twice_is_once(meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    for _click in range(2):
        actions.draft(tax.id, question.id, Said("Dùng tiếp được."), 0)
    row = draft_of(question, tax)
    assert (row.text, row.revision, words("answer_drafted")) == ("Dùng tiếp được.", 1, ["answer_drafted"])
    actions.draft(tax.id, question.id, Said("Dùng tiếp được.", date(2026, 12, 2)), 1)
    assert draft_of(question, tax).revision == 2


def test_two_people_of_one_unit_do_not_overwrite_each_other(meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    actions.draft(tax.id, question.id, Said("Bản của chị Lan"), 0)
    with pytest.raises(Conflict):
        actions.draft(tax.id, question.id, Said("Bản của anh Tư"), 0)
    assert draft_of(question, tax).text == "Bản của chị Lan"
    actions.draft(tax.id, question.id, Said("Bản ghép"), 1)
    assert draft_of(question, tax).text == "Bản ghép"


def test_of_many_at_once_one_is_saved_and_all_others_are_told(app: Flask, meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    tax_id, question_id = tax.id, question.id

    def job(worker: int) -> str:
        try:
            return actions.draft(tax_id, question_id, Said(f"Bản {worker}"), 0).text
        except Conflict:
            return ""

    saved = [text for text in races.run(app, 6, job) if text]
    assert saved == [draft_of(question, tax).text]
    assert draft_of(question, tax).revision == 1


def test_only_what_was_sent_can_be_drafted_and_only_until_the_meeting_ends(
    meeting: Meeting, travel: time_machine.Traveller
) -> None:
    tax, other = make.unit(), make.unit("Điện lực", "power")
    (question,) = make.sent(meeting, tax)
    with pytest.raises(Refusal):
        actions.draft(other.id, question.id, Said("Của người khác"), 0)
    travel.move_to(meeting.ends_at)
    with pytest.raises(Refusal):
        actions.draft(tax.id, question.id, Said("Muộn rồi"), 0)


def test_the_database_refuses_a_draft_that_says_nothing(meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.get_one(AnswerDraft, (question.id, tax.id)).revision = 1


# -- releasing


def test_a_released_answer_reaches_its_asker(meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    before = fresh(question).sequence
    for _click in range(2):
        actions.release(question.id, "Dùng tiếp được.", tax.id)
    row = fresh(question)
    assert (row.answer, row.answer_unit_id, row.answered_at, row.sequence) == (
        "Dùng tiếp được.", tax.id, clock.now(), before + 1
    )  # fmt: skip
    (letter,) = letters("answer_released", question.about)
    assert (letter.recipient, letter.polite) == ("so1@example.vn", True)
    assert "/tra-loi?t=" in letter.facts["link"]
    actions.release(question.id, "Dùng đến hết năm.", tax.id)
    assert [row.version for row in letters("answer_released", question.about)] == [before + 2]


def test_two_officers_release_one_after_the_other(meeting: Meeting) -> None:
    question = make.question(meeting)
    seen = actions.answer_mark(fresh(question))
    actions.release(question.id, "Câu của Út", None, seen)
    with pytest.raises(Conflict):
        actions.release(question.id, "Câu của Tùng", None, seen)
    assert fresh(question).answer == "Câu của Út"
    actions.release(question.id, "Câu chung", None, actions.answer_mark(fresh(question)))


def test_no_answer_goes_to_who_withdrew_is_content_or_part_of_another(meeting: Meeting) -> None:
    rows = [make.question(meeting, number) for number in range(1, 5)]
    actions.release(rows[1].id, "Rồi.", None)
    actions.say(rows[1].code, True)
    with transaction() as session:
        session.get_one(Question, rows[0].id).withdrawn_at = clock.now()
        session.get_one(Question, rows[2].id).merged_into_id = rows[3].id
    for row in rows[:3]:
        with pytest.raises(Refusal):
            actions.release(row.id, "Khác.", None)
    with pytest.raises(Refusal):
        actions.release(rows[3].id, "", None)


# -- settling


def test_the_askers_word_takes_the_item_out_and_puts_it_back(meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    make.item(meeting, "Kết luận", kind="office")
    actions.release(question.id, "Dùng tiếp được.", tax.id)
    for _click in range(2):
        actions.say(question.code, True)
    assert fresh(question).settled_at == clock.now()
    assert titles(meeting) == ["Kết luận"]
    for _click in range(2):
        actions.say(question.code, False)
    assert fresh(question).settled_at is None
    assert titles(meeting) == ["Thuế", "Kết luận"]
    assert words("settled to_be_heard") == ["settled", "to_be_heard"]
    line = db.session.scalars(sa.select(Audit).where(Audit.act == "settled")).one()
    assert (line.before, line.after["minutes"]) == ({"minutes": 60}, 30)


def test_an_item_stays_while_one_of_its_questions_is_to_be_heard(meeting: Meeting) -> None:
    tax = make.unit()
    first, second = make.sent(meeting, tax, 2)
    for question in (first, second):
        actions.release(question.id, "Được.", tax.id)
    actions.say(first.code, True)
    assert titles(meeting) == ["Thuế"]
    with transaction() as session:
        session.get_one(Question, second.id).withdrawn_at = clock.now()
    assert titles(meeting) == []


def test_those_behind_move_up_and_are_told(meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    behind = make.question(meeting, 9, make.item(meeting, "Điện"))
    agenda.publish(meeting.id)
    make.leave()
    actions.release(question.id, "Được.", tax.id)
    actions.say(question.code, True)
    told = letters("item_time", behind.about)
    assert [row.facts["at"] for row in told] == [
        (meeting.starts_at + timedelta(minutes=30)).isoformat(), meeting.starts_at.isoformat()
    ]  # fmt: skip
    assert len(letters("item_time", question.about)) == 1
    actions.say(question.code, False)  # before it left: nobody hears of the coming and going
    assert len(letters("item_time", behind.about)) == 1
    assert fresh(behind).told_for == meeting.starts_at + timedelta(minutes=30)


def test_merged_questions_leave_together(meeting: Meeting) -> None:
    tax = make.unit()
    (question,) = make.sent(meeting, tax)
    other = make.question(meeting, 2)
    with transaction() as session:
        session.get_one(Question, other.id).merged_into_id = question.id
    actions.release(question.id, "Được.", tax.id)
    assert (fresh(other).answer, len(letters("answer_released"))) == ("Được.", 2)
    actions.say(question.code, True)
    assert (fresh(question).settled_at, titles(meeting)) == (None, ["Thuế"])
    actions.say(other.code, True)
    assert fresh(question).settled_at
    assert fresh(other).settled_at
    assert titles(meeting) == []
    actions.say(other.code, False)
    assert titles(meeting) == ["Thuế"]


def test_there_is_a_word_only_on_an_answer_and_only_until_the_meeting_starts(
    meeting: Meeting, travel: time_machine.Traveller
) -> None:
    question = make.question(meeting)
    with pytest.raises(Refusal):
        actions.say(question.code, True)
    actions.release(question.id, "Được.", None)
    actions.say(question.code, True)
    travel.move_to(meeting.starts_at)
    with pytest.raises(Refusal):
        actions.say(question.code, False)
    assert fresh(question).settled_at


def test_what_is_withdrawn_after_the_meeting_leaves_its_programme_as_it_was_held(
    meeting: Meeting, travel: time_machine.Traveller
) -> None:
    (question,) = make.sent(meeting, make.unit())
    travel.move_to(meeting.ends_at + timedelta(days=1))
    with transaction() as session:
        session.get_one(Question, question.id).withdrawn_at = clock.now()
    assert titles(meeting) == ["Thuế"]
