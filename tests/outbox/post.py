"""A real SMTP server on loopback that can be told to misbehave, and what it received."""

import asyncio
import email
import email.policy
import threading
import time
from collections import Counter
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP


class Post:
    """What every session shares: how to behave, and what came."""

    def __init__(self, mode: str = "ok", **options: Any) -> None:
        self.mode, self.options = mode, options
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.sessions = 0
        self.hello = ""
        self.held_id = ""
        self.holding, self.released = threading.Event(), threading.Event()
        self.refused: set[str] = set()
        self.seen: list[str] = []  # every command
        self.lock = threading.Lock()
        self.address: dict[str, Any] = {}

    def accept(self, envelope: Any) -> str:
        with self.lock:
            self.raw.append(envelope.content)
            self.recipients.append(list(envelope.rcpt_tos))
        return "250 taken"

    # -- hooks of aiosmtpd

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = self.hello = hostname
        self.sessions += 1
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.seen.append(f"MAIL {address}")
        if self.mode == "busy":
            return "421 too many, come back"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.seen.append(f"RCPT {address}")
        if self.mode == "tenth" and address not in self.refused and hash_of(address) % 10 == 0:
            self.refused.add(address)
            return "451 4.7.1 greylisted, try again"
        if self.mode == "later":
            return "451 4.7.1 greylisted, try again"
        if self.mode == "never" or address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.mode == "slow":
            await asyncio.sleep(self.options.get("seconds", 0.2))
        if self.mode == "drop":  # taken, but the answer never arrives
            self.accept(envelope)
            server.transport.abort()
            return "250 taken"
        if self.mode == "mute":  # taken or not, no word
            await asyncio.sleep(3600)
        if len(self.raw) + 1 == self.options.get("hold_at"):  # taken, and the answer waits until the test says so
            self.accept(envelope)
            self.held_id = email.message_from_bytes(envelope.content)["Message-ID"]
            self.holding.set()
            while not self.released.is_set():
                await asyncio.sleep(0.01)
            return "250 taken"
        if self.mode == "full":
            return "452 4.3.1 disk full"
        return self.accept(envelope)

    # -- what came

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw]  # type: ignore[misc]

    def ids(self) -> Counter[str]:
        with self.lock:
            raws = list(self.raw)
        return Counter(
            line.split(b":", 1)[1].strip().decode()
            for raw in raws
            for line in raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
            if line.lower().startswith(b"message-id:")
        )

    def wait_for(self, count: int, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if len(self.raw) >= count:
                return True
            time.sleep(0.02)
        return False


def hash_of(address: str) -> int:
    """The number in person17@example.vn."""
    return int("".join(c for c in address if c.isdigit()) or 1)


class Server:
    """`with Server(Post()) as post:` serves in a thread; the port is the system's choice, and `post.address` says which."""

    def __init__(self, post: Post, **options: Any) -> None:
        self.post, self.options = post, {"hostname": "mail.example"} | options
        self.loop = asyncio.new_event_loop()

    def __enter__(self) -> Post:
        protocol = partial(SMTP, self.post, loop=self.loop, **self.options)
        self.server = self.loop.run_until_complete(self.loop.create_server(protocol, "127.0.0.1", 0))
        self.post.address = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": self.server.sockets[0].getsockname()[1]}
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self.post

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()
