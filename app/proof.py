"""Proof that a visitor may see one booking: granted to the browser that made it, by a link in a message, or by a look-up."""

from collections.abc import Callable
from functools import wraps

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from app import codes, dossier_codes
from app.refusal import Refusal

KEPT = 8  # codes one browser remembers: families share a phone, and the cookie stays small


def grant(code: str) -> None:
    codes = [kept for kept in held() if kept != code]
    session["open"] = [*codes, code][-KEPT:]
    session.permanent = True


def held() -> list[str]:
    """What this browser may open, the youngest last."""
    return list(session.get("open", []))


def holds(code: str) -> bool:
    return code in held()


def forget() -> None:
    session.pop("open", None)


def token(code: str) -> str:
    """What a message's link carries: good for this code only, as long as the booking's page is."""
    return str(_signer().dumps(code))


def accepts(token: str, code: str) -> bool:
    return code_of(token) == code


def code_of(token: str) -> str:
    """Which code a link's token opens; empty when it is not ours."""
    try:
        return str(_signer().loads(token))
    except BadSignature:
        return ""


def _signer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="open-booking")


View = Callable[[str], ResponseReturnValue]


def required(view: View) -> View:
    """The view of one booking, seat or question, for whoever may see it: see `_guarded`."""
    return _guarded(view, codes.read)


def of_dossier(view: View) -> View:
    """The same for a dossier, whose code is the official one."""
    return _guarded(view, dossier_codes.read)


def _guarded(view: View, read: Callable[[str], str]) -> View:
    """A link's token is remembered and leaves the address. Everybody else is asked for the last digits of the phone: the same
    page whether the code exists or not.
    """

    @wraps(view)
    def opened(code: str) -> ResponseReturnValue:
        try:
            written = read(code)
        except Refusal:
            abort(404)
        token = request.args.get("t", "")
        if token and accepts(token, written):
            grant(written)
        if token or written != code:
            return redirect(url_for(str(request.endpoint), code=written))
        if not holds(written):
            return render_template("ask.html", code=written), 403
        return view(written)

    return opened
