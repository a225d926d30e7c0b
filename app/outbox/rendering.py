"""A row becomes words: `templates/mail/<template>.txt` (subject and body), `.html` beside it, `.sms.txt` for phones.

Outside any request: templates see their facts, the globals and filters of the house, `due_kind` (the row's kind), `locale`
and, in HTML, `subject`. A name that is missing is an error, not an empty place in somebody's letter. The subject block is
rendered alone: what it needs is a fact, or set inside it.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import Environment, Template, TemplateNotFound

SMS_LENGTH = 160
_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "\xa0": " "})


def subject(template: str, kind: str, facts: Mapping[str, Any], locale: str) -> str:
    with force_locale(locale):
        return _subject(_text(template), _seen(kind, facts, locale))


def letter(template: str, kind: str, facts: Mapping[str, Any], locale: str) -> tuple[str, str, str]:
    """Subject, text, and HTML ("" where a message has none)."""
    with force_locale(locale):
        seen, plain = _seen(kind, facts, locale), _text(template)
        line = _subject(plain, seen)
        rich = _found(f"{template}.html")
        return line, plain.render(seen).strip() + "\n", rich.render(seen | {"subject": line}) if rich else ""


def sms(template: str, kind: str, facts: Mapping[str, Any], locale: str) -> str:
    """At most 160 characters of plain ASCII: one message on every phone."""
    with force_locale(locale):
        text = _environment().get_template(f"mail/{template}.sms.txt").render(_seen(kind, facts, locale))
    line = " ".join(ascii_only(text).split())
    return line if len(line) <= SMS_LENGTH else line[: SMS_LENGTH + 1].rsplit(" ", 1)[0][:SMS_LENGTH]


def fits_phones(template: str) -> bool:
    """Is there an SMS of this message?"""
    return _found(f"{template}.sms.txt") is not None


def ascii_only(text: str) -> str:
    """Vietnamese without its marks ("Đã huỷ hẹn" -> "Da huy hen"); anything else outside ASCII is left out."""
    bare = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return bare.encode("ascii", "ignore").decode()


def _seen(kind: str, facts: Mapping[str, Any], locale: str) -> dict[str, Any]:
    return dict(facts) | {"due_kind": kind, "locale": locale}


def _subject(template: Template, seen: Mapping[str, Any]) -> str:
    block = template.blocks["subject"]
    return " ".join("".join(block(template.new_context(dict(seen)))).split())


def _text(template: str) -> Template:
    return _environment().get_template(f"mail/{template}.txt")


def _found(name: str) -> Template | None:
    try:
        return _environment().get_template(f"mail/{name}")
    except TemplateNotFound as missing:
        if missing.name != f"mail/{name}":
            raise
        return None


def _environment() -> Environment:
    return current_app.jinja_env
