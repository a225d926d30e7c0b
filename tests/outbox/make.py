"""Letters with sane defaults."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import select

from app import clock
from app.calendars import Event
from app.db import db, transaction
from app.outbox import actions
from app.outbox.actions import Letter
from app.outbox.models import Message

TEMPLATES = Path(__file__).parent / "templates"
MORNING = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)  # 8:00 in the office, a Tuesday
VISIT = datetime(2026, 12, 2, 1, 20, tzinfo=UTC)  # 8:20 the next day


def add_templates(app: Flask) -> None:
    """The messages of this room's own tests."""
    app.jinja_env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), app.jinja_env.loader])


def facts(**more: Any) -> dict[str, Any]:
    return {
        "name": "Trương Thị Mỹ Duyên",
        "what": "Đăng ký khai sinh",
        "code": "TA-482-716-305",
        "starts_at": VISIT.isoformat(),
    } | more


def event(**more: Any) -> Event:
    base: dict[str, Any] = {
        "uid": "TA-482-716-305@hen", "sequence": 0, "starts": VISIT, "ends": VISIT + timedelta(minutes=20),
        "summary": "Đăng ký khai sinh", "location": "UBND phường Thới An", "description": "TA-482-716-305",
        "url": "https://hen.example/hen/TA-482-716-305",
    }  # fmt: skip
    return Event(**base | more)


def letter(number: int = 1, **more: Any) -> Letter:
    base: dict[str, Any] = {
        "about": f"test:{number}", "kind": "hello", "version": 0, "template": "test/hello", "facts": facts(),
        "due_at": clock.now(),
    }  # fmt: skip
    return Letter(**base | more)


def post(*letters: Letter, email: str = "duyen@example.vn", phone: str = "+84912345678", locale: str = "vi") -> Message:
    with transaction() as session:
        for one in letters or [letter()]:
            actions.post(session, one, email=email, phone=phone, locale=locale)
    return rows()[-1]


def many(count: int, **more: Any) -> None:
    """Letters to person1@example.vn, person2@…"""
    with transaction() as session:
        for number in range(1, count + 1):
            actions.post(session, letter(number, **more), email=f"person{number}@example.vn", phone="", locale="vi")


def rows() -> list[Message]:
    """As they stand in the database now."""
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id).execution_options(populate_existing=True)))


def row() -> Message:
    (only,) = rows()
    return only


def states() -> list[str]:
    return [one.state for one in rows()]
