"""A hundred people press the same time at the same moment, over real HTTP: one wins, ninety-nine keep what they typed.

Two server processes of sixteen threads each, as in `make run`; a hundred clients, each with its own cookies.
"""

import multiprocessing
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler

from app.appointments import actions, rules
from app.appointments.models import Appointment, Claim, Hold
from app.db import db
from app.offices.catalogue import Catalogue
from tests import make
from tests.page import Form, Page

CLIENTS, PROCESSES, THREADS = 100, 2, 16
WANTED = "2026-12-03T09:00"
TIMES = f"/dat-hen/{make.BIRTH}/{make.PLACE}"
_fork = multiprocessing.get_context("fork")


# -- a server ----------------------------------------------------------------------------------------------------------


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        """No line per request."""


class _Server(BaseWSGIServer):
    """As many requests at once as there are threads; the others wait in line, as behind every production server."""

    multithread = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.threads = ThreadPoolExecutor(THREADS)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.threads.submit(self._serve, request, client_address)

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass
        finally:
            self.shutdown_request(request)


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The port on which several processes serve the app, at the moment at which the test's clock stands."""
    db.session.remove()
    db.engine.dispose()
    with socket.create_server(("127.0.0.1", 0), backlog=2 * CLIENTS) as listening:
        port = listening.getsockname()[1]
        processes = [_fork.Process(target=_serve, args=(app, listening), daemon=True) for _ in range(PROCESSES)]
        for process in processes:
            process.start()
        try:
            yield port
        finally:
            for process in processes:
                process.kill()
                process.join()


def _serve(app: Flask, listening: socket.socket) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
    # A context kept by the test would be shared by all requests of this thread's descendants: threads start without any.
    _Server("127.0.0.1", listening.getsockname()[1], app, handler=_Quiet, fd=listening.fileno()).serve_forever()


# -- clients -----------------------------------------------------------------------------------------------------------


@dataclass
class Answer:
    status: int
    location: str
    text: str

    def page(self) -> Page:
        return Page(self.text)


@dataclass
class Visitor:
    """One browser: its cookies, and the form it is about to send."""

    port: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    form: Form | None = None

    def ask(self, method: str, path: str, data: Any = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())}
        body = None if data is None else urlencode(data, doseq=True)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(line)
        found = Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())
        connection.close()
        return found

    def prepare(self, path: str, action: str) -> None:
        shown = self.ask("GET", path)
        assert shown.status == 200
        self.form = next(form for form in shown.page().forms if form.action.endswith(action) and form.method == "post")

    def press(self, **values: str) -> Answer:
        assert self.form is not None
        return self.ask("POST", self.form.action, self.form.values() | values)


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Every act in a thread of its own, all released together."""
    gate, answers = threading.Barrier(len(acts)), dict[int, Answer]()

    def run(number: int) -> None:
        gate.wait(60)
        answers[number] = acts[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(acts)
    return [answers[number] for number in range(len(acts))]


def all_of(visitors: Sequence[Visitor], act: Callable[[Visitor], Any]) -> list[Any]:
    with ThreadPoolExecutor(8) as several:
        return list(several.map(act, visitors))


def nearest(page: Page) -> list[str]:
    """The times offered instead of the lost one."""
    return [
        one.attrs["value"] for one in page.all("input") if one.attrs.get("type") == "radio" and one.attrs["id"].startswith("n")
    ]


# -- races -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(app: Flask) -> Iterator[Catalogue]:
    with time_machine.travel(make.MONDAY, tick=False):
        yield make.office(counters=1)


NEAREST = ["2026-12-03T08:20", "2026-12-03T08:40", "2026-12-03T09:20"]


def check_losers(answers: Sequence[Answer], wanted: str = WANTED) -> None:
    """Each is told, offered the same three nearest free times, the first of them chosen, with a good page around them."""
    for answer in answers:
        page = answer.page()
        assert page.problems() == []
        assert nearest(page) == NEAREST
        assert wanted not in nearest(page)
        alert = next(element for element in page.all("div") if element.attrs.get("role") == "alert")
        assert "9:00 vừa có người đặt" in alert.words
        again = next(form for form in page.forms if "moment" in form.names())
        assert again.values()["moment"] == NEAREST[:1]


def test_a_hundred_want_one_time(app: Flask, place: Catalogue) -> None:
    with served(app) as port:
        visitors = [Visitor(port) for _ in range(CLIENTS)]
        all_of(visitors, lambda one: one.prepare(f"{TIMES}?ngay={WANTED[:10]}", TIMES))
        answers = at_once([lambda one=one: one.press(moment=WANTED) for one in visitors])
        assert Counter(answer.status for answer in answers) == {303: 1, 409: CLIENTS - 1}
        check_losers([answer for answer in answers if answer.status == 409])
        won = next(answer for answer in answers if answer.status == 303)
        assert visitors[answers.index(won)].ask("GET", won.location).status == 200
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hold)) == 1
    ticks = db.session.scalars(sa.select(Claim.tick).order_by(Claim.tick)).all()
    first = rules.tick_of(make.local(WANTED))
    assert ticks == [first, first + 1, first + 2, first + 3]


def lost_holds(place: Catalogue, count: int) -> list[str]:
    """So many people held the same time one after the other, typed who comes, and let the hold run out."""
    office, procedure, tokens = place.by_slug[make.PLACE], place.by_code[make.BIRTH], []
    for number in range(count):
        with time_machine.travel(make.MONDAY - timedelta(minutes=11 * (count - number)), tick=False):
            tokens.append(actions.hold(office, procedure, make.local(WANTED), f"browser {number}"))
            person = make.person(name=f"Người Thứ {number}", phone=f"+84912{number:06d}", note=f"xe lăn số {number}")
            actions.answer(tokens[-1], person.__dict__)
    return tokens


def test_a_hundred_book_the_time_their_holds_lost(app: Flask, place: Catalogue) -> None:
    """All have typed everything; one books, and the others' answers stand on the page with three other times to press."""
    tokens = lost_holds(place, CLIENTS)
    with served(app) as port:
        visitors = [Visitor(port) for _ in range(CLIENTS)]
        token_of = dict(zip(map(id, visitors), tokens, strict=True))
        all_of(visitors, lambda one: one.prepare(f"/dat-hen/giu/{token_of[id(one)]}/xem-lai", "/xem-lai"))
        answers = at_once([one.press for one in visitors])
        assert Counter(answer.status for answer in answers) == {303: 1, 409: CLIENTS - 1}
        losers = [number for number, answer in enumerate(answers) if answer.status == 409]
        check_losers([answers[number] for number in losers])
        for number in losers:
            assert f"Người Thứ {number}, " in answers[number].text
            assert f"xe lăn số {number}<" in answers[number].text
        # One press takes the next best time, with everything typed before.
        last = losers[-1]
        visitors[last].form = next(form for form in answers[last].page().forms if "moment" in form.names())
        done = visitors[last].press()
        assert done.status == 303
        assert visitors[last].ask("GET", done.location).status == 200
    booked = db.session.execute(sa.select(Appointment.name, Appointment.starts_at).order_by(Appointment.starts_at)).all()
    winner = next(number for number, answer in enumerate(answers) if answer.status == 303)
    assert booked == [
        (f"Người Thứ {last}", make.local(NEAREST[0])),
        (f"Người Thứ {winner}", make.local(WANTED)),
    ]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 8


def test_one_impatient_person_presses_twenty_times(app: Flask, place: Catalogue) -> None:
    """The same form twenty times at once is one booking, and every answer leads to it."""
    (token,) = lost_holds(place, 1)
    with served(app) as port:
        visitor = Visitor(port)
        visitor.prepare(f"/dat-hen/giu/{token}/xem-lai", "/xem-lai")
        answers = at_once([visitor.press] * 20)
    assert {(answer.status, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == 1
