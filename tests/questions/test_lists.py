"""An association's list: read, named line by line, entered whole or not at all, the same file twice once."""

import io
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from app import sheets
from app.db import db, transaction
from app.meetings import actions as seats
from app.meetings.models import Meeting, Question, SignUp
from app.questions import registering
from app.questions.models import QuestionList
from tests.meetings import make as business
from tests.page import Client, page
from tests.questions import make

LISTS = "/can-bo/thu-bay/2026-12-05/nhap"
HEADER = "Tên cơ sở,Người dự,Điện thoại,Thư điện tử,Mã số thuế,Số chỗ,Câu hỏi,Câu hỏi về,Ai được đọc,Cách trả lời"
GOOD = (
    "Tiệm may Hồng Thắm,Lê Hồng Thắm,0912 000 001,tham@example.vn,,1,,,,",
    "Vựa trái cây Út Mười,Đặng Văn Mười,0912 000 002,,1800278630,2,Mất mùa xoài có được giãn nợ không?,vay vốn,Hiện tên,",
    "Quán cơm Cô Ba,Phạm Thị Ba,0912 000 003,,,,Chuyện riêng với lãnh đạo,,chỉ lãnh đạo đọc,Gọi lại cho tôi",
)


@pytest.fixture
def office(app: Flask, meeting: Meeting) -> Client:
    client = Client(app, app.response_class)
    client.sign_in("secretary")
    return client


def upload(office: Client, content: bytes | str, name: str = "danh sách.csv") -> TestResponse:
    token = page(office.get(LISTS)).form(having="csrf_token", action=LISTS).values()["csrf_token"][0]
    body = content.encode() if isinstance(content, str) else content
    return office.post(LISTS, data={"csrf_token": token, "file": (io.BytesIO(body), name)})


def table(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines))


def entered() -> tuple[int, int]:
    return db.session.query(SignUp).count(), db.session.query(Question).count()


def words(office: Client) -> str:
    return " ".join(page(office.last).texts)


def test_a_list_is_looked_at_before_it_is_entered_whole(office: Client, meeting: Meeting) -> None:
    answer = upload(office, table(*GOOD))
    assert answer.status_code == 303
    assert entered() == (0, 0)
    office.get(answer.location)
    assert "3 dòng mới" in words(office)
    assert "3 chỗ" in words(office)
    assert "Chuyện riêng" not in office.last.text
    assert office.submit(answer.location).status_code == 303
    office.get(answer.location)
    assert "Đã ghi 3 dòng." in words(office)
    assert entered() == (2, 2)
    fruit, meal = db.session.scalars(sa.select(Question).order_by(Question.id)).all()
    assert (fruit.field, fruit.openness, fruit.wish, fruit.channel) == ("credit", "named", "come", "list")
    assert (meal.openness, meal.wish, meal.sign_up_id) == ("private", "call", None)
    assert fruit.sign_up is not None
    assert (fruit.sign_up.seats, fruit.sign_up.tax_code, fruit.sign_up.channel) == (2, "1800278630", "list")
    kept = db.session.scalars(sa.select(QuestionList)).one()
    assert (kept.rows, kept.entered) == ([], 3)  # people's data go as soon as they stand where they belong


def test_the_same_file_twice_and_a_second_press_change_nothing(office: Client, meeting: Meeting) -> None:
    first = upload(office, table(*GOOD)).location
    form = page(office.get(first)).form().values()
    for _press in range(2):
        assert office.post(first, data=form).status_code == 303
    seats.give_up(db.session.scalars(sa.select(SignUp.code).order_by(SignUp.id)).first() or "")
    second = upload(office, table(*reversed(GOOD), header=HEADER)).location
    office.get(second)
    assert "Không có gì mới" in words(office)
    office.submit(second)
    assert entered() == (2, 2)
    assert db.session.query(SignUp).filter_by(state="given_up").count() == 1  # who gave up is not brought back


BAD = (
    (",Người,0912000009,,,1,,,,", "Tên cơ sở: Ghi tên doanh nghiệp"),
    ("Tiệm,,0912000009,,,1,,,,", "Người dự: Ghi họ và tên."),
    ("Tiệm,Người,0912,,,1,,,,", "Điện thoại: Số điện thoại cần 10 số, đang có 4 số."),
    ("Tiệm,Người,0912000009,thu,,1,,,,", "Thư điện tử: Địa chỉ thư chưa đúng."),
    ("Tiệm,Người,0912000009,,123,1,,,,", "Mã số thuế: Mã số thuế có 10 số"),
    ("Tiệm,Người,0912000009,,,hai,,,,", "Số chỗ: Số chỗ là một số"),
    ("Tiệm,Người,0912000009,,,9,,,,", "Mỗi nơi đăng ký được từ 1 đến 3 người."),
    ("Tiệm,Người,0912000009,,,,,,,", "Dòng này không xin chỗ cũng không có câu hỏi."),
    ("Tiệm,Người,0912000009,,,1,Câu,thuế má,,", "“thuế má” không có trong"),
    ("Tiệm,Người,0912000009,,,1,Câu,,ai cũng được,", "“ai cũng được” không có trong"),
    ("Tiệm,Người,0912000009,,,1,Câu,,,gửi thư", "“gửi thư” không có trong"),
    ("Tiệm,Người,0912000001,,,1,,,,", "Số điện thoại này đã có chỗ ở dòng 2."),
    ("Tiệm,Người,0912999999,,,1,,,,", "Số điện thoại này đã có chỗ kỳ này."),
)


@pytest.mark.parametrize(("line", "sentence"), BAD)
def test_a_bad_line_is_named_and_nothing_is_entered(office: Client, meeting: Meeting, line: str, sentence: str) -> None:
    business.sign_up(meeting, 99, phone="+84912999999")
    answer = upload(office, table(*GOOD, line))
    assert answer.status_code == 422
    assert "Dòng 5" in words(office)
    assert sentence in words(office)
    assert "Dòng 3" not in words(office)
    assert entered() == (1, 0)
    assert db.session.query(QuestionList).count() == 0


def test_every_bad_line_is_named(office: Client, meeting: Meeting) -> None:
    upload(office, table(*(line for line, _sentence in BAD[:6])))
    assert [f"Dòng {number}" in words(office) for number in range(1, 9)] == [False, *[True] * 6, False]


def test_what_changed_since_it_was_read_stops_the_whole_list(office: Client, meeting: Meeting) -> None:
    address = upload(office, table(*GOOD)).location
    form = page(office.get(address)).form().values()
    business.sign_up(meeting, 9, phone="+84912000002")
    assert office.post(address, data=form).status_code == 422
    assert "Dòng 3" in words(office)
    assert entered() == (1, 0)


def test_a_failure_at_the_last_line_leaves_nothing_of_the_first(office: Client, meeting: Meeting) -> None:
    upload(office, table(*GOOD))
    with transaction() as session:
        kept = session.scalars(sa.select(QuestionList)).one()
        kept.rows = [*kept.rows[:-1], kept.rows[-1] | {"applicant": kept.rows[-1]["applicant"] | {"contact": None}}]
    with pytest.raises(sa.exc.IntegrityError):
        registering.enter_list(kept.id)
    assert entered() == (0, 0)
    assert db.session.scalars(sa.select(QuestionList.entered_at)).one() is None


def test_english_headers_and_a_workbook(office: Client, meeting: Meeting) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Business name", "Contact", "Phone", "Seats", "Question", "Field", "Openness", "Wish", "Tax code", "Ghi chú"])
    sheet.append(["Tiệm may", "Lê Thắm", 912000001, 1, make.SIGN, "building", "named", "write", 301234567, "x"])
    file = io.BytesIO()
    book.save(file)
    address = upload(office, file.getvalue(), "list.xlsx").location
    office.submit(address)
    row = db.session.scalars(sa.select(Question)).one()
    assert (row.phone, row.field, row.openness, row.wish) == ("+84912000001", "building", "named", "write")
    assert row.sign_up is not None
    assert row.sign_up.tax_code == "0301234567"


def test_the_empty_table_has_the_columns_and_is_read_back(office: Client, meeting: Meeting) -> None:
    answer = office.get(f"{LISTS}/mau.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=danh-sach.xlsx"
    header = [cell.value for cell in next(load_workbook(io.BytesIO(answer.data)).active.iter_rows())]
    assert header == HEADER.split(",")
    assert upload(office, answer.data, "danh-sach.xlsx").status_code == 422
    assert "không có dòng nào" in words(office)


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    return file.getvalue()


HOSTILE: dict[str, Any] = {
    "nothing": b"", "a picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "not a zip": b"PK\x03\x04" + b"x" * 50, "a bomb": _bomb(),
    "latin-1": "Tên cơ sở,Người dự,Điện thoại\nTi\xeam,A,0912000001".encode("utf-16-be"), "no header": "a,b,c\n1,2,3",
    "a column twice": "Tên cơ sở,Tên,Người dự,Điện thoại\na,b,c,0912000001",
    "too many lines": table(*["Tiệm,Người,0912000001,,,,Câu hỏi,,,"] * 5_001),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(office: Client, meeting: Meeting, what: str) -> None:
    assert upload(office, HOSTILE[what]).status_code == 422
    assert page(office.last).all("li")
    assert entered() == (0, 0)


def test_more_than_a_file_may_weigh_is_refused(office: Client, meeting: Meeting) -> None:
    assert upload(office, b"x" * (sheets.MOST_BYTES + 1)).status_code == 422
    assert upload(office, b"x" * (sheets.MOST_BYTES + 200_000)).status_code == 413


def test_a_formula_is_a_text_here_and_harmless_when_it_leaves(office: Client, meeting: Meeting) -> None:
    address = upload(office, table('=HYPERLINK("http://x"),@cmd,0912000001,,,1,,,,')).location
    office.submit(address)
    row = db.session.scalars(sa.select(SignUp)).one()
    assert row.contact == "@cmd"
    assert sheets.csv_text(["Tên"], [[row.contact]]).splitlines()[1] == "'@cmd"


def test_a_list_nobody_enters_goes_after_a_day(office: Client, meeting: Meeting, travel: time_machine.Traveller) -> None:
    first = upload(office, table(*GOOD)).location
    assert first in page(office.get(LISTS)).links()
    travel.shift(25 * 3600)
    office.sign_in("secretary")
    assert first not in page(office.get(LISTS)).links()
    upload(office, table(*GOOD))
    assert office.get(first).status_code == 404


def test_only_the_office_enters_lists(app: Flask, office: Client, meeting: Meeting) -> None:
    address = upload(office, table(*GOOD)).location
    for role in ("counter", "reception", "leader"):
        client = Client(app, app.response_class)
        client.sign_in(role)
        assert [client.get(path).status_code for path in (LISTS, address, f"{LISTS}/mau.xlsx")] == [403] * 3
