"""The evening after a visit to a small office."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.offices.catalogue import Office
from tests import make as house
from tests.feedback import make


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as clock_at:
        yield clock_at


@pytest.fixture
def office(app: Flask) -> Office:
    return house.office().by_slug[house.PLACE]
