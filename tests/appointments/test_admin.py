"""The officers' day: who sees which office, what may be recorded from which screen, and the printed list; in both languages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.appointments import actions, queries
from app.appointments.models import Appointment
from app.audit import Audit
from app.db import db, transaction
from app.offices.catalogue import Catalogue
from app.outbox.models import Message
from tests import make
from tests.page import Client, count_queries, page

OTHER = "long-hung"
TODAY = "/can-bo/hom-nay?ngay=2026-12-01"
SignIn = Callable[..., Client]


@pytest.fixture
def two(app: Flask, travel: time_machine.Traveller) -> Catalogue:
    """Two offices; it is 8:30 on the Tuesday people booked for."""
    make.office(counters=2)
    catalogue = make.office(OTHER, "LH")
    book(catalogue, "2026-12-01T08:20", name="Trương Thị Mỹ Duyên", needs=["wheelchair"], note="xe lăn", email="duyen@example.vn")
    book(catalogue, "2026-12-01T08:40", name="Thạch Sa Rương")
    book(catalogue, "2026-12-01T08:20", OTHER, name="Sơn Thái Bình")
    travel.move_to(make.local("2026-12-01T08:30"))
    return catalogue


def book(catalogue: Catalogue, moment: str, slug: str = make.PLACE, **facts: object) -> str:
    phone = f"+849120{hash_of(moment + slug):05d}"
    who = make.person(**({"phone": phone} | facts))
    return actions.book(catalogue.by_slug[slug], catalogue.by_code[make.BIRTH], make.local(moment), who).code


def hash_of(text: str) -> int:
    return sum(ord(letter) * place for place, letter in enumerate(text, 1)) % 100_000


@pytest.fixture
def officer(app: Flask) -> SignIn:
    """A browser of an officer in this role, of this office or of none."""

    def browser(role: str = "counter", office_id: int | None = None) -> Client:
        client = Client(app, app.response_class)
        client.sign_in(role, office_id)
        return client

    return browser


def code_of(name: str) -> str:
    return db.session.scalars(sa.select(Appointment.code).where(Appointment.name == name)).one()


def state_of(name: str) -> str:
    db.session.rollback()
    return db.session.scalars(sa.select(Appointment.state).where(Appointment.name == name)).one()


def press(client: Client, shown: TestResponse, name: str, act: str) -> TestResponse:
    """Presses the button of this act beside this person, on a page that may be old."""
    form = next(form for form in page(shown).forms if form.action.endswith(f"/hen/{code_of(name)}/{act}"))
    return client.post(form.action, data=form.values())


DUYEN, RUONG = "Trương Thị Mỹ Duyên", "Thạch Sa Rương"


# -- seeing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "what", "where"), [("", "Đăng ký khai sinh", "UBND phường"), ("/en", "Birth registration", "ward")]
)
def test_the_day_shows_who_comes_to_which_counter(two: Catalogue, officer: SignIn, root: str, what: str, where: str) -> None:
    shown = officer().get(root + TODAY)
    assert shown.status_code == 200
    for words in (DUYEN, RUONG, "8:20", "8:40", what, where, code_of(DUYEN), "“xe lăn”"):
        assert words in shown.text, words
    assert "Sơn Thái Bình" not in shown.text
    assert "+84912" not in shown.text
    columns = [section for section in page(shown).all("section") if section.attrs.get("aria-labelledby", "").startswith("q")]
    assert len(columns) == 2
    assert sum(DUYEN in column.words for column in columns) == 1


@pytest.mark.parametrize("root", ["", "/en"])
def test_an_officer_of_one_office_sees_only_it(two: Catalogue, officer: SignIn, root: str) -> None:
    client = officer("reception", two.by_slug[OTHER].id)
    assert "Sơn Thái Bình" in client.get(f"{root}{TODAY}").text
    assert DUYEN not in client.last.text
    assert client.get(f"{root}{TODAY}&noi={OTHER}").status_code == 200
    for path in ("/can-bo/hom-nay", "/can-bo/hom-nay/in"):
        assert client.get(f"{root}{path}?ngay=2026-12-01&noi={make.PLACE}").status_code == 403
        assert DUYEN not in client.last.text


def test_an_officer_of_one_office_acts_only_there(two: Catalogue, officer: SignIn) -> None:
    everywhere, client = officer("secretary"), officer("counter", two.by_slug[OTHER].id)
    shown = everywhere.get(TODAY)
    token = page(client.get(TODAY)).form(action="/served").values()["csrf_token"]
    answer = client.post(f"/can-bo/hen/{code_of(DUYEN)}/served", data={"csrf_token": token, "seen": "booked"})
    assert answer.status_code == 403
    assert state_of(DUYEN) == "booked"
    assert press(everywhere, shown, DUYEN, "served").status_code == 303


def test_whoever_belongs_to_no_office_chooses_one(two: Catalogue, officer: SignIn) -> None:
    client = officer("secretary")
    shown = client.submit(TODAY, {"noi": OTHER}, having="noi")
    assert "Sơn Thái Bình" in shown.text
    assert DUYEN not in shown.text
    assert client.get("/can-bo/hom-nay?noi=khong-co").status_code == 404


def test_a_leader_sees_and_cannot_act(two: Catalogue, officer: SignIn) -> None:
    client = officer("leader")
    shown = client.get(TODAY)
    assert DUYEN in shown.text
    assert not [form for form in page(shown).forms if "/can-bo/hen/" in form.action]
    for act in ("arrived", "served", "missed", "undo"):
        assert client.post(f"/can-bo/hen/{code_of(DUYEN)}/{act}", data={"seen": "booked"}).status_code == 403
    assert state_of(DUYEN) == "booked"


@pytest.mark.parametrize("path", ["/can-bo/hom-nay", "/can-bo/hom-nay/in"])
def test_a_stranger_is_sent_to_sign_in(two: Catalogue, client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.location.startswith("/can-bo/dang-nhap?")) == (303, True)
    assert client.post(f"/can-bo/hen/{code_of(DUYEN)}/served", data={"seen": "booked"}).status_code == 303
    assert state_of(DUYEN) == "booked"


@pytest.mark.parametrize(
    "day", ["", "x", "2026-02-30", "9999-12-31", "0001-01-01", "2026-12-01\x00", "99999-01-01", "20261201", "2026-W49-2"]
)
def test_any_day_in_the_address_shows_a_day(two: Catalogue, officer: SignIn, day: str) -> None:
    client = officer()
    for path in ("/can-bo/hom-nay", "/can-bo/hom-nay/in", "/en/can-bo/hom-nay"):
        assert client.get(path, query_string={"ngay": day}).status_code == 200


def test_a_day_costs_as_many_queries_for_many_as_for_one(two: Catalogue, officer: SignIn) -> None:
    client = officer("secretary")
    for minute in range(20):
        moment = make.local("2026-12-01T09:00") + timedelta(minutes=20 * (minute % 6))
        if minute < 12:
            who = make.person(phone=f"+8491300{minute:04d}", name=f"Người {minute}")
            actions.book(two.by_slug[make.PLACE], two.by_code[make.BIRTH], moment, who)
    for path in (TODAY, "/can-bo/hom-nay/in?ngay=2026-12-01"):
        client.get(path)
        with count_queries() as seen:
            client.get(path)
        assert len(seen) <= 5, seen
        assert "Người 11" in client.last.text


def test_cancelled_people_are_not_on_the_list(two: Catalogue, officer: SignIn) -> None:
    actions.cancel(code_of(RUONG))
    client = officer()
    assert RUONG not in client.get(TODAY).text
    assert RUONG not in client.get("/can-bo/hom-nay/in?ngay=2026-12-01").text


@pytest.mark.parametrize("root", ["", "/en"])
def test_the_day_sheet_prints(two: Catalogue, officer: SignIn, root: str) -> None:
    shown = officer().get(f"{root}/can-bo/hom-nay/in?ngay=2026-12-01")
    assert shown.status_code == 200
    assert "print.css" in shown.text
    sheet = page(shown)
    rows = [[cell.words for cell in sheet.all("td") if cell.up("tr") is row] for row in sheet.all("tr")]
    assert [row[:2] for row in rows if row] == [["8:20", DUYEN], ["8:40", RUONG]]
    assert all(row[3].startswith("TA-") and row[4:] == ["", ""] for row in rows if row)


def test_an_empty_day_says_so(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    assert "chưa có ai hẹn" in client.get("/can-bo/hom-nay?ngay=2026-12-03").text
    assert "chưa có ai hẹn" in client.get("/can-bo/hom-nay/in?ngay=2026-12-03").text


# -- acting -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["", "/en"])
def test_came_served_and_undone(two: Catalogue, officer: SignIn, root: str) -> None:
    client = officer()
    shown = client.get(root + TODAY)
    for act, state in (("arrived", "arrived"), ("served", "served"), ("undo", "arrived"), ("undo", "booked")):
        answer = press(client, shown, DUYEN, act)
        assert answer.status_code == 303
        assert answer.location.startswith(f"{root}/can-bo/hom-nay?")
        assert answer.location.endswith(f"#{code_of(DUYEN)}")
        assert state_of(DUYEN) == state
        shown = client.get(answer.location)
    acts = db.session.scalars(sa.select(Audit.act).where(Audit.actor.startswith("officer:")).order_by(Audit.id)).all()
    assert acts == ["arrived", "served", "undone", "undone"]


def test_what_was_just_recorded_can_be_taken_back_at_the_top(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    answer = press(client, client.get(TODAY), DUYEN, "served")
    shown = client.get(answer.location)
    said = [element for element in page(shown).all("div") if element.attrs.get("role") == "status"]
    assert len(said) == 1
    assert DUYEN in said[0].words
    assert not [element for element in page(officer().get(TODAY)).all("div") if element.attrs.get("role") == "status"]


def test_did_not_come_only_once_the_time_has_come(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    shown = client.get(TODAY)
    offered = {form.action.rsplit("/", 2)[1] for form in page(shown).forms if form.action.endswith("/missed")}
    assert offered == {code_of(DUYEN)}  # 8:20 has passed, 8:40 not yet
    values = page(shown).form(action=f"{code_of(DUYEN)}/missed").values()
    early = client.post(f"/can-bo/hen/{code_of(RUONG)}/missed", data=values)
    assert early.status_code == 422
    assert "Chưa tới giờ hẹn" in early.text
    assert press(client, shown, DUYEN, "missed").status_code == 303
    assert (state_of(DUYEN), state_of(RUONG)) == ("missed", "booked")


def test_a_stale_tab_is_told_and_changes_nothing(two: Catalogue, officer: SignIn) -> None:
    one, other = officer("counter"), officer("reception")
    old = other.get(TODAY)
    press(one, one.get(TODAY), DUYEN, "served")
    mine = one.get(TODAY)
    answer = press(other, old, DUYEN, "missed")
    assert answer.status_code == 409
    alert = next(element for element in page(answer).all("div") if element.attrs.get("role") == "alert")
    assert "Người khác vừa ghi lượt này" in alert.words
    assert state_of(DUYEN) == "served"
    assert press(other, answer, DUYEN, "undo").status_code == 303  # the page that says no shows the present state
    assert press(one, mine, DUYEN, "undo").status_code == 409
    assert state_of(DUYEN) == "booked"


def test_pressed_twice_is_once(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    shown = client.get(TODAY)
    assert [press(client, shown, DUYEN, "arrived").status_code for _ in range(2)] == [303, 303]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Audit).where(Audit.act == "arrived")) == 1


@pytest.mark.parametrize("seen", ["", "cancelled", "x" * 10_000, "served"])
def test_a_state_nobody_could_have_seen_is_a_conflict(two: Catalogue, officer: SignIn, seen: str) -> None:
    client = officer()
    values = page(client.get(TODAY)).form(action=f"{code_of(DUYEN)}/served").values()
    assert client.post(f"/can-bo/hen/{code_of(DUYEN)}/served", data=values | {"seen": seen}).status_code == 409
    assert client.post(f"/can-bo/hen/{code_of(DUYEN)}/undo", data=values | {"seen": seen}).status_code == 409
    assert state_of(DUYEN) == "booked"


def test_undoing_nothing_is_refused(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    values = page(client.get(TODAY)).form(action=f"{code_of(DUYEN)}/served").values()
    answer = client.post(f"/can-bo/hen/{code_of(DUYEN)}/undo", data=values)
    assert answer.status_code == 422
    assert "Không có gì để hoàn tác" in answer.text


def test_a_stale_token_shows_the_day_again(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    answer = client.post(f"/can-bo/hen/{code_of(DUYEN)}/served", data={"seen": "booked", "csrf_token": "old"})
    assert answer.status_code == 422
    assert press(client, answer, DUYEN, "served").status_code == 303


@pytest.mark.parametrize("code", ["TA-000-000-000", "x", "%00", "%F0%9F%98%80", "1' OR 1=1 --"])
def test_an_unknown_code_is_not_found(two: Catalogue, officer: SignIn, code: str) -> None:
    client = officer()
    token = page(client.get(TODAY)).form(action=f"{code_of(DUYEN)}/served").values()["csrf_token"]
    assert client.post(f"/can-bo/hen/{code}/served", data={"csrf_token": token, "seen": "booked"}).status_code == 404
    assert client.post(f"/can-bo/hen/{code_of(DUYEN)}/exploded", data={"csrf_token": token}).status_code == 404


def test_whoever_is_served_is_not_reminded_unless_it_was_a_mistake(
    two: Catalogue, officer: SignIn, travel: time_machine.Traveller
) -> None:
    """The wrong row of tomorrow's list: taken back, its person is reminded after all."""
    travel.move_to(make.local("2026-11-30T16:00"))
    client = officer()

    def reminders() -> dict[str, str]:
        db.session.rollback()
        about = queries.by_code(code_of(DUYEN)).about
        found = db.session.execute(
            sa.select(Message.kind, Message.state).where(Message.about == about, Message.kind.startswith("reminder"))
        )
        return dict(found.tuples().all())

    answer = press(client, client.get(TODAY), DUYEN, "served")
    assert set(reminders().values()) == {"withdrawn"}
    press(client, client.get(answer.location), DUYEN, "undo")
    assert reminders() == {"reminder_day_before": "waiting", "reminder_same_day": "waiting"}


def test_undoing_after_the_hour_does_not_revive_reminders(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    answer = press(client, client.get(TODAY), DUYEN, "served")
    press(client, client.get(answer.location), DUYEN, "undo")
    due = sa.select(Message.state).where(Message.kind.startswith("reminder"), Message.recipient == "duyen@example.vn")
    assert set(db.session.scalars(due)) == {"withdrawn"}


def test_a_signed_out_officer_acts_no_more(two: Catalogue, officer: SignIn) -> None:
    client = officer()
    shown = client.get(TODAY)
    with transaction() as session:
        session.execute(sa.text("UPDATE officer SET active = false"))
    answer = press(client, shown, DUYEN, "served")
    assert (answer.status_code, 'name="password"' in answer.text) == (401, True)
    assert state_of(DUYEN) == "booked"
