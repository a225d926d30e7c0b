"""Whatever is typed into any form or address: a sentence and what was typed, never a failure of the house.

Forms and pages are found by walking through the product as a resident, a stranger and an officer, so that a new one is
fuzzed from the day it exists.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from app import clock
from app.answers import actions as answers
from app.appointments import actions
from app.attendance import actions as attendance
from app.db import db, transaction
from app.dossiers import actions as filing
from app.dossiers.rules import COLLECTING
from app.forms import clean_line
from app.guides import actions as guiding
from app.guides import writing
from app.invitations import channels
from app.invitations import queries as invitations
from app.meetings import actions as places
from app.meetings import agenda
from app.meetings import queries as meetings
from app.meetings.agenda import Item
from app.minutes import actions as minuting
from app.minutes import arranging
from app.minutes.actions import Written
from app.offices import actions as offices
from app.offices.models import Counter, Service
from app.outbox import actions as outbox
from app.outbox.models import Message
from app.questions import editing, registering
from app.reconciliation import imports
from app.reconciliation.models import Urging
from app.staff import actions as staff
from app.staff import queries as units
from app.staff.models import Officer, StaffSession
from app.text import clean
from tests import make
from tests.attendance import make as mornings
from tests.dossiers import make as dossiers
from tests.feedback import make as opinions
from tests.invitations import make as subscribers
from tests.meetings import make as business
from tests.minutes import make as minutes
from tests.page import Form, Page
from tests.promises import make as ledger
from tests.questions import make as difficulties
from tests.reconciliation import make as register

LONG = "x" * 10_000
NUL, HUGE, SURROGATE = "a\x00b", "9" * 40, b"\xed\xa0\x80"
# What PostgreSQL or a driver might choke on; the rest is the pages' own affair.
DEEP: tuple[Any, ...] = (NUL, LONG, HUGE, SURROGATE, b"\xff\xfe\x80", "👨\u200d👩\u200d👧", "2026-02-30", None)
NASTY: tuple[Any, ...] = (
    *DEEP, "", "   ", "\x00", "a\x07\x1b[31mb\x7f", "Đa\u0302\u0300ng", "\u202eabc\u202c", "\u200b", "-1", "0", "1e9", "٣",
    "NaN", "true",
    "9999-12-31", "0001-01-01T00:00", "2026-12-01T08:20:61", ["a", "b"], "' OR 1=1; DROP TABLE claim --",
    '"><svg data-canary=x onload=x>', "{{1337*1337}}${1337*1337}", "%s %n %(x)s %d{0}",
    "a\r\nBcc: x@example.vn", "../../etc/passwd",
)  # fmt: skip
QUERIES = (
    "q", "ngay", "thang", "noi", "xem", "trang", "tim", "code", "t", "next", "kenh", "viec", "cho", "tu", "den",
    "don_vi", "linh_vuc", "vuong", "ghi", "qua", "ban", "hen", "cot", "may",
)  # fmt: skip
PATHS = ("%00", "a%00b", "%ED%A0%80", "%FF", HUGE, "-1", "0", "x" * 3_000, "2026-02-30", "9999-12-31", "0001-01-01",
         "TA-000-000-000",
         "TB-000-000-001", "%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9", "%E2%80%AEabc", "..%2F..%2Fetc", "%7B%7B1337*1337%7D%7D",
         "'%20OR%201=1%20--",
         "%22%3E%3Csvg%20data-canary%3E", "%25s", "%0D%0ASet-Cookie:%20a=b", "1.001193.000.00.00.H13", "giu")  # fmt: skip
VALID = {
    "name": "Trương Thị Mỹ Duyên", "phone": "0912 345 670", "email": "duyen@example.vn", "contact": "Nguyễn Văn Lợi",
    "code": "TA-482-716-305",
    "last4": "5678", "password": "ba con cò bay lả", "reason": "Bão số 9", "title": "Giãn thuế", "note": "xe lăn",
    "booked_by": "Lê Văn Tám", "name_en": "Market", "slug": "cho-moi",
    "text": "Dùng tiếp được.", "promised_on": "2026-12-02", "due_on": "2026-12-03", "answer": "Ở phòng 12.",
    "question": "Sổ thuế cũ tính sao?", "tax_code": "1800278630", "agree": "y", "until": "2026-12-01",
    "whom": "Sở Công Thương", "number": "412/ĐL", "head_name": "Lâm Văn Sáu", "head_email": "sau@example.vn",
    "why": "Ghi sai ngày", "minute_item": "2", "choice": "good", "owner": "Trương Thị Mỹ Duyên", "proof": "tr. 12",
    "body": "Đủ *bốn góc*.", "dossier": "H15.50.05.13-261130-0001",
}  # fmt: skip
TYPED = {"text", "tel", "email", "search", ""}


class Browser(FlaskClient):
    """A client whose every request stands alone; what it gets is read by `Reader`."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)


def token_of(page: Page, action: str) -> str:
    """The token of the first form that leads there (several may)."""
    form = next(form for form in page.forms if form.action == action and "csrf_token" in form.names())
    return form.values()["csrf_token"][0]


# -- a house with something of everything ------------------------------------------------------------------------------


@dataclass
class House:
    """The product with people in it, the addresses to begin a walk at, and how to put everything back."""

    app: Flask
    engine: str
    folder: Path
    seeds: dict[str, list[str]] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Any]] = field(default_factory=dict)

    def keep(self) -> None:
        db.session.remove()
        if self.engine == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
            shutil.copy(self.folder / "hen.db", self.folder / "kept.db")
            return
        with db.engine.connect() as connection:
            self.rows = {table.name: connection.execute(sa.select(table)).all() for table in db.metadata.sorted_tables}

    def restore(self) -> None:
        db.session.remove()
        if self.engine == "sqlite":
            db.engine.dispose()
            for ending in ("-wal", "-shm"):
                (self.folder / f"hen.db{ending}").unlink(missing_ok=True)
            shutil.copy(self.folder / "kept.db", self.folder / "hen.db")
            return
        tables = [table for table in db.metadata.sorted_tables if self.rows[table.name]]
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # final minutes take no rows otherwise
            connection.exec_driver_sql(
                "TRUNCATE " + ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables) + " CASCADE"
            )
            for table in tables:
                connection.execute(table.insert(), [row._asdict() for row in self.rows[table.name]])

    def browser(self, who: str = "stranger", **options: Any) -> Browser:
        client = Browser(self.app, self.app.response_class, **options)
        if who in self.cookies:
            client.set_cookie("hen", self.cookies[who])
        return client


@pytest.fixture
def house(app: Flask, engine: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(staff, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.config, "MAIL_SERVER", "")
    with time_machine.travel(make.MONDAY, tick=False) as travel:
        built = House(app, engine, folder)
        codes, token = _appointments(travel)
        seats = _meeting()
        asked, unit_link = _answers()
        shown, merged, listed = _questions()
        _mornings()
        link_of_unit, proven = _promises()
        number = _messages()
        _minutes()
        (work, stopped, ready, home), upload = _dossiers()
        _guides()
        outbox.beat("a scheduler")
        link = staff.add_officer("moi@hen.example", "counter", "Lâm Mỹ Chi")
        _cookies(built, [*codes, *seats, asked, shown, work, ready, home])
        people = (subscribers.subscriber(1), subscribers.subscriber(2), subscribers.pending(3))
        links = [f"/thu-moi/{invitations.token(row)}" for row in people]
        saturday = "/can-bo/thu-bay/2026-12-05"
        built.seeds = {
            "resident": [
                "/", f"/cho/{seats[0]}/den", f"/cho/{seats[0]}/nguoi-khac",
                f"/dat-hen/giu/{token}", f"/dat-hen/giu/{token}/xem-lai", *(f"/hen/{code}" for code in codes),
                *(f"/cho/{code}" for code in seats), f"/cho/{seats[1]}/vi-sao", f"/cho/{seats[4]}/nhan",
                f"/khao-sat/{opinions.token(happened=clock.now())}",
                "/en/", f"/en/dat-hen/giu/{token}", f"/cau-hoi/{asked}/du", f"/cau-hoi/{shown}", f"/don-vi/{unit_link}",
                f"/ho-so/{ready}/nhan", f"/ho-so/{home}/nhan", f"/ho-so/{work}/nhan",
            ],
            "stranger": [
                f"/hen/{codes[0]}", f"/cho/{seats[0]}", f"/cau-hoi/{shown}", "/can-bo/dang-nhap", f"/can-bo/lien-ket/{link}",
                "/tra-cuu", "/m/cho", links[0], f"{links[1]}/2026-12-05", f"{links[1]}/2026-12-05/vi-sao", f"{links[2]}/xac-nhan",
                "/so-loi-hen", f"/so-loi-hen/don-vi/{link_of_unit}", f"/so-loi-hen/{proven}",
                f"/doi-soat/{unit_link}",
            ],
            "officer": [
                f"/can-bo/hom-nay?ngay=2026-12-01&noi={make.PLACE}", f"/can-bo/thu/{number}", f"/can-bo/thu/{number + 1}",
                "/can-bo/thu/goi", "/can-bo/thu-bay/2026-11-30/diem-danh", "/can-bo/thu-bay/2026-11-30/dieu-hanh",
                "/can-bo/thu-bay/2026-11-28/diem-danh", "/can-bo/thu-bay/2026-11-28/diem-danh/giay",
                "/can-bo/thu-bay/", f"{saturday}/huy", f"{saturday}/dang-ky", f"{saturday}/sua", "/can-bo/so-lieu/ky-hop.csv",
                "/can-bo/bao-cao", "/can-bo/bao-cao/bieu-06.csv", "/can-bo/bao-cao/danh-sach?cot=3",
                "/can-bo/thu-bay/nguoi-nhan", f"/can-bo/loi-hen/{proven}", "/can-bo/loi-hen/", "/can-bo/don-doc/",
                f"{saturday}/don-vi", f"{saturday}/cau-hoi/{merged}", f"{saturday}/nhap/{listed}",
                "/can-bo/thu-bay/2026-11-07/bien-ban", "/can-bo/thu-bay/2026-11-07/bien-ban/sua",
                "/can-bo/thu-bay/2026-10-03/bien-ban", "/can-bo/y-kien/", "/can-bo/y-kien/may-tai-quay",
                f"/can-bo/ho-so/{work}", f"/can-bo/ho-so/{stopped}",
                "/can-bo/y-kien/loi-gop", "/can-bo/y-kien/noi.csv", f"/khao-sat/tai-quay/{make.PLACE}/cam-on",
                f"/khao-sat/tai-quay/{make.PLACE}",
                "/can-bo/doi-soat/", "/can-bo/doi-soat/nhap", f"/can-bo/doi-soat/nhap/{upload}",
                "/can-bo/bai-viet/1", "/can-bo/bai-viet/1/ban/1", "/can-bo/huong-dan-nop/1",
            ],
        }  # fmt: skip
        built.keep()
        yield built
    for made in folder.glob("kept.db"):
        made.unlink()


def _appointments(travel: time_machine.Traveller) -> tuple[list[str], str]:
    make.office("long-hung", "LH")
    catalogue = make.office(counters=2)
    office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
    codes = []
    for number, facts in enumerate(({"email": "duyen@example.vn", "note": "xe lăn", "needs": ["writing"]}, {}, {})):
        moment = make.local(f"2026-12-01T08:{20 * number:02d}")
        codes.append(actions.book(office, procedure, moment, make.person(phone=f"+8491234567{number}", **facts)).code)
    actions.mark(codes[1], "arrived", "booked")
    actions.cancel(codes[2])
    token = actions.hold(office, procedure, make.local("2026-12-02T08:20"), "b")
    actions.answer(token, make.person(phone="+84912345699").__dict__)
    return codes, token


def _meeting() -> list[str]:
    unit, meeting = business.unit(), business.meetings(capacity=6)
    channels.add(channels.Link("cho", "Chợ Ô Môn"))
    rows = [business.sign_up(meeting, number, seats=2, question="Sổ thuế cũ tính sao?") for number in range(1, 5)]
    places.give_up(rows[1].code)
    item = agenda.add(meeting.id, Item("Thuế", 40, "business", unit.id))
    agenda.add(meeting.id, Item("Kết luận", 15, "office"))
    agenda.assign(meetings.questions(meeting.id)[0].id, item.id)
    places.give_up(rows[3].code)
    rows.append(places.reserve(meeting.id, business.applicant(5), meeting.starts_at))
    return [row.code for row in rows]


def _mornings() -> None:
    """A meeting whose door is open, with everybody it may see, and one that is over."""
    held = mornings.meeting(date(2026, 11, 30), time(8, 15), capacity=2)
    rows = [mornings.sign_up(held, number) for number in range(10, 14)]
    for row in (rows[0], rows[3]):
        attendance.arrive(held.id, row.code)
    agenda.add(held.id, Item("Khai mạc", 15, "office"))
    mornings.meeting(date(2026, 11, 28))


def _answers() -> tuple[str, str]:
    """A question sent to its unit and answered: its code, and the token of the unit's link."""
    meeting = meetings.upcoming().meeting
    first, second, *_rest = meetings.questions(meeting.id)
    answers.send(meeting.id, date(2026, 12, 3))
    agenda.assign(second.id, first.agenda_item_id)  # still to be sent
    answers.release(first.id, "Dùng tiếp được.", None)
    return first.code, units.unit_token(units.all_units()[0])


def _questions() -> tuple[str, int, int]:
    """One that is shown and has a promise kept, one merged into it, and a list that waits."""
    meeting = meetings.of_day(business.SATURDAY).meeting
    head, part = (difficulties.shown(meeting, number, text=difficulties.LOAN) for number in (1, 2))
    editing.merge(part.id, head.id)
    difficulties.promise(head, done_on=meeting.day, done_recorded_at=clock.now())
    listed = registering.keep(meeting.id, [registering.Entry(2, business.applicant(40, request_key="list-1"))])
    return head.code, part.id, listed.id


def _promises() -> tuple[str, int]:
    """Of one unit: one at work, one that waits, one done with a paper; returns the token of its link and the last's number."""
    owner = ledger.unit(email="dienluc@example.vn")
    for what in ("Kéo điện", "Thay trạm", "Đóng điện"):
        facts = {"occasion_on": clock.today() - timedelta(days=9), "due": clock.today()}
        row = ledger.promise(owner, what=what, **facts)
        if what == "Thay trạm":
            ledger.actions.wait(row.id, "Sở Công Thương", 0, "unit:1")
        if what == "Đóng điện":
            ledger.done(row, happened_on=clock.today(), evidence=ledger.kept(ledger.picture()))
    return units.unit_token(owner), row.id


def _minutes() -> None:
    """One meeting whose minutes are amended, with a question nobody has sorted; one whose minutes are not begun."""
    series_id = meetings.active_series()[0].id
    held = minutes.past(series_id)
    minutes.ask(held, 9)
    minutes.amending(held)
    item = arranging.add(held.id, "Vệ sinh chợ", "key-2", minutes.SECRETARY)
    minuting.save(item.id, Written(item.title, "Dọn mỗi tối.", "spot", "", 0, ""), minutes.SECRETARY)
    minutes.past(series_id, date(2026, 10, 3))


def _dossiers() -> tuple[list[str], str]:
    """One at work, one paused, one to be collected, one that goes by post; a unit's letter, and a list that waits: its token."""
    with transaction() as session:
        last = session.scalars(sa.select(sa.func.max(Counter.id))).one()
        session.add(Service(counter_id=last, procedure=make.procedure(session, COLLECTING, 5)))
        offices.changed(session)
    facts = {"procedure": make.BIRTH, "received": clock.now() - timedelta(days=4)}
    rows = [dossiers.dossier(code=f"H13-261126-000{number}", **facts) for number in range(4)]
    at_work, stopped, ready, home = (row.code for row in rows)
    filing.pause(stopped, "duty", clock.now(), "Lệ phí")
    filing.finish(ready, clock.now())
    filing.return_by(home, "post")
    owner = units.all_units()[0]
    content = register.listed([register.row(at_work, "24/11/2026", "26/11/2026", unit=owner.name)])
    register.taken([register.row(stopped, "24/11/2026", "26/11/2026", unit=owner.name)])
    with transaction() as session:
        session.add(Urging(unit_id=owner.id, week=date(2026, 11, 30), codes=1, sent_at=clock.now()))
        session.add(clerk := Officer(email="b@hen.example", name="Lâm Mỹ Chi", role="counter"))
        session.flush()
        number = clerk.id
    return [at_work, stopped, ready, home], imports.hand_in("list", content, number)


def _guides() -> None:
    """A guide page with a version after the public one, news, and somebody guided who has not filed."""
    for kind in ("guide", "news"):
        article = writing.begin(kind, writing.Words("Chụp giấy tờ", "Một"), 0)
        writing.publish(article.id, 1, None, 0)
        writing.save(article.id, writing.Words("Chụp giấy tờ", "Hai"), 1, 0)
    guiding.note(guiding.Help(clock.today(), 1), guiding.Outcome(reason="scan"), 0)


def _messages() -> int:
    with transaction() as session:
        first, second = session.scalars(sa.select(Message).order_by(Message.id).limit(2))
        first.state, first.error = "failed", "550 no such mailbox"
        second.channel, second.state = "call", "waiting"
        return first.id


def _cookies(built: House, codes: list[str]) -> None:
    with transaction() as session:
        session.add(Officer(id=9_000, email="a@hen.example", name="Nguyễn Thị Út", role="admin"))
        session.flush()
        session.add(StaffSession(key="key", officer_id=9_000, started_at=clock.now(), seen_at=clock.now()))
    officer = {"_user_id": "key", "_fresh": True, "kiosk": opinions.screen().partition("?t=")[2]}
    for who, kept in (("resident", {"open": codes, "browser": "b"}), ("officer", officer)):
        client = built.browser()
        with client.session_transaction() as cookie:
            cookie.update(kept)
        built.cookies[who] = client.get_cookie("hen").value


# -- walking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A form, on which page, in whose hands."""

    who: str
    shown: str
    endpoint: str
    form: Form

    @property
    def action(self) -> str:
        return self.form.action.partition("#")[0]

    def pairs(self) -> dict[str, Any]:
        """What a careful person would send."""
        filled = {name: VALID[name] for name in self.form.names() & set(VALID)}
        values: dict[str, Any] = {**self.form.values()}
        choices = [control for control in self.form.controls if control.attrs.get("type") == "radio"]
        for control in choices:
            values.setdefault(control.attrs["name"], [control.attrs["value"]])
        return values | {name: value for name, value in filled.items() if values.get(name, [""]) == [""]}


def endpoint_of(app: Flask, path: str, method: str = "GET") -> str:
    bare = path.removeprefix("/en") if path.startswith("/en/") else path
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(bare).path, method=method)[0])
    except (HTTPException, RequestRedirect):
        return ""


def walk(house: House, who: str, each: int = 3) -> tuple[dict[str, list[str]], list[Found]]:
    """Every page to be had by following links (so many of each kind), and every kind of form on them."""
    client, queue, seen = house.browser(who), list(house.seeds[who]), set()
    pages: dict[str, list[str]] = {}
    forms: dict[tuple[str, frozenset[str]], Found] = {}
    while queue:
        path = queue.pop(0).partition("#")[0]
        endpoint = endpoint_of(house.app, path)
        key = ("en:" if path.startswith("/en/") else "") + endpoint
        if path in seen or not endpoint or endpoint.endswith("static") or len(pages.get(key, ())) >= each:
            continue
        seen.add(path)
        pages.setdefault(key, []).append(path)
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.location:
            queue.append(answer.location)
        if answer.mimetype != "text/html":
            continue
        page = Page(answer.text)
        for form in page.forms:
            method = form.method.upper()
            target = endpoint_of(house.app, form.action, method)
            assert target, f"{path}: {method} {form.action} leads nowhere"
            forms.setdefault((target, frozenset(form.names())), Found(who, path, target, form))
        base = path.partition("?")[0]
        queue += [base + link if link.startswith("?") else link for link in page.links() if link.startswith(("/", "?"))]
    return pages, list(forms.values())


@pytest.fixture
def found(house: House) -> list[Found]:
    forms = [one for who in house.seeds for one in walk(house, who)[1]]
    return list({(one.endpoint, frozenset(one.form.names())): one for one in forms}.values())


def test_every_form_of_the_product_is_found(house: House, found: list[Found]) -> None:
    posts = {rule.endpoint for rule in house.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts == {one.endpoint for one in found if one.form.method == "post"}


# -- reading the answers -----------------------------------------------------------------------------------------------

CANARIES = re.compile(r"1787569|<svg data-canary")
PAYLOADS = ("{{", "{%", "%(", "svg data-canary", "None")


class Reader:
    """Notes whatever is wrong with an answer; each kind of page is proof-read whole only once."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.read: set[object] = set()
        self.count = 0

    def heed(self, answer: TestResponse, what: str, kind: object, language: str = "vi") -> None:
        self.count += 1
        status = answer.status_code
        if status < 200 or (status >= 500):
            self.faults.append(f"{status} {what}")
            return
        if status >= 400 and answer.mimetype != "text/html":
            self.faults.append(f"{status} without a page {what}")
        if answer.mimetype != "text/html" or status in {301, 302, 303, 308}:
            return
        if CANARIES.search(answer.text):
            self.faults.append(f"payload came alive {what}")
        if (kind, status) not in self.read:
            self.read.add((kind, status))
            self._proof_read(Page(answer.text), status, what, language)

    def _proof_read(self, page: Page, status: int, what: str, language: str) -> None:
        problems = [one for one in page.problems(language) if not any(payload in one for payload in PAYLOADS)]
        self.faults += [f"{status} {what}: {problem}" for problem in problems]
        if status >= 400:
            said = [one for one in page.all("p", "li") if one.up("main") and len(one.words.split()) >= 3]
            if not said:
                self.faults.append(f"{status} without a sentence {what}")

    def done(self) -> None:
        assert not self.faults, f"{len(self.faults)} of {self.count}:\n  " + "\n  ".join(self.faults[:40])


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.done()
    assert made.count


def body(pairs: dict[str, Any]) -> bytes:
    """As a form is sent; bytes go out as they are, percent-encoded; None is a field left out."""
    many = [
        (name, one)
        for name, value in pairs.items()
        if value is not None
        for one in (value if isinstance(value, list) else [value])
    ]
    return urlencode(many).encode()


def send(client: Browser, address: str, data: bytes, kind: str = "application/x-www-form-urlencoded") -> TestResponse:
    answer: TestResponse = client.post(address, data=data, content_type=kind)
    return answer


def lost(one: Found, answer: TestResponse, sent: dict[str, Any]) -> list[str]:
    """Typed fields of a refused form whose text is no longer on the page."""
    kinds = {c.attrs.get("name"): c.attrs.get("type", "") if c.tag == "input" else c.tag for c in one.form.controls}
    missing, whole = [], answer.text.casefold()
    for name, value in sent.items():
        if kinds.get(name) not in TYPED | {"textarea"} or not isinstance(value, str) or not clean_line(value):
            continue
        wanted = {str(escape(text)).casefold() for text in (value, clean(value), clean_line(value))}
        if not any(text in whole for text in wanted):
            missing.append(name)
    return missing


def shown_of(value: Any) -> str:
    return repr(value)[:40]


# -- forms -------------------------------------------------------------------------------------------------------------


def fuzz(house: House, found: list[Found], reader: Reader, nasty: Iterable[Any]) -> None:
    for one in found:
        if one.form.method != "post":
            continue
        client, valid = house.browser(one.who), one.pairs()
        valid["csrf_token"] = token_of(Page(client.get(one.shown).text), one.form.action)
        cookie = client.get_cookie("hen")
        for name in sorted(one.form.names()):
            for value in nasty if name != "csrf_token" else DEEP:
                sent = valid | {name: value}
                answer = send(client, one.action, body(sent))
                what = f"{one.endpoint} {name}={shown_of(value)}"
                reader.heed(answer, what, (one.endpoint, name))
                if answer.status_code in {409, 422} and (missing := lost(one, answer, sent)):
                    reader.faults.append(f"{answer.status_code} {what}: no longer on the page: {missing}")
                if answer.status_code < 400:
                    house.restore()
                    client.set_cookie("hen", cookie.value)


@pytest.fixture
def sqlite_only(engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("the pages' own affair: once is enough")


def test_every_field_of_every_form_survives_everything(house: House, engine: str, found: list[Found], reader: Reader) -> None:
    fuzz(house, found, reader, NASTY if engine == "sqlite" else DEEP[:-2])


# A code and a password that nobody here knows; a file, which these tests do not send; another question, a promise's verdict;
# a seat to keep at a meeting that has none left; a dossier's own code and days, and what was ticked in the register.
NOT_OURS = {
    "home.find", "staff.sign_in_now", "promises.unit_evidence", "promises_admin.add_evidence", "questions_admin.merge",
    "questions.say", "questions_admin.lists.read", "invitations_admin.reserve", "dossiers_admin.receive_now", "dossiers_admin.do",
    "reconciliation_admin.hand_in_now", "reconciliation_admin.find",
}  # fmt: skip


def test_the_same_form_twice_and_from_a_stale_page(house: House, found: list[Found], reader: Reader) -> None:
    """A stale token costs one more press; a second press of the same is no failure."""
    for one in found:
        if one.form.method != "post":
            continue
        client, valid = house.browser(one.who), one.pairs()
        cookie = client.get_cookie("hen")
        stale = send(client, one.action, body(valid | {"csrf_token": "stale"}))
        reader.heed(stale, f"{one.endpoint} stale", (one.endpoint, "stale"))
        if stale.status_code not in {400, 422}:
            reader.faults.append(f"{one.endpoint} took a stale token: {stale.status_code}")
        if stale.status_code == 422:
            shown = client.get(one.shown) if one.endpoint == "staff.set_password" else stale  # a password is not kept
            valid["csrf_token"] = token_of(Page(shown.text), one.form.action)
            answers = [send(client, one.action, body(valid)) for _press in range(2)]
            if answers[0].status_code != 303 and one.endpoint not in NOT_OURS:
                reader.faults.append(f"{one.endpoint} refused what is right: {answers[0].status_code}")
            for press, answer in enumerate(answers):
                reader.heed(answer, f"{one.endpoint} press {press + 1}", (one.endpoint, "press"))
        house.restore()
        if cookie:
            client.set_cookie("hen", cookie.value)


def test_bodies_no_form_sends(house: House, found: list[Found], reader: Reader) -> None:
    """JSON, files under the names of fields, broken encodings, nothing at all."""
    for one in found:
        client, names = house.browser(one.who), sorted(one.form.names())
        for words in (dict.fromkeys(names, 1), {name: {"a": [None]} for name in names}, [], [1], "x", 5, None):
            answer = send(client, one.action, json.dumps(words).encode(), "application/json")
            reader.heed(answer, f"{one.endpoint} JSON {shown_of(words)}", (one.endpoint, "json"))
        for data, kind in (
            (b"{", "application/json"), (b"", "application/x-www-form-urlencoded"), (b"%", "application/x-www-form-urlencoded"),
            (b"--x\r\nbroken", "multipart/form-data; boundary=x"), (b"name=1", "multipart/form-data"),
            (b"\xff" * 99, "text/plain"),
            (b"&".join(b"a%d=1" % number for number in range(400)), "application/x-www-form-urlencoded"),
        ):  # fmt: skip
            reader.heed(send(client, one.action, data, kind), f"{one.endpoint} {kind} {data[:9]!r}", (one.endpoint, kind))
        files = {name: (BytesIO(b"\x89PNG"), f"{name}.png") for name in names}
        reader.heed(client.post(one.action, data=files), f"{one.endpoint} files", (one.endpoint, "files"))


# -- addresses ---------------------------------------------------------------------------------------------------------


def visited(house: House) -> dict[str, tuple[str, str]]:
    """Endpoint -> whose browser and one of its addresses; what no link leads to (robots, health) is visited all the same."""
    rules = [rule for rule in house.app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    known = {rule.endpoint: ("stranger", rule.rule) for rule in rules}
    for who in ("stranger", "officer", "resident"):
        for key, paths in walk(house, who, each=1)[0].items():
            known[key.removeprefix("en:")] = (who, paths[0].partition("?")[0].removeprefix("/en"))
    return known


def test_every_page_survives_any_query(house: House, engine: str, reader: Reader) -> None:
    used = {name for path in Path("app").rglob("*.py") for name in re.findall(r'request\.args\.get\("(\w+)"', path.read_text())}
    assert used == set(QUERIES)
    known = visited(house)
    pages = {rule.endpoint for rule in house.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - set(known) == {"static", "bootstrap.static"}, pages - set(known)
    for endpoint, (who, path) in known.items():
        client = house.browser(who)
        for value in NASTY if engine == "sqlite" else DEEP:
            names = [QUERIES] if endpoint != "outbox_admin.index" else [QUERIES, ("trang",)]
            for some in names:
                address = f"{path}?{body(dict.fromkeys(some, value)).decode()}"
                reader.heed(client.get(address), f"{endpoint} ?{some[0]}…={shown_of(value)}", (endpoint, "query"))


def test_every_page_survives_odd_queries(house: House, reader: Reader) -> None:
    for endpoint, (who, path) in visited(house).items():
        client = house.browser(who)
        for query in (
            "?",
            "?&&=&==",
            "?%",
            "?%00=%00",
            "?ngay",
            "?ngay=&ngay=2026-12-01",
            "?q[]=a&q[0]=b",
            "?" + "a=1&" * 2_000,
            "?%ED%A0%80",
        ):
            reader.heed(client.get(path + query), f"{endpoint} {query[:20]}", (endpoint, "odd"))
        english = client.get(f"/en{path}?ngay=x")
        reader.heed(english, f"/en {endpoint}", (endpoint, "en"), "en")


def rules(house: House) -> Iterator[tuple[Any, str]]:
    for rule in house.app.url_map.iter_rules():
        if rule.arguments and not rule.endpoint.endswith("static"):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def test_every_address_survives_anything_in_its_place(house: House, engine: str, reader: Reader) -> None:
    known = {endpoint: path for endpoint, (_who, path) in visited(house).items()}
    clients = {who: house.browser(who) for who in ("resident", "officer")}
    tokens = {who: _token(client) for who, client in clients.items()}
    for rule, method in rules(house):
        for who, client in clients.items():
            for name in sorted(rule.arguments):
                for nasty in PATHS if engine == "sqlite" else PATHS[:8]:
                    address = _address(rule, name, nasty, known)
                    sent = {"csrf_token": tokens[who], "seen": "booked", "moment": "2026-12-03T09:00", "day": "2026-12-12"}
                    answer = client.get(address) if method == "GET" else send(client, address, body(sent))
                    reader.heed(answer, f"{method} {address[:80]} as {who}", (rule.endpoint, method, who))
            if method == "POST":
                house.restore()


def _token(client: Browser) -> str:
    return token_of(Page(client.get("/tra-cuu").text), "/tra-cuu")


def _address(rule: Any, name: str, nasty: str, known: dict[str, str]) -> str:
    """The rule's address with one part replaced; the others are ones that exist."""
    places = {"day": "2026-12-05", "slug": make.PLACE, "act": "served", "what": "rut", "way": "len"}
    values = {part: places.get(part, "1") for part in rule.arguments}
    if "code" in values:
        values["code"] = make.BIRTH if "dat-hen" in rule.rule else known["appointments.show"].rsplit("/", 1)[1]
    values[name] = nasty
    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda found: values[found[1]], rule.rule)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND"])
def test_other_methods_are_refused_politely(house: House, sqlite_only: None, reader: Reader, method: str) -> None:
    for endpoint, (who, path) in visited(house).items():
        answer = house.browser(who).open(path, method=method)
        if answer.data:
            reader.heed(answer, f"{method} {endpoint}", method)
        assert answer.status_code < 500
    reader.count += 1


# -- headers -----------------------------------------------------------------------------------------------------------

COOKIES = ("", "x", ".", "..", ".eJx", "a.b.c", "é", "\x01", "x" * 4_000, "hen=hen", '"quoted', ".eJw=.=.=")


def test_broken_cookies_are_no_cookies(house: House, sqlite_only: None, reader: Reader) -> None:
    good = house.cookies["officer"]
    for value in (*COOKIES, good[:-1], good[1:], good + "x", good.swapcase()):
        for path in ("/", "/tra-cuu", "/thu-bay/2026-12-05", "/can-bo/hom-nay"):
            answer = house.browser(use_cookies=False).get(path, headers={"Cookie": f"hen={value}".encode().decode("latin-1")})
            reader.heed(answer, f"{path} with cookie {shown_of(value)}", (path, "cookie"))
            assert answer.status_code in {200, 303}


def test_a_session_of_nobody_is_no_session(house: House, reader: Reader) -> None:
    for key in ("nobody", "x" * 500, "🙂", ""):
        client = house.browser("stranger")
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
        answer = client.get("/can-bo/hom-nay")
        reader.heed(answer, f"session {shown_of(key)}", "session")
        assert answer.status_code == 303


@pytest.mark.parametrize("languages", ["xx", "", "*;q=0", "vi;q=x", "zh-Hans-CN,zz;q=9", "\xff\xfe", "a," * 3_000])
def test_the_language_is_the_address_not_the_header(house: House, sqlite_only: None, reader: Reader, languages: str) -> None:
    for path in ("/", "/thu-tuc", "/khong-co"):
        answer = house.browser("stranger").get(
            path, headers={"Accept-Language": languages, "User-Agent": languages, "Referer": languages}
        )
        reader.heed(answer, f"{path} in {shown_of(languages)}", path)
        assert '<html lang="vi">' in answer.text


def test_foreign_hosts_and_forwarded_addresses_do_not_get_into_the_page(house: House, sqlite_only: None, reader: Reader) -> None:
    headers = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "x, y",
        "X-Forwarded-Proto": "javascript",
    }
    for path in house.seeds["resident"]:
        answer = house.browser("resident").get(path, headers=headers)
        reader.heed(answer, f"{path} at a foreign host", path, "en" if path.startswith("/en") else "vi")
        assert "evil.example" not in answer.text
