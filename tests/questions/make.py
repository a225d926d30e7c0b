"""Builders: questions that are filed, shown, of an earlier meeting, and promises about them."""

from datetime import date, timedelta
from typing import Any

from app.db import transaction
from app.meetings.filing import Filed
from app.meetings.models import Meeting, Question
from app.promises import actions as promises
from app.promises.models import Promise
from app.questions import actions, editing
from tests.meetings import make as meetings

ROAD = "Đường vào xưởng ngập khi triều cường, xe tải không vào được."
ROAD_AGAIN = "Triều cường lên là đường vào xưởng ngập, xe tải hàng không vào được"
LOAN = "Mất mùa xoài vì hạn mặn thì có được giãn nợ vay không?"
SIGN = "Bảng hiệu quảng cáo trước cửa tiệm có phải xin phép không?"


def filed(number: int = 1, **facts: Any) -> Filed:
    known = {
        "text": ROAD, "name": f"Xưởng mộc số {number}", "contact": "Lý Thành Công", "phone": f"+84913{number:06d}",
        "email": f"xuong{number}@example.vn", "request_key": f"cau-{number}",
    }  # fmt: skip
    return Filed(**(known | facts))


def question(meeting: Meeting, number: int = 1, **facts: Any) -> Question:
    return actions.file(meeting.id, filed(number, **facts), by_officer=True)


def shown(meeting: Meeting, number: int = 1, **facts: Any) -> Question:
    row = question(meeting, number, **facts)
    editing.show(row.id)
    return row


def earlier(meeting: Meeting) -> Meeting:
    """The meeting a month before."""
    with transaction() as session:
        days = timedelta(days=28)
        facts = {name: getattr(meeting, name) - days for name in ("rule_day", "day", "starts_at", "ends_at")}
        facts |= {name: getattr(meeting, name) - days for name in ("sign_up_from", "sign_up_until", "questions_until")}
        made = Meeting(series_id=meeting.series_id, place=meeting.place, capacity=20, **facts)
        session.add(made)
    return made


def promise(asked: Question, **facts: Any) -> Promise:
    """Made about this question, whose asker is asked whether it helped."""
    unit = meetings.unit(facts.pop("unit", "Phòng Hạ tầng"))
    made = promises.Commitment(
        what="Nâng 240 m mặt đường", unit_id=unit.id, due=date(2026, 12, 20), occasion=f"meeting:{asked.meeting_id}",
        occasion_on=date(2026, 12, 5), about=asked.about, askers=[promises.Asker(asked.about, "https://hen.example/cau-hoi/mo")],
    )  # fmt: skip
    with transaction() as session:
        row = promises.make(session, made)
        for name, value in facts.items():
            setattr(row, name, value)
    return row
