"""Dossiers in a browser: the officer receives, acts and prints; the citizen sees where it is, and nobody else does."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.appointments import actions as appointments
from app.dossiers import actions, collecting, queries, rules
from app.dossiers.actions import Proof
from app.offices import queries as offices
from tests import make as basics
from tests.dossiers import make
from tests.page import Client, count_queries, page

CODE, HOME = make.CODE, "/can-bo/ho-so"


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(basics.local("2026-12-01T10:00"), tick=False) as clock_at:
        make.office()
        yield clock_at


@pytest.fixture
def officer(client: Client) -> Client:
    client.sign_in("counter")
    return client


def receive(officer: Client, **changed: str) -> str:
    shown = officer.get(f"{HOME}/nhan")
    procedure = next(o.attrs["value"] for o in page(shown).all("option") if make.LAND in o.words)
    typed = {"code": CODE.lower(), "owner": "Trương Thị Mỹ Duyên", "phone": "0912 345 678", "procedure": procedure} | changed
    answer = officer.submit(shown, typed, having="owner")
    return answer.location if answer.status_code == 303 else answer.text


def test_received_at_the_counter_and_printed(officer: Client) -> None:
    assert receive(officer) == f"{HOME}/{CODE}"
    shown = officer.get(f"{HOME}/{CODE}")
    assert "10:00, thứ Sáu 04/12/2026" in shown.text.replace("\xa0", " ")
    slip = officer.get(f"{HOME}/{CODE}/phieu/tiep-nhan")
    assert "không thay thế Giấy tiếp nhận" in slip.text
    assert CODE in slip.text
    assert officer.get(f"{HOME}/{CODE}/phieu/bo-sung").status_code == 404


def test_everything_typed_comes_back_with_what_is_wrong(officer: Client) -> None:
    text = receive(officer, code="TA-482-716-305", phone="12")
    assert "Mã hồ sơ có dạng" in text or "Số điện thoại cần" in text
    assert 'value="Trương Thị Mỹ Duyên"' in text
    receive(officer)
    assert "của hồ sơ khác" in receive(officer, owner="Người Khác")


def act(officer: Client, name: str, **typed: str) -> int:
    return officer.submit(f"{HOME}/{CODE}", typed, action=f"/{name}").status_code


def test_a_dossier_from_pause_to_hand_over(officer: Client, travel: time_machine.Traveller) -> None:
    receive(officer)
    assert act(officer, "cho", reason="Giấy uỷ quyền\nBản vẽ nhà") == 303
    assert "Bản vẽ nhà" in officer.get(f"{HOME}/{CODE}/phieu/bo-sung").text
    travel.move_to(basics.local("2026-12-02T10:00"))
    officer.sign_in("counter")
    assert act(officer, "tiep", happened="2026-12-02T10:00") == 303
    assert act(officer, "gia-han", day="2026-12-05", reason="Chờ đo đạc") == 422  # Saturday
    assert act(officer, "gia-han", day="2026-12-09", reason="Chờ đo đạc") == 303
    assert "Chúng tôi xin lỗi" in officer.get(f"{HOME}/{CODE}/phieu/xin-loi").text
    assert act(officer, "xong", happened="2026-12-02T09:00") == 303
    assert act(officer, "tra", happened="2026-12-02T09:30", proof="") == 422
    assert act(officer, "tra", happened="2026-12-02T09:30", proof="tr. 4", recipient="Lê Thị Bé") == 303
    shown = officer.get(f"{HOME}/{CODE}").text
    assert "ghi vào máy lúc" in shown  # 9:30 and 10:00 are two things
    assert "đã trả, đúng hẹn" in shown
    for tab in ("tre", "hom-nay", "dang-lam", "tam-dung", "cho-tra", "xong"):
        assert (CODE in officer.get(f"{HOME}/?xem={tab}").text) == (tab == "xong")
    assert CODE in officer.get(f"{HOME}/?tim=truong+thi").text


def test_the_citizen_sees_where_it_is_and_nobody_else(client: Client, travel: time_machine.Traveller) -> None:
    make.dossier()
    assert client.get(f"/ho-so/{CODE}").status_code == 403
    assert client.get("/ho-so/H15.50.05.13-261201-0999").status_code == 403  # the same page for a code nobody has
    wrong = client.submit("/tra-cuu", {"code": CODE, "last4": "0000"}, having="last4")
    assert wrong.status_code == 422
    opened = client.submit("/tra-cuu", {"code": CODE.lower(), "last4": "5678"}, having="last4")
    assert opened.location == f"/ho-so/{CODE}"
    assert "Đang làm" in client.get(opened.location).text
    travel.move_to(basics.local("2026-12-08T08:00"))
    late = client.get(f"/ho-so/{CODE}").text
    assert "Trễ hẹn 4 ngày. Chúng tôi xin lỗi" in late
    actions.hand_over(CODE, basics.local("2026-12-04T09:00"), Proof("receipt", "12"))
    done = client.get(f"/ho-so/{CODE}").text
    assert "Đã trả kết quả" in done
    assert "Trương Thị" not in done


def test_pages_cost_few_queries(officer: Client) -> None:
    for number in range(60):
        make.dossier(code=f"H15.50.05.13-261201-{number:04d}")
    code = "H15.50.05.13-261201-0007"
    for path in (f"{HOME}/?xem=dang-lam", f"{HOME}/?tim=duyen", f"{HOME}/nhan", f"{HOME}/{code}"):
        officer.get(path)
        with count_queries() as seen:
            assert officer.get(path).status_code == 200
        assert len(seen) <= 5, (path, len(seen))
    with officer.session_transaction() as cookie:
        cookie["open"] = [code]
    officer.get(f"/ho-so/{code}")
    with count_queries() as seen:
        officer.get(f"/ho-so/{code}")
    assert len(seen) <= 4, seen


# -- from the visit ----------------------------------------------------------------------------------------------------


def visit(collects: str = "", code: str = make.LAND) -> str:
    catalogue = offices.catalogue()
    person = basics.person(name="Trương Thị Mỹ Duyên", phone="+84912345678", email="duyen@example.vn", locale="en")
    moment = basics.local("2026-12-01T13:45" if code == make.LAND else "2026-12-01T14:30")
    booked = appointments.book(catalogue.by_slug[basics.PLACE], catalogue.by_code[code], moment, person, collects)
    appointments.mark(booked.code, "arrived", "booked")
    return booked.code


def test_a_visit_ends_in_a_dossier(officer: Client) -> None:
    code = visit()
    day = officer.get(f"/can-bo/hom-nay?ngay=2026-12-01&noi={basics.PLACE}")
    (way,) = [link for link in page(day).links() if "/ho-so/nhan" in link]
    assert "Duyên" not in way
    assert "912345678" not in way
    shown = officer.get(way)
    filled = page(shown).form(having="owner").values()
    assert (filled["owner"], filled["phone"], filled["email"]) == (
        ["Trương Thị Mỹ Duyên"], ["0912 345 678"], ["duyen@example.vn"],
    )  # fmt: skip
    chosen = offices.catalogue().procedure_of[int(filled["procedure"][0])]
    assert chosen.code == make.LAND
    assert officer.submit(shown, {"code": CODE}, having="owner").status_code == 303
    row = queries.by_code(CODE)
    assert row is not None
    assert (row.visit, row.locale, row.phone) == (code, "en", "+84912345678")
    assert CODE in officer.get(way).text  # who comes back sees that it is done


def test_a_visit_of_another_office_brings_nothing(client: Client) -> None:
    code = visit()
    elsewhere = basics.office("long-hung", "LH").by_slug["long-hung"].id
    client.sign_in("counter", office_id=elsewhere)
    shown = client.get(f"{HOME}/nhan?hen={code}")
    assert "Duyên" not in shown.text
    assert client.get(f"{HOME}/nhan?hen=%00{'x' * 99}").status_code == 200


def test_the_receipt_has_what_the_citizen_needs(officer: Client) -> None:
    receive(officer, return_by="post")
    slip = officer.get(f"{HOME}/{CODE}/phieu/tiep-nhan").text
    for words in ("không thay thế Giấy tiếp nhận", "Gửi về nhà qua bưu chính công ích", "Lệ phí", "Người nhận hồ sơ", "<svg"):
        assert words in slip, words


# -- how the result comes home -----------------------------------------------------------------------------------------


@pytest.fixture
def citizen(client: Client) -> Client:
    make.dossier()
    client.submit("/tra-cuu", {"code": CODE, "last4": "5678"}, having="last4")
    return client


def ready(travel: time_machine.Traveller) -> None:
    travel.move_to(basics.local("2026-12-02T08:00"))
    actions.finish(CODE, basics.local("2026-12-02T07:30"))


def test_a_result_is_collected_at_a_time_of_ones_own(citizen: Client, travel: time_machine.Traveller) -> None:
    early = citizen.get(f"/ho-so/{CODE}/nhan")
    assert "Chưa có kết quả" in early.text
    assert 'name="moment"' not in early.text
    ready(travel)
    shown = citizen.get(f"/ho-so/{CODE}/nhan")
    offered = [one.attrs["value"] for one in page(shown).all("input") if one.attrs.get("name") == "moment"]
    assert offered[:3] == sorted(offered)[:3]
    first, second = (basics.local(one) for one in offered[:2])
    assert (second - first).seconds == 300
    booked = citizen.submit(shown, {"moment": offered[1]}, having="moment")
    assert booked.status_code == 303
    kept = citizen.get(booked.location)
    assert CODE in kept.text or kept.status_code == 200
    again = citizen.post(f"/ho-so/{CODE}/nhan", data=page(shown).form(having="moment").values() | {"moment": offered[2]})
    assert again.location == booked.location  # one result, one time
    assert "Đã hẹn nhận lúc" in citizen.get(f"/ho-so/{CODE}/nhan").text


def test_a_time_somebody_took_is_said_and_nothing_is_booked(citizen: Client, travel: time_machine.Traveller) -> None:
    ready(travel)
    shown = citizen.get(f"/ho-so/{CODE}/nhan")
    offered = [one.attrs["value"] for one in page(shown).all("input") if one.attrs.get("name") == "moment"]
    row = queries.by_code(CODE)
    assert row is not None
    at = collecting.desk(row)
    assert at is not None
    for number in range(len(at.office.counters)):
        person = basics.person(phone=f"+8491200000{number}")
        appointments.book(at.office, at.procedure, basics.local(offered[0]), person)
    refused = citizen.submit(shown, {"moment": offered[0]}, having="moment")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert citizen.submit(shown, {"moment": "2026-12-06T08:00"}, having="moment").status_code == 422  # Sunday
    assert citizen.submit(shown, {"moment": ""}, having="moment").status_code == 422


def test_or_by_post_with_its_number(citizen: Client, travel: time_machine.Traveller) -> None:
    assert citizen.submit(f"/ho-so/{CODE}/nhan", {}, action="/buu-chinh").status_code == 303
    assert citizen.submit(f"/ho-so/{CODE}/nhan", {}, action="/tai-quay").status_code == 303
    assert citizen.submit(f"/ho-so/{CODE}/nhan", {}, action="/buu-chinh").status_code == 303
    row = queries.by_code(CODE)
    assert row is not None
    assert row.return_by == "post"
    ready(travel)
    actions.hand_over(CODE, basics.local("2026-12-02T07:45"), Proof("postal", "EP123456789VN"), by_post=True)
    for path in ("", "/nhan", "/bien-nhan"):
        assert "EP123456789VN" in citizen.get(f"/ho-so/{CODE}{path}").text, path
    assert "cập nhật sau" in citizen.get(f"/ho-so/{CODE}").text  # done on paper, whatever the other system says
    assert 'action="/ho-so/' not in citizen.get(f"/ho-so/{CODE}/nhan").text


def test_strangers_change_nothing(app: Flask, citizen: Client) -> None:
    stranger = Client(app, app.response_class)
    form = page(citizen.get(f"/ho-so/{CODE}/nhan")).form(action="/buu-chinh").values()
    for path in ("nhan", "buu-chinh", "tai-quay", "bien-nhan"):
        method = "GET" if path == "bien-nhan" else "POST"
        assert stranger.open(f"/ho-so/{CODE}/{path}", method=method, data=form if method == "POST" else None).status_code == 403


def test_whoever_comes_to_collect_is_found_at_the_counter(officer: Client) -> None:
    make.dossier()
    visit(collects=CODE, code=rules.COLLECTING)
    day = officer.get(f"/can-bo/hom-nay?ngay=2026-12-01&noi={basics.PLACE}")
    assert f"{HOME}/{CODE}" in page(day).links()


def test_collecting_costs_few_queries(citizen: Client, travel: time_machine.Traveller) -> None:
    ready(travel)
    citizen.get(f"/ho-so/{CODE}/nhan")
    with count_queries() as seen:
        citizen.get(f"/ho-so/{CODE}/nhan")
    assert len(seen) <= 4, seen
