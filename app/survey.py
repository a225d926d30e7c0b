"""A finished event as its survey link tells it: what, where, when; never whose. The survey room learns of it no other way."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app import clock

SUBJECTS = ("visit", "result", "meeting")
OPEN = timedelta(days=30)  # how long after the event it may be answered


@dataclass(frozen=True, slots=True)
class Event:
    """`digest` names the event without saying which: a keyed one-way digest of its code."""

    subject: str
    office_id: int | None
    field: str
    day: date
    digest: str


def token(subject: str, code: str, office_id: int | None, field: str, happened: datetime) -> str:
    """The link of one finished event; empty when it is too long ago to be asked about. The same event has the same token."""
    day = clock.local(happened).date()
    if clock.today() > day + OPEN:
        return ""
    event = Event(subject, office_id, field, day, digest("event", f"{subject}:{code}"))
    return str(_signer().dumps(list((asdict(event) | {"day": day.isoformat()}).values())))


def read(token: str) -> Event | None:
    """None when it is not ours."""
    try:
        subject, office_id, field, day, named = _signer().loads(token)
    except BadSignature:
        return None
    return Event(subject, office_id, field, date.fromisoformat(day), named)


def digest(purpose: str, text: str) -> str:
    """With the oldest secret still known: a new one (SECRET_KEY_FALLBACKS) must not open an event a second time."""
    secret = _keys()[0].encode()
    return hashlib.blake2b(text.encode(), key=secret[:64], digest_size=16, person=purpose.encode()).hexdigest()


def _keys() -> list[str]:
    return [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(_keys(), salt="survey")
