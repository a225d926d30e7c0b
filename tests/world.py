"""One of everything: an office, a booking, a held time, a meeting with a seat, a question and a programme, their messages."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from app import clock, survey
from app.answers import actions as answers
from app.appointments import actions as appointments
from app.db import db
from app.dossiers import actions as dossiers
from app.dossiers.actions import Receipt
from app.guides import actions as guiding
from app.guides import writing
from app.guides.models import Article
from app.invitations import channels, mailing
from app.invitations import queries as invitations
from app.meetings import agenda
from app.meetings.models import Meeting, Question
from app.offices.catalogue import Catalogue
from app.outbox.models import Message
from app.promises.models import PromiseFile
from app.questions import registering
from app.reconciliation import imports
from app.staff import actions as staff
from app.staff import queries as units
from app.staff.models import Officer
from tests import make
from tests.invitations import make as subscribers
from tests.meetings import make as meetings
from tests.minutes import make as minutes
from tests.page import Client
from tests.promises import make as ledger
from tests.questions import make as questions
from tests.reconciliation import make as register

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 9:00 in the office, eleven days before the meeting
DUE = date(2026, 12, 3)
VISIT = "2026-12-01T08:20"
RESIDENT = {"name": "Trương Thị Mỹ Duyên", "phone": "+84912345678", "email": "duyen.canary@example.vn", "note": "đi xe lăn"}
BUSINESS = {"name": "Lò gạch Tư Hiếm", "contact": "Huỳnh Văn Hiếm", "phone": "+84987654321", "email": "hiem.canary@example.vn"}
INVITED = {"name": "Trại nấm Bảy Rơm", "contact": "Võ Thị Rơm", "phone": "+84977888999", "email": "rom.canary@example.vn"}
ASKER = {"name": "Vựa cá Bảy Rô", "contact": "Quách Thị Rô", "phone": "+84976111222", "email": "ro.canary@example.vn"}
# However a page might write what belongs to these people alone.
PRIVATE = (
    "Trương Thị", "Mỹ Duyên", "912345678", "912 345 678", "678", "duyen.canary", "d***@", "xe lăn",
    "Tư Hiếm", "Huỳnh Văn", "987654321", "987 654 321", "321", "hiem.canary", "h***@", "Lò gạch", "Sổ thuế",
    "Bảy Rơm", "Võ Thị", "977888999", "977 888 999", "rom.canary",
    "Bảy Rô", "Quách Thị", "976111222", "976 111 222", "ro.canary", "r***@", "Vựa cá", "tiền nước",
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
    series_id: int
    item_id: int
    question_id: int
    question: str  # code
    unit_link: str  # token
    message_id: int
    channel_id: int
    subscriber_id: int
    subscription: str  # token of their letters' links
    promise_id: int
    file_id: int
    unit_id: int
    list_id: int  # of an association's list that waits to be entered
    minute_item_id: int  # of an amended version in the making
    dossier: str  # code of one in the e-one-stop system's list
    article_id: int  # a guide page in two versions, the first public
    news: str  # slug
    guide: str  # slug
    guided_id: int
    upload: str  # token of a list that waits for its confirmation

    def address(self, rule: Rule) -> str:
        """The route with its gaps filled in, so that it leads to something."""
        values = {name: self._value(rule.rule, name) for name in rule.arguments}
        built = rule.build(values, append_unknown=False)
        assert built is not None, f"{rule.rule} cannot be built from {values}"
        return built[1]

    def _value(self, path: str, name: str) -> Any:
        if name == "code" and ("/doi-soat/" in path or "/ho-so/" in path):
            return self.dossier
        if name == "name" and "/bao-cao/" in path:
            return "bieu-06"
        if name == "act" and "/ho-so/" in path:
            return "xong"
        if name == "code":
            if path.startswith("/cau-hoi/"):
                return self.question
            seat, booking = "/cho/" in path or "/dang-ky/" in path, "/hen/" in path
            question = self.question if "/cau-hoi/" in path else make.BIRTH
            return self.seat if seat else self.appointment if booking else question
        if name == "slug" and path.startswith(("/huong-dan/", "/tin/")):
            return self.news if path.startswith("/tin/") else self.guide
        if name == "number" and "/bai-viet/" in path:
            return 1
        if name == "number" and "loi-hen" in path:
            return self.promise_id
        if name == "token" and "/doi-soat/nhap/" in path:
            return self.upload
        if name == "token" and ("/don-vi/" in path or path.startswith("/doi-soat/")):
            return self.unit_link
        if name == "token" and path.startswith("/khao-sat/"):
            return survey.token("visit", self.appointment, 1, "Hộ tịch", clock.now())
        if name == "token":
            return self.link if "/lien-ket/" in path else self.subscription if "/thu-moi/" in path else self.hold
        if "/bien-ban" in path and name in {"day", "item_id"}:
            return minutes.PAST.isoformat() if name == "day" else self.minute_item_id
        if name == "name" and "/y-kien/" in path:
            return "noi"
        known = {
            "slug": make.PLACE, "day": "2026-12-05", "act": "arrived", "way": "xuong", "what": "cong-bo",
            "meeting_id": self.proposed_id, "series_id": self.series_id, "item_id": self.item_id,
            "question_id": self.question_id, "number": self.message_id,
            "channel_id": self.channel_id, "name": "ky-hop", "subscriber_id": self.subscriber_id,
            "file_id": self.file_id, "unit_id": self.unit_id, "list_id": self.list_id,
            "kind": "csv", "slip": "tiep-nhan", "which": "danh-sach",
            "word": "tin", "article_id": self.article_id, "guided_id": self.guided_id,
        }  # fmt: skip
        return known[name]

    def prove(self, client: Client) -> None:
        """This browser may open the booking, the seat and the question."""
        with client.session_transaction() as cookie:
            cookie["open"] = [self.appointment, self.seat, self.question, self.dossier]


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
    channel = channels.add(channels.Link("cho", "Chợ Ô Môn", "Market"))
    unit = meetings.unit()
    item = agenda.add(meeting.id, agenda.Item("Thuế", 20, unit_id=unit.id))
    question = db.session.scalars(sa.select(Question)).one()
    agenda.assign(question.id, item.id)
    answers.send(meeting.id, DUE)
    answers.release(question.id, "Dùng tiếp được.", unit.id)
    invited = subscribers.subscriber(7, **INVITED)
    mailing.invite()
    promise = ledger.told(unit)
    questions.question(meeting, 1, text="Xin giảm tiền nước cho vựa cá được không?", **ASKER)
    listed = registering.keep(meeting.id, [registering.Entry(2, meetings.applicant(40, request_key="list-1"))])
    overdue = [register.row(DOSSIER, "02/11/2026", "06/11/2026", owner=RESIDENT["name"], unit=unit.name)]
    register.taken(overdue)
    dossiers.receive(
        Receipt(
            code=DOSSIER, office_id=office.id, owner=RESIDENT["name"], received_at=make.local("2026-11-24T08:30"),
            procedure_id=procedure.id, phone=RESIDENT["phone"], email=RESIDENT["email"],
        )
    )  # fmt: skip
    guide, news = _articles()
    guided = guiding.note(guiding.Help(day=TUESDAY.date(), office_id=office.id), guiding.Outcome(reason="no_account"), 0)
    return World(
        catalogue=catalogue,
        appointment=booked.code,
        hold=hold,
        seat=seat.code,
        link=staff.add_officer("moi@hen.example", "counter", "Lâm Mỹ Chi"),
        proposed_id=db.session.scalars(sa.select(Meeting.id).where(Meeting.state == "proposed")).all()[0],
        series_id=meeting.series_id,
        item_id=item.id,
        question_id=question.id,
        question=question.code,
        unit_link=units.unit_token(unit),
        message_id=db.session.scalars(sa.select(Message.id).order_by(Message.id)).all()[0],
        channel_id=channel.id,
        subscriber_id=invited.id,
        subscription=invitations.token(invited),
        promise_id=promise.id,
        file_id=db.session.scalars(sa.select(PromiseFile.id)).all()[0],
        unit_id=unit.id,
        list_id=listed.id,
        minute_item_id=minutes.amending(minutes.past(meeting.series_id)),
        dossier=DOSSIER,
        article_id=guide.id,
        guide=guide.slug,
        news=news.slug,
        guided_id=guided.id,
        upload=imports.hand_in("list", register.listed(overdue), _clerk()),
    )


def _articles() -> tuple[Article, Article]:
    """A guide page with a draft after its public version, and a piece of news; both in Vietnamese alone."""
    guide = writing.begin("guide", writing.Words("Chụp giấy tờ", "Đủ *bốn góc*.", "Chụp cho rõ"), 0)
    news = writing.begin("news", writing.Words("Nghỉ trưa", "Quầy mở lại lúc 13:00."), 0)
    for one in (guide, news):
        writing.publish(one.id, 1, None, 0)
    writing.save(guide.id, writing.Words("Chụp giấy tờ", "Đủ bốn góc, nơi sáng."), 1, 0)
    return guide, news


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
