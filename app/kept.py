"""Pages rendered a moment ago, shown again while nothing has happened: the busiest are the same for everybody but for tokens.

**Always true.** A kept page is shown only while one small query says that what it was rendered from has not changed since
(asked before it was rendered: rows may be newer than that answer, never older), and while the minute is the same. So an act
in one process shows at once in all of them, and what depends on the hour is never more than its minute old.

**Nobody's own.** Pages are kept in pieces, cut where the CSRF token and the keys of forms stood; each visitor's own join them
again. Nothing else of a person may be on such a page: tests compare what two visitors get.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from threading import Lock
from typing import ParamSpec

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from app import audit, clock

KEPT = 500  # pages of 10 to 80 KB
Address = tuple[str, str, datetime]
Given = ParamSpec("Given")


@dataclass(frozen=True, slots=True)
class Page:
    """`pieces`: text, then in turn the number of what belongs to the visitor (see `_own`), and text again."""

    fingerprint: Hashable
    until: datetime | None
    pieces: list[str | int]


_pages: OrderedDict[Address, Page] = OrderedDict()
_tidying = Lock()


def page(view: Callable[Given, ResponseReturnValue]) -> Callable[Given, ResponseReturnValue]:
    """For what renders a page that is the same for everybody: kept until anybody does anything in the house."""

    @wraps(view)
    def kept(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
        now, stamp = clock.now(), audit.stamp()
        found = take(now)
        if found is not None and found.fingerprint == stamp:
            return text(found)
        made = view(*args, **kwargs)
        rendered = made[0] if isinstance(made, tuple) and made[1:] == (200,) else made
        if isinstance(rendered, str):
            put(now, stamp, rendered)
        return made

    return kept


def own_key() -> str:
    """A random key for one form on one visitor's page; a kept page gives the next visitor another."""
    key = secrets.token_urlsafe(16)
    g.setdefault("form_keys", []).append(key)
    return key


def take(now: datetime) -> Page | None:
    """The page of this very address and minute; whether it is still true is for the caller to compare."""
    found = _pages.get(_address(now))
    return None if found is None or (found.until is not None and found.until <= now) else found


def put(now: datetime, fingerprint: Hashable, rendered: str, until: datetime | None = None) -> None:
    with _tidying:
        _pages[_address(now)] = Page(fingerprint, until, _pieces(rendered))
        while len(_pages) > KEPT:
            _pages.popitem(last=False)


def text(found: Page) -> str:
    """With the visitor's own token and keys."""
    fresh: dict[int, str] = {}
    for piece in found.pieces:
        if isinstance(piece, int) and piece not in fresh:
            fresh[piece] = secrets.token_urlsafe(16) if piece else generate_csrf()
    return "".join(fresh[piece] if isinstance(piece, int) else piece for piece in found.pieces)


def empty() -> None:
    _pages.clear()


def _pieces(rendered: str) -> list[str | int]:
    own = _own()
    if not own:
        return [rendered]
    cut = re.split(f"({'|'.join(map(re.escape, own))})", rendered)
    return [own.index(piece) if at % 2 else piece for at, piece in enumerate(cut)]


def _own() -> list[str]:
    """What this visitor alone has on the page: the token, if a form asked for it, and the keys of forms."""
    keys = list(g.get("form_keys", []))
    return [generate_csrf(), *keys] if keys or "csrf_token" in g else []


def _address(now: datetime) -> Address:
    return request.script_root, request.full_path, now.replace(second=0)
