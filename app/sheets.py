"""Tables in and out: CSV or XLSX handed in, read as text within limits that no file can break; and ours, free of formulas."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from app.refusal import Refusal
from app.text import clean, fold

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 5_000_000, 40_000_000, 300
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 5_000, 60, 8_000
MOST_TITLES = 20  # lines before the headings
_Line = tuple[int, list[Any]]  # number in the file, values

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = tuple("=+-@|\t\r\n＝＋－＠")  # what spreadsheets take for a formula's beginning, wide forms too
Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `number` is where a person finds it in the file."""

    number: int
    cells: dict[str, str]
    numeric: frozenset[str] = frozenset()  # columns a spreadsheet held as numbers: "1.001180" has lost its zero there

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


def read(path: str | Path, needed: Collection[str]) -> list[Row]:
    """`parse` of a file on this machine."""
    file = Path(path)
    if not file.is_file():
        raise Refusal(_("Không có tệp này: %(name)s", name=str(path)))
    if file.stat().st_size > MOST_BYTES:
        raise _too_large()
    return parse(file.read_bytes(), needed)


def parse(
    content: bytes,
    needed: Collection[str] = (),
    called: Mapping[str, str] | None = None,
    most_rows: int = MOST_ROWS,
    is_header: Callable[[list[str]], bool] | None = None,
) -> list[Row]:
    """The rows of a table, keyed by its headings in lower case; empty rows are left out.

    `called`: other names of columns, folded, and what they mean. `is_header` tells the line of headings in files that begin
    with a title; without it the first line is it. Raises Refusal when the content cannot be read as a table with the needed
    columns, within the limits.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    lines = _workbook(content, most_rows) if content[:4] == b"PK\x03\x04" else _delimited(content)
    return list(_rows(_from_headings(lines, is_header) if is_header else lines, needed, called or {}, most_rows))


def _too_large() -> Refusal:
    return Refusal(_("Tệp lớn quá %(most)s MB.", most=MOST_BYTES // 1_000_000))


def _from_headings(lines: Iterator[_Line], is_header: Callable[[list[str]], bool]) -> Iterator[_Line]:
    """From the line that is told to hold the headings on; from the first when none of the beginning is."""
    beginning = list(islice((line for line in lines if not _empty(line[1])), MOST_TITLES + 1))
    found = (at for at, (_number, values) in enumerate(beginning) if is_header([_text(value) for value in values]))
    yield from beginning[next(found, 0) :]
    yield from lines


def _empty(values: list[Any]) -> bool:
    return all(value in (None, "") for value in values)


def _rows(lines: Iterable[_Line], needed: Collection[str], called: Mapping[str, str], most_rows: int) -> Iterator[Row]:
    names: list[str] = []
    count = 0
    for number, values in lines:
        if _empty(values):
            continue
        if not names:
            names = _header(values, needed, called)
            continue
        count += 1
        if count > most_rows:
            raise Refusal(_("Tệp có quá %(most)s dòng.", most=most_rows))
        pairs = [(name, value) for name, value in zip(names, values, strict=False) if name]
        numeric = frozenset(name for name, value in pairs if isinstance(value, int | float))
        yield Row(number, {name: _text(value) for name, value in pairs}, numeric)
    if not names:
        raise Refusal(_("Tệp trống."))


def _header(values: list[Any], needed: Collection[str], called: Mapping[str, str]) -> list[str]:
    names = [called.get(fold(_text(value)), _text(value).casefold()) for value in values]
    missing = [name for name in needed if name not in names]
    if missing:
        raise Refusal(_("Dòng đầu thiếu cột: %(names)s", names=", ".join(missing)))
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise Refusal(_("Dòng đầu có cột lặp lại: %(names)s", names=", ".join(sorted(twice))))
    return names


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return clean(str(value)[:MOST_CELL])


def _delimited(content: bytes) -> Iterator[_Line]:
    """UTF-8 (or UTF-16, as some spreadsheets save), parted by commas, semicolons or tabs: what the first line has most of."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(_("Tệp không phải UTF-8. Lưu lại dạng CSV UTF-8 hoặc XLSX.")) from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=max(",;\t", key=first.count))
    before = 0
    try:
        for values in reader:
            yield before + 1, list(values)
            before = reader.line_num
    except csv.Error:
        raise Refusal(_("Dòng %(number)s không đọc được.", number=before + 1)) from None


def _workbook(content: bytes, most_rows: int) -> Iterator[_Line]:
    """The first sheet. The archive is weighed before it is opened, and read as a stream: a small file may unpack to gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _weigh(archive)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file claims about its size is not believed
            lines = sheet.iter_rows(max_row=most_rows + MOST_TITLES + 2, max_col=MOST_COLUMNS, values_only=True)
            yield from ((number, list(values)) for number, values in enumerate(lines, 1))
        finally:
            book.close()
    except (Refusal, GeneratorExit):
        raise
    except Exception as error:  # a broken workbook fails in as many ways as there are parts in it
        raise Refusal(_("Tệp XLSX hỏng hoặc không đọc được (%(kind)s).", kind=type(error).__name__)) from error


def _weigh(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refusal(_("Tệp XLSX quá lớn khi mở ra."))
    if any(part.filename.casefold().endswith("vbaproject.bin") for part in parts):
        raise Refusal(_("Tệp có macro. Lưu lại dạng XLSX không macro rồi chọn lại."))
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(2_000):
                    raise Refusal(_("Tệp XLSX có phần không được phép."))


# -- out --------------------------------------------------------------------------------------------------------------


def harmless(text: str) -> str:
    """Text that no spreadsheet runs: what would begin a formula, even after spaces, gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV as spreadsheets open it: a byte order mark for the Vietnamese letters, every text harmless."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(header)
    for row in rows:
        writer.writerow([harmless(value) if isinstance(value, str) else "" if value is None else value for value in row])
    return "\ufeff" + file.getvalue()


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet as XLSX; see `workbook_of`."""
    return workbook_of([(title, header, rows)])


def workbook_of(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """Sheets (title, header, rows) as XLSX; every text is stored as text, never as a formula. A title is cut to what a sheet's
    name may be."""
    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
        sheet.freeze_panes = "B2"
        sheet.append([_cell(sheet, name, Font(bold=True)) for name in header])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Cell, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(sheet, harmless(clean(value)) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell
