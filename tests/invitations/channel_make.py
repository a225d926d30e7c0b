"""Builders: a promise that was kept and helped, a seat kept for somebody."""

from datetime import date, timedelta
from typing import Any

from app import clock, codes
from app.db import transaction
from app.meetings.models import Meeting, SignUp
from app.promises.models import Promise

MADE = date(2026, 10, 3)


def promise(unit_id: int, **facts: Any) -> Promise:
    known = {
        "occasion": "meeting:0", "occasion_on": MADE, "raised": "Mở rộng kho trên đất vườn cần giấy gì?", "field": "land",
        "what": "Hướng dẫn một lần đủ hồ sơ.", "unit_id": unit_id, "made_on": MADE, "first_due": MADE + timedelta(days=14),
        "due": MADE + timedelta(days=14), "done_on": MADE + timedelta(days=9), "done_recorded_at": clock.now(), "verdict": "yes",
    }  # fmt: skip
    with transaction() as session:
        made = Promise(**(known | facts))
        session.add(made)
    return made


def reserved(meeting: Meeting, **facts: Any) -> SignUp:
    known = {
        "code": codes.new("TB"), "meeting_id": meeting.id, "name": "Lò gạch Tư Hiếm", "search_key": "lo gach", "seats": 1,
        "contact": "Huỳnh Văn Hiếm", "phone": "+84987654321", "state": "reserved", "signed_at": clock.now(),
        "reserved_until": clock.now() + timedelta(days=5),
    }  # fmt: skip
    with transaction() as session:
        made = SignUp(**(known | facts))
        session.add(made)
        session.get_one(Meeting, meeting.id).taken += 1
    return made
