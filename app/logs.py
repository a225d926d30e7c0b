"""Log lines: for people on a console, or one JSON object a line (LOG_FORMAT=json); each with its request's number.

No personal data goes in: messages name endpoints, states and numbers. Whatever text comes along, a line stays one line.
"""

import json
import logging
import secrets
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context

NUMBER = "X-Request-Id"


class _Line(logging.Formatter):
    """For reading: time, level, where, what; an exception follows indented."""

    def format(self, record: logging.LogRecord) -> str:
        parts = (_at(record), record.levelname.lower(), record.name, _request(), record.getMessage())
        told = " ".join(_one_line(part) for part in parts if part)
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return "\n    ".join([told, *(_one_line(line) for line in trace.splitlines())])


class _Json(logging.Formatter):
    """For machines: keys at, level, logger, request, message, trace."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"at": _at(record), "level": record.levelname.lower(), "logger": record.name, "request": _request()}
        told["message"] = record.getMessage()
        told["trace"] = self.formatException(record.exc_info) if record.exc_info else ""
        line = json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False)
        return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)  # U+2028 would break it


def init_app(app: Flask) -> None:
    """One handler for the process; who runs the product under another logging set-up (a test, a server) keeps theirs."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if app.config["LOG_FORMAT"] == "json" else _Line())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("app").setLevel(logging.INFO)
    app.after_request(_numbered)


def _numbered(response: Response) -> Response:
    response.headers[NUMBER] = _request()
    return response


def _request() -> str:
    """This request's number: on its answer and on every line it leaves."""
    if not has_request_context():
        return ""
    if "request_number" not in g:
        g.request_number = secrets.token_hex(6)
    return str(g.request_number)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _one_line(text: str) -> str:
    """Line breaks and control characters written out: nobody forges a line of their own."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
