"""What every answer carries, what no header of a stranger can bring about, what the log and the cookie keep to themselves."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import access, config, create_app, links, proof
from app.config import ROOT
from app.db import db
from app.outbox import rendering
from app.outbox.models import Message
from app.web import HEADERS, limiter
from tests import limits, make, world
from tests.conftest import SETTINGS
from tests.page import Client, page
from tests.world import World

EVIL = "evil.example"


@pytest.fixture
def here(app: Flask) -> Iterator[World]:
    with time_machine.travel(world.TUESDAY, tick=False):
        yield world.build(app)


Twin = Callable[..., Client]


@pytest.fixture
def twin(app: Flask) -> Iterator[Twin]:
    """Makes a visitor of an app with other settings on the same database."""
    same, made = {name: app.config[name] for name in ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH")}, []

    def make_one(**settings: object) -> Client:
        made.append(create_app(SETTINGS | same | settings))
        return Client(made[-1], made[-1].response_class)

    yield make_one
    limiter.enabled = False
    for other in made:
        with other.app_context():
            db.engine.dispose()


# -- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 200), ("GET", "/en/", 200), ("GET", "/healthz", 200), ("GET", "/readyz", 503),
        ("GET", "/thu-bay/lich.ics", 200), ("GET", "/static/css/hen.css", 200),
        ("GET", "/bootstrap/static/css/bootstrap.min.css", 200), ("GET", "/robots.txt", 200),
        ("GET", "/thu-bay", 302), ("GET", "/can-bo/", 303), ("GET", "/can-bo", 308), ("OPTIONS", "/", 200), ("HEAD", "/", 200),
        ("GET", "/khong-co", 404), ("GET", "/static/khong-co.css", 404), ("GET", "/static/../wsgi.py", 404), ("PUT", "/", 405),
        ("TRACE", "/", 405), ("POST", "/tra-cuu", 422), ("GET", "/hen/{code}", 403), ("GET", "/fails", 500),
        ("GET", "/away", 503),
    ],
)  # fmt: skip
def test_every_answer_carries_the_headers(
    app: Flask, here: World, client: Client, monkeypatch: pytest.MonkeyPatch, method: str, address: str, status: int
) -> None:
    if address in {"/fails", "/away"}:
        error = OperationalError("SELECT", {}, Exception("away")) if address == "/away" else ZeroDivisionError()
        _failing(app, monkeypatch, error)
        address = "/quyen-rieng-tu"
    answer = client.open(address.format(code=here.appointment), method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    stays = address.startswith(("/static/css", "/bootstrap")) or address.endswith(".ics")
    assert "max-age" in answer.headers["Cache-Control"] if stays else answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype != "text/html" or answer.mimetype_params["charset"] == "utf-8"


def _failing(app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    @access.public
    def fail() -> str:
        raise error

    monkeypatch.setitem(app.view_functions, "home.privacy", fail)


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)
    assert "*" not in str(policy)
    assert policy["form-action"] == "'self'"


def test_http_installations_promise_no_https(twin: Twin) -> None:
    answer = twin(PUBLIC_URL="http://hen.example").get("/healthz")
    assert "Strict-Transport-Security" not in answer.headers


def test_downloads_are_files_and_never_pages(app: Flask, here: World, client: Client) -> None:
    here.prove(client)
    for address in (f"/hen/{here.appointment}/lich.ics", f"/cho/{here.seat}/lich.ics"):
        answer = client.get(address)
        assert answer.mimetype == "text/calendar"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


# -- who we are is said by the settings, not by the request -----------------------------------------------------------

TRICKS = [
    {"Host": EVIL}, {"Host": f"{EVIL}:8000"}, {"Host": f"hen.example@{EVIL}"}, {"X-Forwarded-Host": EVIL}, {"X-Host": EVIL},
    {"Forwarded": f"for=127.0.0.1;host={EVIL};proto=https"}, {"X-Forwarded-Server": EVIL}, {"X-Original-URL": f"//{EVIL}/"},
    {"X-Forwarded-Prefix": f"//{EVIL}"}, {"X-Script-Name": f"//{EVIL}"}, {"Referer": f"https://{EVIL}/"}, {"Origin": f"https://{EVIL}"},
]  # fmt: skip


@pytest.mark.parametrize("headers", TRICKS, ids=lambda headers: " ".join(headers))
@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_gets_into_a_link(app: Flask, here: World, headers: dict[str, str], proxies: int, twin: Twin) -> None:
    client = twin(TRUSTED_PROXIES=proxies)
    here.prove(client)
    for address in (
        "/", "/en/thu-tuc", f"/hen/{here.appointment}", f"/hen/{here.appointment}/phieu", f"/hen/{here.appointment}/lich.ics",
        f"/cho/{here.seat}", f"/cho/{here.seat}/lich.ics", "/thu-bay/lich.ics", "/can-bo/hom-nay", "/can-bo", "//can-bo",
        "/khong-co", "/thu-bay", f"//{EVIL}/", f"/en//{EVIL}/", f"/hen/{here.appointment}?t=x",
    ):  # fmt: skip
        answer = client.get(address, headers=headers)
        away = [link for link in page(answer).links() if link.startswith(("//", "http"))]
        assert not [link for link in away if EVIL in link], address
        assert not re.match(r"(//|\w+:)", answer.headers.get("Location", "")), address
        if EVIL not in address:
            assert EVIL not in answer.text, address


def test_the_wrong_host_gets_no_message_and_no_calendar_entry(app: Flask, here: World, client: Client) -> None:
    """A sign-up through another host: what leaves by mail still leads to us."""
    shown = client.get("/thu-bay/2026-12-05", headers={"Host": EVIL})
    typed = {
        "name": "Trại vịt Năm Lúa",
        "contact": "Lê Văn Lúa",
        "phone": "0939 111 222",
        "email": "lua@example.vn",
        "seats": "1",
    }
    answer = client.submit(shown, typed, having="contact", headers={"Host": EVIL, "X-Forwarded-Host": EVIL})
    assert answer.status_code == 303
    messages = db.session.scalars(sa.select(Message).where(Message.recipient == "lua@example.vn")).all()
    assert messages
    for message in messages:
        _subject, text, html = rendering.letter(message.template, message.kind, message.facts, message.locale)
        assert EVIL not in f"{text} {html} {message.facts}"
        assert "https://hen.example/cho/TB-" in text
    for address in re.findall(r"""https?://[^\s"'<>]+""", f"{text} {html}"):
        assert address.startswith("https://hen.example/")


def test_links_in_letters_are_built_from_the_settings_alone(app: Flask) -> None:
    with app.test_request_context("/en/", base_url=f"http://{EVIL}/en", headers={"X-Forwarded-Host": EVIL}):
        assert links.absolute("home.index") == "https://hen.example/"
        assert links.absolute("home.index", "en") == "https://hen.example/en/"


@pytest.mark.parametrize("host", [EVIL, "hen.example.evil.example", "hen.example:x", "", "x" * 3000])
def test_with_trusted_hosts_no_other_is_served(twin: Twin, host: str) -> None:
    client = twin(TRUSTED_HOSTS=["hen.example"])
    assert client.get("/healthz", headers={"Host": "hen.example"}).status_code == 200
    answer = client.get("/", headers={"Host": host})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_host_no_machine_can_have_is_refused(client: Client) -> None:
    assert client.get("/", headers={"Host": "x" * 3000}).status_code == 400


def _look_ups(client: Client, count: int) -> list[int]:
    """From ever new addresses, as the request tells it."""
    return [client.post("/tra-cuu", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(count)]


def test_a_made_up_address_does_not_evade_the_limits(app: Flask) -> None:
    with limits.limited(app) as client:
        assert _look_ups(client, 9) == [422] * 8 + [429]  # the empty code is one code


@pytest.mark.parametrize(("proxies", "answers"), [(0, [429]), (1, [422])])
def test_a_trusted_proxy_tells_networks_apart(twin: Twin, proxies: int, answers: list[int]) -> None:
    client = twin(TRUSTED_PROXIES=proxies, RATELIMIT_ENABLED=True)
    limiter.reset()
    for n in range(30):
        client.post("/tra-cuu", data={"code": f"x{n}"}, headers={"X-Forwarded-For": "198.51.100.7"})
    assert _look_ups(client, 1) == answers


# -- cookies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("public_url", "name", "secure"), [("https://hen.example", "__Host-hen", True), ("http://127.0.0.1:8000", "hen", False)]
)
def test_the_cookie_is_ours_alone(app: Flask, twin: Twin, public_url: str, name: str, secure: bool) -> None:
    chosen = config.settings({"PUBLIC_URL": public_url, "INSTANCE_PATH": app.config["INSTANCE_PATH"]})
    names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "PUBLIC_URL")
    cookie = twin(**{key: chosen[key] for key in names}).get("/tra-cuu").headers["Set-Cookie"]
    key, flags = cookie.split("=", 1)[0], {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert key == name
    assert {"httponly", "path=/", "samesite=lax"} <= flags
    assert ("secure" in flags) == secure
    assert not [flag for flag in flags if flag.startswith("domain")]


def test_the_cookie_stays_small(app: Flask, here: World, client: Client) -> None:
    with app.test_request_context():
        token = {code: proof.token(code) for code in (f"TA-482-716-{n:03d}" for n in range(1000))}
    for code in list(token)[:300]:
        client.get(f"/hen/{code}?t={token[code]}")  # one in ten is a code
    client.get("/tra-cuu")
    with client.session_transaction() as cookie:
        assert len(cookie["open"]) == proof.KEPT
    assert len(client.get_cookie("hen").value) < 1000


def test_a_new_secret_keeps_links_while_the_old_one_is_known(app: Flask, here: World, twin: Twin) -> None:
    link = f"/hen/{here.appointment}?t={proof.token(here.appointment)}"
    old = app.config["SECRET_KEY"]
    assert twin(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[old]).get(link, follow_redirects=True).status_code == 200
    assert twin(SECRET_KEY="new").get(link, follow_redirects=True).status_code == 403


# -- errors and the log -----------------------------------------------------------------------------------------------

CANARIES = ("Trương Thị", "Mỹ Duyên", "912345678", "912 345 678", "duyen@example.vn", "xe lăn", "canh@example.vn", "mat khau la")
PERSON = {"name": "Trương Thị Mỹ Duyên", "phone": "0912 345 678", "email": "duyen@example.vn", "note": "xe lăn"}


def _book(client: Client) -> int:
    times = f"/dat-hen/{make.BIRTH}/{make.PLACE}"
    token = page(client.get(times)).forms[-1].values()["csrf_token"][0]
    details = client.post(times, data={"csrf_token": token, "moment": "2026-12-02T08:20"}).location
    review = client.submit(details, PERSON).location
    form = next(form for form in page(client.get(review)).forms if form.action.endswith("/xem-lai"))
    return client.post(form.action, data=form.values()).status_code


def test_the_log_names_nobody(app: Flask, here: World, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert _book(client) == 303
    client.submit("/can-bo/dang-nhap", {"email": "canh@example.vn", "password": "mat khau la"}, having="password")
    client.submit("/tra-cuu", {"code": here.appointment, "last4": "0000"}, having="last4")
    assert "sign-in refused" in caplog.text
    assert [word for word in CANARIES if word in caplog.text] == []


def test_not_even_when_the_database_fails_in_the_middle(
    app: Flask, here: World, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The statement that failed is logged, without what went along with it."""
    db.session.rollback()  # a reader would keep the table from being renamed
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE message RENAME TO message_away"))
    try:
        assert _book(client) in {500, 503}
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE message_away RENAME TO message"))
    assert "INSERT INTO message" in caplog.text
    assert [word for word in CANARIES if word in caplog.text] == []


@pytest.mark.parametrize("root", ["", "/en"])
def test_what_the_database_refuses_is_answered_with_come_back(
    app: Flask, here: World, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, root: str
) -> None:
    _failing(app, monkeypatch, OperationalError("SELECT", {}, Exception("locked")))
    answer = client.get(f"{root}/quyen-rieng-tu")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    number = next(p.words for p in page(answer).all("p") if p.attrs.get("class") == "h-code")
    assert f"error_id={number}" in caplog.text


def test_a_body_too_long_is_refused_with_a_page(client: Client) -> None:
    answer = client.post("/tra-cuu", data=b"x" * 1_100_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


@pytest.mark.parametrize("address", [f"/{'x' * 20_000}", f"/thu-tuc?q={'x' * 60_000}", f"/hen/{'9' * 5_000}"])
def test_endless_addresses_are_answered(client: Client, address: str) -> None:
    assert client.get(address).status_code in {200, 404}


# -- settings ---------------------------------------------------------------------------------------------------------


def start(folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    """What a WSGI server does first."""
    code = "import wsgi; print(wsgi.app.config['SECRET_KEY'])"
    unset = {"SECRET_KEY", "DEMO", "SCHEDULER", "FLASK_RUN_FROM_CLI", "DATABASE_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"INSTANCE_PATH": str(folder)} | settings
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_without_a_secret_nothing_is_served(tmp_path: Path) -> None:
    ended = start(tmp_path, SCHEDULER="on")
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith("SECRET_KEY is not set. Make one with:")
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_demo_makes_a_secret_once_and_keeps_it(tmp_path: Path) -> None:
    first, second = start(tmp_path, DEMO="on").stdout.strip(), start(tmp_path, DEMO="on").stdout.strip()
    assert first == second
    assert len(first) == 64
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
