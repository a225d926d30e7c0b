"""What is logged: one line a thing, readable by people and machines, traceable to its answer."""

import json
import logging
import sys
from typing import Any

import pytest
from flask import Flask

from app import codes, logs
from tests.page import Client


def record(message: str, *args: object, exc_info: Any = None) -> logging.LogRecord:
    return logging.LogRecord("app.home", logging.WARNING, "x.py", 1, message, args, exc_info)


@pytest.mark.parametrize("hostile", ["a\nERROR forged", "a\r\nb", "\x1b[31mred", "\u2028next", "a\x00b"])
def test_nobody_forges_a_line(hostile: str) -> None:
    for formatter in (logs._Line(), logs._Json()):
        assert len(formatter.format(record("name=%s", hostile)).splitlines()) == 1
        assert "\x1b" not in formatter.format(record("name=%s", hostile))


def test_a_machine_reads_every_line() -> None:
    try:
        raise ValueError("hỏng")
    except ValueError:
        told = json.loads(logs._Json().format(record("đã hỏng id=%s", 3, exc_info=sys.exc_info())))
    assert (told["level"], told["logger"], told["message"]) == ("warning", "app.home", "đã hỏng id=3")
    assert "ValueError: hỏng" in told["trace"]
    assert told["at"].endswith("+00:00")


def test_an_answer_and_its_lines_bear_one_number(app: Flask, client: Client) -> None:
    told = []
    log = logging.getLogger("app.home.views")
    handler = logging.Handler()
    handler.emit = lambda one: told.append(json.loads(logs._Json().format(one)))  # type: ignore[method-assign]
    log.addHandler(handler)
    try:
        answer = client.submit("/tra-cuu", {"code": codes.new("TA"), "last4": "1234"}, having="last4")
    finally:
        log.removeHandler(handler)
    assert [line["request"] for line in told] == [answer.headers[logs.NUMBER]]
    assert client.get("/healthz").headers[logs.NUMBER] != answer.headers[logs.NUMBER]
