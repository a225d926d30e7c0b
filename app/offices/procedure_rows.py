"""One line of a procedures file, checked and turned into the facts of a procedure."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app.offices.papers import ASK
from app.refusal import Refusal
from app.sheets import Row
from app.text import clean_line, fold

COLUMNS = ("code", "name_vi", "name_en", "field_vi", "field_en", "level", "processing_days", "fee_vnd", "service_minutes",
           "documents_vi", "source")  # fmt: skip
# A file may also have duration_unit, fee_note_vi, synonyms_vi, online_url, party; else see _first.
UNITS = ("working_day", "calendar_day", "hour", "same_day")
NOTES = Path(__file__).resolve().parent.parent / "data" / "procedure_notes.csv"

_NATIONAL = re.compile(r"\d\.\d{6}(?:\.[0-9A-Z.]{1,25})?")
_OWN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")  # a service of the office itself: never mistaken for a national code
_COUNT = re.compile(r"\d{1,3}(?:[., ]\d{3})+|\d+")
_DAYS = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?")
# Matters whose name does not stand in an SMS that others may read.
_SENSITIVE = ("ly hon", "tinh trang hon nhan", "khuyet tat", "con nuoi", "khai tu", "mai tang", "ho ngheo", "muc song trung binh",
              "di chuc", "di san", "nhan cha", "giam ho", "tro cap", "xac dinh lai dan toc", "tranh chap", "nha o xa hoi", "hiv",
              "cai nghien", "bao luc", "tam than", "ly lich tu phap")  # fmt: skip
_TOGETHER = ("ket hon", "nhan cha", "phan chia di san")  # two people must be there


@dataclass(frozen=True, slots=True)
class Facts:
    """A procedure as the file has it. `owned`: what a file rules; `first`: what fills a new procedure, for staff to edit."""

    code: str
    owned: Mapping[str, Any]
    first: Mapping[str, Any]


def read(row: Row) -> tuple[Facts | None, list[str]]:
    """The facts of a line, or every sentence about what is wrong with it."""
    said: dict[str, Any] = {}
    problems: list[str] = []
    for column, reading in _READINGS.items():
        try:
            said[column] = reading(row, column)
        except Refusal as refusal:
            problems.append(f"{column}: {refusal.sentence}")
    return (None, problems) if problems else (_facts(said), [])


def _facts(said: Mapping[str, Any]) -> Facts:
    duration, unit = said["processing_days"]
    owned = {
        "name": said["name_vi"], "name_en": said["name_en"], "field": said["field_vi"], "field_en": said["field_en"],
        "level": said["level"], "duration": duration, "duration_unit": unit, "fee_vnd": said["fee_vnd"],
        "service_minutes": said["service_minutes"], "documents": said["documents_vi"], "source": said["source"],
    }  # fmt: skip
    optional = {"fee_note": said["fee_note_vi"], "synonyms": said["synonyms_vi"], "online_url": said["online_url"]}
    optional = {name: value for name, value in (optional | {"party": said["party"]}).items() if value}
    first = _first(said["code"], said["name_vi"], said["source"])
    return Facts(said["code"], owned | optional, {name: value for name, value in first.items() if name not in optional})


def _first(code: str, name: str, source: str) -> dict[str, Any]:
    """What a file does not say, for a procedure that is new here."""
    notes = _notes().get(code, {})
    return {
        "fee_note": notes.get("fee_note_vi") or _fee_note(source),
        "synonyms": notes.get("synonyms_vi", ""),
        "online_url": notes.get("online_url", ""),
        "common": int(notes["common"]) if notes.get("common") else None,
        "party": 2 if _says(name, _TOGETHER) or re.search(r"\b(both|all) parties\b", source) else 1,
        "sensitive": _says(name, _SENSITIVE),
    }


def search_key(*parts: str) -> str:
    """Everything it may be asked for by, folded; ways of saying it stay apart."""
    return fold("; ".join(parts))[:4000]


def _code(row: Row, column: str) -> str:
    code = row.get(column).strip()
    if column in row.numeric:
        raise Refusal(_("ô này là số nên có thể đã mất số 0; đổi cột sang dạng văn bản"))
    if len(code) > 40 or not (_NATIONAL.fullmatch(code) or _OWN.fullmatch(code)):
        raise Refusal(_("“%(code)s” không phải mã thủ tục (ví dụ 1.001193)", code=code[:40]))
    return code


def _line(row: Row, column: str) -> str:
    value = clean_line(row.get(column))
    if not value and column in COLUMNS:
        raise Refusal(_("còn trống"))
    if len(value) > 200:
        raise Refusal(_("dài quá %(most)s ký tự", most=200))
    return value


def _link(row: Row, column: str) -> str:
    value = _line(row, column)
    if value and not value.startswith("https://"):
        raise Refusal(_("địa chỉ phải bắt đầu bằng https://"))
    return value


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    if len(value) > 4000:
        raise Refusal(_("dài quá %(most)s ký tự", most=4000))
    return value


def _papers(row: Row, column: str) -> str:
    """One a line. What the file's author wrote from memory is marked for the reader to ask about."""
    parts = re.split(r"[;\n]", _text(row, column).replace("(memory)", f"({ASK})"))
    return "\n".join(line for part in parts if (line := clean_line(part)))[:4000]


def _whole(row: Row, column: str, most: int = 1_000_000_000) -> int | None:
    value = row.get(column)
    digits = re.sub(r"[., ]", "", value)
    if value and (not _COUNT.fullmatch(value) or int(digits) > most):
        raise Refusal(_("“%(value)s” không phải số nguyên hợp lệ", value=value[:40]))
    return int(digits) if value else None


def _minutes(row: Row, column: str) -> int:
    """Rounded up to the five minutes that a counter's day is made of."""
    minutes = _whole(row, column, 240)
    if not minutes:
        raise Refusal(_("cần số phút tại quầy, từ 1 đến 240"))
    return -(-minutes // 5) * 5


def _duration(row: Row, column: str) -> tuple[float | None, str]:
    """Days and their kind: none is the same day, empty is not known; the source says where days are calendar days."""
    value, unit = row.get(column), row.get("duration_unit")
    if unit and unit not in UNITS:
        raise Refusal(_("đơn vị “%(unit)s” không có", unit=unit[:40]))
    if value and not _DAYS.fullmatch(value):
        raise Refusal(_("“%(value)s” không phải số ngày", value=value[:40]))
    days = float(value.replace(",", ".")) if value else None
    if not unit:
        calendar_days = re.search(r"\bcalendar days?\b", row.get("source"), re.IGNORECASE)
        unit = "same_day" if days == 0 else "calendar_day" if calendar_days else "working_day"
    return days, unit


_READINGS: Mapping[str, Callable[[Row, str], Any]] = {
    "code": _code, "name_vi": _line, "name_en": _line, "field_vi": _line, "field_en": _line, "level": _line,
    "processing_days": _duration, "fee_vnd": _whole, "service_minutes": _minutes, "documents_vi": _papers, "source": _text,
    "fee_note_vi": _line, "synonyms_vi": _line, "online_url": _link, "party": partial(_whole, most=20),
}  # fmt: skip


def _fee_note(source: str) -> str:
    """What the source says of the fee, word for word."""
    said = (clean_line(part) for part in source.split(";"))
    return "; ".join(part.removeprefix("fee:").strip() for part in said if part.startswith("fee"))[:200]


def _says(name: str, signs: tuple[str, ...]) -> bool:
    return any(sign in fold(name) for sign in signs)


@lru_cache(maxsize=1)
def _notes() -> dict[str, dict[str, str]]:
    """Ways people say it, the fee in the office's words, where it is filed online, and the front page's most asked."""
    with NOTES.open(encoding="utf-8", newline="") as file:
        return {line["code"]: line for line in csv.DictReader(file)}
