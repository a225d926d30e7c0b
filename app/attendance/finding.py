"""The one field of the desk at the door: what a scanner or a person typed into it, and whom it means. Pure functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app import codes
from app.meetings.models import SignUp
from app.refusal import Refusal
from app.text import clean_line, fold, national

LONGEST = 300  # a scanned address with everything behind it
SHOWN = 8
# A code wherever it stands: alone, without dashes, inside a scanned address of either language, before a query.
_CODE = re.compile(r"([A-Z]{2})[\s-]*([0-9]{3})[\s-]*([0-9]{3})[\s-]*([0-9]{3})(?![0-9])")
_NUMBER = re.compile(r"[0-9\s.+()-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """`kind`: "" (nothing was typed), undo, one, several, given_up (one that gave its place back) or none; `fault` says what
    is wrong with a code; `code` is the one that was meant."""

    kind: str
    typed: str = ""
    rows: list[SignUp] = field(default_factory=list)
    more: int = 0
    code: str = ""
    fault: str = ""

    @property
    def row(self) -> SignUp:
        return self.rows[0]

    @property
    def phone(self) -> str:
        """What was typed, when it may be a telephone number: for the form of a walk-in."""
        return self.typed if not self.code and _digits(self.typed).startswith("0") else ""

    @property
    def name(self) -> str:
        return "" if self.code or _NUMBER.fullmatch(self.typed) else self.typed


def read(text: str) -> str:
    """What was typed, clean and of a length that means something."""
    return clean_line(text)[:LONGEST]


def code_in(typed: str) -> str:
    """The code in what was typed, or nothing. Raises Refusal when its check digit is wrong."""
    found = _CODE.search(typed.upper())
    return codes.read("".join(found.groups())) if found else ""


def find(rows: Iterable[SignUp], typed: str) -> Found:
    """Whom it means among a meeting's places; those given up only if nobody else fits."""
    if not typed:
        return Found("")
    if typed.casefold() == "z":
        return Found("undo", typed)
    try:
        code = code_in(typed)
    except Refusal as refusal:
        return Found("none", typed, code=typed, fault=refusal.sentence)
    hits = [row for row in rows if _means(row, typed, code)]
    hits = [row for row in hits if _digits(typed) and _digits(typed) in _numbers(row)] or hits  # the whole number, not a part
    live = [row for row in hits if row.state != "given_up"]
    if not live:
        return Found("given_up" if len(hits) == 1 else "none", typed, hits[:1], code=code)
    return Found("one" if len(live) == 1 else "several", typed, live[:SHOWN], len(live[SHOWN:]), code)


def _means(row: SignUp, typed: str, code: str) -> bool:
    if code:
        return row.code == code
    if _NUMBER.fullmatch(typed):
        digits = _digits(typed)
        return len(digits) >= 3 and any(digits in number for number in _numbers(row))
    return all(word in row.search_key for word in fold(typed).split())


def _numbers(row: SignUp) -> list[str]:
    """Telephone, tax code and the digits of the code, as somebody may type them."""
    return [national(row.phone), row.tax_code, _digits(row.code)]


def _digits(text: str) -> str:
    if not _NUMBER.fullmatch(text.replace("TB", "")):
        return ""
    digits = re.sub(r"\D", "", text)
    return "0" + digits[2:] if digits.startswith("84") and len(digits) == 11 else digits
