"""Builders with sane defaults: a small office that is open, and people who book there."""

from datetime import UTC, date, datetime, time
from typing import Any

from app.appointments.actions import Person
from app.db import transaction
from app.offices import actions, queries
from app.offices.catalogue import Catalogue
from app.offices.models import Counter, Office, Opening, Procedure, Service
from app.text import fold

MONDAY = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # 8:00 in the office, a plain working Monday
TUESDAY = date(2026, 12, 1)
PLACE, BIRTH = "thoi-an", "1.001193"


def office(
    slug: str = PLACE,
    letters: str = "TA",
    counters: int = 1,
    procedures: dict[str, int] | None = None,
    hours: tuple[tuple[time, time], ...] = ((time(7), time(11)), (time(13), time(17))),
    **facts: Any,
) -> Catalogue:
    """An office open Monday to Friday whose every counter serves every procedure (code -> minutes)."""
    with transaction() as session:
        place = Office(slug=slug, name=f"UBND phường {slug}", name_en=f"{slug} ward", level="ward", code_letters=letters, **facts)
        session.add(place)
        session.flush()
        wanted = [procedure(session, code, minutes) for code, minutes in (procedures or {BIRTH: 20}).items()]
        for number in range(1, counters + 1):
            services = [Service(procedure=one, minutes=None) for one in wanted]
            session.add(Counter(office_id=place.id, number=str(number), position=number, services=services))
        for weekday in range(5):
            session.add_all(Opening(office_id=place.id, weekday=weekday, opens=opens, closes=closes) for opens, closes in hours)
        actions.changed(session)
    return queries.catalogue()


def procedure(session: Any, code: str = BIRTH, minutes: int = 20, **facts: Any) -> Procedure:
    found = session.query(Procedure).filter_by(code=code).one_or_none()
    if found is not None:
        return found
    name = facts.pop("name", "Đăng ký khai sinh" if code == BIRTH else f"Thủ tục {code}")
    made = Procedure(
        code=code, name=name, name_en=facts.pop("name_en", "Birth registration"), field="Hộ tịch", field_en="Civil status",
        level="Cấp xã", duration=0, duration_unit="same_day", fee_vnd=0, service_minutes=minutes,
        documents="Giấy chứng sinh (nộp bản chính)\nCăn cước (xuất trình)", search_key=fold(name), **facts,
    )  # fmt: skip
    session.add(made)
    return made


def person(**facts: Any) -> Person:
    return Person(**({"name": "Trương Thị Mỹ Duyên", "phone": "+84912345678"} | facts))


def local(text: str) -> datetime:
    """ "2026-12-01T08:20" in the office's zone, as an instant."""
    return datetime.fromisoformat(text + "+07:00").astimezone(UTC)
