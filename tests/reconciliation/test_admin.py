"""The register in a browser: files handed in, looked at and taken in; findings; the list given back; the unit's page."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from app import clock
from app.db import db, transaction
from app.dossiers.models import Dossier
from app.offices import actions as offices
from app.offices.models import Office
from app.outbox.models import Message
from app.reconciliation import actions, imports, queries
from app.reconciliation.models import Finding, MachineRow, Urging
from app.staff.queries import unit_token
from tests.page import Client, count_queries, page
from tests.reconciliation import make

HOME = "/can-bo/doi-soat"
A, B, C = (make.code(number, make.TODAY.replace(day=1)) for number in (1, 2, 3))
ROWS = [make.row(A, "01/07/2020", "06/07/2020", officer="Trần Thị Lệ Hà", unit="Tư pháp – Hộ tịch"),
        make.row(B, "01/07/2020", "07/07/2020", "08/07/2020", officer="Trần Thị Lệ Hà", unit="Tư pháp – Hộ tịch"),
        make.row(C, "01/07/2020", "08/07/2020", "08/07/2020")]  # fmt: skip


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2020, 7, 9, 3, tzinfo=UTC), tick=False) as clock_at:  # Thursday, 10:00
        yield clock_at


@pytest.fixture
def officer(app: Flask, client: Client) -> Client:
    offices.seed_holidays([2020])
    make.people()
    client.sign_in("counter")
    return client


def hand_in(client: Client, content: bytes, kind: str = "danh-sach", name: str = "x.csv") -> TestResponse:
    form = page(client.get(f"{HOME}/nhap")).form(action=f"/nhap/{kind}")
    return client.post(
        form.action, data=form.values() | {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )


def take_in(client: Client, content: bytes, kind: str = "danh-sach") -> TestResponse:
    shown = client.get(hand_in(client, content, kind).location)
    return client.submit(shown, having=None, action="/nhap/")


def piles() -> dict[str, int]:
    db.session.rollback()
    return queries.counts(queries.Scope(), clock.today())


def test_from_a_list_to_a_finding_to_the_clicks(officer: Client) -> None:
    looked = officer.get(hand_in(officer, make.listed(ROWS)).location)
    assert "Thêm mới" in looked.text
    assert db.session.scalars(sa.select(MachineRow)).all() == []  # only looked at
    assert officer.submit(looked, action="/nhap/").status_code == 303
    assert piles() == {"in_time": 0, "nothing": 2, "late": 0, "excused": 0, "all": 3}
    shown = officer.get(f"{HOME}/")
    assert A in shown.text
    assert B in shown.text
    assert C not in shown.text
    found = {"codes": [A, B], "verdict": "in_time", "handed": "06/07/2020", "evidence": "signature", "proof": "tr. 12"}
    done = officer.submit(shown, found, having="proof")
    assert done.status_code == 303
    assert piles() == {"in_time": 2, "nothing": 0, "late": 0, "excused": 0, "all": 3}
    again = officer.post(done.request.path, data=page(officer.get(f"{HOME}/?xem=in_time")).form(having="proof").values() | found)
    assert again.status_code == 303
    assert len(db.session.scalars(sa.select(Finding)).all()) == 2  # the same again is nothing new
    given = officer.get(f"{HOME}/tai-ve.xlsx?xem=in_time")
    sheet = load_workbook(io.BytesIO(given.data)).active
    assert [sheet["A2"].value, sheet["E2"].value.date(), sheet["G2"].value] == [A, make.TODAY.replace(day=6), "tr. 12"]
    assert "Máy ghi" in officer.get(f"{HOME}/ma/{A}").text
    assert "tr. 12" in officer.get(f"{HOME}/tai-ve.csv?xem=in_time").text
    assert "100" in officer.get(f"{HOME}/so-lieu").text


def test_nobody_calls_in_time_what_was_late(officer: Client) -> None:
    take_in(officer, make.listed(ROWS))
    found = {"codes": [A, B], "verdict": "in_time", "handed": "07/07/2020", "evidence": "signature", "proof": "tr. 12"}
    refused = officer.submit(f"{HOME}/", found, having="proof")
    assert refused.status_code == 422
    assert "trễ thật" in refused.text
    assert 'value="tr. 12"' in refused.text
    assert refused.text.count(" checked") == 2
    assert piles()["in_time"] == 0


def test_the_signed_book(officer: Client) -> None:
    take_in(officer, make.listed(ROWS))
    book = make.listed([[A, "06/07/2020", "Lê Thị Bé", "tr. 3"], [B, "08/07/2020", "", "tr. 4"]], make.BOOK)
    assert take_in(officer, book, "so-ky-nhan").status_code == 303
    assert piles() == {"in_time": 1, "nothing": 0, "late": 1, "excused": 0, "all": 3}
    assert imports.take_returns(book).added == 0


def test_faults_are_named_line_by_line_and_nothing_is_taken_in(officer: Client) -> None:
    bad = [ROWS[0], make.row("TA-482-716-305", "01/07/2020", "06/07/2020"), make.row(A, "01/07/2020", "06/07/2020"),
           make.row(B, "31/02/2020", "", status="xong")]  # fmt: skip
    looked = officer.get(hand_in(officer, make.listed(bad)).location)
    for line, words in ((3, "Mã hồ sơ có dạng"), (4, "đã có ở dòng 2"), (5, "31/02/2020"), (5, "để trống"), (5, "xong")):
        rows = [row.words for row in page(looked).all("tr")]
        assert any(text.startswith(str(line)) and words in text for text in rows), (line, words)
    assert officer.submit(looked, action="/nhap/").status_code in {303, 422}
    assert db.session.scalars(sa.select(MachineRow)).all() == []


def test_unknown_headings_are_asked_for_once(officer: Client) -> None:
    header = ("Cột 1", "Cột 2", "Cột 3", "Cột 4")
    content = make.listed([[A, "01/07/2020", "06/07/2020", ""]], header)
    asked = officer.get(hand_in(officer, content).location)
    assert "Chọn cột cho mã hồ sơ" in asked.text
    chosen = dict(zip(("code", "received", "promised", "finished"), (name.casefold() for name in header), strict=True))
    assert officer.submit(asked, chosen, action="/nhap/").status_code == 303
    more = make.listed([[B, "01/07/2020", "06/07/2020", ""]], header)
    assert "Chọn cột cho mã hồ sơ" not in officer.get(hand_in(officer, more).location).text


def test_a_workbook_with_a_title_merged_cells_and_real_dates(officer: Client) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["DANH SÁCH HỒ SƠ QUÁ HẠN"])
    sheet.merge_cells("A1:E1")
    sheet.append([])
    sheet.append(["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày xử lý xong"])
    sheet.append([1, A, datetime(2020, 7, 1, 8, 30), datetime(2020, 7, 6), None])  # noqa: DTZ001  as a spreadsheet has it
    file = io.BytesIO()
    book.save(file)
    take_in(officer, file.getvalue())
    (row,) = db.session.scalars(sa.select(MachineRow)).all()
    assert clock.local(row.received_at).strftime("%d/%m %H:%M") == "01/07 08:30"
    assert clock.local(row.promised_at).strftime("%d/%m %H:%M") == "06/07 17:00"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02", "mã hồ sơ".encode("utf-16"), b"M\xe3\xff\xfe", b"PK\x03\x04" + b"x" * 99, b"<html><table>",
     b"a" * 5_000_001, b"code,received\n" + b"=1+1,\n" * 10],
)  # fmt: skip
def test_hostile_files_get_a_sentence(officer: Client, content: bytes) -> None:
    answer = hand_in(officer, content)
    if answer.status_code == 303:  # a table, but with columns it cannot use: said on the next page
        answer = officer.get(answer.location)
        assert 'role="alert"' in answer.text
    else:
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert db.session.scalars(sa.select(MachineRow)).all() == []


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return file.getvalue()


def plain() -> bytes:
    return workbook([make.HEADER, make.row(A, "01/07/2020", "06/07/2020")])


# What somebody may hand in, and words of the sentence it gets.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a million rows": (
        lambda: with_part(plain(), "xl/worksheets/sheet9.xml", b"<row><c><v>1</v></c></row>" * 2_000_000), "quá lớn khi mở ra",
    ),
    "more rows than a list has": (lambda: make.listed([[A, "01/07/2020"]] * 60_001, make.BOOK), "quá 60000 dòng"),
    "a zip bomb": (lambda: with_part(plain(), "xl/media/x.bin", bytes(60_000_000)), "quá lớn khi mở ra"),
    "macros": (lambda: with_part(plain(), "xl/vbaProject.bin", b"Attribute VB_Name"), "macro"),
    "entities": (lambda: with_part(plain(), "xl/x.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "không được phép"),
    "an old encoding": (lambda: b"M\xb7 h\xe5 s\xac,Ng\xb5y\n", "UTF-8"),
    "formulas": (lambda: workbook([make.HEADER, make.row("=A1", "=TODAY()", "=NOW()")]), "Mã hồ sơ"),
    "formulas as text": (lambda: make.listed([make.row("=HYPERLINK(1)", "=TODAY()", "06/07/2020")]), "Mã hồ sơ"),
    "wrong types": (lambda: workbook([make.HEADER, make.row("", True, 3.5, -1)]), "không phải ngày giờ"),
    "dates that are none": (lambda: make.listed([make.row(A, "31/06/2020", "hôm qua")]), "không phải ngày giờ"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_workbooks_get_their_sentence(officer: Client, what: str) -> None:
    made, words = HOSTILE[what]
    answer = hand_in(officer, made(), name="x.xlsx")
    if answer.status_code == 303:
        answer = officer.get(answer.location)
    alerts = [one.words for one in page(answer).all("div", "td") if one.attrs.get("role") == "alert" or one.tag == "td"]
    assert any(words in text for text in alerts), (what, answer.status_code, alerts[:4])
    assert db.session.scalars(sa.select(MachineRow)).all() == []


def test_dates_as_text_and_as_dates_are_the_same_list(officer: Client) -> None:
    take_in(officer, workbook([make.HEADER, make.row(A, "01/07/2020 08:30", "06/07/2020")]))
    first = db.session.scalars(sa.select(MachineRow)).one().received_at
    real = make.row(A, datetime(2020, 7, 1, 8, 30), datetime(2020, 7, 6))  # noqa: DTZ001  as a spreadsheet has it
    take_in(officer, workbook([make.HEADER, real]))
    db.session.rollback()
    assert db.session.scalars(sa.select(MachineRow)).one().received_at == first


def test_a_finding_does_not_contradict_itself_nor_the_counter(officer: Client) -> None:
    take_in(officer, make.listed(ROWS))
    found = {"codes": [A], "verdict": "late", "handed": "06/07/2020", "evidence": "receipt", "proof": "12"}
    refused = officer.submit(f"{HOME}/", found, having="proof")
    assert "không phải trễ thật" in refused.text
    with transaction() as session:
        office = Office(slug="x", name="x", name_en="x", level="ward", code_letters="XX")
        session.add(office)
        session.flush()
        moment = clock.at(make.TODAY.replace(day=6), time(9))
        session.add(
            Dossier(code=A, office_id=office.id, owner="Lê Thị Bé", matter="Khai sinh", received_at=moment - timedelta(days=5),
                    promised_at=moment, due_at=moment, finished_at=moment, handed_at=moment)
        )  # fmt: skip
    assert piles()["in_time"] == 1  # the counter's own paper is enough
    said = {"verdict": "in_time", "handed": "05/07/2020"}
    refused = officer.submit(f"{HOME}/?xem=in_time", found | said, having="proof")
    assert refused.status_code == 422
    assert "đã trả ngày" in refused.text
    book = make.listed([[A, "05/07/2020", "Lê Thị Bé", "tr. 3"]], make.BOOK)
    assert imports.take_returns(book).errors
    assert db.session.scalars(sa.select(Finding)).all() == []


def test_a_whole_page_is_chosen_at_once(officer: Client) -> None:
    take_in(officer, make.listed(ROWS))
    shown = officer.get(f"{HOME}/")
    (way,) = [link for link in page(shown).links() if "chon=1" in link]
    chosen = page(officer.get(way)).form(having="proof").values()["codes"]
    assert chosen == [A, B]


def test_pages_cost_few_queries(officer: Client) -> None:
    rows, _book = make.half_year()
    make.taken(rows[:2_000])
    unit_id = db.session.scalars(sa.select(MachineRow.unit_id).where(MachineRow.unit_id.is_not(None)).limit(1)).one()
    pages = {"/": 5, "/?xem=in_time": 5, "/so-lieu": 8, "/nhap": 5, f"/don-vi/{unit_id}/don-doc": 5}
    for path, most in pages.items():
        officer.get(HOME + path)
        with count_queries() as seen:
            assert officer.get(HOME + path).status_code == 200
        assert len(seen) <= most, (path, seen)


# -- chasing ----------------------------------------------------------------------------------------------------------


def letters(kind: str) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).where(Message.kind == kind)))


def test_officers_hear_at_four_what_they_have_not_clicked(officer: Client, travel: time_machine.Traveller) -> None:
    take_in(officer, make.listed(ROWS))
    actions.find([A], actions.Found("in_time", "a", queries.item(A, clock.today()).row.promised_at, "receipt", "12"))  # type: ignore[union-attr]
    actions.remind_of_clicks()
    assert letters("clicks") == []  # it is ten o'clock
    travel.move_to(datetime(2020, 7, 9, 9, tzinfo=UTC))
    for _time in range(3):
        actions.remind_of_clicks()
    (letter,) = letters("clicks")
    assert letter.recipient == "ha@example.vn"
    assert [item["code"] for item in letter.facts["items"]] == [A]
    travel.move_to(datetime(2020, 7, 11, 9, tzinfo=UTC))  # Saturday
    assert actions.remind_of_clicks() == 0


def test_a_unit_is_urged_once_a_week_and_its_head_told(officer: Client, travel: time_machine.Traveller, client: Client) -> None:
    take_in(officer, make.listed(ROWS))
    for _time in range(3):
        actions.urge_units()
    (letter,) = letters("urged")
    assert letter.recipient == "tuphap@example.vn"
    unit = db.session.get(make.Unit, db.session.scalars(sa.select(Urging.unit_id)).one())
    assert unit is not None
    travel.shift(timedelta(days=1))
    actions.urge_units()
    assert letters("urged_head") == []
    officer.sign_in("leader")
    assert "chưa báo nhận" in officer.get(f"{HOME}/so-lieu").text
    travel.shift(timedelta(days=3))  # Monday: two working days
    actions.urge_units()
    assert [one.recipient for one in letters("urged_head")] == ["truong@example.vn"]
    assert len(letters("urged")) == 2  # a new week
    stranger = Client(client.application, client.application.response_class)
    shown = stranger.get(f"/doi-soat/{unit_token(unit)}")
    assert A in shown.text
    assert "Nguyễn Văn Mẫu" not in shown.text
    for form in page(shown).forms[-2:]:  # this week's and the last one's
        assert stranger.post(form.action, data=form.values()).status_code == 303
    assert db.session.scalars(sa.select(Urging).where(Urging.acknowledged_at.is_not(None))).all()
    assert stranger.get(f"/doi-soat/{unit_token(unit)}x").status_code == 404
    officer.sign_in("counter")
    assert "Kính gửi" in officer.get(f"{HOME}/don-vi/{unit.id}/don-doc").text
