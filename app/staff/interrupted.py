"""A form sent after the session ended: kept while its officer signs in again, then sent on with one press.

What was typed travels in the sign-in page itself, signed. It is kept only if it carries the token of our own page, and handed
back only to the officer who had been signed in here: nobody sends what a stranger, or a colleague, has written.
"""

from dataclasses import dataclass

from flask import current_app, request, session
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import ValidationError

from app.staff import queries, rules


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the form was going and what it held, in order; files are not in it."""

    path: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool


def seal() -> str:
    """The form of this request, or nothing when it is not the last officer's own."""
    last = queries.session_of(str(session.get("_user_id", "")))
    if last is None:
        return ""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return ""
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    path = request.script_root + request.full_path.rstrip("?")
    return str(_signer().dumps([last.officer_id, path, fields, bool(request.files)]))


def opened(sealed: str, officer_id: int) -> Kept | None:
    """What was kept, if it is this officer's and still good to send."""
    try:
        owner, path, fields, had_files = _signer().loads(sealed, max_age=int(rules.ABSOLUTE.total_seconds()))
    except BadData:
        return None
    return Kept(path, tuple((name, value) for name, value in fields), had_files) if owner == officer_id else None


def _signer() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="interrupted-form")
