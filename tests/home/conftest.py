"""A Monday morning, before any lunch break."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.offices.catalogue import Catalogue
from tests import limits, make
from tests.page import Client


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.MONDAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def place(app: Flask) -> Catalogue:
    return make.office()


@pytest.fixture
def limited(app: Flask) -> Iterator[Client]:
    with limits.limited(app) as client:
        yield client
