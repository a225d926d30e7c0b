"""The words of an invitation: a message for Zalo or SMS that fits, and what a poster says. No database, no clock."""

import unicodedata
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from app import dates
from app.meetings.events import said
from app.meetings.models import Meeting
from app.promises.models import Promise
from app.staff.fields import FIELD_NAMES

MESSAGE, SMS = 300, 160  # characters
CASES = 3
ENOUGH = 3  # promises before a score is told
TOPICS = 4
_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "\xa0": " "})


def message(meeting: Meeting, locale: str, address: str, field: str, cases: Sequence[Promise]) -> str:
    """The fullest wording that fits into a message."""
    return _fitting(_wordings(meeting, locale, address, field, cases), MESSAGE)


def sms(meeting: Meeting, locale: str, address: str, field: str) -> str:
    """The same in plain letters, one SMS long."""
    return _fitting(map(plain, _wordings(meeting, locale, address, field, ())), SMS)


def plain(text: str) -> str:
    """Letters every phone shows and no gateway counts double."""
    bare = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return "".join(letter for letter in bare if letter.isascii())


def _fitting(wordings: Iterator[str], most: int) -> str:
    text = ""
    for text in wordings:
        if len(text) <= most:
            break
    return text


def _wordings(meeting: Meeting, locale: str, address: str, field: str, cases: Sequence[Promise]) -> Iterator[str]:
    """From the fullest to the barest."""
    facts = {
        "when": dates.capitalize_first(dates.day(meeting.day)).replace("\xa0", " "),
        "hours": f"{dates.clock_time(meeting.starts_at)}–{dates.clock_time(meeting.ends_at)}",
        "place": said(meeting, "place", locale), "address": address, "topic": topic(field) if field else "",
    }  # fmt: skip
    for case in cases:
        yield str(_("%(when)s, %(hours)s, %(place)s: lãnh đạo gặp doanh nghiệp. Đã gỡ: %(case)s Giữ chỗ chưa đầy một phút: "
                    "%(address)s", case=_sentence(case.what), **facts))  # fmt: skip
    if field:
        yield str(_("%(when)s, %(hours)s, %(place)s: lãnh đạo gặp doanh nghiệp, hộ kinh doanh, tiểu thương. Đang vướng về "
                    "%(topic)s thì hỏi trước, đơn vị phải chuẩn bị câu trả lời. Giữ chỗ: %(address)s", **facts))  # fmt: skip
    yield str(_("%(when)s, %(hours)s, %(place)s: lãnh đạo gặp doanh nghiệp, hộ kinh doanh, tiểu thương. Giữ chỗ: "
                "%(address)s", **facts))  # fmt: skip
    yield str(_("%(when)s, %(hours)s: lãnh đạo gặp doanh nghiệp, tiểu thương. Giữ chỗ: %(address)s", **facts))
    yield str(_("%(when)s gặp lãnh đạo: %(address)s", **facts))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def topic(field: str) -> str:
    """A field inside a sentence."""
    name = str(FIELD_NAMES[field])
    return name[:1].lower() + name[1:]


def topics(meeting: Meeting, locale: str, field: str) -> list[str]:
    """What a poster says one may ask about, always ending with anything at all."""
    usual = (said(meeting, "theme", locale), str(FIELD_NAMES[field]) if field else "", _("Thuế, hoá đơn, tiền thuê đất"),
             _("Vay vốn cho hộ kinh doanh"), _("Đất đai, xây dựng nhà xưởng"))  # fmt: skip
    named = list(dict.fromkeys(str(one) for one in usual if one))
    return [*named[: TOPICS - 1], str(_("Hỏi gì cũng được"))]
