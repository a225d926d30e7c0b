"""Builders: subscribers in every state, the letters they were written."""

from typing import Any

import sqlalchemy as sa

from app import consent
from app.db import db, transaction
from app.invitations import actions, queries
from app.invitations.actions import Details
from app.invitations.models import Subscriber
from app.outbox.models import Message


def details(number: int = 1, **facts: Any) -> Details:
    known = {
        "name": f"Lò gạch số {number}", "contact": "Trần Văn Hoà", "phone": f"+84913{number:06d}",
        "email": f"lo{number}@example.vn",
    }  # fmt: skip
    return Details(**(known | facts))


def subscriber(number: int = 1, channel: str = "counter", **facts: Any) -> Subscriber:
    """Active at once, as an officer writes it down."""
    return actions.add(details(number, **facts), channel, queries.wording().version)


def pending(number: int = 1, **facts: Any) -> Subscriber:
    actions.subscribe(details(number, **facts))
    return by_email(f"lo{number}@example.vn")


def by_email(email: str) -> Subscriber:
    db.session.rollback()
    return db.session.scalars(sa.select(Subscriber).where(Subscriber.email == email)).one()


def again(row: Subscriber) -> Subscriber:
    """As the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Subscriber, row.id)


def many(count: int, fields: Any = None) -> None:
    """Active subscribers with their consents, written past the acts: they take a second for two thousand."""
    words = queries.wording()
    with transaction() as session:
        for number in range(1, count + 1):
            wanted = details(number)
            row = Subscriber(
                email=wanted.email, phone=wanted.phone, name=wanted.name, contact=wanted.contact, search_key="lo gach",
                fields=fields(number) if fields else [], state="active", asked_at=consent.clock.now(),
                confirmed_at=consent.clock.now(),
            )  # fmt: skip
            session.add(row)
        session.flush()
        for row in session.scalars(sa.select(Subscriber)):
            session.add(
                consent.Consent(
                    about=row.about, purpose=queries.PURPOSE, wording_version=words.version, wording=words.vi, language="vi",
                    channel="import", given_at=consent.clock.now(),
                )
            )  # fmt: skip


def letters(about: str | None = None, kind: str | None = None) -> list[Message]:
    db.session.rollback()
    rows = sa.select(Message).order_by(Message.id)
    rows = rows.where(Message.about == about) if about else rows.where(Message.about.startswith("subscriber:"))
    return list(db.session.scalars(rows.where(Message.kind == kind) if kind else rows))
