"""The ways out by themselves: a real SMTP server and a real HTTP gateway on loopback, behaving well and badly."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from flask import Flask
from sqlalchemy import update

from app import channels, clock, sms
from app.channels import Email, InDoubt, NotTaken, Unreachable
from app.config import settings
from app.db import transaction
from app.outbox import actions, delivery
from app.outbox.models import Message
from tests.outbox import make
from tests.outbox.post import Post, Server

Configure = Callable[..., None]


def _email(**more: Any) -> Email:
    base = {
        "to": "duyen@example.vn",
        "subject": "Chào",
        "text": "Chào\n",
        "html": "",
        "message_id": "<1@hen.example>",
        "date": clock.now(),
    }
    return Email(**base | more)


def _send(message: Email) -> None:
    with channels.mail.connect() as way:
        way.offer(message)
        way.hand_over()


@pytest.fixture
def silent() -> Iterator[dict[str, Any]]:
    """Takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": server.getsockname()[1]}


# -- SMTP


def test_default_time_limit_keeps_the_promise() -> None:
    assert settings({})["MAIL_TIMEOUT"] <= 15
    assert 2 * sms.SECONDS <= 12


def test_silent_server_is_left_in_time_and_other_work_goes_on(app: Flask, silent, configure: Configure) -> None:
    configure(MAIL_TIMEOUT=1, SENDING_HOURS="00:00-23:59:59", **silent)
    make.post()
    began = time.monotonic()
    beat = threading.Thread(target=_in_context, args=[app, actions.deliver])
    beat.start()
    make.post(make.letter(2))
    actions.beat("other work")
    assert time.monotonic() - began < 1
    beat.join(3)
    assert not beat.is_alive()
    assert 0.9 < time.monotonic() - began < 3
    first = make.rows()[0]
    assert (first.state, first.attempts) == ("waiting", 0)  # not the message's fault
    assert "timed out" in first.error
    began = time.monotonic()
    actions.deliver()
    assert time.monotonic() - began < 0.5  # and the next beat does not knock again at once


def _in_context(app: Flask, action: Callable[[], object]) -> None:
    with app.app_context():
        action()


@pytest.mark.parametrize(("mode", "error"), [("mute", InDoubt), ("drop", InDoubt), ("full", NotTaken), ("busy", NotTaken)])
def test_what_went_wrong_is_told_apart(app: Flask, mail: Post, configure: Configure, mode: str, error: type[Exception]) -> None:
    configure(MAIL_TIMEOUT=0.5)
    mail.mode = mode
    with pytest.raises(error) as said:
        _send(_email())
    assert not getattr(said.value, "permanent", False)


def test_line_cut_before_the_final_dot_is_surely_not_taken(app: Flask, mail: Post) -> None:
    with channels.mail.connect() as way:
        way.offer(_email())
        way.host.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(NotTaken):
            way.hand_over()
        assert not way.alive
    assert mail.raw == []


def test_slow_drip_cannot_outlast_the_limit(app: Flask, configure: Configure) -> None:
    """Each answer in time, all together too slow."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        configure(MAIL_TIMEOUT=0.6, MAIL_SERVER="127.0.0.1", MAIL_PORT=server.getsockname()[1])
        threading.Thread(target=_drip, args=[server], daemon=True).start()
        began = time.monotonic()
        with pytest.raises((NotTaken, Unreachable)):
            _send(_email())
        assert time.monotonic() - began < 1.5


def _drip(server: socket.socket) -> None:
    line, _ = server.accept()
    for answer in (b"220 hi\r\n", b"250 hi\r\n", *[b"250 ok\r\n"] * 9):
        time.sleep(0.25)
        try:
            line.sendall(answer)
            line.recv(1000)
        except OSError:
            return


def test_nobody_there(app: Flask, configure: Configure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    configure(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
    with pytest.raises(Unreachable):
        _send(_email())


def test_ehlo_says_our_public_name(app: Flask, mail: Post) -> None:
    _send(_email())
    assert mail.hello == "hen.example"


def test_dots_at_line_starts_survive(app: Flask, mail: Post) -> None:
    _send(_email(text=".\n..\n.x\n"))
    assert mail.messages[0].get_content() == ".\r\n..\r\n.x\r\n"


@pytest.mark.parametrize("bad", ["a\r\nBcc: b@c.vn", "a\nX: y"])
def test_no_header_takes_a_line_break(app: Flask, bad: str) -> None:
    assert b"\r\nBcc" not in _email(subject=bad).as_bytes("hen@example.vn")
    for field in ({"to": f"x@y.vn{bad}"}, {"message_id": bad}, {"headers": {"List-Unsubscribe": bad}}):
        with pytest.raises(ValueError):
            _email(**field).as_bytes("hen@example.vn")


def test_international_domain_becomes_ascii(app: Flask, mail: Post) -> None:
    _send(_email(to="duyen@thới-an.vn"))
    assert mail.recipients == [["duyen@xn--thi-an-jo8b.vn"]]


# -- TLS


TLS = Path(__file__).parent / "tls"


def _context(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / f"{name}.pem", TLS / f"{name}.key")
    return context


def test_starttls_with_a_good_certificate(app: Flask, configure: Configure) -> None:
    post = Post()

    def enter(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = data.login == b"hen" and data.password == b"secret"
        return AuthResult(success=good, handled=good)

    with Server(post, tls_context=_context("right"), authenticator=enter, auth_required=True):
        configure(MAIL_USE_TLS=True, MAIL_CA_FILE=str(TLS / "right.pem"), **post.address)
        configure(MAIL_USERNAME="hen", MAIL_PASSWORD="secret")
        _send(_email())
        configure(MAIL_PASSWORD="guess")
        with pytest.raises(Unreachable, match="535"):
            _send(_email())
    assert len(post.raw) == 1


@pytest.mark.parametrize(("shown", "trusted"), [("wrong", "wrong"), ("right", "wrong")])
def test_wrong_certificate_nothing_leaves(app: Flask, configure: Configure, shown: str, trusted: str) -> None:
    post = Post()
    with Server(post, tls_context=_context(shown)):
        configure(MAIL_USE_TLS=True, MAIL_CA_FILE=str(TLS / f"{trusted}.pem"), MAIL_USERNAME="hen", MAIL_PASSWORD="secret")
        configure(SENDING_HOURS="00:00-23:59:59", **post.address)
        make.post()
        assert actions.deliver() == 0
    assert (make.row().state, make.row().attempts) == ("waiting", 0)
    assert "certificate verify failed" in make.row().error.lower()
    assert (post.raw, post.seen) == ([], [])


def test_server_without_starttls_gets_nothing_in_clear(app: Flask, mail: Post, configure: Configure) -> None:
    configure(MAIL_USE_TLS=True)
    with pytest.raises(Unreachable, match="STARTTLS"):
        _send(_email())
    assert mail.seen == []


def test_password_does_not_travel_in_clear(app: Flask, mail: Post, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_LOOPBACK", set())
    configure(MAIL_USERNAME="hen", MAIL_PASSWORD="secret")
    with pytest.raises(Unreachable, match="in clear"):
        _send(_email())


def test_alarm_is_not_a_storm(app: Flask, configure: Configure, caplog: pytest.LogCaptureFixture) -> None:
    """The pause grows to a minute, and the same reason is logged once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    configure(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, SENDING_HOURS="00:00-23:59:59")
    make.post()
    waits = []
    for _ in range(6):
        actions.deliver()
        pause = delivery._pauses["email"]
        waits.append(round(pause.until - time.monotonic()))
        pause.until = 0.0
    assert waits == [5, 10, 20, 40, 60, 60]
    assert len([line for line in caplog.records if "no way out" in line.message]) == 1


# -- SMS


class _Gateway(BaseHTTPRequestHandler):
    answer: tuple[int, str] = (200, "ok")
    got: list[tuple[str, str, dict[str, str], str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.got.append((self.command, self.path, dict(self.headers), body))
        status, text = self.answer
        if status == 0:  # hang up without an answer
            self.close_connection = True
            return
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", text)
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def gateway(configure: Configure) -> Iterator[type[_Gateway]]:
    handler = type("Handler", (_Gateway,), {"got": [], "answer": (200, "ok")})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        configure(SMS_GATEWAY_URL=f"{handler.url}/send")
        yield handler
        server.shutdown()


def test_sms_by_the_gateway(app: Flask, morning, gateway: Any) -> None:
    posted = make.post(email="")
    assert posted.channel == "sms"
    assert actions.deliver() == 1
    ((method, path, headers, body),) = gateway.got
    assert (method, path, headers["Content-Type"]) == ("POST", "/send", "application/json")
    words = "Hen TA-482-716-305: 8:20 ngay 02/12. Doi, huy: goi 0292 3 000 000."
    assert body == '{"to": "+84912345678", "text": "' + words + '", "id": "' + posted.message_id + '"}'
    assert make.row().state == "sent"


@pytest.mark.parametrize(
    ("content_type", "template", "expected"),
    [
        ("application/json", '{"t": "{text}"}', '{"t": "a\\"b\\\\n{id}&<"}'),
        ("application/x-www-form-urlencoded", "t={text}", "t=a%22b%5Cn%7Bid%7D%26%3C"),
        ("text/xml", "<t>{text}</t>", "<t>a&quot;b\\n{id}&amp;&lt;</t>"),
    ],
)
def test_values_are_escaped_for_where_they_stand(
    app: Flask, configure: Configure, content_type: str, template: str, expected: str
) -> None:
    configure(
        SMS_GATEWAY_URL="https://sms.example/{to}",
        SMS_GATEWAY_HEADERS=f"Content-Type: {content_type}\nX-Id: {{id}}",
        SMS_GATEWAY_BODY=template,
    )
    request = sms._request(sms.Sms("+84912345678", 'a"b\\n{id}&<', "<1@x>\r\nX: y"), app.config)
    assert request.data.decode() == expected
    assert request.full_url == "https://sms.example/%2B84912345678"
    assert request.get_header("X-id") == "<1@x> X: y"


@pytest.mark.parametrize(
    ("answer", "state", "attempts"),
    [
        ((200, "ok"), "sent", 1),
        ((429, "slow down"), "waiting", 1),
        ((503, "later"), "waiting", 1),
        ((400, "bad number"), "failed", 1),
        ((302, "http://127.0.0.2:1/steal"), "failed", 1),
        ((500, "who knows"), "in_doubt", 1),
        ((0, ""), "in_doubt", 1),
    ],
)
def test_answers_of_the_gateway(app: Flask, morning, gateway: Any, answer: tuple[int, str], state: str, attempts: int) -> None:
    gateway.answer = answer
    make.post(email="")
    actions.deliver()
    assert (make.row().state, make.row().attempts) == (state, attempts)
    assert len(gateway.got) == 1


def test_success_is_what_the_pattern_says(app: Flask, morning, gateway: Any, configure: Configure) -> None:
    configure(SMS_GATEWAY_SUCCESS=r'^200 .*"CodeResult":\s*"100"')
    gateway.answer = (200, '{"CodeResult": "103", "ErrorMessage": "Het tien"}')
    make.post(email="")
    actions.deliver()
    assert make.row().state == "failed"
    assert "Het tien" in make.row().error


def test_gateway_that_is_down_blames_no_message(app: Flask, morning, configure: Configure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    configure(SMS_GATEWAY_URL=f"http://127.0.0.1:{port}/")
    make.post(email="")
    assert actions.deliver() == 0
    assert (make.row().state, make.row().attempts, make.row().repeats) == ("waiting", 0, 0)


def test_only_web_addresses(app: Flask, morning, configure: Configure, tmp_path: Path) -> None:
    configure(SMS_GATEWAY_URL=f"file://{tmp_path}/x")
    make.post(email="")
    actions.deliver()
    assert make.row().state == "failed"
    assert "http" in make.row().error


def test_killed_in_an_sms_hand_over_waits_for_a_person(app: Flask, morning, gateway: Any) -> None:
    make.post(email="")
    with transaction() as session:
        session.execute(update(Message).values(state="handing", claimed_by="1:dead", lease_until=clock.now()))
    actions.sweep()
    assert (make.row().state, actions.deliver()) == ("in_doubt", 0)
