"""The programme under two hands and two clicks; sorted by field; opened by what is still owed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import db, transaction
from app.meetings import agenda, programme, queries, rules, sorting
from app.meetings.agenda import Item
from app.meetings.models import AgendaItem, AgendaItemUnit, Meeting, Question
from app.promises import queries as promises
from app.promises.models import Promise
from app.refusal import Conflict
from app.staff.models import Unit
from tests import races
from tests.answers import make
from tests.page import Client, Form, page

PAGE = "/can-bo/thu-bay/2026-12-05/chuong-trinh"


@pytest.fixture
def office(client: Client, meeting: Meeting) -> Client:
    client.sign_in("secretary")
    return client


def titles(meeting: Meeting) -> list[str]:
    db.session.rollback()
    return [item.title for item in queries.items(meeting.id)]


def form(client: Client, action: str) -> Form:
    return next(one for one in page(client.get(PAGE)).forms if one.action == PAGE + action)


def three(meeting: Meeting) -> list[AgendaItem]:
    return [make.item(meeting, title) for title in "ABC"]


# -- two clicks, two hands


def test_a_double_press_adds_one_item(office: Client, meeting: Meeting) -> None:
    filled = form(office, "/muc")
    for _click in range(2):
        assert office.post(filled.action, data=filled.values() | {"title": "Thuế", "minutes": "30"}).status_code == 303
    assert titles(meeting) == ["Thuế"]
    again = form(office, "/muc")  # another page, another item
    assert office.post(again.action, data=again.values() | {"title": "Thuế", "minutes": "30"}).status_code == 303
    assert titles(meeting) == ["Thuế", "Thuế"]


def test_many_presses_at_once_add_one_item(app: Flask, meeting: Meeting) -> None:
    meeting_id = meeting.id
    made = races.run(app, 6, lambda _worker: agenda.add(meeting_id, Item("Thuế", 30), "one form").id)
    assert len(set(made)) == 1


def test_the_database_refuses_the_same_form_twice(meeting: Meeting) -> None:
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.add_all(
            AgendaItem(meeting_id=meeting.id, position=at, title="x", minutes=5, request_key="k") for at in range(2)
        )  # fmt: skip


def test_an_arrow_pressed_twice_moves_one_place(office: Client, meeting: Meeting) -> None:
    _a, _b, c = three(meeting)
    arrow = form(office, f"/muc/{c.id}/len")
    for _click in range(2):
        assert office.post(arrow.action, data=arrow.values()).status_code == 303
    assert titles(meeting) == ["A", "C", "B"]


def test_two_officers_move_on_pages_of_the_same_age(meeting: Meeting) -> None:
    """Each wanted one item before another; both get it."""
    a, b, c = three(meeting)
    agenda.move(c.id, -1, b.id)
    agenda.move(b.id, -1, a.id)
    assert titles(meeting) == ["B", "A", "C"]
    agenda.move(a.id, 1, 999)  # what the page showed there is gone
    assert titles(meeting) == ["B", "A", "C"]


def test_moving_at_once_loses_no_item_and_no_place(app: Flask, meeting: Meeting) -> None:
    ids = [make.item(meeting, str(number)).id for number in range(8)]

    def job(worker: int) -> None:
        for step in (-1, 1, -1):
            agenda.move(ids[worker], step)

    races.run(app, 6, job)
    db.session.rollback()
    rows = queries.items(meeting.id)
    assert sorted(row.id for row in rows) == sorted(ids)
    assert [row.position for row in rows] == list(range(8))


def test_who_saves_an_item_somebody_else_has_changed_is_shown_both(office: Client, meeting: Meeting) -> None:
    item = make.item(meeting)
    mine = form(office, f"/muc/{item.id}")
    agenda.edit(item.id, Item("Thuế", 55))
    answer = office.post(mine.action, data=mine.values() | {"title": "Thuế và hoá đơn"})
    assert answer.status_code == 409
    assert "Thuế và hoá đơn" in answer.text
    assert "55" in answer.text
    assert titles(meeting) == ["Thuế"]
    again = next(one for one in page(answer).forms if one.action == mine.action)
    assert office.post(again.action, data=again.values()).status_code == 303
    assert titles(meeting) == ["Thuế và hoá đơn"]


def test_saving_twice_is_no_conflict(office: Client, meeting: Meeting) -> None:
    item = make.item(meeting)
    mine = form(office, f"/muc/{item.id}")
    for _click in range(2):
        assert office.post(mine.action, data=mine.values() | {"minutes": "45"}).status_code == 303
    with pytest.raises(Conflict):
        agenda.edit(item.id, Item("Khác", 10), "an older mark")


def test_removing_twice_is_removing_once(office: Client, meeting: Meeting) -> None:
    a, _b, _c = three(meeting)
    drop = form(office, f"/muc/{a.id}/xoa")
    for _click in range(2):
        assert office.post(drop.action, data=drop.values()).status_code == 303
    assert titles(meeting) == ["B", "C"]


# -- units


def test_helping_units_are_kept_with_the_item_and_go_with_it(office: Client, meeting: Meeting) -> None:
    tax, land = make.unit(), make.unit("Văn phòng Đất đai", "land", "dat@hen.example")
    item = make.item(meeting, unit_id=tax.id)
    filled = form(office, f"/muc/{item.id}")
    assert office.post(filled.action, data=filled.values() | {"others": [str(land.id), str(tax.id)]}).status_code == 303
    rows = db.session.execute(sa.select(AgendaItemUnit.item_id, AgendaItemUnit.unit_id)).all()
    assert [tuple(row) for row in rows] == [(item.id, land.id)]  # who is responsible does not help as well
    assert "cùng trả lời: Văn phòng Đất đai" in " ".join(office.get(PAGE).text.split())
    agenda.remove(item.id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AgendaItemUnit)) == 0


def test_the_unit_of_the_field_is_proposed_and_given_by_saving(office: Client, meeting: Meeting) -> None:
    tax = make.unit()
    item = make.item(meeting)
    for number, field in enumerate(("tax", "land", "tax")):
        make.question(meeting, number, item, field=field)
    assert "Đề nghị giao Chi cục Thuế" in office.get(PAGE).text
    filled = form(office, f"/muc/{item.id}")
    assert filled.values()["unit"] == [str(tax.id)]
    assert office.post(filled.action, data=filled.values()).status_code == 303
    assert db.session.get_one(AgendaItem, item.id, populate_existing=True).unit_id == tax.id


def test_a_unit_no_longer_asked_stays_where_it_is_named(office: Client, meeting: Meeting) -> None:
    tax = make.unit()
    item, other = make.item(meeting, unit_id=tax.id), make.item(meeting, "Khác")
    with transaction() as session:
        session.get_one(Unit, tax.id).active = False
    assert form(office, f"/muc/{item.id}").values()["unit"] == [str(tax.id)]
    offered = [
        c.attrs["value"] for c in form(office, f"/muc/{other.id}").controls if c.attrs.get("name") == "unit" and c.tag == "option"
    ]
    assert offered == [""]


# -- by field


def test_one_press_sorts_everything_by_field(meeting: Meeting) -> None:
    tax, power = make.unit(), make.unit("Điện lực", "power", "dien@hen.example")
    agenda.begin(meeting.id)
    rows = [make.question(meeting, number, field=field) for number, field in enumerate(("tax", "tax", "power", "", "other"))]
    private = make.question(meeting, 9, field="tax", openness="private")
    for _press in range(2):
        sorting.by_field(meeting.id)
    assert titles(meeting) == [
        "Đón tiếp, khai mạc", "Kết quả xử lý kiến nghị kỳ trước", "Thuế, hoá đơn", "Điện", "Việc khác", "Giải lao",
        "Hỏi đáp tự do", "Kết luận",
    ]  # fmt: skip
    under = {item.title: item for item in queries.items(meeting.id)}
    assert [under[title].unit_id for title in ("Thuế, hoá đơn", "Điện", "Việc khác")] == [tax.id, power.id, None]
    assert [make.fresh(row).agenda_item_id for row in rows] == [
        under[title].id for title in ("Thuế, hoá đơn", "Thuế, hoá đơn", "Điện", "Việc khác", "Việc khác")
    ]
    assert make.fresh(private).agenda_item_id is None
    plan = rules.programme(meeting, queries.items(meeting.id))
    assert (plan.over, plan.too_little_business) == (0, False)


def test_a_second_wave_goes_under_the_items_that_are_there(meeting: Meeting) -> None:
    tax = make.unit()
    item = make.item(meeting, "Giãn thuế do hạn mặn", unit_id=tax.id)
    make.item(meeting, "Kết luận", kind="office")
    first, second = make.question(meeting, 1), make.question(meeting, 2, field="water")
    sorting.by_field(meeting.id)
    assert titles(meeting) == ["Giãn thuế do hạn mặn", "Nước", "Kết luận"]
    assert make.fresh(first).agenda_item_id == item.id
    assert make.fresh(second).agenda_item_id == queries.items(meeting.id)[1].id


def test_what_is_withdrawn_merged_or_settled_is_not_counted(office: Client, meeting: Meeting) -> None:
    rows = [make.question(meeting, number) for number in range(1, 6)]
    with transaction() as session:
        session.get_one(Question, rows[0].id).withdrawn_at = clock.now()
        session.get_one(Question, rows[1].id).merged_into_id = rows[2].id
        session.get_one(Question, rows[3].id).settled_at = clock.now()
    shown = " ".join(office.get(PAGE).text.split())
    assert "Câu hỏi chưa xếp (2)" in shown
    assert "2 câu cần trả lời" in shown
    assert "thêm 1 nơi cùng hỏi" in shown
    assert "1 câu đã trả lời xong trước buổi họp" in shown
    assert "Câu hỏi số 1?" not in shown


def test_a_question_asked_before_is_marked(office: Client, meeting: Meeting) -> None:
    first, second, third = (make.question(meeting, number) for number in range(1, 4))
    with transaction() as session:
        session.get_one(Question, second.id).repeats_id = first.id
        session.get_one(Question, third.id).repeats_id = second.id
    shown = office.get(PAGE).text
    assert "hỏi lần 2" in shown
    assert "hỏi lần 3" in shown


# -- what is still owed


@pytest.fixture
def owed(meeting: Meeting) -> Callable[..., Promise]:
    whose = make.unit("Phòng Kinh tế", "")

    def add(what: str, due: date, **facts: object) -> Promise:
        known = {"occasion": "meeting:0", "occasion_on": date(2026, 10, 3), "made_on": date(2026, 10, 3), "first_due": due}
        with transaction() as session:
            made = Promise(**(known | {"what": what, "due": due, "unit_id": whose.id} | facts))
            session.add(made)
        return made

    return add


def test_the_page_opens_with_unfinished_promises_of_earlier_meetings(
    office: Client, meeting: Meeting, owed: Callable[..., Promise]
) -> None:
    owed("Nạo vét cống", date(2026, 11, 12), postponed=2)
    owed("Gắn đồng hồ điện", date(2026, 12, 1))
    owed("Chờ Sở trả lời", date(2026, 11, 20), waiting_for="Sở Tài chính", waiting_since=date(2026, 11, 10))
    owed("Xong rồi", date(2026, 11, 1), done_on=date(2026, 11, 1), done_recorded_at=clock.now())
    owed("Rút lại", date(2026, 11, 1), withdrawn_on=date(2026, 11, 2))
    owed("Hứa hôm ấy", date(2026, 12, 20), occasion_on=meeting.day, made_on=meeting.day)
    owed("Không công khai", date(2026, 11, 30), public=False)
    shown = " ".join(office.get(PAGE).text.split())
    order = [shown.index(what) for what in ("Nạo vét cống", "Chờ Sở trả lời", "Gắn đồng hồ điện", "Câu hỏi chưa xếp")]
    assert order == sorted(order)
    for words in ("trễ 12 ngày", "dời 2 lần", "hứa 52 ngày trước", "chờ Sở Tài chính", "hẹn 01/12"):
        assert words in shown, words
    for words in ("Xong rồi", "Rút lại", "Hứa hôm ấy", "Không công khai"):
        assert words not in shown, words
    office.sign_in("leader")
    assert "Không công khai" in office.get(PAGE).text
    assert "Không công khai" not in office.get(f"{PAGE}/in").text


def test_more_than_a_page_of_promises_is_said(office: Client, meeting: Meeting, owed: Callable[..., Promise]) -> None:
    for number in range(programme.PROMISES_SHOWN + 5):
        owed(f"Việc {number}", date(2026, 11, 1) + timedelta(days=number))
    assert f"Còn nhiều hơn {programme.PROMISES_SHOWN}" in office.get(PAGE).text
    assert len(promises.unfinished_rows(3)) == 3


def test_without_any_it_says_so(office: Client, meeting: Meeting) -> None:
    assert "Không còn lời hẹn nào dang dở" in office.get(PAGE).text


def test_the_list_of_meetings_counts_items_without_an_answer(office: Client, meeting: Meeting) -> None:
    item = make.item(meeting)
    make.question(meeting, 1, item)
    make.question(meeting, 2, item)
    assert "1 mục chưa có câu trả lời" in office.get("/can-bo/thu-bay/").text
