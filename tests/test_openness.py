"""Who asked, and what was asked the leader alone: looked for in everything the product shows, at every address it has.

A room joined later is covered from its first day: addresses come from the product's own map, filled in by tests.world.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import proof
from app.audit import Audit
from app.db import db, transaction
from app.meetings import actions as seats
from app.meetings import agenda
from app.meetings import queries as meetings
from app.meetings.models import Meeting, Question, SignUp
from app.outbox import rendering
from app.outbox.models import Message
from app.questions import actions, editing
from app.questions.editing import Wording
from app.text import national, spaced_phone
from tests import world
from tests.meetings import make as business
from tests.page import Client
from tests.questions import make
from tests.test_routes import OFFICERS, STATIC
from tests.world import World

WRITE_BACK = {"secretary", "leader", "admin"}  # who may see a hidden name on pages of their own
SOUGHT = "Nước thải lò chén chảy ngược"  # the public wording of the hidden question: the control that pages are really read


@dataclass(frozen=True)
class Asker:
    """Somebody in the cast: what must stay unseen of them, and their question's number."""

    name: str
    contact: str
    phone: str
    text: str

    @property
    def facts(self) -> dict[str, str]:
        return {"name": self.name, "contact": self.contact, "phone": self.phone, "email": self.email}

    @property
    def email(self) -> str:
        return f"canary{self.phone[-6:]}@example.vn"

    @property
    def names(self) -> tuple[str, ...]:
        return self.name, self.contact

    @property
    def reach(self) -> tuple[str, ...]:
        return self.phone, national(self.phone), spaced_phone(self.phone), self.email.partition("@")[0]


HIDDEN = Asker("Lò chén Sáu Trạng", "Kiều Văn Trạng", "+84966111201", "Lò chén Sáu Trạng của tôi bị nước thải chảy ngược")
PART = Asker("Xóm gốm Ba Đậu", "Từ Thị Đậu", "+84966111202", "Nước thải chảy ngược vào xóm gốm")
PRIVATE = Asker("Bến đò Năm Mẹo", "Tống Thị Mẹo", "+84966111203", "Thu phí đò không đưa biên lai")
SEATED = Asker("Trại vịt Tám Rảnh", "Ông Văn Rảnh", "+84966111204", "Chuồng trại cách nhà dân bao xa")
SEATED_PRIVATE = Asker("Vựa dừa Hai Bến", "Mạch Thị Bến", "+84966111205", "Bị đòi lót tay lúc đo đất")
GONE = Asker("Tiệm sành Chín Ấm", "La Văn Ấm", "+84966111206", "Thuế tiệm sành tính cách nào")
NO_SEAT = (HIDDEN, PART, PRIVATE, GONE)
LEADERS_ALONE = (PRIVATE.text, SEATED_PRIVATE.text, "đúng 9 giờ ở phòng 12", *PRIVATE.names)


@pytest.fixture
def here(app: Flask) -> Iterator[World]:
    with time_machine.travel(world.TUESDAY, tick=False):
        built = world.build(app)
        _cast(meetings.of_day(business.SATURDAY).meeting, built.item_id)
        yield built


def _cast(meeting: Meeting, item_id: int) -> None:
    """Every way a question may stand: hidden and worded anew, merged, private and answered, with seats, withdrawn."""
    rows = {}
    for who in NO_SEAT:
        wish = "private" if who is PRIVATE else "named" if who is GONE else "hidden"
        filed = make.filed(1, text=who.text, openness=wish, request_key=who.phone, **who.facts)
        rows[who] = actions.file(meeting.id, filed)
    for who, level in ((SEATED, "hidden"), (SEATED_PRIVATE, "private")):
        seat = seats.sign_up(meeting.id, business.applicant(50, question=who.text, openness=level, **who.facts))
        rows[who] = meetings.questions_of(seat.id)[0]
    editing.show(rows[HIDDEN].id, Wording(f"{SOUGHT} khi triều lên.", "water"))
    editing.show(rows[SEATED].id)
    editing.show(rows[GONE].id)
    actions.withdraw(rows[GONE].code)
    editing.merge(rows[PART].id, rows[HIDDEN].id)
    actions.answer(rows[PRIVATE].id, "Mời đến đúng 9 giờ ở phòng 12.")
    for who in (HIDDEN, SEATED):
        agenda.assign(rows[who].id, item_id)
    with transaction() as session:  # sorted before they became private
        for who in (PRIVATE, SEATED_PRIVATE):
            session.get_one(Question, rows[who].id).agenda_item_id = item_id
    agenda.remove(meetings.items(meeting.id)[2].id)  # else the programme is too long to be published
    agenda.publish(meeting.id)


def number(who: Asker) -> int:
    return db.session.scalars(sa.select(Question.id).where(Question.phone == who.phone)).one()


# -- reading everything


def words(answer: TestResponse) -> str:
    """Whatever a reader could find in it: the source as it is and unescaped, the parts of a workbook."""
    if answer.data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return unescape(" ".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist()))
    source = answer.data.decode("utf-8", "replace").replace("\r\n ", "")  # calendars fold their lines
    return source + unescape(source)


def addresses(app: Flask, here: World, method: str) -> Iterator[tuple[Rule, str]]:
    """Every address; where it names a question, once for each of the cast, and with what people search for."""
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint in STATIC or rule.endpoint == "staff.sign_out":
            continue
        yield rule, here.address(rule)
        if "question_id" in rule.arguments:
            for who in (*NO_SEAT, SEATED, SEATED_PRIVATE):
                values = {name: here._value(rule.rule, name) for name in rule.arguments} | {"question_id": number(who)}
                yield rule, rule.build(values, append_unknown=False)[1]
        elif method == "GET":
            yield rule, f"{here.address(rule)}?tim=Trạng&q=Trạng&vuong={number(HIDDEN)}"
        if "code" in rule.arguments and rule.rule.startswith("/can-bo/thu-bay/"):
            for code in db.session.scalars(sa.select(SignUp.code)):
                values = {name: here._value(rule.rule, name) for name in rule.arguments} | {"code": code}
                yield rule, rule.build(values, append_unknown=False)[1]
        if "number" in rule.arguments and rule.endpoint.startswith("outbox_admin"):
            for message in db.session.scalars(sa.select(Message.id)):
                yield rule, rule.build({"number": message}, append_unknown=False)[1]


def everything(app: Flask, here: World, client: Client) -> Iterator[tuple[Rule, str, str]]:
    for root in ("", "/en"):
        for method in ("GET", "POST"):
            for rule, address in list(addresses(app, here, method)):
                yield rule, f"{method} {root}{address}", words(client.open(root + address, method=method))


def browser(app: Flask, here: World, visitor: str) -> Client:
    client = Client(app, app.response_class)
    if visitor in OFFICERS.split():
        client.sign_in(visitor)
    elif visitor == "another asker":
        here.prove(client)
    return client


def unseen(rule: Rule, visitor: str, text: str) -> list[str]:
    """What this visitor must not find at this address."""
    desk = visitor in OFFICERS.split() and rule.rule.startswith("/can-bo/")
    paper = "h-paper" in text
    sought: list[str] = []
    if not desk or paper or visitor not in WRITE_BACK:
        sought += [*HIDDEN.names, HIDDEN.text, *PART.names]
        if not rule.endpoint.startswith("outbox_admin."):  # the tray says where a letter goes, not what about
            sought += [*HIDDEN.reach, *PART.reach]
    if not desk:
        sought += [*SEATED.names, *SEATED_PRIVATE.names, *GONE.names, GONE.text, *SEATED.reach, *SEATED_PRIVATE.reach]
    if visitor != "leader" or not desk or paper:
        sought += LEADERS_ALONE
    if desk and visitor not in WRITE_BACK and SEATED.text in text:
        sought += SEATED.names  # on lists of who comes their name stands, but never beside what they asked
    return sought


@pytest.mark.parametrize("visitor", ["stranger", "another asker", *OFFICERS.split()])
def test_nobody_finds_what_is_not_theirs_to_know(app: Flask, here: World, visitor: str) -> None:
    client, found, read = browser(app, here, visitor), [], []
    for rule, address, text in everything(app, here, client):
        read.append(text)
        found += [f"{address}: {secret}" for secret in unseen(rule, visitor, text) if secret in text]
    assert not found, "\n".join(dict.fromkeys(found))
    assert any(SOUGHT in text for text in read)  # what may be read was read


def test_who_may_know_finds_it(app: Flask, here: World) -> None:
    """The control: the same reading does find names and texts where they belong."""
    seen = {visitor: " ".join(text for *_where, text in everything(app, here, browser(app, here, visitor)))
            for visitor in ("secretary", "leader")}  # fmt: skip
    assert [one for one in (*HIDDEN.names, HIDDEN.text, SEATED_PRIVATE.name) if one not in seen["secretary"]] == []
    assert [one for one in (PRIVATE.name, PRIVATE.text, SEATED_PRIVATE.text) if one not in seen["leader"]] == []


def test_no_code_of_a_question_is_public(app: Flask, here: World) -> None:
    """With four digits of a phone it opens the asker's own page."""
    cast = (*NO_SEAT, SEATED, SEATED_PRIVATE)
    codes = [db.session.get_one(Question, number(who)).code for who in cast]
    client = browser(app, here, "another asker")
    assert not [f"{address}: {code}" for _rule, address, text in everything(app, here, client) for code in codes if code in text]


def test_letters_hold_nobodys_question_and_nobody_elses_name(app: Flask, here: World) -> None:
    """Officers read letters in the tray, and a letter about one thing goes to people of another."""
    cast, secrets = (*NO_SEAT, SEATED, SEATED_PRIVATE), []
    for message in db.session.scalars(sa.select(Message)).all():
        said = str(message.facts) + "".join(_rendered(message))
        mine = {message.recipient} & {one for who in cast for one in (who.email, who.phone)}
        for who in cast:
            others = not mine & {who.email, who.phone}
            about = message.about.startswith("question:")
            sought = [who.text, db.session.get_one(Question, number(who)).code, *(who.names if others or about else ())]
            secrets += [f"{message.kind} to {message.recipient}: {secret}" for secret in sought if secret in said]
        secrets += [f"{message.kind}: {secret}" for secret in LEADERS_ALONE if secret in said]
    assert secrets == []


def _rendered(message: Message) -> tuple[str, ...]:
    return rendering.letter(message.template, message.kind, message.facts, message.locale)


def test_the_trail_holds_no_name_and_no_words(app: Flask, here: World) -> None:
    trail: list[Any] = [(line.before, line.after, line.about) for line in db.session.scalars(sa.select(Audit))]
    cast = (*NO_SEAT, SEATED, SEATED_PRIVATE)
    assert trail
    assert [one for who in cast for one in (*who.names, *who.reach, who.text) if one in str(trail)] == []


def test_narrowing_takes_effect_on_the_next_look(app: Flask, here: World) -> None:
    """What was shown a moment ago is gone everywhere."""
    row = db.session.get_one(Question, number(HIDDEN))
    client = browser(app, here, "stranger")
    assert SOUGHT in client.get("/thu-bay/2026-12-05/cau-hoi").text
    proved = Client(app, app.response_class)
    assert proved.get(f"/cau-hoi/mo?t={proof.token(row.code)}").status_code == 302
    assert proved.submit(f"/cau-hoi/{row.code}", {"openness": "private"}, action="/ai-doc").status_code == 303
    for visitor in ("stranger", "counter", "secretary", "admin"):
        client = browser(app, here, visitor)
        assert [address for _rule, address, text in everything(app, here, client) if SOUGHT in text or HIDDEN.name in text] == []
