"""The officers' questions: reading, showing, merging, answering; and registering in half a minute."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db, transaction
from app.meetings import agenda
from app.meetings import queries as meetings
from app.meetings.models import Meeting, Question, SignUp
from app.outbox.models import Message
from app.questions import actions, editing
from tests.meetings import make as business
from tests.page import Client, count_queries, page
from tests.questions import make

BASE = "/can-bo/thu-bay/2026-12-05"
DESK, QUICK = f"{BASE}/cau-hoi", f"{BASE}/ghi-nhanh"
SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(app: Flask, meeting: Meeting) -> SignIn:
    def browser(role: str) -> Client:
        client = Client(app, app.response_class)
        client.sign_in(role)
        return client

    return browser


@pytest.fixture
def office(sign_in: SignIn) -> Client:
    return sign_in("secretary")


def words(client: Client) -> str:
    return " ".join(page(client.last).texts)


def fresh(row: Question) -> Question:
    return db.session.get_one(Question, row.id, populate_existing=True)


# -- the desk


def test_new_ones_come_first_and_one_tap_shows_them(office: Client, meeting: Meeting) -> None:
    make.shown(meeting, 1)
    new = make.question(meeting, 2, text=make.LOAN)
    office.get(DESK)
    assert words(office).index(make.LOAN) < words(office).index(make.ROAD)
    assert office.submit(DESK, action=f"/{new.id}/hien").location == f"{DESK}#cau-{new.id}"
    assert [one.id for one in meetings.shown(meeting.id)] == [1, 2]
    assert office.submit(DESK, action=f"/{new.id}/an").status_code == 303
    assert [one.id for one in meetings.shown(meeting.id)] == [1]


def test_what_names_its_asker_is_not_shown_by_one_tap(office: Client, meeting: Meeting) -> None:
    row = make.question(meeting, text="Xưởng mộc số 1 bị ngập")
    office.get(DESK)
    assert "Có tên người hỏi" in words(office)
    assert not [form for form in page(office.last).forms if form.action.endswith("/hien")]
    one = f"{DESK}/{row.id}"
    answer = office.submit(one, {"public_text": "Gọi 0912 345 678"}, having="public_text")
    assert answer.status_code == 303  # kept, not shown
    form = page(office.get(one)).form(having="public_text").values()
    assert office.post(one, data=form | {"show": "1"}).status_code == 422
    assert "Có số điện thoại trong câu." in words(office)
    assert office.post(one, data=form | {"show": "1", "anyway": "y"}).status_code == 303
    assert fresh(row).shown_at is not None


def test_merging_and_undoing_by_the_page(office: Client, meeting: Meeting) -> None:
    head, part = make.shown(meeting, 1), make.question(meeting, 2, text=make.ROAD_AGAIN)
    make.shown(meeting, 3, text=make.SIGN)
    one = f"{DESK}/{part.id}"
    office.get(one)
    options = [option.attrs["value"] for option in page(office.last).form(having="into").controls if option.tag == "option"]
    assert options == ["", str(head.id), "3"]  # the likest first
    assert office.submit(one, {"into": str(head.id)}, having="into").status_code == 303
    office.get(DESK)
    assert words(office).count(make.ROAD_AGAIN) >= 1
    assert office.submit(one, action="/tach").status_code == 303
    assert fresh(part).live
    assert office.submit(one, {"into": ""}, having="into").status_code == 422
    assert office.submit(one, action="/rut").status_code == 303
    assert fresh(part).withdrawn_at is not None


def test_who_asks_again_is_marked(office: Client, meeting: Meeting) -> None:
    before, row = make.question(meeting, 9, text=make.SIGN), make.question(meeting)
    with transaction() as session:
        session.get_one(Question, row.id).repeats_id = before.id
    office.get(DESK)
    assert "hỏi lần 2" in words(office)
    office.get(f"{DESK}/{row.id}")
    assert make.SIGN in words(office)


# -- who


@pytest.mark.parametrize("role", ["counter", "reception", "secretary", "leader", "admin"])
def test_a_private_question_is_the_leaders(sign_in: SignIn, meeting: Meeting, role: str) -> None:
    row, browser = make.question(meeting, text="Bị vòi tiền", openness="private"), sign_in(role)
    browser.get(DESK)
    assert ("Bị vòi tiền" in browser.last.text) == (role == "leader")
    assert (row.name in browser.last.text) == (role == "leader")
    assert ("1 câu chỉ lãnh đạo đọc" in words(browser)) == (role != "leader")
    assert browser.get(f"{DESK}/{row.id}").status_code == (200 if role == "leader" else 404)


@pytest.mark.parametrize(("role", "sees"), [("counter", False), ("reception", False), ("secretary", True), ("leader", True)])
def test_a_hidden_name_is_for_who_writes_back(sign_in: SignIn, meeting: Meeting, role: str, sees: bool) -> None:
    row, browser = make.shown(meeting), sign_in(role)
    for path in (DESK, f"{DESK}/{row.id}", f"{BASE}/chuong-trinh"):
        browser.get(path)
        assert make.ROAD in words(browser)
        assert (row.name in browser.last.text) == sees
        assert (row.code in browser.last.text) == (sees and path == f"{DESK}/{row.id}")


def test_the_leader_answers_a_private_question_in_writing(sign_in: SignIn, meeting: Meeting) -> None:
    row, leader = make.question(meeting, openness="private"), sign_in("leader")
    one = f"{DESK}/{row.id}"
    assert leader.submit(one, {"answer": " "}, having="answer").status_code == 422
    assert leader.submit(one, {"answer": "Mời đến phòng 12."}, having="answer").status_code == 303
    assert fresh(row).answer == "Mời đến phòng 12."
    assert "question_answered" in db.session.scalars(sa.select(Message.kind)).all()
    assert not [form for form in page(leader.get(one)).forms if form.action.endswith(("/gop", "/rut"))]
    assert sign_in("secretary").post(f"{one}/tra-loi").status_code == 403


def test_the_programme_holds_no_private_question_and_no_hidden_name(sign_in: SignIn, meeting: Meeting) -> None:
    hidden = business.sign_up(meeting, 1, question=make.ROAD)
    named = business.sign_up(meeting, 2, question=make.LOAN, openness="named")
    business.sign_up(meeting, 3, question="Bị vòi tiền", openness="private")
    item = agenda.add(meeting.id, agenda.Item("Hỏi đáp", 60))
    with transaction() as session:  # the private one became so after it was sorted
        session.execute(sa.update(Question).values(agenda_item_id=item.id))
    leader = sign_in("leader")
    leader.get(f"{BASE}/chuong-trinh/in")
    assert make.ROAD in words(leader)
    assert named.name in words(leader)
    assert hidden.name not in words(leader)
    assert "Bị vòi tiền" not in leader.last.text


# -- registering in half a minute

TYPED = {"phone": "0912 777 888", "name": "Tổ hợp tác xoài", "contact": "Mai Văn Xoàn", "text": make.LOAN}


@pytest.mark.parametrize("role", ["counter", "reception", "secretary", "admin"])
def test_a_seat_and_a_question_in_one_form_that_comes_back_empty(sign_in: SignIn, meeting: Meeting, role: str) -> None:
    browser = sign_in(role)
    answer = browser.submit(QUICK, TYPED | {"seats": "2", "channel": "phone", "field": "credit"}, having="text")
    assert answer.status_code == 303
    seat, asked = db.session.scalars(sa.select(SignUp)).one(), db.session.scalars(sa.select(Question)).one()
    assert (seat.seats, seat.channel, seat.phone) == (2, "phone", "+84912777888")
    assert (asked.sign_up_id, asked.field, asked.channel, asked.text) == (seat.id, "credit", "phone", make.LOAN)
    browser.get(answer.location)
    assert "Đã giữ 2 chỗ" in words(browser)
    assert seat.code in words(browser)
    assert asked.code in words(browser)
    again = page(browser.last).form(having="text").values()
    assert [again[name][0].strip() for name in TYPED] == ["", "", "", ""]
    assert again["channel"] == ["phone"]
    focused = [element.attrs["name"] for element in page(browser.last).all("input", "textarea") if "autofocus" in element.attrs]
    assert focused == ["phone"]


def test_four_typed_fields_and_enter_is_enough(office: Client, meeting: Meeting) -> None:
    form = page(office.get(QUICK)).form(having="text")
    typed = [one for one in form.controls if one.tag == "textarea" or one.attrs.get("type") in {"text", "tel", "email"}]
    assert [one.attrs["name"] for one in typed] == ["phone", "name", "contact", "text"]
    assert "name" not in next(one for one in form.controls if one.tag == "button").attrs  # what Enter presses


def test_only_a_question_only_a_seat_and_neither(office: Client, meeting: Meeting) -> None:
    office.submit(QUICK, TYPED | {"seats": "0"}, having="text")
    assert (db.session.query(SignUp).count(), db.session.query(Question).count()) == (0, 1)
    office.submit(QUICK, TYPED | {"text": "", "phone": "0912777889"}, having="text")
    assert (db.session.query(SignUp).count(), db.session.query(Question).count()) == (1, 1)
    assert office.submit(QUICK, TYPED | {"text": "", "seats": "0"}, having="text").status_code == 422
    assert "Ghi câu hỏi, hoặc chọn số chỗ." in words(office)


def test_who_has_a_place_already_only_adds_the_question(office: Client, meeting: Meeting) -> None:
    seat = business.sign_up(meeting, 1, phone="+84912777888")
    office.submit(QUICK, TYPED, having="text")
    asked = db.session.scalars(sa.select(Question)).one()
    assert (asked.sign_up_id, db.session.query(SignUp).count()) == (seat.id, 1)
    assert office.submit(QUICK, TYPED | {"text": ""}, having="text").status_code == 422


def test_a_second_press_enters_nothing_more(office: Client, meeting: Meeting) -> None:
    for seats in ("1", "0"):
        form = page(office.get(QUICK)).form(having="text").values() | TYPED | {"seats": seats, "phone": f"091277788{seats}"}
        first, second = office.post(QUICK, data=form), office.post(QUICK, data=form)
        assert first.location == second.location
    assert (db.session.query(SignUp).count(), db.session.query(Question).count()) == (1, 2)


def test_full_means_the_waiting_line(office: Client, meeting: Meeting) -> None:
    business.full(meeting)
    answer = office.submit(QUICK, TYPED, having="text")
    office.get(answer.location)
    assert "Đã vào hàng chờ" in words(office)


def test_a_known_phone_fills_in_the_names_but_no_directory_opens(sign_in: SignIn, meeting: Meeting) -> None:
    before = make.earlier(meeting)
    with transaction() as session:
        session.add(SignUp(code="TB-1", meeting_id=before.id, name="Tiệm may Hồng Thắm", search_key="", contact="Lê Hồng Thắm",
                           phone="+84912777888", seats=1, state="seated", signed_at=before.sign_up_from))  # fmt: skip
    make.question(meeting, 3)
    counter = sign_in("counter")
    form = page(counter.get(QUICK)).form(having="text").values()

    def found(phone: str, **typed: str) -> list[str]:
        answer = counter.post(QUICK, data=form | {"find": "1", "phone": phone} | typed)
        kept = page(answer).form(having="text").values()
        return [str(answer.status_code), kept["name"][0], kept["contact"][0]]

    assert found("0912 777 888") == ["200", "Tiệm may Hồng Thắm", "Lê Hồng Thắm"]
    assert found("0912777888", name="Tiệm khác") == ["200", "Tiệm khác", "Lê Hồng Thắm"]
    assert found("0912777889") == ["200", "", ""]
    assert found("0912777") == ["422", "", ""]
    assert found("0913000003") == ["200", "", ""]  # known only from a question that hides its asker
    assert db.session.query(SignUp).count() == 1
    assert counter.post(QUICK, data={"find": "1", "phone": "0912777888"}).status_code == 422  # no token


def test_pages_with_many_rows_ask_little(sign_in: SignIn, meeting: Meeting) -> None:
    for number in range(1, 40):
        row = make.question(meeting, number, text=f"{make.SIGN} {number}", openness=("named", "hidden", "private")[number % 3])
        if row.openness != "private":
            editing.show(row.id)
            actions.me_too(row.id, "+84912111222")
    make.promise(row)
    item = agenda.add(meeting.id, agenda.Item("Hỏi đáp", 60))
    agenda.assign(3, item.id)
    for role in ("leader", "secretary"):
        browser = sign_in(role)
        paths = (DESK, f"{DESK}/3", f"{BASE}/chuong-trinh") + ((QUICK, f"{BASE}/nhap") if role == "secretary" else ())
        for path in paths:
            with count_queries() as seen:
                assert browser.get(path).status_code == 200
            assert len(seen) <= 5, (path, seen)


def test_no_address_of_the_desk_holds_a_phone(office: Client, meeting: Meeting) -> None:
    make.question(meeting)
    answer = office.submit(QUICK, TYPED, having="text")
    assert not re.search(r"912777888|0912", answer.location)
