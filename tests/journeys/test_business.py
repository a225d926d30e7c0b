"""A Saturday meeting: three firms want three seats, one gives up, the secretary builds the programme from what they ask."""

import re

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from app import selfcheck
from app.db import db
from app.meetings import schedule
from app.meetings.models import AgendaItem, Question, SignUp
from tests import make
from tests.journeys.people import Browser, LetterBox, entry, link, links_leave_the_house_by_its_own_name, rich, text
from tests.meetings import make as business
from tests.page import page

DAY = "2026-12-05"
MEETING, STAFF = f"/thu-bay/{DAY}", f"/can-bo/thu-bay/{DAY}"
QUESTION = "Hộ kinh doanh muốn lên doanh nghiệp thì sổ thuế cũ tính sao?"
MILL = {"name": "Cơ sở xay xát Phước Lợi", "contact": "Nguyễn Văn Lợi", "phone": "0912 345 678", "email": "loi@example.vn"}
TAILOR = {"name": "Tiệm may Hồng Thắm", "contact": "Lê Hồng Thắm", "phone": "0912 345 679", "email": "tham@example.vn"}
ORCHARD = {"name": "Vựa trái cây Út Mười", "contact": "Đặng Văn Mười", "phone": "0912 345 670", "email": "muoi@example.vn"}


@pytest.fixture
def meeting(browser: type[Browser], clock_at: time_machine.Traveller) -> None:
    """Two weeks before the first Saturday of December; the hall has three places."""
    clock_at.move_to(make.local("2026-11-20T09:00"))
    business.series(capacity=3)
    business.unit("Chi cục Thuế")
    schedule.ensure_meetings()


def sign_up(visitor: Browser, firm: dict[str, str], **more: str) -> tuple[str, TestResponse]:
    """From the short address through the form; returns the code and the page of the place."""
    shown = visitor.visit("/thu-bay")
    assert shown.request.path == MEETING
    place = visitor.fill_in(shown, "tax_code", **firm, **more)
    code = re.search(r"TB-\d{3}-\d{3}-\d{3}", place.text)
    assert code
    return code[0], place


def state_of(code: str) -> str:
    db.session.rollback()
    return db.session.scalars(sa.select(SignUp.state).where(SignUp.code == code)).one()


def addressees(letters: LetterBox) -> list[str]:
    return sorted(str(letter["To"]) for letter in letters.arrive())


def test_three_firms_and_three_seats(
    browser: type[Browser], meeting: None, letters: LetterBox, clock_at: time_machine.Traveller
) -> None:
    miller, tailor, grower = browser(), browser(), browser()

    # Two firms take the three seats; each has a letter at once, with the entry for the calendar.
    mill, place = sign_up(miller, MILL, seats="2", question=QUESTION)
    assert QUESTION in place.text
    confirmation = letters.one()
    assert confirmation["To"] == MILL["email"]
    assert "8:00" in str(confirmation["Subject"])
    assert mill in text(confirmation)
    assert mill in rich(confirmation)
    links_leave_the_house_by_its_own_name(confirmation)
    method, event = entry(confirmation)
    assert (method, int(event["SEQUENCE"]), event["DTSTART"].dt) == ("REQUEST", 0, make.local(f"{DAY}T08:00"))
    sewing, _place = sign_up(tailor, TAILOR, seats="1")
    seated = letters.one()

    # The third stands first in line, and is told so; a line has no place in the calendar.
    assert "Hết chỗ" in grower.visit("/thu-bay").text
    fruit, place = sign_up(grower, ORCHARD, seats="1")
    assert state_of(fruit) == "waiting"
    waits = letters.one()
    assert waits["To"] == ORCHARD["email"]
    assert not [part for part in waits.walk() if part.get_content_type() == "text/calendar"]

    # One gives up by the link in its letter: the seat passes on in the same moment, and both are told.
    clock_at.move_to(make.local("2026-11-23T10:00"))
    asked = tailor.visit(link(seated, "Không đến được, đổi số người:"))
    assert state_of(sewing) == "seated"
    tailor.press(asked, "Trả chỗ")
    assert [state_of(code) for code in (mill, sewing, fruit)] == ["seated", "given_up", "seated"]
    told = {str(letter["To"]): letter for letter in letters.arrive()}
    assert set(told) == {TAILOR["email"], ORCHARD["email"]}
    assert entry(told[TAILOR["email"]])[0] == "CANCEL"
    assert entry(told[TAILOR["email"]])[1]["UID"] == entry(seated)[1]["UID"]
    promoted = told[ORCHARD["email"]]
    assert str(promoted["Subject"]).startswith("Có chỗ cho bạn rồi")
    assert entry(promoted)[0] == "REQUEST"
    assert fruit in grower.visit(link(promoted, "Xem chỗ của bạn:")).text

    # A week before and the day before, at 17:00, whoever has a seat is reminded; nobody else.
    both = [MILL["email"], ORCHARD["email"]]
    for moment in ("2026-11-28T17:00", "2026-12-04T17:00"):
        clock_at.move_to(make.local(moment.replace("17:00", "16:59")))
        assert letters.arrive() == []
        clock_at.move_to(make.local(moment))
        assert addressees(letters) == both
    last = next(letter for letter in letters.post.messages[-2:] if letter["To"] == MILL["email"])
    assert str(last["Subject"]).startswith("Mai 8:00: ")
    asked = miller.visit(link(last, "Tôi sẽ đến:"))
    miller.press(
        asked, next(one.words for form in page(asked).forms for one in form.controls if one.tag == "button"), near="/den"
    )
    assert db.session.scalars(sa.select(SignUp.coming_at).where(SignUp.code == mill)).one() == make.local("2026-12-04T17:00")
    clock_at.move_to(make.local(f"{DAY}T07:59"))
    assert letters.arrive() == []
    assert len(letters.post.ids()) == len(letters.post.raw) == 9
    assert not [result.line for result in selfcheck.run() if result.broken]


def test_the_secretary_makes_the_programme(
    browser: type[Browser], meeting: None, letters: LetterBox, clock_at: time_machine.Traveller
) -> None:
    sign_up(browser(), MILL, seats="2", question=QUESTION)
    sign_up(browser(), TAILOR, seats="2")
    letters.arrive()
    officer = browser()
    officer.become_officer("secretary")

    # Who comes, who waits, what they ask.
    shown = officer.visit(STAFF)
    for words in (MILL["name"], TAILOR["name"], "2 người dự"):
        assert words in shown.text, words
    assert "0912 345 678" not in shown.text

    # From the usual frame, an item of its own for the question, a unit that answers it, and upwards in the order.
    programme = officer.visit(f"{STAFF}/chuong-trinh")
    assert QUESTION in programme.text
    programme = officer.press(programme, "Bắt đầu bằng khung thường dùng")
    for title in db.session.scalars(sa.select(AgendaItem.title).order_by(AgendaItem.position)).all()[3:]:
        item = db.session.scalars(sa.select(AgendaItem.id).where(AgendaItem.title == title)).one()
        programme = officer.press(programme, f"Bỏ mục: {title}", near=f"/muc/{item}/xoa")
    unit = next(option.attrs["value"] for option in page(programme).all("option") if option.words == "Chi cục Thuế")
    new = {"title": "Thuế của hộ kinh doanh", "minutes": "35", "kind": "business", "unit": unit}
    form = next(form for form in page(programme).forms if form.action.endswith("/chuong-trinh/muc"))
    assert officer.post(form.action, data=form.values() | new).status_code == 303
    item = db.session.scalars(sa.select(AgendaItem.id).where(AgendaItem.title == new["title"])).one()
    programme = officer.visit(f"{STAFF}/chuong-trinh")
    programme = officer.press(programme, f"Đưa lên: {new['title']}", near=f"/muc/{item}/len")
    sort = next(form for form in page(programme).forms if "/cau-hoi/" in form.action)
    assert officer.post(sort.action, data=sort.values() | {"item": str(item)}).status_code == 303
    assert db.session.scalars(sa.select(Question.agenda_item_id)).one() == item

    # Nobody outside sees it before it is published; then everybody does, with times, and without names or questions.
    visitor = browser()
    assert new["title"] not in visitor.visit(MEETING).text
    officer.press(officer.visit(f"{STAFF}/chuong-trinh"), "Công bố")
    public = visitor.visit(MEETING)
    rows = [[cell.words for cell in row_cells] for row_cells in cells(public)]
    minutes = db.session.scalars(sa.select(AgendaItem.minutes).order_by(AgendaItem.position)).all()
    assert [row[0] for row in rows][:2] == ["8:00", f"8:{minutes[0]:02d}"]
    assert any(new["title"] in row[1] and "Chi cục Thuế" in row[1] and "1 câu hỏi" in row[2] for row in rows)
    for private in (QUESTION, MILL["name"], MILL["contact"]):
        assert private not in public.text
    printed = officer.visit(f"{STAFF}/chuong-trinh/in")
    assert new["title"] in printed.text
    assert QUESTION in printed.text

    # The tray shows what left and what waits.
    sent, waiting = officer.visit("/can-bo/thu/?xem=da-gui"), officer.visit("/can-bo/thu/?xem=cho")
    assert len([one for one in page(sent).all("li") if "l***@example.vn" in one.words]) == 1
    assert len([one for one in page(waiting).all("li") if "l***@example.vn" in one.words]) == 3  # two reminders, their minute
    assert not [result.line for result in selfcheck.run() if result.broken]


def cells(shown: TestResponse) -> list[list[object]]:
    """The programme's table, row by row."""
    whole = page(shown)
    return [found for row in whole.all("tr") if (found := [cell for cell in whole.all("td") if cell.up("tr") is row])]
