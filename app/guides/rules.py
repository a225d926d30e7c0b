"""Addresses and days of what is written; what a line of the guided filing register must say. Pure functions."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from app import clock, dossier_codes
from app.guides.models import REASONS
from app.refusal import Conflict, Refusal
from app.text import fold

SLUG_LENGTH = 60
TAKEN = {"guide": frozenset({"to-roi"}), "news": frozenset[str]()}  # other pages stand at these addresses
FURTHEST = timedelta(days=366)
BACK = timedelta(days=400)  # how long ago a line of the register may be entered for
FILED = "filed"
OUTCOMES = (FILED, *REASONS)


class Overtaken(Conflict):
    """Somebody else saved the same article after this form was opened."""


def slug(title: str, taken: Collection[str]) -> str:
    """An address from a title, with a number behind it when another article has it."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")
    base = (
        words if len(words) <= SLUG_LENGTH else words[: SLUG_LENGTH + 1].rpartition("-")[0] or words[:SLUG_LENGTH]
    ) or "bai-viet"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def shown_from(day: date | None, now: datetime) -> datetime:
    """From the beginning of a day to come, or from now on. Raises Refusal."""
    today = clock.local(now).date()
    if day is None or day == today:
        return now
    if day < today:
        raise Refusal(_("Ngày này đã qua. Để trống thì công bố ngay."), "day")
    if day > today + FURTHEST:
        raise Refusal(_("Ngày này xa quá. Chọn ngày trong vòng một năm."), "day")
    return clock.midnight(day)


# -- guided filing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """A dossier's code, or why nothing was filed."""

    code: str = ""
    reason: str = ""
    sentence: str = ""


def outcome(kind: str, code: str, sentence: str) -> Outcome:
    """What the form says, as it is kept. Raises Refusal."""
    check_nobody_named(sentence)
    if kind == FILED:
        if not code:
            raise Refusal(_("Ghi mã hồ sơ vừa nộp."), "dossier")
        return Outcome(code=read_code(code), sentence=sentence)
    if kind not in REASONS:
        raise Refusal(_("Chọn đã nộp hay vì sao chưa nộp."), "outcome")
    if code:
        raise Refusal(_("Có mã hồ sơ thì chọn “Đã nộp”, chưa nộp thì bỏ trống mã."), "dossier")
    if kind == "other" and not sentence:
        raise Refusal(_("Ghi một câu vì sao chưa nộp."), "sentence")
    return Outcome(reason=kind, sentence=sentence)


def read_code(text: str) -> str:
    """A dossier's official code. Raises Refusal."""
    try:
        return dossier_codes.read(text)
    except Refusal as refusal:
        raise Refusal(refusal.sentence, "dossier") from None


def check_nobody_named(sentence: str) -> None:
    """No phone, no identity number: the register counts help, it does not list people. Raises Refusal."""
    if re.search(r"(?:\d[\s.\-]*){9,}", sentence) or "@" in sentence:
        raise Refusal(_("Không ghi số điện thoại, số căn cước hay địa chỉ thư của người dân."), "sentence")


def check_day(day: date, today: date) -> None:
    if day > today:
        raise Refusal(_("Ngày này chưa tới."), "day")
    if day < today - BACK:
        raise Refusal(_("Ngày này xa quá. Ghi trong vòng một năm trở lại."), "day")
