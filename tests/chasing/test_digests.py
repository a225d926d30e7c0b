"""One digest a person a day: over weeks, with several schedulers, after an outage, while the clock stands."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.answers import actions as answers
from app.answers import reminding
from app.chasing import actions, queries
from app.db import db, transaction
from app.minutes import queries as minutes
from app.outbox import rendering
from app.outbox.models import Message
from app.promises import actions as promises
from app.promises.models import Promise
from app.staff.models import Officer, Unit
from tests import races
from tests.answers import make as asking
from tests.meetings import make as meetings
from tests.page import Client, page
from tests.promises import make


@pytest.fixture
def leader(app: Flask) -> Officer:
    with transaction() as session:
        session.add(officer := Officer(email="chutich@hen.example", name="Trần Quốc Thái", role="leader"))
        session.add(Officer(email="vanphong@hen.example", name="Phan Thanh Tùng", role="secretary"))
    return officer


def sent() -> list[tuple[str, date]]:
    rows = db.session.scalars(sa.select(Message).where(Message.kind == queries.DIGEST).order_by(Message.id))
    return [(row.about, date.fromordinal(row.version)) for row in rows]


def told(message: Message) -> str:
    return "\n".join(rendering.letter(message.template, message.kind, message.facts, message.locale))


def weeks(travel: time_machine.Traveller, days: int) -> None:
    """Every hour of so many days."""
    for _hour in range(days * 24):
        actions.send_digests()
        travel.shift(timedelta(hours=1))


def test_a_promise_climbs_the_ladder(promise: Promise, leader: Officer, travel: time_machine.Traveller) -> None:
    weeks(travel, 24)
    assert sent() == [
        ("unit:1", date(2026, 12, 16)),  # three working days before
        ("unit:1", date(2026, 12, 21)),  # the day
        ("unit:1", date(2026, 12, 22)),
        ("head:1", date(2026, 12, 22)),  # one late
        ("unit:1", date(2026, 12, 28)),
        ("head:1", date(2026, 12, 28)),
        (f"officer:{leader.id}", date(2026, 12, 28)),  # five late
        ("unit:1", date(2027, 1, 5)),
        ("head:1", date(2027, 1, 5)),
        (f"officer:{leader.id}", date(2027, 1, 5)),  # five more, over New Year's Day
    ]


def test_one_letter_holds_everything_of_one_person(unit: Unit, leader: Officer) -> None:
    for number in range(3):
        make.promise(unit, what=f"Việc {number}", due=date(2026, 12, 11 + number * 3))  # late, today, in three days
    other = make.unit("Cấp nước", email="capnuoc@example.vn")
    make.promise(other, what="Việc nước", due=make.TODAY)
    assert actions.send_digests() == 3
    letters = {row.about: row for row in db.session.scalars(sa.select(Message).where(Message.kind == queries.DIGEST))}
    text = told(letters[f"unit:{unit.id}"])
    assert [f"Việc {number}" in text for number in range(3)] == [True] * 3
    assert "Việc nước" not in text
    assert "1 việc trễ hẹn: Điện lực" in text
    assert "trễ 1 ngày làm việc" in text
    assert "/so-loi-hen/don-vi/" in text
    assert "Việc 0" in told(letters[f"head:{unit.id}"])
    assert "Việc 1" not in told(letters[f"head:{unit.id}"])
    assert letters[f"unit:{unit.id}"].polite


def test_many_schedulers_one_digest(app: Flask, promise: Promise, leader: Officer, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(days=8))
    assert sum(races.run(app, 6, lambda _worker: actions.send_digests())) == 2
    assert sorted(about for about, _day in sent()) == ["head:1", "unit:1"]
    trail = db.session.execute(sa.text("SELECT count(*) FROM audit WHERE act = 'chased'")).scalar()
    assert trail == 2


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 12, 20, 2, tzinfo=UTC), datetime(2026, 12, 21, 0, 29, tzinfo=UTC),
        datetime(2027, 2, 8, 2, tzinfo=UTC),
    ],
)  # fmt: skip
def test_not_on_sundays_nor_before_half_past_seven_nor_over_tet(promise: Promise, moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        assert actions.send_digests() == 0


def test_an_outage_delays_a_rung_and_skips_none(promise: Promise, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(days=3))  # the day it came near passed without a scheduler
    assert actions.send_digests() == 1
    travel.shift(timedelta(days=1))
    assert actions.send_digests() == 0


def test_a_digest_that_never_left_in_its_day_does_not_count(promise: Promise, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(days=2))
    assert actions.send_digests() == 1
    with transaction() as session:
        session.execute(sa.update(Message).values(state="late"))
    travel.shift(timedelta(days=1))
    assert actions.send_digests() == 1


def test_while_the_clock_stands_nobody_is_chased(promise: Promise, travel: time_machine.Traveller) -> None:
    promises.wait(promise.id, "Sở Công Thương", 0, "unit:1")
    weeks(travel, 20)
    assert sent() == []
    promises.resume(promise.id, "unit:1")
    weeks(travel, 7)
    assert sent()[0][0] == "unit:1"


def test_done_and_withdrawn_are_not_chased(unit: Unit, travel: time_machine.Traveller) -> None:
    make.done(make.promise(unit))
    row = make.promise(unit)
    with transaction() as session:
        promises.withdraw(session, row.id, "Nhầm")
    weeks(travel, 10)
    assert sent() == []


def test_a_unit_without_an_address_is_the_secretarys(app: Flask, leader: Officer) -> None:
    make.holidays()
    make.promise(make.unit(), due=make.TODAY)
    assert actions.send_digests() == 1
    (message,) = db.session.scalars(sa.select(Message))
    assert message.recipient == "vanphong@hen.example"
    assert "Điện lực" in told(message)
    assert "/can-bo/loi-hen/1" in told(message)


def test_who_is_their_own_head_gets_one(app: Flask) -> None:
    make.holidays()
    owner = make.unit(email="Dien@example.vn", head_email="dien@example.vn")
    make.promise(owner, due=date(2026, 12, 11))
    assert actions.send_digests() == 1


def test_a_private_promise_is_told_to_the_leader_by_number(unit: Unit, leader: Officer) -> None:
    make.promise(unit, what="Bí mật bên trong", raised="", raised_by="", public=False, due=make.TODAY)
    assert actions.send_digests() == 1
    (message,) = db.session.scalars(sa.select(Message))
    assert message.recipient == "chutich@hen.example"
    assert "Bí mật" not in told(message) + str(message.facts)
    assert "Lời hẹn riêng số 1" in told(message)


def test_the_units_token_is_not_shown_in_the_tray(client: Client, unit: Unit) -> None:
    make.promise(unit, due=make.TODAY)
    actions.send_digests()
    client.sign_in("counter")
    (number,) = db.session.scalars(sa.select(Message.id))
    text = client.get(f"/can-bo/thu/{number}").text
    assert "/so-loi-hen/don-vi/" in text
    (message,) = db.session.scalars(sa.select(Message))
    assert message.facts["link"].rsplit("/", 1)[1] not in text


def test_the_list_and_the_letter_to_print(client: Client, unit: Unit, leader: Officer, travel: time_machine.Traveller) -> None:
    client.sign_in("secretary")
    assert "Không có việc nào tới hẹn hay trễ hẹn." in client.get("/can-bo/don-doc/").text
    make.promise(unit, what="Kéo điện ba pha", due=date(2026, 12, 11))
    make.promise(unit, what="Việc còn xa", due=date(2027, 1, 15))
    shown = client.get("/can-bo/don-doc/")
    text = " ".join(page(shown).texts)
    assert "trễ 1 ngày làm việc, báo người đứng đầu" in text
    assert "Còn 1 việc chưa tới bậc nhắc nào." in text
    link = f"/can-bo/don-doc/don-vi/{unit.id}/in"
    assert link in page(shown).links()
    printed = " ".join(page(client.get(link)).texts)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Kính gửi: Điện lực", "Kéo điện ba pha",
        "11/12/2026", "Trễ 1 ngày làm việc", "Nơi nhận:", "ngày 14 tháng 12 năm 2026",
    ):  # fmt: skip
        assert part in printed, part
    assert "Việc còn xa" not in printed
    assert client.get("/can-bo/don-doc/don-vi/99/in").status_code == 404


def test_secretaries_hear_of_late_minutes_in_the_same_letter(
    unit: Unit, leader: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = minutes.Overdue(1, make.SATURDAY, date(2026, 12, 10), 2, "https://hen.example/can-bo/thu-bay/2026-12-05/bien-ban")
    monkeypatch.setattr(minutes, "overdue", lambda _now: [late])
    assert actions.send_digests() == 1
    (row,) = db.session.scalars(sa.select(Message).where(Message.kind == queries.DIGEST)).all()
    assert row.recipient == "vanphong@hen.example"
    assert "Biên bản kỳ họp thứ Bảy 05/12/2026" in told(row).replace("\xa0", " ")
    assert late.link in told(row)


def test_the_chair_hears_of_all_late_answers_in_one_digest(app: Flask, leader: Officer) -> None:
    """On the next working day, with everything else; not of units that answered, and the secretaries not at all."""
    with time_machine.travel(datetime(2026, 11, 24, 2, tzinfo=UTC), tick=False) as travel:
        meeting = meetings.meetings()
        make.holidays()
        asked = []
        for number in range(3):
            owner = asking.unit(f"Đơn vị {number}", "", f"donvi{number}@hen.example")
            question = asking.question(meeting, number + 1, asking.item(meeting, f"Mục {number}", unit_id=owner.id))
            asked.append((owner, question))
        answers.send(meeting.id, asking.DUE)
        travel.move_to(datetime(2026, 12, 3, 2, tzinfo=UTC))
        assert actions.send_digests() == 0  # due today
        answers.draft(asked[2][0].id, asked[2][1].id, answers.Said("Dùng tiếp được."), 0)
        travel.move_to(datetime(2026, 12, 4, 2, tzinfo=UTC))
        assert [actions.send_digests(), actions.send_digests()] == [1, 0]
        (row,) = db.session.scalars(sa.select(Message).where(Message.kind == queries.DIGEST)).all()
        assert row.recipient == "chutich@hen.example"
        text = told(row).replace("\xa0", " ")
        assert "Đơn vị 0 chưa trả lời cho kỳ họp thứ Bảy 05/12/2026" in text
        assert "Đơn vị 1 chưa trả lời" in text
        assert "Đơn vị 2" not in text
        assert not [word for _unit, question in asked for word in (question.text, question.name, question.code) if word in text]
        reminding.remind()
        assert "units_late" not in set(db.session.scalars(sa.select(Message.kind)))
