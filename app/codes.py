"""Codes people read aloud: two letters and nine digits, the last a check digit (`TA-482-716-305`)."""

import re
import secrets

from flask_babel import gettext as _
from stdnum import damm

from app.refusal import Refusal
from app.text import clean_line

_SHAPE = re.compile(r"([A-Z]{2})(\d{9})")


def _digits(letters: str, digits: str) -> str:
    """Letters count as two digits each, so that the check digit also catches a wrong letter."""
    return "".join(str(ord(letter) - 55) for letter in letters) + digits


def _written(letters: str, digits: str) -> str:
    return f"{letters}-{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def new(letters: str) -> str:
    """A random code: eight digits from the system's generator, never sequential, so that nobody counts or guesses neighbours."""
    digits = f"{secrets.randbelow(10**8):08d}"
    return _written(letters, digits + damm.calc_check_digit(_digits(letters, digits)))


def bare(text: str) -> str:
    """What counts of a typed code, in one way of writing."""
    return re.sub(r"[^A-Z0-9]", "", clean_line(text).upper())


def read(text: str) -> str:
    """The code a person typed, with or without dashes and in any case, in its written form.

    Raises Refusal when it has another shape or its check digit is wrong: no look-up is needed to know.
    """
    found = _SHAPE.fullmatch(bare(text))
    if not found:
        raise Refusal(_("Mã hẹn có 2 chữ và 9 số, ví dụ TA-482-716-305."), "code")
    letters, digits = found.groups()
    if not damm.is_valid(_digits(letters, digits)):
        raise Refusal(_("Mã %(code)s gõ sai một số. Xem lại mã trên phiếu hẹn.", code=_written(letters, digits)), "code")
    return _written(letters, digits)
