"""Closed by default: a view that does not say who may see it answers 403 to everybody."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = frozenset({"public"})
ASSETS = {"static", "bootstrap.static"}


def public(view: View) -> View:
    """Anybody may see it. Pages of one person check that person's proof themselves."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def staff_only(*roles: str) -> Callable[[View], View]:
    """Signed-in officers in one of these roles (an administrator always); no role named means any officer."""

    def mark(view: View) -> View:
        view.access = frozenset(roles) | {"admin"} if roles else frozenset({"staff"})  # type: ignore[attr-defined]
        return view

    return mark


def guard() -> ResponseReturnValue | None:
    """Before every request: does the view let this person in?"""
    if request.endpoint is None or request.endpoint in ASSETS:
        return None
    signed_in = current_user.is_authenticated  # asked now: it may write that the officer was seen, which no act may do inside
    allowed: frozenset[str] = getattr(current_app.view_functions[request.endpoint], "access", frozenset())
    if allowed == PUBLIC:
        return None
    if not allowed:
        abort(403)
    if not signed_in:
        return cast(ResponseReturnValue, current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    if "staff" not in allowed and current_user.role not in allowed:
        log.warning("refused endpoint=%s officer=%s", request.endpoint, current_user.id)
        abort(403)
    return None
