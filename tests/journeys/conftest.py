"""A whole product around a story: the demo's offices, a mail server that keeps what it gets, browsers, and a clock to move."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app import demo_offices
from app.outbox import delivery
from tests import make
from tests.journeys.people import Browser, LetterBox
from tests.outbox.post import Post, Server


@pytest.fixture
def clock_at(app: Flask) -> Iterator[time_machine.Traveller]:
    """Monday, 30 November 2026, 8:00, standing still until it is moved."""
    with time_machine.travel(make.MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def letters(app: Flask, clock_at: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Iterator[LetterBox]:
    delivery._pauses.clear()
    with Server(Post()) as post:
        for name, value in post.address.items():
            monkeypatch.setitem(app.config, name, value)
        yield LetterBox(post)


@pytest.fixture
def browser(app: Flask, clock_at: time_machine.Traveller) -> type[Browser]:
    """Opens another browser: `browser()`."""
    demo_offices.fill()

    class Here(Browser):
        def __init__(self) -> None:
            super().__init__(app, app.response_class)

    return Here
