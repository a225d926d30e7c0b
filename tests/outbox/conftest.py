"""The outbox's tests: their own templates, quick retries, and a fresh memory of what failed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.outbox import delivery
from tests.outbox import make
from tests.outbox.post import Post, Server


@pytest.fixture(autouse=True)
def _own_templates(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "app" not in request.fixturenames:
        return
    app = request.getfixturevalue("app")
    monkeypatch.setattr(app.jinja_env, "loader", app.jinja_env.loader)
    make.add_templates(app)
    delivery._pauses.clear()


@pytest.fixture
def configure(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Settings for one test: `configure(MAIL_TIMEOUT=1)`."""

    def set_all(**settings: Any) -> None:
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)

    return set_all


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    """8:00 on a Tuesday, standing still."""
    with time_machine.travel(make.MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mail(configure: Callable[..., None]) -> Iterator[Post]:
    """A mail server that takes everything, until its `mode` is changed."""
    with Server(Post()) as post:
        configure(MAIL_TIMEOUT=3, **post.address)
        yield post
