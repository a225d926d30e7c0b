"""The administrator's commands."""

from contextvars import Context

import pytest
from flask import Flask

from app.db import db
from app.staff import actions, queries
from tests import make as offices
from tests.page import Client
from tests.staff import make
from tests.staff.make import EMAIL, PASSWORD


def run(app: Flask, *words: str, ok: bool = True) -> str:
    """As a shell would: nothing of the test's own context is there."""
    found = Context().run(app.test_cli_runner().invoke, args=["officer", *words])
    assert (found.exit_code == 0) is ok, found.output
    return found.output.strip()


def test_add_prints_a_link_that_sets_a_password(app: Flask, client: Client) -> None:
    link = run(app, "add", EMAIL, "--role", "admin", "--name", "Nguyễn Thị Út")
    assert link.startswith("https://hen.example/can-bo/lien-ket/")
    client.submit(link.removeprefix("https://hen.example"), {"password": PASSWORD}, having="password")
    assert make.sign_in(client).location == "/can-bo/"


def test_add_for_one_office(app: Flask) -> None:
    catalogue = offices.office()
    run(app, "add", EMAIL, "--role", "counter", "--office", "thoi-an")
    db.session.rollback()  # read anew
    officer = queries.by_email(EMAIL)
    assert officer is not None
    assert (officer.role, officer.office_id) == ("counter", catalogue.offices[0].id)
    assert "thoi-an" in run(app, "add", "tam@hen.example", "--role", "counter", "--office", "nowhere", ok=False)


def test_add_refuses_with_a_sentence(app: Flask) -> None:
    run(app, "add", EMAIL, "--role", "counter")
    assert "đã có tài khoản" in run(app, "add", EMAIL.upper(), "--role", "counter", ok=False)
    assert "not an e-mail address" in run(app, "add", "ut", "--role", "counter", ok=False)
    assert "king" in run(app, "add", "tam@hen.example", "--role", "king", ok=False)


def test_link_and_deactivate(app: Flask, client: Client) -> None:
    make.officer()
    make.sign_in(client)
    token = run(app, "link", EMAIL).rpartition("/")[2]
    assert queries.of_link(token)
    run(app, "deactivate", EMAIL)
    assert client.get("/can-bo/thu/").status_code == 303
    assert actions.sign_in(EMAIL, PASSWORD) is None
    assert "không có tài khoản" in run(app, "deactivate", EMAIL, ok=False)


def test_without_a_secret_nothing_is_written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", None)
    assert "SECRET_KEY is not set" in run(app, "add", EMAIL, "--role", "admin", ok=False)
    assert queries.by_email(EMAIL) is None
    make.officer()
    assert "SECRET_KEY is not set" in run(app, "link", EMAIL, ok=False)
