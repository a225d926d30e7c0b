"""A Monday morning and a small open office."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.offices.catalogue import Catalogue
from tests import make


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.MONDAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def place(app: Flask, travel: time_machine.Traveller) -> Catalogue:
    return make.office()
