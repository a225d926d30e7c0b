"""What acts at the door, on paper and on the running agenda write; what the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, g

from app import selfcheck
from app.attendance import actions, paper, rules, running
from app.attendance.actions import Visitor
from app.attendance.paper import Entry, Extra
from app.audit import Audit
from app.db import db, transaction
from app.meetings import actions as places
from app.meetings import agenda, queries
from app.meetings.agenda import Item
from app.meetings.models import AgendaItem, Meeting, SignUp
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from app.staff.models import Officer
from tests.attendance import make
from tests.attendance.make import at, fresh

Traveller = time_machine.Traveller


def visitor(number: int = 77, **facts: Any) -> Visitor:
    known = {"name": f"Sạp số {number}", "contact": "Lê Thị Bảy", "phone": f"+84918{number:06d}", "request_key": f"door-{number}"}
    return Visitor(**(known | facts))


def trail(row: SignUp) -> list[str]:
    return list(db.session.scalars(sa.select(Audit.act).where(Audit.about == row.about).order_by(Audit.id)))


def facts(row: SignUp) -> tuple[str, int, int]:
    row = fresh(row)
    return row.state, row.seats, row.came


@contextmanager
def officer(app: Flask, name: str) -> Iterator[None]:
    """Acts in the name of an officer."""
    with transaction() as session:
        known = session.scalar(sa.select(Officer).where(Officer.name == name))
        if known is None:
            known = Officer(email=f"{name[-1]}@hen.example", name=name, role="reception")
            session.add(known)
    with app.test_request_context("/"):
        g._login_user = SimpleNamespace(id=known.id, is_authenticated=True)  # as Flask-Login keeps it during a request
        try:
            yield
        finally:
            del g._login_user


# -- arriving


def test_both_clocks_and_the_number_of_people_are_kept(morning: Meeting, travel: Traveller) -> None:
    row = make.sign_up(morning, seats=2)
    actions.arrive(morning.id, row.code)
    travel.shift(timedelta(minutes=5))
    actions.arrive(morning.id, row.code)  # a second press
    row = fresh(row)
    assert (row.arrived_at, row.arrival_recorded_at, row.came, row.state) == (at(7, 50), at(7, 50), 2, "seated")
    assert trail(row) == ["signed_up", "arrived"]
    actions.arrive(morning.id, row.code, 1, seen=2)
    assert (fresh(row).came, fresh(row).arrived_at, fresh(row).seats) == (1, at(7, 50), 2)
    assert trail(row)[-1] == "arrival_changed"


def test_the_trail_holds_no_name_and_no_number(morning: Meeting) -> None:
    row = actions.walk_in(morning.id, visitor())
    actions.undo(morning.id, row.code, 1)
    written = " ".join(str((line.before, line.after)) for line in db.session.scalars(sa.select(Audit)))
    assert "Sạp" not in written
    assert "918" not in written


def test_the_second_of_two_desks_is_told_who_was_faster(app: Flask, morning: Meeting, travel: Traveller) -> None:
    row = make.sign_up(morning, seats=2)
    with officer(app, "Bàn 2"):
        actions.arrive(morning.id, row.code)
        actions.arrive(morning.id, row.code)  # its own second press is none
    travel.shift(timedelta(minutes=1))
    with officer(app, "Bàn 1"), pytest.raises(Conflict, match=r"Bàn 2 vừa điểm danh Cơ sở số 1 lúc 7:50: 2 người"):
        actions.arrive(morning.id, row.code)
    with officer(app, "Bàn 1"), pytest.raises(Conflict, match="Bàn 2 vừa điểm danh"):
        actions.arrive(morning.id, row.code, 1)
    with officer(app, "Bàn 1"):
        actions.undo(morning.id, row.code, 2)
    with officer(app, "Bàn 2"), pytest.raises(Conflict, match="Bàn 1 vừa bỏ ghi"):
        actions.arrive(morning.id, row.code, 3, seen=2)
    assert trail(row) == ["signed_up", "arrived", "arrival_undone"]


def test_a_kept_seat_becomes_theirs_and_taking_it_back_keeps_it(morning: Meeting) -> None:
    row = make.reserve(morning)
    actions.arrive(morning.id, row.code)
    assert facts(row) == ("seated", 1, 1)
    actions.undo(morning.id, row.code, 1)
    assert facts(row) == ("reserved", 1, 0)
    assert fresh(morning).taken == 1


def test_more_people_than_seats_get_free_chairs_or_stand(morning: Meeting) -> None:
    first, second = make.sign_up(morning, 1), make.sign_up(morning, 2, seats=2)
    actions.arrive(morning.id, first.code, 2)
    assert facts(first) == ("seated", 2, 2)
    actions.arrive(morning.id, second.code, 3)
    assert facts(second) == ("seated", 2, 3)
    assert rules.counts(queries.present(morning.id)).standing == 1
    assert queries.oversold() == []


@pytest.mark.parametrize("came", [0, -1, 51])
def test_numbers_of_people_that_cannot_be(morning: Meeting, came: int) -> None:
    row = make.sign_up(morning)
    with pytest.raises(Refusal):
        actions.arrive(morning.id, row.code, came)
    with pytest.raises(Refusal):
        actions.walk_in(morning.id, visitor(came=came))


def test_the_door_is_shut_before_the_day_after_the_end_and_for_other_meetings(meeting: Meeting, travel: Traveller) -> None:
    row, other = make.sign_up(meeting), make.meeting(make.date(2026, 12, 6))
    for moment in (at(9, 0, make.date(2026, 12, 4)), at(11)):
        travel.move_to(moment)
        for act in (
            lambda: actions.arrive(meeting.id, row.code), lambda: actions.undo(meeting.id, row.code, 0),
            lambda: actions.walk_in(meeting.id, visitor()), lambda: actions.hand_on(meeting.id),
        ):  # fmt: skip
            with pytest.raises(Refusal):
                act()
    travel.move_to(at(7, 50))
    with pytest.raises(Refusal, match="thuộc kỳ họp"):
        actions.arrive(other.id, row.code)
    places.give_up(row.code)
    with pytest.raises(Refusal, match="đã trả chỗ"):
        actions.arrive(meeting.id, row.code)


def test_who_has_arrived_gives_nothing_up_from_the_telephone(morning: Meeting) -> None:
    row = make.sign_up(morning)
    actions.arrive(morning.id, row.code)
    for act in (lambda: places.give_up(row.code), lambda: places.change_seats(row.code, 2)):
        with pytest.raises(Refusal, match="đã ghi nơi này đến"):
            act()


# -- walk-ins, the line, chairs


def test_a_walk_in_gets_a_free_chair_once_and_a_known_phone_finds_its_row(morning: Meeting) -> None:
    row = actions.walk_in(morning.id, visitor())
    assert facts(row) == ("seated", 1, 1)
    assert actions.walk_in(morning.id, visitor()).id == row.id  # a second press
    with pytest.raises(rules.Known) as known:
        actions.walk_in(morning.id, visitor(request_key="another form"))
    assert known.value.code == row.code
    assert len(queries.registrations(morning.id)) == 1
    assert trail(row) == ["signed_up", "seated_at_door", "arrived"]
    actions.undo(morning.id, row.code, 1)
    assert (facts(row), fresh(morning).taken) == (("given_up", 1, 0), 0)


def test_nobody_overtakes_the_line_and_nobody_is_sent_away(meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 7)]  # four seated, two wait
    travel.move_to(at(7, 50))
    late = actions.walk_in(meeting.id, visitor(1))
    stands = actions.walk_in(meeting.id, visitor(2), standing=True)
    actions.arrive(meeting.id, rows[5].code)
    assert [facts(row)[0] for row in (rows[5], late, stands)] == ["waiting", "waiting", "standing"]
    places.give_up(rows[0].code)  # before the beginning: the line, whoever is at home included
    assert facts(rows[4])[0] == "seated"
    travel.move_to(at(8, 9))
    assert actions.hand_on(meeting.id) == 0
    travel.move_to(at(8, 10))
    assert actions.hand_on(meeting.id) == 3
    assert [facts(row)[0] for row in (rows[5], late, stands)] == ["seated"] * 3
    assert fresh(meeting).taken == 4
    lost = [row for row in queries.present(meeting.id) if row.handed_on_at]
    assert [row.id for row in lost] == [rows[2].id, rows[3].id, rows[4].id]  # no more than needed; the youngest first
    assert queries.oversold() == []


def test_a_late_firm_whose_seat_was_handed_on_is_let_in_like_everybody(meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 5)]
    travel.move_to(at(8, 12))
    for row in rows[:3]:
        actions.arrive(meeting.id, row.code)
    walk_in = actions.walk_in(meeting.id, visitor())
    assert (facts(walk_in)[0], facts(rows[3])[0]) == ("seated", "waiting")
    actions.arrive(meeting.id, rows[3].code, standing=True)
    assert facts(rows[3]) == ("standing", 1, 1)
    actions.undo(meeting.id, walk_in.code, 1)  # it was a mistake: the chair is theirs again
    assert (facts(rows[3])[0], fresh(meeting).taken) == ("seated", 4)
    travel.move_to(at(12))
    actions.close(meeting.id)
    assert list(queries.absent(meeting.id)) == []


def test_letting_in_without_a_chair_afterwards_and_silent_invitations_first(meeting: Meeting, travel: Traveller) -> None:
    rows, kept = [make.sign_up(meeting, number) for number in (1, 2, 3)], make.reserve(meeting)
    travel.move_to(at(8, 5))
    waits = actions.walk_in(meeting.id, visitor())
    assert facts(waits)[0] == "waiting"
    actions.arrive(meeting.id, waits.code, seen=1, standing=True)
    assert facts(waits)[0] == "standing"
    travel.move_to(at(8, 11))
    actions.hand_on(meeting.id)
    assert (facts(waits)[0], facts(kept)[0]) == ("seated", "given_up")
    assert {facts(row)[0] for row in rows} == {"seated"}


def test_acts_at_the_door_write_to_nobody(meeting: Meeting, travel: Traveller) -> None:
    row = make.sign_up(meeting)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Message))
    travel.move_to(at(7, 50))
    actions.walk_in(meeting.id, visitor())
    actions.arrive(meeting.id, row.code)
    actions.undo(meeting.id, row.code, 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == before


# -- paper


def save(meeting: Meeting, *entries: Entry, extras: tuple[Extra, ...] = (), seen: str | None = None) -> int:
    db.session.rollback()
    shown = paper.state_of(queries.present(meeting.id)) if seen is None else seen
    return paper.save(meeting.id, entries, extras, shown)


def test_the_signed_list_with_its_true_times(meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number, seats=2) for number in (1, 2, 3)]  # the third waits
    travel.move_to(at(7, 50))
    actions.arrive(meeting.id, rows[0].code)
    travel.move_to(at(14))
    entries = [Entry(rows[0].id, 2, time(7, 50)), Entry(rows[1].id, 1, time(8, 25)), Entry(rows[2].id, 1)]
    extra = Extra("extra-1", visitor(came=2), time(8, 40))
    before = paper.state_of(queries.present(meeting.id))
    assert save(meeting, *entries, extras=(extra,)) == 3
    assert [facts(row) for row in rows] == [("seated", 2, 2), ("seated", 2, 1), ("standing", 1, 1)]
    second, third = fresh(rows[1]), fresh(rows[2])
    assert (second.arrived_at, second.arrival_recorded_at) == (at(8, 25), at(14))
    assert third.arrived_at == at(8)
    walk_in = queries.of_phone(meeting.id, "+84918000077")
    assert walk_in is not None
    assert (walk_in.state, walk_in.came, walk_in.arrived_at, walk_in.signed_at) == ("standing", 2, at(8, 40), at(8, 40))
    assert save(meeting, *entries, extras=(extra,), seen=before) == 0  # the same list again, even from the old page


def test_paper_is_corrected_later_and_every_change_stands_in_the_trail(meeting: Meeting, travel: Traveller) -> None:
    row = make.sign_up(meeting, seats=2)
    travel.move_to(at(14))
    save(meeting, Entry(row.id, 2), extras=(Extra("extra-1", visitor()),))
    actions.close(meeting.id)
    assert save(meeting, Entry(row.id, 1, time(8, 30))) == 1
    assert save(meeting, Entry(row.id, 0)) == 1
    assert trail(row) == ["signed_up", "arrived", "arrival_changed", "arrival_undone"]
    lines = db.session.scalars(sa.select(Audit).where(Audit.about == row.about).order_by(Audit.id)).all()
    assert [(line.before or {}).get("came") for line in lines] == [None, 0, 2, 1]
    assert [(line.after or {}).get("came") for line in lines] == [None, 2, 1, 0]
    walk_in = queries.of_phone(meeting.id, "+84918000077")
    save(meeting, Entry(walk_in.id, 1, time(9)))
    save(meeting, Entry(walk_in.id, 0))
    assert facts(walk_in) == ("given_up", 1, 0)
    assert queries.oversold() == []


def test_an_old_list_undoes_nothing_that_others_wrote_since(meeting: Meeting, travel: Traveller) -> None:
    first, second = make.sign_up(meeting, 1), make.sign_up(meeting, 2)
    travel.move_to(at(14))
    old = paper.state_of(queries.present(meeting.id))
    save(meeting, Entry(first.id, 1))
    with pytest.raises(Conflict):
        save(meeting, Entry(first.id, 0), Entry(second.id, 1), seen=old)
    assert (facts(first)[2], facts(second)[2]) == (1, 0)


def test_one_bad_line_saves_nothing_and_names_itself(meeting: Meeting, travel: Traveller) -> None:
    first, second = make.sign_up(meeting, 1), make.sign_up(meeting, 2)
    travel.move_to(at(14))
    for entries, extras, key in (
        ([Entry(first.id, 1), Entry(second.id, 99)], (), str(second.id)),
        ([Entry(first.id, 1), Entry(second.id, 1, time(23))], (), str(second.id)),
        ([Entry(first.id, 1)], (Extra("extra-4", visitor(), time(12)),), "extra-4"),
    ):  # fmt: skip
        with pytest.raises(paper.BadLine) as bad:
            save(meeting, *entries, extras=extras)
        assert bad.value.key == key
        assert facts(first)[2] == 0
    travel.move_to(at(10))
    with pytest.raises(Refusal):
        save(meeting, Entry(first.id, 1))


def test_a_phone_on_paper_that_is_known_is_its_own_row(meeting: Meeting, travel: Traveller) -> None:
    row = make.sign_up(meeting)
    travel.move_to(at(14))
    extra = Extra("extra-1", visitor(phone=row.phone), time(8, 15))
    assert save(meeting, Entry(row.id, 0), extras=(extra,)) == 1
    assert (facts(row), fresh(row).arrived_at) == (("seated", 1, 1), at(8, 15))
    assert len(queries.registrations(meeting.id)) == 1


# -- closing


def test_only_a_person_makes_somebody_absent(meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 6)]
    kept = [make.sign_up(make.meeting(make.date(2026, 12, 12)))]
    travel.move_to(at(8, 20))
    actions.arrive(meeting.id, rows[0].code)
    actions.walk_in(meeting.id, visitor())  # on the seat of the fourth
    with pytest.raises(Refusal):
        actions.close(meeting.id)
    travel.move_to(at(14))
    assert list(queries.absent(meeting.id)) == []
    actions.close(meeting.id)
    actions.close(meeting.id)
    assert [row.id for row in queries.absent(meeting.id)] == [rows[1].id, rows[2].id, rows[3].id]  # who waited missed nothing
    assert facts(rows[3])[0] == "waiting"
    save(meeting, Entry(rows[1].id, 1))
    assert [row.id for row in queries.absent(meeting.id)] == [rows[2].id, rows[3].id]
    actions.close(meeting.id, reopen=True)
    assert list(queries.absent(meeting.id)) == list(queries.absent(kept[0].meeting_id)) == []
    acts = db.session.scalars(sa.select(Audit.act).where(Audit.about == meeting.about).order_by(Audit.id)).all()
    assert acts == ["attendance_closed", "attendance_reopened"]


# -- the running agenda


@pytest.fixture
def programme(morning: Meeting) -> list[int]:
    """Three items of twenty minutes."""
    return [agenda.add(morning.id, Item(title, 20)).id for title in ("Khai mạc", "Thuế", "Kết luận")]


def marks(meeting: Meeting) -> list[tuple[bool, bool]]:
    db.session.rollback()
    db.session.expire_all()
    return [(item.begun_at is not None, item.ended_at is not None) for item in queries.items(meeting.id)]


def test_begin_next_back_to_the_end_and_again(morning: Meeting, programme: list[int], travel: Traveller) -> None:
    one, two, three = (str(number) for number in programme)
    for act, seen in (("begin", "before"), ("next", one), ("next", two), ("next", three)):
        travel.shift(timedelta(minutes=20))
        running.steer(morning.id, act, seen)
        running.steer(morning.id, act, seen)  # a second press is no second step
    assert marks(morning) == [(True, True)] * 3
    running.steer(morning.id, "back", "done")
    assert marks(morning) == [(True, True), (True, True), (True, False)]
    running.steer(morning.id, "back", three)
    running.steer(morning.id, "back", three)
    assert marks(morning) == [(True, True), (True, False), (False, False)]
    running.steer(morning.id, "back", two)
    running.steer(morning.id, "back", one)
    assert marks(morning) == [(False, False)] * 3
    acts = db.session.scalars(sa.select(Audit.act).where(Audit.act.startswith("agenda_")).order_by(Audit.id)).all()
    assert acts == ["agenda_begin", *["agenda_next"] * 3, *["agenda_back"] * 4]


def test_a_screen_that_fell_behind_steps_nowhere(morning: Meeting, programme: list[int]) -> None:
    one, two, three = (str(number) for number in programme)
    running.steer(morning.id, "begin", "before")
    running.steer(morning.id, "next", one)
    running.steer(morning.id, "next", two)
    for act, seen in (("next", one), ("back", two), ("next", "77"), ("back", "x"), ("begin", "")):
        with pytest.raises(Conflict):
            running.steer(morning.id, act, seen)
    assert marks(morning) == [(True, True), (True, True), (True, False)]
    with pytest.raises(Refusal):
        running.steer(morning.id, "fly", three)


def test_an_item_removed_while_it_is_on_leaves_a_gap_not_a_halt(morning: Meeting, programme: list[int]) -> None:
    running.steer(morning.id, "begin", "before")
    running.steer(morning.id, "next", str(programme[0]))
    agenda.remove(programme[1])
    running.steer(morning.id, "begin", "between")
    assert marks(morning) == [(True, True), (True, False)]


def test_only_on_the_day_and_only_with_a_programme(meeting: Meeting, travel: Traveller) -> None:
    with pytest.raises(Refusal):
        running.steer(meeting.id, "begin", "before")
    travel.move_to(at(8))
    with pytest.raises(Refusal, match="chưa có mục"):
        running.steer(meeting.id, "begin", "empty")


# -- what the database refuses


@pytest.mark.parametrize(
    "values",
    [
        {"came": 1}, {"arrived_at": at(8), "arrival_recorded_at": at(8)}, {"state": "standing"},
        {"arrived_at": at(8), "arrival_recorded_at": at(8), "came": 1, "state": "given_up"}, {"arrived_at": at(8), "came": 1},
    ],
)  # fmt: skip
def test_the_database_refuses_half_an_arrival(morning: Meeting, values: dict[str, Any]) -> None:
    row = make.sign_up(morning)
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(sa.update(SignUp).where(SignUp.id == row.id).values(**values))


def test_the_database_refuses_two_items_at_once_and_an_end_without_a_beginning(morning: Meeting, programme: list[int]) -> None:
    one = sa.update(AgendaItem).where(AgendaItem.id == programme[0])
    for statement in (
        sa.update(AgendaItem).values(begun_at=at(8)), one.values(ended_at=at(8)), one.values(begun_at=at(9), ended_at=at(8)),
    ):  # fmt: skip
        with pytest.raises(sa.exc.IntegrityError), transaction() as session:
            session.execute(statement)


def test_after_a_morning_of_everything_the_house_is_in_order(meeting: Meeting, travel: Traveller) -> None:
    rows = [make.sign_up(meeting, number) for number in range(1, 7)]
    travel.move_to(at(7, 50))
    actions.walk_in(meeting.id, visitor(1))
    actions.walk_in(meeting.id, visitor(2), standing=True)
    actions.arrive(meeting.id, rows[0].code, 3)
    actions.arrive(meeting.id, rows[5].code)
    travel.move_to(at(8, 30))
    actions.hand_on(meeting.id)
    actions.undo(meeting.id, rows[0].code, 3)
    travel.move_to(at(15))
    save(meeting, Entry(rows[1].id, 2, time(8, 1)), extras=(Extra("extra-1", visitor(3), time(10)),))
    actions.close(meeting.id)
    broken = {result.says: list(result.broken) for result in selfcheck.run() if result.broken}
    assert set(broken) <= {"the catalogue has its version"}, broken
