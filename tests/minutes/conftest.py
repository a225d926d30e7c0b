"""Noon of the Saturday of the meeting: it is over, its minutes are to be written."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.minutes import make
from tests.minutes.make import Held


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.BEFORE, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def held(app: Flask, travel: time_machine.Traveller) -> Held:
    return make.held(travel)
