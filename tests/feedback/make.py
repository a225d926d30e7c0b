"""Builders: the link of a finished visit, answers, a screen that is open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app

from app import clock, links, survey
from app.db import db, transaction
from app.feedback import actions, queries
from app.feedback.models import Answer
from app.offices import queries as offices
from app.survey import Event
from tests import make

CODE = "TA-482-716-305"
NOW = make.local("2026-12-02T19:00")  # the evening after the visit
VISITED = make.local("2026-12-01T09:00")


def token(code: str = CODE, subject: str = "visit", happened: datetime = VISITED) -> str:
    office = None if subject == "meeting" else offices.catalogue().by_slug[make.PLACE].id
    return survey.token(subject, code, office, "" if subject == "meeting" else "Hộ tịch", happened)


def event(code: str = CODE, subject: str = "visit", happened: datetime = VISITED) -> Event:
    found = survey.read(token(code, subject, happened))
    assert found is not None
    return found


def rows() -> list[Answer]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Answer)))


def many(**split: int) -> None:
    """So many of each answer by link, each of another visit."""
    for choice, count in split.items():
        for number in range(count):
            actions.answer(event(f"{choice}-{number}"), choice)


def stored(count: int, words: str = "") -> None:
    """Many at once, over a year of days, fields and offices."""
    office = offices.catalogue().by_slug[make.PLACE].id
    with transaction() as session:
        session.add_all(
            Answer(
                seal=f"{number:032x}", linked=False, subject=("visit", "result", "meeting")[number % 3], kiosk=number % 3 == 0
                and number % 2 == 0, office_id=office, field=f"Lĩnh vực {number % 7}",
                answered_on=clock.today() - timedelta(days=number % 150), answer=("good", "fair", "poor")[number % 5 % 3],
                words=f"{words} {number}" if words else "",
            )
            for number in range(count)
        )  # fmt: skip


def screen() -> str:
    """Opens the office's; returns its link's path."""
    office = offices.catalogue().by_slug[make.PLACE]
    row = queries.kiosk(office.id)
    actions.turn(office.id, True, row.version if row else 0)
    opened = queries.kiosk(office.id)
    assert opened is not None
    link = links.absolute("feedback.kiosk", slug=office.slug, t=queries.kiosk_token(opened))
    return link.removeprefix(current_app.config["PUBLIC_URL"])


@contextmanager
def secret(app: Flask, key: str, *known: str) -> Iterator[None]:
    """Another secret for a while, older ones still known."""
    kept = {name: app.config[name] for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS")}
    app.config.update(SECRET_KEY=key, SECRET_KEY_FALLBACKS=list(known))
    try:
        yield
    finally:
        app.config.update(kept)
