"""Builders for this room's tests: files as offices hand them in, and catalogues without a database."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openpyxl import Workbook

from app.offices.catalogue import Catalogue, Closed, Counter, Office, Procedure, Session
from app.offices.procedure_rows import COLUMNS
from app.text import fold

BIRTH: Mapping[str, Any] = {
    "code": "1.001193", "name_vi": "Đăng ký khai sinh", "name_en": "Birth registration", "field_vi": "Hộ tịch",
    "field_en": "Civil status", "level": "Cấp xã", "processing_days": "0", "fee_vnd": "0", "service_minutes": "20",
    "documents_vi": "Tờ khai;Căn cước (xuất trình)", "source": "",
}  # fmt: skip


def row(**facts: Any) -> dict[str, Any]:
    return {**BIRTH, **facts}


def csv_file(path: Path, rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = COLUMNS, delimiter: str = ",") -> Path:
    columns = list(columns)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(columns)
        writer.writerows([one.get(column, "") for column in columns] for one in rows)
    return path


def xlsx_file(path: Path, rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = COLUMNS) -> Path:
    columns = list(columns)
    book = Workbook()
    book.active.append(columns)
    for one in rows:
        book.active.append([one.get(column, "") for column in columns])
    book.save(path)
    return path


def procedure(code: str = "1.001193", name: str = "Đăng ký khai sinh", **facts: Any) -> Procedure:
    usual: dict[str, Any] = {
        "id": 1, "name_en": "", "field": "Hộ tịch", "field_en": "Civil status", "level": "Cấp xã", "duration": 0,
        "duration_unit": "same_day", "fee_vnd": 0, "fee_note": "", "service_minutes": 20, "documents": (), "source": "",
        "search_key": "", "party": 1, "sensitive": False, "common": None, "paused_note": "", "online_url": "",
    }  # fmt: skip
    facts.setdefault("search_key", fold("; ".join([code, name, facts.pop("synonyms", "")])))
    return Procedure(code=code, name=name, **{**usual, **facts})


def counter(number: int = 1) -> Counter:
    return Counter(number, 1, str(number), "", "", MappingProxyType({1: 20}))


def office(
    weekly: Mapping[tuple[int | None, int], tuple[Session, ...]],
    dated: Mapping[tuple[int | None, date], tuple[Session, ...]] | None = None,
    closures: tuple[Closed, ...] = (),
    counters: tuple[Counter, ...] = (),
    **facts: Any,
) -> Office:
    return Office(
        1, "thoi-an", "UBND phường Thới An", "Thoi An", "ward", None, "TA", "", "", 30, 60, counters, weekly, dated or {},
        closures, **facts,
    )  # fmt: skip


def catalogue(
    *offices: Office, holidays: Mapping[date, str] | None = None, worked: Mapping[date, str] | None = None
) -> Catalogue:
    return Catalogue(
        1, offices, (), holidays or {}, worked or {}, {one.slug: one for one in offices}, {}, {one.id: one for one in offices}, {}
    )
