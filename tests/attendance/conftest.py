"""The morning of Saturday 5 December 2026, ten minutes before eight; the hall has four chairs."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.meetings.models import Meeting
from tests.attendance import make
from tests.page import Client


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.at(9, 0, make.date(2026, 11, 24)), tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def meeting(app: Flask, travel: time_machine.Traveller) -> Meeting:
    """A meeting with four places; now is eleven days before."""
    return make.meeting()


@pytest.fixture
def morning(meeting: Meeting, travel: time_machine.Traveller) -> Meeting:
    """The same at 7:50 on its day."""
    travel.move_to(make.at(7, 50))
    return meeting


@pytest.fixture
def desk(app: Flask, morning: Meeting) -> Client:
    """The reception's browser."""
    client = Client(app, app.response_class)
    client.sign_in("reception")
    return client
