"""People who book through every page, as fast as they can: one connection and one cookie jar each."""

import http.client
import multiprocessing
import random
import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.bench import fill

TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
TIMES = re.compile(rb'name="moment"[^>]*value="([^"]+)"')
DAYS = re.compile(rb'href="\?ngay=([\d-]+)#gio"')


class Browser:
    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """The answer after any redirects."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(fields)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status in {301, 302, 303}:
            self.path = answer.headers["Location"]
            return self.ask("GET", self.path)
        return answer.status, content

    def book(self, number: int, dice: random.Random) -> bool:
        """Month, time, hold, details, review, booking, confirmation."""
        self.cookies = {}
        _status, page = self.ask("GET", fill.PAGE)
        day = dice.choice(DAYS.findall(page)).decode()
        _status, page = self.ask("GET", f"{fill.PAGE}?ngay={day}")
        moment = dice.choice(TIMES.findall(page)).decode()
        status, page = self.ask("POST", fill.PAGE, {"csrf_token": _token(page), "moment": moment})
        if status != 200:
            return False
        person = {"name": "Trương Thị Mỹ Duyên", "phone": f"09{number:08d}", "email": f"m{number}@hen.example"}
        held = self.path
        status, page = self.ask("POST", held, {"csrf_token": _token(page), **person})
        status, page = self.ask("POST", f"{held}/xem-lai", {"csrf_token": _token(page)})
        return status == 200 and b"TU-" in page


def _token(page: bytes) -> str:
    return TOKEN.search(page)[1].decode()  # type: ignore[index]


def _person(address: str, worker: int, each: int, pipe: Any) -> None:
    browser, dice, done, number = Browser(address), random.Random(worker), 0, 0
    while done < each:
        number += 1
        done += browser.book(12_000_000 + worker * 1_000_000 + number, dice)
    pipe.send(done)


def book_many(address: str, processes: int, each: int) -> tuple[int, float]:
    """(bookings made, seconds it took) by so many clients at once."""
    pipes = [multiprocessing.Pipe(duplex=False) for _ in range(processes)]
    people = [multiprocessing.Process(target=_person, args=(address, n, each, send)) for n, (_r, send) in enumerate(pipes)]
    begun = time.monotonic()
    for person in people:
        person.start()
    done = sum(receive.recv() for receive, _send in pipes)
    return done, time.monotonic() - begun
