"""A counter is never given twice: 16 real processes at once, and a control that shows the race bites."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.appointments import actions, rules
from app.appointments.models import Appointment, Claim, Hold
from app.db import db, transaction
from app.offices.catalogue import Catalogue
from app.refusal import Conflict, Refusal
from tests import make, races

WORKERS, TRIES, PLACES = 16, 60, 60
OTHER = "2.000815"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(make.MONDAY, tick=False):
        yield


def offered(catalogue: Catalogue, procedure: str = make.BIRTH) -> list[datetime]:
    office, what = catalogue.by_slug[make.PLACE], catalogue.by_code[procedure]
    bookable = rules.window(office, clock.now())
    times = rules.times(catalogue, office, what, make.TUESDAY, {}, bookable)
    return [rules.moment_at(make.TUESDAY, index) for index in times]


def outcome(act: Any) -> str:
    try:
        act()
    except Refusal:  # taken, or (for a long visit) past the counter's closing
        return "refused"
    return "done"


def sixty(catalogue: Catalogue) -> list[datetime]:
    """Sixty places: twenty starts at three counters."""
    return offered(catalogue)[:20]


def claims_are_whole() -> None:
    """Every appointment has exactly its own ticks, at its own counter, and nothing else is claimed by one."""
    db.session.rollback()
    for made in db.session.scalars(sa.select(Appointment).where(Appointment.state == "booked")):
        mine = db.session.execute(
            sa.select(Claim.counter_id, Claim.tick).where(Claim.appointment_id == made.id).order_by(Claim.tick)
        ).all()
        first = rules.tick_of(made.starts_at)
        assert mine == [(made.counter_id, first + n) for n in range(made.minutes // rules.TICK)]


def booker(catalogue: Catalogue, times: list[datetime], codes: list[str]) -> Any:
    office = catalogue.by_slug[make.PLACE]

    def job(number: int) -> list[str]:
        dice = random.Random(number)

        def book(n: int) -> None:
            procedure, moment = catalogue.by_code[dice.choice(codes)], dice.choice(times)
            actions.book(office, procedure, moment, make.person(phone=f"+849{number:03d}{n:05d}"))

        return [outcome(lambda n=n: book(n)) for n in range(TRIES)]

    return job


def test_sixty_places_960_tries_sixty_bookings(app: Flask) -> None:
    catalogue = make.office(counters=3)
    times = sixty(catalogue)

    def job(number: int) -> list[str]:
        # Every process goes round all times: each place is wanted 16 times over.
        mine = times[number:] + times[:number]
        office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
        return [
            outcome(lambda m=m, n=n: actions.book(office, procedure, m, make.person(phone=f"+849{number:03d}{n:05d}")))
            for n, m in enumerate(mine * 3)
        ]

    answers = [answer for worker in races.run(app, WORKERS, job) for answer in worker]
    assert len(answers) == WORKERS * TRIES == 960
    assert answers.count("done") == PLACES
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == PLACES
    claims_are_whole()


def test_control_without_the_key_oversells(app: Flask) -> None:
    """The same race with the guards off: look first, then write, no key, no lock. It must sell places twice."""
    catalogue = make.office(counters=3)
    office, procedure, times = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH], sixty(catalogue)
    with transaction() as session:
        session.execute(sa.text("CREATE TABLE loose (counter_id integer, tick integer)"))

    def naive(moment: datetime) -> None:
        first = rules.tick_of(moment)
        rows = db.session.execute(sa.text("SELECT counter_id FROM loose WHERE tick = :tick"), {"tick": first}).all()
        taken = {row.counter_id for row in rows}
        free = [counter for counter in office.serving(procedure) if counter.id not in taken]
        if not free:
            raise Conflict("full")
        with transaction() as session:
            session.execute(sa.text("INSERT INTO loose VALUES (:counter, :tick)"), {"counter": free[0].id, "tick": first})

    def job(number: int) -> list[str]:
        return [outcome(lambda m=m: naive(m)) for m in times * 3]

    answers = [answer for worker in races.run(app, WORKERS, job) for answer in worker]
    with transaction() as session:
        session.execute(sa.text("DROP TABLE loose"))
    assert answers.count("done") > PLACES


def test_mixed_durations_never_overlap(app: Flask) -> None:
    catalogue = make.office(counters=2, procedures={make.BIRTH: 20, OTHER: 45})
    times = sorted({*offered(catalogue), *offered(catalogue, OTHER)})
    answers = [answer for worker in races.run(app, WORKERS, booker(catalogue, times, [make.BIRTH, OTHER])) for answer in worker]
    assert 0 < answers.count("done") < len(answers)
    claims_are_whole()
    overlap = sa.text(
        "SELECT count(*) FROM appointment a JOIN appointment b ON a.counter_id = b.counter_id AND a.id < b.id"
        " WHERE a.starts_at = b.starts_at"
    )
    assert db.session.scalar(overlap) == 0


def test_holds_race_for_the_same_times(app: Flask) -> None:
    catalogue = make.office(counters=1)
    office, procedure, times = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH], offered(catalogue)[:5]

    def job(number: int) -> list[str]:
        return [outcome(lambda m=m: actions.hold(office, procedure, m, f"b{number}-{m:%H%M}")) for m in times]

    answers = [answer for worker in races.run(app, WORKERS, job) for answer in worker]
    assert answers.count("done") == 5
    owners = db.session.execute(sa.select(Claim.hold_id, sa.func.count()).group_by(Claim.hold_id)).all()
    assert sorted(count for _hold, count in owners) == [4] * 5
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hold)) == 5


def test_moves_race_without_losing_anybody(app: Flask) -> None:
    catalogue = make.office(counters=1)
    office, procedure, times = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH], offered(catalogue)
    codes = [actions.book(office, procedure, m, make.person(phone=f"+84912345{n:03d}")).code for n, m in enumerate(times[:12])]

    def job(number: int) -> list[str]:
        dice = random.Random(number)
        return [outcome(lambda: actions.move(dice.choice(codes), dice.choice(times))) for _ in range(20)]

    answers = [answer for worker in races.run(app, 8, job) for answer in worker]
    assert "done" in answers
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appointment).where(Appointment.state == "booked")) == 12
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 12 * 4
    claims_are_whole()


def test_one_press_among_many_books(app: Flask) -> None:
    """The same held form sent from 16 processes at once: one booking, the same code for everybody."""
    catalogue = make.office()
    office, procedure = catalogue.by_slug[make.PLACE], catalogue.by_code[make.BIRTH]
    token = actions.hold(office, procedure, offered(catalogue)[0], "b")
    actions.answer(token, make.person().__dict__)
    codes = races.run(app, WORKERS, lambda number: actions.book_held(token))
    assert len(set(codes)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == 1
