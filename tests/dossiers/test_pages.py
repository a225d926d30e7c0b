"""Dossiers in a browser: the officer receives, acts and prints; the citizen sees where it is, and nobody else does."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.dossiers import actions
from app.dossiers.actions import Proof
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
