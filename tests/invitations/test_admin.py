"""The officers' pages: the list and the evidence, writing down who agreed, kept seats, a meeting's fields, the export."""

import csv
import io

import pytest
import sqlalchemy as sa
from flask import Flask

from app import demo_invitations, selfcheck
from app.consent import Consent
from app.db import db, transaction
from app.invitations import actions, queries
from app.invitations.models import Subscriber
from app.meetings import queries as places
from app.meetings.models import Meeting, SignUp
from app.outbox.models import Message
from tests.invitations import make
from tests.meetings import make as meetings
from tests.page import Client, count_queries, page

LIST = "/can-bo/thu-bay/nguoi-nhan"
TYPED = {
    "name": "Lò gạch Thới Hoà", "contact": "Trần Văn Hoà", "phone": "0913 000 001", "email": "hoa@example.vn", "agree": "y",
}  # fmt: skip


@pytest.fixture
def secretary(client: Client, meeting: Meeting) -> Client:
    client.sign_in("secretary")
    return client


def names(client: Client, query: str = "") -> list[str]:
    shown = page(client.get(LIST + query))
    return [link.words for link in shown.all("a") if link.attrs.get("class") == "firm"]


def test_the_list_masks_phones_and_addresses(secretary: Client) -> None:
    make.subscriber(1, fields=("tax", "fire"))
    shown = secretary.get(LIST).text
    assert "0913 *** 001" in shown
    assert "Thuế, hoá đơn · Phòng cháy chữa cháy" in shown
    for word in ("0913 000 001", "0913000001", "+84913000001", "lo1@example.vn"):
        assert word not in shown


def test_finding_and_sorting_by_state(secretary: Client) -> None:
    make.subscriber(1, name="Lò gạch Thới Hoà")
    make.subscriber(2, name="Tiệm vàng Kim Hưng")
    actions.end(make.subscriber(3).id, "page")
    make.pending(4)
    assert names(secretary) == ["Lò gạch số 4", "Lò gạch số 3", "Tiệm vàng Kim Hưng", "Lò gạch Thới Hoà"]
    assert names(secretary, "?tim=lo+gach+THOI+hoa") == ["Lò gạch Thới Hoà"]
    assert names(secretary, "?tim=913000002") == ["Tiệm vàng Kim Hưng"]
    assert names(secretary, "?xem=da-thoi") == ["Lò gạch số 3"]
    assert names(secretary, "?xem=cho-xac-nhan") == ["Lò gạch số 4"]
    assert names(secretary, "?tim=khong+co&xem=x&trang=-4") == []
    assert "Không tìm thấy" in secretary.last.text


def test_written_down_on_the_phone_with_the_words_read_out(secretary: Client) -> None:
    shown = secretary.get(f"{LIST}/them")
    assert queries.wording().vi in shown.text
    assert secretary.submit(shown, TYPED | {"agree": None}, having="channel").status_code == 422
    assert db.session.scalars(sa.select(Subscriber)).all() == []
    answer = secretary.submit(shown, TYPED | {"channel": "phone"}, having="channel")
    row = make.by_email("hoa@example.vn")
    assert (answer.status_code, answer.location, row.state) == (303, f"{LIST}/{row.id}", "active")
    detail = secretary.get(answer.location).text
    for words in (queries.wording().vi, "qua điện thoại", "0913 000 001", "hoa@example.vn"):
        assert words in detail
    assert secretary.submit(f"{LIST}/them", TYPED, having="channel").status_code == 422
    assert "đang nhận thư mời rồi" in secretary.last.text


def test_words_that_changed_while_they_were_read_out(secretary: Client) -> None:
    answer = secretary.submit(f"{LIST}/them", TYPED | {"wording": "0"}, having="channel")
    assert answer.status_code == 409
    assert secretary.submit(answer, {"agree": "y"}, having="channel").status_code == 303  # the page has the present ones


def test_ended_by_an_officer(secretary: Client) -> None:
    row = make.subscriber()
    answer = secretary.submit(f"{LIST}/{row.id}", {"how": "phone"}, having="how")
    assert answer.status_code == 303
    shown = secretary.get(answer.location)
    assert "Đã rút lại" in shown.text
    assert [form for form in page(shown).forms if "how" in form.names()] == []
    assert db.session.scalars(sa.select(Consent.withdrawn_how)).all() == ["phone"]


def test_new_links(secretary: Client) -> None:
    row = make.subscriber()
    assert secretary.submit(f"{LIST}/{row.id}", action="lien-ket-moi").status_code == 303
    assert make.again(row).version == 2
    assert secretary.post(f"{LIST}/99/lien-ket-moi").status_code == 404


def test_the_export_is_harmless_and_has_the_evidence(secretary: Client) -> None:
    make.subscriber(1, name="=HYPERLINK(1)", contact="＠lạ")
    make.pending(2)
    answer = secretary.get(f"{LIST}.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    header, first, second = csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert len(header) == len(first) == 11
    assert (first[0], first[1], first[3]) == ("'=HYPERLINK(1)", "'＠lạ", "'+84913000001")
    assert first[7:] == ["đang nhận", "2026-11-24 09:00", "tại quầy", "1"]
    assert second[7:] == ["chờ xác nhận", "", "", ""]


def test_what_a_meeting_is_about(secretary: Client, meeting: Meeting) -> None:
    make.subscriber(1, fields=("water",))
    address = f"/can-bo/thu-bay/{meeting.day}/linh-vuc"
    assert "1 người nhận" in secretary.get(address).text
    assert secretary.submit(address, {"fields": ["tax"]}, having="fields").status_code == 303
    assert "0 người nhận" in secretary.get(address).text
    checked = [box.attrs["value"] for box in page(secretary.last).all("input") if "checked" in box.attrs]
    assert checked == ["tax"]
    assert secretary.submit(address, {"fields": ["nonsense"]}, having="fields").status_code == 422


def test_a_seat_is_kept_for_an_invited_business(secretary: Client, meeting: Meeting) -> None:
    address = f"/can-bo/thu-bay/{meeting.day}/giu-cho"
    typed = {"name": "Công ty gạo Trung An", "contact": "Lê Thị Bưởi", "seats": "2", "email": "buoi@example.vn"}
    assert secretary.submit(address, typed | {"email": ""}, having="until").status_code == 422
    assert "Ghi điện thoại hoặc thư điện tử" in secretary.last.text
    shown = secretary.get(address)
    assert page(shown).form(having="until").values()["until"] == ["2026-12-01"]
    for _press in range(2):
        assert secretary.submit(shown, typed, having="until").status_code == 303
    (seat,) = queries.reservations(meeting.id)
    assert (seat.state, seat.phone, seat.seats) == ("reserved", "", 2)
    assert seat.reserved_until.isoformat() == "2026-12-01T17:00:00+00:00"  # the whole of that day
    assert "chờ trả lời" in secretary.get(address).text
    assert secretary.submit(address, typed | {"name": "Một nơi khác"}, having="until").status_code == 303  # no phone either
    assert len(queries.reservations(meeting.id)) == 2
    assert places.oversold() == []
    secretary.submit(address, typed | {"until": "2026-11-01"}, having="until")
    assert secretary.last.status_code == 422


def test_without_an_e_mail_address_somebody_calls(secretary: Client, meeting: Meeting) -> None:
    typed = {"name": "Công ty gạo", "contact": "Lê Thị Bưởi", "phone": "0913 222 333"}
    secretary.submit(f"/can-bo/thu-bay/{meeting.day}/giu-cho", typed, having="until")
    assert db.session.scalars(sa.select(Message.channel).where(Message.kind == "reserved")).all() == ["call"]


def test_no_seat_is_kept_before_those_who_wait(secretary: Client, meeting: Meeting) -> None:
    meetings.full(meeting, waiting=1)
    typed = {"name": "Công ty gạo", "contact": "Lê Thị Bưởi", "phone": "0913 222 333"}
    assert secretary.submit(f"/can-bo/thu-bay/{meeting.day}/giu-cho", typed, having="until").status_code == 409


def test_who_may_read_and_who_may_act(client: Client, meeting: Meeting) -> None:
    row = make.subscriber()
    client.sign_in("leader")
    assert client.get(LIST).status_code == client.get(f"{LIST}/{row.id}").status_code == 200
    assert "/them" not in " ".join(page(client.get(LIST)).links())
    assert [form for form in page(client.get(f"{LIST}/{row.id}")).forms if form.element.up("main")] == []
    assert client.get(f"{LIST}.csv").status_code == client.get(f"{LIST}/them").status_code == 403
    client.sign_in("counter")
    assert client.get(LIST).status_code == 403


def test_five_queries_with_two_thousand(secretary: Client, meeting: Meeting) -> None:
    make.many(2000)
    meetings.full(meeting)
    with transaction() as session:
        session.execute(sa.update(SignUp).values(reserved_until=meeting.starts_at))
    for path in (LIST, f"{LIST}?trang=3", f"{LIST}?tim=lo+gach", f"{LIST}/them", f"{LIST}/7", f"{LIST}.csv",
                 f"/can-bo/thu-bay/{meeting.day}/linh-vuc", f"/can-bo/thu-bay/{meeting.day}/giu-cho"):  # fmt: skip
        with count_queries() as seen:
            assert secretary.get(path).status_code == 200, path
        assert len(seen) <= 5, (path, len(seen))
    assert len(names(secretary)) == 50


def test_demo_data_twice_changes_nothing(app: Flask, meeting: Meeting) -> None:
    def figures() -> list[object]:
        return [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Subscriber, Consent, Message)]

    demo_invitations.fill()
    before = figures()
    demo_invitations.fill()
    assert figures() == before == [9, 8, 9]
    assert db.session.scalars(sa.select(Subscriber.sample).distinct()).all() == [True]
    assert all(row.email.endswith("@hen.example") for row in db.session.scalars(sa.select(Subscriber)))
    assert [one.says for one in selfcheck.run() if one.broken and "agree" in one.says] == []
