"""Acts on drafts, publishing, amended versions, letters, the nag; on real databases."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, proof
from app.audit import Audit
from app.db import db, transaction
from app.meetings import schedule
from app.meetings.models import AgendaItem, Meeting
from app.minutes import actions, arranging, publishing, queries, rules
from app.minutes.models import MinuteItem, MinutePromise, MinuteQuestion, Minutes
from app.outbox.models import Message
from app.promises.models import Promise, PromiseAsker, PromiseEvent
from app.refusal import Conflict, Refusal
from tests import make as house
from tests.minutes import make
from tests.minutes.make import Held


def promises() -> list[Promise]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Promise).order_by(Promise.id).execution_options(populate_existing=True)))


def letters(kind: str) -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).where(Message.kind.startswith(kind)).order_by(Message.id)))


def acts() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Audit.act).where(Audit.act.like("minute%")).order_by(Audit.id)))


# -- beginning


def test_a_draft_begins_from_the_programme_with_its_live_questions(held: Held) -> None:
    actions.begin(held.meeting.id)
    found = make.entries(held)
    assert [one.item.title for one in found.values()] == ["Khai mạc", "Thuế và tiền thuê đất", "Giải lao", "Gặp riêng"]
    asked = [dealt.question.id for dealt in found["tax"].questions]
    assert asked == [held.asked["named"].id, held.asked["hidden"].id]  # the merged one is part of the second
    assert found["tax"].item.unit_id == held.tax.id
    assert found["private"].private
    assert not found["tax"].private
    minutes = queries.versions(held.meeting.id)[0]
    assert minutes.issuer == "Uỷ ban nhân dân quận Ô Môn"
    assert minutes.place == "Ô Môn"
    assert "Chi cục Thuế" in minutes.present


def test_what_was_answered_before_is_written_down_already(held: Held) -> None:
    make.ask(held.meeting, 8, held.items["opening"], answer="Đã nâng đường.", openness="hidden")
    with transaction() as session:
        named = session.get_one(type(held.asked["named"]), held.asked["named"].id)
        named.answer, named.answered_at, named.answer_unit_id = "Chuyển nguyên sổ cũ.", clock.now(), held.tax.id
    actions.begin(held.meeting.id)
    found = make.entries(held)
    assert found["opening"].item.said == "Đã nâng đường."
    assert found["opening"].item.outcome == "writing"
    assert found["tax"].item.said == "Chi cục Thuế: Chuyển nguyên sổ cũ."
    assert found["tax"].item.outcome == ""
    assert [dealt.outcome for dealt in found["tax"].questions] == ["writing", ""]


def test_a_private_answer_is_not_written_where_others_read(held: Held) -> None:
    make.ask(held.meeting, 8, held.items["tax"], answer="Bí mật", openness="private")
    make.ask(held.meeting, 9, held.items["tax"], answer="Công khai", openness="hidden")
    actions.begin(held.meeting.id)
    assert make.entries(held)["tax"].item.said == "Công khai"


def test_beginning_twice_is_beginning_once(held: Held) -> None:
    first = actions.begin(held.meeting.id)
    assert actions.begin(held.meeting.id).id == first.id
    assert acts() == ["minutes_begun"]


def test_the_day_before_is_early_enough_and_no_earlier(held: Held, travel: time_machine.Traveller) -> None:
    travel.move_to(house.local("2026-12-03T23:59"))
    with pytest.raises(Refusal, match="từ hôm trước"):
        actions.begin(held.meeting.id)
    travel.move_to(house.local("2026-12-04T00:00"))
    actions.begin(held.meeting.id)


def test_a_cancelled_meeting_has_no_minutes(held: Held, travel: time_machine.Traveller) -> None:
    travel.move_to(make.BEFORE)
    schedule.cancel_meeting(held.meeting.id, "Bão")
    travel.move_to(make.AFTER)
    with pytest.raises(Refusal, match="không diễn ra"):
        actions.begin(held.meeting.id)


def test_the_programme_may_still_lose_an_item(held: Held) -> None:
    actions.begin(held.meeting.id)
    with transaction() as session:
        session.execute(sa.update(type(held.asked["named"])).values(agenda_item_id=None))
        session.delete(session.get_one(AgendaItem, held.items["tax"].id))
    assert make.entries(held)["tax"].item.title == "Thuế và tiền thuê đất"


# -- writing


def test_an_item_keeps_what_was_written(held: Held) -> None:
    actions.begin(held.meeting.id)
    entry = make.entries(held)["tax"]
    make.write(entry, make.line(held), said="Đã nói.", outcome="beyond", forwarded_to="Sở Tài chính")
    item = make.entries(held)["tax"].item
    assert (item.said, item.outcome, item.forwarded_to) == ("Đã nói.", "beyond", "Sở Tài chính")
    assert (item.revision, item.edited_by) == (1, make.SECRETARY)
    (line,) = make.entries(held)["tax"].promises
    assert (line.what, line.unit_id, line.due_on, line.kind, line.promise_id) == (
        "Gửi hướng dẫn quyết toán", held.tax.id, make.FRIDAY, "deed", None,
    )  # fmt: skip
    make.write(make.entries(held)["tax"], outcome="noted", forwarded_to="Sở Tài chính")
    assert make.entries(held)["tax"].item.forwarded_to == ""  # only what is beyond us is passed on


def test_a_line_can_be_changed_dropped_and_left_incomplete(held: Held) -> None:
    actions.begin(held.meeting.id)
    make.write(make.entries(held)["tax"], make.line(held), make.line(held, "moi1", what="Hai"))
    first, second = make.entries(held)["tax"].promises
    make.write(
        make.entries(held)["tax"], make.line(held, str(first.id), what="Một, sửa", unit_id=None, due_on=None),
        make.line(held, str(second.id), drop=True),
    )  # fmt: skip
    (line,) = make.entries(held)["tax"].promises
    assert (line.id, line.what, line.unit_id, line.due_on) == (first.id, "Một, sửa", None, None)


def test_a_line_that_the_form_did_not_send_stays(held: Held) -> None:
    actions.begin(held.meeting.id)
    make.write(make.entries(held)["tax"], make.line(held))
    make.write(make.entries(held)["tax"], said="Thêm lời")
    assert len(make.entries(held)["tax"].promises) == 1


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 12, 12), "không phải ngày làm việc"),
        (date(2027, 1, 1), "không phải ngày làm việc"),
        (date(2026, 12, 4), "từ ngày họp"),
    ],
)
def test_no_promise_for_a_day_off_or_before_the_meeting(held: Held, day: date, why: str) -> None:
    actions.begin(held.meeting.id)
    with pytest.raises(Refusal, match=why) as refused:
        make.write(make.entries(held)["tax"], make.line(held, due_on=day))
    assert refused.value.field == "dong-moi-due_on"
    assert make.entries(held)["tax"].promises == ()


def test_the_second_of_two_writers_is_told_and_nothing_is_overwritten(held: Held) -> None:
    actions.begin(held.meeting.id)
    opened = make.entries(held)["tax"]
    revision = opened.item.revision
    make.write(opened, said="Bản thứ nhất", request_key="a")
    with pytest.raises(rules.Overtaken):
        make.write(make.entries(held)["tax"], said="Bản thứ hai", request_key="b", revision=revision)
    assert make.entries(held)["tax"].item.said == "Bản thứ nhất"


def test_the_same_form_twice_writes_once(held: Held) -> None:
    actions.begin(held.meeting.id)
    entry = make.entries(held)["tax"]
    for _press in range(2):
        make.write(entry, make.line(held), said="Một lần", request_key="a", revision=0)
    assert len(make.entries(held)["tax"].promises) == 1
    assert make.entries(held)["tax"].item.revision == 1


def test_items_are_added_once_and_removed(held: Held) -> None:
    actions.begin(held.meeting.id)
    first = arranging.add(held.meeting.id, "Việc khác", "k", 1)
    assert arranging.add(held.meeting.id, "Việc khác", "k", 1).id == first.id
    make.write(make.entries(held)["Việc khác"], make.line(held))
    arranging.remove(first.id)
    arranging.remove(first.id)
    assert "Việc khác" not in make.entries(held)


def test_what_a_leader_wrote_is_not_removed_by_others(held: Held) -> None:
    make.ready(held)
    with pytest.raises(Refusal, match="lãnh đạo"):
        arranging.remove(make.entries(held)["private"].item.id)


def test_questions_leave_an_item_and_find_another(held: Held) -> None:
    actions.begin(held.meeting.id)
    found, hidden = make.entries(held), held.asked["hidden"]
    make.write(found["tax"], own={hidden.id: actions.OUT})
    draft = queries.versions(held.meeting.id)[0]
    assert [one.id for one in queries.not_dealt_with(held.meeting.id, draft.id)] == [hidden.id]
    for _press in range(2):
        arranging.sort(held.meeting.id, hidden.id, found["opening"].item.id)
    assert [one.question.id for one in make.entries(held)["opening"].questions] == [hidden.id]
    assert queries.not_dealt_with(held.meeting.id, draft.id) == []


def test_a_promise_is_about_a_question_of_its_item(held: Held) -> None:
    actions.begin(held.meeting.id)
    with pytest.raises(Refusal, match="câu hỏi của mục này"):
        make.write(make.entries(held)["tax"], make.line(held, question_id=held.asked["private"].id))


def test_papers_know_two_writers_too(held: Held) -> None:
    actions.begin(held.meeting.id)
    paper = dict.fromkeys(actions.PAPER, "") | {"signed_on": None, "document_number": "12/TB-UBND"}
    for _press in range(2):
        actions.describe(held.meeting.id, paper, 0, "k")
    with pytest.raises(rules.Overtaken):
        actions.describe(held.meeting.id, paper, 0, "l")
    assert queries.versions(held.meeting.id)[0].document_number == "12/TB-UBND"


# -- publishing


def test_publishing_enters_each_promise_once(held: Held) -> None:
    minutes = make.published(held)
    assert minutes.final
    first, second, private = promises()
    assert (first.what, first.about, first.raised, first.raised_by, first.public) == (
        "Gửi hướng dẫn quyết toán", held.asked["named"].about, "Sổ thuế cũ tính sao?", "Xay xát Phước Lợi", True,
    )  # fmt: skip
    assert (second.kind, second.raised, second.raised_by) == ("written", "Tiền thuê đất có giảm không?", "")
    assert (private.public, private.raised, private.raised_by) == (False, "", "")
    assert {one.occasion for one in promises()} == {held.meeting.about}
    assert {(one.made_on, one.due) for one in promises()} == {(date(2026, 12, 5), make.FRIDAY)}
    assert [line.promise_id for line in make.entries(held)["tax"].promises] == [first.id, second.id]
    assert db.session.get_one(Meeting, held.meeting.id).concluded_at == make.AFTER
    assert make.fresh(held.asked["hidden"]).outcome == "spot"
    assert make.fresh(held.asked["private"]).outcome == "noted"


def test_publishing_twice_is_publishing_once(held: Held) -> None:
    minutes = make.ready(held)
    for _press in range(2):
        publishing.finalise(held.meeting.id, 1, minutes.changes, 5)
    assert len(promises()) == 3
    assert acts().count("minutes_published") == 1


def test_askers_of_merged_questions_are_asked_too(held: Held) -> None:
    make.published(held)
    about = promises()[1].id
    rows = db.session.scalars(sa.select(PromiseAsker).where(PromiseAsker.promise_id == about).order_by(PromiseAsker.about)).all()
    assert {row.about for row in rows} == {held.asked["hidden"].about, held.asked["merged"].about}
    code = held.asked["merged"].code
    assert f"https://hen.example/cau-hoi/mo?t={proof.token(code)}" in {row.link for row in rows}


def test_a_promise_for_a_whole_item_asks_everybody_in_it_but_the_private(held: Held) -> None:
    make.ask(held.meeting, 9, held.items["tax"], openness="private")
    actions.begin(held.meeting.id)
    make.write(make.entries(held)["tax"], make.line(held), outcome="spot")
    make.write(make.entries(held)["private"], outcome="noted")
    make.publish(held)
    (made,) = promises()
    asked = set(db.session.scalars(sa.select(PromiseAsker.about).where(PromiseAsker.promise_id == made.id)))
    assert asked == {held.asked[name].about for name in ("named", "hidden", "merged")}
    assert (made.about, made.raised, made.public) == ("", "Thuế và tiền thuê đất", True)


def test_a_question_not_yet_shown_gives_the_ledger_neither_words_nor_name(held: Held) -> None:
    question = make.ask(held.meeting, 9, held.items["tax"], openness="named", text="Có số 0912 345 678", shown_at=None)
    actions.begin(held.meeting.id)
    make.write(make.entries(held)["tax"], make.line(held, question_id=question.id), outcome="spot")
    make.write(make.entries(held)["private"], outcome="noted")
    make.publish(held)
    (made,) = promises()
    assert (made.about, made.raised, made.raised_by) == (question.about, "Thuế và tiền thuê đất", "")


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"outcome": ""}, "chọn kết quả"),
        ({"outcome": "beyond"}, "ghi nơi đã chuyển"),
        ({"line": {"unit_id": None}}, "chọn đơn vị"),
        ({"line": {"due_on": None}}, "chọn ngày"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_published(held: Held, facts: dict, sentence: str) -> None:
    make.ready(held)
    entry = make.entries(held)["tax"]
    lines = [make.line(held, str(entry.promises[0].id), **facts["line"])] if "line" in facts else []
    make.write(entry, *lines, **{name: value for name, value in facts.items() if name != "line"})
    with pytest.raises(Refusal, match=sentence):
        make.publish(held)
    assert promises() == []
    assert letters("concluded") == []


def test_not_before_the_meeting_begins(held: Held, travel: time_machine.Traveller) -> None:
    make.ready(held)
    travel.move_to(house.local("2026-12-05T07:59"))
    with pytest.raises(Refusal, match="chưa bắt đầu"):
        make.publish(held)


def test_what_changed_after_the_review_is_reviewed_again(held: Held) -> None:
    draft = make.ready(held)
    changes = draft.changes
    make.write(make.entries(held)["tax"], said="Sửa sau khi xem")
    with pytest.raises(Conflict, match="vừa được sửa"):
        publishing.finalise(held.meeting.id, 1, changes, 1)
    assert promises() == []


def test_published_minutes_take_no_more_writing(held: Held) -> None:
    make.published(held)
    entry = make.entries(held)["tax"]
    for act in (
        lambda: make.write(entry, said="x"), lambda: arranging.add(held.meeting.id, "x", "k", 1),
        lambda: arranging.remove(entry.item.id),
        lambda: actions.describe(held.meeting.id, {}, 0, "k"), lambda: arranging.sort(held.meeting.id, 1, entry.item.id),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            act()


FINAL = (
    "UPDATE minutes SET closing = 'x'",
    "UPDATE minutes SET finalised_at = NULL, finalised_by = NULL",
    "DELETE FROM minutes",
    "UPDATE minute_item SET said = 'x'",
    "DELETE FROM minute_item",
    "INSERT INTO minute_item (minutes_id, position, kind, title, said, outcome, forwarded_to, revision, request_key)"
    " SELECT id, 9, 'business', 'x', '', '', '', 0, '' FROM minutes",
    "UPDATE minute_question SET outcome = 'noted'",
    "DELETE FROM minute_question",
    "INSERT INTO minute_question (item_id, question_id, outcome)"
    " SELECT min(minute_item.id), max(question.id), '' FROM minute_item, question",
    "UPDATE minute_promise SET what = 'x'",
    "DELETE FROM minute_promise",
    "INSERT INTO minute_promise (item_id, what, kind, change_why, withdrawn)"
    " SELECT min(id), 'x', 'deed', '', false FROM minute_item",
)  # fmt: skip


@pytest.mark.parametrize("statement", FINAL)
def test_final_minutes_refuse_every_change_whoever_writes(held: Held, statement: str) -> None:
    make.published(held)
    tables = [table.__table__ for table in (Minutes, MinuteItem, MinuteQuestion, MinutePromise)]
    before = [db.session.execute(sa.select(table)).all() for table in tables]
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError, match="final minutes do not change"), db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert before == [db.session.execute(sa.select(table)).all() for table in tables]


def test_rows_cannot_be_moved_out_of_final_minutes_or_into_them(held: Held) -> None:
    final = make.published(held).id
    draft = publishing.amend(held.meeting.id, "Sót một ý").id
    for first, second in ((draft, final), (final, draft)):
        with pytest.raises(sa.exc.DBAPIError, match="final minutes do not change"), db.engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE minute_item SET minutes_id = {first} WHERE minutes_id = {second}"))


@pytest.mark.parametrize("statement", FINAL[:1] + FINAL[3:6] + FINAL[6:7] + FINAL[9:])
def test_control_a_draft_takes_the_same_statements(held: Held, statement: str) -> None:
    make.ready(held)
    db.session.rollback()
    with db.engine.begin() as connection:
        if statement == "DELETE FROM minute_item":
            connection.execute(sa.text("DELETE FROM minute_question"))
            connection.execute(sa.text("DELETE FROM minute_promise"))
        connection.execute(sa.text(statement))


def test_one_draft_per_meeting_and_the_database_knows(held: Held) -> None:
    make.ready(held)
    db.session.rollback()
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.add(Minutes(meeting_id=held.meeting.id, number=2, amended_why="x", begun_at=clock.now()))


# -- letters


def test_each_asker_hears_what_came_of_it(held: Held) -> None:
    make.published(held)
    found = {letter.recipient: letter for letter in letters("concluded")}
    assert set(found) == {f"hoi{n}@example.vn" for n in (1, 2, 3, 4)}
    told = found["hoi3@example.vn"].facts["questions"][0]  # the merged one: own words, the promise about the question it joined
    assert told["text"] == "Thuê đất mắc quá"
    assert [one["what"] for one in told["promises"]] == ["Niêm yết mức giảm tiền thuê đất"]
    assert told["promises"][0]["unit"] == "Chi cục Thuế"
    assert told["promises"][0]["due"] == "2026-12-18"
    everything = str([letter.facts for letter in found.values()])  # officers read in the tray what leaves
    for secret in ("đòi tiền", "Quán Kín", "Xem lại một vụ việc", "Người Hỏi 4"):
        assert secret not in everything
    assert "Tiệm Giấu Tên" not in str([letter.facts for letter in found.values()])
    assert "Xay xát" not in str(found["hoi2@example.vn"].facts)
    assert make.fresh(held.asked["named"]).sequence == found["hoi1@example.vn"].version == 1


def test_one_letter_per_person_not_two(held: Held, travel: time_machine.Traveller) -> None:
    travel.move_to(make.BEFORE)
    make.ask(held.meeting, 8, held.items["tax"], phone=held.asked["named"].phone, email="")
    asker = make.came(held.meeting, 1, phone=held.asked["named"].phone, email="khac@example.vn")
    same_mail = make.came(held.meeting, 2, email="HOI2@example.vn")
    other, silent = make.came(held.meeting, 3), make.came(held.meeting, 4, email="")
    twice = make.came(held.meeting, 5, email=other.email)
    away = make.make.sign_up(held.meeting, 6)
    travel.move_to(make.AFTER)
    make.published(held)
    found = {letter.recipient: letter for letter in letters("concluded")}
    assert len(found) == 4
    assert len(found["hoi1@example.vn"].facts["questions"]) == 2
    assert [letter.recipient for letter in letters("minutes")] == [other.email]
    assert {asker.email, same_mail.email, away.email} & {letter.recipient for letter in letters("minutes")} == set()
    assert silent.email == "" and twice.id != other.id  # noqa: PT018


def test_a_private_question_is_told_apart_from_the_same_persons_others(held: Held) -> None:
    make.ask(held.meeting, 8, held.items["tax"], phone=held.asked["private"].phone, email=held.asked["private"].email)
    make.published(held)
    both = [letter.facts for letter in letters("concluded") if letter.recipient == "hoi4@example.vn"]
    assert sorted((facts["contact"], len(facts["questions"]), facts["questions"][0]["text"]) for facts in both) == [
        ("", 1, ""), ("Người Hỏi 8", 1, "Câu hỏi số 8?"),
    ]  # fmt: skip


def test_who_left_no_address_is_telephoned(held: Held) -> None:
    make.ask(held.meeting, 8, held.items["tax"], email="")
    make.published(held)
    assert [letter.channel for letter in letters("concluded") if letter.recipient == "+84913000008"] == ["call"]


# -- amended versions


def amended(held: Held) -> Minutes:
    make.published(held)
    return publishing.amend(held.meeting.id, "Sót một ý")


def test_an_amendment_copies_everything_and_the_old_version_stays(held: Held) -> None:
    draft = amended(held)
    assert (draft.number, draft.amended_why) == (2, "Sót một ý")
    assert publishing.amend(held.meeting.id, "Nữa").id == draft.id
    first, second = (queries.entries(one.id) for one in queries.versions(held.meeting.id))
    assert [one.item.said for one in first] == [one.item.said for one in second]
    for one, copy in zip(first, second, strict=True):
        assert [line.promise_id for line in one.promises] == [line.promise_id for line in copy.promises]
        assert [dealt.question.id for dealt in one.questions] == [dealt.question.id for dealt in copy.questions]


def test_lines_that_did_not_change_are_not_made_twice(held: Held) -> None:
    amended(held)
    before = [(one.id, one.due, one.sequence) for one in promises()]
    make.write(make.entries(held)["tax"], said="Thêm một câu")
    make.publish(held)
    assert [(one.id, one.due, one.sequence) for one in promises()] == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PromiseEvent)) == 3
    assert len(letters("concluded")) == 4  # nobody is written again about what stayed the same


def test_a_later_day_is_a_postponement_with_its_reason(held: Held) -> None:
    amended(held)
    entry = make.entries(held)["tax"]
    key, later = str(entry.promises[0].id), date(2026, 12, 22)
    with pytest.raises(Refusal, match="Ghi lý do"):
        make.write(entry, actions.Line(key, put_off_to=later))
    make.write(make.entries(held)["tax"], actions.Line(key, put_off_to=later, change_why="Chờ mẫu mới"))
    assert promises()[0].due == make.FRIDAY  # nothing before it is published
    make.publish(held)
    first = promises()[0]
    assert (first.due, first.first_due, first.postponed) == (later, make.FRIDAY, 1)
    event = db.session.scalars(sa.select(PromiseEvent).where(PromiseEvent.kind == "postponed")).one()
    assert (event.promise_id, event.reason, event.due_before, event.due_after) == (first.id, "Chờ mẫu mới", make.FRIDAY, later)
    assert {letter.recipient for letter in letters("concluded") if letter.version == 2} == {"hoi1@example.vn"}
    publishing.amend(held.meeting.id, "Lần nữa")
    assert make.entries(held)["tax"].promises[0].due_on == later


@pytest.mark.parametrize(("day", "why"), [(date(2026, 12, 17), "chỉ lùi được"), (date(2026, 12, 26), "không phải ngày làm việc")])
def test_a_promise_is_not_shortened_or_put_on_a_day_off(held: Held, day: date, why: str) -> None:
    amended(held)
    entry = make.entries(held)["tax"]
    with pytest.raises(Refusal, match=why):
        make.write(entry, actions.Line(str(entry.promises[0].id), put_off_to=day, change_why="x"))


def test_a_withdrawn_line_withdraws_the_promise(held: Held) -> None:
    amended(held)
    entry = make.entries(held)["tax"]
    make.write(entry, actions.Line(str(entry.promises[0].id), withdrawn=True, change_why="Không thuộc quận"))
    make.publish(held)
    first, second, _private = promises()
    assert (first.withdrawn_on, second.withdrawn_on) == (date(2026, 12, 5), None)
    event = db.session.scalars(sa.select(PromiseEvent).where(PromiseEvent.kind == "withdrawn")).one()
    assert (event.promise_id, event.reason) == (first.id, "Không thuộc quận")
    publishing.amend(held.meeting.id, "Lần nữa")
    assert [line.promise_id for line in make.entries(held)["tax"].promises] == [second.id]


def test_what_a_locked_line_says_cannot_be_changed(held: Held) -> None:
    amended(held)
    entry = make.entries(held)["tax"]
    make.write(entry, make.line(held, str(entry.promises[0].id), what="Việc khác hẳn", drop=True))
    assert make.entries(held)["tax"].promises[0].what == "Gửi hướng dẫn quyết toán"


def test_a_new_line_of_an_amendment_is_made(held: Held) -> None:
    amended(held)
    make.write(make.entries(held)["tax"], make.line(held, what="Việc bị sót"))
    make.publish(held)
    assert [one.what for one in promises()][3:] == ["Việc bị sót"]
    assert len({letter.recipient for letter in letters("concluded") if letter.version == 2}) == 3


def test_an_item_with_promises_in_the_ledger_is_not_removed(held: Held) -> None:
    amended(held)
    with pytest.raises(Refusal, match="đã vào sổ"):
        arranging.remove(make.entries(held)["tax"].item.id)


def test_an_amendment_begun_by_mistake_goes_and_a_first_draft_does_not(held: Held) -> None:
    make.ready(held)
    with pytest.raises(Refusal, match="không bỏ được"):
        publishing.discard(held.meeting.id)
    make.publish(held)
    publishing.amend(held.meeting.id, "Nhầm")
    for _press in range(2):
        publishing.discard(held.meeting.id)
    assert [one.number for one in queries.versions(held.meeting.id)] == [1]
    assert publishing.amend(held.meeting.id, "Thật").number == 2


def test_the_next_meetings_papers_begin_with_who_signed_last(held: Held, travel: time_machine.Traveller) -> None:
    draft = make.ready(held)
    paper = {name: getattr(draft, name) for name in actions.PAPER}
    paper |= {"signer_name": "Nguyễn Văn Chủ", "document_number": "9/TB-UBND"}
    actions.describe(held.meeting.id, paper, 0, "k")
    make.publish(held)
    travel.move_to(house.local("2027-02-06T12:00"))
    after = db.session.scalars(sa.select(Meeting).where(Meeting.day > date(2027, 1, 20), Meeting.state == "open")).first()
    assert after is not None
    travel.move_to(after.ends_at)
    minutes = actions.begin(after.id)
    assert (minutes.signer_name, minutes.document_number) == ("Nguyễn Văn Chủ", "")


# -- late


def at(text: str) -> datetime:
    return house.local(text)


def test_minutes_are_late_after_three_working_days(held: Held, travel: time_machine.Traveller) -> None:
    for moment, late in (("09T23:59", []), ("10T00:00", [1]), ("11T08:00", [2]), ("13T08:00", [2]), ("14T08:00", [3])):
        assert [one.late for one in queries.overdue(at(f"2026-12-{moment}"))] == late, moment
    (one,) = queries.overdue(at("2026-12-10T08:00"))
    assert (one.day, one.due) == (date(2026, 12, 5), date(2026, 12, 9))
    assert one.link == "https://hen.example/can-bo/thu-bay/2026-12-05/bien-ban"
    make.published(held)
    assert queries.overdue(at("2026-12-14T08:00")) == []


# -- what selfcheck asks

INTO_FINAL = FINAL[-1]


def past_the_house(statement: str) -> None:
    """With the guards off, never committed."""
    db.session.rollback()
    off = {"sqlite": "DROP TRIGGER minute_promise_no_insert", "postgresql": "SET LOCAL session_replication_role = replica"}
    db.session.execute(sa.text(off[db.engine.dialect.name]))
    db.session.execute(sa.text(statement))


def test_published_minutes_are_in_step_with_the_ledger_and_the_meeting(held: Held) -> None:
    make.published(held)
    publishing.amend(held.meeting.id, "Sót một ý")
    make.publish(held)
    assert (queries.lines_without_promise(), queries.out_of_step()) == ([], [])
    past_the_house(INTO_FINAL)
    assert len(queries.lines_without_promise()) == 1
    past_the_house("UPDATE meeting SET concluded_at = NULL")
    assert queries.out_of_step() == [held.meeting.id]
    past_the_house("UPDATE minutes SET number = 0 WHERE number = 9")  # the control: nothing is broken by having the guards off
    assert queries.out_of_step() == []


def test_a_draft_older_than_the_final_version_is_found(held: Held) -> None:
    make.ready(held)
    past_the_house("UPDATE minutes SET number = 2, amended_why = 'x', finalised_at = begun_at, finalised_by = 1")
    db.session.execute(sa.text("UPDATE meeting SET concluded_at = (SELECT min(begun_at) FROM minutes)"))
    assert queries.out_of_step() == []
    db.session.add(Minutes(meeting_id=held.meeting.id, number=1, begun_at=clock.now()))
    db.session.flush()
    assert queries.out_of_step() == [held.meeting.id]
    db.session.rollback()
