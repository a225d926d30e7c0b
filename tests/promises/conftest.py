"""The second Monday after a meeting, a week before what was promised there is due."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.promises.models import Promise
from app.staff.models import Unit
from tests.promises import make


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def unit(app: Flask) -> Unit:
    make.holidays()
    return make.unit(email="dienluc@example.vn", head_name="Lâm Văn Sáu", head_email="sau@example.vn")


@pytest.fixture
def promise(unit: Unit) -> Promise:
    return make.promise(unit)
