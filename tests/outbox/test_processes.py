"""Real scheduler processes on one database: killed, stopped, and all at once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.outbox import queries
from app.outbox.models import Message
from tests.outbox import make
from tests.outbox.post import Post, Server

ROOT = Path(__file__).parents[2]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(app: Flask) -> Iterator[Start]:
    """Starts a scheduler process on the test's database; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def one(post: Post, **settings: Any) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "INSTANCE_PATH": app.config["INSTANCE_PATH"],
            "SENDING_HOURS": "00:00-23:59:59", "LEASE_SECONDS": "3", "RETRY_SECONDS": "1", "HEARTBEAT_SECONDS": "0.2",
        }  # fmt: skip
        environment |= {name: str(value) for name, value in (post.address | settings).items()}
        process = subprocess.Popen([sys.executable, "-m", "tests.outbox.deliverer"], cwd=ROOT, env=environment)
        started.append(process)
        return process

    yield one
    for process in started:
        process.kill()
        process.wait()


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.25)
    return True


def _states() -> Counter[str]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Message.state)))


def test_four_processes_one_killed_in_its_hand_over(app: Flask, start: Start) -> None:
    """1,000 due at once; the server refuses a tenth for now; the killed one had been taken by the server but not recorded."""
    make.many(1000, polite=False)
    with Server(Post("tenth", hold_at=400)) as post:
        processes = {process.pid: process for process in [start(post) for _ in range(4)]}
        assert post.holding.wait(40)
        db.session.rollback()
        held = db.session.scalars(select(Message).where(Message.message_id == post.held_id)).one()
        victim = int(held.claimed_by.split(":")[0])
        assert held.state == "handing"
        os.kill(victim, signal.SIGKILL)
        processes[victim].wait()
        post.released.set()
        assert _until(lambda: _states() == {"sent": 1000}, 40), _states()
        for process in processes.values():
            process.terminate()
        assert sorted(process.wait(10) for process in processes.values()) == [-signal.SIGKILL, 0, 0, 0]
        arrived = post.ids()
        assert len(arrived) == 1000
        assert {number: count for number, count in arrived.items() if count > 1} == {post.held_id: 2}
        assert {one.message_id: one.repeats for one in make.rows() if one.repeats} == {post.held_id: 1}
        assert len(post.refused) == 100
        assert all(one.attempts == 2 for one in make.rows() if one.recipient in post.refused)
        assert len(queries.workers()) == 4  # each beat, and none died of a job


def test_stopped_politely_it_finishes_the_message_in_hand(app: Flask, start: Start) -> None:
    make.many(50, polite=False)
    with Server(Post("slow", seconds=0.2)) as post:
        process = start(post)
        assert _until(lambda: len(post.raw) >= 2, 20)
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert time.monotonic() - began < 3
        states = _states()
        assert set(states) == {"sent", "waiting"}
        assert states["sent"] == len(post.raw) < 50


def test_slow_server_and_four_processes_repeat_nothing(app: Flask, start: Start) -> None:
    make.many(24, polite=False)
    with Server(Post("slow", seconds=0.3)) as post:
        processes = [start(post, LEASE_SECONDS=2) for _ in range(4)]
        assert _until(lambda: _states() == {"sent": 24}, 30), _states()
        assert set(post.ids().values()) == {1}
        assert len(processes) == 4
