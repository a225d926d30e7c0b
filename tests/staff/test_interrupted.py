"""What an officer typed for an hour is not lost because the session ended meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.db import db
from app.meetings.models import AgendaItem
from tests.meetings import make as meetings
from tests.page import Client, page
from tests.staff import make
from tests.staff.make import EMAIL, PASSWORD

ADD = "/can-bo/thu-bay/2026-12-05/chuong-trinh/muc"
TYPED = {"title": "Thuế  “khoán”\n<b>", "minutes": "25", "kind": "business", "unit": "", "note": "dòng 1"}


@pytest.fixture
def officer(app: Flask, client: Client) -> Iterator[tuple[Client, time_machine.Traveller]]:
    """A secretary with the programme's page open, and the clock."""
    with time_machine.travel(datetime(2026, 11, 24, 2, tzinfo=UTC), tick=False) as clock_at:
        meetings.meetings()
        make.officer(role="secretary")
        make.sign_in(client)
        yield client, clock_at


def sent_late(officer: tuple[Client, time_machine.Traveller], **changed: str) -> TestResponse:
    client, clock_at = officer
    form = page(client.get(ADD.removesuffix("/muc"))).form(having="title")
    clock_at.shift(timedelta(hours=2))
    return client.post(ADD, data=form.values() | TYPED | changed)


def titles() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(AgendaItem.title)))


def test_a_form_sent_after_the_session_ended_waits_for_its_officer(officer: tuple[Client, time_machine.Traveller]) -> None:
    client, _clock_at = officer
    asked = sent_late(officer)
    assert asked.status_code == 401
    assert "vừa ghi vẫn còn" in asked.text
    again = client.submit(asked, {"email": EMAIL, "password": "sai mat khau roi"}, having="password")
    assert again.status_code == 422
    back = client.submit(again, {"email": EMAIL, "password": PASSWORD}, having="password")
    assert back.status_code == 200
    assert titles() == []  # signing in sends nothing by itself
    done = client.submit(back, action=ADD)
    assert done.status_code == 303
    assert titles() == ["Thuế “khoán” <b>"]


def test_a_colleague_does_not_get_it(officer: tuple[Client, time_machine.Traveller]) -> None:
    client, _clock_at = officer
    asked = sent_late(officer)
    make.officer(email="khac@hen.example", role="secretary")
    back = client.submit(asked, {"email": "khac@hen.example", "password": PASSWORD}, having="password")
    assert (back.status_code, back.location) == (303, "/can-bo/")


@pytest.mark.parametrize("token", ["", "forged"])
def test_what_a_stranger_wrote_is_not_kept(officer: tuple[Client, time_machine.Traveller], token: str) -> None:
    asked = sent_late(officer, csrf_token=token)
    assert (asked.status_code, asked.location) == (303, "/can-bo/dang-nhap")


def test_a_sealed_form_cannot_be_forged(officer: tuple[Client, time_machine.Traveller]) -> None:
    client, _clock_at = officer
    asked = sent_late(officer)
    sealed = page(asked).form(having="password").values()["kept"][0]
    back = client.submit(asked, {"email": EMAIL, "password": PASSWORD, "kept": sealed[:-2] + "xx"}, having="password")
    assert (back.status_code, back.location) == (303, "/can-bo/")
