"""The desk at the door by keyboard only, walk-ins, undo, the paper list, the chair's screen; who may see and do what."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.attendance import actions, running
from app.db import db, transaction
from app.meetings import actions as places
from app.meetings import agenda, queries
from app.meetings.agenda import Item
from app.meetings.models import Meeting, Question, SignUp
from tests.attendance import make
from tests.attendance.make import at, fresh
from tests.meetings import make as business
from tests.page import Client, Element, count_queries, page

Traveller = time_machine.Traveller
PAGE = "/can-bo/thu-bay/2026-12-05"
DOOR, PAPER, LIVE = f"{PAGE}/diem-danh", f"{PAGE}/diem-danh/giay", f"{PAGE}/dieu-hanh"


def browser(app: Flask, role: str) -> Client:
    client = Client(app, app.response_class)
    client.sign_in(role)
    return client


def text(client: Client) -> str:
    return " ".join(client.last.get_data(as_text=True).split())


def focused(client: Client) -> Element:
    (found,) = [element for element in page(client.last).elements if "autofocus" in element.attrs]
    return found


def enter(client: Client, typed: str, **more: Any) -> int:
    """Types, Enter, Enter: what a person with a keyboard or a scanner does."""
    assert client.get(DOOR).status_code == 200
    assert focused(client).attrs["name"] == "tim"
    assert client.get(DOOR, query_string={"tim": typed}).status_code == 200
    button = focused(client)
    assert button.tag == "button", typed
    form = next(form for form in page(client.last).forms if any(one.attrs == button.attrs for one in form.controls))
    return client.post(form.action, data=form.values() | more).status_code


# -- who


def test_who_reads_who_acts_and_who_sees_no_buttons(app: Flask, morning: Meeting) -> None:
    row = make.sign_up(morning)
    for role in ("counter", "reception", "secretary", "admin", "leader"):
        client = browser(app, role)
        assert client.get(f"{DOOR}?tim={row.code}").status_code == 200
        acts = [form.action for form in page(client.last).forms if form.method == "post" and "/thu-bay" in form.action]
        assert bool(acts) == (role != "leader")
        assert client.get(LIVE).status_code == (200 if role in {"secretary", "admin", "leader"} else 403)
        assert client.get(PAPER).status_code == (403 if role == "leader" else 200)
    leader = browser(app, "leader")
    for path in ("", "/hoan-tac", "/vang-lai", "/nhuong-cho", "/chot", "/giay"):
        assert leader.post(DOOR + path).status_code == 403
    assert browser(app, "reception").post(f"{DOOR}/chot").status_code == 403
    assert browser(app, "reception").post(LIVE).status_code == 403


@pytest.mark.parametrize("path", [DOOR, PAPER, LIVE])
def test_a_day_without_a_meeting_is_not_found(app: Flask, morning: Meeting, path: str) -> None:
    client = browser(app, "secretary")
    for day in ("2026-12-06", "2026-13-01", "hom-nay"):
        assert client.get(path.replace("2026-12-05", day)).status_code == 404


# -- the door


def test_scan_enter_and_the_field_is_ready_for_the_next(desk: Client, morning: Meeting) -> None:
    row = make.sign_up(morning, name="Cơ sở xay xát Phước Lợi", seats=2, tax_code="1800278630")
    assert enter(desk, f"https://hen.example/en/cho/{row.code}?t=abc") == 303
    desk.get(DOOR)
    assert focused(desk).attrs["name"] == "tim"
    assert focused(desk).attrs["value"] == ""
    assert "Mời Cơ sở xay xát Phước Lợi" in text(desk)
    assert "2 người, có chỗ ngồi" in text(desk)
    assert (fresh(row).came, fresh(row).arrived_at) == (2, at(7, 50))


@pytest.mark.parametrize("typed", ["phuoc loi", "0912 000 001", "1800278630"])
def test_whatever_names_one_business_brings_its_row_at_once(desk: Client, morning: Meeting, typed: str) -> None:
    row = make.sign_up(morning, name="Cơ sở xay xát Phước Lợi", tax_code="1800278630")
    make.sign_up(morning, 2, name="Tiệm may Hồng Thắm")
    assert enter(desk, typed, came="2") == 303
    assert fresh(row).came == 2


def test_several_are_a_short_list_with_who_comes(desk: Client, morning: Meeting) -> None:
    rows = [make.sign_up(morning, number, name=f"Sạp vải {number}", contact=f"Lê Thị {number}") for number in (1, 2)]
    desk.get(f"{DOOR}?tim=sap+vai")
    links = [link for link in page(desk.last).links() if "tim=" in link]
    assert [link.rpartition("=")[2] for link in links] == [row.code for row in rows]
    assert "Lê Thị 2" in text(desk)
    assert focused(desk).attrs["value"] == "sap vai"
    assert "0912 000 001" not in text(desk)
    assert "0912 *** 001" in text(desk)


def test_looking_writes_nothing(desk: Client, morning: Meeting) -> None:
    row = make.sign_up(morning)
    for typed in (row.code, "z", "co so", "không có ai"):
        desk.get(DOOR, query_string={"tim": typed})
    assert fresh(row).arrived_at is None


def test_who_is_unknown_is_asked_three_things_with_what_was_typed(desk: Client, morning: Meeting) -> None:
    desk.get(DOOR, query_string={"tim": "Sạp cá Năm Lành"})
    assert "“Sạp cá Năm Lành” chưa đăng ký kỳ này" in text(desk)
    assert focused(desk).attrs["name"] == "contact"
    form = page(desk.last).form(having="contact")
    typed = [one for one in form.controls if one.tag == "input" and one.attrs.get("type", "text") in {"text", "tel"}]
    assert [one.attrs["name"] for one in typed] == ["name", "contact", "phone"]
    assert form.values()["name"] == ["Sạp cá Năm Lành"]
    answer = desk.submit(desk.last, {"contact": "Nguyễn Thị Lành", "phone": "12"}, having="contact")
    assert answer.status_code == 422
    assert page(answer).form(having="contact").values()["contact"] == ["Nguyễn Thị Lành"]
    assert desk.submit(answer, {"phone": "0918 000 001"}, having="contact").status_code == 303
    made = db.session.scalars(sa.select(SignUp)).one()
    assert (made.state, made.came, made.phone, made.contact) == ("seated", 1, "+84918000001", "Nguyễn Thị Lành")
    desk.get(f"{DOOR}?tim=0999+888+777")
    assert page(desk.last).form(having="contact").values()["phone"] == ["0999 888 777"]


def test_the_same_phone_finds_its_row_instead_of_a_second(desk: Client, morning: Meeting) -> None:
    row = make.sign_up(morning)
    form = page(desk.get(f"{DOOR}?tim=nguoi+la")).form(having="contact")
    typed = form.values() | {"name": "Người lạ", "contact": "Người lạ", "phone": "0912 000 001"}
    answer = desk.post(form.action, data=typed)
    assert (answer.status_code, answer.location) == (303, f"{DOOR}?tim={row.code}")
    desk.get(answer.location)
    assert "Cơ sở số 1" in text(desk)
    assert len(queries.registrations(morning.id)) == 1


def test_who_gave_up_and_comes_is_asked_nothing_twice(desk: Client, morning: Meeting) -> None:
    row = make.sign_up(morning)
    places.give_up(row.code)
    desk.get(f"{DOOR}?tim={row.code}")
    assert "đã trả chỗ, nay đến" in text(desk)
    assert desk.submit(desk.last, having="contact").status_code == 303
    assert [one.state for one in queries.registrations(morning.id)] == ["given_up", "seated"]


def test_a_code_of_another_meeting_and_a_mistyped_one_are_explained(desk: Client, morning: Meeting) -> None:
    other = make.sign_up(make.meeting(make.date(2026, 12, 12)))
    desk.get(f"{DOOR}?tim={other.code}")
    assert "Mã này của kỳ họp thứ Bảy 12/12/2026" in text(desk).replace("\xa0", " ")
    assert f"/can-bo/thu-bay/2026-12-12/diem-danh?tim={other.code}" in page(desk.last).links()
    assert other.name not in text(desk)
    desk.get(f"{DOOR}?tim={other.code[:-1]}{(int(other.code[-1]) + 1) % 10}")
    assert "gõ sai một số" in text(desk)


def test_z_and_the_button_take_the_last_one_back(desk: Client, morning: Meeting) -> None:
    rows = [make.sign_up(morning, number) for number in (1, 2)]
    for row in rows:
        assert enter(desk, row.code) == 303
    assert enter(desk, "z") == 303
    assert [fresh(row).came for row in rows] == [1, 0]
    shown = desk.get(DOOR)
    assert "Mời Cơ sở" not in text(desk)
    form = next(form for form in page(shown).forms if form.action == f"{DOOR}/hoan-tac")
    assert desk.post(form.action, data=form.values()).status_code == 303
    assert desk.post(form.action, data=form.values()).status_code == 303  # twice is once
    assert [fresh(row).came for row in rows] == [0, 0]


def test_every_row_of_the_list_can_be_ticked_and_taken_back(desk: Client, morning: Meeting) -> None:
    rows = [make.sign_up(morning, number) for number in (1, 2, 3)]

    def press(action: str, code: str) -> int:
        shown = page(desk.get(DOOR))
        form = next(one for one in shown.forms if one.action == action and one.values().get("code") == [code])
        return desk.post(form.action, data=form.values()).status_code

    for row in rows:
        assert press(DOOR, row.code) == 303
    assert press(f"{DOOR}/hoan-tac", rows[1].code) == 303
    assert [fresh(row).came for row in rows] == [1, 0, 1]


def test_a_stale_screen_is_told_who_was_faster(app: Flask, desk: Client, morning: Meeting, travel: Traveller) -> None:
    row, other = make.sign_up(morning), browser(app, "counter")
    form = next(one for one in page(other.get(f"{DOOR}?tim={row.code}")).forms if {"came", "code"} <= one.names())
    travel.move_to(at(7, 52))
    assert enter(desk, row.code) == 303
    travel.move_to(at(7, 53))
    assert other.post(form.action, data=form.values()).status_code == 409
    assert "Nguyễn Thị Út vừa điểm danh Cơ sở số 1 lúc 7:52: 1 người." in text(other)
    assert "đến 7:52" in text(other)
    assert fresh(row).came == 1


def test_counts_on_top(desk: Client, meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 6)]
    travel.move_to(at(7, 50))
    actions.arrive(meeting.id, rows[0].code, 2)
    actions.arrive(meeting.id, rows[4].code)
    shown = page(desk.get(DOOR))
    numbers = [element.words for element in shown.all("dd")]
    assert numbers == ["4", "3", "3", "1", "1"]  # seats, came, still to come, standing, waiting at the door


def test_waiting_at_the_door_and_seats_handed_on(desk: Client, meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 6)]
    travel.move_to(at(7, 50))
    desk.get(f"{DOOR}?tim={rows[4].code}")
    assert "Từ 8:10 được nhường chỗ" in text(desk)
    assert enter(desk, rows[4].code) == 303
    assert fresh(rows[4]).state == "waiting"
    desk.get(DOOR)
    assert "Chờ chỗ ở cửa (1)" in text(desk)
    travel.move_to(at(8, 10))
    shown = desk.get(DOOR)
    assert "Có chỗ cho 1 nơi" in text(desk)
    assert desk.submit(shown, action="/nhuong-cho").status_code == 303
    assert (fresh(rows[4]).state, fresh(rows[3]).state) == ("seated", "waiting")
    desk.get(DOOR)
    assert "chưa đến, đã nhường chỗ 8:10" in text(desk)


def test_let_in_standing_in_one_step_or_afterwards(desk: Client, meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 7)]
    travel.move_to(at(7, 50))
    assert enter(desk, rows[4].code, stand="1") == 303
    assert enter(desk, rows[5].code) == 303
    form = next(one for one in page(desk.get(DOOR)).forms if one.values().get("stand"))
    assert desk.post(form.action, data=form.values()).status_code == 303
    assert [fresh(row).state for row in rows[4:]] == ["standing", "standing"]
    desk.get(DOOR)
    assert "1 người, vào đứng." in text(desk)


def test_the_number_of_people_is_corrected_on_the_row(desk: Client, morning: Meeting) -> None:
    row = make.sign_up(morning, seats=2)
    assert enter(desk, row.code) == 303
    form = next(one for one in page(desk.get(f"{DOOR}?tim={row.code}")).forms if {"came", "code"} <= one.names())
    assert desk.post(form.action, data=form.values() | {"came": "1"}).status_code == 303
    assert fresh(row).came == 1
    for wrong in ("0", "99", "x", "-1", ""):
        assert desk.post(form.action, data=form.values() | {"came": wrong}).status_code in {422, 409}, wrong
    assert fresh(row).came == 1


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(9, 0, make.date(2026, 12, 1)), "Điểm danh mở từ sáng"),
        (at(7, 50), "In danh sách trước"),
        (at(11), "Kỳ họp đã xong."),
    ],
)
def test_the_page_says_where_it_stands(app: Flask, meeting: Meeting, travel: Traveller, moment: Any, words: str) -> None:
    make.sign_up(meeting)
    travel.move_to(moment)
    desk = browser(app, "reception")
    desk.get(DOOR)
    assert words in text(desk)
    assert f"{PAGE}/danh-sach" in page(desk.last).links()
    assert bool([form for form in page(desk.last).forms if form.action == DOOR and form.method == "post"]) == (
        moment == at(7, 50)
    )
    assert "Mất mạng: ghi lên danh sách giấy" in text(desk)


def test_the_door_costs_five_queries_with_five_hundred_places(app: Flask, desk: Client, morning: Meeting) -> None:
    with transaction() as session:
        session.execute(sa.update(Meeting).values(capacity=400))
        for number in range(500):
            row = places.new(session, morning, business.applicant(number, name=f"Cơ sở {number % 50}"), at(6))
            row.state, row.line = ("seated", None) if number < 400 else ("waiting", number)
            session.add(row)
        session.execute(sa.update(Meeting).values(taken=400, last_line=500))
    code = queries.active(morning.id)[7].code
    actions.arrive(morning.id, code)
    foreign = make.sign_up(make.meeting(make.date(2026, 12, 12))).code
    for address in (DOOR, f"{DOOR}?tim={code}", f"{DOOR}?tim=co+so", f"{DOOR}?tim=zzz", f"{DOOR}?tim={foreign}"):
        desk.get(address)
        with count_queries() as seen:
            desk.get(address)
        assert len(seen) <= 5, (address, len(seen))


# -- an officer's own telephone


def test_scanning_a_seat_with_the_own_telephone_leads_to_the_door(app: Flask, client: Client, morning: Meeting) -> None:
    row, officer = make.sign_up(morning), browser(app, "reception")
    assert officer.get(f"/cho/{row.code}").status_code == 403
    (link,) = [link for link in page(officer.last).links() if "diem-danh" in link]
    answer = officer.get(link)
    assert (answer.status_code, answer.location) == (302, f"{DOOR}?tim={row.code}")
    assert enter(officer, row.code) == 303
    client.get(f"/cho/{row.code}")
    assert "diem-danh" not in text(client)
    assert officer.get("/can-bo/thu-bay/diem-danh").location == DOOR
    assert officer.get("/can-bo/thu-bay/diem-danh?tim=TB-000-000-000").status_code == 302
    with transaction() as session:
        session.execute(sa.update(Meeting).values(state="cancelled"))
    assert officer.get("/can-bo/thu-bay/diem-danh").location == "/can-bo/thu-bay/"


def test_links_lead_here_on_the_day(app: Flask, morning: Meeting) -> None:
    client = browser(app, "secretary")
    assert DOOR in page(client.get(PAGE)).links()
    assert {DOOR, LIVE} <= set(page(client.get("/can-bo/thu-bay/")).links())


def test_the_printed_list_marks_kept_seats_and_has_the_line(desk: Client, meeting: Meeting) -> None:
    rows = [make.sign_up(meeting, number) for number in (1, 2, 3)]
    kept, waits = make.reserve(meeting), make.sign_up(meeting, 9)
    desk.get(f"{PAGE}/danh-sach")
    shown = text(desk)
    assert all(row.code in shown for row in (*rows, kept, waits))
    assert shown.index(kept.code) < shown.index("Hàng chờ, theo thứ tự") < shown.index(waits.code)
    assert shown.count("(khách mời)") == 1


# -- paper


def test_the_whole_list_at_once_from_paper(app: Flask, meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number, seats=2) for number in (1, 2)]
    travel.move_to(at(7, 52))
    client = browser(app, "secretary")
    actions.arrive(meeting.id, rows[0].code)
    client.get(PAPER)
    assert "sau khi họp xong" in text(client)
    assert [form for form in page(client.last).forms if form.action == PAPER] == []
    travel.move_to(at(14))
    client = browser(app, "secretary")
    form = page(client.get(PAPER)).form(PAPER)
    one, two = (row.id for row in rows)
    shown = form.values()
    assert (shown[f"here-{one}"], shown[f"came-{one}"], shown[f"at-{one}"]) == (["1"], ["2"], ["07:52"])
    assert f"here-{two}" not in shown
    extra = {"name-extra-2": "Sạp cá Năm", "contact-extra-2": "Lê Thị Năm", "phone-extra-2": "0918 000 001", "at-extra-2": "8h40"}
    typed = shown | extra | {f"here-{two}": "1", f"came-{two}": "1", f"at-{two}": "8:25"}
    for _press in range(2):
        assert client.post(PAPER, data=typed).status_code == 303
    assert [fresh(row).came for row in rows] == [2, 1]
    assert (fresh(rows[0]).arrived_at, fresh(rows[1]).arrived_at) == (at(7, 52), at(8, 25))
    walk_in = queries.of_phone(meeting.id, "+84918000001")
    assert walk_in is not None
    assert (walk_in.came, walk_in.arrived_at) == (1, at(8, 40))
    assert len(queries.registrations(meeting.id)) == 3


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("at-{}", "25:00", "Giờ ghi như 8:05"), ("at-{}", "23:00", "sau lúc họp xong"), ("came-{}", "0", "từ 1 đến 50"),
        ("came-{}", "năm", "từ 1 đến 50"), ("name-extra-3", "Sạp cá", "Ghi tên nơi đến và người đến"),
        ("name-extra-3", "x" * 300, "Ghi tên nơi đến"), ("phone-extra-3", "12", "Ghi tên nơi đến"),
    ],
)  # fmt: skip
def test_a_bad_line_keeps_everything_typed_and_leads_to_itself(
    app: Flask, meeting: Meeting, travel: Traveller, field: str, value: str, words: str
) -> None:
    row = make.sign_up(meeting)
    travel.move_to(at(14))
    client = browser(app, "reception")
    name = field.format(row.id)
    extra = {"name-extra-5": "Sạp vải", "contact-extra-5": "Chữ đã gõ", "phone-extra-5": "0918 000 001"}
    typed = page(client.get(PAPER)).form(PAPER).values() | extra | {f"here-{row.id}": "1", name: value}
    answer = client.post(PAPER, data=typed)
    assert answer.status_code == 422
    assert words in text(client)
    shown = page(answer).form(PAPER).values()
    assert (shown[name], shown["contact-extra-5"], shown[f"here-{row.id}"]) == ([value], ["Chữ đã gõ"], ["1"])
    assert fresh(row).came == 0


def test_two_secretaries_with_one_list(app: Flask, meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in (1, 2)]
    travel.move_to(at(14))
    first, second = browser(app, "secretary"), browser(app, "reception")
    old = page(second.get(PAPER)).form(PAPER).values()
    mine = page(first.get(PAPER)).form(PAPER).values() | {f"here-{rows[0].id}": "1"}
    assert first.post(PAPER, data=mine).status_code == 303
    answer = second.post(PAPER, data=old | {f"here-{rows[1].id}": "1"})
    assert answer.status_code == 409
    assert "Người khác vừa sửa danh sách này" in text(second)
    assert "đến 8:00" in text(second)  # what stands now, beside what was typed
    again = page(answer).form(PAPER).values()
    assert again[f"here-{rows[1].id}"] == ["1"]
    assert second.post(PAPER, data=again | {f"here-{rows[0].id}": "1"}).status_code == 303
    assert [fresh(row).came for row in rows] == [1, 1]


def test_closing_and_reopening(app: Flask, meeting: Meeting, travel: Traveller) -> None:
    make.sign_up(meeting)
    travel.move_to(at(14))
    client = browser(app, "secretary")
    assert client.submit(client.get(DOOR), action="/chot").status_code == 303
    client.get(DOOR)
    assert "Đã chốt điểm danh lúc 14:00" in text(client)
    assert len(queries.absent(meeting.id)) == 1
    assert client.submit(client.last, action="/chot").status_code == 303
    assert list(queries.absent(meeting.id)) == []


def test_paper_costs_five_queries_however_long_the_list(app: Flask, meeting: Meeting, travel: Traveller) -> None:
    for number in range(60):
        make.sign_up(meeting, number)
    travel.move_to(at(14))
    client = browser(app, "secretary")
    client.get(PAPER)
    with count_queries() as seen:
        client.get(PAPER)
    assert len(seen) <= 5


# -- the chair's screen


@pytest.fixture
def running_meeting(meeting: Meeting, travel: Traveller) -> Meeting:
    """Three items, three kinds of question under the second, of two businesses here and one that is not; it is 8:30."""
    unit = business.unit()
    items = [agenda.add(meeting.id, Item(title, 20, unit_id=unit.id)) for title in ("Khai mạc", "Thuế", "Kết luận")]
    for number, openness in enumerate(("named", "hidden", "private"), 1):
        row = make.sign_up(meeting, number, name=f"Lò gạch {openness}", question=f"Câu {openness}?", openness=openness)
        (question,) = queries.questions_of(row.id)
        if openness == "private":  # became so after it was sorted
            with transaction() as session:
                session.get_one(Question, question.id).agenda_item_id = items[1].id
        else:
            agenda.assign(question.id, items[1].id)
    travel.move_to(at(7, 50))
    for row in queries.active(meeting.id)[1:]:
        actions.arrive(meeting.id, row.code)
    travel.move_to(at(8))
    running.steer(meeting.id, "begin", "before")
    travel.move_to(at(8, 26))
    running.steer(meeting.id, "next", str(items[0].id))
    travel.move_to(at(8, 30))
    return meeting


def test_the_screen_shows_time_used_delay_and_what_comes(app: Flask, running_meeting: Meeting) -> None:
    client = browser(app, "leader")
    client.get(LIVE)
    for words in (
        '<h2 id="dang">Thuế</h2>', "<b>4</b> / 20 phút", "còn 16 phút", "Trễ 6 phút", "Kết luận", "khoảng 8:46",
        "Đúng lúc <b>8:30</b>", "xong 8:26", "Chi cục Thuế",
    ):  # fmt: skip
        assert words.replace("\xa0", " ") in text(client).replace("\xa0", " "), words


def test_names_and_private_questions_on_the_screen(app: Flask, running_meeting: Meeting) -> None:
    leader, secretary = browser(app, "leader"), browser(app, "secretary")
    leader.get(LIVE)
    assert "Câu private?" in text(leader)
    assert "chỉ lãnh đạo đọc, đừng chiếu lên" in text(leader)
    secretary.get(LIVE)
    assert "Câu private?" not in text(secretary)
    assert "và 1 câu chỉ lãnh đạo đọc" in text(secretary)
    for client in (leader, secretary):
        markup = client.last.get_data(as_text=True)
        assert "Lò gạch named" in markup
        assert "Lò gạch hidden" not in markup
        assert "Lò gạch private" not in markup
        assert "0912" not in markup
    shown = [one.words for one in page(leader.last).all("li") if "Câu" in one.words]
    assert [("có mặt" in one, "chưa thấy đến" in one) for one in shown] == [(False, True), (True, False), (True, False)]
    admin = browser(app, "admin")
    admin.get(LIVE)
    assert "Câu private?" not in text(admin)


def test_asked_again_it_answers_304_until_something_changes(app: Flask, running_meeting: Meeting, travel: Traveller) -> None:
    client = browser(app, "leader")
    tag = client.get(LIVE).headers["ETag"]
    travel.shift(timedelta(seconds=20))
    again = client.get(LIVE, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with count_queries() as seen:
        client.get(LIVE, headers={"If-None-Match": tag})
    assert len(seen) <= 5
    assert browser(app, "secretary").get(LIVE, headers={"If-None-Match": tag}).status_code == 200
    assert client.get("/en" + LIVE, headers={"If-None-Match": tag}).status_code == 200
    actions.arrive(running_meeting.id, queries.active(running_meeting.id)[0].code)  # an asker comes in
    answer = client.get(LIVE, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    travel.move_to(at(8, 31))
    assert client.get(LIVE, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_a_compressed_screen_answers_304_too(app: Flask, running_meeting: Meeting) -> None:
    client, zipped = browser(app, "leader"), {"Accept-Encoding": "gzip"}
    with app.test_client() as plain:
        plain.set_cookie("hen", client.get_cookie("hen").value)
        tag = plain.get(LIVE, headers=zipped).headers["ETag"]
        assert plain.get(LIVE, headers=zipped | {"If-None-Match": tag}).status_code == 304


def test_begin_next_and_back_by_buttons(app: Flask, running_meeting: Meeting) -> None:
    client = browser(app, "secretary")

    def press(act: str, shown: Any = None) -> int:
        forms = page(shown or client.get(LIVE)).forms
        form = next(one for one in forms if one.values().get("act") == [act])
        return client.post(form.action, data=form.values()).status_code

    old = client.get(LIVE)
    assert press("next") == 303
    assert press("next", old) == 303  # a second press of the same screen
    assert press("back", old) == 409
    assert "màn hình này đã cũ" in text(client)
    assert press("next") == 303
    client.get(LIVE)
    assert "Đã xong chương trình" in text(client)
    for _step in range(4):
        assert press("back") == 303
    client.get(LIVE)
    assert "Chưa bắt đầu" in text(client)
    assert press("begin") == 303


def test_on_other_days_it_is_only_read(app: Flask, meeting: Meeting) -> None:
    client = browser(app, "leader")
    client.get(LIVE)
    assert "Chương trình chưa có mục nào" in text(client)
    agenda.add(meeting.id, Item("Khai mạc", 20))
    client.get(LIVE)
    assert "Chưa bắt đầu" in text(client)
    assert [form for form in page(client.last).forms if form.action == LIVE] == []


def test_the_screen_costs_five_queries_with_two_hundred_questions(app: Flask, running_meeting: Meeting) -> None:
    client, item = browser(app, "leader"), queries.items(running_meeting.id)[1]
    row = queries.active(running_meeting.id)[0]
    with transaction() as session:
        for number in range(200):
            session.add(
                Question(
                    code=f"CH-{number}", meeting_id=running_meeting.id, agenda_item_id=item.id, text=f"Câu {number}",
                    name=row.name, contact=row.contact, phone=row.phone, filed_at=at(6), sign_up_id=row.id,
                )
            )  # fmt: skip
    client.get(LIVE)
    with count_queries() as seen:
        client.get(LIVE)
    assert len(seen) <= 5
