"""The officers' ledger: what presses, what they may enter, what is the leader's alone; units' addresses and links."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from app.db import db
from app.promises import actions, queries
from app.promises.models import Promise
from app.staff import queries as staff
from app.staff.models import Unit
from tests.page import Client, count_queries, page
from tests.promises import make
from tests.promises.test_pages import many, warm

WORDS = "Chỉ mới hứa thôi"


def fresh(row: Promise) -> Promise:
    db.session.rollback()
    return db.session.get_one(Promise, row.id, populate_existing=True)


def test_what_presses_stands_first(client: Client, unit: Unit) -> None:
    client.sign_in("secretary")
    assert "Không có lời hẹn nào đang mở" in client.get("/can-bo/loi-hen/").text
    make.promise(unit, what="Trễ rồi", due=date(2026, 12, 11))
    make.promise(unit, what="Trong tuần", due=date(2026, 12, 18))
    make.promise(unit, what="Còn lâu", due=date(2027, 1, 15))
    waits, opened = make.promise(unit, what="Chờ Sở"), make.promise(unit, what="Mở lại")
    actions.wait(waits.id, "Sở Công Thương", 0, "unit:1")
    make.done(opened)
    actions.verdict(opened.id, make.ABOUT, "no")
    make.done(make.promise(unit, what="Chờ người hỏi"))
    make.done(make.promise(unit, what="Không ai hỏi", askers=[]))
    shown = page(client.get("/can-bo/loi-hen/"))
    assert [head.words for head in shown.all("h2")] == [
        "Trễ hẹn (1)", "Tới hẹn trong tuần (1)", "Người hỏi nói chưa được (1)", "Đang chờ nơi khác, đồng hồ dừng (1)",
        "Đã báo xong, chờ người hỏi trả lời (1)", "Còn thời gian (1)",
    ]  # fmt: skip
    assert "Không ai hỏi" not in " ".join(shown.texts)


def test_many_promises_few_queries(app: Flask, client: Client, unit: Unit) -> None:
    many(unit)
    row = make.promise(unit)
    make.done(row, evidence=make.kept(make.picture()))
    client.sign_in("secretary")
    warm(app)
    unit_id = unit.id
    db.session.rollback()
    for address in ("/can-bo/loi-hen/", "/can-bo/loi-hen/301", "/can-bo/loi-hen/don-vi", f"/can-bo/loi-hen/don-vi/{unit_id}",
                    "/can-bo/don-doc/", f"/can-bo/don-doc/don-vi/{unit_id}/in"):  # fmt: skip
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        # The list of everything due asks each of three rooms once.
        assert len(seen) <= (6 if address == "/can-bo/don-doc/" else 5), (address, seen)


@pytest.mark.parametrize("role", ["secretary", "leader", "admin"])
def test_an_officer_enters_what_the_unit_told(client: Client, promise: Promise, role: str) -> None:
    number = client.sign_in(role)
    address = f"/can-bo/loi-hen/{promise.id}"
    assert client.submit(address, {"reason": "Vật tư về trễ", "day": "2026-12-28"}, action="/doi-ngay").status_code == 303
    assert client.submit(address, {"whom": "Sở Công Thương"}, action="/cho").status_code == 303
    assert client.submit(address, action="/lam-tiep").status_code == 303
    sent = {"happened_on": "2026-12-11", "text": "Đã đóng điện.", "file": (io.BytesIO(make.pdf()), "cv.pdf")}
    assert client.submit(address, sent, action="/xong").status_code == 303
    assert client.submit(address, {"file": (io.BytesIO(make.picture()), "x.png")}, action="/chung-cu").status_code == 303
    history = queries.history(promise.id)
    kinds = ["made", "postponed", "waiting", "resumed", "done", "proof", "proof"]
    assert [event.kind for event in history] == kinds
    assert {event.actor for event in history[1:]} == {f"officer:{number}"}
    text = " ".join(page(client.get(address)).texts)
    assert "Thứ\xa0Sáu 11/12/2026".replace("\xa0", " ") in text.replace("\xa0", " ")
    assert "Ghi vào sổ" in text


def test_a_paper_is_removed_with_a_reason(client: Client, promise: Promise) -> None:
    client.sign_in("secretary")
    make.done(promise, evidence=make.kept(make.picture()))
    kept = queries.files(promise.id)[0].id
    address = f"/can-bo/loi-hen/{promise.id}"
    answer = client.submit(address, action="/go")
    assert (answer.status_code, "Ghi lý do gỡ tệp" in answer.text) == (422, True)
    assert client.get(f"{address}/tep/{kept}").status_code == 200
    assert client.submit(answer, {"reason": "Có tên người dân"}, action="/go").status_code == 303
    assert client.get(f"{address}/tep/{kept}").status_code == 404
    assert client.get(f"/so-loi-hen/{promise.id}/tep/{kept}").status_code == 404
    assert "Có tên người dân" in client.get(f"/so-loi-hen/{promise.id}").text


@pytest.mark.parametrize("role", ["counter", "reception"])
def test_others_read_and_do_not_act_nor_read_the_askers_words(client: Client, promise: Promise, role: str) -> None:
    make.done(promise)
    actions.verdict(promise.id, make.ABOUT, "partly", WORDS)
    client.sign_in(role)
    answer = client.get(f"/can-bo/loi-hen/{promise.id}")
    assert "Gỡ được một phần" in answer.text
    assert WORDS not in answer.text
    assert not [form for form in page(answer).forms if form.element.up("main")]
    client.sign_in("secretary")
    assert WORDS in client.get(f"/can-bo/loi-hen/{promise.id}").text


@pytest.mark.parametrize("role", ["counter", "reception", "secretary", "admin"])
def test_a_private_promise_is_the_leaders_alone(client: Client, unit: Unit, role: str) -> None:
    row = make.promise(unit, what="Bí mật bên trong", raised="", raised_by="", public=False, due=date(2026, 12, 7))
    actions.add_evidence(row.id, make.kept(make.picture()), "officer:1")
    (kept,) = queries.files(row.id)
    client.sign_in(role)
    for address in ("/can-bo/loi-hen/", "/can-bo/don-doc/", f"/can-bo/don-doc/don-vi/{unit.id}/in"):
        text = client.get(address).text
        assert "Bí mật" not in text
        assert "Lời hẹn riêng" not in text
    hidden = (f"/can-bo/loi-hen/{row.id}", f"/can-bo/loi-hen/{row.id}/tep/{kept.id}")
    assert [client.get(address).status_code for address in hidden] == [404, 404]
    if role in ("secretary", "admin"):
        assert client.post(f"/can-bo/loi-hen/{row.id}/lam-tiep").status_code == 404
    client.sign_in("leader")
    assert [client.get(address).status_code for address in hidden] == [200, 200]
    assert "Bí mật" in client.get("/can-bo/loi-hen/").text
    assert client.submit(hidden[0], {"text": "Đã giải quyết riêng"}, action="/xong").status_code == 303


def test_a_unit_gets_its_addresses_and_a_new_link(client: Client, unit: Unit, promise: Promise) -> None:
    client.sign_in("secretary")
    old = f"/so-loi-hen/don-vi/{staff.unit_token(unit)}"
    address = f"/can-bo/loi-hen/don-vi/{unit.id}"
    assert address in page(client.get("/can-bo/loi-hen/don-vi")).links()
    sent = {"email": "moi@example.vn", "head_name": "Lê Thị Bảy", "head_email": "không phải"}
    answer = client.submit(address, sent, having="email")
    assert (answer.status_code, "Lê Thị Bảy" in answer.text) == (422, True)
    assert client.submit(answer, {"head_email": "bay@example.vn"}, having="email").status_code == 303
    db.session.refresh(unit)
    assert (unit.email, unit.head_name, unit.head_email) == ("moi@example.vn", "Lê Thị Bảy", "bay@example.vn")
    shown = client.get(address)
    for _press in range(2):  # the second press of one button renews nothing more
        assert client.submit(shown, action="/lien-ket").status_code == 303
    db.session.refresh(unit)
    assert unit.link_version == 2
    link = next(link for link in page(client.get(address)).links() if "/so-loi-hen/don-vi/" in link)
    assert client.get(old).status_code == 404
    assert client.get(link.removeprefix("https://hen.example")).status_code == 200
    assert client.get("/can-bo/loi-hen/don-vi/99").status_code == 404


def test_late_by_the_minute_the_day_is_over(client: Client, promise: Promise, travel: time_machine.Traveller) -> None:
    client.sign_in("secretary")
    for wait, words in ((timedelta(days=7, hours=14), "hẹn hôm nay"), (timedelta(hours=1), "Trễ 1 ngày")):
        travel.shift(wait)
        client.sign_in("secretary")  # an hour without a click signs out
        assert words in client.get("/can-bo/loi-hen/").text
    assert queries.entries([fresh(promise)])[0].standing == "late"
