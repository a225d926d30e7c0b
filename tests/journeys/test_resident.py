"""A birth is registered: from the search without marks to the officer's last press, on real mail and a moving clock."""

import re

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from app import selfcheck
from app.appointments.models import Appointment
from app.db import db
from app.outbox.models import Message
from tests import make
from tests.journeys.people import (
    Browser,
    LetterBox,
    entry,
    link,
    links_leave_the_house_by_its_own_name,
    rich,
    text,
)
from tests.page import page

WEDNESDAY, THURSDAY = "2026-12-02", "2026-12-03"


def found_by(visitor: Browser, typed: str) -> TestResponse:
    shown = visitor.submit(visitor.visit("/"), {"q": typed}, having="q")
    assert "Đăng ký khai sinh" in [one.words for one in page(shown).all("b")], typed
    return shown


def choose(visitor: Browser, day: str, moment: str) -> TestResponse:
    """Search, procedure, office, month, day and time; returns the page that asks who comes."""
    procedure = visitor.follow(found_by(visitor, "dang ky khai sinh"), f"/thu-tuc/{make.BIRTH}")
    offices = visitor.follow(procedure, f"/dat-hen/{make.BIRTH}")
    november = visitor.follow(offices, "/thoi-an")
    month = november if f"ngay={day}" in november.text else visitor.follow(november, f"?thang={day[:7]}")
    times = visitor.follow(month, f"?ngay={day}")
    return visitor.choose(times, "moment", f"{day}T{moment}")


def book(visitor: Browser, day: str, moment: str, **typed: str) -> str:
    """All the way; returns the code."""
    details = choose(visitor, day, moment)
    review = visitor.fill_in(details, "name", **typed)
    for words in (typed["name"], "Đăng ký khai sinh", "UBND phường Thới An"):
        assert words in review.text
    done = visitor.press(review, "Đặt hẹn")
    assert "Đã hẹn xong" in done.text
    code = re.search(r"TA-\d{3}-\d{3}-\d{3}", done.text)
    assert code
    return code[0]


def appointment(code: str) -> Appointment:
    db.session.rollback()
    return db.session.scalars(sa.select(Appointment).where(Appointment.code == code)).one()


def at(clock_at: time_machine.Traveller, moment: str) -> None:
    clock_at.move_to(make.local(moment))


@pytest.mark.parametrize("typed", ["khai sinh", "dang ky khai sinh", "\u00d0ăng ký", "ĐĂNG KÝ KHAI SINH", "Đa\u0306ng ky\u0301"])
def test_the_procedure_is_found_however_it_is_typed(browser: type[Browser], typed: str) -> None:
    found_by(browser(), typed)


def test_a_birth_is_registered(browser: type[Browser], letters: LetterBox, clock_at: time_machine.Traveller) -> None:
    duyen, phone = browser(), browser()
    code = book(duyen, WEDNESDAY, "08:20", name="Trương Thị Mỹ Duyên", phone="0912 345 678", email="duyen@example.vn")

    # At once: a confirmation with everything one needs, and the entry for the calendar.
    confirmation = letters.one()
    assert confirmation["To"] == "duyen@example.vn"
    assert code in str(confirmation["Subject"])
    assert "8:20" in str(confirmation["Subject"])
    links_leave_the_house_by_its_own_name(confirmation)
    for body in (text(confirmation), rich(confirmation)):
        assert "Trương Thị Mỹ Duyên" in body
        assert code in body
    method, invited = entry(confirmation)
    assert (method, int(invited["SEQUENCE"]), invited["DTSTART"].dt) == ("REQUEST", 0, make.local(f"{WEDNESDAY}T08:20"))
    row = db.session.scalars(sa.select(Message).where(Message.kind == "booked")).one()
    assert confirmation["Message-ID"] == row.message_id

    # 17:00 the day before, not a minute earlier.
    at(clock_at, "2026-12-01T16:59:59")
    assert letters.arrive() == []
    at(clock_at, "2026-12-01T17:00:00")
    reminder = letters.one()
    assert str(reminder["Subject"]).startswith("Mai 8:20: Đăng ký khai sinh")
    assert reminder["Message-ID"] != confirmation["Message-ID"]

    # "I will come" from the letter, on the phone: opening the link says nothing yet, the button does.
    asked = phone.visit(link(reminder, "Tôi sẽ đến:"))
    assert appointment(code).coming_at is None
    phone.press(asked, "", near="/den")
    assert appointment(code).coming_at == make.local("2026-12-01T17:00")

    # Moved by a day from the letter's link: told at once, the same entry in the calendar goes along.
    at(clock_at, "2026-12-01T18:00")
    times = phone.visit(phone.visit(link(reminder, "Đổi giờ:")).request.path + f"?ngay={THURSDAY}")
    assert "14:00" in phone.choose(times, "moment", f"{THURSDAY}T14:00").text
    moved = letters.one()
    assert "14:00" in str(moved["Subject"])
    method, event = entry(moved)
    assert (method, event["UID"], int(event["SEQUENCE"])) == ("REQUEST", invited["UID"], 1)
    assert event["DTSTART"].dt == make.local(f"{THURSDAY}T14:00")

    # The old reminder of Wednesday morning never leaves; the new ones leave in their own time.
    for moment in (f"{WEDNESDAY}T07:00", f"{WEDNESDAY}T08:20", f"{WEDNESDAY}T16:59"):
        at(clock_at, moment)
        assert letters.arrive() == []
    at(clock_at, f"{WEDNESDAY}T17:00")
    assert str(letters.one()["Subject"]).startswith("Mai 14:00: ")
    at(clock_at, f"{THURSDAY}T06:59:59")
    assert letters.arrive() == []
    at(clock_at, f"{THURSDAY}T07:00")
    second = letters.one()
    assert str(second["Subject"]).startswith("Hôm nay 14:00: ")
    assert int(entry(second)[1]["SEQUENCE"]) == 1
    at(clock_at, f"{THURSDAY}T13:59")
    assert letters.arrive() == []
    assert len(letters.post.ids()) == len(letters.post.raw) == 5
    assert not [result.line for result in selfcheck.run() if result.broken]


def test_plans_change(browser: type[Browser], letters: LetterBox, clock_at: time_machine.Traveller) -> None:
    """A cancelled visit: a letter that takes the entry out of the calendar, no reminder, and the time is somebody else's."""
    visitor = browser()
    code = book(visitor, THURSDAY, "09:00", name="Thạch Sa Rương", phone="0912 345 679", email="ruong@example.vn")
    confirmation = letters.one()
    asked = visitor.visit(link(confirmation, "Huỷ hẹn:"))
    assert appointment(code).state == "booked"
    visitor.press(asked, "Huỷ hẹn", near="/huy")
    assert appointment(code).state == "cancelled"
    told = letters.one()
    assert str(told["Subject"]).startswith("Đã huỷ hẹn 9:00")
    method, event = entry(told)
    assert (method, event["STATUS"], int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 1)
    assert event["UID"] == entry(confirmation)[1]["UID"]
    links_leave_the_house_by_its_own_name(told)
    for moment in ("2026-12-02T17:00", f"{THURSDAY}T07:00"):
        at(clock_at, moment)
        assert letters.arrive() == []
    assert book(browser(), THURSDAY, "09:00", name="Lê Văn Tám", phone="0912 345 670") != code
    assert letters.arrive() == []  # who leaves no address gets no letter


def test_the_officers_day(browser: type[Browser], letters: LetterBox, clock_at: time_machine.Traveller) -> None:
    came = book(browser(), WEDNESDAY, "08:20", name="Trương Thị Mỹ Duyên", phone="0912 345 678", email="duyen@example.vn")
    missed = book(browser(), WEDNESDAY, "08:40", name="Sơn Thái Bình", phone="0912 345 677")
    letters.arrive()
    at(clock_at, f"{WEDNESDAY}T08:15")
    officer = browser()
    day = officer.become_officer("counter")
    assert day.request.path == "/can-bo/hom-nay"
    day = officer.submit(day, {"noi": "thoi-an"}, having="noi")
    assert "Trương Thị Mỹ Duyên" in day.text
    assert "Sơn Thái Bình" in day.text

    day = officer.press(day, "Đã đến", near=came)
    assert appointment(came).arrived_at == make.local(f"{WEDNESDAY}T08:15")
    at(clock_at, f"{WEDNESDAY}T08:45")
    day = officer.press(day, "Xong", near=came)
    assert appointment(came).state == "served"
    day = officer.press(day, "Vắng", near=missed)
    assert appointment(missed).state == "missed"
    day = officer.press(day, "Hoàn tác", near=missed)
    assert appointment(missed).state == "booked"
    day = officer.press(day, "Đã đến", near=missed)
    assert [appointment(code).state for code in (came, missed)] == ["served", "arrived"]

    # From another browser: the code and the last four digits of the phone, no account.
    other = browser()
    assert other.get(f"/hen/{came}").status_code == 403
    assert other.submit("/tra-cuu", {"code": came, "last4": "5679"}, having="last4").status_code == 422
    assert "Đã làm xong" in other.fill_in(other.visit("/tra-cuu"), "last4", code=came.replace("-", "").lower(), last4="5678").text
    assert not [result.line for result in selfcheck.run() if result.broken]
