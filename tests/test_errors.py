"""The error pages: in both languages, with a phone number, and without the database."""

from pathlib import Path

import pytest
from flask import Flask, abort

from app import access, create_app
from app.web import static_url
from tests.conftest import SETTINGS
from tests.page import Client, page


@pytest.fixture
def away(tmp_path: Path) -> Client:
    """A visitor while the database cannot be reached; /fail/<status> fails with that status."""
    uri = f"sqlite:///{tmp_path / 'nowhere' / 'hen.db'}"
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": uri, "INSTANCE_PATH": str(tmp_path), "PROPAGATE_EXCEPTIONS": False})
    app.add_url_rule("/fail/<int:status>", "fail", access.public(lambda status: abort(status)))
    app.add_url_rule("/broken", "broken", access.public(lambda: 1 / 0))
    with app.app_context():
        yield Client(app, app.response_class)


@pytest.mark.parametrize("root", ["", "/en"])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 418, 429, 500, 503])
def test_error_page(away: Client, status: int, root: str) -> None:
    answer = away.get(f"{root}/fail/{status}")
    assert answer.status_code == status
    assert "tel:02923000000" in page(answer).links()
    numbers = [p.words for p in page(answer).all("p") if p.attrs.get("class") == "h-code"]
    assert [len(number) for number in numbers] == ([8] if status >= 500 else [])
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_database_away(away: Client) -> None:
    answer = away.get("/thu-tuc/1.001193")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert len(page(answer).all("p")[-1].words) >= 4


def test_database_away_for_a_signed_in_officer(away: Client) -> None:
    with away.session_transaction() as session:
        session["_user_id"] = "1"
        session["_fresh"] = True
    assert away.get("/can-bo/").status_code == 503
    assert away.get("/khong-co").status_code == 404  # the layout asks nobody


def test_unforeseen_error_shows_its_number(away: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = away.get("/broken")
    assert answer.status_code == 500
    number = next(p.words for p in page(answer).all("p") if p.attrs.get("class") == "h-code")
    assert number in caplog.text
    assert "ZeroDivisionError" not in answer.text


def test_static_files_are_kept_by_their_fingerprint(away: Client) -> None:
    app: Flask = away.application
    with app.test_request_context("/"):
        address = static_url("css/hen.css")
    answer = away.get(address)
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    with app.test_request_context("/", base_url="http://localhost/en"):
        assert static_url("css/hen.css") == address
