"""The unit's page, the asker's word, the officers' pages: who sees what, nothing lost, few queries."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, current_app
from itsdangerous import URLSafeSerializer

from app import clock, proof
from app.answers import actions
from app.answers.actions import Said
from app.db import db, transaction
from app.meetings import agenda
from app.meetings.models import Meeting, Question
from app.outbox.models import Message
from app.staff.models import Unit
from app.staff.queries import unit_token
from tests.answers import make, many
from tests.answers.make import draft_of, fresh
from tests.page import Client, count_queries, page

BASE = "/can-bo/thu-bay/2026-12-05"
PAGE = f"{BASE}/don-vi"


@pytest.fixture
def tax(meeting: Meeting) -> Unit:
    return make.unit()


@pytest.fixture
def office(client: Client, meeting: Meeting) -> Client:
    client.sign_in("secretary")
    return client


def browser(app: Flask, role: str = "") -> Client:
    made = Client(app, app.response_class)
    if role:
        made.sign_in(role)
    return made


def link(unit: Unit) -> str:
    return f"/don-vi/{unit_token(unit)}"


def prove(client: Client, question: Question) -> str:
    with client.session_transaction() as cookie:
        cookie["open"] = [question.code]
    return f"/cau-hoi/{question.code}/du"


# -- the unit


def test_a_unit_opens_its_questions_and_saves_an_answer_and_a_day(client: Client, meeting: Meeting, tax: Unit) -> None:
    first, second = make.sent(meeting, tax, 2)
    answer = client.get(link(tax))
    for words in ("Câu hỏi gửi Chi cục Thuế", "Còn 2 câu", "Câu hỏi số 1?", "thứ\xa0Năm 03/12/2026"):
        assert words in answer.text, words
    assert 'name="robots" content="noindex"' in answer.text
    saved = client.submit(answer, {"text": "Dùng tiếp được."}, action=f"/{first.id}#")
    assert (saved.status_code, saved.location) == (303, f"{link(tax)}#cau-{first.id}")
    client.submit(link(tax), {"promised_on": "2026-12-02"}, action=f"/{second.id}#")
    assert draft_of(first, tax).text == "Dùng tiếp được."
    assert draft_of(second, tax).promised_on.isoformat() == "2026-12-02"
    assert "Đơn vị đã trả lời đủ" in client.get(link(tax)).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": "", "promised_on": ""}, "hoặc hẹn một ngày"),
        ({"text": "Chưa xong câu này", "promised_on": "2026-12-06"}, "là ngày nghỉ"),
        ({"text": "Chưa xong câu này", "promised_on": "hôm nào"}, "Chọn một ngày."),
        ({"text": "x" * 3001}, "3000"),
    ],
)
def test_a_mistake_keeps_what_was_typed(client: Client, meeting: Meeting, tax: Unit, typed: dict[str, str], words: str) -> None:
    (question,) = make.sent(meeting, tax)
    answer = client.submit(link(tax), typed, action=f"/{question.id}#")
    assert answer.status_code == 422
    assert words in answer.text
    assert typed["text"] in answer.text
    assert draft_of(question, tax).revision == 0


def test_who_saves_second_sees_both_and_loses_nothing(app: Flask, client: Client, meeting: Meeting, tax: Unit) -> None:
    (question,) = make.sent(meeting, tax)
    mine, theirs = client.get(link(tax)), browser(app)
    theirs.submit(link(tax), {"text": "Bản của chị Lan"}, action=f"/{question.id}#")
    answer = client.submit(mine, {"text": "Bản của anh Tư"}, action=f"/{question.id}#")
    assert answer.status_code == 409
    for words in ("Bản của chị Lan", "Bản của anh Tư", "Đồng nghiệp"):
        assert words in answer.text
    assert draft_of(question, tax).text == "Bản của chị Lan"
    assert client.submit(answer, {"text": "Bản ghép của hai người"}, action=f"/{question.id}#").status_code == 303
    assert draft_of(question, tax).text == "Bản ghép của hai người"


def spoilt(unit: Unit, other: Unit) -> dict[str, str]:
    token = unit_token(unit)
    keys = [current_app.config["SECRET_KEY"]]
    return {
        "cut short": token[:-1],
        "one letter changed": ("X" if token[0] != "X" else "Y") + token[1:],
        "of a replaced link": str(URLSafeSerializer(keys, salt="unit-link").dumps([unit.id, 99])),
        "of no unit": str(URLSafeSerializer(keys, salt="unit-link").dumps([12345, 1])),
        "signed for something else": proof.token("CH-482-716-305"),
        "of a unit that is asked no more": unit_token(other),
        "nonsense": "a.b.c",
        "very long": "x" * 3000,
    }


def test_any_other_token_shows_nothing_and_always_the_same_nothing(client: Client, meeting: Meeting, tax: Unit) -> None:
    (question,) = make.sent(meeting, tax)
    gone = make.unit("Đơn vị cũ", "", "cu@hen.example")
    with transaction() as session:
        session.get_one(Unit, gone.id).active = False
    pages = set()
    for what, token in spoilt(tax, gone).items():
        for answer in (client.get(f"/don-vi/{token}"), client.post(f"/don-vi/{token}/{question.id}", data={"text": "Kẻ lạ"})):
            assert answer.status_code == 404, what
            assert "Thuế" not in answer.text
            pages.add(" ".join(page(answer).texts).replace(token, ""))
    assert len(pages) == 1
    assert draft_of(question, tax).revision == 0


def test_a_renewed_link_kills_the_old_one(client: Client, meeting: Meeting, tax: Unit) -> None:
    old = link(tax)
    with transaction() as session:
        session.get_one(Unit, tax.id).link_version += 1
    assert client.get(old).status_code == 404
    assert client.get(link(db.session.get_one(Unit, tax.id, populate_existing=True))).status_code == 200


def test_a_unit_neither_sees_nor_answers_what_is_another_s(client: Client, meeting: Meeting, tax: Unit) -> None:
    land = make.unit("Văn phòng Đất đai", "land", "dat@hen.example")
    (question,) = make.sent(meeting, tax, text="Sổ thuế cũ tính sao?")
    token = page(client.get("/tra-cuu")).form(having="last4").values()["csrf_token"][0]
    assert "Sổ thuế" not in client.get(link(land)).text
    answer = client.post(f"{link(land)}/{question.id}", data={"csrf_token": token, "text": "Của tôi", "revision": "0"})
    assert answer.status_code == 404
    assert client.get(f"/so-loi-hen/{unit_token(land)}").status_code == 404


def test_the_unit_sees_a_name_only_where_the_asker_shows_it(client: Client, meeting: Meeting, tax: Unit) -> None:
    item = make.item(meeting, unit_id=tax.id)
    make.question(meeting, 1, item, name="Lò gạch Tư Hiếm", contact="Huỳnh Văn Hiếm", openness="hidden")
    make.question(meeting, 2, item, name="Tiệm may Hồng Thắm", openness="named")
    actions.send(meeting.id, make.DUE)
    shown = client.get(link(tax)).text
    assert "Tiệm may Hồng Thắm" in shown
    for hidden in ("Tư Hiếm", "Huỳnh", "912000", "so1@", "so2@", "0912", "CH-"):
        assert hidden not in shown, hidden


def test_an_officer_s_wording_goes_to_the_unit_and_not_the_first_text(client: Client, meeting: Meeting, tax: Unit) -> None:
    (question,) = make.sent(meeting, tax, text="Ông Bảy thu thuế sạp tôi hai lần.")
    with transaction() as session:
        session.get_one(Question, question.id).public_text = "Thuế sạp bị thu hai lần."
    shown = client.get(link(tax)).text
    assert "Thuế sạp bị thu hai lần." in shown
    assert "Ông Bảy" not in shown


def test_what_moved_to_another_unit_or_was_withdrawn_disappears_unless_the_unit_has_its_word(
    client: Client, meeting: Meeting, tax: Unit
) -> None:
    first, second, third = make.sent(meeting, tax, 3)
    for question in (second, third):
        actions.draft(tax.id, question.id, Said("Đã trả lời rồi"), 0)
    agenda.edit(fresh(first).agenda_item_id, agenda.Item("Thuế", 30, unit_id=make.unit("Khác", "", "khac@hen.example").id))
    with transaction() as session:
        session.get_one(Question, third.id).withdrawn_at = clock.now()
    shown = client.get(link(tax)).text
    assert ("Câu hỏi số 1?" in shown, "Câu hỏi số 2?" in shown, "Câu hỏi số 3?" in shown) == (False, True, False)


def test_the_unit_s_page_costs_two_queries_with_two_hundred_questions(client: Client, meeting: Meeting, tax: Unit) -> None:
    make.sent(meeting, tax, 200)
    client.get(link(tax))
    db.session.rollback()
    db.session.expunge_all()
    with count_queries() as seen:
        assert client.get(link(tax)).status_code == 200
    assert len(seen) <= 3


# -- the asker


def test_the_letter_s_link_opens_the_answer_and_its_token_leaves_the_address(client: Client, meeting: Meeting, tax: Unit) -> None:
    (question,) = make.sent(meeting, tax, text="Sổ thuế cũ tính sao?")
    actions.release(question.id, "Dùng tiếp được.", tax.id)
    (letter,) = make.letters("answer_released")
    path = letter.facts["link"].removeprefix("https://hen.example")
    assert question.code not in path
    answer = client.get(path, follow_redirects=True)
    assert answer.request.full_path.rstrip("?") == f"/cau-hoi/{question.code}/du"
    for words in ("Trả lời vậy đủ chưa?", "Sổ thuế cũ tính sao?", "Dùng tiếp được.", "Chi cục Thuế trả lời"):
        assert words in answer.text
    for wrong in ("", "?t=", "?t=x.y", "?t=" + unit_token(tax)):
        assert client.get(f"/tra-loi{wrong}").location == "/tra-cuu"


def test_looking_settles_nothing_pressing_does_and_can_be_taken_back(client: Client, meeting: Meeting, tax: Unit) -> None:
    (question,) = make.sent(meeting, tax)
    actions.release(question.id, "Dùng tiếp được.", tax.id)
    address = prove(client, question)
    client.get(address)
    assert fresh(question).settled_at is None
    form = next(one for one in page(client.get(address)).forms if one.values().get("word") == ["du"])
    for _click in range(2):
        assert client.post(form.action, data=form.values()).status_code == 303
    assert fresh(question).settled_at == clock.now()
    shown = client.get(address)
    assert "Bạn đã thấy đủ" in shown.text
    client.submit(shown, having="word")
    assert fresh(question).settled_at is None
    assert "Bạn vẫn muốn nói tại buổi họp" in client.get(address).text


def test_a_word_that_is_none_is_asked_for_again(client: Client, meeting: Meeting, tax: Unit) -> None:
    (question,) = make.sent(meeting, tax)
    actions.release(question.id, "Được.", tax.id)
    address = prove(client, question)
    form = next(one for one in page(client.get(address)).forms if "word" in one.names())
    for word in ("", "gì đó"):
        assert client.post(form.action, data=form.values() | {"word": word}).status_code == 422
    assert fresh(question).settled_at is None


def test_before_an_answer_and_after_the_start_there_is_nothing_to_press(
    client: Client, meeting: Meeting, tax: Unit, travel: time_machine.Traveller
) -> None:
    (question,) = make.sent(meeting, tax)
    address = prove(client, question)
    assert "word" not in {name for form in page(client.get(address)).forms for name in form.names()}
    actions.release(question.id, "Dùng tiếp được.", tax.id)
    travel.move_to(meeting.starts_at)
    shown = client.get(address)
    assert "Dùng tiếp được." in shown.text
    assert "word" not in {name for form in page(shown).forms for name in form.names()}


def test_nobody_without_proof_learns_anything(app: Flask, client: Client, meeting: Meeting, tax: Unit) -> None:
    (question,) = make.sent(meeting, tax, text="Sổ thuế cũ tính sao?")
    other = make.question(meeting, 5)
    actions.release(question.id, "Dùng tiếp được.", tax.id)
    prove(client, other)
    for method in ("GET", "POST"):
        answer = client.open(f"/cau-hoi/{question.code}/du", method=method)
        assert answer.status_code == 403
        assert "Sổ thuế" not in answer.text
        assert "Dùng tiếp" not in answer.text


# -- officers


def test_the_secretary_sends_reads_edits_and_releases(office: Client, meeting: Meeting, tax: Unit) -> None:
    question = make.question(meeting, 1, make.item(meeting, unit_id=tax.id))
    shown = office.get(PAGE)
    assert "1 lượt hỏi chưa gửi" in shown.text
    assert office.submit(shown, having="due_on").status_code == 303  # the day is proposed
    assert "Đã gửi đủ" in office.get(PAGE).text
    actions.draft(tax.id, question.id, Said("Dùng tiếp được hết năm."), 0)
    answer = office.get(f"{PAGE}/{question.id}")
    assert page(answer).form(having="seen").values()["text"][0].strip() == "Dùng tiếp được hết năm."
    assert page(answer).form(having="seen").values()["unit"] == [str(tax.id)]
    assert office.submit(answer, {"text": "Sổ cũ dùng đến hết năm."}, having="seen").status_code == 303
    assert fresh(question).answer == "Sổ cũ dùng đến hết năm."
    assert "đã gửi, chờ người hỏi" in office.get(PAGE).text


def test_two_secretaries_release_at_once(app: Flask, office: Client, meeting: Meeting) -> None:
    question, second = make.question(meeting), browser(app, "secretary")
    mine = office.get(f"{PAGE}/{question.id}")
    second.submit(f"{PAGE}/{question.id}", {"text": "Câu của Tùng"}, having="seen")
    answer = office.submit(mine, {"text": "Câu của Út"}, having="seen")
    assert answer.status_code == 409
    assert "Câu của Tùng" in answer.text
    assert "Câu của Út" in answer.text
    assert office.submit(answer, {"text": "Câu của cả hai"}, having="seen").status_code == 303
    assert fresh(question).answer == "Câu của cả hai"


def test_an_asker_s_word_by_telephone_is_written_down_for_them(office: Client, meeting: Meeting) -> None:
    question = make.question(meeting, email="")
    actions.release(question.id, "Được.", None)
    shown = office.get(f"{PAGE}/{question.id}")
    assert "Người hỏi không có thư" in shown.text
    form = next(one for one in page(shown).forms if one.values().get("word") == ["du"])
    assert office.post(form.action, data=form.values()).status_code == 303
    assert fresh(question).settled_at
    assert office.post(form.action, data=form.values() | {"word": "?"}).status_code == 422


def test_a_unit_without_address_is_to_be_called_and_its_link_is_for_the_secretary_alone(
    app: Flask, office: Client, meeting: Meeting
) -> None:
    unit = make.unit(email="")
    make.sent(meeting, unit)
    shown = office.get(PAGE).text
    assert "Cần gọi" in shown
    assert unit_token(unit) in shown
    for role in ("leader", "counter"):
        assert unit_token(unit) not in browser(app, role).get(PAGE).text


@pytest.mark.parametrize(("role", "sees"), [("counter", False), ("reception", False), ("secretary", True), ("leader", True)])
def test_hidden_names_are_for_those_who_write_back(app: Flask, meeting: Meeting, tax: Unit, role: str, sees: bool) -> None:
    make.sent(meeting, tax, name="Lò gạch Tư Hiếm")
    reader = browser(app, role)
    for path in (PAGE, f"{BASE}/chuong-trinh"):
        assert ("Tư Hiếm" in reader.get(path).text) is sees
    assert "Tư Hiếm" not in reader.get(f"{BASE}/chuong-trinh/in").text  # never on paper


@pytest.mark.parametrize("role", ["counter", "secretary", "admin", "leader"])
def test_a_private_question_is_the_leader_s_alone(app: Flask, meeting: Meeting, role: str) -> None:
    question = make.question(meeting, text="Chuyện riêng với chủ tịch", name="Lò gạch Tư Hiếm", openness="private")
    reader = browser(app, role)
    for path in (PAGE, f"{BASE}/chuong-trinh"):
        shown = reader.get(path).text
        assert ("Chuyện riêng" in shown) is ("Tư Hiếm" in shown) is (role == "leader")
        assert role == "leader" or "1 câu gửi riêng cho lãnh đạo" in shown
    assert "Chuyện riêng" not in reader.get(f"{BASE}/chuong-trinh/in").text
    expected = {"leader": 200, "counter": 403}.get(role, 404)
    assert reader.get(f"{PAGE}/{question.id}").status_code == expected
    assert reader.post(f"{PAGE}/{question.id}", data={"text": "x"}).status_code == {200: 422}.get(expected, expected)


def test_the_leader_answers_a_private_question(app: Flask, client: Client, meeting: Meeting) -> None:
    question = make.question(meeting, text="Chuyện riêng với chủ tịch", openness="private")
    leader = browser(app, "leader")
    assert leader.submit(f"{PAGE}/{question.id}", {"text": "Tôi sẽ xem."}, having="seen").status_code == 303
    assert "Tôi sẽ xem." in client.get(prove(client, question)).text
    assert "Tôi sẽ xem." not in str([row.facts for row in db.session.scalars(sa.select(Message))])


def test_a_question_of_another_day_is_not_here(office: Client, meeting: Meeting) -> None:
    other = db.session.scalars(sa.select(Meeting).where(Meeting.day > meeting.day).order_by(Meeting.day)).first()
    question = make.question(other)
    assert office.get(f"{PAGE}/{question.id}").status_code == 404
    assert office.get("/can-bo/thu-bay/2026-12-06/don-vi").status_code == 404


def test_readers_are_shown_no_buttons(app: Flask, meeting: Meeting, tax: Unit) -> None:
    make.sent(meeting, tax)
    for role in ("counter", "reception", "leader"):
        forms = page(browser(app, role).get(PAGE)).forms
        assert [form.action for form in forms if "/don-vi" in form.action] == []


def test_the_tray_does_not_show_a_unit_s_link(office: Client, meeting: Meeting, tax: Unit) -> None:
    make.sent(meeting, tax)
    (letter,) = make.letters("unit_asked")
    shown = office.get(f"/can-bo/thu/{letter.id}").text
    assert "/don-vi/" in shown
    assert unit_token(tax) not in shown


def test_the_pages_cost_the_same_for_very_many(office: Client, meeting: Meeting, tax: Unit) -> None:
    many.fill(meeting, tax)
    (one, *_rest) = db.session.scalars(sa.select(Question.id))
    for path in (PAGE, f"{PAGE}/{one}", f"{BASE}/chuong-trinh", f"{BASE}/chuong-trinh/in", "/can-bo/thu-bay/"):
        office.get(path)
        db.session.rollback()
        db.session.expunge_all()
        with count_queries() as seen:
            assert office.get(path).status_code == 200
        assert len(seen) <= 5, (path, len(seen))


# -- one question's whole way


def test_from_filing_to_settled(app: Flask, client: Client, meeting: Meeting, tax: Unit) -> None:
    """A question is filed, sorted by its field, sent, drafted, released, and settled by its asker; those behind move up."""
    secretary, unit = browser(app, "secretary"), browser(app)
    first = make.question(meeting, 1, text="Sổ thuế cũ tính sao?")
    behind = make.question(meeting, 2, field="power", text="Cúp điện không báo?")
    for button in ("khung", "theo-linh-vuc", "cong-bo"):
        form = next(one for one in page(secretary.get(f"{BASE}/chuong-trinh")).forms if one.action.endswith(f"/{button}"))
        assert secretary.post(form.action, data=form.values()).status_code == 303
    before = fresh(behind).told_for
    make.leave()
    secretary.submit(PAGE, having="due_on")
    (asked,) = make.letters("unit_asked")
    path = re.sub(r"^https://hen\.example", "", asked.facts["link"])
    unit.submit(path, {"text": "Sổ cũ dùng đến hết năm."}, having="text")
    secretary.submit(f"{PAGE}/{first.id}", having="seen")
    (letter,) = make.letters("answer_released")
    shown = client.get(letter.facts["link"].removeprefix("https://hen.example"), follow_redirects=True)
    form = next(one for one in page(shown).forms if one.values().get("word") == ["du"])
    assert client.post(form.action, data=form.values()).status_code == 303
    text = secretary.get(f"{BASE}/chuong-trinh").text
    assert "dư ra" in text
    assert fresh(behind).told_for < before
    assert "Sổ thuế" not in secretary.get(f"{BASE}/chuong-trinh/in").text
    assert client.get("/thu-bay/2026-12-05").text.count("<b>Thuế, hoá đơn</b>") == 0
    assert (before - fresh(behind).told_for) == timedelta(minutes=10)
