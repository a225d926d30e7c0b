"""Reading a line of an e-one-stop list, and on which pile a dossier falls. No database, no clock, no web."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _

from app import clock, dates, dossier_codes
from app.offices.working_time import Calendar
from app.refusal import Refusal
from app.sheets import Row
from app.text import clean_line, fold

# What a list may have, and how systems in use head it. The first four a list must have.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "code": ("ma ho so", "so ho so", "ma so ho so", "so bien nhan", "code"),
    "received": ("ngay tiep nhan", "ngay nhan", "thoi gian tiep nhan", "ngay nop", "received"),
    "promised": ("ngay hen tra", "han tra", "ngay hen", "han xu ly", "han giai quyet", "ngay hen tra ket qua", "promised"),
    "finished": ("ngay xu ly xong", "ngay hoan thanh", "ngay ket thuc", "ngay co ket qua", "ngay giai quyet", "finished"),
    "handed": ("ngay tra ket qua", "ngay tra", "thoi gian tra", "handed"),
    "status": ("trang thai", "tinh trang", "trang thai ho so", "status"),
    "matter": ("ten thu tuc", "thu tuc", "ten ho so", "noi dung", "ten tthc", "matter"),
    "field": ("linh vuc", "field"),
    "channel": ("hinh thuc nop", "hinh thuc", "hinh thuc tiep nhan", "kenh", "channel"),
    "owner": ("chu ho so", "nguoi nop", "to chuc ca nhan", "ho ten", "nguoi nop ho so", "owner"),
    "office": ("co quan tiep nhan", "noi tiep nhan", "don vi tiep nhan", "office"),
    "unit": ("don vi xu ly", "phong ban", "phong ban xu ly", "co quan giai quyet", "unit"),
    "officer": ("can bo xu ly", "nguoi xu ly", "can bo thu ly", "officer"),
}
NEEDED = ("code", "received", "promised", "finished")
STATUSES = (
    "moi dang ky", "duoc tiep nhan", "khong duoc tiep nhan", "dang xu ly", "yeu cau bo sung giay to",
    "yeu cau thuc hien nghia vu tai chinh", "cong dan yeu cau rut ho so", "dung xu ly", "da xu ly xong", "da tra ket qua",
)  # fmt: skip
CHANNELS = {
    "truc tiep": "counter", "tai quay": "counter", "counter": "counter", "1": "counter",
    "truc tuyen": "online", "qua mang": "online", "online": "online", "2": "online",
    "qua buu chinh cong ich": "post", "buu chinh": "post", "buu chinh cong ich": "post", "post": "post", "3": "post",
}  # fmt: skip
OPENING, CLOSING = time(7), time(17)  # the hour of a date that has none: received first thing, due and done by closing
ANSWERED_WITHIN = 2  # working days that a unit has to acknowledge its letter
WITHOUT_RESULT = (3, 7, 8)  # not accepted, withdrawn, stopped
_EXCEL_DAY_0, _EXCEL_DAYS = date(1899, 12, 30), (20_000, 80_000)  # serial numbers of the years 1954 to 2119
_CLOCK = r"(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
_DAY = r"(?:(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})|(?P<Y>\d{4})-(?P<M>\d{1,2})-(?P<D>\d{1,2}))"
_MOMENTS = (re.compile(rf"{_DAY}(?:[ T]+{_CLOCK})?"), re.compile(rf"{_CLOCK}[ ,]+{_DAY}"))


def meaning(headers: Sequence[str]) -> dict[str, str]:
    """Our name -> their header, as far as the headings say it themselves. A heading serves one name only."""
    folded = {bare(header): header for header in reversed(headers) if header}
    found: dict[str, str] = {}
    for name, known in HEADERS.items():
        header = next((folded[words] for words in known if words in folded and folded[words] not in found.values()), "")
        if header:
            found[name] = header
    return found


def bare(header: str) -> str:
    """A heading in one way of writing: no marks, no case, no punctuation."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(header)).split())


def check_meaning(chosen: Mapping[str, str], headers: Sequence[str]) -> dict[str, str]:
    """What an officer chose, complete and without doubles. Raises Refusal."""
    kept = {name: header for name, header in chosen.items() if name in HEADERS and header in headers}
    missing = [name for name in NEEDED if name not in kept]
    if missing:
        raise Refusal(_("Chọn cột cho mã hồ sơ, ngày nhận, ngày hẹn trả và ngày xử lý xong."), missing[0])
    if len(set(kept.values())) < len(kept):
        raise Refusal(_("Mỗi cột của tệp chỉ dùng cho một mục."))
    return kept


@dataclass(frozen=True, slots=True)
class Line:
    """What the list says of one dossier."""

    code: str
    received_at: datetime
    promised_at: datetime
    finished_at: datetime | None
    handed_at: datetime | None
    status: int
    matter: str
    field: str
    channel: str
    owner: str
    office: str
    unit: str
    officer: str


def read(row: Row, columns: Mapping[str, str]) -> Line:
    """One line. Raises Refusal with every fault of it in one sentence each."""
    faults: list[str] = []

    def taken(name: str, reading: Any) -> Any:
        cell = row.get(columns[name].casefold()) if name in columns else ""
        try:
            return reading(cell)
        except Refusal as refusal:
            faults.append(f"{columns[name]}: {refusal.sentence}")
            return None

    code, status = taken("code", dossier_codes.read), taken("status", read_status)
    received = taken("received", lambda cell: _needed(read_moment(cell, OPENING)))
    promised = taken("promised", lambda cell: _needed(read_moment(cell, CLOSING)))
    finished, handed = (taken(name, lambda cell: read_moment(cell, CLOSING)) for name in ("finished", "handed"))
    channel = taken("channel", read_channel)
    if received and promised and promised < received and clock.local(promised).date() < clock.local(received).date():
        faults.append(_("ngày hẹn trả trước ngày nhận"))
    if faults:
        raise Refusal("; ".join(faults))
    texts = {name: clean_line(row.get(columns[name].casefold()))[:200] if name in columns else "" for name in _TEXTS}
    return Line(
        code=code, received_at=received, promised_at=max(promised, received), finished_at=finished or handed, handed_at=handed,
        status=status, channel=channel, **texts,
    )  # fmt: skip


_TEXTS = ("matter", "field", "owner", "office", "unit", "officer")


def _needed(moment: datetime | None) -> datetime:
    if moment is None:
        raise Refusal(_("để trống"))
    return moment


def read_moment(text: str, usual: time) -> datetime | None:
    """An instant however lists write it: `09/07/2020 10:30`, `10:30 09/07/2020`, `2020-07-09`, a spreadsheet's day number.

    A day without an hour gets the usual one. Nothing stays nothing. Raises Refusal for what is no day.
    """
    text = clean_line(text)
    if not text:
        return None
    number = re.fullmatch(r"(\d{5})(?:[.,](\d+))?", text)
    if number and _EXCEL_DAYS[0] < int(number[1]) < _EXCEL_DAYS[1]:
        day = _EXCEL_DAY_0 + timedelta(days=int(number[1]))
        minutes = round(float(f"0.{number[2]}") * 24 * 60) if number[2] else 0
        return clock.at(day, usual) if not minutes else clock.midnight(day) + timedelta(minutes=minutes)
    found = next((match for shape in _MOMENTS if (match := shape.fullmatch(text))), None)
    if found is None:
        raise Refusal(_("“%(text)s” không phải ngày giờ", text=text[:40]))
    part = found.groupdict()
    try:
        day = date(int(part["y"] or part["Y"]), int(part["m"] or part["M"]), int(part["d"] or part["D"]))
        hour = time(int(part["hour"]), int(part["minute"])) if part["hour"] else usual
    except ValueError:
        raise Refusal(_("“%(text)s” không phải ngày giờ", text=text[:40])) from None
    if not 1990 <= day.year <= 2100:
        raise Refusal(_("“%(text)s” không phải ngày giờ", text=text[:40]))
    return clock.at(day, hour)


def read_status(text: str) -> int:
    """The national list's number, from the number or the words; 0 when the list does not say."""
    words = bare(text)
    if not words:
        return 0
    if re.fullmatch(r"\d{1,2}", words) and 1 <= int(words) <= len(STATUSES):
        return int(words)
    if words in STATUSES:
        return STATUSES.index(words) + 1
    raise Refusal(_("trạng thái “%(text)s” không có trong danh mục", text=clean_line(text)[:40]))


def read_channel(text: str) -> str:
    words = bare(text)
    if words and words not in CHANNELS:
        raise Refusal(_("hình thức “%(text)s” không có trong danh mục", text=clean_line(text)[:40]))
    return CHANNELS.get(words, "counter")


# -- piles ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What the system says."""

    promised_at: datetime
    finished_at: datetime | None
    status: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the paper says: of our own dossier, or of the last finding."""

    handed_at: datetime | None = None
    verdict: str = ""


def late_by_system(said: Said, today: date) -> bool:
    """Does the system count it late? By calendar date; what ended without a result is not."""
    if said.status in WITHOUT_RESULT:
        return False
    ended = clock.local(said.finished_at).date() if said.finished_at else today
    return ended > clock.local(said.promised_at).date()


def pile(said: Said, seen: Seen | None, today: date) -> str:
    """fine (not late there), in_time (in hand in time, not recorded there), excused (paused, or wrongly set up there), late, or
    nothing yet (no evidence)."""
    if not late_by_system(said, today):
        return "fine"
    if seen is None or (seen.handed_at is None and not seen.verdict):
        return "nothing"
    if seen.verdict in {"paused", "misconfigured"}:
        return "excused"
    if seen.handed_at is None:
        return "late" if seen.verdict == "late" else "nothing"
    return "in_time" if clock.local(seen.handed_at).date() <= clock.local(said.promised_at).date() else "late"


def check_finding(verdict: str, handed_at: datetime | None, received_at: datetime, promised_at: datetime, now: datetime) -> None:
    """A finding must agree with its own date. Raises Refusal; nobody may call in time what the paper says was late, nor late
    what it says was in time."""
    if handed_at is not None and handed_at > now:
        raise Refusal(_("Ngày trả không thể ở sau hôm nay."), "handed")
    if handed_at is not None and clock.local(handed_at).date() < clock.local(received_at).date():
        raise Refusal(_("Ngày trả không thể trước ngày nhận hồ sơ."), "handed")
    if verdict == "late" and handed_at is not None and clock.local(handed_at).date() <= clock.local(promised_at).date():
        raise Refusal(_("Ngày ký nhận không sau ngày hẹn, nên không phải trễ thật."), "verdict")
    if verdict == "in_time":
        if handed_at is None:
            raise Refusal(_("Ghi ngày người dân ký nhận."), "handed")
        if clock.local(handed_at).date() > clock.local(promised_at).date():
            raise Refusal(_("Ngày ký nhận sau ngày hẹn, nên đây là trễ thật. Không ghi lùi ngày."), "handed")


def check_desk(handed_at: datetime | None, at_desk: datetime | None) -> None:
    """Two papers, one day: a finding does not speak against what the counter recorded itself. Raises Refusal."""
    if at_desk is not None and handed_at is not None and clock.local(handed_at).date() != clock.local(at_desk).date():
        raise Refusal(_("Hồ sơ ở quầy ghi đã trả ngày %(day)s. Xem lại giấy.", day=dates.day(at_desk)), "handed")


def silent(sent_at: datetime, now: datetime, days: Calendar) -> bool:
    """Have two working days gone by since a letter was sent?"""
    first, last = clock.local(sent_at).date(), clock.local(now).date()
    return sum(bool(days.hours(first + timedelta(days=n))) for n in range(1, (last - first).days + 1)) >= ANSWERED_WITHIN


def median(counted: Sequence[tuple[int, int]]) -> float | None:
    """Of values and how often each came; between two middle ones, halfway."""
    ordered, total = sorted(counted), sum(count for _value, count in counted)
    if not total:
        return None

    def nth(wanted: int) -> int:
        for value, count in ordered:
            wanted -= count
            if wanted < 0:
                return value
        return ordered[-1][0]

    return (nth((total - 1) // 2) + nth(total // 2)) / 2
