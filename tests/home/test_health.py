"""What monitors ask: is the process up, is the product ready, what stands in the outbox."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, create_app
from app.appointments import actions
from app.db import db, transaction
from app.offices.catalogue import Catalogue
from app.outbox.models import Heartbeat, Message
from tests import make
from tests.conftest import SETTINGS
from tests.page import Client, count_queries


@pytest.fixture
def beating(app: Flask) -> None:
    with transaction() as session:
        session.add(Heartbeat(worker="one", beat_at=clock.now()))


@pytest.fixture
def booked(place: Catalogue) -> None:
    actions.book(place.offices[0], place.procedures[0], make.local("2026-12-02T08:20"), make.person(email="duyen@example.vn"))


def test_the_process_is_up(client: Client) -> None:
    with count_queries() as seen:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text, seen) == (200, "ok\n", [])


def test_ready(client: Client, beating: None) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_not_ready_without_a_heartbeat(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text.startswith("heartbeat: ")


def test_not_ready_when_the_heart_has_stopped(client: Client, beating: None, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(minutes=2))
    assert client.get("/readyz").status_code == 200
    travel.shift(timedelta(seconds=1))
    assert client.get("/readyz").status_code == 503


def test_one_of_several_hearts_is_enough(client: Client, beating: None, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(hours=1))
    with transaction() as session:
        session.add(Heartbeat(worker="two", beat_at=clock.now()))
    assert client.get("/readyz").status_code == 200


def test_not_ready_before_the_migrations(client: Client, beating: None) -> None:
    at = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    with transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/readyz")
    with transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = :at"), {"at": at})
    assert answer.status_code == 503
    assert answer.text == f"migrations: database at 0000, code at {at}; run: flask db upgrade\n"
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("where", ["nowhere/hen.db", "hen.db"])
def test_not_ready_without_the_database(tmp_path: Path, where: str) -> None:
    """Away, or empty."""
    uri = f"sqlite:///{tmp_path / where}"
    away = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": uri, "INSTANCE_PATH": str(tmp_path)})
    answer = away.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "database: OperationalError\n")
    assert away.test_client().get("/healthz").status_code == 200


# -- figures ----------------------------------------------------------------------------------------------------------


def figures(client: Client) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_figures_of_an_empty_house(client: Client) -> None:
    found = figures(client)
    assert found["hen_heartbeat_age_seconds"] == float("inf")
    assert found['hen_messages{channel="email",state="in_doubt"}'] == 0
    assert sum(found.values()) == float("inf")


def test_figures_tell_what_waits(client: Client, booked: None, beating: None, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(seconds=90))
    found = figures(client)
    assert found['hen_messages{channel="email",state="waiting"}'] == 3
    assert found["hen_message_oldest_due_seconds"] == 90
    assert found["hen_heartbeat_age_seconds"] == 90
    assert found["hen_appointments_total"] == 1


def test_what_is_not_due_yet_is_not_late(client: Client, booked: None) -> None:
    with transaction() as session:
        session.execute(sa.update(Message).values(state="sent").where(Message.due_at <= clock.now()))
    assert figures(client)["hen_message_oldest_due_seconds"] == 0


def test_the_call_list_and_what_is_too_late_raise_no_alarm(client: Client, booked: None, travel: time_machine.Traveller) -> None:
    with transaction() as session:
        session.execute(sa.update(Message).values(channel="call"))
    travel.shift(timedelta(hours=1))
    assert figures(client)["hen_message_oldest_due_seconds"] == 0
    with transaction() as session:
        session.execute(sa.update(Message).values(channel="email", useful_until=clock.now()))
    assert figures(client)["hen_message_oldest_due_seconds"] == 0


def test_figures_tell_troubles(client: Client, booked: None) -> None:
    with transaction() as session:
        first, second = session.scalars(sa.select(Message).order_by(Message.id).limit(2))
        first.state, first.repeats = "in_doubt", 1
        second.state, second.repeats = "failed", 2
    found = figures(client)
    assert found['hen_messages{channel="email",state="in_doubt"}'] == 1
    assert found['hen_messages{channel="email",state="failed"}'] == 1
    assert found["hen_message_repeats_total"] == 3


def test_figures_name_nobody(client: Client, booked: None) -> None:
    text = client.get("/metrics").text
    for secret in ("duyen", "Duyên", "912345678", "TA-"):
        assert secret not in text


def test_every_figure_is_explained(client: Client) -> None:
    lines = client.get("/metrics").text.splitlines()
    names = {line.split("{")[0].split(" ")[0] for line in lines if not line.startswith("#")}
    assert names == {line.split()[2] for line in lines if line.startswith("# HELP")}
    assert names == {line.split()[2] for line in lines if line.startswith("# TYPE")}


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("192.0.2.1", {}, 404),
        ("10.0.0.1", {}, 404),
        ("2001:db8::1", {}, 404),
        ("", {}, 404),
        ("unix:", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}, 404),
    ],
)
def test_figures_are_for_this_machine_only(client: Client, address: str, headers: dict[str, str], status: int) -> None:
    assert client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code == status
