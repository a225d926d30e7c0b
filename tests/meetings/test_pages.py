"""The public pages: the meeting, the form, one business's place, calendar files; a stranger sees nothing."""

import re
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, proof
from app.db import db, transaction
from app.meetings import actions, agenda, queries, schedule
from app.meetings.agenda import Item
from app.meetings.models import Meeting, SignUp
from app.promises.models import Promise
from tests.meetings import make
from tests.page import Client, count_queries
from tests.promises import make as ledger

PAGE = "/thu-bay/2026-12-05"
TYPED = {"name": "Cơ sở xay xát Phước Lợi", "contact": "Nguyễn Văn Lợi", "phone": "0912 345 678", "seats": "2"}


def text(client: Client) -> str:
    return client.last.get_data(as_text=True)


def signed_up(client: Client, **typed: str) -> str:
    """Signs up through the page; returns the code of the place."""
    answer = client.submit(PAGE, TYPED | typed, having="tax_code")
    assert answer.status_code == 303, text(client)
    return answer.location.rsplit("/", 1)[1]


def row_of(code: str) -> SignUp:
    return db.session.scalars(sa.select(SignUp).where(SignUp.code == code)).one()


def stranger(app: Flask) -> Client:
    return Client(app, app.response_class)


def publish(meeting: Meeting) -> None:
    unit = make.unit()
    agenda.add(meeting.id, Item("Khai mạc", 15, "office"))
    agenda.add(meeting.id, Item("Giãn thuế, giảm tiền thuê đất", 100, "business", unit.id))
    agenda.publish(meeting.id)


# -- the meeting


def test_the_short_address_leads_to_the_next_meeting(client: Client, meeting: Meeting) -> None:
    answer = client.get("/thu-bay")
    assert (answer.status_code, answer.location) == (302, PAGE)


def test_with_no_meeting_published_the_page_says_so(client: Client) -> None:
    assert client.get("/thu-bay").status_code == 200
    assert "Chưa có kỳ họp nào" in text(client)


@pytest.mark.parametrize("day", ["2026-12-12", "2026-99-99", "2020-01-04", "hom-nay", "20261205", "2026-12-05x", "2027-01-09"])
def test_a_day_without_a_published_meeting_is_not_found(client: Client, meeting: Meeting, day: str) -> None:
    assert client.get(f"/thu-bay/{day}").status_code == 404
    assert client.post(f"/thu-bay/{day}", data=TYPED).status_code == 404


def test_the_page_tells_what_one_needs_to_know(client: Client, meeting: Meeting) -> None:
    publish(meeting)
    make.sign_up(meeting, question="Sổ thuế cũ tính sao?")
    assert client.get(PAGE).status_code == 200
    for words in (
        "8:00–11:00", "Hội trường UBND quận Ô Môn", "Chủ tịch UBND quận chủ trì", "Còn 19 trong 20 chỗ", "Giữ chỗ cho tôi",
        "1 câu hỏi đã gửi", "đến hết 30/11", "Giãn thuế, giảm tiền thuê đất", "8:15", "Chi cục Thuế", "đầu tháng",
        "kỳ tháng 1, tháng 2, tháng 5 vì",
        "/thu-bay/2027-06-05",
    ):  # fmt: skip
        assert words in text(client), words


def test_names_and_questions_of_businesses_are_not_public(client: Client, meeting: Meeting) -> None:
    make.sign_up(meeting, name="Cơ sở Bí Mật", question="Câu hỏi riêng của tôi")
    client.get(PAGE)
    assert "Bí Mật" not in text(client)
    assert "Câu hỏi riêng" not in text(client)


def test_an_unpublished_programme_is_not_shown(client: Client, meeting: Meeting) -> None:
    publish(meeting)
    agenda.withdraw(meeting.id)
    client.get(PAGE)
    assert "Giãn thuế" not in text(client)


def promised(meeting: Meeting, number: int = 1, **facts: Any) -> Promise:
    owner = make.unit(f"Đơn vị {number}")
    return ledger.promise(owner, what=f"Việc đã hẹn {number}", raised="", askers=[], **facts)


def test_the_page_opens_with_what_earlier_meetings_left_unfinished(client: Client, meeting: Meeting) -> None:
    client.get(PAGE)
    assert "Đã hẹn gì" not in text(client)
    before = meeting.day - timedelta(days=28)
    for number in range(1, 6):
        promised(meeting, number, occasion="meeting:99", occasion_on=before)
    promised(meeting, 6, occasion="meeting:99", occasion_on=before, public=False)
    client.get(PAGE)
    assert "Đã hẹn gì, làm tới đâu" in text(client)
    assert [f"Việc đã hẹn {number}" in text(client) for number in range(1, 7)] == [True] * 4 + [False] * 2
    assert 'href="/so-loi-hen"' in text(client).split("Đã hẹn gì")[1].split("</section>")[0]
    schedule.cancel_meeting(meeting.id, "Bão")
    client.get(PAGE)
    assert "Đã hẹn gì" not in text(client)


def test_a_concluded_meeting_leads_to_its_minutes_and_to_what_it_promised(
    client: Client, meeting: Meeting, travel: time_machine.Traveller
) -> None:
    promised(meeting, 1, occasion="meeting:99", occasion_on=meeting.day - timedelta(days=28))
    travel.move_to(meeting.ends_at)
    client.get(PAGE)
    assert "Việc đã hẹn 1" in text(client)
    assert f"{PAGE}/bien-ban" not in text(client)
    promised(meeting, 2, occasion=meeting.about, occasion_on=meeting.day)
    with transaction() as session:
        session.get_one(Meeting, meeting.id).concluded_at = clock.now()
    client.get(PAGE)
    assert "Việc đã hẹn 2" in text(client)
    assert "Việc đã hẹn 1" not in text(client)
    assert f'href="{PAGE}/bien-ban"' in text(client)


def test_a_meeting_s_page_costs_four_queries_however_many_come_and_one_when_kept(client: Client, meeting: Meeting) -> None:
    publish(meeting)
    make.full(meeting, waiting=5)
    for number in range(1, 4):
        promised(meeting, number, occasion="meeting:99", occasion_on=meeting.day - timedelta(days=28))
    client.get("/so-loi-hen")  # the catalogue is in memory
    for most in (4, 1):
        with count_queries() as seen:
            client.get(PAGE)
        assert len(seen) <= most


@pytest.mark.parametrize(
    ("facts", "words", "form"),
    [
        ({"sign_up_from": timedelta(days=2)}, "Mở đăng ký từ", False),
        ({"sign_up_until": timedelta(0)}, "Đã chốt danh sách", False),
        ({"questions_until": timedelta(0)}, "Vẫn hỏi được", True),
        ({"starts_at": timedelta(hours=-4), "ends_at": timedelta(0)}, "đã diễn ra", False),
    ],
)
def test_each_state_of_the_meeting_has_its_page(
    client: Client, meeting: Meeting, facts: dict[str, timedelta], words: str, form: bool
) -> None:
    with transaction() as session:
        for name, ahead in facts.items():
            setattr(session.get_one(Meeting, meeting.id), name, clock.now() + ahead)
    assert client.get(PAGE).status_code == 200
    assert words in text(client)
    assert ('name="tax_code"' in text(client)) is form


def test_a_full_meeting_offers_the_line(client: Client, meeting: Meeting) -> None:
    make.full(meeting, waiting=5)
    client.get(PAGE)
    assert "Hết chỗ, 5 người đang chờ" in text(client)
    code = signed_up(client)
    assert row_of(code).line == 6
    client.get(f"/cho/{code}")
    assert "Bạn đứng thứ 6 trong hàng chờ" in text(client)
    assert "Trước bạn còn 5 nơi" in text(client)


def test_a_cancelled_meeting_says_why_and_shows_the_next(client: Client, meeting: Meeting) -> None:
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    client.get(PAGE)
    assert "Bão số 9" in text(client)
    assert "/thu-bay/2027-03-06" in text(client)
    assert client.get("/thu-bay").location == "/thu-bay/2027-03-06"


def test_english(client: Client, meeting: Meeting) -> None:
    assert client.get(f"/en{PAGE}").status_code == 200
    assert "Saturday business meeting" in text(client)


# -- the form


def test_signing_up_leads_to_the_place_which_is_also_where_it_is_managed(client: Client, meeting: Meeting) -> None:
    code = signed_up(client, email="loi@gmail.com", question="Xin giấy phép ở đâu?")
    made = row_of(code)
    assert (made.name, made.phone, made.seats, made.state) == (TYPED["name"], "+84912345678", 2, "seated")
    client.get(f"/cho/{code}")
    for words in ("Đã giữ 2 chỗ", code, "l***@gmail.com", "Xin giấy phép ở đâu?", "0912 *** 678", "17:00", "Thêm vào lịch"):
        assert words in text(client), words
    assert "0912 345 678" not in text(client)


def test_a_wrong_check_digit_warns_and_does_not_block(client: Client, meeting: Meeting) -> None:
    code = signed_up(client, tax_code="0100109107")
    client.get(f"/cho/{code}")
    assert "0100109107 có vẻ gõ nhầm một số" in text(client)
    good = signed_up(client, tax_code="0100109106", phone="0912 345 679")
    client.get(f"/cho/{good}")
    assert "gõ nhầm" not in text(client)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Ghi tên doanh nghiệp"),
        ("name", "​ ​", "Ghi tên doanh nghiệp"),
        ("contact", "", "Ghi họ và tên người dự"),
        ("phone", "091234567", "Số điện thoại cần 10 số, đang có 9 số"),
        ("email", "không phải thư", "Địa chỉ thư chưa đúng"),
        ("tax_code", "12345", "Mã số thuế có 10 số"),
        ("seats", "4", "Chọn số người dự"),
        ("seats", "hai", "Chọn số người dự"),
        ("question", "x" * 1001, ""),
        ("name", "x" * 5000, ""),
    ],
)
def test_a_mistake_keeps_what_was_typed(client: Client, meeting: Meeting, field: str, value: str, sentence: str) -> None:
    answer = client.post(PAGE, data=client_form(client) | TYPED | {"question": "Điện ba pha"} | {field: value})
    assert answer.status_code == 422
    assert sentence in text(client)
    if field != "question":
        assert "Điện ba pha" in text(client)
    if field != "contact":
        assert TYPED["contact"] in text(client)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignUp)) == 0


def client_form(client: Client) -> dict[str, str]:
    found = re.findall(r'name="(csrf_token|request_key)" value="([^"]+)"', client.get(PAGE).get_data(as_text=True))
    return dict(found)


def test_a_stale_token_keeps_what_was_typed(client: Client, meeting: Meeting) -> None:
    answer = client.post(PAGE, data=TYPED | {"csrf_token": "old", "question": "Điện ba pha"})
    assert answer.status_code == 422
    assert "Điện ba pha" in text(client)


def test_two_presses_make_one_place(client: Client, meeting: Meeting) -> None:
    form = client_form(client)
    first = client.post(PAGE, data=form | TYPED)
    second = client.post(PAGE, data=form | TYPED)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location


def test_the_same_browser_again_is_shown_its_place(client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    answer = client.submit(PAGE, TYPED, having="tax_code")
    assert (answer.status_code, answer.location) == (303, f"/cho/{code}")
    answer = client.submit(PAGE, TYPED | {"question": "Thêm một câu"}, having="tax_code")
    assert answer.status_code == 422  # a question typed is not thrown away
    assert "Thêm một câu" in text(client)
    assert f"/cho/{code}" in text(client)


def test_a_stranger_with_somebody_s_phone_learns_nothing_of_the_place(app: Flask, client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    other = stranger(app)
    answer = other.submit(PAGE, TYPED | {"name": "Kẻ Tò Mò"}, having="tax_code")
    assert answer.status_code == 422
    for secret in (code, TYPED["name"]):
        assert secret not in text(other)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignUp)) == 1


def test_who_was_too_late_keeps_what_was_typed(client: Client, meeting: Meeting, travel: time_machine.Traveller) -> None:
    form = client_form(client)
    travel.move_to(meeting.sign_up_until)
    answer = client.post(PAGE, data=form | TYPED | {"question": "Điện ba pha"})
    assert answer.status_code == 422
    assert "đã chốt danh sách" in text(client)
    assert "Điện ba pha" in text(client)


# -- one place


def test_strangers_are_asked_for_proof_on_every_page_of_a_place(app: Flask, client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    other = stranger(app)
    for path in ("", "/den", "/bot", "/lich.ics"):
        for wanted in (code, "TB-000-000-005"):
            answer = other.get(f"/cho/{wanted}{path}")
            assert answer.status_code in {403, 404}
            assert TYPED["name"] not in text(other)
    for path in ("/den", "/bot"):
        assert other.post(f"/cho/{code}{path}", data={"give_up": "1"}).status_code == 403
    assert row_of(code).state == "seated"


def test_a_message_s_link_opens_the_place_and_acts_on_nothing(app: Flask, client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    other, token = stranger(app), proof.token(code)
    for path in ("", "/den", "/bot"):
        answer = other.get(f"/cho/{code}{path}?t={token}")
        assert (answer.status_code, answer.location) == (302, f"/cho/{code}{path}")
        assert other.get(answer.location).status_code == 200
    made = row_of(code)
    assert (made.state, made.coming_at) == ("seated", None)
    assert stranger(app).get(f"/cho/{code}?t={token}x").status_code == 302
    assert stranger(app).get(f"/cho/{code}?t={proof.token('TB-000-000-005')}", follow_redirects=True).status_code == 403


def test_coming(client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    assert client.submit(f"/cho/{code}/den").status_code == 303
    assert row_of(code).coming_at == clock.now()
    client.get(f"/cho/{code}/den")
    assert "Không cần làm gì thêm" in text(client)


def test_changing_the_number_of_people(client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    page = client.get(f"/cho/{code}/bot")
    assert client.submit(page, {"seats": "3"}, having="seats").status_code == 303
    assert row_of(code).seats == 3


def test_more_people_than_free_seats_is_a_sentence_not_a_loss(client: Client, meeting: Meeting) -> None:
    code = signed_up(client, seats="1")
    for number in range(1, 20):
        make.sign_up(meeting, number)
    answer = client.submit(client.get(f"/cho/{code}/bot"), {"seats": "2"}, having="seats")
    assert answer.status_code == 409
    assert "Chỉ còn 0 chỗ" in text(client)
    assert row_of(code).seats == 1


def test_giving_up_asks_first_and_can_be_signed_up_again(client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    answer = client.submit(client.get(f"/cho/{code}/bot"), having="give_up")
    assert answer.status_code == 303
    client.get(f"/cho/{code}")
    assert "Đã trả chỗ" in text(client)
    assert client.submit(PAGE, TYPED, having="tax_code").location != f"/cho/{code}"
    again = client.post(f"/cho/{code}/bot", data=client_form(client) | {"give_up": "1"})
    assert again.status_code == 303  # once is enough, twice does no harm


def test_after_the_meeting_the_place_says_so(client: Client, meeting: Meeting, travel: time_machine.Traveller) -> None:
    code = signed_up(client)
    travel.move_to(meeting.ends_at)
    for path in ("", "/den", "/bot"):
        assert client.get(f"/cho/{code}{path}").status_code == 200
    token = client_form(client)
    assert client.post(f"/cho/{code}/bot", data=token | {"seats": "3"}).status_code == 422
    assert row_of(code).seats == 2


def test_a_cancelled_meeting_on_the_place_s_page(client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    client.get(f"/cho/{code}")
    assert "Kỳ họp đã huỷ" in text(client)
    assert "Bão số 9" in text(client)


def test_a_promoted_business_sees_its_seat(client: Client, meeting: Meeting) -> None:
    rows = make.full(meeting)
    code = signed_up(client, seats="1")
    actions.give_up(rows[0].code)
    client.get(f"/cho/{code}")
    assert "Đã giữ 1 chỗ" in text(client)
    assert "Có chỗ trống" in text(client)


# -- calendars


def entries(body: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


def test_the_place_s_calendar_file(client: Client, meeting: Meeting) -> None:
    code = signed_up(client)
    answer = client.get(f"/cho/{code}/lich.ics")
    assert answer.mimetype == "text/calendar"
    (first,) = entries(answer.data)
    assert first["DTSTART"].dt == meeting.starts_at
    assert first["STATUS"] == "CONFIRMED"
    client.submit(client.get(f"/cho/{code}/bot"), having="give_up")
    (last,) = entries(client.get(f"/cho/{code}/lich.ics").data)
    assert last["UID"] == first["UID"]
    assert last["SEQUENCE"] > first["SEQUENCE"]
    assert last["STATUS"] == "CANCELLED"


def test_who_waits_has_no_calendar_file(client: Client, meeting: Meeting) -> None:
    make.full(meeting)
    assert client.get(f"/cho/{signed_up(client)}/lich.ics").status_code == 404


def test_the_series_feed_is_public_cached_and_holds_nobody(app: Flask, client: Client, meeting: Meeting) -> None:
    make.sign_up(meeting, name="Cơ sở Bí Mật")
    answer = stranger(app).get("/thu-bay/lich.ics")
    found = [entry["DTSTART"].dt.date().isoformat() for entry in entries(answer.data)]
    assert found == ["2026-12-05", "2027-03-06", "2027-04-03", "2027-06-05", "2027-07-03"]  # proposed days are not told
    assert "Bí Mật".encode() not in answer.data
    assert b"TB-" not in answer.data
    assert answer.cache_control.public
    assert answer.cache_control.max_age == 3600
    again = stranger(app).get("/thu-bay/lich.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    schedule.cancel_meeting(meeting.id, "Bão số 9")
    after = entries(stranger(app).get("/thu-bay/lich.ics").data)
    assert after[0]["STATUS"] == "CANCELLED"
    assert after[0]["UID"] == entries(answer.data)[0]["UID"]


def test_the_front_page_s_figures_cost_one_query(app: Flask, meeting: Meeting, travel: time_machine.Traveller) -> None:
    make.full(meeting, waiting=2)
    with count_queries() as seen:
        found = queries.upcoming()
    assert len(seen) == 1
    assert found is not None
    assert (found.meeting.day, found.meeting.free, found.waiting) == (make.SATURDAY, 0, 2)
    travel.move_to(datetime.fromisoformat("2026-12-05T10:59+07:00"))
    assert queries.upcoming().meeting.day == make.SATURDAY  # type: ignore[union-attr]
    travel.move_to(datetime.fromisoformat("2026-12-05T11:00+07:00"))
    assert queries.upcoming().meeting.day.isoformat() == "2027-03-06"  # type: ignore[union-attr]
