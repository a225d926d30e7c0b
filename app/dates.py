"""Dates, times and numbers as an office writes them, in Vietnamese and English; used by pages, mails and slips."""

import re
from datetime import date, datetime

from flask_babel import get_locale

from app import clock

FILTERS = (
    "weekday", "capitalize_first", "day", "day_long", "day_short", "day_year", "month_year", "month_name", "month_shift",
    "days_away", "clock_time", "half_day", "moment", "iso_local", "iso_zone", "number", "money", "minutes",
)  # fmt: skip

_DAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def _date(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return clock.local(value).date() if isinstance(value, datetime) else value


def _local(value: datetime | str) -> datetime:
    return clock.local(datetime.fromisoformat(value) if isinstance(value, str) else value)


def _month(value: int) -> str:
    return f"{value:02d}" if value <= 2 else str(value)  # Decree 30/2020 pads January and February only


def weekday(value: date | datetime | str) -> str:
    """ "thứ Sáu" / "Friday"."""
    return _DAYS["en" if _english() else "vi"][_date(value).weekday()].replace(" ", "\xa0")


def day(value: date | datetime | str) -> str:
    """ "thứ Sáu 10/7/2020" / "Friday 10 July 2020"."""
    d = _date(value)
    if _english():
        return f"{weekday(d)} {d.day}\xa0{_MONTHS[d.month - 1]} {d.year}"
    return f"{weekday(d)} {d.day:02d}/{_month(d.month)}/{d.year}"


def day_short(value: date | datetime | str) -> str:
    """ "10/7" / "10 Jul"."""
    d = _date(value)
    return f"{d.day}\xa0{_MONTHS[d.month - 1][:3]}" if _english() else f"{d.day:02d}/{_month(d.month)}"


def day_year(value: date | datetime | str) -> str:
    """ "10/7/2020" / "10 Jul 2020"."""
    d = _date(value)
    return f"{day_short(d)}\xa0{d.year}" if _english() else f"{day_short(d)}/{d.year}"


def day_long(value: date | datetime | str) -> str:
    """ "ngày 04 tháng 7 năm 2026", as documents write it / "4 July 2026"."""
    d = _date(value)
    if _english():
        return f"{d.day} {_MONTHS[d.month - 1]} {d.year}"
    return f"ngày {d.day:02d} tháng {_month(d.month)} năm {d.year}"


def month_year(value: date | datetime | str) -> str:
    """ "Tháng 7, 2020" / "July 2020"."""
    d = _date(value)
    return f"{_MONTHS[d.month - 1]} {d.year}" if _english() else f"Tháng {d.month}, {d.year}"


def month_name(value: date) -> str:
    """ "Tháng 8" / "August"."""
    return _MONTHS[value.month - 1] if _english() else f"Tháng {value.month}"


def month_shift(value: date, months: int) -> date:
    """The first day of the month so many months away."""
    count = value.year * 12 + value.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def read(text: str) -> date | None:
    """A day written `YYYY-MM-DD`, the one way an address says it."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def days_away(value: date | datetime | str) -> int:
    """0 = today, 1 = tomorrow."""
    return (_date(value) - clock.today()).days


def capitalize_first(text: str) -> str:
    """Only the first letter: "thứ Sáu" -> "Thứ Sáu"."""
    return text[:1].upper() + text[1:]


def clock_time(value: datetime | str) -> str:
    """ "8:20", in the office's zone."""
    t = _local(value)
    return f"{t.hour}:{t.minute:02d}"


def half_day(value: datetime | str) -> str:
    """ "8:20 sáng" / "8:20 am"."""
    t = _local(value)
    if _english():
        return f"{t.hour if t.hour <= 12 else t.hour - 12}:{t.minute:02d} {'am' if t.hour < 12 else 'pm'}"
    return f"{t.hour}:{t.minute:02d} {'sáng' if t.hour < 11 else 'trưa' if t.hour < 13 else 'chiều' if t.hour < 18 else 'tối'}"


def moment(value: datetime | str) -> str:
    """ "8:20, thứ Sáu 10/7/2020"."""
    return f"{clock_time(value)}, {day(value)}"


def iso_local(value: datetime | str) -> str:
    """`2020-07-10T08:20`, the way forms carry a moment."""
    return _local(value).isoformat()[:16]


def iso_zone(value: datetime | str) -> str:
    """`2020-07-10T08:20:00+07:00`, for machines that know no zone of ours."""
    return _local(value).isoformat()


def number(value: int | float) -> str:
    """ "14.191" / "14,191"."""
    written = f"{value:,}"
    return written if _english() else written.translate(str.maketrans(",.", ".,"))


def money(value: int) -> str:
    """ "2.000 đ" / "2,000 VND"."""
    return f"{number(value)}\xa0{'VND' if _english() else 'đ'}"


def minutes(value: int) -> str:
    """ "20 phút" / "20 min"."""
    return f"{value}\xa0{'min' if _english() else 'phút'}"
