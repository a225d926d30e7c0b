"""Every SELECT of the room."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from app.db import db
from app.outbox import rules
from app.outbox.models import Heartbeat, Message

# The tabs of the staff tray: name in the address -> which rows.
TABS: dict[str, ColumnElement[bool]] = {
    "cho": and_(Message.state.in_(["waiting", "sending", "handing"]), Message.channel != "call"),
    "da-gui": Message.state == "sent",
    "hong": Message.state.in_(["failed", "late"]),
    "chua-ro": Message.state == "in_doubt",
    "can-goi": and_(Message.state == "waiting", Message.channel == "call"),
    "thoi": Message.state == "withdrawn",
}


def may_leave(channel: str, now: datetime, polite: bool) -> ColumnElement[bool]:
    """The rows of a channel that are due and still useful; at impolite hours only those somebody just asked for."""
    due = (Message.state == "waiting", Message.channel == channel, Message.due_at <= now, useful(now))
    return and_(*due) if polite else and_(*due, Message.polite.is_(False))


def useful(now: datetime) -> ColumnElement[bool]:
    return or_(Message.useful_until.is_(None), Message.useful_until > now)


def too_late(now: datetime) -> ColumnElement[bool]:
    return and_(Message.state == "waiting", Message.due_at <= now, Message.useful_until <= now)


def due(channel: str, now: datetime, polite: bool) -> bool:
    """Is there anything to send? Reads only, so that an idle beat never takes the write lock."""
    return bool(db.session.scalar(select(exists().where(may_leave(channel, now, polite)))))


def unread(kind: str, abouts: Collection[str]) -> set[str]:
    """Of whom a message of this kind has not left yet."""
    waits = (Message.kind == kind, Message.about.in_(abouts), Message.state == "waiting")
    return set(db.session.scalars(select(Message.about).where(*waits)))


def any_late(now: datetime) -> bool:
    return bool(db.session.scalar(select(exists().where(too_late(now)))))


def abandoned(now: datetime, furthest: datetime) -> Sequence[Message]:
    """Rows whose deliverer is gone: the lease is over, or stands further ahead than any can (the clock was set back)."""
    in_hand = Message.state.in_(["sending", "handing"])
    return db.session.scalars(
        select(Message).where(in_hand, or_(Message.lease_until <= now, Message.lease_until > furthest))
    ).all()


def counts() -> Counter[str]:
    """Rows per tab of the tray."""
    columns = [func.count().filter(rows).label(tab) for tab, rows in TABS.items()]
    return Counter(db.session.execute(select(*columns)).one()._asdict())


def of_tab(tab: str, page: int, size: int) -> Sequence[Message]:
    """One page of a tab, newest first."""
    rows = select(Message).where(TABS[tab]).order_by(Message.id.desc())
    return db.session.scalars(rows.limit(size).offset((page - 1) * size)).all()


def held_up(before: datetime, polite: bool) -> Message | None:
    """The e-mail or SMS that has waited longest since before then, though it might have left."""
    waiting = [Message.state == "waiting", Message.channel != "call", Message.due_at <= before]
    if not polite:
        waiting.append(Message.polite.is_(False))
    return db.session.scalar(select(Message).where(*waiting).order_by(Message.due_at).limit(1))


def by_number(number: int) -> Message | None:
    return db.session.get(Message, number)


def calls(until: datetime, most: int = 500) -> Sequence[Message]:
    """The call list: whom to telephone before then, the most pressing first."""
    rows = select(Message).where(TABS["can-goi"], Message.due_at < until)
    return db.session.scalars(rows.order_by(Message.useful_until, Message.id).limit(most)).all()


class Letter(NamedTuple):
    """What became of one: `left` for its reader, or still `stands` waiting; neither: taken back before it left."""

    about: str
    version: int
    facts: dict[str, Any]
    left: bool
    stands: bool


def of_kind(abouts: Collection[str], kind: str) -> Sequence[Letter]:
    """The letters of a kind about these records, oldest first."""
    waits = Message.state.in_(rules.WITHDRAWABLE)
    left = or_(Message.handed_at.is_not(None), not_(or_(waits, Message.state == "withdrawn")))
    rows = select(Message.about, Message.version, Message.facts, left, waits)
    rows = rows.where(Message.about.in_(abouts), Message.kind == kind).order_by(Message.version, Message.id)
    found = db.session.execute(rows)
    return [Letter(about, version, facts, bool(gone), bool(stands)) for about, version, facts, gone, stands in found]


def last_beat() -> datetime | None:
    """When any scheduler last beat."""
    return db.session.scalar(select(func.max(Heartbeat.beat_at)))


def workers() -> Sequence[str]:
    """The schedulers that beat within the last hour, "host:pid:…"."""
    return db.session.scalars(select(Heartbeat.worker).order_by(Heartbeat.beat_at.desc())).all()
