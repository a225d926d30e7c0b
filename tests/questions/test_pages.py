"""The public questions of a meeting and one asker's own page, as visitors use them."""

import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import proof
from app.db import db, transaction
from app.meetings import agenda
from app.meetings.models import Meeting, Question
from app.outbox import rendering
from app.outbox.models import Message
from app.questions import actions, editing, queries
from tests import limits
from tests.meetings import make as business
from tests.page import Client, count_queries, page
from tests.questions import make

DAY = "/thu-bay/2026-12-05"
LIST = f"{DAY}/cau-hoi"
FORM = {"text": make.LOAN, "name": "Tổ hợp tác xoài Thới Long", "contact": "Mai Văn Xoàn", "phone": "0912 777 888"}


def words(client: Client) -> str:
    return " ".join(page(client.last).texts)


def mine() -> Question:
    youngest = sa.select(Question).order_by(Question.id.desc()).limit(1).execution_options(populate_existing=True)
    return db.session.scalars(youngest).one()


# -- the list


def test_only_what_an_officer_showed_is_on_the_page(client: Client, meeting: Meeting) -> None:
    make.shown(meeting, 1, field="building", openness="named")
    make.shown(meeting, 2, text=make.SIGN)
    make.question(meeting, 3, text=make.LOAN)
    make.question(meeting, 4, text="Chuyện riêng", openness="private")
    client.get(LIST)
    assert make.ROAD in words(client)
    assert "Xưởng mộc số 1" in words(client)
    assert make.SIGN in words(client)
    assert "2 câu hỏi" in words(client)
    assert not [one for one in ("Xưởng mộc số 2", make.LOAN, "Chuyện riêng", "Lý Thành Công") if one in client.last.text]
    assert re.findall(r"CH-\d", client.last.text) == []  # a code with four digits of a phone opens the asker's page


def test_an_empty_page_shows_what_was_asked_before(client: Client, meeting: Meeting) -> None:
    before = make.earlier(meeting)
    with time_machine.travel(before.starts_at, tick=False):
        for number, text in enumerate((make.ROAD, make.LOAN, make.SIGN, "Câu thứ tư"), 1):
            make.shown(before, number, text=text)
    client.get(LIST)
    assert "Chưa có câu nào được hiện" in words(client)
    assert [text in words(client) for text in (make.ROAD, make.LOAN, make.SIGN, "Câu thứ tư")] == [True, True, True, False]


def test_the_deadline_is_said_and_a_past_meeting_takes_none(
    client: Client, meeting: Meeting, travel: time_machine.Traveller
) -> None:
    client.get(LIST)
    assert "thì đơn vị phụ trách phải chuẩn bị câu trả lời" in words(client)
    travel.move_to(meeting.questions_until)
    client.get(LIST)
    assert "được nêu tại chỗ nếu còn giờ" in words(client)
    travel.move_to(meeting.ends_at)
    client.get(LIST)
    assert "Không nhận câu hỏi nữa" in words(client)
    assert not [form for form in page(client.last).forms if form.method == "post"]
    assert client.get("/thu-bay/2027-01-02/cau-hoi").location == "/thu-bay"  # its new day is only proposed
    assert client.get("/thu-bay/hom-qua/cau-hoi").status_code == 404


# -- filing


def test_filing_leads_to_ones_own_page(client: Client, meeting: Meeting) -> None:
    answer = client.submit(LIST, FORM | {"wish": "write", "field": "credit"}, having="text")
    assert answer.status_code == 303
    row = mine()
    assert answer.location == f"/cau-hoi/{row.code}"
    assert (row.openness, row.wish, row.field, row.phone) == ("hidden", "write", "credit", "+84912777888")
    client.get(answer.location)
    assert make.LOAN in words(client)
    assert "Ghi lại mã" in words(client)
    assert "noindex" in client.last.text


def test_a_form_sent_twice_is_one_question(client: Client, meeting: Meeting) -> None:
    form = page(client.get(LIST)).form(having="text").values() | FORM
    assert client.post(LIST, data=form).location == client.post(LIST, data=form).location
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 1


@pytest.mark.parametrize(("name", "value", "sentence"), [
    ("text", " ", "Ghi điều đang vướng."), ("name", "", "Ghi tên doanh nghiệp"), ("contact", "", "Ghi họ và tên người hỏi."),
    ("phone", "12", "cần 10 số"), ("email", "x", "Địa chỉ thư chưa đúng"),
])  # fmt: skip
def test_what_is_missing_is_said_and_what_was_typed_stays(
    client: Client, meeting: Meeting, name: str, value: str, sentence: str
) -> None:
    answer = client.submit(LIST, FORM | {name: value, "openness": "private"}, having="text")
    assert answer.status_code == 422
    assert sentence in words(client)
    kept = page(answer).form(having="text").values()
    assert all(kept[other][0].strip() == typed for other, typed in FORM.items() if other not in {name, "phone"})
    assert kept["openness"] == ["private"]


def test_a_like_question_is_offered_before_a_new_one_is_filed(client: Client, meeting: Meeting) -> None:
    road = make.shown(meeting, 1)
    make.question(meeting, 2, text=make.ROAD_AGAIN)  # not shown: nobody learns of it
    make.question(meeting, 3, text=make.ROAD_AGAIN, openness="private")
    answer = client.submit(LIST, FORM | {"text": make.ROAD_AGAIN}, having="text")
    assert answer.status_code == 422
    buttons = [(one.attrs["name"], one.attrs["value"]) for one in page(answer).all("button") if one.attrs.get("name") == "same"]
    assert buttons == [("same", str(road.id))]
    form = page(answer).form(having="text").values()
    assert form["text"][0].strip() == make.ROAD_AGAIN
    first = next(one for one in page(answer).form(having="text").controls if one.tag == "button")
    assert first.attrs["name"] == "own"  # what Enter presses
    joined = client.post(LIST, data=form | {"same": str(road.id)})
    assert (joined.status_code, joined.location) == (303, f"{LIST}?ghi={road.id}#cau-{road.id}")
    assert queries.counts(meeting.id) == {road.id: 1}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 3
    filed = client.post(LIST, data=form | {"own": "1"})
    assert filed.location.startswith("/cau-hoi/CH-")


def test_me_too_says_the_same_whoever_presses(client: Client, meeting: Meeting) -> None:
    row = make.shown(meeting)
    shown = client.get(f"{LIST}?vuong={row.id}")
    answers = [client.submit(shown, {"phone": phone}, having="phone", action="cung-vuong")
               for phone in ("0912111222", "0912111222", "0913000001")]  # fmt: skip
    assert {(one.status_code, one.location) for one in answers} == {(303, f"{LIST}?ghi={row.id}#cau-{row.id}")}
    client.get(answers[0].location)
    assert "Đã ghi" in words(client)
    assert "1 nơi cũng vướng" in words(client)
    wrong = client.submit(shown, {"phone": "12"}, having="phone", action="cung-vuong")
    assert wrong.status_code == 422
    assert "cần 10 số" in words(client)


def test_filing_and_agreeing_are_limited(app: Flask, meeting: Meeting) -> None:
    row = make.shown(meeting)
    with limits.limited(app) as browser:
        for path, times in ((LIST, 30), (f"{LIST}/{row.id}/cung-vuong", 30)):
            assert [browser.post(path).status_code for _press in range(times + 1)][-1] == 429


# -- one's own page


@pytest.fixture
def asked(client: Client, meeting: Meeting) -> Question:
    row = make.question(meeting)
    with client.session_transaction() as cookie:
        cookie["open"] = [row.code]
    return row


def test_a_letters_link_opens_it_without_saying_the_code(client: Client, meeting: Meeting) -> None:
    row = make.question(meeting)
    letter = db.session.scalars(sa.select(Message)).one()
    subject, text, _html = rendering.letter(letter.template, letter.kind, letter.facts, "vi")
    link = re.search(r"https://hen.example(\S+)", text)[1]
    assert row.code not in subject + text
    assert client.get(f"/cau-hoi/{row.code}").status_code == 403
    assert client.get(link).location == f"/cau-hoi/{row.code}"
    assert client.get(f"/cau-hoi/{row.code}").status_code == 200
    seat = business.sign_up(meeting, 9)
    for wrong in (f"/cau-hoi/mo?t={proof.token(seat.code)}", "/cau-hoi/mo?t=x", "/cau-hoi/mo"):
        assert client.get(wrong).location == "/tra-cuu"


def test_the_look_up_opens_it_with_four_digits(client: Client, meeting: Meeting) -> None:
    row = make.question(meeting)
    for last4, status in (("0002", 422), (row.phone[-4:], 303)):
        assert client.submit("/tra-cuu", {"code": row.code, "last4": last4}, having="last4").status_code == status
    assert client.last.location == f"/cau-hoi/{row.code}"
    assert "Mở câu hỏi" in Client(client.application, client.response_wrapper).get(f"/cau-hoi/{row.code}").text


def test_where_it_stands_step_by_step(client: Client, asked: Question, meeting: Meeting) -> None:
    here = f"/cau-hoi/{asked.code}"
    client.get(here)
    assert "Văn phòng đọc" in words(client)
    editing.show(asked.id)
    unit = business.unit("Phòng Hạ tầng")
    agenda.add(meeting.id, agenda.Item("Khai mạc", 30, "office"))
    item = agenda.add(meeting.id, agenda.Item("Đường sá", 40, unit_id=unit.id))
    agenda.assign(asked.id, item.id)
    client.get(here)
    assert "hiện trong danh sách" in words(client)
    assert "Xếp vào mục “Đường sá”" in words(client)
    assert "Phòng Hạ tầng trả lời." in words(client)
    assert "Khoảng 8:30" not in words(client)
    agenda.publish(meeting.id)
    client.get(here)
    assert "Khoảng 8:30" in words(client)
    actions.answer(asked.id, "Tháng 1 nâng đường.", unit.id)
    with transaction() as session:
        session.execute(sa.update(Question).values(outcome="writing", outcome_at=meeting.ends_at))
    promise = make.promise(asked, unit="Ban quản lý dự án", done_on=meeting.day, done_recorded_at=meeting.ends_at)
    client.get(here)
    for said in ("Tháng 1 nâng đường.", "Sẽ trả lời bằng văn bản.", "Nâng 240 m mặt đường", "Việc này gỡ được chưa?"):
        assert said in words(client)
    answer = client.submit(client.last, {"verdict": None}, action="go-chua")
    assert answer.status_code == 422
    assert "Chọn một câu trả lời." in words(client)
    assert promise.verdict == ""
    client.get(here)
    assert client.submit(client.last, {"verdict": "no", "words": "Vẫn ngập"}, action="go-chua").status_code == 303
    assert db.session.get_one(type(promise), promise.id, populate_existing=True).verdict == "no"


def test_an_answer_before_the_meeting_can_be_enough(
    client: Client, asked: Question, meeting: Meeting, travel: time_machine.Traveller
) -> None:
    here, enough = f"/cau-hoi/{asked.code}", f'href="/cau-hoi/{asked.code}/du"'
    client.get(here)
    assert enough not in client.last.text
    actions.answer(asked.id, "Tháng 1 nâng đường.")
    client.get(here)
    assert enough in client.last.text
    assert f'href="{here}"' in client.get(f"{here}/du").text
    travel.move_to(meeting.starts_at)
    client.get(here)
    assert enough not in client.last.text


def test_a_merged_question_follows_the_one_it_became_part_of(client: Client, asked: Question, meeting: Meeting) -> None:
    head = make.shown(meeting, 2, text="Đường hẻm 5 cũng ngập", name="Vựa trái cây Út Mười")
    editing.merge(asked.id, head.id)
    actions.answer(head.id, "Tháng 1 nâng đường.")
    make.promise(head)
    client.get(f"/cau-hoi/{asked.code}")
    for said in ("Trả lời chung với một câu tương tự", "Tháng 1 nâng đường.", "Nâng 240 m mặt đường"):
        assert said in words(client)
    assert "Út Mười" not in client.last.text
    assert "go-chua" not in client.last.text  # the promise asks the other


def test_its_asker_changes_and_withdraws_it(client: Client, asked: Question, meeting: Meeting) -> None:
    here = f"/cau-hoi/{asked.code}"
    assert client.submit(here, {"openness": "private"}, action="/ai-doc").status_code == 303
    assert client.submit(here, {"wish": "call"}, action="/cach").status_code == 303
    db.session.rollback()
    assert (mine().openness, mine().wish) == ("private", "call")
    assert client.submit(here, action="/rut").location == here
    client.get(here)
    assert "Đã rút câu hỏi" in words(client)
    assert len([form for form in page(client.last).forms if form.method == "post"]) == 0


def test_who_wants_to_speak_is_offered_a_seat(client: Client, asked: Question, meeting: Meeting) -> None:
    answer = client.submit(f"/cau-hoi/{asked.code}", action="/cho")
    assert answer.location.startswith("/cho/TB-")
    client.get(answer.location)
    assert make.ROAD in words(client)
    client.get(f"/cau-hoi/{asked.code}")
    assert "Giữ 1 chỗ cho tôi" not in words(client)


def test_a_seats_page_leads_to_its_question_and_to_like_ones(client: Client, meeting: Meeting) -> None:
    other = make.shown(meeting, 1)
    make.question(meeting, 2, text=make.ROAD_AGAIN)
    seat = business.sign_up(meeting, 3, question=make.ROAD_AGAIN)
    with client.session_transaction() as cookie:
        cookie["open"] = [seat.code]
    client.get(f"/cho/{seat.code}")
    assert "Câu tương tự đã có người hỏi" in words(client)
    assert [link for link in page(client.last).links() if "vuong=" in link] == [f"{LIST}?vuong={other.id}#cau-{other.id}"]
    own = next(link for link in page(client.last).links() if link.startswith("/cau-hoi/CH-"))
    assert client.get(own).location == own.partition("?")[0]
    assert client.get(own.partition("?")[0]).status_code == 200


def test_a_sign_up_keeps_field_and_openness(client: Client, meeting: Meeting) -> None:
    values = {"name": "Tổ hợp tác xoài", "contact": "Mai Văn Xoàn", "phone": "0912777888", "question": make.LOAN}
    client.submit(DAY, values | {"field": "credit", "openness": "named"}, action=DAY)
    assert (mine().field, mine().openness) == ("credit", "named")


# -- how much it asks of the database


def test_pages_with_many_rows_ask_little(client: Client, asked: Question, meeting: Meeting) -> None:
    _crowd(meeting)
    seat = business.sign_up(meeting, 1, question=make.ROAD_AGAIN)
    agenda.begin(meeting.id)
    agenda.publish(meeting.id)
    make.promise(asked)
    with client.session_transaction() as cookie:
        cookie["open"] = [asked.code, seat.code]
    for path, most in (
        (LIST, 4),
        (LIST, 1),
        (f"{LIST}?vuong=3", 4),
        (f"/cau-hoi/{asked.code}", 5),
        (f"/cho/{seat.code}", 5),
        (DAY, 5),
    ):
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= most, (path, seen)


def _crowd(meeting: Meeting) -> None:
    """200 shown questions, most of them agreed with."""
    with transaction() as session:
        for number in range(200):
            facts = {
                "text": f"{make.SIGN} {number}",
                "search_key": f"bang hieu {number}",
                "field": ("tax", "land", "")[number % 3],
            }
            session.add(
                Question(
                    code=f"CH-{number}", meeting_id=meeting.id, name="Tiệm", contact="Thắm", phone=f"+8491{number:07d}",
                    filed_at=meeting.sign_up_from, shown_at=meeting.sign_up_from, reviewed_at=meeting.sign_up_from, **facts,
                )
            )  # fmt: skip
    for row in db.session.scalars(sa.select(Question.id)).all()[:40]:
        actions.me_too(row, "+84912333444") if row > 1 else None
