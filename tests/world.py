"""One of everything: an office, a booking, a held time, a meeting with a seat, a question and a programme, their messages."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from app.appointments import actions as appointments
from app.db import db
from app.dossiers import actions as dossiers
from app.dossiers.actions import Receipt
from app.meetings import agenda
from app.meetings.models import Meeting, Question
from app.offices.catalogue import Catalogue
from app.outbox.models import Message
from app.reconciliation import imports as lists
from app.staff import actions as staff
from app.staff.models import Officer
from app.staff.queries import unit_token
from tests import make
from tests.meetings import make as meetings
from tests.page import Client
from tests.reconciliation import make as register

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 9:00 in the office, eleven days before the meeting
VISIT = "2026-12-01T08:20"
RESIDENT = {"name": "Trương Thị Mỹ Duyên", "phone": "+84912345678", "email": "duyen.canary@example.vn", "note": "đi xe lăn"}
BUSINESS = {"name": "Lò gạch Tư Hiếm", "contact": "Huỳnh Văn Hiếm", "phone": "+84987654321", "email": "hiem.canary@example.vn"}
# However a page might write what belongs to these people alone.
PRIVATE = (
    "Trương Thị", "Mỹ Duyên", "912345678", "912 345 678", "678", "duyen.canary", "d***@", "xe lăn",
    "Tư Hiếm", "Huỳnh Văn", "987654321", "987 654 321", "321", "hiem.canary", "h***@", "Lò gạch", "Sổ thuế",
)  # fmt: skip
DOSSIER = "H13-261102-0001"
ONLY_SEEN = ("staff_session.seen_at", "heartbeat.beat_at")


@dataclass(frozen=True)
class World:
    catalogue: Catalogue
    appointment: str  # code
    hold: str  # token
    seat: str  # code
    link: str  # token of a new officer
    proposed_id: int  # of a meeting whose day is not decided
    item_id: int
    question_id: int
    message_id: int
    dossier: str  # code of one in the e-one-stop system's list
    upload: str  # token of a list that waits for its confirmation
    unit_link: str
    unit_id: int

    def address(self, rule: Rule) -> str:
        """The route with its gaps filled in, so that it leads to something."""
        values = {name: self._value(rule.rule, name) for name in rule.arguments}
        built = rule.build(values, append_unknown=False)
        assert built is not None, f"{rule.rule} cannot be built from {values}"
        return built[1]

    def _value(self, path: str, name: str) -> Any:
        if name == "code" and ("/doi-soat/" in path or "/ho-so/" in path):
            return self.dossier
        if name == "act" and "/ho-so/" in path:
            return "xong"
        if name == "code":
            seat, booking = "/cho/" in path or "/dang-ky/" in path, "/hen/" in path
            return self.seat if seat else self.appointment if booking else make.BIRTH
        if name == "token" and "/doi-soat/" in path:
            return self.upload if "/nhap/" in path else self.unit_link
        if name == "token":
            return self.link if "/lien-ket/" in path else self.hold
        known = {
            "slug": make.PLACE, "day": "2026-12-05", "act": "arrived", "way": "xuong", "what": "cong-bo",
            "meeting_id": self.proposed_id, "item_id": self.item_id, "question_id": self.question_id, "number": self.message_id,
            "kind": "csv", "slip": "tiep-nhan", "which": "danh-sach", "unit_id": self.unit_id,
        }  # fmt: skip
        return known[name]

    def prove(self, client: Client) -> None:
        """This browser may open the booking and the seat."""
        with client.session_transaction() as cookie:
            cookie["open"] = [self.appointment, self.seat, self.dossier]


def build(app: Flask) -> World:
    catalogue = make.office()
    office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
    person = make.person(**RESIDENT)
    booked = appointments.book(office, procedure, make.local(VISIT), person)
    hold = appointments.hold(office, procedure, make.local(VISIT) + timedelta(minutes=20), secrets.token_hex(8))
    appointments.answer(hold, person.__dict__)
    meeting = meetings.meetings()
    seat = meetings.sign_up(meeting, question="Sổ thuế cũ có dùng tiếp được không?", **BUSINESS)
    agenda.begin(meeting.id)
    unit = meetings.unit()
    item = agenda.add(meeting.id, agenda.Item("Thuế", 20, unit_id=unit.id))
    listed = [register.row(DOSSIER, "02/11/2026", "06/11/2026", owner=RESIDENT["name"], unit=unit.name)]
    register.taken(listed)
    dossiers.receive(
        Receipt(
            code=DOSSIER, office_id=office.id, owner=RESIDENT["name"], received_at=make.local("2026-11-24T08:30"),
            procedure_id=procedure.id, phone=RESIDENT["phone"], email=RESIDENT["email"],
        )
    )  # fmt: skip
    return World(
        catalogue=catalogue,
        appointment=booked.code,
        hold=hold,
        seat=seat.code,
        link=staff.add_officer("moi@hen.example", "counter", "Lâm Mỹ Chi"),
        proposed_id=db.session.scalars(sa.select(Meeting.id).where(Meeting.state == "proposed")).all()[0],
        item_id=item.id,
        question_id=db.session.scalars(sa.select(Question.id)).one(),
        message_id=db.session.scalars(sa.select(Message.id).order_by(Message.id)).all()[0],
        dossier=DOSSIER,
        upload=lists.hand_in("list", register.listed(listed), _clerk()),
        unit_link=unit_token(unit),
        unit_id=unit.id,
    )


def _clerk() -> int:
    """Who handed the list in."""
    return db.session.scalars(sa.select(Officer.id).order_by(Officer.id)).all()[0]


def rows() -> dict[str, list[str]]:
    """What every table holds, but for the two columns that say only that somebody was there."""
    db.session.rollback()
    found = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            columns = [column for column in table.columns if str(column) not in ONLY_SEEN]
            found[table.name] = sorted(map(str, connection.execute(sa.select(*columns))))
    return found
