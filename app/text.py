"""Vietnamese text: cleaned once at the edge, folded for search."""

import difflib
import re
import unicodedata
from typing import Protocol

_ETH = str.maketrans({"Ð": "Đ", "ð": "đ"})  # newspapers type U+00D0 for U+0110
_FOLD = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})
# Control characters, lone surrogates, and the invisible marks that reorder or hide text.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def clean(text: str) -> str:
    """NFC, Đ repaired, unseen characters removed, ends trimmed; line ends become \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text)).translate(_ETH).strip()


def clean_line(text: str) -> str:
    """`clean`, on one line with single spaces."""
    return " ".join(clean(text).split())


def fold(text: str) -> str:
    """The key to search by: no marks, no case, single spaces ("Đăng ký" and "dang ky" agree)."""
    bare = unicodedata.normalize("NFD", text.translate(_FOLD))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().split())


def mask_phone(phone: str) -> str:
    """`0912 *** 678` from any way of writing the number."""
    digits = national(phone)
    return f"{digits[:4]} *** {digits[-3:]}" if len(digits) >= 9 else "***"


def mask_email(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host}"


def national(phone: str) -> str:
    """`0912345678` from `+84912345678`."""
    return "0" + phone.removeprefix("+84") if phone.startswith("+84") else phone


def spaced_phone(phone: str) -> str:
    """`0912 345 678`; a landline `0292 3861 270`."""
    digits = national(phone)
    if len(digits) == 10:
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    return f"{digits[:4]} {digits[4:8]} {digits[8:]}" if len(digits) == 11 else digits


class Named(Protocol):
    """Whatever has a Vietnamese name, and perhaps an English one."""

    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def named(thing: Named, locale: str) -> str:
    """As the reader's language calls it; in Vietnamese where there is no English name."""
    return (thing.name_en if locale == "en" else "") or thing.name


def joined(theirs: str, mine: str) -> str:
    """One text that holds every line of both, common lines once, in their order: nothing either wrote is lost."""
    first, second = theirs.splitlines(), mine.splitlines()
    lines: list[str] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        lines += first[a:b] if kind == "equal" else [*first[a:b], *second[c:d]]
    return "\n".join(lines)
