"""As much as a big year brings: 500 registrations, 200 questions, 300 promises, written in bulk."""

from datetime import date, timedelta

from app import clock
from app.answers import actions
from app.db import transaction
from app.meetings.models import Meeting, Question, SignUp
from app.promises.models import Promise
from app.staff.models import Unit
from tests.answers import make


def fill(meeting: Meeting, unit: Unit) -> None:
    items = [make.item(meeting, f"Mục {number}", 15, unit_id=unit.id) for number in range(10)]
    with transaction() as session:
        now, row = clock.now(), session.get_one(Meeting, meeting.id)
        row.capacity = 600
        session.flush()
        row.taken = 500
        session.add_all(
            SignUp(
                code=f"TB-{number}", meeting_id=meeting.id, name=f"Cơ sở {number}", search_key=f"co so {number}", contact="Đệ",
                phone=f"+84911{number:06d}", seats=1, state="seated", signed_at=now, seated_at=now,
            )
            for number in range(500)
        )  # fmt: skip
        session.add_all(
            Question(
                code=f"CH-{number}", meeting_id=meeting.id, text=f"Câu hỏi số {number} về thuế?", name=f"Cơ sở {number}",
                contact="Đệ", phone=f"+84911{number:06d}", field="tax", filed_at=now,
                agenda_item_id=items[number % 10].id if number % 4 else None,
            )
            for number in range(200)
        )  # fmt: skip
        session.add_all(
            Promise(
                occasion="meeting:0", occasion_on=date(2026, 11, 7), what=f"Việc hứa số {number}", unit_id=unit.id,
                made_on=date(2026, 11, 7), first_due=date(2026, 11, 20), due=date(2026, 11, 20) + timedelta(days=number % 30),
                postponed=number % 3,
            )
            for number in range(300)
        )  # fmt: skip
    actions.send(meeting.id, make.DUE)
