"""The resident's way through the pages, without JavaScript, and everything that may go wrong on it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from icalendar import Calendar

from app import proof
from app.appointments import actions, queries
from app.appointments.models import Appointment, Claim
from app.db import db
from app.offices.catalogue import Catalogue
from tests import make
from tests.page import Client, count_queries, page

TIMES = f"/dat-hen/{make.BIRTH}/{make.PLACE}"
PERSON = {"name": "Trương Thị Mỹ Duyên", "phone": "0912 345 678", "email": "duyen@example.vn"}


def hold(client: Client, moment: str = "2026-12-01T08:20") -> str:
    """Takes a time from the page; returns the address of the details."""
    shown = client.get(f"{TIMES}?ngay={moment[:10]}")
    token = page(shown).forms[-1].values()["csrf_token"][0]
    answer = client.post(TIMES, data={"csrf_token": token, "moment": moment})
    assert answer.status_code == 303
    return str(answer.location)


def book(client: Client, **person: str) -> str:
    """Through every page; returns the code."""
    details = hold(client)
    review = client.submit(details, PERSON | person)
    assert review.status_code == 303
    shown = client.get(review.location)
    form = next(form for form in page(shown).forms if form.action.endswith("/xem-lai"))
    answer = client.post(form.action, data=form.values())
    assert answer.status_code == 303
    return str(answer.location).rsplit("/", 1)[1]


def known(code: str) -> Appointment:
    db.session.rollback()
    found = queries.by_code(code)
    assert found is not None
    return found


def test_a_resident_books_and_sees_the_booking(place: Catalogue, client: Client) -> None:
    code = book(client)
    shown = client.get(f"/hen/{code}")
    assert "Đã hẹn xong" in shown.text
    assert code in shown.text
    assert "8:20" in shown.text
    assert known(code).phone == "+84912345678"


def test_english_pages_stay_english(place: Catalogue, client: Client) -> None:
    shown = client.get(f"/en{TIMES}")
    assert 'lang="en"' in shown.text
    inside = [link.attrs["href"] for link in page(shown).all("a") if "hreflang" not in link.attrs]
    assert all(link.startswith(("/en", "#", "?", "tel:")) for link in inside)


def test_the_month_and_the_day_cost_two_queries_when_nothing_changed(place: Catalogue, client: Client) -> None:
    actions.hold(place.by_slug[make.PLACE], place.by_code[make.BIRTH], make.local("2026-12-01T08:20"), "b")
    client.get(TIMES)
    with count_queries() as seen:
        client.get(TIMES)
    assert len(seen) <= 2
    actions.hold(place.by_slug[make.PLACE], place.by_code[make.BIRTH], make.local("2026-12-02T08:20"), "b")
    with count_queries() as seen:
        client.get(TIMES)
    assert len(seen) <= 3


def test_one_office_is_not_asked_about(place: Catalogue, client: Client) -> None:
    assert client.get(f"/dat-hen/{make.BIRTH}").location == TIMES


def test_several_offices_are_listed_with_their_earliest_time(place: Catalogue, client: Client) -> None:
    make.office("long-hung", "LH")
    client.get(f"/dat-hen/{make.BIRTH}")
    with count_queries() as seen:
        shown = client.get(f"/dat-hen/{make.BIRTH}")
    assert len(seen) <= 3
    assert "UBND phường long-hung" in shown.text
    assert "chỗ sớm nhất" in shown.text


@pytest.mark.parametrize(
    "path", ["/dat-hen/9.999999", f"/dat-hen/{make.BIRTH}/nowhere", "/dat-hen/giu/nothing", "/hen/TA-000-000-001"]
)
def test_unknown_addresses_are_not_found(place: Catalogue, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["ngay=2026-02-30", "ngay=9999-12-31", "ngay=0001-01-01", "thang=x", "ngay=", "thang=2026-13", "ngay=2026-12-06"]
)
def test_any_date_in_the_address_shows_a_month(place: Catalogue, client: Client, query: str) -> None:
    assert client.get(f"{TIMES}?{query}").status_code == 200


@pytest.mark.parametrize(
    "moment",
    ["", "x", "2026-12-01", "2026-12-01T08:21", "2026-11-30T07:00", "2026-12-05T08:20", "2027-12-01T08:20", "9999-12-31T23:59",
     "0001-01-01T00:00", "2026-12-01T08:20\x00", "٢٠٢٦-١٢-٠١T٠٨:٢٠"],
)  # fmt: skip
def test_times_nobody_offers_are_answered_with_a_sentence(place: Catalogue, client: Client, moment: str) -> None:
    shown = client.get(TIMES)
    token = page(shown).forms[-1].values()["csrf_token"][0]
    answer = client.post(TIMES, data={"csrf_token": token, "moment": moment})
    assert answer.status_code == 422
    assert "Chưa gửi được" in answer.text


def test_a_taken_time_answers_409_with_the_three_nearest(place: Catalogue, client: Client) -> None:
    actions.hold(place.by_slug[make.PLACE], place.by_code[make.BIRTH], make.local("2026-12-01T08:20"), "other")
    token = page(client.get(TIMES)).forms[-1].values()["csrf_token"][0]
    answer = client.post(TIMES, data={"csrf_token": token, "moment": "2026-12-01T08:20"})
    assert answer.status_code == 409
    nearest = re.findall(r'id="n[^"]+" value="([^"]+)"', answer.text)
    assert nearest == ["2026-12-01T07:40", "2026-12-01T08:00", "2026-12-01T08:40"]
    assert "8:20 vừa có người đặt" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "   "), ("name", "​"), ("name", "x" * 101), ("phone", ""), ("phone", "091234567"), ("phone", "abc"),
     ("phone", "0" * 40), ("email", "khong-phai-thu"), ("email", "a@b@c"), ("note", "y" * 201)],
)  # fmt: skip
def test_bad_details_keep_everything_typed(place: Catalogue, client: Client, field: str, value: str) -> None:
    details = hold(client)
    answer = client.submit(details, PERSON | {"note": "xe lăn"} | {field: value})
    assert answer.status_code == 422
    kept = page(answer).form(having="name").values()
    wanted = PERSON | {"note": "xe lăn"}
    for other in set(wanted) - {field}:
        assert kept[other] == [wanted[other]]


def test_a_stale_token_keeps_everything_typed(place: Catalogue, client: Client) -> None:
    details = hold(client)
    answer = client.post(details, data=PERSON | {"csrf_token": "stale"})
    assert answer.status_code == 422
    assert page(answer).form(having="name").values()["name"] == [PERSON["name"]]
    assert client.submit(answer).status_code == 303


def test_names_are_cleaned_once(place: Catalogue, client: Client) -> None:
    decomposed = "  Ðặng\u0000 Văn  Ta\u0301m "
    code = book(client, name=decomposed)
    assert known(code).name == "Đặng Văn Tám"
    assert known(code).search_key == "dang van tam"


def test_markup_in_a_name_is_shown_as_text(place: Catalogue, app: Flask) -> None:
    person = make.person(name="\"><svg onload=x>' {{7*7}}", note="<script>y</script>")
    office, procedure = place.by_slug[make.PLACE], place.by_code[make.BIRTH]
    code = actions.book(office, procedure, make.local("2026-12-01T08:20"), person).code
    reader = app.test_client()  # the proof-reading one would take the canary for a leak
    reader.get(f"/hen/{code}?t={proof.token(code)}")
    for part in ("", "/phieu", "/huy", "/doi", "/den"):
        shown = reader.get(f"/hen/{code}{part}")
        assert shown.status_code == 200
        assert "<svg onload" not in shown.text
        assert "<script>y" not in shown.text


def test_the_form_sent_twice_is_one_booking(place: Catalogue, client: Client) -> None:
    details = hold(client)
    client.submit(details, PERSON)
    shown = client.get(f"{details}/xem-lai")
    form = next(form for form in page(shown).forms if form.action.endswith("/xem-lai"))
    first, second = (client.post(form.action, data=form.values()) for _ in range(2))
    assert first.location == second.location
    assert client.get(details).location == first.location


def test_review_before_details_goes_back(place: Catalogue, client: Client) -> None:
    details = hold(client)
    assert client.get(f"{details}/xem-lai").location == details


def test_a_lost_hold_keeps_the_answers_and_offers_three_times(
    place: Catalogue, client: Client, travel: time_machine.Traveller
) -> None:
    details = hold(client)
    client.submit(details, PERSON)
    travel.shift(timedelta(minutes=11))
    actions.hold(place.by_slug[make.PLACE], place.by_code[make.BIRTH], make.local("2026-12-01T08:20"), "other")
    shown = client.get(f"{details}/xem-lai")
    assert "không còn trống" in shown.text
    form = next(form for form in page(shown).forms if form.action.endswith("/xem-lai"))
    answer = client.post(form.action, data={"csrf_token": form.values()["csrf_token"][0], "moment": "2026-12-01T08:20"})
    assert answer.status_code == 409
    assert PERSON["name"] in answer.text
    again = next(form for form in page(answer).forms if form.action.endswith("/xem-lai"))
    done = client.post(again.action, data=again.values())
    assert done.status_code == 303
    assert known(str(done.location).rsplit("/", 1)[1]).starts_at != make.local("2026-12-01T08:20")


def test_moving_keeps_the_code_and_the_calendar_entry(place: Catalogue, client: Client) -> None:
    code = book(client)
    before = Calendar.from_ical(client.get(f"/hen/{code}/lich.ics").data).walk("VEVENT")[0]
    token = page(client.get(f"/hen/{code}/doi")).forms[-1].values()["csrf_token"][0]
    assert client.post(f"/hen/{code}/doi", data={"csrf_token": token, "moment": "2026-12-02T14:00"}).status_code == 303
    after = Calendar.from_ical(client.get(f"/hen/{code}/lich.ics").data).walk("VEVENT")[0]
    assert before["UID"] == after["UID"]
    assert (int(before.get("SEQUENCE", 0)), int(after["SEQUENCE"])) == (0, 1)
    assert after["DTSTART"].dt == make.local("2026-12-02T14:00")


def test_moving_to_a_taken_time_keeps_the_old_one(place: Catalogue, client: Client) -> None:
    code = book(client)
    actions.hold(place.by_slug[make.PLACE], place.by_code[make.BIRTH], make.local("2026-12-01T09:00"), "other")
    token = page(client.get(f"/hen/{code}/doi")).forms[-1].values()["csrf_token"][0]
    answer = client.post(f"/hen/{code}/doi", data={"csrf_token": token, "moment": "2026-12-01T09:00"})
    assert answer.status_code == 409
    assert known(code).starts_at == make.local("2026-12-01T08:20")


def test_cancelling_is_asked_by_get_and_done_by_post(place: Catalogue, client: Client) -> None:
    code = book(client)
    asked = client.get(f"/hen/{code}/huy")
    assert known(code).state == "booked"
    assert client.submit(asked, action="/huy").status_code == 303
    assert known(code).state == "cancelled"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 0
    entry = Calendar.from_ical(client.get(f"/hen/{code}/lich.ics").data)
    assert entry["METHOD"] == "CANCEL"
    assert "đã huỷ" in client.get(f"/hen/{code}").text
    assert client.get(f"/hen/{code}/huy").status_code == 200


def test_i_will_come(place: Catalogue, client: Client) -> None:
    code = book(client)
    assert known(code).coming_at is None
    client.submit(f"/hen/{code}/den", action="/den")
    assert known(code).coming_at is not None
    assert "đã báo sẽ đến" in client.get(f"/hen/{code}/den").text


@pytest.mark.parametrize("page_of", ["", "/den", "/doi", "/huy", "/phieu", "/lich.ics"])
def test_a_stranger_is_asked_for_the_last_digits(place: Catalogue, client: Client, page_of: str) -> None:
    code = book(client)
    stranger = Client(client.application, client.application.response_class)
    answer = stranger.get(f"/hen/{code}{page_of}")
    assert answer.status_code == 403
    assert "Duyên" not in answer.text
    unknown = Client(client.application, client.application.response_class).get("/hen/TA-000-000-002" + page_of)
    assert unknown.status_code in {403, 404}


def test_the_link_in_a_message_opens_the_booking_and_leaves_the_address(place: Catalogue, client: Client) -> None:
    code = book(client)
    reader = Client(client.application, client.application.response_class)
    answer = reader.get(f"/hen/{code}/huy?t={proof.token(code)}")
    assert answer.location == f"/hen/{code}/huy"
    assert reader.get(answer.location).status_code == 200
    other = Client(client.application, client.application.response_class)
    other.get(f"/hen/{code}?t={proof.token('TA-000-000-000')}")
    assert other.get(f"/hen/{code}").status_code == 403


def test_a_closed_appointment_says_why(place: Catalogue, client: Client, travel: time_machine.Traveller) -> None:
    code = book(client)
    travel.move_to(make.local("2026-12-02T08:00"))
    assert "Giờ hẹn đã qua" in client.get(f"/hen/{code}").text
    assert client.get(f"/hen/{code}/doi").status_code == 303
    assert "đã qua" in client.get(f"/hen/{code}/huy").text


def test_a_full_horizon_says_what_to_do(app: object, travel: time_machine.Traveller, client: Client) -> None:
    catalogue = make.office(horizon_days=1, procedures={make.BIRTH: 240})
    for moment, phone in (
        ("2026-12-01T07:00", "+84912345670"),
        ("2026-12-01T13:00", "+84912345671"),
        ("2026-11-30T13:00", "+84912345672"),
    ):
        actions.book(catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH], make.local(moment), make.person(phone=phone))
    shown = client.get(TIMES)
    assert "đã kín" in shown.text
    assert "Việc gấp" in shown.text
