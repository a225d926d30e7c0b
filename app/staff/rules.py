"""Addresses, passwords worth having, sessions that end, and where a sign-in may lead. No database, no clock."""

import re
import unicodedata
from datetime import datetime, timedelta
from urllib.parse import unquote

from flask_babel import gettext as _

from app.refusal import Refusal
from app.text import clean_line, fold

SHORTEST, LONGEST = 10, 128
IDLE, ABSOLUTE = timedelta(hours=1), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how often being seen is written down
LINK_LASTS = timedelta(hours=48)
LONGEST_TARGET = 2000

# What is tried first, here as everywhere: taken out of a password, these must leave enough of it.
_WORDS = """
    password passwort passphrase matkhau administrator admin root login secret changeme default welcome letmein master
    iloveyou anhyeuem emyeuanh yeuem yeuanh tinhyeu giadinh hanhphuc congchua baby lovely princess sunshine superman batman
    football baseball monkey dragon shadow michael jordan computer internet starwars whatever trustno samsung google facebook
    zalo vietnam saigon hanoi cantho thanhpho tpcantho ubnd uyban nhandan phuong quan omon thoian motcua canbo congchuc
    quantri hen henhen dichvucong vanphong hoso
"""
_WORDS_LONGEST_FIRST = sorted(_WORDS.split(), key=len, reverse=True)
_ROWS = (
    "01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "!@#$%^&*()",
)  # fmt: skip
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_DISGUISE = str.maketrans("@$!0135", "asioies")
_MUST_REMAIN = 5  # different characters


def address(typed: str) -> str:
    """An account's e-mail address as it is stored and looked up."""
    return clean_line(typed).casefold()


def exact(password: str) -> str:
    """As typed. Keyboards write the marks of Vietnamese letters apart or together; both are the same password."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, email: str) -> None:
    """Long enough and not among the first guesses; no other rule, since they only make passwords worse. Raises Refusal."""
    if len(exact(password)) < SHORTEST:
        raise Refusal(_("Mật khẩu cần ít nhất %(count)s ký tự.", count=SHORTEST), "password")
    plain = fold(password).replace(" ", "")
    if any(_easily_guessed(text, email) for text in (plain, plain.translate(_DISGUISE))):
        raise Refusal(_("Mật khẩu này dễ đoán quá. Ghép vài chữ không liên quan với nhau."), "password")


def _easily_guessed(plain: str, email: str) -> bool:
    """Nothing much is left without common words, the person's own address, years and runs of keys."""
    own = [part for part in re.split(r"[@.]", email) if len(part) > 2]
    for word in [*own, *_WORDS_LONGEST_FIRST]:
        plain = plain.replace(word, "")
    plain = _YEAR.sub("", plain)
    for row in _ROWS:
        plain = _without_runs(plain, row)
    return len(set(plain)) < _MUST_REMAIN


def _without_runs(text: str, row: str) -> str:
    """Without the stretches of three keys and more that lie side by side in this row."""
    for size in range(len(row), 2, -1):
        for first in range(len(row) - size + 1):
            text = text.replace(row[first : first + size], "")
    return text


def alive(started_at: datetime, seen_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    return ended_at is None and now - seen_at < IDLE and now - started_at < ABSOLUTE


def inside(target: str | None) -> str | None:
    """The address to go on to after signing in, if it stays in this house: a path and nothing a browser reads as a host."""
    if not target or len(target) > LONGEST_TARGET or not target.startswith("/") or target.startswith("//"):
        return None
    plain = unquote(target)  # whoever passes the address on may unwrap it once more
    return None if plain.startswith("//") or "\\" in plain or not plain.isprintable() else target
