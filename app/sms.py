"""SMS by any HTTP gateway: an address, headers, a body to fill in, and a pattern that tells success.

Nothing of any vendor is built in. `{to}`, `{text}` and `{id}` in the address, the headers and the body are filled in, each
escaped for where it stands; `{id}` never changes for a message, so that a gateway that honours it sends once.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from types import TracebackType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener
from xml.sax.saxutils import escape as xml

from flask import current_app

from app.channels import InDoubt, NotTaken, Unreachable

SECONDS = 6.0  # to connect, and again to answer: 12 at most
_LATER = {408, 425, 429, 503}
_BLANK = re.compile(r"\{(to|text|id)\}")


@dataclass(frozen=True)
class Sms:
    to: str  # E.164
    text: str
    id: str


class _NoRedirect(HTTPRedirectHandler):
    """A redirected POST becomes a GET, perhaps to a stranger: the setting is wrong, a person must mend it."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = build_opener(_NoRedirect, ProxyHandler({}))


class Gateway:
    """The way out for SMS: every message is a request of its own, nothing stays open between them."""

    alive = True

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def offer(self, message: Sms) -> None:
        self._request = _request(message, current_app.config)

    def withhold(self) -> None:
        return None

    def hand_over(self) -> None:
        """Raises NotTaken, Unreachable, or InDoubt when the request went out and no clear answer came back."""
        try:
            with _opener.open(self._request, timeout=SECONDS) as answer:
                status, body = answer.status, answer.read(10_000)
        except HTTPError as answer:
            status, body = answer.code, answer.read(10_000)
        except URLError as problem:  # could not connect, or could not write the request to its end
            raise Unreachable(f"SMS gateway: {problem.reason}") from problem
        except (OSError, HTTPException) as problem:
            raise InDoubt(f"SMS gateway: {type(problem).__name__}: {problem}") from problem
        _judge(status, body.decode("utf-8", "replace"), current_app.config["SMS_GATEWAY_SUCCESS"])


def configured() -> bool:
    return bool(current_app.config["SMS_GATEWAY_URL"])


def _judge(status: int, body: str, success: str) -> None:
    said = f"{status} {body}"
    if re.search(success, said):
        return
    short = " ".join(said.split())[:500]
    if status >= 500 and status not in _LATER:
        raise InDoubt(short)  # it failed somewhere behind the gateway: before or after sending?
    raise NotTaken(short, permanent=status not in _LATER)


def _request(message: Sms, config: Mapping[str, Any]) -> Request:
    if urlsplit(config["SMS_GATEWAY_URL"]).scheme not in {"http", "https"}:
        raise ValueError("SMS_GATEWAY_URL must begin with http:// or https://")
    values = {"to": message.to, "text": message.text, "id": message.id}
    headers = {
        name.strip(): _filled(value.strip(), values, lambda text: " ".join(text.split()))
        for name, _colon, value in (line.partition(":") for line in config["SMS_GATEWAY_HEADERS"].splitlines() if line.strip())
    }
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "application/json")
    method = config["SMS_GATEWAY_METHOD"].upper()
    body = None if method == "GET" else _filled(config["SMS_GATEWAY_BODY"], values, _escape_for(kind)).encode()
    url = _filled(config["SMS_GATEWAY_URL"], values, lambda text: quote(text, safe=""))
    return Request(url, data=body, headers=headers, method=method)  # noqa: S310  the scheme was checked


def _filled(template: str, values: Mapping[str, str], escape: Callable[[str], str]) -> str:
    """All blanks at once: a text that itself contains "{id}" stays as written."""
    return _BLANK.sub(lambda found: escape(values[found[1]]), template)


def _escape_for(content_type: str) -> Callable[[str], str]:
    if "json" in content_type:
        return lambda text: json.dumps(text)[1:-1]
    if "xml" in content_type:
        return lambda text: xml(text, {'"': "&quot;", "'": "&apos;"})
    return lambda text: quote(text, safe="")
