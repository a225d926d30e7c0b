"""A Monday morning."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests import limits
from tests.make import MONDAY
from tests.page import Client


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def limited(app: Flask) -> Iterator[Client]:
    with limits.limited(app) as client:
        yield client
