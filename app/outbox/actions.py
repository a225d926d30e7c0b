"""What people and rooms do with messages: post, withdraw, send again, note a call. The clock's part is in `delivery`."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Update, delete, false, or_, update
from sqlalchemy.orm import Session

from app import audit, clock, sms
from app.db import insert, transaction
from app.forms import is_mobile
from app.outbox import rendering, rules
from app.outbox.delivery import deliver as deliver
from app.outbox.delivery import polite as polite
from app.outbox.delivery import sweep as sweep
from app.outbox.models import Heartbeat, Message
from app.refusal import Conflict

BEATS_KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Letter:
    """What a room wants told: about what, of which kind and version; the deliverer needs to know no more."""

    about: str  # "appointment:12"
    kind: str  # "reminder_day_before"
    version: int  # of the fact it tells
    template: str  # "appointments/reminder"
    facts: dict[str, Any]  # JSON only; "event" (see app.calendars) becomes the calendar file, "headers" (rules.HEADERS) headers
    due_at: datetime
    useful_until: datetime | None = None
    polite: bool = True  # waits for the sending hours
    call: bool = False  # where neither e-mail nor SMS reaches, somebody telephones


def post(session: Session, letter: Letter, *, email: str, phone: str, locale: str) -> None:
    """Writes the message into the caller's transaction. The same letter again changes nothing.

    One that was withdrawn before it left stands up again: the fact it tells is true once more.
    """
    rules.headers(letter.facts)  # refused here, not in the night when it leaves
    texts = bool(phone) and sms.configured() and rendering.fits_phones(letter.template) and is_mobile(phone)
    for channel in rules.channel_of(email, texts, letter.call):
        values = vars(letter) | {
            "channel": channel,
            "recipient": email if channel == "email" else phone,
            "locale": locale,
            "state": "waiting",
            "attempts": 0,
            "repeats": 0,
            "written_at": clock.now(),
        }
        del values["call"]
        session.execute(_written(session, values | {"message_id": _message_id(values)}))


def _written(session: Session, values: dict[str, Any]) -> Any:
    written = insert(session, Message).values(**values)
    revived = {name: written.excluded[name] for name in values}
    never_left = (Message.state == "withdrawn") & Message.handed_at.is_(None)
    key = ["about", "kind", "version", "channel"]
    return written.on_conflict_do_update(index_elements=key, set_=revived, where=never_left)


def _message_id(values: dict[str, Any]) -> str:
    """The same for the same message to the same person, whenever it is computed; tells a stranger nothing."""
    key = "\n".join(str(values[part]) for part in ("about", "kind", "version", "channel", "recipient"))
    secret = str(current_app.config["SECRET_KEY"])
    digest = hashlib.blake2b(key.encode(), key=secret.encode()[:64], digest_size=16).hexdigest()
    return f"<{digest}@{urlsplit(current_app.config['PUBLIC_URL']).hostname}>"


def withdraw(session: Session, about: str | Sequence[str], kinds: Collection[str] | None = None) -> None:
    """The fact changed: what has not left yet does not leave. One already in its hand-over can no longer be stopped.

    A kind stands for its numbered ones too: "invitation" for "invitation:3".
    """
    abouts = [about] if isinstance(about, str) else about
    rows = update(Message).where(Message.about.in_(abouts), Message.state.in_(rules.WITHDRAWABLE))
    if kinds is not None:
        rows = rows.where(or_(false(), *map(_of_kind, kinds)))
    session.execute(rows.values(state="withdrawn", claimed_by=None, lease_until=None))


def reword(session: Session, about: str, kinds: Collection[str], facts: dict[str, Any]) -> None:
    """The same message with other words in it, while it waits: the fact it tells and its time are the same."""
    rows = update(Message).where(Message.about == about, Message.kind.in_(kinds), Message.state == "waiting")
    session.execute(rows.values(facts=facts))


def recall(session: Session, kind: str, version: int) -> None:
    """The same for a letter that went to many: none of this kind and version that has not left yet leaves."""
    rows = update(Message).where(_of_kind(kind), Message.version == version, Message.state.in_(rules.WITHDRAWABLE))
    session.execute(rows.values(state="withdrawn", claimed_by=None, lease_until=None))


def _of_kind(kind: str) -> ColumnElement[bool]:
    return (Message.kind == kind) | Message.kind.startswith(f"{kind}:", autoescape=True)


def send_again(number: int) -> None:
    """An officer decides that it leaves once more, at once, whatever the hour and however late. Twice is once.

    Raises Conflict when it is not a message that stands aside.
    """
    with transaction() as session:
        message = session.get_one(Message, number)
        if message.state == "waiting":
            return
        again = update(Message).values(state="waiting", due_at=clock.now(), useful_until=None, polite=False, attempts=0)
        again = again.values(repeats=Message.repeats + (1 if message.state == "in_doubt" else 0))
        _change(session, number, again.where(Message.state.in_(rules.AGAIN_BY_HAND), Message.channel != "call"))
        audit.record(session, "sent_again", f"message:{number}", {"state": message.state}, {"state": "waiting"})


def called(number: int) -> None:
    """An officer has telephoned. Twice is once. Raises Conflict when it is no longer on the call list."""
    with transaction() as session:
        message = session.get_one(Message, number)
        if message.channel == "call" and message.state == "sent":
            return
        done = update(Message).values(state="sent", sent_at=clock.now())
        _change(session, number, done.where(Message.channel == "call", Message.state == "waiting"))
        audit.record(session, "called", f"message:{number}", {"state": message.state}, {"state": "sent"})


def doubt_due(session: Session) -> int:
    """A copy of the database was brought back: what was due since may have left already, and waits for a person."""
    due = (Message.state.in_(["waiting", "sending", "handing"]), Message.channel != "call", Message.due_at <= clock.now())
    doubt = update(Message).where(*due).values(
        state="in_doubt", claimed_by=None, lease_until=None, error="due before a copy was brought back: may have left already"
    )  # fmt: skip
    return len(session.execute(doubt.returning(Message.id).execution_options(synchronize_session=False)).all())


def _change(session: Session, number: int, change: Update) -> None:
    """Compare and set: somebody else may have been faster."""
    rows = change.where(Message.id == number).returning(Message.id).execution_options(synchronize_session=False)
    if not session.execute(rows).all():
        raise Conflict(_("Thư này vừa đổi trạng thái. Xem lại rồi bấm."))


def beat(worker: str) -> None:
    """This scheduler is alive; those that stopped long ago are forgotten."""
    now = clock.now()
    with transaction() as session:
        session.merge(Heartbeat(worker=worker, beat_at=now))
        session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now - BEATS_KEPT))
