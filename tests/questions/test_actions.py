"""Filing, "me too", openness, merging, answers: what the database holds afterwards."""

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.audit import Audit
from app.db import db, transaction
from app.meetings import actions as seats
from app.meetings import queries as meetings
from app.meetings.models import Meeting, Question
from app.outbox.models import Message
from app.questions import actions, editing, queries
from app.questions.editing import Wording
from app.questions.models import MeToo
from app.refusal import Conflict, Refusal
from tests.meetings import make as business
from tests.questions import make


def again(question: Question) -> Question:
    db.session.rollback()
    return db.session.get_one(Question, question.id, populate_existing=True)


def letters(question: Question) -> list[str]:
    return list(db.session.scalars(sa.select(Message.kind).where(Message.about == question.about).order_by(Message.id)))


def acts(question: Question) -> list[str]:
    return list(db.session.scalars(sa.select(Audit.act).where(Audit.about == question.about).order_by(Audit.id)))


# -- filing


def test_a_question_is_written_down_with_its_code_and_told(meeting: Meeting) -> None:
    row = make.question(meeting, openness="named", wish="call", field="building")
    assert row.code.startswith("CH-")
    assert (row.text, row.openness, row.wish, row.field, row.shown_at) == (make.ROAD, "named", "call", "building", None)
    assert letters(row) == ["question_filed"]
    assert acts(row) == ["question_filed"]


def test_the_same_form_twice_is_one_question(meeting: Meeting) -> None:
    assert make.question(meeting).id == make.question(meeting).id
    assert make.question(meeting, request_key="cau-khac").id != make.question(meeting).id


def test_a_meeting_that_is_over_or_called_off_takes_no_questions(meeting: Meeting, travel: time_machine.Traveller) -> None:
    travel.move_to(meeting.ends_at)
    with pytest.raises(Refusal, match="đã qua"):
        make.question(meeting)
    with transaction() as session:
        session.execute(sa.update(Meeting).values(state="cancelled", cancel_reason="Bão"))
    with pytest.raises(Refusal, match="không nhận"):
        make.question(meeting)


def test_one_phone_files_only_so_many_by_itself(meeting: Meeting) -> None:
    for number in range(10):
        actions.file(meeting.id, make.filed(1, request_key=f"k{number}"))
    with pytest.raises(Refusal, match="10 câu"):
        actions.file(meeting.id, make.filed(1, request_key="k10"))
    make.question(meeting, 1, request_key="k10")  # an officer may


def test_a_place_is_joined_only_when_it_is_the_askers_own(meeting: Meeting) -> None:
    mine = business.sign_up(meeting, 1, phone="+84913000001")
    other = business.sign_up(meeting, 2)
    assert actions.file(meeting.id, make.filed(1), seat=mine.code).sign_up_id == mine.id
    assert actions.file(meeting.id, make.filed(3, request_key="x"), seat=other.code).sign_up_id is None


def test_a_question_asked_before_is_known_again(meeting: Meeting) -> None:
    before = make.earlier(meeting)
    road = _file_earlier(before, 1, make.ROAD)
    secret = _file_earlier(before, 2, make.LOAN, openness="private")
    assert make.question(meeting, 1, text=make.ROAD_AGAIN).repeats_id == road.id  # the same firm, other words
    assert make.question(meeting, 7, text=make.ROAD).repeats_id == road.id  # anybody, the same words
    assert make.question(meeting, 8, text=make.LOAN).repeats_id is None  # asked the leader alone: nobody learns
    assert make.question(meeting, 2, text=make.LOAN, request_key="2b").repeats_id == secret.id
    assert make.question(meeting, 1, text=make.SIGN, request_key="1c").repeats_id is None
    business.sign_up(meeting, 5, question=make.ROAD)
    assert _youngest().repeats_id == road.id


def _file_earlier(before: Meeting, number: int, text: str, **facts: str) -> Question:
    with time_machine.travel(before.starts_at, tick=False):
        return make.question(before, number, text=text, **facts)


def _youngest() -> Question:
    return db.session.scalars(sa.select(Question).order_by(Question.id.desc()).limit(1)).one()


# -- "me too"


def test_a_phone_counts_once_and_is_not_kept(meeting: Meeting) -> None:
    row = make.shown(meeting)
    for phone in ("+84912111222", "+84912111222", "+84912111333", row.phone):
        actions.me_too(row.id, phone)
    assert queries.counts(meeting.id) == {row.id: 2}
    kept = db.session.execute(sa.select(MeToo)).scalars().all()
    assert "912111222" not in str([vars(one) for one in kept])
    assert acts(row) == ["question_filed", "question_shown", "me_too", "me_too"]


@pytest.mark.parametrize("state", ["new", "private", "withdrawn", "merged", "nobody's"])
def test_only_what_everybody_reads_is_agreed_with(meeting: Meeting, state: str) -> None:
    row, other = make.question(meeting), make.shown(meeting, 2)
    if state == "private":
        actions.change_openness(row.code, "private")
    elif state == "withdrawn":
        actions.withdraw(row.code)
    elif state == "merged":
        editing.merge(row.id, other.id)
    with pytest.raises(Refusal, match="không còn ở đây"):
        actions.me_too(99 if state == "nobody's" else row.id, "+84912111222")
    assert not [one for one in db.session.scalars(sa.select(MeToo)) if not one.own]


# -- merging


def test_merged_questions_count_together_each_phone_once_and_part_again(meeting: Meeting) -> None:
    head, part, other = make.shown(meeting, 1), make.shown(meeting, 2), make.shown(meeting, 3)
    for row, phones in ((head, "12"), (part, "23"), (other, "4")):
        for phone in phones:
            actions.me_too(row.id, f"+8491211100{phone}")
    actions.me_too(head.id, other.phone)  # who agreed, and asked the same by themselves
    editing.merge(part.id, head.id)
    assert queries.counts(meeting.id)[head.id] == 5  # 1, 2, 3, the asker of `other`, the asker of `part`
    editing.merge(other.id, head.id)
    assert queries.counts(meeting.id) == {head.id: 6}  # and 4; the asker of `other` was counted before
    editing.unmerge(part.id)
    editing.unmerge(other.id)
    assert queries.counts(meeting.id) == {head.id: 3, part.id: 2, other.id: 1}


def test_who_is_merged_is_told_without_a_name_and_stands_alone_no_more(meeting: Meeting) -> None:
    head, part = make.shown(meeting, 1), make.shown(meeting, 2)
    editing.merge(part.id, head.id)
    editing.merge(part.id, head.id)
    assert letters(part) == ["question_filed", "question_merged"]
    assert letters(head) == ["question_filed"]
    assert [one.id for one in meetings.shown(meeting.id)] == [head.id]
    assert acts(part)[-1] == "question_merged"


def test_groups_have_no_depth(meeting: Meeting) -> None:
    first, second, third = (make.shown(meeting, number) for number in (1, 2, 3))
    editing.merge(first.id, second.id)
    editing.merge(second.id, third.id)
    assert again(first).merged_into_id == again(second).merged_into_id == third.id
    with pytest.raises(Conflict, match="gộp vào câu khác"):
        editing.merge(third.id, first.id)


def test_what_is_not_merged(meeting: Meeting) -> None:
    row, private, gone = make.shown(meeting, 1), make.question(meeting, 2, openness="private"), make.question(meeting, 3)
    elsewhere = _file_earlier(make.earlier(meeting), 4, make.ROAD)
    actions.withdraw(gone.code)
    for one, into in ((row, row), (row, elsewhere), (row, private), (private, row), (row, gone), (gone, row)):
        with pytest.raises(Refusal):
            editing.merge(one.id, into.id)
    assert again(row).merged_into_id is None


# -- who may read it


def test_narrowing_is_at_once_and_widening_waits_for_an_officer(meeting: Meeting) -> None:
    row = make.shown(meeting, openness="named")
    actions.change_openness(row.code, "hidden")
    assert again(row).shown_at is not None  # only the name goes
    actions.change_openness(row.code, "private")
    assert (again(row).shown_at, again(row).openness) == (None, "private")
    with pytest.raises(Refusal, match="chỉ muốn lãnh đạo"):
        editing.show(row.id)
    actions.change_openness(row.code, "named")
    assert (again(row).shown_at, again(row).reviewed_at) == (None, None)
    editing.show(row.id)
    assert again(row).shown_at is not None
    actions.change_openness(row.code, "named")
    assert again(row).shown_at is not None
    assert acts(row).count("openness_changed") == 3


def test_the_name_appears_only_after_an_officer_looked_again(meeting: Meeting) -> None:
    row = make.shown(meeting)
    actions.change_openness(row.code, "named")
    assert again(row).shown_at is None


def test_the_database_itself_refuses_a_private_question_in_public(meeting: Meeting) -> None:
    row = make.question(meeting, openness="private")
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(sa.update(Question).where(Question.id == row.id).values(shown_at=meeting.starts_at))


@pytest.mark.parametrize("leaves", ["private", "withdrawn"])
def test_a_head_that_leaves_lets_its_group_stand_by_itself(meeting: Meeting, leaves: str) -> None:
    head, part = make.shown(meeting, 1), make.shown(meeting, 2)
    editing.merge(part.id, head.id)
    if leaves == "private":
        actions.change_openness(head.code, "private")
    else:
        actions.withdraw(head.code)
    assert again(part).live
    assert [one.id for one in meetings.shown(meeting.id)] == [part.id]


def test_withdrawing_leaves_every_list_and_is_final(meeting: Meeting) -> None:
    row = make.shown(meeting)
    actions.withdraw(row.code)
    actions.withdraw(row.code)
    assert meetings.shown(meeting.id) == []
    assert acts(row)[-1:] == ["question_withdrawn"]
    assert letters(row) == ["question_filed"]  # they did it themselves: no letter
    for act in (lambda: actions.change_openness(row.code, "named"), lambda: actions.change_wish(row.code, "call"),
                lambda: editing.show(row.id)):  # fmt: skip
        with pytest.raises(Refusal):
            act()


def test_what_has_an_outcome_stays_but_may_hide(meeting: Meeting) -> None:
    row = make.shown(meeting)
    with transaction() as session:
        session.execute(sa.update(Question).values(outcome="spot", outcome_at=meeting.starts_at))
    with pytest.raises(Refusal, match="đã có kết quả"):
        actions.withdraw(row.code)
    with pytest.raises(Refusal, match="đã có kết quả"):
        actions.change_openness(row.code, "named")
    actions.change_openness(row.code, "private")
    assert again(row).openness == "private"


def test_a_wish_changes_until_the_meeting_begins(meeting: Meeting, travel: time_machine.Traveller) -> None:
    row = make.question(meeting)
    actions.change_wish(row.code, "write")
    assert again(row).wish == "write"
    travel.move_to(meeting.starts_at)
    with pytest.raises(Refusal, match="đã bắt đầu"):
        actions.change_wish(row.code, "call")


def test_an_officer_takes_it_back_and_the_asker_hears(meeting: Meeting) -> None:
    row = make.question(meeting)
    editing.take_back(row.id)
    editing.take_back(row.id)
    assert letters(row)[-1] == "question_withdrawn"
    assert again(row).withdrawn_at is not None


# -- the public wording


def test_a_wording_with_a_name_or_number_is_shown_only_on_purpose(meeting: Meeting) -> None:
    row = make.question(meeting, text="Xưởng mộc số 1 bị ngập, gọi 0912 345 678")
    with pytest.raises(Refusal, match="số điện thoại"):
        editing.show(row.id)
    editing.show(row.id, Wording("Đường vào một xưởng mộc bị ngập.", "building"))
    assert (again(row).words, again(row).field) == ("Đường vào một xưởng mộc bị ngập.", "building")
    with pytest.raises(Refusal, match="vẫn hiện"):
        editing.reword(row.id, Wording("Xưởng mộc số 1 bị ngập."))
    assert again(row).words == "Đường vào một xưởng mộc bị ngập."
    editing.reword(row.id, Wording("Xưởng mộc số 1 bị ngập."), anyway=True)
    assert again(row).words == "Xưởng mộc số 1 bị ngập."


def test_hiding_is_having_read(meeting: Meeting) -> None:
    row = make.question(meeting)
    editing.hide(row.id)
    editing.hide(row.id)
    assert again(row).reviewed_at is not None
    assert acts(row) == ["question_filed", "question_hidden"]
    editing.show(row.id)
    editing.hide(row.id)
    assert meetings.shown(meeting.id) == []


# -- answers, promises, a seat after all


def test_an_answer_in_writing_is_told_without_its_words(meeting: Meeting) -> None:
    row = make.question(meeting, openness="private")
    actions.answer(row.id, "Mời anh đến phòng 12 sáng thứ Hai.")
    actions.answer(row.id, "Mời anh đến phòng 12 sáng thứ Hai.")
    assert again(row).answer == "Mời anh đến phòng 12 sáng thứ Hai."
    assert letters(row) == ["question_filed", "question_answered"]
    letter = db.session.scalars(sa.select(Message).where(Message.kind == "question_answered")).one()
    assert not [word for word in ("phòng 12", make.ROAD[:10], row.name, row.code, row.contact) if word in str(letter.facts)]
    with pytest.raises(Refusal, match="Ghi câu trả lời"):
        actions.answer(row.id, "")


def test_who_has_no_address_is_telephoned_about_the_answer(meeting: Meeting) -> None:
    row = make.question(meeting, email="")
    actions.answer(row.id, "Được.")
    assert [(one.kind, one.channel) for one in db.session.scalars(sa.select(Message))] == [("question_answered", "call")]


def test_the_word_on_a_promise_is_only_for_its_own_asker(meeting: Meeting) -> None:
    mine, other = make.question(meeting, 1), make.question(meeting, 2)
    promise = make.promise(mine)
    assert [one.promise.id for one in queries.promises_of(mine)] == [promise.id]
    assert queries.promises_of(other) == []
    with pytest.raises(Refusal, match="Không có lời hẹn này"):
        actions.say(other.code, promise.id, "no", "")


def test_who_asked_first_gets_a_seat_in_one_tap(meeting: Meeting) -> None:
    row = make.question(meeting, wish="write")
    seat = actions.take_seat(row.code, "cho-1")
    assert (seat.name, seat.phone, seat.state) == (row.name, row.phone, "seated")
    assert (again(row).sign_up_id, again(row).wish) == (seat.id, "come")
    assert actions.take_seat(row.code, "cho-1").id == seat.id
    with pytest.raises(Refusal, match="đã đăng ký"):
        actions.take_seat(row.code, "cho-2")
    seats.give_up(seat.code)
    assert actions.take_seat(row.code, "cho-3").id != seat.id


def test_a_question_with_a_seat_keeps_what_was_chosen(app: Flask, meeting: Meeting) -> None:
    business.sign_up(meeting, 1, question=make.ROAD, field="building", openness="private")
    row = _youngest()
    assert (row.field, row.openness, row.wish) == ("building", "private", "come")
    facts = db.session.scalars(sa.select(Message.facts).where(Message.kind == "signed_up")).one()
    assert facts["question_link"] == ""  # the tray does not say that the leader alone was asked
    business.sign_up(meeting, 2, question=make.SIGN)
    links = [facts["question_link"] for facts in db.session.scalars(sa.select(Message.facts).where(Message.kind == "signed_up"))]
    assert links[1].startswith("https://hen.example/cau-hoi/mo?t=")
