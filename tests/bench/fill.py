"""One office of the wanted size with thousands of bookings, in an empty database."""

import os
import random
from datetime import time

OFFICE, PROCEDURE = "thu", "1.001193"
PAGE = f"/dat-hen/{PROCEDURE}/{OFFICE}"


def office(environ: dict[str, str], counters: int, days: int, bookings: int) -> None:
    """Runs in a process of its own, so that the environment decides the database."""
    os.environ.update(environ)
    from flask_migrate import upgrade  # noqa: PLC0415  the environment first

    from app import clock, create_app  # noqa: PLC0415
    from app.appointments import rules  # noqa: PLC0415
    from app.appointments.models import Appointment, Claim, DayStamp  # noqa: PLC0415
    from app.db import transaction  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    app = create_app()
    with app.app_context():
        upgrade()
        hours = ((time(7), time(11)), (time(13), time(17)))
        with transaction() as session:
            for number in range(20):  # what the second floor lists
                make.procedure(session, f"9.{number:06d}")
        catalogue = make.office(OFFICE, "TU", counters, {PROCEDURE: 20}, hours, horizon_days=days)
        place, procedure = catalogue.by_slug[OFFICE], catalogue.by_code[PROCEDURE]
        bookable = rules.window(place, clock.now())
        free = [
            (counter.id, day, index)
            for day in bookable.days()[1:]
            for counter in place.counters
            for index in rules.starts(rules.open_ticks(catalogue, place, counter, day), 4)
        ]
        dice = random.Random(1)
        dice.shuffle(free)
        chosen = free[: min(bookings, len(free) * 4 // 5)]
        with transaction() as session:
            for number, (counter_id, day, index) in enumerate(chosen):
                moment = rules.moment_at(day, index)
                appointment = Appointment(
                    code=f"TU-{number:09d}", office_id=place.id, counter_id=counter_id, procedure_id=procedure.id,
                    starts_at=moment, minutes=20, search_key="", booked_at=clock.now(), told_at=clock.now(),
                    **make.person(phone=f"+8499{number:07d}").__dict__,
                )  # fmt: skip
                session.add(appointment)
                session.flush()
                first = rules.tick_of(moment)
                session.add_all(Claim(counter_id=counter_id, tick=first + n, appointment_id=appointment.id) for n in range(4))
            session.add_all(DayStamp(office_id=place.id, day=day, stamp=dice.getrandbits(48)) for day in bookable.days())
        print(f"   ({len(chosen)} bookings, {counters} counters, {days} days)", flush=True)
