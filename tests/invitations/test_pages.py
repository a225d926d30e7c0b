"""The public pages: subscribing, the letter's links, one-tap answers, kept seats; and what scanners and strangers get."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock, proof
from app.db import db
from app.invitations import actions, mailing, queries, replies
from app.invitations.models import Reply, Subscriber
from app.meetings import actions as places
from app.meetings import schedule
from app.meetings.models import Meeting, SignUp
from tests import limits
from tests.invitations import make
from tests.meetings import make as meetings
from tests.page import Client, count_queries, page

PERSON = {
    "name": "Lò gạch Thới Hoà", "contact": "Trần Văn Hoà", "phone": "0913 000 001", "email": "Lo1@Example.vn", "agree": "y",
}  # fmt: skip
DAY = "2026-12-05"


def link(subscriber: Subscriber, rest: str = "") -> str:
    return f"/thu-moi/{queries.token(make.again(subscriber))}{rest}"


def head(client: Client) -> str:
    return page(client.last).all("h1")[0].words


def errors(client: Client) -> str:
    return " ".join(box.words for box in page(client.last).all("div") if box.attrs.get("role") == "alert")


# -- subscribing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["", "/en"])
def test_the_box_is_empty_and_says_the_words(client: Client, meeting: Meeting, root: str) -> None:
    shown = page(client.get(f"{root}/thu-moi"))
    (box,) = [field for field in shown.all("input") if field.attrs.get("name") == "agree"]
    assert (box.attrs["type"], "checked" in box.attrs) == ("checkbox", False)
    (label,) = [label for label in shown.all("label") if label.attrs.get("for") == box.attrs["id"]]
    assert label.words == queries.wording().said("en" if root else "vi")


@pytest.mark.parametrize("value", [None, "", "false"])
def test_without_the_box_nothing_is_kept(client: Client, meeting: Meeting, value: str | None) -> None:
    assert client.submit("/thu-moi", PERSON | {"agree": value}, having="agree").status_code == 422
    assert "Đánh dấu ô đồng ý" in errors(client)
    assert "Lò gạch Thới Hoà" in client.last.text
    assert db.session.scalars(sa.select(Subscriber)).all() == []


def test_from_the_form_to_the_invitation(client: Client, meeting: Meeting) -> None:
    answer = client.submit("/thu-moi", PERSON | {"scope": "fields", "fields": ["tax", "land"]}, having="agree")
    assert (answer.status_code, answer.location) == (303, "/thu-moi/da-gui")
    assert client.get(answer.location).status_code == 200
    row = make.by_email("lo1@example.vn")
    assert (row.state, row.fields, row.phone) == ("pending", ["tax", "land"], "+84913000001")
    (letter,) = make.letters()
    address = letter.facts["link"].removeprefix("https://hen.example")
    assert queries.wording().vi in client.get(address).text
    assert make.again(row).state == "pending"  # a scanner opened it: nothing happened
    assert client.submit(address).location == link(row)
    assert client.get(link(row)).status_code == 200
    assert make.again(row).state == "active"
    assert client.get(address).location == link(row)


def test_the_same_answer_whether_the_address_is_known(client: Client, meeting: Meeting) -> None:
    make.subscriber(2)
    actions.end(make.subscriber(3).id, "page")
    seen = set()
    for number in (1, 2, 3, 1):
        sent = client.submit("/thu-moi", PERSON | {"email": f"lo{number}@example.vn"}, having="agree")
        seen.add((sent.status_code, sent.location, sent.text))
    assert len(seen) == 1


def test_only_meetings_about_my_fields_needs_a_field(client: Client, meeting: Meeting) -> None:
    assert client.submit("/thu-moi", PERSON | {"scope": "fields"}, having="agree").status_code == 422
    assert "Đánh dấu ít nhất một việc" in errors(client)
    client.submit("/thu-moi", PERSON | {"fields": ["tax"]}, having="agree")
    assert make.by_email("lo1@example.vn").fields == []  # every meeting was chosen: the ticks mean nothing


def test_one_network_cannot_fill_the_list(app: Flask, meeting: Meeting) -> None:
    with limits.limited(app) as visitor:
        shown = visitor.get("/thu-moi")
        answers = [visitor.submit(shown, PERSON | {"email": f"x{n}@example.vn"}, having="agree").status_code for n in range(21)]
    assert answers == [303] * 20 + [429]


# -- the letter's links -----------------------------------------------------------------------------------------------


def test_changing_what_was_written(client: Client, subscriber: Subscriber) -> None:
    shown = client.get(link(subscriber))
    assert "noindex" in shown.text
    assert "lo1@example.vn" not in shown.text
    typed = {"contact": "Trần Thị Bé", "phone": "0913 000 999", "scope": "fields", "fields": ["fire"]}
    assert client.submit(shown, typed, having="scope").status_code == 303
    row = make.again(subscriber)
    assert (row.contact, row.phone, row.fields, row.email) == ("Trần Thị Bé", "+84913000999", ["fire"], "lo1@example.vn")
    assert client.submit(link(row), {"phone": "12"}, having="scope").status_code == 422


def test_one_click_of_a_mail_program(client: Client, subscriber: Subscriber) -> None:
    """RFC 8058: no cookie, no token of a form, no page opened before."""
    mailing.invite()
    (letter,) = make.letters(kind="invitation")
    address = letter.facts["headers"]["List-Unsubscribe"].strip("<>").removeprefix("https://hen.example")
    assert client.get(address).status_code == 200  # a scanner looks
    assert make.again(subscriber).state == "active"
    for content in ("application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"}, content_type=content)
        assert answer.status_code == 200
    assert make.again(subscriber).state == "ended"
    (kept,) = actions.consent.history(subscriber.about)
    assert kept.withdrawn_how == "one-click"
    assert {one.state for one in make.letters(subscriber.about)} == {"withdrawn"}


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "Two-Clicks"}, {"List-Unsubscribe": "One-Click", "x": "y"}])
def test_another_body_stops_nothing(client: Client, subscriber: Subscriber, body: dict[str, str]) -> None:
    assert client.post(link(subscriber, "/thoi"), data=body).status_code == 422
    assert make.again(subscriber).state == "active"


def test_leaving_by_the_pages_button(client: Client, subscriber: Subscriber) -> None:
    address = link(subscriber, "/thoi")
    assert client.submit(address).location == address
    assert "Đã thôi nhận" in client.get(address).text
    assert "Đã thôi nhận" in client.get(link(subscriber)).text
    assert client.get(link(subscriber, f"/{DAY}")).location == link(subscriber)


def test_an_older_letter_still_stops_the_letters(client: Client, subscriber: Subscriber) -> None:
    old = link(subscriber, "/thoi")
    actions.renew(subscriber.id)
    assert client.get(old.removesuffix("/thoi")).status_code == 404
    assert client.post(old, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert make.again(subscriber).state == "ended"


@pytest.mark.parametrize("rest", ["", "/thoi", "/xac-nhan", f"/{DAY}", f"/{DAY}/vi-sao"])
@pytest.mark.parametrize("spoilt", ["cut", "changed", "of a seat", "nonsense"])
def test_a_link_that_is_not_ours_opens_nothing(client: Client, subscriber: Subscriber, rest: str, spoilt: str) -> None:
    token = queries.token(subscriber)
    tokens = {
        "cut": token[:-1], "changed": ("X" if token[0] != "X" else "Y") + token[1:], "of a seat": proof.token("TB-1"),
        "nonsense": "é%ff",
    }  # fmt: skip
    for method in ("GET", "POST"):
        answer = client.open(f"/thu-moi/{tokens[spoilt]}{rest}", method=method, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 404
        assert "Lò gạch" not in answer.text
    assert make.again(subscriber).state == "active"


# -- one tap ----------------------------------------------------------------------------------------------------------


def test_yes_with_one_press(client: Client, subscriber: Subscriber) -> None:
    shown = client.get(link(subscriber, f"/{DAY}"))
    assert "0913 *** 001" in shown.text
    assert "913000001" not in shown.text.replace(" ", "")
    assert db.session.scalars(sa.select(SignUp)).all() == []  # looking is no answer
    answer = client.submit(shown, having="seats")
    (seat,) = db.session.scalars(sa.select(SignUp)).all()
    assert (answer.status_code, answer.location) == (303, f"/cho/{seat.code}")
    assert client.get(answer.location).status_code == 200  # the same browser may see the place
    assert (seat.state, seat.name, seat.phone, seat.channel) == ("seated", "Lò gạch số 1", "+84913000001", "thu-moi")
    assert client.submit(shown, having="seats").location == answer.location  # pressed twice
    client.get(link(subscriber, f"/{DAY}"))
    assert head(client) == "Bạn đã giữ chỗ kỳ này"


def test_a_second_page_leads_to_the_first_place(client: Client, subscriber: Subscriber) -> None:
    first, second = client.get(link(subscriber, f"/{DAY}")), client.get(link(subscriber, f"/{DAY}"))
    place = client.submit(first, having="seats").location
    assert client.submit(second, having="seats").location == place
    answer = client.submit(second, {"question": "Sổ thuế cũ tính sao?"}, having="seats")
    assert answer.status_code == 422
    assert "Sổ thuế cũ tính sao?" not in answer.text or "Xem chỗ của bạn" in answer.text


def test_a_question_comes_along(client: Client, subscriber: Subscriber) -> None:
    client.submit(link(subscriber, f"/{DAY}"), {"seats": "3", "question": "Điện ba pha?"}, having="seats")
    (seat,) = db.session.scalars(sa.select(SignUp)).all()
    assert seat.seats == 3
    assert [one.text for one in places.queries.questions_of(seat.id)] == ["Điện ba pha?"]


def test_somebody_elses_place_is_not_opened_by_claiming_their_phone(client: Client, meeting: Meeting) -> None:
    """Whoever subscribes with a foreign phone learns no more than at the public form, and opens nothing."""
    victim = meetings.sign_up(meeting, 1)
    thief = make.subscriber(1, phone=victim.phone)
    answer = client.submit(link(thief, f"/{DAY}"), having="seats")
    assert answer.status_code == 422
    assert victim.code not in answer.text
    assert client.get(f"/cho/{victim.code}").status_code == 403


def test_a_full_meeting_says_so_before_the_press(client: Client, subscriber: Subscriber, meeting: Meeting) -> None:
    meetings.full(meeting, waiting=3)
    shown = client.get(link(subscriber, f"/{DAY}"))
    assert "Hết chỗ, 3 người đang chờ" in shown.text
    assert [button.words for button in page(shown).all("button") if button.up("main")] == ["Có, xếp hàng chờ", "Kỳ này không"]
    client.submit(shown, having="seats")
    client.get(link(subscriber, f"/{DAY}"))
    assert head(client) == "Bạn đang trong hàng chờ"


def test_no_and_why_not(client: Client, subscriber: Subscriber) -> None:
    address = link(subscriber, f"/{DAY}")
    answer = client.submit(address, having="answer")
    assert (answer.status_code, answer.location) == (303, f"{address}/vi-sao")
    assert db.session.scalars(sa.select(Reply.answer)).all() == ["no"]
    assert client.submit(answer.location, having="why").status_code == 422
    assert "Chọn một lý do." in errors(client)
    assert client.submit(answer.location, {"why": "xa", "words": "Tận Thới Long"}, having="why").status_code == 303
    assert "Tận Thới Long" not in client.get(answer.location).text  # what was said is not shown to a forwarded link
    assert "cảm ơn" in head(client)
    assert "Đổi ý thì giữ chỗ" in client.get(address).text
    client.submit(address, having="seats")
    db.session.rollback()
    assert db.session.scalars(sa.select(Reply.answer)).all() == ["yes"]


@pytest.mark.parametrize("moment", ["cancelled", "closed", "past"])
def test_when_there_is_nothing_to_answer(
    client: Client, subscriber: Subscriber, meeting: Meeting, travel: time_machine.Traveller, moment: str
) -> None:
    address = link(subscriber, f"/{DAY}")
    before = page(client.get(address)).form(having="seats").values()
    if moment == "cancelled":
        schedule.cancel_meeting(meeting.id, "Bão số 9")
    travel.move_to({"closed": meeting.sign_up_until, "past": meeting.ends_at}.get(moment, clock.now()))
    shown = client.get(address)
    assert not [form for form in page(shown).forms if "seats" in form.names()]
    assert {"cancelled": "Bão số 9", "closed": "Đã chốt danh sách", "past": "Kỳ họp này đã qua"}[moment] in shown.text
    assert client.post(address, data=before).status_code == 422
    assert db.session.scalars(sa.select(SignUp)).all() == []


def test_a_day_that_was_moved_leads_to_the_next(client: Client, subscriber: Subscriber) -> None:
    assert client.get(link(subscriber, "/2026-11-28")).location == link(subscriber)
    assert f"{link(subscriber)}/{DAY}" in page(client.get(link(subscriber))).links()
    assert client.get(link(subscriber, "/2026-13-45")).status_code == 404


# -- somebody's place -------------------------------------------------------------------------------------------------


def test_who_did_not_come_says_why(client: Client, meeting: Meeting, travel: time_machine.Traveller) -> None:
    seat = meetings.sign_up(meeting, 1)
    address = f"/cho/{seat.code}/vi-sao"
    assert client.get(address).status_code == 403
    client.get(f"{address}?t={proof.token(seat.code)}")
    assert "chưa diễn ra xong" in client.get(address).text
    travel.move_to(meeting.ends_at + timedelta(days=2))
    assert client.submit(address, {"why": "ngai-noi"}, having="why").location == address
    assert "cảm ơn" in client.get(address).text
    assert [(one.answer, one.why) for one in db.session.scalars(sa.select(Reply))] == [("missed", "ngai-noi")]


def reserve(meeting: Meeting, number: int = 1, **facts: object) -> SignUp:
    return mailing.keep_seat(meeting.id, meetings.applicant(number, **facts), clock.now() + timedelta(days=5))


def test_a_kept_seat_is_accepted_by_one_press(client: Client, meeting: Meeting) -> None:
    seat = reserve(meeting, seats=2)
    assert db.session.get_one(Meeting, meeting.id).taken == 2
    (letter,) = make.letters(seat.about)
    assert (letter.kind, letter.polite) == ("reserved", True)
    address = letter.facts["link"].removeprefix("https://hen.example")
    assert client.get(address).status_code == 302
    shown = client.get(client.last.location)
    assert "Nhận 2 chỗ" in shown.text
    db.session.rollback()
    assert db.session.get_one(SignUp, seat.id).state == "reserved"
    assert client.submit(shown).location == f"/cho/{seat.code}"
    client.post(f"/cho/{seat.code}/nhan", data=page(shown).form().values())
    db.session.expire_all()
    assert db.session.get_one(SignUp, seat.id).state == "seated"
    assert "Bạn đã nhận chỗ" in client.get(f"/cho/{seat.code}/nhan").text


def test_a_kept_seat_is_given_back(client: Client, meeting: Meeting) -> None:
    seat = reserve(meeting)
    with client.session_transaction() as cookie:
        cookie["open"] = [seat.code]
    assert "Nhận chỗ" in client.get(f"/cho/{seat.code}").text
    places.give_up(seat.code)
    assert places.queries.oversold() == []
    assert "không còn được giữ" in client.get(f"/cho/{seat.code}/nhan").text


def test_somebody_else_comes(client: Client, meeting: Meeting) -> None:
    seat = meetings.sign_up(meeting, 1)
    with client.session_transaction() as cookie:
        cookie["open"] = [seat.code]
    assert f"/cho/{seat.code}/nguoi-khac" in page(client.get(f"/cho/{seat.code}")).links()
    address = f"/cho/{seat.code}/nguoi-khac"
    assert client.submit(address, {"contact": " "}, having="contact").status_code == 422
    for _press in range(2):
        assert client.submit(address, {"contact": "Lê Thị Bưởi"}, having="contact").status_code == 303
    db.session.expire_all()
    row = db.session.get_one(SignUp, seat.id)
    assert (row.contact, row.sequence, "le thi buoi" in row.search_key) == ("Lê Thị Bưởi", 1, True)
    waiting = [one for one in make.letters(seat.about) if one.state == "waiting"]
    assert {one.kind for one in waiting} == {"contact_changed", "reminder_week", "reminder_day"}
    assert {one.facts["contact"] for one in waiting} == {"Lê Thị Bưởi"}


# -- all of them ------------------------------------------------------------------------------------------------------


def test_the_meeting_page_leads_here(client: Client, meeting: Meeting) -> None:
    assert "/thu-moi" in page(client.get(f"/thu-bay/{DAY}")).links()
    schedule.cancel_meeting(meeting.id, "Bão")
    db.session.execute(sa.delete(Meeting).where(Meeting.state == "open"))
    db.session.commit()
    assert "/thu-moi" in page(client.get("/thu-bay")).links()


def test_five_queries_with_two_thousand_subscribers(client: Client, meeting: Meeting) -> None:
    meetings.full(meeting, waiting=30)
    make.many(2000)
    row = make.by_email("lo7@example.vn")
    seat = meetings.sign_up(meeting, 900)
    with client.session_transaction() as cookie:
        cookie["open"] = [seat.code]
    paths = ["/thu-moi", "/thu-moi/da-gui", link(row), link(row, "/thoi"), link(row, f"/{DAY}"), link(row, f"/{DAY}/vi-sao"),
             f"/cho/{seat.code}/vi-sao", f"/cho/{seat.code}/nhan", f"/cho/{seat.code}/nguoi-khac"]  # fmt: skip
    for path in paths:
        with count_queries() as seen:
            assert client.get(path).status_code == 200, path
        assert len(seen) <= 5, (path, len(seen))


def test_pages_of_one_person_are_no_business_of_search_engines(client: Client, subscriber: Subscriber) -> None:
    replies.no(subscriber.id, 1)
    pending = make.pending(2)
    for path in (link(subscriber), link(subscriber, "/thoi"), link(subscriber, f"/{DAY}"), link(subscriber, f"/{DAY}/vi-sao"),
                 link(pending, "/xac-nhan"), "/thu-moi/da-gui"):  # fmt: skip
        shown = client.get(path)
        assert re.search(r'<meta name="robots" content="noindex">', shown.text), path
    assert "noindex" not in client.get("/thu-moi").text
