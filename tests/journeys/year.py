"""What people do in a month of the Saturday meeting, and the clock that does the rest."""

import email
import email.policy
import heapq
import itertools
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from app import clock
from app.db import db, transaction
from app.meetings import days, schedule
from app.meetings.models import Meeting
from app.promises.models import Promise, PromiseEvent
from app.scheduler import TIMETABLE
from app.staff.fields import FIELD_NAMES
from app.staff.models import StaffSession, Unit
from tests import make
from tests.journeys.people import HOUSE, Browser, text
from tests.outbox.post import Post
from tests.page import page

BEGIN = "2026-11-10T08:00"
EVENING = time(17)  # the clock is looked at once a day, and whenever somebody acts


@dataclass(frozen=True)
class Story:
    """What becomes of one month's question. `after`: days from the promised day until the unit reports it done."""

    field: str
    answers: bool  # the unit writes its answer before the meeting
    after: int | None = None
    word: str = ""


STORIES = (
    Story("tax", True, -2, "yes"),
    Story("power", False, 4, "partly"),
    Story("tax", True, -3, "yes"),
    Story("power", True, -1, "no"),
    Story("tax", False, 0, "partly"),
    Story("power", True, 6, "yes"),
    Story("tax", True, -2, "yes"),
    Story("power", False, 3, "yes"),
    Story("tax", True, -2, "partly"),
    Story("power", False, -1, "yes"),
    Story("tax", True, 5, "yes"),
    Story("power", True),
)
UNITS = {"tax": ("Chi cục Thuế", "thue@hen.example"), "power": ("Điện lực", "dienluc@hen.example")}


@dataclass
class Month:
    """One meeting as its people know it."""

    number: int
    rule_day: date
    story: Story
    day: date = date.min
    seats: list[str] = field(default_factory=list)  # codes; the first firm asks
    due: date = date.min
    promise: str = ""
    asker: Browser | None = None

    @property
    def staff(self) -> str:
        return f"/can-bo/thu-bay/{self.day}"

    @property
    def asks(self) -> str:
        return f"Kỳ thứ {self.number}: hồ sơ nộp rồi mà chưa thấy trả lời?"

    @property
    def came(self) -> int:
        return 3 - self.number % 2


@dataclass
class House:
    """The office, its clock and its post."""

    browser: type[Browser]
    post: Post
    traveller: time_machine.Traveller
    secretary: int  # the officer's number
    beaten: dict[str, datetime] = field(default_factory=dict)
    letters: list[tuple[str, str, str]] = field(default_factory=list)  # to whom, subject, words
    plans: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    order: "itertools.count[int]" = field(default_factory=itertools.count)

    def beat(self) -> None:
        """Every job of the timetable that is due, as the scheduler would call it; then whatever they wrote leaves, once."""
        now = clock.now()
        for what, every, action in TIMETABLE:
            if isinstance(every, str) or what not in self.beaten or (now - self.beaten[what]).total_seconds() >= every:
                self.beaten[what] = now
                action()
                db.session.rollback()
        for _twice in range(2):
            count = len(self.post.raw)
            for action in (action for _what, every, action in TIMETABLE if isinstance(every, str)):
                action()
        assert len(self.post.raw) == count
        for raw in self.post.raw[len(self.letters) :]:
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            self.letters.append((str(letter["To"]), str(letter["Subject"]), text(letter)))

    def plan(self, day: date, hour: str, act: Callable[[], object]) -> None:
        heapq.heappush(self.plans, (make.local(f"{day}T{hour}"), next(self.order), act))

    def live(self, until: date) -> None:
        """The days pass, with everything that people had planned for them."""
        first = clock.today()
        for moment in (clock.at(first + timedelta(days=day), EVENING) for day in range((until - first).days + 1)):
            while self.plans and self.plans[0][0] <= moment:
                at, _order, act = heapq.heappop(self.plans)
                self.traveller.move_to(max(at, clock.now()))
                self.beat()
                act()
                self.beat()
            self.traveller.move_to(moment)
            self.beat()

    def sign_in(self) -> Browser:
        """A session lasts an hour: every errand of the officer begins a new one (checking forty passwords would take long)."""
        key, officer = secrets.token_hex(16), self.browser()
        with transaction() as session:
            session.add(StaffSession(key=key, officer_id=self.secretary, started_at=clock.now(), seen_at=clock.now()))
        with officer.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = key, True
        return officer

    def open_letter(self, to: str, leads: str) -> tuple[Browser, TestResponse]:
        """Whoever reads the mail opens the address in the youngest letter that leads there, on a device of any kind."""
        pattern = re.compile(re.escape(HOUSE) + leads + r"\S*")
        found = next(hit[0] for whom, _subject, words in reversed(self.letters) if whom == to and (hit := pattern.search(words)))
        reader = self.browser()
        return reader, reader.visit(found)


def firm(month: Month, number: int) -> dict[str, str]:
    """The four fields a business types."""
    key = f"{month.number:02d}{number}"
    return {
        "name": f"Cơ sở số {key}", "contact": f"Trần Văn {key}", "phone": f"0912 000 {key}", "email": f"co-so{key}@example.vn",
    }  # fmt: skip


# -- what people do in a month ----------------------------------------------------------------------------------------


def prepare(house: House, month: Month) -> None:
    """Four weeks before: where the day collides an officer decides. Then the month takes its course."""
    row = db.session.scalars(sa.select(Meeting).where(Meeting.rule_day == month.rule_day)).one()
    if row.state == "proposed":
        officer, proposed = house.sign_in(), row.day
        assert proposed != month.rule_day
        officer.press(officer.visit("/can-bo/thu-bay/"), "Công bố ngày", near=f"/{row.id}/")
        db.session.rollback()
    row = db.session.scalars(sa.select(Meeting).where(Meeting.rule_day == month.rule_day)).one()
    assert row.state == "open"
    month.day = row.day
    for ahead, hour, act in ((19, "09:00", sign_up), (16, "10:00", make_programme), (13, "14:00", answer)):
        house.plan(month.day - timedelta(days=ahead), hour, lambda act=act: act(house, month))
    house.plan(month.day, "07:40", lambda: welcome(house, month))
    house.plan(month.day, "11:30", lambda: write_minutes(house, month))


def sign_up(house: House, month: Month) -> None:
    """Three firms type four fields each; the first asks as well."""
    for number in range(1, 4):
        visitor = house.browser()
        more = {"question": month.asks, "field": month.story.field} if number == 1 else {}
        place = visitor.fill_in(visitor.visit(f"/thu-bay/{month.day}"), "tax_code", **firm(month, number), **more)
        code = re.search(r"TB-\d{3}-\d{3}-\d{3}", place.text)
        assert code
        month.seats.append(code[0])


def make_programme(house: House, month: Month) -> None:
    """One press sorts the questions by field, one publishes, one sends them to their units."""
    officer = house.sign_in()
    programme = officer.press(officer.visit(f"{month.staff}/chuong-trinh"), "Bắt đầu bằng khung thường dùng")
    officer.press(officer.press(programme, "Xếp theo lĩnh vực"), "Công bố")
    public = house.browser().visit(f"/thu-bay/{month.day}")
    assert str(FIELD_NAMES[month.story.field]) in public.text
    assert month.asks not in public.text
    officer.press(officer.visit(f"{month.staff}/don-vi"), "Gửi cho đơn vị")


def answer(house: House, month: Month) -> None:
    """The unit writes on its own page, or stays silent."""
    if not month.story.answers:
        return
    unit, asked = house.open_letter(UNITS[month.story.field][1], "/don-vi/")
    assert month.asks in asked.text
    unit.fill_in(asked, "promised_on", text="Hồ sơ đang ở phòng chuyên môn.")


def welcome(house: House, month: Month) -> None:
    """At the door: a code read aloud, a press."""
    officer = house.sign_in()
    for code in month.seats[: month.came]:
        officer.press(officer.visit(f"{month.staff}/diem-danh?tim={code}"), "Đã đến")


def write_minutes(house: House, month: Month) -> None:
    """From the programme, with a promise and its day; published before the secretary goes home."""
    officer = house.sign_in()
    draft = officer.press(officer.visit(f"{month.staff}/bien-ban"), "Lập biên bản")
    month.due = days.next_working_day(month.day + timedelta(days=17), schedule.public_calendar())
    month.promise = f"Trả kết quả hồ sơ của kỳ thứ {month.number}"
    unit = db.session.scalars(sa.select(Unit.id).where(Unit.field == month.story.field)).one()
    typed = {"dong-moi-what": month.promise, "dong-moi-due_on": month.due.isoformat(), "dong-moi-unit": str(unit)}
    for title, more in ((str(FIELD_NAMES[month.story.field]), typed), ("Hỏi đáp tự do", {})):
        link = next(link.attrs["href"] for link in page(draft).all("a") if title in link.words)
        officer.fill_in(officer.visit(link), "said", said="Đơn vị nhận lỗi và hẹn ngày.", outcome="noted", **more)
    officer.press(officer.visit(f"{month.staff}/bien-ban/cong-bo"), "Công bố biên bản")
    assert month.promise in house.browser().visit(f"/thu-bay/{month.day}/bien-ban").text
    if month.story.after is None:
        return
    done = month.due + timedelta(days=month.story.after)
    house.plan(done, "09:00", lambda: report_done(house, month))
    house.plan(done + timedelta(days=1), "10:00", lambda: say(house, month, month.story.word))
    if month.story.word == "no":
        house.plan(done + timedelta(days=4), "09:00", lambda: report_done(house, month))
        house.plan(done + timedelta(days=5), "10:00", lambda: say(house, month, "yes"))


def report_done(house: House, month: Month) -> None:
    """By the link of the digest, without an account."""
    unit, mine = house.open_letter(UNITS[month.story.field][1], "/so-loi-hen/don-vi/")
    number = promise(month).id
    unit.fill_in(unit.follow(unit.visit(unit_page(mine)), f"/{number}"), "happened_on", text="Đã trả kết quả, có biên nhận.")
    assert promise(month).done_on == clock.today()


def unit_page(shown: TestResponse) -> str:
    """All of the unit's promises, wherever the digest led."""
    return re.sub(r"/\d+$", "", shown.request.path)


def say(house: House, month: Month, word: str) -> None:
    """By the link in the letter that it is done. Who says no sees it open again."""
    asker, own = house.open_letter(firm(month, 1)["email"], "/cau-hoi/mo")
    said = asker.choose(own, "verdict", word)
    kept, events = promise(month), sa.select(PromiseEvent.kind).order_by(PromiseEvent.id.desc())
    if word == "no":
        assert (kept.done_on, kept.reopened) == (None, 1)
        assert db.session.scalars(events.where(PromiseEvent.promise_id == kept.id)).first() == "reopened"
        assert "Bạn nói: chưa gỡ được" in said.text
        assert "đang làm" in said.text
        assert "Mở lại" in house.browser().visit("/so-loi-hen").text


def promise(month: Month) -> Promise:
    db.session.rollback()
    return db.session.scalars(sa.select(Promise).where(Promise.what == month.promise)).one()
