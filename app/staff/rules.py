"""Passwords worth having, sessions that end, and where a sign-in may lead. No database, no clock."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _

from app.refusal import Refusal
from app.text import fold

SHORTEST, LONGEST = 10, 128
IDLE, ABSOLUTE = timedelta(hours=1), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how often being seen is written down
LINK_SECONDS = 48 * 3600
# What is tried first, here as everywhere; compared without marks, case and digits at the ends.
_GUESSES = """
    password matkhau qwertyuiop iloveyou administrator motcua motcuaomon omon omoncantho cantho tpcantho ubndquanomon ubndphuong
    canbo congchuc vietnam anhyeuem letmein welcome quantri hen henhen phuongthoian dichvucong
"""
COMMON = frozenset(_GUESSES.split())


def check_password(password: str, email: str) -> None:
    """Long enough and not the first guess; no other rule, since they only make passwords worse. Raises Refusal."""
    if len(password) < SHORTEST:
        raise Refusal(_("Mật khẩu cần ít nhất %(count)s ký tự.", count=SHORTEST), "password")
    bare = fold(password).replace(" ", "").strip("0123456789!@#.-_")
    if bare in COMMON or bare == email.partition("@")[0].casefold() or len(set(password)) < 4:
        raise Refusal(_("Mật khẩu này dễ đoán quá. Ghép vài chữ không liên quan với nhau."), "password")


def alive(started_at: datetime, seen_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    return ended_at is None and now - seen_at < IDLE and now - started_at < ABSOLUTE


def inside(target: str | None) -> str | None:
    """The address to go on to after signing in, if it stays in this house: a path and nothing a browser reads as a host."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if any(character in "\\\r\n\t" or ord(character) < 32 for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
