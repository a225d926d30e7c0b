"""Tables that leave the house: no text becomes a formula, Vietnamese stays readable, numbers stay numbers."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from app import sheets

HOSTILE = ("=1+1", "+84912", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "＋1", "－1", "＠x", "|calc", "\u00a0=cmd")
PLAIN = ("Đặng Văn Tám", "", "a=b", "1-2", "x@example.vn")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_be_a_formula_is_text(text: str) -> None:
    cell = next(csv.reader(io.StringIO(sheets.csv_text(["a"], [[text]]).removeprefix("\ufeff").split("\r\n", 1)[1])))[0]
    assert cell == "'" + text
    stored = load_workbook(io.BytesIO(sheets.workbook("Sổ", ["a"], [[text]]))).active["A2"]
    assert stored.data_type == "s"
    assert not str(stored.value).lstrip().startswith(tuple("=+-@＝＋－＠|"))


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert sheets.harmless(text) == text


def test_a_workbook_says_what_the_page_says() -> None:
    book = load_workbook(
        io.BytesIO(sheets.workbook("Số liệu: [2026/27]", ["Đơn vị", "Số", "Ngày"], [["Thuế", 3, date(2026, 12, 5)]]))
    )
    sheet = book.active
    assert next([cell.value for cell in row] for row in sheet.iter_rows()) == ["Đơn vị", "Số", "Ngày"]
    assert (sheet["A2"].value, sheet["B2"].value, sheet["C2"].value.date()) == ("Thuế", 3, date(2026, 12, 5))
