"""Many real processes at once: forks of the test, each with connections of its own, released together."""

import multiprocessing
from collections.abc import Callable
from typing import Any

from flask import Flask

from app.db import db

_fork = multiprocessing.get_context("fork")


def run(app: Flask, workers: int, job: Callable[[int], Any]) -> list[Any]:
    """Runs job(worker number) in as many processes at the same moment; returns what each returned, in order.

    A child that raises fails the race with its error.
    """
    db.session.remove()
    db.engine.dispose()
    gate, pipes = _fork.Barrier(workers), [_fork.Pipe(duplex=False) for _ in range(workers)]
    children = [
        _fork.Process(target=_child, args=(app, gate, number, job, send), daemon=True)
        for number, (_receive, send) in enumerate(pipes)
    ]
    for child in children:
        child.start()
    answers = []
    for (receive, send), child in zip(pipes, children, strict=True):
        send.close()
        kind, value = receive.recv()
        child.join()
        if kind == "error":
            raise AssertionError(f"a racing process failed: {value}")
        answers.append(value)
    return answers


def _child(app: Flask, gate: Any, number: int, job: Callable[[int], Any], send: Any) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
        try:
            gate.wait(60)
            send.send(("done", job(number)))
        except BaseException as error:
            send.send(("error", repr(error)))
        finally:
            db.session.remove()
            db.engine.dispose()
