"""The heartbeat: when it starts, what an exception does to it, and what a changed clock does."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from app import scheduler
from app.outbox import actions
from tests.outbox import make

ROOT = Path(__file__).parents[2]


@pytest.fixture
def beating(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Starts the real scheduler with another timetable; stops it afterwards."""
    running: list[BackgroundScheduler] = []

    def start(*timetable: tuple[str, float | str, Any]) -> BackgroundScheduler:
        monkeypatch.setattr(scheduler, "TIMETABLE", timetable)
        running.append(scheduler.start(app))
        return running[-1]

    yield start
    scheduler.stopping.set()
    for beats in running:
        beats.shutdown(wait=True)
    scheduler.stopping.clear()


def _soon(true: Any) -> bool:
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(true())


def test_first_beat_is_at_once_and_an_exception_stops_nothing(beating: Any, caplog: pytest.LogCaptureFixture) -> None:
    good, bad = [], []

    def fails() -> None:
        bad.append(1)
        raise ZeroDivisionError

    beating(("good", 0.05, lambda: good.append(1)), ("bad", 0.05, fails), ("later", 3600, lambda: good.append("at once")))
    assert _soon(lambda: len(bad) >= 3 and len(good) >= 3)
    assert "at once" in good
    assert any("beat failed what=bad" in line.getMessage() for line in caplog.records)


def test_a_long_job_holds_nothing_else_up_and_does_not_pile_up(beating: Any) -> None:
    held, quick, running = threading.Event(), [], []

    def slow() -> None:
        running.append(1)
        held.wait(5)

    beating(("slow", 0.05, slow), ("quick", 0.05, lambda: quick.append(1)))
    assert _soon(lambda: len(quick) >= 5)
    assert len(running) == 1
    held.set()
    assert _soon(lambda: len(running) >= 2)


def test_pace_may_be_a_setting(beating: Any, app: Flask) -> None:
    (job,) = beating(("x", "HEARTBEAT_SECONDS", lambda: None)).get_jobs()
    assert job.trigger.interval == timedelta(seconds=app.config["HEARTBEAT_SECONDS"])
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)


@pytest.mark.parametrize("jump", [-3600, -600, 7200, 86400])
def test_clock_set_makes_every_job_beat_at_once(jump: int) -> None:
    beats = BackgroundScheduler(timezone=UTC)
    beats.add_job(print, "interval", seconds=5, next_run_time=datetime.now(UTC) + timedelta(hours=1))
    beats.start(paused=True)
    try:
        before = time.time() - time.monotonic() - jump  # how far apart the clocks were before the jump
        after = scheduler.look_at_clock(beats, before)
        assert abs(after - (time.time() - time.monotonic())) < 1
        (job,) = beats.get_jobs()
        assert abs(job.next_run_time - datetime.now(UTC)) < timedelta(seconds=2)
    finally:
        beats.shutdown()


def test_clock_that_only_drifts_changes_nothing() -> None:
    beats = BackgroundScheduler(timezone=UTC)
    then = datetime.now(UTC) + timedelta(hours=1)
    beats.add_job(print, "interval", seconds=5, next_run_time=then)
    beats.start(paused=True)
    try:
        scheduler.look_at_clock(beats, time.time() - time.monotonic() - 2)
        assert beats.get_jobs()[0].next_run_time == then
    finally:
        beats.shutdown()


def test_starts_only_in_a_process_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLASK_RUN_FROM_CLI", raising=False)
    assert scheduler.serving()
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    assert not scheduler.serving()
    with click.Context(click.Command("run"), info_name="run"):
        assert scheduler.serving()
    with click.Context(click.Command("db"), info_name="upgrade"):
        assert not scheduler.serving()


def test_off_means_off(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "start", lambda app: pytest.fail("started"))
    scheduler.init_app(app)


def test_the_timetable_names_the_work() -> None:
    names = [what for what, _every, _action in scheduler.TIMETABLE]
    assert len(names) == len(set(names))
    assert {"e-mail leaves", "SMS leaves", "heartbeat"} <= set(names)


def test_a_process_that_ends_by_itself_does_not_wait_for_a_long_batch(app: Flask) -> None:
    """A web worker that is told to go: its exit must not wait until the whole batch is sent."""
    script = (
        "import time; from app import create_app, scheduler\n"
        "def long():\n    while not scheduler.stopping.is_set(): time.sleep(.01)\n"
        "scheduler.TIMETABLE = (('long', 60, long),)\n"
        "app = create_app({'SECRET_KEY': 'tests', 'SCHEDULER': True}); time.sleep(.3)\n"
    )
    environment = os.environ | {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": app.config["INSTANCE_PATH"],
    }
    environment.pop("FLASK_RUN_FROM_CLI", None)
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, timeout=20).returncode == 0


def test_deliver_stops_between_two_messages(app: Flask, morning: Any, mail: Any) -> None:
    make.many(5)
    asked: list[int] = []

    def stopping() -> bool:
        asked.append(1)
        return len(mail.raw) >= 2

    assert actions.deliver(stopping=stopping) == 2
    assert make.states().count("sent") == 2
    assert set(make.states()) == {"sent", "waiting"}
