"""Builders: a series, its meetings, a year of holidays, businesses that sign up."""

from datetime import date, time
from typing import Any

from app.db import transaction
from app.meetings import actions, queries, schedule
from app.meetings.actions import Applicant
from app.meetings.models import Meeting, Series, SignUp
from app.offices import actions as offices
from app.staff.models import Unit

SATURDAY = date(2026, 12, 5)  # the first of December 2026, without any holiday near
AFTER_NEW_YEAR = date(2027, 1, 2)  # Friday 1 January makes a long weekend


def series(**facts: Any) -> Series:
    known = {
        "name": "Thứ Bảy gặp gỡ doanh nghiệp", "name_en": "Saturday business meeting", "opens": time(8), "closes": time(11),
        "place": "Hội trường UBND quận Ô Môn", "chair": "Chủ tịch UBND quận", "capacity": 20,
    }  # fmt: skip
    with transaction() as session:
        made = Series(**(known | facts))
        session.add(made)
    return made


def meetings(**facts: Any) -> Meeting:
    """A series with its coming meetings under the library's holidays; returns the next one, on SATURDAY."""
    offices.seed_holidays([2026, 2027])
    series(**facts)
    schedule.ensure_meetings()
    found = queries.upcoming()
    assert found is not None
    return found.meeting


def applicant(number: int = 1, **facts: Any) -> Applicant:
    known = {
        "name": f"Cơ sở số {number}", "contact": "Nguyễn Văn Đệ", "phone": f"+84912{number:06d}",
        "email": f"so{number}@example.vn", "request_key": f"key-{number}",
    }  # fmt: skip
    return Applicant(**(known | facts))


def sign_up(meeting: Meeting, number: int = 1, **facts: Any) -> SignUp:
    return actions.sign_up(meeting.id, applicant(number, **facts))


def full(meeting: Meeting, waiting: int = 0, seats: int = 1) -> list[SignUp]:
    """Every seat taken and some businesses waiting."""
    count = meeting.capacity // seats + waiting
    return [sign_up(meeting, number, seats=seats) for number in range(1, count + 1)]


def unit(name: str = "Chi cục Thuế") -> Unit:
    with transaction() as session:
        made = Unit(name=name)
        session.add(made)
    return made
