"""The roof: everything that happens by itself, and how often.

APScheduler is only the heartbeat: it keeps nothing, so any number of schedulers may run, in web workers or alone; what each
beat does is decided in the database. Started in a web process when SCHEDULER is on, alone by `flask scheduler`.
"""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from app import retention
from app.answers import reminding as answers
from app.appointments import actions as appointments
from app.asking import actions as asking
from app.chasing import actions as chasing
from app.dossiers import actions as dossiers
from app.invitations import mailing as invitations
from app.meetings import actions as places
from app.meetings import schedule as meetings
from app.offices import actions as offices
from app.outbox import actions as outbox
from app.reconciliation import actions as reconciliation

log = logging.getLogger(__name__)
stopping = threading.Event()  # a long batch looks here between two messages
WORKER = f"{socket.gethostname()[:150]}:{os.getpid()}:{secrets.token_hex(4)}"

# What, every how many seconds (or the setting that says so), and the action.
TIMETABLE: tuple[tuple[str, float | str, Callable[[], object]], ...] = (
    ("e-mail leaves", "HEARTBEAT_SECONDS", lambda: outbox.deliver(["email"], stopping.is_set)),
    ("SMS leaves", "HEARTBEAT_SECONDS", lambda: outbox.deliver(["sms"], stopping.is_set)),
    ("messages of dead processes are taken up", 10, outbox.sweep),
    ("expired holds are tidied away", 60, appointments.release_expired),
    ("seats of unanswered invitations are handed on", 60, places.release_reserved),
    ("the coming months' meetings are made", 3600, meetings.ensure_meetings),
    ("invitations to the next meetings are written", 600, invitations.invite),
    ("who was invited hears that the meeting was moved or cancelled", 300, invitations.tell_changed),
    ("who did not come is asked why", 900, invitations.ask_missed_everywhere),
    ("units are reminded of their answers", 900, answers.remind),
    ("the coming years' holidays are seeded", 24 * 3600, offices.seed_coming_holidays),
    ("citizens hear of results due and late", 3600, dossiers.remind),
    ("who came, or got a result, is asked how it was", 600, asking.ask),
    ("officers hear what they have not clicked", 600, reconciliation.remind_of_clicks),
    ("units are urged, their heads told", 600, reconciliation.urge_units),
    ("personal data past its time goes", 24 * 3600, retention.run),
    ("what is due is chased, once on a working day", 600, chasing.send_digests),
    ("heartbeat", 15, lambda: outbox.beat(WORKER)),
)


def init_app(app: Flask) -> None:
    """Starts the heartbeat in a process that serves; a command or a test only passes by."""
    if app.config["SCHEDULER"] and serving():
        start(app)


def serving() -> bool:
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        return True
    command = click.get_current_context(silent=True)
    return command is not None and command.info_name == "run"


def start(app: Flask) -> BackgroundScheduler:
    """Every job beats at once and then at its pace; a beat missed while another runs is not made up for."""
    stopping.clear()
    if not app.config["MAIL_SERVER"]:
        log.warning("MAIL_SERVER is not set: messages are kept and shown in the staff tray")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every beat that finds the last one still at work
    beats = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    for what, every, action in TIMETABLE:
        seconds = float(app.config[every]) if isinstance(every, str) else every
        beats.add_job(_guarded(app, what, action), "interval", seconds=seconds, name=what, next_run_time=datetime.now(UTC))
    beats.start()
    threading.Thread(target=_watch_clock, args=[beats], name="clock watch", daemon=True).start()
    # The pool waits for its jobs before anything registered with atexit runs; a long batch must hear of the end earlier.
    threading._register_atexit(stopping.set)  # type: ignore[attr-defined]
    return beats


def _guarded(app: Flask, what: str, action: Callable[[], object]) -> Callable[[], None]:
    """No exception stops the heartbeat, and none goes unseen."""

    def beat() -> None:
        if stopping.is_set():
            return
        try:
            with app.app_context():
                action()
        except Exception:
            log.exception("beat failed what=%s", what)

    return beat


def _watch_clock(beats: BackgroundScheduler) -> None:
    """Set back by an hour, the clock would leave every job silent for that hour: then all beat at once instead."""
    ahead = time.time() - time.monotonic()
    while not stopping.wait(5):
        ahead = look_at_clock(beats, ahead)


def look_at_clock(beats: BackgroundScheduler, ahead: float) -> float:
    """Compares the wall clock with one that nobody sets. `ahead`: how far they were apart last time; returns how far now."""
    drift = time.time() - time.monotonic() - ahead
    if abs(drift) > 5:
        log.warning("the clock was set by %+d s", drift)
        for job in beats.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))
    return ahead + drift


def run_forever(app: Flask) -> None:
    """`flask scheduler`: beats until it is told to stop, and finishes the message in hand."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread exists, so that only the next line hears them
    beats = start(app)
    signal.sigwait(ends)
    stopping.set()
    beats.shutdown(wait=True)
