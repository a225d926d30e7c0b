"""One line of a holidays file, checked."""

import re
from datetime import date

from flask_babel import gettext as _

from app.offices.holiday_seed import Seed
from app.refusal import Refusal
from app.sheets import Row
from app.text import clean_line, fold

COLUMNS = ("day", "name")
# The third column, "works", is optional: empty is a day off.
_WORKED = {"1", "x", "co", "yes", "true", "lam bu", "lam viec", "ngay lam bu", "works"}
_OFF = {"", "0", "khong", "no", "false", "nghi", "ngay nghi", "off"}
_FIRST, _LAST = 2000, 2100


def read(row: Row) -> tuple[date, Seed]:
    """The day and what it is. Raises Refusal with what is wrong."""
    day, name, works = _day(row.get("day")), clean_line(row.get("name")), fold(row.get("works"))
    if works not in _WORKED | _OFF:
        raise Refusal(_("works: “%(value)s” không rõ; để trống là ngày nghỉ, “làm bù” là ngày làm việc", value=works[:40]))
    if not name or len(name) > 200:
        raise Refusal(_("name: cần tên ngày, không quá 200 ký tự"))
    return day, Seed(name, works in _WORKED)


def _day(text: str) -> date:
    """2026-02-16, or 16/02/2026 as people write it."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text) or re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        if not found:
            raise ValueError
        first, month, last = (int(part) for part in found.groups())
        day = date(first, month, last) if "-" in text else date(last, month, first)
    except ValueError:
        raise Refusal(_("day: “%(value)s” không phải ngày (viết 2026-02-16 hoặc 16/02/2026)", value=text[:40])) from None
    if not _FIRST <= day.year <= _LAST:
        raise Refusal(_("day: năm %(year)s ngoài khoảng cho phép", year=day.year))
    return day
