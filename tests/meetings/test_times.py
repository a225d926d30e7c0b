"""When each asker's question is heard: told when it is published, told anew when it changes, and never what never left."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.db import db, transaction
from app.meetings import agenda, changes, plan, schedule, times
from app.meetings.models import Meeting, Question
from app.outbox import actions as outbox
from app.outbox import rendering
from app.outbox.models import Message
from app.questions import actions as questions
from app.questions import editing
from tests.answers import make
from tests.answers.make import fresh, leave, letters
from tests.meetings import make as business
from tests.page import count_queries


def at(meeting: Meeting, minutes: int) -> datetime:
    return meeting.starts_at + timedelta(minutes=minutes)


def said(question: Question) -> list[datetime]:
    return [datetime.fromisoformat(row.facts["at"]) for row in letters("item_time", question.about)]


@pytest.fixture
def programme(meeting: Meeting) -> list[Question]:
    """Two items of half an hour, one question each; not published."""
    return [make.question(meeting, number, make.item(meeting, f"Mục {number}")) for number in (1, 2)]


def test_nobody_is_told_before_the_programme_is_published(meeting: Meeting, programme: list[Question]) -> None:
    assert letters("item_time") == []
    agenda.publish(meeting.id)
    first, second = programme
    assert (said(first), said(second)) == ([at(meeting, 0)], [at(meeting, 30)])
    assert fresh(second).told_for == at(meeting, 30)


def test_it_waits_ten_minutes_and_for_polite_hours_and_is_useless_once_the_item_begins(
    meeting: Meeting, programme: list[Question]
) -> None:
    agenda.publish(meeting.id)
    for row in letters("item_time"):
        assert row.due_at == clock.now() + timedelta(minutes=10)
        assert row.polite
        assert row.useful_until == datetime.fromisoformat(row.facts["at"])


def test_many_presses_make_one_letter_each_with_the_last_order(meeting: Meeting, programme: list[Question]) -> None:
    first, second = programme
    agenda.publish(meeting.id)
    for _press in range(3):
        agenda.move(fresh(first).agenda_item_id, 1, fresh(second).agenda_item_id)
        agenda.move(fresh(second).agenda_item_id, 1, fresh(first).agenda_item_id)
    agenda.move(fresh(first).agenda_item_id, 1, fresh(second).agenda_item_id)
    assert (said(first), said(second)) == ([at(meeting, 30)], [at(meeting, 0)])
    assert (
        len(db.session.scalars(sa.select(Message.id).where(Message.kind == "item_time")).all()) == 2
    )  # written over, not beside


def test_who_was_told_is_told_anew_only_when_the_minute_differs(meeting: Meeting, programme: list[Question]) -> None:
    first, second = programme
    agenda.publish(meeting.id)
    leave()
    agenda.edit(fresh(first).agenda_item_id, agenda.Item("Mục 1", 45))
    assert said(first) == [at(meeting, 0)]
    assert said(second) == [at(meeting, 30), at(meeting, 45)]
    assert letters("item_time", second.about)[-1].facts["known"] == at(meeting, 30).isoformat()
    agenda.edit(fresh(first).agenda_item_id, agenda.Item("Mục 1", 30))  # put right before it left
    assert said(second) == [at(meeting, 30)]
    assert fresh(second).told_for == at(meeting, 30)


def test_what_was_taken_back_unsent_was_never_told(meeting: Meeting, programme: list[Question]) -> None:
    """The programme is withdrawn within the ten minutes and published again as it was: everybody must hear of it."""
    _first, second = programme
    agenda.publish(meeting.id)
    agenda.withdraw(meeting.id)
    assert letters("item_time") == []
    assert fresh(second).told_for is None
    agenda.publish(meeting.id)
    assert said(second) == [at(meeting, 30)]
    leave()
    agenda.withdraw(meeting.id)
    assert fresh(second).told_for == at(meeting, 30)  # that is what they know
    agenda.publish(meeting.id)
    assert said(second) == [at(meeting, 30)]


def test_a_letter_that_another_room_took_back_does_not_count_either(meeting: Meeting, programme: list[Question]) -> None:
    _first, second = programme
    agenda.publish(meeting.id)
    with transaction() as session:
        outbox.withdraw(session, second.about)
    with transaction() as session:
        times.tell(session, session.get_one(Meeting, meeting.id))
    assert said(second) == [at(meeting, 30)]


def test_a_withdrawn_or_merged_question(meeting: Meeting, programme: list[Question]) -> None:
    """Nobody waits for what was withdrawn; who is part of another question is heard with it."""
    first, second = programme
    third = make.question(meeting, 3)
    agenda.publish(meeting.id)
    with transaction() as session:
        session.get_one(Question, second.id).withdrawn_at = clock.now()
        session.get_one(Question, third.id).merged_into_id = first.id
        session.flush()
        times.tell(session, session.get_one(Meeting, meeting.id))
    assert (said(first), said(second), said(third)) == ([at(meeting, 0)], [], [at(meeting, 0)])


def test_a_cancelled_meeting_takes_them_back_and_a_begun_one_tells_nobody(
    meeting: Meeting, programme: list[Question], travel: time_machine.Traveller
) -> None:
    agenda.publish(meeting.id)
    travel.move_to(meeting.starts_at + timedelta(minutes=1))
    agenda.edit(fresh(programme[0]).agenda_item_id, agenda.Item("Mục 1", 45))
    assert letters("item_time") == []
    travel.move_to(meeting.starts_at - timedelta(days=1))
    agenda.edit(fresh(programme[0]).agenda_item_id, agenda.Item("Mục 1", 50))
    assert len(letters("item_time")) == 2
    schedule.cancel_meeting(meeting.id, "Bão")
    assert letters("item_time") == []


def move(meeting: Meeting, **facts: Any) -> Meeting:
    db.session.rollback()
    row = db.session.get_one(Meeting, meeting.id, populate_existing=True)
    return changes.edit(row.id, replace(plan.of(row), **facts), row.revision)


def test_a_moved_meeting_moves_every_minute(meeting: Meeting, programme: list[Question]) -> None:
    agenda.publish(meeting.id)
    leave()
    row = move(meeting, day=meeting.day + timedelta(days=7))
    assert [said(question)[-1] for question in programme] == [at(row, 0), at(row, 30)]


def test_merging_parting_and_withdrawing_tell_the_new_minute(meeting: Meeting, programme: list[Question]) -> None:
    agenda.publish(meeting.id)
    third = make.question(meeting, 3)
    editing.merge(third.id, programme[1].id)
    assert said(third) == [at(meeting, 30)]
    editing.unmerge(third.id)
    assert said(third) == []
    editing.merge(third.id, programme[1].id)
    questions.withdraw(programme[1].code)
    assert (said(third), said(programme[1])) == ([], [])


def seated(meeting: Meeting) -> None:
    business.sign_up(meeting, 50, question="Hỏi kèm chỗ?")


def of_askers(kind: str) -> list[Message]:
    return [row for row in letters(kind) if row.about.startswith("question:")]


def test_who_asked_without_a_seat_hears_that_the_meeting_moved(meeting: Meeting) -> None:
    first = make.question(meeting, 1)
    make.question(meeting, 2, phone=first.phone, openness="private")  # of the same asker: one letter
    gone, silent = make.question(meeting, 3), make.question(meeting, 4, email="", locale="en")
    questions.withdraw(gone.code)
    seated(meeting)
    move(meeting, day=meeting.day + timedelta(days=7))
    move(meeting, chair="Phó Chủ tịch")
    assert [(row.about, row.channel) for row in of_askers("asker_moved")] == [(first.about, "email"), (silent.about, "call")]
    move(meeting, place="Nhà văn hoá")
    told = of_askers("asker_moved")  # the first had not left: one stands for both
    assert [row.about for row in told] == [first.about, silent.about]
    for row in told:
        subject, text, html = rendering.letter(row.template, row.kind, row.facts, row.locale)
        for part in (subject, text, html):
            assert "Nhà văn hoá" in part
            assert "12/12" in part or "12\xa0Dec" in part or "12 Dec" in part
            assert not [word for word in ("Câu hỏi số", "Cơ sở số", "Đệ", first.code, silent.code, first.phone) if word in part]
        assert "/cau-hoi/mo?t=" in text
        short = rendering.sms(row.template, row.kind, row.facts, row.locale)
        assert short.isascii()
        assert len(short) <= 160


def test_who_asked_without_a_seat_hears_that_the_meeting_is_cancelled(meeting: Meeting) -> None:
    asked = make.question(meeting, 1)
    seated(meeting)
    move(meeting, day=meeting.day + timedelta(days=7))
    for _press in range(2):
        schedule.cancel_meeting(meeting.id, "Bão số 9")
    (row,) = of_askers("asker_cancelled")
    assert (row.about, of_askers("asker_moved")) == (asked.about, [])
    subject, text, html = rendering.letter(row.template, row.kind, row.facts, row.locale)
    assert "Huỷ họp 8:00" in subject
    assert "Bão số 9" in text
    assert "Bão số 9" in html
    assert len(rendering.sms(row.template, row.kind, row.facts, row.locale)) <= 160


def test_who_has_no_address_is_telephoned_unless_they_do_not_come(meeting: Meeting) -> None:
    item = make.item(meeting)
    make.question(meeting, 1, item, email="")
    make.question(meeting, 2, item, email="", wish="write")
    agenda.publish(meeting.id)
    assert [row.channel for row in letters("item_time")] == ["call"]


def test_private_questions_have_no_minute(meeting: Meeting) -> None:
    item = make.item(meeting)
    private = make.question(meeting, 1, openness="private")
    with pytest.raises(agenda.Refusal):
        agenda.assign(private.id, item.id)
    agenda.publish(meeting.id)
    assert letters("item_time") == []


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_the_letter_says_the_time_and_neither_who_nor_what(meeting: Meeting, locale: str) -> None:
    """Every officer reads letters in the tray."""
    first, item = make.item(meeting, "Đón tiếp", 25), make.item(meeting)
    question = make.question(meeting, 1, item, text="Sổ thuế cũ tính sao?", name="Lò gạch Tư Hiếm", locale=locale)
    agenda.publish(meeting.id)
    leave()
    agenda.edit(first.id, agenda.Item("Đón tiếp", 35))
    for row, known in zip(letters("item_time", question.about), ("", "8:25"), strict=True):
        subject, text, html = rendering.letter(row.template, row.kind, row.facts, row.locale)
        for part in (subject, text, html):
            assert not [word for word in ("Sổ thuế", "Tư Hiếm", "Đệ", question.code, question.phone) if word in part]
        time = "8:35" if known else "8:25"
        assert time in subject
        assert "Hội trường UBND quận Ô Môn" in subject
        assert known in text
        assert time in html
        short = rendering.sms(row.template, row.kind, row.facts, row.locale)
        assert short.isascii()
        assert time in short
        assert len(short) <= 160


def test_two_hundred_questions_are_told_in_a_few_reads(meeting: Meeting) -> None:
    items = [make.item(meeting, f"Mục {number}", 10) for number in range(10)]
    for number in range(200):
        make.question(meeting, number, items[number % 10])
    agenda.publish(meeting.id)
    assert len(letters("item_time")) == 200
    leave()
    with count_queries() as seen:
        agenda.edit(items[9].id, agenda.Item("Mục 9", 15))
    assert len([one for one in seen if one.startswith("INSERT INTO message")]) == 0
    assert len(seen) < 20
    with count_queries() as seen:
        agenda.move(items[8].id, 1, items[9].id)
    assert len([one for one in seen if one.startswith("INSERT INTO message")]) == 40
    assert len([one for one in seen if one.startswith("SELECT")]) < 15
