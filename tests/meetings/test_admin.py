"""The officers' pages: proposed days, registrations, telephone sign-up, the programme; and who may do what."""

import secrets
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.audit import Audit
from app.db import db, transaction
from app.meetings import actions, agenda, queries
from app.meetings.agenda import Item
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.offices import actions as offices
from app.offices.models import Holiday
from app.staff.models import Officer, StaffSession
from tests.meetings import make
from tests.page import Client, count_queries, page

BASE = "/can-bo/thu-bay"
PAGE = f"{BASE}/2026-12-05"
AGENDA = f"{PAGE}/chuong-trinh"
READ = ("/", "/2026-12-05", "/2026-12-05/danh-sach", "/2026-12-05/chuong-trinh", "/2026-12-05/chuong-trinh/in")
SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(app: Flask, meeting: Meeting) -> SignIn:
    """A browser of an officer in this role."""

    def browser(role: str) -> Client:
        key = secrets.token_hex(16)
        with transaction() as session:
            officer = Officer(email=f"{key}@hen.example", name="Phan Thanh Tùng", role=role)
            session.add(officer)
            session.flush()
            session.add(StaffSession(key=key, officer_id=officer.id, started_at=clock.now(), seen_at=clock.now()))
        client = Client(app, app.response_class)
        with client.session_transaction() as kept:
            kept["_user_id"] = key
        return client

    return browser


@pytest.fixture
def office(sign_in: SignIn) -> Client:
    return sign_in("secretary")


def text(client: Client) -> str:
    return client.last.get_data(as_text=True)


def proposed() -> Meeting:
    return db.session.scalars(sa.select(Meeting).where(Meeting.rule_day == make.AFTER_NEW_YEAR)).one()


def titles(meeting: Meeting) -> list[str]:
    db.session.expire_all()
    return [item.title for item in queries.items(meeting.id)]


# -- who


def test_strangers_are_sent_to_sign_in(client: Client, meeting: Meeting) -> None:
    for path in (*READ, "/2026-12-05/dang-ky", "/2026-12-05/huy"):
        assert client.get(BASE + path).status_code == 303
    assert client.post(f"{AGENDA}/muc").status_code == 303


@pytest.mark.parametrize("role", ["counter", "reception", "leader", "secretary", "admin"])
def test_everybody_who_works_here_reads_registrations_and_programme(sign_in: SignIn, meeting: Meeting, role: str) -> None:
    row, browser = make.sign_up(meeting, question="Sổ thuế cũ?"), sign_in(role)
    for path in (*READ, f"/2026-12-05/dang-ky/{row.code}"):
        assert browser.get(BASE + path).status_code == 200


@pytest.mark.parametrize("role", ["counter", "reception", "leader"])
def test_readers_change_nothing_and_are_shown_no_buttons(sign_in: SignIn, meeting: Meeting, role: str) -> None:
    row, browser = make.sign_up(meeting), sign_in(role)
    agenda.add(meeting.id, Item("Khai mạc", 15, "office"))
    for path in (
        f"{BASE}/{proposed().id}/ngay", f"{PAGE}/huy", f"{PAGE}/dang-ky", f"{PAGE}/dang-ky/{row.code}", f"{AGENDA}/muc",
        f"{AGENDA}/muc/1", f"{AGENDA}/muc/1/len", f"{AGENDA}/muc/1/xoa", f"{AGENDA}/cong-bo", f"{AGENDA}/khung",
        f"{AGENDA}/cau-hoi/1",
    ):  # fmt: skip
        assert browser.post(path, data={"give_up": "1"}).status_code == 403, path
    for path in (*READ, f"/2026-12-05/dang-ky/{row.code}"):
        forms = page(browser.get(BASE + path)).forms
        assert [form.action for form in forms if form.method == "post" and "/thu-bay" in form.action] == []


# -- meetings


def test_the_list_shows_what_waits_for_a_decision_with_its_reason(office: Client) -> None:
    office.get(f"{BASE}/")
    for words in ("đề nghị dời sang thứ\xa0Bảy 09/01/2027", "Nằm trong đợt nghỉ dài", "Trùng ngày nghỉ", "0/20"):
        assert words in text(office), words


def test_the_list_costs_the_same_however_many_meetings(office: Client, meeting: Meeting) -> None:
    make.full(meeting, waiting=3)
    office.get(f"{BASE}/")
    with count_queries() as seen:
        office.get(f"{BASE}/")
    assert len(seen) <= 4  # the officer, meetings to come, meetings held, the catalogue's version


def test_accepting_the_proposed_day_publishes_it(office: Client, client: Client) -> None:
    assert client.get("/thu-bay/2027-01-09").status_code == 404
    form = page(office.get(f"{BASE}/")).forms
    accept = next(one for one in form if f"/{proposed().id}/ngay" in one.action)
    answer = office.post(accept.action, data=accept.values())
    assert answer.status_code == 303
    assert client.get("/thu-bay/2027-01-09").status_code == 200
    assert "officer:" in (db.session.scalars(sa.select(Audit.actor).order_by(Audit.id.desc())).first() or "")


def test_choosing_a_day_that_collides_is_refused_beside_the_field(office: Client) -> None:
    forms = page(office.get(f"{BASE}/")).forms
    other = [one for one in forms if f"/{proposed().id}/ngay" in one.action][1]
    for typed in ("2027-01-01", "2027-02-09", "hôm nào đó", "", "9999-01-01", "0001-01-01"):
        answer = office.post(other.action, data=other.values() | {"day": typed})
        assert answer.status_code == 422, typed
    assert office.post(other.action, data=other.values() | {"day": "2027-01-16"}).status_code == 303
    assert proposed().day == date(2027, 1, 16)
    late = office.post(other.action, data=other.values() | {"day": "2027-01-23"})
    assert late.status_code == 409
    assert "đã được quyết định" in text(office)


def test_an_unknown_meeting_is_a_sentence(office: Client) -> None:
    token = page(office.get(f"{BASE}/")).forms[-1].values()["csrf_token"][0]
    assert office.post(f"{BASE}/9999/ngay", data={"csrf_token": token, "day": "2027-01-16"}).status_code == 422


def test_a_published_day_that_became_a_holiday_is_pointed_out(office: Client) -> None:
    with transaction() as session:
        session.add(Holiday(day=make.SATURDAY, name="Ngày nghỉ bù"))
        offices.changed(session)
    office.get(f"{BASE}/")
    assert "Trùng ngày nghỉ: Ngày nghỉ bù." in text(office)


@pytest.mark.parametrize(
    "path", ["/2026-12-06", "/hom-nay", "/2026-99-99", "/2026-12-06/chuong-trinh", "/2026-12-05/dang-ky/TB-1"]
)
def test_what_is_not_there_is_not_found(office: Client, path: str) -> None:
    assert office.get(BASE + path).status_code == 404


def test_calling_off_asks_for_a_reason(office: Client, meeting: Meeting) -> None:
    row = make.sign_up(meeting)
    assert office.submit(f"{PAGE}/huy", {"reason": ""}, having="reason").status_code == 422
    assert office.submit(f"{PAGE}/huy", {"reason": "Bão số 9"}, having="reason").status_code == 303
    office.get(PAGE)
    assert "Bão số 9" in text(office)
    office.get(f"{PAGE}/huy")
    assert "đã huỷ" in text(office)
    assert office.get(f"{PAGE}/dang-ky/{row.code}").status_code == 200


# -- registrations


def test_registrations_are_found_without_marks_by_name_code_phone_or_tax_code(office: Client, meeting: Meeting) -> None:
    row = make.sign_up(meeting, 7, name="Cơ sở xay xát Phước Lợi", contact="Nguyễn Văn Đệ", tax_code="0100109106")
    make.sign_up(meeting, 8, name="Tiệm may Hồng Thắm", contact="Lê Thị Thắm")
    for typed in ("phuoc loi", "PHƯỚC", "de phuoc", "0912 000 007", "0100109106", row.code, row.code.lower()):
        office.get(PAGE, query_string={"tim": typed})
        assert "Phước Lợi" in text(office), typed
        assert "Hồng Thắm" not in text(office), typed
    for typed in ("%", "_", "không có ai"):
        office.get(PAGE, query_string={"tim": typed})
        assert "Không tìm thấy" in text(office), typed


def test_phones_are_masked_on_the_list_and_whole_on_the_one_place(office: Client, meeting: Meeting) -> None:
    row = make.sign_up(meeting, 7)
    office.get(PAGE)
    assert "0912 000 007" not in text(office)
    assert "0912 *** 007" in text(office)
    office.get(f"{PAGE}/dang-ky/{row.code}")
    assert "0912 000 007" in text(office)


def test_the_list_of_registrations_costs_two_queries(office: Client, meeting: Meeting) -> None:
    make.full(meeting, waiting=5)
    office.get(PAGE)
    with count_queries() as seen:
        office.get(PAGE)
    assert len(seen) <= 3  # with the officer


def test_the_attendance_list_has_who_is_seated_by_name(office: Client, meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=1)
    actions.give_up(rows[0].code)
    office.get(f"{PAGE}/danh-sach")
    shown = text(office)
    assert rows[0].code not in shown
    assert rows[20].code in shown
    names = [row.name for row in queries.attendance(meeting.id)]
    assert [shown.index(f"<td>{name}</td>") for name in names] == sorted(shown.index(f"<td>{name}</td>") for name in names)


TYPED = {"name": "Sạp vải Bé Tư", "contact": "Huỳnh Thị Bé Tư", "phone": "0918 000 111", "kind": "trader", "seats": "2"}


def test_registering_by_telephone_is_the_same_act(office: Client, meeting: Meeting) -> None:
    answer = office.submit(f"{PAGE}/dang-ky", TYPED, having="tax_code")
    assert answer.status_code == 303
    made = db.session.scalars(sa.select(SignUp)).one()
    assert (made.kind, made.seats, made.state, made.phone) == ("trader", 2, "seated", "+84918000111")
    assert office.get(answer.location).status_code == 200
    assert "0918 000 111" in text(office)
    answer = office.submit(f"{PAGE}/dang-ky", TYPED, having="tax_code")
    assert answer.status_code == 422
    assert made.code in text(office)  # an officer may know whose it is
    assert office.submit(f"{PAGE}/dang-ky", TYPED | {"phone": "12"}, having="tax_code").status_code == 422


def test_an_officer_changes_and_gives_up_for_a_caller(office: Client, meeting: Meeting) -> None:
    rows = make.full(meeting, waiting=1)
    mine = f"{PAGE}/dang-ky/{rows[0].code}"
    answer = office.submit(office.get(mine), {"seats": "3"}, having="seats")
    assert answer.status_code == 409
    assert office.submit(office.get(mine), having="give_up").status_code == 303
    db.session.expire_all()
    assert [row.state for row in queries.registrations(meeting.id)][::20] == ["given_up", "seated"]
    assert not [form for form in page(office.get(mine)).forms if "dang-ky" in form.action]


# -- agenda


def add(office: Client, **typed: str) -> None:
    known = {"title": "Thuế", "minutes": "40", "kind": "business", "unit": "", "note": ""}
    form = next(one for one in page(office.get(AGENDA)).forms if one.action == f"{AGENDA}/muc")
    assert office.post(form.action, data=form.values() | known | typed).status_code == 303


def press(office: Client, action: str) -> int:
    form = next(one for one in page(office.get(AGENDA)).forms if one.action == action)
    return office.post(action, data=form.values()).status_code


def test_a_programme_is_built_ordered_published_and_withdrawn(office: Client, client: Client, meeting: Meeting) -> None:
    unit = make.unit()
    add(office, title="Khai mạc", minutes="15", kind="office")
    add(office, title="Thuế", unit=str(unit.id))
    add(office, title="Đất đai", minutes="45")
    first, _second, third = (item.id for item in queries.items(meeting.id))
    assert press(office, f"{AGENDA}/muc/{third}/len") == 303
    assert titles(meeting) == ["Khai mạc", "Đất đai", "Thuế"]
    assert press(office, f"{AGENDA}/muc/{first}/xuong") == 303
    assert titles(meeting) == ["Đất đai", "Khai mạc", "Thuế"]
    office.get(AGENDA)
    assert "Đã xếp 100 trong 180 phút" in text(office)
    assert "Còn 80 phút trống" in text(office)
    client.get("/thu-bay/2026-12-05")
    assert "<b>Đất đai" not in text(client)
    assert press(office, f"{AGENDA}/cong-bo") == 303
    client.get("/thu-bay/2026-12-05")
    order = [text(client).index(said) for said in ("<b>Đất đai", "8:45", "Khai mạc", "9:00")]
    assert order == sorted(order)
    assert press(office, f"{AGENDA}/rut") == 303
    client.get("/thu-bay/2026-12-05")
    assert "<b>Đất đai" not in text(client)


def test_editing_and_removing_items(office: Client, meeting: Meeting) -> None:
    row, unit = make.sign_up(meeting, question="Sổ thuế cũ tính sao?"), make.unit()
    add(office)
    (item,) = queries.items(meeting.id)
    (question,) = queries.questions_of(row.id)
    agenda.assign(question.id, item.id)
    form = next(one for one in page(office.get(AGENDA)).forms if one.action == f"{AGENDA}/muc/{item.id}")
    typed = form.values() | {"title": "Thuế và hoá đơn", "minutes": "55", "unit": str(unit.id)}
    assert office.post(form.action, data=typed).status_code == 303
    db.session.expire_all()
    changed = db.session.get_one(AgendaItem, item.id, populate_existing=True)
    assert (changed.title, changed.minutes, changed.unit_id) == ("Thuế và hoá đơn", 55, unit.id)
    assert press(office, f"{AGENDA}/muc/{item.id}/xoa") == 303
    db.session.expire_all()
    assert db.session.get_one(Question, question.id, populate_existing=True).agenda_item_id is None
    assert titles(meeting) == []


@pytest.mark.parametrize(
    ("field", "value"), [("minutes", "0"), ("minutes", "x"), ("minutes", "9999"), ("title", ""), ("unit", "77"), ("kind", "?")]
)
def test_a_mistake_in_an_item_keeps_what_was_typed(office: Client, meeting: Meeting, field: str, value: str) -> None:
    add(office)
    for action in (f"{AGENDA}/muc", f"{AGENDA}/muc/{queries.items(meeting.id)[0].id}"):
        form = next(one for one in page(office.get(AGENDA)).forms if one.action == action)
        typed = form.values() | {"title": "Một mục rất riêng", "note": "ghi chú riêng"} | {field: value}
        assert office.post(action, data=typed).status_code == 422
        assert "ghi chú riêng" in text(office)
    assert titles(meeting) == ["Thuế"]


def test_questions_are_sorted_under_items_of_their_own_meeting_only(office: Client, meeting: Meeting) -> None:
    row = make.sign_up(meeting, question="Sổ thuế cũ tính sao?")
    add(office)
    (item,) = queries.items(meeting.id)
    (question,) = queries.questions_of(row.id)
    action = f"{AGENDA}/cau-hoi/{question.id}"
    form = next(one for one in page(office.get(AGENDA)).forms if one.action == action)
    assert "Câu hỏi chưa xếp (1)" in text(office)
    assert office.post(action, data=form.values() | {"item": str(item.id)}).status_code == 303
    office.get(AGENDA)
    assert "Câu hỏi chưa xếp (0)" in text(office)
    other = agenda.add(proposed().id, Item("Mục kỳ khác", 10))
    assert office.post(action, data=form.values() | {"item": str(other.id)}).status_code == 422
    assert office.post(f"{AGENDA}/cau-hoi/999", data=form.values()).status_code == 404
    assert office.post(f"{AGENDA}/muc/{other.id}/xoa", data=form.values()).status_code == 404
    assert office.post(action, data=form.values() | {"item": ""}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Question, question.id, populate_existing=True).agenda_item_id is None


def test_a_programme_longer_than_the_meeting_is_shown_but_not_published(office: Client, client: Client, meeting: Meeting) -> None:
    add(office, minutes="192")
    assert press(office, f"{AGENDA}/cong-bo") == 422
    assert "Quá 12 phút" in text(office)
    client.get("/thu-bay/2026-12-05")
    assert "Chưa công bố" in text(client)


def test_reports_that_eat_the_time_are_pointed_out(office: Client, meeting: Meeting) -> None:
    add(office, kind="office", minutes="100")
    add(office, minutes="50")
    office.get(AGENDA)
    assert "Doanh nghiệp chỉ được 33% thời gian" in text(office)


def test_starting_from_the_usual_parts_twice_adds_them_once(office: Client, meeting: Meeting) -> None:
    form = next(one for one in page(office.get(AGENDA)).forms if one.action == f"{AGENDA}/khung")
    for _press in range(2):
        assert office.post(form.action, data=form.values()).status_code == 303
    assert len(titles(meeting)) == 6
    assert press(office, f"{AGENDA}/cong-bo") == 303


def test_the_programme_page_costs_the_same_for_many_questions(office: Client, meeting: Meeting) -> None:
    add(office)
    for number in range(1, 13):
        make.sign_up(meeting, number, question=f"Câu hỏi {number}")
    office.get(AGENDA)
    with count_queries() as seen:
        office.get(AGENDA)
    assert len(seen) <= 5  # the officer, the meeting, items, questions, units


def test_a_cancelled_meeting_s_programme_stays_as_it_is(office: Client, meeting: Meeting) -> None:
    add(office)
    (item,) = queries.items(meeting.id)
    form = next(one for one in page(office.get(AGENDA)).forms if one.action == f"{AGENDA}/muc/{item.id}")
    office.submit(f"{PAGE}/huy", {"reason": "Bão số 9"}, having="reason")
    assert office.post(form.action, data=form.values() | {"title": "Khác"}).status_code == 422
    assert titles(meeting) == ["Thuế"]
