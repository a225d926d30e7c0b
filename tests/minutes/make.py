"""Builders: a meeting that was held, with a programme, askers of every openness, and minutes of it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app import clock
from app.db import db, transaction
from app.meetings import agenda, filing
from app.meetings.agenda import Item
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.minutes import actions, arranging, publishing
from app.minutes import queries as minutes
from app.minutes.actions import Line, Written
from app.minutes.models import MinuteItem, Minutes
from app.minutes.rules import Entry
from app.staff.models import Officer, Unit
from tests.meetings import make

BEFORE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # a Tuesday
AFTER = datetime(2026, 12, 5, 5, 0, tzinfo=UTC)  # noon of the meeting's Saturday
MONDAY, TUESDAY, FRIDAY = date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 18)
PAGE, STAFF = "/thu-bay/2026-12-05/bien-ban", "/can-bo/thu-bay/2026-12-05/bien-ban"
SECRETARY = 77  # an officer's number where none need be there


@dataclass
class Held:
    """What a test needs to name."""

    meeting: Meeting
    tax: Unit
    items: dict[str, AgendaItem] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)


def unit(name: str, english: str = "") -> Unit:
    with transaction() as session:
        made = Unit(name=name, name_en=english)
        session.add(made)
    return made


def ask(meeting: Meeting, number: int, item: AgendaItem | None = None, **facts: Any) -> Question:
    """A question that officers have put on the public page, unless it is private."""
    known = {
        "text": f"Câu hỏi số {number}?", "name": f"Cơ sở hỏi {number}", "contact": f"Người Hỏi {number}",
        "phone": f"+84913{number:06d}", "email": f"hoi{number}@example.vn", "openness": "hidden",
    }  # fmt: skip
    row_facts = {name: facts.pop(name) for name in ("answer", "shown_at", "merged_into_id", "withdrawn_at") if name in facts}
    with transaction() as session:
        row = filing.add(session, session.get_one(Meeting, meeting.id), filing.Filed(**(known | facts)), clock.now())
        row.agenda_item_id = item.id if item else None
        row.shown_at = clock.now() if row.openness != "private" else None
        for name, value in row_facts.items():
            setattr(row, name, value)
        if row.answer:
            row.answered_at = clock.now()
    return row


def held(travel: Any, **facts: Any) -> Held:
    """A programme of three items and a break; questions named, hidden, merged and private; the meeting is over."""
    meeting = make.meetings(**facts)
    made = Held(meeting, unit("Chi cục Thuế", "Tax office"))
    add = agenda.add
    made.items["opening"] = add(meeting.id, Item("Khai mạc", 15, "office"))
    made.items["tax"] = add(meeting.id, Item("Thuế và tiền thuê đất", 60, "business", made.tax.id))
    made.items["rest"] = add(meeting.id, Item("Giải lao", 10, "break"))
    made.items["private"] = add(meeting.id, Item("Gặp riêng", 30, "business"))
    made.asked["named"] = ask(
        meeting, 1, made.items["tax"], openness="named", text="Sổ thuế cũ tính sao?", name="Xay xát Phước Lợi"
    )
    made.asked["hidden"] = ask(meeting, 2, made.items["tax"], text="Tiền thuê đất có giảm không?", name="Tiệm Giấu Tên")
    made.asked["merged"] = ask(
        meeting, 3, made.items["tax"], text="Thuê đất mắc quá", name="Lò Gộp", merged_into_id=made.asked["hidden"].id
    )
    made.asked["private"] = ask(
        meeting, 4, made.items["private"], text="Bị cán bộ đòi tiền", name="Quán Kín Đáo", openness="private"
    )
    for row in (made.meeting, made.tax, *made.items.values(), *made.asked.values()):  # as they are now, in no session
        db.session.refresh(row)
        db.session.expunge(row)
    travel.move_to(AFTER)
    return made


def came(meeting: Meeting, number: int, **facts: Any) -> SignUp:
    """Somebody who was there."""
    row = make.sign_up(meeting, number, **facts)
    with transaction() as session:
        row = session.get_one(SignUp, row.id)
        row.arrived_at = row.arrival_recorded_at = clock.now()
        row.came = row.seats
    return row


def entries(made: Held) -> dict[str, Entry]:
    """Of the youngest version, by the names above; items added since by their title."""
    db.session.rollback()
    db.session.expire_all()
    numbers = {item.id: name for name, item in made.items.items()}
    version = minutes.versions(made.meeting.id)[-1]
    return {numbers.get(one.item.agenda_item_id or 0, one.item.title): one for one in minutes.entries(version.id)}


def write(entry: Entry, *lines: Line, **facts: Any) -> MinuteItem:
    """Saves the item with these words and promises; every key that is not given stays."""
    item = entry.item
    known = {
        "title": item.title, "said": item.said, "outcome": item.outcome, "forwarded_to": item.forwarded_to,
        "revision": item.revision, "request_key": "", "unit_id": item.unit_id, "lines": lines,
    }  # fmt: skip
    return actions.save(item.id, Written(**(known | facts)), SECRETARY)


def line(made: Held, key: str = "moi", **facts: Any) -> Line:
    known = {"what": "Gửi hướng dẫn quyết toán", "unit_id": made.tax.id, "due_on": FRIDAY}
    return Line(key, **(known | facts))


def ready(made: Held) -> Minutes:
    """A first draft with everything that is needed: two promises in the open, one that answers a private question."""
    actions.begin(made.meeting.id)
    found = entries(made)
    write(
        found["tax"],
        line(made, question_id=made.asked["named"].id),
        line(made, "moi1", what="Niêm yết mức giảm tiền thuê đất", kind="written", question_id=made.asked["hidden"].id),
        said="Chi cục Thuế giải thích cách chuyển sổ.", outcome="spot",
    )  # fmt: skip
    write(
        found["private"], line(made, what="Xem lại một vụ việc", question_id=made.asked["private"].id),
        said="Chủ tịch nghe chuyện đòi tiền.", outcome="noted",
    )  # fmt: skip
    return minutes.versions(made.meeting.id)[-1]


def publish(made: Held) -> Minutes:
    """Makes the youngest version final as it stands."""
    db.session.rollback()
    db.session.expire_all()
    draft = minutes.versions(made.meeting.id)[-1]
    return publishing.finalise(made.meeting.id, draft.number, draft.changes, SECRETARY)


def published(made: Held) -> Minutes:
    ready(made)
    return publish(made)


def secretary(email: str = "thuky@hen.example", **facts: Any) -> Officer:
    with transaction() as session:
        made = Officer(**({"email": email, "name": "Phan Thanh Tùng", "role": "secretary"} | facts))
        session.add(made)
    return made


def fresh(question: Question) -> Question:
    db.session.rollback()
    return db.session.get_one(Question, question.id, populate_existing=True)


# -- for tests of the whole house, on a day of their own

PAST = date(2026, 11, 7)  # the first Saturday of the month before


def past(series_id: int, day: date = PAST) -> Meeting:
    """A meeting that was held, before this house kept any."""
    start = clock.at(day, time(8))
    with transaction() as session:
        made = Meeting(
            series_id=series_id, rule_day=day, day=day, starts_at=start, ends_at=start + timedelta(hours=3),
            place="Hội trường cũ", place_en="The old hall", capacity=20,
            sign_up_from=start, sign_up_until=start, questions_until=start,
        )  # fmt: skip
        session.add(made)
    return made


def amending(meeting: Meeting) -> int:
    """Published minutes with one item, and an amended version of them in the making; returns the number of its item."""
    actions.begin(meeting.id)
    item = arranging.add(meeting.id, "Mặt bằng chợ", "key", SECRETARY)
    actions.save(item.id, Written(item.title, "Ban quản lý chợ xếp lại sạp.", "spot", "", 0, ""), SECRETARY)
    publishing.finalise(meeting.id, 1, minutes.versions(meeting.id)[-1].changes, SECRETARY)
    publishing.amend(meeting.id, "Ghi sai tên chợ")
    return minutes.entries(minutes.versions(meeting.id)[-1].id)[0].item.id
