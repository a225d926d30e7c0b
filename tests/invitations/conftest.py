"""A Tuesday eleven days before the first Saturday of December 2026, and a mail server that takes everything."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.invitations.models import Subscriber
from app.meetings.models import Meeting
from app.outbox import delivery
from tests.invitations import make
from tests.meetings import make as meetings
from tests.meetings.conftest import TODAY
from tests.outbox.post import Post, Server


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TODAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def meeting(app: Flask, travel: time_machine.Traveller) -> Meeting:
    """The next meeting of a series, with 20 places."""
    return meetings.meetings()


@pytest.fixture
def subscriber(meeting: Meeting) -> Subscriber:
    """One who agreed at the counter."""
    return make.subscriber()


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    delivery._pauses.clear()
    with Server(Post()) as post:
        for name, value in {"MAIL_TIMEOUT": 3, **post.address}.items():
            monkeypatch.setitem(app.config, name, value)
        yield post
