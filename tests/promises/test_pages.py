"""The public ledger and a unit's own page: what anybody sees, what nobody sees, what a link opens and what it does not."""

import csv
import io
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.db import db, transaction
from app.offices import working_days
from app.promises import actions, queries, rules
from app.promises.models import Promise, PromiseEvent
from app.staff import actions as staff_actions
from app.staff import queries as staff
from app.staff.models import Unit
from tests import world
from tests.page import Client, count_queries, page
from tests.promises import make

STANDS = ("open", "soon", "late", "waiting", "reopened", "on_time", "done_late", "withdrawn")
SAID = "Lời riêng cho cơ quan"


def many(owner: Unit, count: int = 300) -> None:
    """Promises in every standing, written at once."""
    made, now = date(2026, 10, 3), clock.now()
    facts = {
        "open": {"due": date(2027, 1, 15)}, "soon": {"due": date(2026, 12, 16)}, "late": {"due": date(2026, 12, 1)},
        "waiting": {"due": date(2026, 12, 11), "waiting_since": date(2026, 12, 8), "waiting_for": "Sở Công Thương"},
        "reopened": {"due": date(2027, 1, 15), "reopened": 1, "verdict": "no"},
        "on_time": {"due": date(2026, 12, 11), "done_on": date(2026, 12, 11), "done_recorded_at": now, "verdict": "yes"},
        "done_late": {"due": date(2026, 12, 1), "done_on": date(2026, 12, 11), "done_recorded_at": now, "proof_number": "=1+1"},
        "withdrawn": {"due": date(2026, 12, 11), "withdrawn_on": date(2026, 12, 11)},
    }  # fmt: skip
    with transaction() as session:
        for number in range(count):
            values = facts[STANDS[number % len(STANDS)]]
            session.add(
                Promise(
                    occasion="meeting:1", occasion_on=made, what=f"Việc {number}", raised=f"Điều {number}", unit_id=owner.id,
                    made_on=made, first_due=date(2026, 12, 1), field=("power", "water")[number % 2], **values,
                )
            )  # fmt: skip


def warm(app: Flask) -> None:
    queries.calendar(make.TODAY)
    db.session.rollback()


# -- the ledger -------------------------------------------------------------------------------------------------------


def test_an_empty_ledger_leads_on(app: Flask, client: Client) -> None:
    for root in ("", "/en"):
        answer = client.get(f"{root}/so-loi-hen")
        assert answer.status_code == 200
        assert f"{root}/thu-bay" in page(answer).links()
    assert "Chưa có lời hẹn nào" in client.get("/so-loi-hen").text


def test_the_database_and_the_rule_agree_on_every_standing(unit: Unit) -> None:
    many(unit, 64)
    calendar = queries.calendar(make.TODAY)
    soon = working_days.moved(make.TODAY, rules.SOON, calendar)
    for standing, condition in queries.standings(make.TODAY, soon).items():
        found = db.session.scalars(sa.select(Promise).where(condition)).all()
        assert len(found) == 8
        assert {rules.entry(row, make.TODAY, calendar).standing for row in found} == {standing}
    assert set(STANDS) == set(rules.STANDINGS)


def test_filters_pages_and_their_number_of_queries(app: Flask, client: Client, unit: Unit) -> None:
    many(unit)
    warm(app)
    with count_queries() as seen:
        answer = client.get("/so-loi-hen?trang=2")
    assert len(seen) <= 4, seen
    with count_queries() as seen:
        assert client.get("/so-loi-hen?trang=2").text == answer.text
    assert len(seen) == 1  # kept
    assert answer.text.count("<li><div>") == 25
    assert "Trang 2 trên 12" in " ".join(page(answer).texts)
    for query, count in (("xem=late", 38), (f"don_vi={unit.id}&xem=on_time&linh_vuc=water", 37), ("linh_vuc=power&xem=open", 38)):
        assert f"{count} lời hẹn theo cách lọc này" in " ".join(page(client.get(f"/so-loi-hen?{query}")).texts)
    assert "Không có lời hẹn nào như vậy" in client.get("/so-loi-hen?don_vi=99").text
    assert client.get("/so-loi-hen?trang=99").status_code == 404
    assert client.get("/so-loi-hen?don_vi=x&xem=x&linh_vuc=x&trang=x").status_code == 200
    first, second = (page(client.get(f"/so-loi-hen?xem=late&trang={number}")).links() for number in (1, 2))
    shown = [{link for link in links if link.startswith("/so-loi-hen/")} for links in (first, second)]
    assert len(shown[0] | shown[1]) == 38
    assert "/so-loi-hen?trang=2&xem=late#danh-sach" in first


def test_rates_of_few_are_not_told(client: Client, unit: Unit) -> None:
    for number in range(2):
        make.done(make.promise(unit, askers=[make.asker(f"question:{number}")]))
        actions.verdict(number + 1, f"question:{number}", "yes")
    text = client.get("/so-loi-hen").text
    assert text.count("còn ít, chưa tính") == 4
    assert "100%" not in text
    make.done(make.promise(unit, askers=[]))
    make.promise(unit, due=date(2026, 12, 7))  # overdue and not done: it counts
    text = client.get("/so-loi-hen").text
    assert "75%" in text
    assert "3 trong 4 việc đã tới hẹn" in text
    assert text.count("còn ít, chưa tính") == 2


def test_nothing_late_is_said_plainly(client: Client, promise: Promise, travel: time_machine.Traveller) -> None:
    assert "Hiện không có lời hẹn nào trễ." in client.get("/so-loi-hen").text
    travel.shift(timedelta(days=8))
    text = client.get("/so-loi-hen").text
    assert "Hiện không có lời hẹn nào trễ." not in text
    assert "Trễ 1 ngày" in text


# -- one promise ------------------------------------------------------------------------------------------------------


def test_one_promise_tells_everything_but_the_askers_own_words(app: Flask, client: Client, promise: Promise) -> None:
    actions.postpone(promise.id, date(2026, 12, 28), "Vật tư về trễ", 0, "unit:1")
    actions.wait(promise.id, "Sở Công Thương", 1, "unit:1")
    assert "Sở Công Thương" in client.get(f"/so-loi-hen/{promise.id}").text
    actions.resume(promise.id, "unit:1")
    row = queries.by_number(promise.id)
    make.done(row, happened_on=date(2026, 12, 11), evidence=make.kept(make.picture()))
    actions.verdict(promise.id, make.ABOUT, "partly", SAID)
    warm(app)
    with count_queries() as seen:
        answer = client.get(f"/so-loi-hen/{promise.id}")
    assert len(seen) <= 5, seen
    text = " ".join(page(answer).texts)
    for told in (
        "Kho lạnh thiếu điện ba pha", "Hợp tác xã rau Long Hưng", "Kéo điện ba pha đến kho lạnh", "Điện lực", "Vật tư về trễ",
        "dời từ 21/12 sang 28/12", "chờ nơi khác, đồng hồ dừng", "Sở Công Thương", "Đã xong thứ\xa0Sáu 11/12/2026.",
        "Ghi vào sổ thứ\xa0Hai 14/12/2026.", "412/ĐL", "Đã đóng điện.", "Gỡ được một phần.", "Tệp 1 (ảnh, 1 KB)",
    ):  # fmt: skip
        assert " ".join(told.split()) in text, told
    for root in ("", "/en"):
        for address in (f"/so-loi-hen/{promise.id}", "/so-loi-hen", "/so-loi-hen.csv", "/so-loi-hen.atom"):
            shown = client.get(root + address).text
            assert SAID not in shown
            assert "hoi@example.vn" not in shown
            assert "secret" not in shown
            assert make.ABOUT not in shown


def test_a_private_promise_is_nowhere(client: Client, unit: Unit) -> None:
    row = make.promise(unit, what="Bí mật bên trong", raised="Chuyện kín", raised_by="Cơ sở giấu tên", public=False)
    make.done(row, text="Kết quả kín", evidence=make.kept(make.picture()))
    open_one = make.promise(unit, what="Bí mật còn mở", raised="", raised_by="", public=False, due=date(2026, 12, 7))
    token, kept = staff.unit_token(unit), queries.files(row.id)[0]
    hidden = [f"/so-loi-hen/{row.id}", f"/so-loi-hen/{row.id}/tep/{kept.id}", f"/so-loi-hen/don-vi/{token}/{open_one.id}"]
    assert [client.get(address).status_code for address in hidden] == [404] * 3
    assert client.post(f"/so-loi-hen/don-vi/{token}/{open_one.id}/lam-tiep").status_code == 404
    for address in ("/so-loi-hen", "/so-loi-hen.csv", "/so-loi-hen.atom", f"/so-loi-hen/don-vi/{token}"):
        for root in ("", "/en"):
            text = client.get(root + address).text
            assert not [word for word in ("Bí mật", "kín", "giấu tên") if word in text]
    assert queries.totals() == rules.Counts()
    assert queries.unfinished(9) == queries.of_occasion("meeting:1") == queries.kept_cases("", 9) == []


def test_a_paper_is_saved_never_shown(client: Client, promise: Promise) -> None:
    for content in (make.picture(), make.pdf()):
        actions.add_evidence(promise.id, make.kept(content), "unit:1")
    for kept in queries.files(promise.id):
        address = f"/so-loi-hen/{promise.id}/tep/{kept.id}"
        answer = client.get(address)
        assert answer.headers["Content-Disposition"] == f"attachment; filename={kept.name}"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == kept.media_type
        assert len(answer.data) == kept.size
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"/so-loi-hen/{promise.id + 1}/tep/{kept.id}").status_code == 404
    assert client.get(f"/so-loi-hen/{promise.id}/tep/{kept.id + 1}").status_code == 404


# -- for machines -----------------------------------------------------------------------------------------------------


def test_the_table_holds_every_promise_and_no_formula(app: Flask, client: Client, unit: Unit) -> None:
    many(unit)
    make.promise(unit, what="=HYPERLINK(1)", raised="@cmd", raised_by="+84")
    warm(app)
    with count_queries() as seen:
        answer = client.get("/so-loi-hen.csv")
    assert len(seen) <= 3
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 301
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]
    assert (rows[0]["Lời hẹn"], rows[0]["Ai nêu"], rows[0]["Địa chỉ"]) == (
        "'=HYPERLINK(1)",
        "'+84",
        "https://hen.example/so-loi-hen/301",
    )
    late = {row["Sớm (+) hay trễ (-) mấy ngày"] for row in rows if row["Tình trạng"] == "Trễ hẹn"}
    assert late == {"-13"}
    assert len(list(csv.reader(io.StringIO(client.get("/so-loi-hen.csv?xem=late").text)))) == 39
    english = next(csv.reader(io.StringIO(client.get("/en/so-loi-hen.csv").data.decode("utf-8-sig"))))
    assert english[0] == "No."


def test_the_feed_is_a_feed(app: Flask, client: Client, promise: Promise) -> None:
    actions.postpone(promise.id, date(2026, 12, 28), "Vật tư & nhân công <trễ>", 0, "unit:1")
    warm(app)
    with count_queries() as seen:
        answer = client.get("/so-loi-hen.atom")
    assert len(seen) == 1
    assert answer.mimetype == "application/atom+xml"
    atom = {"a": "http://www.w3.org/2005/Atom"}
    feed = ElementTree.fromstring(answer.data)
    entries = feed.findall("a:entry", atom)
    assert [entry.findtext("a:title", "", atom) for entry in entries] == [
        "Lời hẹn số 1: dời từ 21/12 sang 28/12", "Lời hẹn số 1: hẹn xong trước hết ngày 21/12",
    ]  # fmt: skip
    assert "Vật tư & nhân công <trễ>" in entries[0].findtext("a:content", "", atom)
    assert len({entry.findtext("a:id", "", atom) for entry in entries}) == 2
    assert feed.findtext("a:updated", "", atom) == "2026-12-14T02:00:00+00:00"


@pytest.mark.parametrize("address", ["/so-loi-hen.csv", "/so-loi-hen.atom", "/en/so-loi-hen.atom"])
def test_caches_may_keep_them_and_ask_again(client: Client, promise: Promise, address: str) -> None:
    answer = client.get(address)
    assert "max-age=600" in answer.headers["Cache-Control"]
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    make.done(promise)
    assert client.get(address, headers=tag).status_code == 200


def test_an_empty_feed_is_one_too(app: Flask, client: Client) -> None:
    assert ElementTree.fromstring(client.get("/so-loi-hen.atom").data).tag.endswith("feed")


# -- a unit's own -----------------------------------------------------------------------------------------------------


def own(unit: Unit, row: Promise | None = None) -> str:
    return f"/so-loi-hen/don-vi/{staff.unit_token(unit)}" + (f"/{row.id}" if row else "")


def test_a_unit_keeps_its_promise_through_its_link(app: Flask, client: Client, unit: Unit, promise: Promise) -> None:
    warm(app)
    addresses = own(unit), own(unit, promise)
    with count_queries() as seen:
        answer = client.get(addresses[0])
    assert len(seen) <= 3
    assert '<meta name="robots" content="noindex">' in answer.text
    with count_queries() as seen:
        shown = client.get(addresses[1])
    assert len(seen) <= 5, seen
    picture = (io.BytesIO(make.picture()), "../../<script>.php")
    answer = client.submit(
        shown, {"happened_on": "2026-12-11", "number": "412/ĐL", "text": "Đã đóng điện.", "file": picture}, action="/xong"
    )
    assert (answer.status_code, answer.location) == (303, own(unit, promise))
    row = queries.by_number(promise.id)
    db.session.refresh(row)
    assert (row.done_on, row.proof_number) == (date(2026, 12, 11), "412/ĐL")
    (kept,) = queries.files(row.id)
    assert kept.name.startswith("loi-hen-1-")
    assert kept.name.endswith(".jpg")
    assert queries.history(row.id)[1].actor == f"unit:{unit.id}"
    assert "Đã báo xong" in client.get(own(unit, promise)).text


def test_postpone_wait_and_go_on(client: Client, unit: Unit, promise: Promise, travel: time_machine.Traveller) -> None:
    answer = client.submit(own(unit, promise), {"reason": "Vật tư về trễ"}, action="/doi-ngay")
    assert answer.status_code == 303
    row = queries.by_number(promise.id)
    db.session.refresh(row)
    assert row.due == date(2026, 12, 28)  # the proposed day: a week later, a working day
    assert client.submit(own(unit, promise), {"whom": "Sở Công Thương"}, action="/cho").status_code == 303
    travel.shift(timedelta(days=2))
    assert "đồng hồ dừng, hẹn dời tới 30/12" in " ".join(page(client.get(own(unit, promise))).texts)
    assert client.submit(own(unit, promise), action="/lam-tiep").status_code == 303
    db.session.refresh(row)
    assert row.due == date(2026, 12, 30)


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(client: Client, unit: Unit, promise: Promise) -> None:
    sent = {"happened_on": "2026-12-20", "number": "412/ĐL", "text": "Đã đóng điện.", "file": (io.BytesIO(b"x"), "x.pdf")}
    answer = client.submit(own(unit, promise), sent, action="/xong")
    assert answer.status_code == 422
    assert "Chỉ nhận tệp PDF hoặc ảnh" in answer.text
    assert 'value="412/ĐL"' in answer.text
    assert "Đã đóng điện.</textarea>" in answer.text
    answer = client.submit(own(unit, promise), sent | {"file": None}, action="/xong")
    assert "Ngày xong chưa đến" in answer.text
    answer = client.submit(own(unit, promise), {"day": "2026-12-26", "reason": "Mưa"}, action="/doi-ngay")
    assert (answer.status_code, "Ngày này không làm việc" in answer.text) == (422, True)
    assert 'value="2026-12-26"' in answer.text
    assert queries.history(promise.id)[-1].kind == "made"


def test_somebody_was_faster(client: Client, unit: Unit, promise: Promise) -> None:
    """The page says so, keeps what was typed, and the next press has seen it."""
    shown = client.get(own(unit, promise))
    actions.wait(promise.id, "Sở Công Thương", 0, "officer:1")
    answer = client.submit(shown, {"text": "Đã đóng điện."}, action="/xong")
    assert answer.status_code == 409
    assert "Vừa có người cập nhật lời hẹn này" in answer.text
    assert client.submit(answer, action="/xong").status_code == 303
    answer = client.submit(shown, {"reason": "Mưa", "day": "2026-12-26"}, action="/doi-ngay")  # its form is gone meanwhile
    assert (answer.status_code, "Việc này đã được ghi là xong" in answer.text) == (409, True)


@pytest.mark.parametrize("size", [5_000_001, 14_000_000])
def test_a_file_too_large_gets_its_form_back(client: Client, unit: Unit, promise: Promise, size: int) -> None:
    file = (io.BytesIO(make.picture() + b"\0" * size), "x.jpg")
    answer = client.submit(own(unit, promise), {"text": "Đã đóng điện.", "file": file}, action="/xong")
    assert (answer.status_code, "Tệp lớn quá 5 MB" in answer.text) == (422, True)
    assert "Đã đóng điện.</textarea>" in answer.text


def test_a_file_far_too_large_is_not_read(client: Client, unit: Unit, promise: Promise) -> None:
    token = page(client.get(own(unit, promise))).form("/xong").values()["csrf_token"][0]
    file = (io.BytesIO(b"\0" * 16_000_000), "x.jpg")
    assert client.post(own(unit, promise) + "/xong", data={"csrf_token": token, "file": file}).status_code == 413
    file = (io.BytesIO(b"\0" * 2_000_000), "x.jpg")
    assert client.post("/so-loi-hen/don-vi/x/1/xong", data={"file": file}).status_code == 404  # a stranger's is not looked at


def test_text_under_the_files_name_is_no_file(client: Client, unit: Unit, promise: Promise) -> None:
    answer = client.submit(own(unit, promise), {"file": "%PDF-1.7"}, action="/xong")
    assert "Ghi số văn bản, hoặc viết đã làm gì" in answer.text
    data = {"csrf_token": page(answer).form("/xong").values()["csrf_token"][0], "text": (io.BytesIO(b"Xong"), "x.txt")}
    assert client.post(own(unit, promise) + "/xong", data=data).status_code == 422


def test_only_the_right_link_opens_anything(app: Flask, client: Client, unit: Unit, promise: Promise) -> None:
    other = make.unit("Cấp nước")
    good = staff.unit_token(unit)
    staff_actions.renew_unit_link(unit.id, 1)
    db.session.rollback()
    fresh = staff.unit_token(db.session.get_one(Unit, unit.id, populate_existing=True))
    spoilt = [good, fresh[:-1], fresh + "x", "X" + fresh[1:], "nonsense", str(unit.id), "é%00", staff.links().dumps([unit.id, 2])]
    before, pages = world.rows(), set()
    for token in spoilt:
        for path in ("", f"/{promise.id}", f"/{promise.id}/xong"):
            answer = client.open(f"/so-loi-hen/don-vi/{token}{path}", method="POST" if path.endswith("xong") else "GET")
            assert answer.status_code == 404, token
            pages.add(answer.text.replace(token, ""))
    # Another unit's link opens its own page, not this promise.
    assert client.get(own(other)).status_code == 200
    assert client.get(f"{own(other)}/{promise.id}").status_code == 404
    assert client.post(f"{own(other)}/{promise.id}/xong").status_code == 404
    assert world.rows() == before
    assert client.get(f"/so-loi-hen/don-vi/{fresh}").status_code == 200
    assert not [text for text in pages if "Kéo điện" in text or "Điện lực" in text]


def test_a_unit_that_is_no_longer_asked_has_no_link(client: Client, unit: Unit) -> None:
    address = own(unit)
    with transaction() as session:
        session.get_one(Unit, unit.id).active = False
    assert client.get(address).status_code == 404


# -- for other rooms --------------------------------------------------------------------------------------------------


def test_what_opens_the_next_agenda(unit: Unit) -> None:
    late = make.promise(unit, occasion="meeting:1", occasion_on=date(2026, 11, 7), due=date(2026, 11, 20), what="Cũ")
    make.promise(unit, what="Mới")
    make.done(make.promise(unit, what="Xong"))
    assert [entry.promise.what for entry in queries.unfinished(9)] == ["Cũ", "Mới"]
    assert [entry.promise.what for entry in queries.unfinished(9, before=make.SATURDAY)] == ["Cũ"]
    with count_queries() as seen:
        (entry,) = queries.unfinished(1)
    assert len(seen) <= 2
    assert (entry.promise.id, entry.standing, entry.promise.unit.name) == (late.id, "late", "Điện lực")


def test_what_others_ask_for(unit: Unit) -> None:
    row = make.promise(unit, occasion="meeting:2")
    assert [entry.promise.id for entry in queries.of_occasion("meeting:2")] == [row.id]
    assert [(entry.promise.id, asker.verdict) for entry, asker in queries.of_about(make.ABOUT)] == [(row.id, "")]
    assert queries.of_about("question:99") == []
    make.done(row)
    assert queries.kept_cases("power", 5) == []
    actions.verdict(row.id, make.ABOUT, "yes")
    assert [row.id for row in queries.kept_cases("power", 5)] == [row.id]
    assert queries.kept_cases("tax", 5) == []
    assert [(one.name, counts.on_time, counts.yes) for one, counts in queries.counts_by_unit()] == [("Điện lực", 1, 1)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PromiseEvent)) == 3
