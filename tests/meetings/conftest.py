"""A Tuesday eleven days before the first Saturday of December 2026."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.meetings.models import Meeting
from tests.meetings import make

TODAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 9:00 in the office


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TODAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def meeting(app: Flask, travel: time_machine.Traveller) -> Meeting:
    """The next meeting of a series, with 20 places."""
    return make.meetings()
