"""Files as they come: separators, encodings, numbers, and files that would hurt."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app import sheets
from app.refusal import Refusal
from app.sheets import read
from tests.offices.make import xlsx_file


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(tmp_path: Path, separator: str, encoding: str) -> None:
    text = f"code{separator}name\r\n1.001180{separator}Đăng ký\r\n\r\n"
    (row,) = read(write(tmp_path / "a.csv", text.encode(encoding)), ["code", "name"])
    assert (row.number, row.cells) == (2, {"code": "1.001180", "name": "Đăng ký"})


def test_rows_tell_the_line_they_begin_on(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", b'code,name\n1,"two\nlines"\n\n2,x\n')
    assert [row.number for row in read(file, ["code"])] == [2, 5]


def test_a_workbook_keeps_text_as_text_and_tells_numbers(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path / "a.xlsx", [{"code": "1.001180", "n": 2.5}, {"code": 1.00118, "n": 20}], ["code", "n"])
    first, second = read(file, ["code"])
    assert first.cells == {"code": "1.001180", "n": "2.5"}
    assert "code" not in first.numeric
    assert second.cells["n"] == "20"
    assert "code" in second.numeric


def test_a_workbooks_dates_are_written_the_long_way(tmp_path: Path) -> None:
    (row,) = read(xlsx_file(tmp_path / "a.xlsx", [{"day": date(2026, 2, 16)}], ["day"]), ["day"])
    assert row.get("day") == "2026-02-16"


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"other\n1\n", b"code,code\n1,2\n", b"code\n\xff\xfe\xfa", b"PK\x03\x04 not a workbook"],
    ids=["empty", "blank", "no column", "twice", "not UTF-8", "broken"],
)
def test_what_is_no_table_is_refused(app: Flask, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refusal):
        read(write(tmp_path / "a.csv", content), ["code"])


def test_too_many_rows_are_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        read(write(tmp_path / "a.csv", b"code\n" + b"1\n" * (sheets.MOST_ROWS + 1)), ["code"])


def packed(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/worksheets/sheet1.xml": b" " * (sheets.MOST_UNPACKED + 1)},
        {f"{number}.xml": b"" for number in range(sheets.MOST_PARTS + 1)},
        {"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'},
        {"hello.txt": b"not a workbook"},
    ],
    ids=["unpacks to gigabytes", "many parts", "entities", "no workbook"],
)
def test_a_workbook_that_would_hurt_is_refused(app: Flask, tmp_path: Path, parts: dict[str, bytes]) -> None:
    with pytest.raises(Refusal):
        read(write(tmp_path / "a.xlsx", packed(parts)), ["code"])


def test_a_missing_file_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        read(tmp_path / "none.csv", ["code"])
