"""Hold, book, move, cancel, and what an officer records, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.appointments import actions, queries, rules
from app.appointments.models import Appointment, Claim, Hold
from app.audit import Audit
from app.db import db, transaction
from app.offices.catalogue import Catalogue
from app.outbox.models import Message
from app.refusal import Conflict, Refusal
from tests import make

AT_820 = make.local("2026-12-01T08:20")
AT_840 = make.local("2026-12-01T08:40")


def pair(catalogue: Catalogue) -> tuple[Any, Any]:
    return catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]


def book(catalogue: Catalogue, moment: Any = AT_820, **facts: Any) -> Appointment:
    return actions.book(*pair(catalogue), moment, make.person(**facts))


def rows(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def free_times(catalogue: Catalogue) -> list[str]:
    office, procedure = pair(catalogue)
    taken = queries.claimed([office], make.TUESDAY, make.TUESDAY, clock.now())[office.id].days
    bookable = rules.window(office, clock.now())
    times = rules.times(catalogue, office, procedure, make.TUESDAY, taken.get(make.TUESDAY, {}), bookable)
    return [clock.local(rules.moment_at(make.TUESDAY, index)).strftime("%H:%M") for index in times]


def test_booking_writes_a_claim_for_every_five_minutes_and_its_messages(place: Catalogue) -> None:
    made = book(place, email="duyen@example.vn")
    assert rows(Claim) == 4
    kinds = db.session.scalars(sa.select(Message.kind).order_by(Message.due_at)).all()
    assert kinds == ["booked", "reminder_day_before", "reminder_same_day"]
    assert made.code.startswith("TA-")
    assert db.session.scalars(sa.select(Audit.act)).all() == ["booked"]


def test_the_same_time_again_is_a_conflict_and_leaves_nothing(place: Catalogue) -> None:
    book(place)
    with pytest.raises(Conflict):
        book(place, phone="+84912345679")
    assert (rows(Appointment), rows(Claim), rows(Message)) == (1, 4, rows(Message))


def test_an_overlapping_visit_is_a_conflict(place: Catalogue) -> None:
    book(place)
    with pytest.raises(Conflict):
        book(place, make.local("2026-12-01T08:30"), phone="+84912345679")


def test_the_database_itself_refuses_a_second_claim(place: Catalogue) -> None:
    made = book(place)
    tick = rules.tick_of(AT_820)
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(sa.insert(Claim).values(counter_id=made.counter_id, tick=tick, appointment_id=made.id))


@pytest.mark.parametrize(
    "moment",
    ["2026-11-30T08:20", "2026-11-30T07:00", "2026-12-01T06:40", "2026-12-01T10:50", "2026-12-05T08:20", "2026-12-01T08:23",
     "2027-03-01T08:20", "9999-12-31T08:20"],
)  # fmt: skip
def test_times_nobody_can_have_are_refused(place: Catalogue, moment: str) -> None:
    with pytest.raises(Refusal) as no:
        book(place, make.local(moment))
    assert not isinstance(no.value, Conflict)
    assert rows(Appointment) == 0


def test_a_hold_hides_the_time_until_it_runs_out(place: Catalogue, travel: time_machine.Traveller) -> None:
    actions.hold(*pair(place), AT_820, "one")
    assert "08:20" not in free_times(place)
    with pytest.raises(Conflict):
        actions.hold(*pair(place), AT_820, "two")
    travel.shift(timedelta(minutes=10))
    assert "08:20" in free_times(place)
    actions.hold(*pair(place), AT_820, "two")
    assert "08:20" not in free_times(place)


def test_one_browser_keeps_one_time(place: Catalogue) -> None:
    actions.hold(*pair(place), AT_820, "one")
    actions.hold(*pair(place), AT_840, "one")
    assert "08:20" in free_times(place)
    assert "08:40" not in free_times(place)


def held(catalogue: Catalogue, browser: str = "one", moment: Any = AT_820, **facts: Any) -> str:
    token = actions.hold(*pair(catalogue), moment, browser)
    actions.answer(token, make.person(**facts).__dict__)
    return token


def test_two_presses_make_one_booking(place: Catalogue) -> None:
    token = held(place)
    assert actions.book_held(token) == actions.book_held(token)
    assert (rows(Appointment), rows(Claim)) == (1, 4)


def test_a_hold_that_ran_out_still_books_when_nobody_came(place: Catalogue, travel: time_machine.Traveller) -> None:
    token = held(place)
    travel.shift(timedelta(minutes=30))
    actions.release_expired()
    actions.book_held(token)
    assert (rows(Appointment), rows(Claim)) == (1, 4)


def test_a_lost_hold_is_a_conflict_and_keeps_the_answers(place: Catalogue, travel: time_machine.Traveller) -> None:
    token = held(place)
    travel.shift(timedelta(minutes=11))
    book(place, phone="+84912345679")
    with pytest.raises(Conflict):
        actions.book_held(token)
    kept = queries.by_hold(token)
    assert kept is not None
    assert kept.answers["name"] == "Trương Thị Mỹ Duyên"
    assert rows(Appointment) == 1
    actions.book_held(token, AT_840)
    assert rows(Claim) == 8


def test_extending_a_hold_has_a_limit(place: Catalogue, travel: time_machine.Traveller) -> None:
    token = held(place)
    start = clock.now()
    for _press in range(9):
        travel.shift(timedelta(minutes=5))
        actions.extend(token)
    kept = queries.by_hold(token)
    assert kept is not None
    assert kept.expires_at == start + rules.HOLDS_EXTENDED
    assert "08:20" in free_times(place)


def test_moving_gives_the_old_time_back_and_rewrites_the_messages(place: Catalogue) -> None:
    made = book(place, email="duyen@example.vn")
    actions.move(made.code, AT_840)
    assert "08:20" in free_times(place)
    assert "08:40" not in free_times(place)
    states = {(m.kind, m.version): m.state for m in db.session.scalars(sa.select(Message))}
    assert states["reminder_day_before", 0] == "withdrawn"
    assert states["reminder_day_before", 1] == "waiting"
    assert states["moved", 1] == "waiting"


def test_moving_by_half_a_visit_may_overlap_the_own_old_time(place: Catalogue) -> None:
    made = book(place)
    actions.move(made.code, make.local("2026-12-01T08:30"))
    assert rows(Claim) == 4


def test_a_move_to_a_taken_time_changes_nothing(place: Catalogue) -> None:
    made = book(place)
    book(place, AT_840, phone="+84912345679")
    with pytest.raises(Conflict):
        actions.move(made.code, AT_840)
    kept = queries.by_code(made.code)
    assert kept is not None
    assert (kept.starts_at, kept.sequence) == (AT_820, 0)
    assert rows(Claim) == 8


def test_cancelling_gives_the_time_back_and_silences_the_reminders(place: Catalogue) -> None:
    made = book(place, email="duyen@example.vn")
    actions.cancel(made.code)
    actions.cancel(made.code)
    assert rows(Claim) == 0
    waiting = db.session.scalars(sa.select(Message.kind).where(Message.state == "waiting")).all()
    assert waiting == ["cancelled"]


def test_a_phone_may_have_only_so_many_appointments_ahead(place: Catalogue) -> None:
    for hour in (7, 8, 9, 10, 13):
        book(place, make.local(f"2026-12-01T{hour:02d}:00"))
    with pytest.raises(Refusal, match="5"):
        book(place, make.local("2026-12-01T14:00"))


def test_counters_fill_before_a_conflict(app: Flask, travel: Any) -> None:
    catalogue = make.office(counters=3)
    counters = {book(catalogue, phone=f"+8491234567{n}").counter_id for n in range(3)}
    assert len(counters) == 3
    with pytest.raises(Conflict):
        book(catalogue, phone="+84912345679")


def test_an_officer_records_and_takes_back(place: Catalogue, travel: time_machine.Traveller) -> None:
    made = book(place)
    with pytest.raises(Refusal):
        actions.mark(made.code, "missed", "booked")
    travel.move_to(AT_820)
    actions.mark(made.code, "arrived", "booked")
    actions.mark(made.code, "served", "arrived")
    with pytest.raises(Conflict):
        actions.mark(made.code, "missed", "arrived")
    assert actions.undo(made.code, "served").state == "arrived"
    assert actions.undo(made.code, "arrived").state == "booked"
    acts = db.session.scalars(sa.select(Audit.act).order_by(Audit.id)).all()
    assert acts == ["booked", "arrived", "served", "undone", "undone"]


def test_an_arrived_person_cannot_be_cancelled_from_home(place: Catalogue) -> None:
    made = book(place)
    actions.mark(made.code, "arrived", "booked")
    with pytest.raises(Refusal):
        actions.cancel(made.code)


def test_old_holds_and_their_answers_go(place: Catalogue, travel: time_machine.Traveller) -> None:
    held(place)
    travel.shift(timedelta(hours=7))
    actions.release_expired()
    assert (rows(Hold), rows(Claim)) == (0, 0)


def test_the_trail_cannot_be_changed(place: Catalogue) -> None:
    book(place)
    for change in (sa.update(Audit).values(act="x"), sa.delete(Audit)):
        with pytest.raises(sa.exc.DBAPIError), transaction() as session:
            session.execute(change)
