"""The clock's part: hand over what is due, one message at a time, and sweep up after processes that died."""

import logging
import os
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import Table, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import calendars, channels, clock, sms
from app.channels import Email, InDoubt, NotTaken, Unreachable, Way
from app.db import db, transaction
from app.outbox import queries, rendering, rules
from app.outbox.models import Message
from app.sms import Sms

log = logging.getLogger(__name__)
_rows = cast(Table, Message.__table__)
_luck = random.SystemRandom().random


@dataclass(frozen=True)
class Claimed:
    """A row this deliverer has taken, and under which mark."""

    id: int
    claimed_by: str
    channel: str
    kind: str
    recipient: str
    locale: str
    template: str
    facts: dict[str, Any]
    message_id: str
    attempts: int
    repeats: int


@dataclass
class _Pause:
    """A way out that failed, in this process: how often in a row, and when to try again (seconds that no clock change moves)."""

    failures: int = 0
    until: float = 0.0
    said: str = ""


_pauses: dict[str, _Pause] = {}


def _never() -> bool:
    return False


def deliver(ways: Sequence[str] = ("email", "sms"), stopping: Callable[[], bool] = _never) -> int:
    """One beat: everything that is due leaves, until nothing is due or the process is `stopping`. Returns how many left."""
    _drop_late()
    return sum(_deliver(channel, stopping) for channel in ways if _configured(channel))


def _configured(channel: str) -> bool:
    return channels.mail.configured() if channel == "email" else sms.configured()


def _open(channel: str) -> Way:
    return channels.mail.connect() if channel == "email" else sms.Gateway()


def polite() -> bool:
    return rules.is_polite(clock.now(), rules.sending_hours(current_app.config["SENDING_HOURS"]))


def _drop_late() -> None:
    """Waited past its use: set aside with the reason, never dropped silently."""
    now = clock.now()
    if not queries.any_late(now):
        return
    with transaction() as session:
        reason = func.coalesce(_rows.c.error, "no longer useful when it could leave")
        session.execute(update(_rows).where(queries.too_late(now)).values(state="late", error=reason))


def _deliver(channel: str, stopping: Callable[[], bool]) -> int:
    left, pause = 0, _pauses.setdefault(channel, _Pause())
    while not stopping() and time.monotonic() >= pause.until and queries.due(channel, clock.now(), polite()):
        db.session.rollback()  # the look was a transaction; nothing stays open while we wait for a server
        try:
            with _open(channel) as way:
                sent, tried = _batch(way, channel, stopping)
                hung_up = not way.alive
        except Unreachable as problem:
            _unreachable(channel, pause, str(problem))
            break
        left += sent
        if sent:
            pause.failures = 0
        elif hung_up:
            _unreachable(channel, pause, "the connection was closed before anything could be handed over")
        if not tried:  # others took the rest
            break
    return left


def _unreachable(channel: str, pause: _Pause, said: str) -> None:
    """No message is to blame and none changes; one line in the log per new reason, one in the tray."""
    pause.failures += 1
    pause.until = time.monotonic() + rules.pause(pause.failures, current_app.config["HEARTBEAT_SECONDS"])
    if said == pause.said and pause.failures > 1:
        return
    pause.said = said
    log.error("no way out channel=%s reason=%s", channel, said)
    oldest = select(Message.id).where(queries.may_leave(channel, clock.now(), True)).order_by(Message.due_at).limit(1)
    with transaction() as session:
        session.execute(update(_rows).where(_rows.c.id == oldest.scalar_subquery()).values(error=said[:4000]))


def _batch(way: Way, channel: str, stopping: Callable[[], bool]) -> tuple[int, int]:
    """Message after message over one connection, while it holds. Returns how many left and how many were tried."""
    sent = tried = 0
    claimed = _then(channel, None, "dropped", "")
    while claimed is not None:
        tried += 1
        outcome, said = _attempt(way, claimed)
        sent += outcome == "sent"
        more = way.alive and outcome != "nobody" and not stopping()
        claimed = _then(channel if more else None, claimed, outcome, said)
        if outcome == "nobody":
            raise Unreachable(said)
    return sent, tried


def _attempt(way: Way, claimed: Claimed) -> tuple[rules.Outcome, str]:
    """Render, offer, mark, hand over. How it ended, and what the other side said."""
    try:
        message = _message(claimed)
        way.offer(message)
        if not _mark(claimed):
            way.withhold()
            return "dropped", ""
        way.hand_over()
    except NotTaken as answer:
        return "refused" if answer.permanent else "again", str(answer)
    except InDoubt as problem:
        return "doubt", str(problem)
    except Unreachable as problem:
        return "nobody", str(problem)
    except OperationalError:
        raise
    except Exception as problem:  # this message cannot be made: it stands aside, the others go on
        log.exception("message cannot be made id=%s template=%s", claimed.id, claimed.template)
        return "refused", f"{type(problem).__name__}: {problem}"
    return "sent", ""


def _message(claimed: Claimed) -> Email | Sms:
    words = (claimed.template, claimed.kind, claimed.facts, claimed.locale)
    if claimed.channel == "sms":
        return Sms(claimed.recipient, rendering.sms(*words), claimed.message_id)
    subject, text, html = rendering.letter(*words)
    headers = rules.headers(claimed.facts)
    message = Email(claimed.recipient, subject, text, html, claimed.message_id, clock.now(), headers=headers)
    return _with_calendar(message, claimed.facts["event"]) if "event" in claimed.facts else message


def _with_calendar(message: Email, facts: dict[str, Any]) -> Email:
    event = calendars.Event.from_facts(facts)
    method = "CANCEL" if event.cancelled else "REQUEST"
    return replace(message, calendar=calendars.one(event, method, channels.sender(), message.to), method=method)


def _mark(claimed: Claimed) -> bool:
    """The hand-over begins, if the row is still ours, was not withdrawn, and is still of use; the lease starts anew."""
    now = clock.now()
    handing = {"state": "handing", "handed_at": now, "lease_until": now + _lease()}
    with transaction() as session:
        rows = update(_rows).where(_mine(claimed), _rows.c.state == "sending", queries.useful(now)).values(**handing)
        return bool(session.execute(rows.returning(_rows.c.id)).all())


def _mine(claimed: Claimed) -> Any:
    return (_rows.c.id == claimed.id) & (_rows.c.claimed_by == claimed.claimed_by)


def _then(channel: str | None, claimed: Claimed | None, outcome: rules.Outcome, said: str) -> Claimed | None:
    """Records how it ended and takes the next, in one transaction. That it left must be known: the database gets five chances."""
    for chance in range(5):
        try:
            with transaction() as session:
                if claimed is not None:
                    _record(session, claimed, outcome, said)
                return _claim(session, channel) if channel else None
        except OperationalError:
            if claimed is None or chance == 4:
                raise
            log.warning("cannot record id=%s outcome=%s, trying again", claimed.id, outcome)
            time.sleep(chance)
    return None


def _record(session: Session, claimed: Claimed, outcome: rules.Outcome, said: str) -> None:
    """That it was sent is a fact, whoever owns the row by now; anything else only its owner may say."""
    now = clock.now()
    step = rules.after(outcome, claimed.channel, claimed.attempts, claimed.repeats, now, _first_delay(), _luck())
    values: dict[str, Any] = vars(step) | {"error": said[:4000] or None, "claimed_by": None, "lease_until": None}
    if outcome == "sent":
        owned = _rows.c.id == claimed.id
        values = {"state": "sent", "sent_at": now, "error": None, "claimed_by": None, "lease_until": None}
    else:
        owned = _mine(claimed)
    session.execute(update(_rows).where(owned).values(**values))


def _claim(session: Session, channel: str) -> Claimed | None:
    """Takes one due row by compare-and-set; SKIP LOCKED only saves PostgreSQL the queue (SQLite does not know it)."""
    now, mark = clock.now(), f"{os.getpid()}:{secrets.token_hex(8)}"
    first = select(Message.id).where(queries.may_leave(channel, now, polite())).order_by(Message.due_at).limit(1)
    taken = (
        update(_rows)
        .where(_rows.c.id == first.with_for_update(skip_locked=True).scalar_subquery(), _rows.c.state == "waiting")
        .values(state="sending", claimed_by=mark, lease_until=now + _lease(), attempts=_rows.c.attempts + 1)
        .returning(*(_rows.c[name] for name in Claimed.__dataclass_fields__))
    )
    row = session.execute(taken).one_or_none()
    return Claimed(**row._mapping) if row else None


def _lease() -> timedelta:
    """Longer than any attempt may last: past it, its process is gone."""
    return timedelta(seconds=current_app.config["LEASE_SECONDS"])


def _first_delay() -> timedelta:
    return timedelta(seconds=current_app.config["RETRY_SECONDS"])


def sweep() -> int:
    """Rows whose deliverer died: back to waiting, or in doubt when it died in the hand-over. Returns how many."""
    now = clock.now()
    furthest = now + 2 * _lease()
    if not queries.abandoned(now, furthest):
        return 0
    with transaction() as session:  # looked at again inside: meanwhile a slow deliverer may have recorded
        return sum(_swept(session, message, now) for message in queries.abandoned(now, furthest))


def _swept(session: Session, message: Message, now: datetime) -> int:
    outcome: rules.Outcome = "dropped" if message.state == "sending" else "doubt"
    step = rules.after(outcome, message.channel, message.attempts, message.repeats, now, _first_delay(), _luck())
    unchanged = (_rows.c.id == message.id, _rows.c.state == message.state, _rows.c.claimed_by == message.claimed_by)
    said = "the process ended before the hand-over" if outcome == "dropped" else "the process ended in the hand-over"
    values = vars(step) | {"claimed_by": None, "lease_until": None, "error": said}
    rows = session.execute(update(_rows).where(*unchanged).values(**values).returning(_rows.c.id)).all()
    if rows:
        log.warning("swept id=%s outcome=%s now=%s", message.id, outcome, step.state)
    return len(rows)
