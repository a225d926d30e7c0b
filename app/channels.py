"""How a message leaves the house: e-mail by SMTP (Flask-Mail), SMS by any HTTP gateway.

Both hand over in two steps, `offer` then `hand_over`, so that the outbox can record the moment in between: until then
surely nothing has left. Whatever goes wrong is one of three things:

Unreachable  there is no way out at present (silent server, wrong certificate, sign-in refused); no message is to blame
NotTaken     this message was surely not accepted: refused for good (5xx), for now (4xx), or cut off before its last byte
InDoubt      the line broke after the last byte: accepted or not, nobody here knows
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import current_app
from flask_mail import Connection, Mail


class _Whole(UniqueUnstructuredHeader):
    def fold(self, *, policy: Any) -> str:
        """In one piece: folded or encoded, as the library does with what is long, no mail program finds the address in it."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_registry = HeaderRegistry()
_registry.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_registry)  # no server on the way needs to know 8BITMIME
_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]+@[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]+")


class Unreachable(Exception): ...


class InDoubt(Exception): ...


class NotTaken(Exception):
    def __init__(self, said: str, permanent: bool = False) -> None:
        super().__init__(said)
        self.permanent = permanent


class Way(Protocol):
    """An open way out: one connection, many messages."""

    @property
    def alive(self) -> bool: ...
    def offer(self, message: Any) -> None: ...
    def withhold(self) -> None: ...
    def hand_over(self) -> None: ...
    def __enter__(self) -> "Way": ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


@dataclass(frozen=True)
class Email:
    """One message to one person: text, HTML beside it, and a calendar file when the message is about a date."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    calendar: bytes = b""
    method: str = "PUBLISH"  # of the calendar file: REQUEST also updates an entry already there, CANCEL takes it away
    headers: Mapping[str, str] = field(default_factory=dict)  # List-Unsubscribe and the like

    def as_bytes(self, sender: str) -> bytes:
        """The wire form. Raises ValueError for an address that is not exactly one, and for a header with a line break."""
        message = EmailMessage(_POLICY)
        message["From"] = _address(sender)
        message["To"] = Address(addr_spec=_bare(self.to))
        message["Subject"] = " ".join(self.subject.split())
        message["Date"] = format_datetime(self.date)
        message["Message-ID"] = self.message_id
        message["Auto-Submitted"] = "auto-generated"  # holiday answering machines keep silent
        for name, value in self.headers.items():
            message[name] = value
        message.set_content(self.text, cte="base64")  # shorter for Vietnamese than the other encoding
        if self.html:
            message.add_alternative(self.html, subtype="html", cte="base64")
        if self.calendar:
            # Calendars act on the first part; readers who want a file to keep find the second.
            invitation = {"method": self.method}
            message.add_alternative(self.calendar.decode(), subtype="calendar", params=invitation, cte="base64")
            message.add_attachment(self.calendar, maintype="application", subtype="ics", filename="hen.ics")
        return message.as_bytes()


def _bare(written: str) -> str:
    """One address and nothing else, in ASCII (an international domain becomes xn--)."""
    if not _ONE_ADDRESS.fullmatch(written):
        raise ValueError("not exactly one e-mail address")
    user, _at, host = written.rpartition("@")
    return f"{user}@{host.encode('idna').decode()}".encode("ascii").decode()


@lru_cache(maxsize=8)
def _address(written: str) -> Address:
    """ "Hẹn <hen@example.vn>", as a setting gives it."""
    name, bare = parseaddr(written)
    return Address(name, addr_spec=_bare(bare))


def sender() -> str:
    """The bare address our mail comes from."""
    return _address(current_app.config["MAIL_DEFAULT_SENDER"]).addr_spec


class _Timed(smtplib.SMTP):
    """SMTP whose commands together keep one time limit, until `allow` sets the next."""

    deadline = 0.0

    def allow(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        self.allow(timeout)
        opened = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the final dot goes alone, and must not wait for company
        return opened

    def send(self, s: Any) -> None:
        self._hurry()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self._hurry()
        return super().getreply()

    def _hurry(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("took too long")
        if self.sock is not None:
            self.sock.settimeout(left)


class _TimedSSL(_Timed, smtplib.SMTP_SSL):
    pass


class SafeConnection(Connection):
    """Flask-Mail's connection, with what it lacks: time limits, certificates that are checked, and a hand-over in two steps."""

    host: _Timed | None

    def __enter__(self) -> "SafeConnection":
        self.host = self.configure_host()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Good-bye, without insisting: what was handed over stays handed over."""
        if self.host is None:
            return
        try:
            if self.alive:
                self.host.allow(2)
                self.host.quit()
        except (smtplib.SMTPException, OSError):
            pass
        finally:
            self.host.close()

    @property
    def alive(self) -> bool:
        return self.host is not None and self.host.sock is not None

    def configure_host(self) -> _Timed:
        """Connects, encrypts, signs in; in one time limit, and nothing in clear that should not be."""
        config = current_app.config
        try:
            host = self._open(config)
        except (smtplib.SMTPException, OSError, ValueError) as problem:
            raise Unreachable(_said(problem)) from problem
        try:
            if config["MAIL_USE_TLS"]:
                host.starttls(context=_verified(config))
            if config["MAIL_USERNAME"]:
                _sign_in(host, config)
            host.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError, ValueError) as problem:
            host.close()
            raise Unreachable(_said(problem)) from problem
        return host

    def _open(self, config: Mapping[str, Any]) -> _Timed:
        name = config.get("MAIL_EHLO_NAME") or urlsplit(config["PUBLIC_URL"]).hostname  # looking ours up may take a minute
        server, port, timeout = config["MAIL_SERVER"], config["MAIL_PORT"], config["MAIL_TIMEOUT"]
        if config["MAIL_USE_SSL"]:
            return _TimedSSL(server, port, name, timeout=timeout, context=_verified(config))
        return _Timed(server, port, name, timeout=timeout)

    def offer(self, message: Email) -> None:
        """Sender and recipient, but not the message yet. Raises NotTaken."""
        assert self.host is not None
        self._bytes = message.as_bytes(current_app.config["MAIL_DEFAULT_SENDER"])
        self.host.allow(current_app.config["MAIL_TIMEOUT"])
        self._expect({250}, "mail", f"FROM:<{sender()}>")
        self._expect({250, 251}, "rcpt", f"TO:<{_bare(message.to)}>")

    def withhold(self) -> None:
        """After `offer`: not this one, after all."""
        if self.host is None or not self.alive:
            return
        try:
            self.host.rset()
        except (smtplib.SMTPException, OSError):
            self.host.close()

    def hand_over(self) -> None:
        """The message itself. Raises NotTaken while the final dot has not gone out, InDoubt when it has and no answer comes."""
        assert self.host is not None
        self._expect({354}, "data", "")
        try:
            self.host.send(re.sub(rb"(?m)^\.", b"..", self._bytes.removesuffix(b"\r\n") + b"\r\n"))
        except (smtplib.SMTPException, OSError) as problem:
            self.host.close()
            raise NotTaken(_said(problem)) from problem
        try:
            self.host.send(b".\r\n")
            code, reply = self.host.getreply()
        except (smtplib.SMTPException, OSError) as problem:
            self.host.close()
            raise InDoubt(_said(problem)) from problem
        if not 200 <= code < 300:
            self._refuse(code, reply)

    def _expect(self, wanted: set[int], command: str, rest: str) -> None:
        assert self.host is not None
        try:
            code, reply = self.host.docmd(command, rest)
        except (smtplib.SMTPException, OSError) as problem:
            self.host.close()
            raise NotTaken(_said(problem)) from problem
        if code not in wanted:
            self._refuse(code, reply)

    def _refuse(self, code: int, reply: bytes) -> None:
        assert self.host is not None
        if code == 421 or not 400 <= code < 600:  # it is closing, or not speaking SMTP any more
            self.host.close()
        else:
            self.withhold()
        if not 400 <= code < 600:
            raise InDoubt(f"{code} {_readable(reply)}")
        raise NotTaken(f"{code} {_readable(reply)}", permanent=code >= 500)


def _verified(config: Mapping[str, Any]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=config["MAIL_CA_FILE"])


def _sign_in(host: _Timed, config: Mapping[str, Any]) -> None:
    encrypted = config["MAIL_USE_TLS"] or config["MAIL_USE_SSL"]
    if not encrypted and config["MAIL_SERVER"] not in _LOOPBACK:
        raise ValueError("MAIL_USERNAME needs MAIL_USE_TLS or MAIL_USE_SSL: a password does not travel in clear")
    host.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"] or "")


def _said(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {_readable(problem.smtp_error)}"
    return f"{type(problem).__name__}: {problem}"


def _readable(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:500]


class SafeMail(Mail):
    """Reads the settings when it connects, not when the product starts."""

    def connect(self) -> SafeConnection:
        return SafeConnection(current_app.extensions["mail"])

    def configured(self) -> bool:
        return bool(current_app.config["MAIL_SERVER"])


mail = SafeMail()
