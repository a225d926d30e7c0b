"""What every page shares: filters, security headers, the two languages, error pages, static files by fingerprint."""

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale, get_translations
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadHost, HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from app import clock, dates, links, lunar, qr, survey, text
from app.db import db

log = logging.getLogger(__name__)
babel = Babel()
compress = Compress()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)

LARGEST_KEY = 2**31 - 1

POLICY = "; ".join((
    "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def init_app(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        {name: getattr(dates, name) for name in dates.FILTERS}
        | {
            "spaced_phone": text.spaced_phone,
            "mask_phone": text.mask_phone,
            "mask_email": text.mask_email,
            "qr": qr.svg,
            "lunar_words": lunar.words,
        }
    )
    app.jinja_env.globals.update(
        static_url=static_url, other_language=other_language, absolute=links.absolute, now=clock.now, today=clock.today,
        language=language, csrf_token=generate_csrf, survey_token=survey.token,
    )  # fmt: skip
    babel.init_app(app, locale_selector=language)
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = words
    compress.init_app(app)
    limiter.init_app(app)
    app.before_request(_nameable)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(Exception, _unforeseen)
    app.wsgi_app = _English(app.wsgi_app)  # type: ignore[method-assign]
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


ASCII = "".join(map(chr, range(33, 127)))


class _English:
    """`/en/…` is the same house in English: the prefix moves to the script name, so every link made on the page keeps it."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]]) -> None:
        self.wsgi = wsgi

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():  # no browser sends raw bytes; in quotes they are read like any other nonsense, never a fault
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe=ASCII)
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        return self.wsgi(environ, start_response)


def language() -> str:
    return "en" if request and request.script_root.endswith("/en") else "vi"


@pass_eval_context
def words(context: EvalContext, text: str, **facts: object) -> str:
    """`_` in templates, as gettext's newstyle has it (our own words are safe, the facts in them are escaped in HTML but not
    in a letter's plain text), made for a page that asks fifty times."""
    told = _gettext(text)
    if not context.autoescape:
        return told % facts
    safe = _safe(told)
    return safe % facts if facts else _safe(told % {}) if "%" in told else safe


@lru_cache(maxsize=4096)
def _safe(text: str) -> Markup:
    return Markup(text)  # noqa: S704  a sentence of the product's own


def _gettext(text: str) -> str:
    """The product is written in Vietnamese: only another language needs the catalogue."""
    locale = get_locale()
    return text if locale is None or locale.language == "vi" else str(get_translations().ugettext(text))


def _ngettext(one: str, many: str, count: int) -> str:
    locale = get_locale()
    return many if locale is None or locale.language == "vi" else str(get_translations().ungettext(one, many, count))


def attachment(body: str | bytes, mimetype: str, name: str) -> Response:
    """A file to be saved."""
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f"attachment; filename={name}"})


def other_language() -> str:
    """This page's address in the other language. Quoted: browsers read a bare backslash as the slash before a host."""
    root, path = request.script_root.removesuffix("/en"), quote(request.path)
    if request.method == "GET" and request.query_string:
        path += "?" + request.query_string.decode()
    return f"{root}{path}" if language() == "en" else f"{root}/en{path}"


@cache
def _fingerprint(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


@cache
def _static(folder: str, endpoint: str, filename: str, root: str) -> str:
    return f"{url_for(endpoint, filename=filename).removeprefix(root)}?v={_fingerprint(str(Path(folder) / filename))}"


def static_url(filename: str, endpoint: str = "static") -> str:
    """A static file's address with its fingerprint, the same in both languages, cached by browsers for a year."""
    owner = current_app if endpoint == "static" else current_app.blueprints[endpoint.removesuffix(".static")]
    return _static(str(owner.static_folder), endpoint, filename, request.script_root)


def _nameable() -> None:
    """No record is named by a NUL or numbered beyond a column's range; PostgreSQL would refuse even to look."""
    for value in (request.view_args or {}).values():
        if ("\x00" in value) if isinstance(value, str) else isinstance(value, int) and value > LARGEST_KEY:
            abort(404)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["PUBLIC_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    # A page may hold one person's data or a form's token: no cache keeps what does not say that it may be kept.
    response.headers.setdefault("Cache-Control", "no-store")
    # The router's own redirects (a slash missing or too many) repeat the host the request named, whoever wrote it.
    if response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
        response.set_data(redirect(response.location).get_data())
    return response


def _page(status: int, error_id: str | None = None) -> Response:
    return make_response(render_template(f"errors/{status}.html", error_id=error_id), status)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.get_response()
    if isinstance(error, SecurityError | BadHost):  # a host that is not ours: without an address of our own no link can be made
        return Response("Unknown host\n", 400, mimetype="text/plain")
    code = error.code or 500
    status = code if code in {403, 404, 405, 413, 429, 503} else 400 if code < 500 else 500
    response = _page(status, _noted("error", error) if status >= 500 else None)
    response.status_code = code
    for name, value in error.get_headers():
        if name != "Content-Type":  # Allow, Retry-After
            response.headers[name] = value
    if status == 429:
        log.warning("limit reached endpoint=%s network=%s", request.endpoint, request.remote_addr)
        response.headers.setdefault("Retry-After", "60")
    return response


def _database_away(error: Exception) -> ResponseReturnValue:
    """Nothing was saved; the page says so and how to go on."""
    db.session.rollback()
    response = _page(503, _noted("database away", error))
    response.headers["Retry-After"] = "5"
    return response


def _unforeseen(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    return _page(500, _noted("unforeseen", error))


def _noted(what: str, error: Exception) -> str:
    """The number on the page leads to the line in the log."""
    error_id = secrets.token_hex(4)
    log.error("%s error_id=%s endpoint=%s", what, error_id, request.endpoint, exc_info=error)
    return error_id
