"""The pages that change meetings and series: form, review, conflict, old addresses; and what the public page says of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app import clock
from app.audit import Audit
from app.db import db
from app.meetings import actions, agenda, changes, plan, schedule
from app.meetings.models import Meeting, Series, SignUp
from app.outbox.models import Message
from app.proof import token
from tests.meetings import make
from tests.page import Client, Page, count_queries, page

BASE = "/can-bo/thu-bay"
EDIT = f"{BASE}/2026-12-05/sua"
NEXT = date(2026, 12, 12)


@pytest.fixture
def office(app: Flask, meeting: Meeting) -> Client:
    client = Client(app, app.response_class)
    client.sign_in("secretary")
    return client


@pytest.fixture
def moved(meeting: Meeting) -> Meeting:
    changes.edit(meeting.id, replace(plan.of(meeting), day=NEXT), 0)
    return meeting


def now_of(meeting: Meeting) -> Meeting:
    db.session.rollback()
    return db.session.get_one(Meeting, meeting.id, populate_existing=True)


def text(answer: TestResponse) -> str:
    return " ".join(page(answer).texts)


def told() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).where(Message.kind == "moved")) or 0


def itemprops(answer: TestResponse) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in page(answer).elements:
        if "itemprop" in element.attrs:
            value = element.attrs.get("content") or element.attrs.get("href") or element.attrs.get("itemtype", "")
            found.setdefault(element.attrs["itemprop"], []).append(value)
    return found


# -- one meeting


def test_a_change_that_touches_nobody_is_saved_at_once(office: Client, meeting: Meeting) -> None:
    answer = office.submit(EDIT, {"theme": "Thuế và mặt bằng", "capacity": "30"})
    assert (answer.status_code, answer.location) == (303, f"{BASE}/2026-12-05")
    assert (now_of(meeting).theme, now_of(meeting).capacity) == ("Thuế và mặt bằng", 30)


def test_moving_people_is_shown_first_and_done_on_the_second_press(office: Client, meeting: Meeting) -> None:
    make.full(meeting, waiting=2)
    make.sign_up(meeting, 50, email="", question="Sổ thuế?")
    review = office.submit(EDIT, {"day": "2026-12-12", "place": "Nhà văn hoá"})
    assert review.status_code == 200
    for words in ("thứ Bảy 05/12/2026", "thứ Bảy 12/12/2026", "Nhà văn hoá", "23 nơi được báo", "20 nơi có chỗ",
                  "3 nơi đang chờ", "1 câu hỏi", "22 thư kèm lịch mới", "1 nơi không có thư điện tử"):  # fmt: skip
        assert words in text(review), words
    assert (now_of(meeting).day, told()) == (meeting.day, 0)
    saved = office.submit(review, {"confirmed": "1"})
    assert (saved.status_code, saved.location) == (303, f"{BASE}/2026-12-12")
    assert (now_of(meeting).day, told()) == (NEXT, 23)


def test_a_translation_left_behind_by_its_original_is_dropped(office: Client, client: Client, meeting: Meeting) -> None:
    make.sign_up(meeting, locale="en")
    assert office.submit(EDIT, {"place_en": "Hall"}).status_code == 303  # a translation is no move
    review = office.submit(EDIT, {"place": "Nhà văn hoá"})
    assert office.submit(review, {"confirmed": "1"}).status_code == 303
    assert office.submit(review, {"confirmed": "1"}).status_code == 303  # pressed twice
    assert (now_of(meeting).place, now_of(meeting).place_en) == ("Nhà văn hoá", "")
    assert "Nhà văn hoá" in text(client.get("/en/thu-bay/2026-12-05"))
    office.submit(office.submit(EDIT, {"place": "Chợ", "place_en": "Market"}), {"confirmed": "1"})
    assert (now_of(meeting).place, now_of(meeting).place_en) == ("Chợ", "Market")


def test_from_the_review_one_may_go_back_with_everything_typed(office: Client, meeting: Meeting) -> None:
    make.sign_up(meeting)
    review = office.submit(EDIT, {"day": "2026-12-12", "chair": "Ông Chủ tịch mới", "scope": "following"})
    form = page(office.submit(review, {"again": "1"})).form(having="place").values()
    assert (form["day"], form["chair"], form["scope"]) == (["2026-12-12"], ["Ông Chủ tịch mới"], ["following"])
    assert told() == 0


def test_the_second_press_of_the_review_is_the_first_one_again(office: Client, meeting: Meeting) -> None:
    make.sign_up(meeting)
    form = page(office.submit(EDIT, {"day": "2026-12-12"})).form(having="day")
    data = form.values() | {"confirmed": "1"}
    first, second = office.post(form.action, data=data), office.post(form.action, data=data, follow_redirects=False)
    assert first.status_code == 303
    assert second.status_code == 303
    assert (told(), now_of(meeting).revision) == (1, 1)


def test_at_night_the_review_says_when_messages_leave(office: Client, meeting: Meeting, travel: time_machine.Traveller) -> None:
    make.sign_up(meeting)
    travel.move_to(datetime.fromisoformat("2026-11-26T22:00+07:00"))
    office.sign_in("secretary")
    assert "tin gửi trong giờ 07:00–20:30, không gửi ban đêm" in text(office.submit(EDIT, {"day": "2026-12-12"}))


def test_a_day_off_comes_back_with_the_next_good_day_as_a_button(office: Client, meeting: Meeting) -> None:
    refused = office.submit(EDIT, {"day": "2027-01-01", "theme": "Tết"})
    assert refused.status_code == 422
    assert "Trùng ngày nghỉ: Tết Dương lịch." in text(refused)
    proposed = next(button for button in page(refused).all("button") if button.attrs.get("name") == "use_day")
    form = page(refused).form(having="day")
    answer = office.post(form.action, data=form.values() | {"use_day": proposed.attrs["value"]})
    assert answer.status_code == 303
    assert (now_of(meeting).day.isoformat(), now_of(meeting).theme) == (proposed.attrs["value"], "Tết")


def test_an_officer_insists_with_a_reason_that_everybody_sees(office: Client, client: Client, meeting: Meeting) -> None:
    office.submit(EDIT, {"day": "2027-01-02", "insisted": "Bà con về quê đông"})
    assert now_of(meeting).day == date(2027, 1, 2)
    assert "Vẫn họp ngày này: Bà con về quê đông" in text(client.get("/thu-bay/2027-01-02"))
    assert "Bà con về quê đông" in text(office.get(f"{BASE}/"))
    assert "Bà con về quê đông" in text(office.get(f"{BASE}/2027-01-02"))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("capacity", "0", "từ 1 đến 5000"), ("capacity", "1e3", "từ 1 đến 5000"), ("most_seats", "10", "từ 1 đến 9"),
        ("opens", "25:00", "giờ và phút"), ("closes", "07:00", "sau giờ bắt đầu"), ("place", "   ", "Ghi nơi họp"),
        ("day", "", "Chọn một ngày"), ("day", "1999-01-02", "Chọn một ngày"), ("sign_up_from", "hôm qua", "hoặc để trống"),
        ("sign_up_until", "2026-12-05T12:00", "đóng trước khi họp xong"), ("capacity", "3", "đã có 6 chỗ"),
    ],
)  # fmt: skip
def test_nonsense_is_answered_beside_its_field_and_stays_typed(
    office: Client, meeting: Meeting, field: str, value: str, says: str
) -> None:
    make.sign_up(meeting, 1, seats=3), make.sign_up(meeting, 2, seats=3)
    answer = office.submit(EDIT, {field: value, "theme": "Còn nguyên"})
    assert answer.status_code == 422
    error = next(one for one in page(answer).all("div") if one.attrs.get("id") == f"{field}-error")
    assert says in error.words
    assert page(answer).form(having="theme").values()["theme"] == ["Còn nguyên"]


def test_two_officers_at_once_the_second_sees_what_changed_and_keeps_what_was_typed(app: Flask, meeting: Meeting) -> None:
    first, second = Client(app, app.response_class), Client(app, app.response_class)
    first.sign_in("secretary")
    second.sign_in("admin")
    opened = second.get(EDIT)
    first.submit(EDIT, {"place": "Nhà văn hoá", "theme": "Thuế"})
    answer = second.submit(opened, {"theme": "Vốn vay", "capacity": "25"})
    assert answer.status_code == 409
    for words in ("Nguyễn Thị Út đã sửa lúc 9:00", "Hội trường UBND quận Ô Môn", "Nhà văn hoá"):
        assert words in text(answer), words
    shown = page(answer).form(having="place").values()
    assert (shown["theme"], shown["capacity"], shown["place"]) == (["Vốn vay"], ["25"], ["Nhà văn hoá"])
    assert now_of(meeting).theme == "Thuế"
    assert second.submit(answer).status_code == 303
    assert (now_of(meeting).theme, now_of(meeting).capacity, now_of(meeting).place) == ("Vốn vay", 25, "Nhà văn hoá")


def test_overtaken_by_a_move_the_form_goes_on_at_the_new_address(office: Client, meeting: Meeting) -> None:
    opened = office.get(EDIT)
    changes.edit(meeting.id, replace(plan.of(meeting), day=NEXT), 0)
    answer = office.submit(opened, {"theme": "Vốn vay"})
    assert answer.status_code == 409
    assert page(answer).form(having="place").action == f"{BASE}/2026-12-12/sua"
    assert page(answer).form(having="place").values()["day"] == ["2026-12-12"]
    assert office.submit(answer).status_code == 303
    assert (now_of(meeting).day, now_of(meeting).theme) == (NEXT, "Vốn vay")


@pytest.mark.parametrize("seen", ["", "[1]", "{", "x" * 5000, '{"place": {"a": 1}}', "[" * 5000])
def test_what_the_form_remembers_is_never_trusted(office: Client, meeting: Meeting, seen: str) -> None:
    opened = office.get(EDIT)
    office.submit(EDIT, {"place": "Nhà văn hoá"})
    assert office.submit(opened, {"theme": "Vốn", "seen": seen}).status_code == 409
    assert office.submit(EDIT, {"theme": "Vốn", "seen": seen, "revision": "mười"}).status_code == 409


def test_this_and_following_lists_every_meeting_people_wait_for(office: Client, meeting: Meeting) -> None:
    make.sign_up(meeting)
    march = db.session.scalars(sa.select(Meeting).where(Meeting.day == date(2027, 3, 6))).one()
    actions.sign_up(march.id, make.applicant(2), by_officer=True)
    review = office.submit(EDIT, {"opens": "09:00", "scope": "following"})
    assert "2 nơi được báo" in text(review)
    assert "Thứ Bảy 06/3/2027" in text(review)
    assert "03/4" in text(review)  # nobody waits for that one, it changes all the same
    assert office.submit(review, {"confirmed": "1"}).status_code == 303
    assert told() == 2
    held = db.session.scalars(sa.select(Meeting).execution_options(populate_existing=True))
    assert {clock.local(one.starts_at).time() for one in held} == {time(9)}


def test_more_seats_than_before_says_who_gets_one(office: Client, meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=2)
    review = office.submit(EDIT, {"capacity": "21"})
    assert "1 nơi trong hàng chờ có chỗ ngay" in text(review)
    office.submit(review, {"confirmed": "1"})
    assert db.session.get_one(SignUp, rows[20].id, populate_existing=True).state == "seated"


def test_a_programme_too_long_for_the_new_hours_is_said(office: Client, meeting: Meeting) -> None:
    make.sign_up(meeting)
    agenda.begin(meeting.id)
    assert "dài quá giờ họp 60 phút" in text(office.submit(EDIT, {"closes": "10:00"}))


@pytest.mark.parametrize("role", ["counter", "reception", "leader"])
def test_readers_neither_see_nor_open_it(app: Flask, meeting: Meeting, role: str) -> None:
    client = Client(app, app.response_class)
    client.sign_in(role)
    assert client.get(EDIT).status_code == 403
    assert client.get(f"{BASE}/lich-dinh-ky/1").status_code == 403
    assert client.get(NEW).status_code == 403
    for path in ("/", "/2026-12-05"):
        assert [link for link in page(client.get(BASE + path)).links() if "/sua" in link or "dinh-ky" in link] == []


# -- the series


def test_the_rule_is_changed_with_a_review_of_what_keeps_its_day(office: Client, meeting: Meeting) -> None:
    make.sign_up(meeting)
    address = next(link for link in page(office.get(f"{BASE}/")).links() if "lich-dinh-ky" in link)
    review = office.submit(address, {"nth": "2", "capacity": "35"})
    assert review.status_code == 200
    for words in ("lần thứ hai trong tháng", "Giữ ngày họp", "Dời từ thứ Bảy 06/3/2027", "Không ai phải báo"):
        assert words in text(review), words
    assert office.submit(review, {"confirmed": "1"}).status_code == 303
    series = db.session.scalars(sa.select(Series).execution_options(populate_existing=True)).one()
    assert (series.nth, series.capacity, series.revision) == (2, 35, 1)
    assert "Luôn là thứ Bảy lần thứ 2 trong tháng." in text(office.get("/thu-bay/2026-12-05"))


def test_two_officers_on_the_rule(office: Client, meeting: Meeting) -> None:
    opened = office.get(f"{BASE}/lich-dinh-ky/1")
    office.submit(opened, {"place": "Nhà văn hoá"})
    answer = office.submit(opened, {"capacity": "50"})
    assert answer.status_code == 409
    shown = page(answer).form(having="place").values()
    assert (shown["place"], shown["capacity"]) == (["Nhà văn hoá"], ["50"])
    assert office.get(f"{BASE}/lich-dinh-ky/99").status_code == 404


@pytest.mark.parametrize(("field", "value"), [("weekday", "7"), ("nth", "0"), ("nth", "x"), ("name", " "), ("opens_days", "-1")])
def test_no_such_rule(office: Client, meeting: Meeting, field: str, value: str) -> None:
    assert office.submit(f"{BASE}/lich-dinh-ky/1", {field: value}).status_code == 422


# -- a new series

NEW = f"{BASE}/lich-dinh-ky"


def series_rows() -> list[Series]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Series).order_by(Series.id).execution_options(populate_existing=True)))


def test_a_new_series_begins_like_the_last_and_has_its_meetings_at_once(office: Client, meeting: Meeting) -> None:
    opened = office.get(next(link for link in page(office.get(f"{BASE}/")).links() if link.endswith("lich-dinh-ky")))
    proposed = page(opened).form(having="place").values()
    assert (proposed["name"], proposed["place"], proposed["capacity"]) == ([""], [meeting.place], [str(meeting.capacity)])
    wanted = {"name": "Cà phê khởi nghiệp", "weekday": "3", "nth": "-1", "opens": "14:00", "closes": "16:00", "capacity": "25"}
    answers = [office.submit(opened, wanted) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    _first, made = series_rows()
    assert (made.name, made.nth, made.weekday, made.capacity, made.revision) == ("Cà phê khởi nghiệp", -1, 3, 25, 0)
    days = db.session.scalars(sa.select(Meeting.day).where(Meeting.series_id == made.id).order_by(Meeting.day)).all()
    assert days[:3] == [date(2026, 11, 26), date(2026, 12, 31), date(2027, 1, 28)]
    assert len(days) >= 8
    acts = db.session.scalars(sa.select(Audit.act).where(Audit.about == made.about)).all()
    assert acts == ["series_made"]
    assert "Cà phê khởi nghiệp" in text(office.get(f"{BASE}/"))
    assert office.get(f"/thu-bay/{days[1].isoformat()}").status_code == 200


def test_the_same_rule_again_waits_for_an_officer_to_choose_days(office: Client, meeting: Meeting) -> None:
    office.submit(NEW, {"name": "Gặp gỡ tiểu thương"})
    _first, made = series_rows()
    states = db.session.scalars(sa.select(Meeting.state).where(Meeting.series_id == made.id)).all()
    assert set(states) == {"proposed"}


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"name": " "}, 422, "Ghi tên chuỗi họp."),
        ({"name": "Mới", "closes": "07:00"}, 422, "Giờ kết thúc phải sau giờ bắt đầu."),
        ({"name": "Mới", "capacity": "0"}, 422, "Ghi một số từ 1 đến 5000."),
        ({"name": "Thứ Bảy gặp gỡ doanh nghiệp", "capacity": "7"}, 409, "Đã có chuỗi họp mang tên này."),
    ],
)
def test_no_such_new_series(office: Client, meeting: Meeting, typed: dict[str, str], status: int, words: str) -> None:
    answer = office.submit(NEW, typed)
    assert (answer.status_code, words in text(answer)) == (status, True)
    assert page(answer).form(having="place").values()["place"] == [meeting.place]
    assert len(series_rows()) == 1


def test_the_first_series_of_an_empty_house(app: Flask) -> None:
    client = Client(app, app.response_class)
    client.sign_in("admin")
    wanted = {"name": "Thứ Bảy", "opens": "08:00", "closes": "11:00", "place": "Hội trường", "capacity": "40"}
    assert client.submit(NEW, wanted).status_code == 303
    assert [(one.nth, one.weekday, one.opens_days) for one in series_rows()] == [(1, 5, 45)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Meeting)) >= 8


# -- addresses


@pytest.mark.parametrize("root", ["", "/en"])
@pytest.mark.parametrize("rest", ["", "?kenh=poster"])
def test_the_printed_address_leads_to_the_new_day(client: Client, moved: Meeting, root: str, rest: str) -> None:
    answer = client.get(f"{root}/thu-bay/2026-12-05{rest}")
    assert (answer.status_code, answer.location) == (302, f"{root}/thu-bay/2026-12-12{rest}")
    assert "Đã dời từ 8:00, thứ Bảy 05/12/2026" in text(client.get("/thu-bay/2026-12-12"))


def test_officers_addresses_lead_on_too_and_their_forms_are_carried_over(office: Client, moved: Meeting) -> None:
    row = make.sign_up(moved)
    for path in ("", "/danh-sach", "/chuong-trinh", "/chuong-trinh/in", "/huy", f"/dang-ky/{row.code}"):
        answer = office.get(f"{BASE}/2026-12-05{path}")
        assert (answer.status_code, answer.location) == (302, f"{BASE}/2026-12-12{path}")
    answer = office.post(f"{BASE}/2026-12-05/chuong-trinh/khung")
    assert (answer.status_code, answer.location) == (307, f"{BASE}/2026-12-12/chuong-trinh/khung")


def test_an_officers_stale_cancel_does_not_hit_the_moved_meeting(office: Client, meeting: Meeting) -> None:
    opened = office.get(f"{BASE}/2026-12-05/huy")
    changes.edit(meeting.id, replace(plan.of(meeting), day=NEXT), 0)
    answer = office.submit(opened, {"reason": "Bão"}, follow_redirects=True)
    assert answer.status_code == 409
    assert "12/12/2026" in text(answer)
    assert now_of(meeting).state == "open"
    assert office.submit(answer).status_code == 303  # having seen it, the officer means it
    assert now_of(meeting).state == "cancelled"


def test_who_was_typing_while_it_moved_loses_nothing_and_signs_up_knowingly(client: Client, meeting: Meeting) -> None:
    opened = client.get("/thu-bay/2026-12-05")
    changes.edit(meeting.id, replace(plan.of(meeting), day=NEXT), 0)
    typed = {"name": "Lò gạch Tư Hiếm", "contact": "Huỳnh Văn Hiếm", "phone": "0912 345 678"}
    answer = client.submit(opened, typed, having="contact")
    assert answer.status_code == 409
    assert "vừa dời sang 8:00, thứ Bảy 12/12/2026" in text(answer)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignUp)) == 0
    assert client.submit(answer, having="contact").status_code == 303


def test_a_proposed_months_rule_day_leads_to_the_series_until_it_is_decided(client: Client, meeting: Meeting) -> None:
    assert client.get("/thu-bay/2027-01-02").location == "/thu-bay"
    january = db.session.scalars(sa.select(Meeting).where(Meeting.rule_day == make.AFTER_NEW_YEAR)).one()
    schedule.accept_proposal(january.id, date(2027, 1, 16))
    for day in ("2027-01-02", "2027-01-09"):
        assert client.get(f"/thu-bay/{day}").location == "/thu-bay/2027-01-16"


@pytest.mark.parametrize("path", ["/thu-bay/2026-12-06", "/thu-bay/hom-nay", "/thu-bay/2026-13-40", "/can-bo/thu-bay/2026-12-06"])
def test_other_days_lead_nowhere(office: Client, moved: Meeting, path: str) -> None:
    assert office.get(path).status_code == 404


def test_a_live_meeting_on_the_left_day_is_shown(client: Client, moved: Meeting) -> None:
    other = make.series(name="Cà phê doanh nghiệp", nth=1)
    january = db.session.scalars(sa.select(Meeting).where(Meeting.rule_day == make.AFTER_NEW_YEAR)).one()
    schedule.accept_proposal(january.id, january.day)
    changes.edit(january.id, replace(plan.of(january), day=date(2026, 12, 5)), now_of(january).revision)
    assert other.id
    assert client.get("/thu-bay/2026-12-05").status_code == 200


def test_the_seat_says_that_it_moved_and_its_calendar_file_follows(client: Client, meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    changes.edit(meeting.id, replace(plan.of(meeting), day=NEXT), 0)
    client.get(f"/cho/{row.code}?t={token(row.code)}")
    assert "Kỳ này đã dời từ 8:00, thứ Bảy 05/12/2026" in text(client.get(f"/cho/{row.code}"))
    entry = client.get(f"/cho/{row.code}/lich.ics").text
    assert "DTSTART:20261212T010000Z" in entry
    assert "SEQUENCE:1" in entry
    assert "DTSTART:20261212T010000Z" in client.get("/thu-bay/lich.ics").text


# -- what machines and passers-on read


def test_the_event_is_described_for_machines(client: Client, meeting: Meeting) -> None:
    make.sign_up(meeting, seats=2)
    found = itemprops(client.get("/thu-bay/2026-12-05"))
    assert found["startDate"] == ["2026-12-05T08:00:00+07:00"]
    assert found["endDate"] == ["2026-12-05T11:00:00+07:00"]
    assert found["eventStatus"] == ["https://schema.org/EventScheduled"]
    assert (found["maximumAttendeeCapacity"], found["remainingAttendeeCapacity"]) == (["20"], ["18"])
    assert found["availability"] == ["https://schema.org/InStock"]
    assert found["url"][0] == "https://hen.example/thu-bay/2026-12-05"
    assert "Hội trường UBND quận Ô Môn" in found["name"]
    assert "previousStartDate" not in found


def test_a_moved_a_full_and_a_cancelled_event_say_so(client: Client, moved: Meeting) -> None:
    found = itemprops(client.get("/thu-bay/2026-12-12"))
    assert found["eventStatus"] == ["https://schema.org/EventRescheduled"]
    assert found["previousStartDate"] == ["2026-12-05T08:00:00+07:00"]
    make.full(moved)
    found = itemprops(client.get("/thu-bay/2026-12-12"))
    assert (found["availability"], found["remainingAttendeeCapacity"]) == (["https://schema.org/SoldOut"], ["0"])
    schedule.cancel_meeting(moved.id, "Bão số 9")
    answer = client.get("/thu-bay/2026-12-12")
    assert itemprops(answer)["eventStatus"] == ["https://schema.org/EventCancelled"]
    assert not any("data-copy" in element.attrs for element in page(answer).elements)


@pytest.mark.parametrize(("root", "theme"), [("", "Thuế & vốn"), ("/en", "Tax & loans")])
def test_a_link_passed_on_shows_what_it_is(client: Client, meeting: Meeting, root: str, theme: str) -> None:
    given: dict[str, Any] = {"theme_en" if root else "theme": theme}
    changes.edit(meeting.id, replace(plan.of(meeting), **given), 0)
    shown = page(client.get(f"{root}/thu-bay/2026-12-05"))
    card = {meta.attrs["property"]: meta.attrs["content"] for meta in shown.all("meta") if "property" in meta.attrs}
    assert card["og:url"] == f"https://hen.example{root}/thu-bay/2026-12-05"
    assert theme in card["og:description"]
    assert "2026" in card["og:title"]
    (words,) = [element for element in shown.elements if element.attrs.get("data-copy") and element.tag == "p"]
    assert words.words.endswith(card["og:url"])
    assert words.parent is not None
    assert words.parent.tag == "section"


# -- cost


def test_pages_cost_the_same_with_five_hundred_registrations(office: Client, client: Client, meeting: Meeting) -> None:
    changes.edit(meeting.id, replace(plan.of(meeting), capacity=400), 0)
    known = {
        "meeting_id": meeting.id, "name": "x", "search_key": "x", "contact": "x", "seats": 1, "signed_at": clock.now(),
        "seated_at": clock.now(), "email": "a@example.vn", "kind": "", "tax_code": "", "request_key": "", "locale": "vi",
        "sequence": 0, "sample": False, "tax_code_doubtful": False, "channel": "", "came": 0,
    }  # fmt: skip
    seated, waiting = {"state": "seated", "line": None}, {"state": "waiting"}
    rows = [
        known | {"code": f"TB-{number}", "phone": f"+8491{number}"} | (seated if number < 400 else waiting | {"line": number})
        for number in range(500)
    ]
    with db.session.begin_nested():
        db.session.execute(sa.insert(SignUp), rows)
        db.session.execute(sa.update(Meeting).where(Meeting.id == meeting.id).values(taken=400))
    db.session.commit()
    opened = office.get(EDIT)
    form: Page = page(opened)
    data = form.form(having="place").values() | {"day": "2026-12-12", "capacity": "410", "scope": "following"}
    for most, act in (
        (3, lambda: office.get(EDIT)),
        (5, lambda: office.post(EDIT, data=data)),
        (3, lambda: office.get(f"{BASE}/lich-dinh-ky/1")),
        (4, lambda: office.get(f"{BASE}/")),
        (4, lambda: client.get("/thu-bay/2026-12-05")),  # rendered anew: one to know how far the trail has come
        (1, lambda: client.get("/thu-bay/2026-12-05")),  # kept
        (3, lambda: client.get("/thu-bay/2027-01-02")),
    ):  # fmt: skip
        step: Callable[[], TestResponse] = act
        with count_queries() as seen:
            answer = step()
        assert answer.status_code in {200, 302}
        assert len(seen) <= most, (most, seen)
    assert json.loads(page(office.get(EDIT)).form(having="place").values()["seen"][0])["capacity"] == "400"
