"""The staff tray, as officers in each role see it."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app import clock
from app.db import transaction
from app.outbox.models import STATES, Message
from app.staff.models import Officer, StaffSession
from tests.outbox import make
from tests.page import Client, count_queries, page

pytestmark = pytest.mark.usefixtures("morning")
BASE = "/can-bo/thu"
SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """A browser of an officer in this role."""

    def browser(role: str = "secretary") -> Client:
        key = secrets.token_hex(16)
        with transaction() as session:
            officer = Officer(email=f"{key}@hen.example", name="Nguyễn Thị Út", role=role)
            session.add(officer)
            session.flush()
            session.add(StaffSession(key=key, officer_id=officer.id, started_at=clock.now(), seen_at=clock.now()))
        client = Client(app, app.response_class)
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = key, True
        return client

    return browser


def _set(number: int, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Message).where(Message.id == number).values(**values))


def _text(answer: object) -> str:
    return answer.get_data(as_text=True)


def test_strangers_see_nothing(app: Flask, client: Client) -> None:
    make.post()
    for path in ("/", "/goi", "/1"):
        answer = client.get(BASE + path)
        assert (answer.status_code, "dang-nhap" in answer.location) == (303, True)
    for path in ("/1/gui-lai", "/1/da-goi"):
        assert client.post(BASE + path).status_code == 303
    assert make.row().state == "waiting"


def test_every_tab_says_what_is_in_it(app: Flask, sign_in: SignIn) -> None:
    for number, state in enumerate(STATES, 1):
        make.post(make.letter(number, facts=make.facts(code=f"TA-{state}")), email=f"person{number}@example.vn")
        _set(number, state=state, sent_at=clock.now(), error="451 later" if state == "waiting" else None)
    make.post(make.letter(99, call=True, facts=make.facts(code="TA-call")), email="")
    browser = sign_in()
    shown = {
        "cho": {"waiting", "sending", "handing"}, "da-gui": {"sent"}, "hong": {"failed", "late"}, "chua-ro": {"in_doubt"},
        "can-goi": {"call"}, "thoi": {"withdrawn"},
    }  # fmt: skip
    for tab, states in shown.items():
        words = _text(browser.get(f"{BASE}/?xem={tab}"))
        assert {state for state in (*STATES, "call") if f"(TA-{state})" in words} == states
        assert "person1@example.vn" not in words
    assert "p***@example.vn" in _text(browser.get(f"{BASE}/"))
    assert "451 later" in _text(browser.get(f"{BASE}/"))
    assert "0912 *** 678" in _text(browser.get(f"{BASE}/?xem=can-goi"))


def test_empty_tabs_and_unknown_ones(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in()
    for tab in ("cho", "da-gui", "hong", "chua-ro", "can-goi", "thoi"):
        assert browser.get(f"{BASE}/?xem={tab}").status_code == 200
    assert browser.get(f"{BASE}/?xem=gi-vay").status_code == 404
    assert browser.get(f"{BASE}/?trang=abc").status_code == 200
    assert browser.get(f"{BASE}/?trang=-5").status_code == 200


def test_pages_of_fifty_in_few_queries(app: Flask, sign_in: SignIn) -> None:
    make.many(120)
    browser = sign_in()
    with count_queries() as seen:
        first = browser.get(f"{BASE}/")
    assert len(seen) <= 4  # the officer; counts, rows, what is held up
    assert _text(first).count('class="what"') == 50
    assert f"{BASE}/120" in _text(first)  # newest first
    third = browser.get(f"{BASE}/?trang=3")
    assert _text(third).count('class="what"') == 20
    assert f'{BASE}/1"' in _text(third)
    assert _text(browser.get(f"{BASE}/?trang=99")) == _text(third)


def test_says_when_no_mail_server_is_set(app: Flask, sign_in: SignIn, configure) -> None:
    browser = sign_in()
    assert "Chưa khai báo máy chủ thư" in _text(browser.get(f"{BASE}/"))
    configure(MAIL_SERVER="mail.example")
    assert "Chưa khai báo" not in _text(browser.get(f"{BASE}/"))


def test_says_what_holds_the_mail_up(app: Flask, sign_in: SignIn, configure, morning) -> None:
    configure(MAIL_SERVER="mail.example")
    make.post(make.letter(1, due_at=clock.now() - timedelta(minutes=4)))
    browser = sign_in()
    assert "ứ lại" not in _text(browser.get(f"{BASE}/"))
    morning.shift(120)
    assert "lịch chạy tự động" in _text(browser.get(f"{BASE}/"))
    _set(1, error="certificate verify failed")
    assert "certificate verify failed" in _text(browser.get(f"{BASE}/"))
    morning.shift(timedelta(hours=14))  # polite mail rests at night
    with transaction() as session:
        session.execute(update(StaffSession).values(seen_at=clock.now()))
    assert "ứ lại" not in _text(sign_in().get(f"{BASE}/"))


@pytest.mark.parametrize("state", STATES)
def test_one_message_whole(app: Flask, sign_in: SignIn, state: str) -> None:
    make.post()
    _set(1, state=state, sent_at=clock.now(), error="said so", repeats=1, attempts=2)
    answer = sign_in().get(f"{BASE}/1")
    words = _text(answer)
    assert "duyen@example.vn" in words
    assert "Chào Trương Thị Mỹ Duyên" in words
    assert ("gui-lai" in words) is (state in ("failed", "late", "in_doubt"))


def test_a_message_that_cannot_be_made_says_why(app: Flask, sign_in: SignIn) -> None:
    make.post(make.letter(template="test/broken"))
    browser = sign_in()
    assert "hello" in _text(browser.get(f"{BASE}/"))
    assert "forgotten" in _text(browser.get(f"{BASE}/1"))


@pytest.mark.parametrize("number", ["0", "7", "99999999999999999999", "abc"])
def test_unknown_messages(app: Flask, sign_in: SignIn, number: str) -> None:
    browser = sign_in()
    assert browser.get(f"{BASE}/{number}").status_code == 404
    assert browser.post(f"{BASE}/{number}/gui-lai").status_code == 404
    assert browser.post(f"{BASE}/{number}/da-goi").status_code == 404


def test_send_again(app: Flask, sign_in: SignIn) -> None:
    make.post()
    _set(1, state="failed")
    browser = sign_in("counter")
    shown = browser.get(f"{BASE}/1")
    answer = browser.submit(shown, action="gui-lai")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/1")
    assert make.row().state == "waiting"
    assert browser.submit(shown, action="gui-lai").status_code == 303  # a second click
    _set(1, state="sent", sent_at=clock.now())
    again = browser.submit(shown, action="gui-lai")
    assert (again.status_code, "vừa đổi trạng thái" in _text(again)) == (409, True)


def test_without_a_token_nothing_happens(app: Flask, sign_in: SignIn) -> None:
    make.post()
    _set(1, state="failed")
    answer = sign_in().post(f"{BASE}/1/gui-lai")
    assert (answer.status_code, make.row().state) == (422, "failed")


def test_leader_reads_only(app: Flask, sign_in: SignIn) -> None:
    make.post(make.letter(call=True), email="")
    make.post(make.letter(2))
    _set(2, state="failed")
    browser = sign_in("leader")
    for path in ("/", "/goi", "/1", "/2"):
        words = _text(browser.get(BASE + path))
        assert "/gui-lai" not in words
        assert "/da-goi" not in words
    assert browser.post(f"{BASE}/1/da-goi").status_code == 403
    assert browser.post(f"{BASE}/2/gui-lai").status_code == 403


@pytest.mark.parametrize("role", ["counter", "reception", "secretary", "admin"])
def test_call_list_of_tomorrow(app: Flask, sign_in: SignIn, role: str) -> None:
    tomorrow, monday = make.VISIT, make.VISIT + timedelta(days=3)
    make.post(make.letter(1, call=True, due_at=tomorrow - timedelta(hours=15), useful_until=tomorrow), email="")
    facts = make.facts(name="Lê Văn Tám", starts_at=monday.isoformat())
    make.post(make.letter(2, call=True, due_at=monday - timedelta(hours=15), useful_until=monday, facts=facts), email="")
    make.post(make.letter(3, call=True, due_at=clock.now() - timedelta(days=1), useful_until=clock.now()), email="")
    browser = sign_in(role)
    shown = browser.get(f"{BASE}/goi")
    words = _text(shown)
    assert "thứ\xa0Tư 02/12/2026" in words
    assert "Trương Thị Mỹ Duyên" in words
    assert "0912 345 678" in words
    assert "Lê Văn Tám" not in words
    assert "Lê Văn Tám" in _text(browser.get(f"{BASE}/goi?ngay=2026-12-05"))
    assert "ngay=2026-12-05" in words
    answer = browser.submit(shown, action="/1/da-goi")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/goi?ngay=2026-12-02")
    assert make.rows()[0].state == "sent"
    assert "Mỹ Duyên" not in _text(browser.get(answer.location))
    assert browser.submit(shown, action="/1/da-goi").status_code == 303
    assert page(browser.get("/can-bo/thu/1"))
    assert "đã gọi lúc" in _text(browser.last)


def test_call_list_without_anybody(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in()
    assert "Không có ai cần gọi" in _text(browser.get(f"{BASE}/goi"))
    assert browser.get(f"{BASE}/goi?ngay=hom-qua").status_code == 200


def test_call_list_in_few_queries(app: Flask, sign_in: SignIn) -> None:
    for number in range(30):
        make.post(make.letter(number, call=True, due_at=clock.now(), useful_until=make.VISIT), email="")
    browser = sign_in()
    with count_queries() as seen:
        assert _text(browser.get(f"{BASE}/goi")).count("/da-goi") == 30
    assert len(seen) <= 3


def test_in_english(app: Flask, sign_in: SignIn) -> None:
    make.post()
    browser = sign_in()
    for path in ("/", "/goi", "/1"):
        assert browser.get(f"/en{BASE}{path}").status_code == 200
