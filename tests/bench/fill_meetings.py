"""One coming meeting with 500 registrations and 200 questions, and a year of meetings behind it with 300 promises."""

import os
import random
from datetime import timedelta

REGISTRATIONS, QUESTIONS, PROMISES, PAST = 500, 200, 300, 12
DAY = "2099-01-03"  # a Saturday that stays ahead of every run
PAGES = {
    "meeting, sign-up": f"/thu-bay/{DAY}",
    "meeting, questions": f"/thu-bay/{DAY}/cau-hoi",
    "ledger of promises": "/so-loi-hen",
    "public figures": "/so-lieu",
    "short address": "/m/cho",
}


def year(environ: dict[str, str]) -> None:
    """Runs in a process of its own, so that the environment decides the database."""
    os.environ.update(environ)
    from flask_migrate import upgrade  # noqa: PLC0415  the environment first
    from sqlalchemy import insert  # noqa: PLC0415

    from app import clock, create_app, dates  # noqa: PLC0415
    from app.db import transaction  # noqa: PLC0415
    from app.invitations import channels  # noqa: PLC0415
    from app.meetings.models import AgendaItem, SignUp  # noqa: PLC0415
    from app.offices import actions as holidays  # noqa: PLC0415
    from app.staff.models import Unit  # noqa: PLC0415
    from tests import make as offices  # noqa: PLC0415
    from tests.reports import make  # noqa: PLC0415

    app, dice = create_app(), random.Random(1)
    with app.app_context():
        upgrade()
        channels.begin()
        holidays.seed_coming_holidays()  # as in every house; until something is entered, nothing of the catalogue is kept
        with transaction() as session:
            for number in range(20):  # what the second floor lists
                offices.procedure(session, f"9.{number:06d}")
            units = [Unit(name=f"Đơn vị {n}", position=n) for n in range(12)]
            session.add_all(units)
            session.flush()
            held = [make.held(session, clock.today() - timedelta(days=30 * n)) for n in range(1, PAST + 1)]
            for _number in range(PROMISES):
                meeting, unit = dice.choice(held), dice.choice(units)
                done = meeting.day + timedelta(days=dice.randint(3, 20)) if dice.random() < 0.7 else None
                session.add(make.promise(meeting, unit.id, done_on=done, verdict="yes" if done else "", raised="Vướng gì đó."))
            day = dates.read(DAY)
            assert day is not None
            coming = make.held(session, day, capacity=600, taken=REGISTRATIONS, theme="Thuế, vốn, mặt bằng")
            coming.sign_up_from, coming.agenda_published_at = clock.now() - timedelta(days=1), clock.now()
            items = [AgendaItem(meeting_id=coming.id, position=n, title=f"Mục {n}", minutes=12, unit_id=units[n].id)
                     for n in range(12)]  # fmt: skip
            session.add_all(items)
            session.flush()
            for meeting in (*held, coming):
                came = 0 if meeting is coming else 1
                rows = [make.sign_up(meeting, n, came, channel=dice.choice(("cho", "zalo", ""))) for n in range(REGISTRATIONS)]
                session.execute(insert(SignUp), rows)
            session.add_all(
                make.question(coming, text=f"Câu hỏi số {n}: giấy phép kho bãi?", openness=dice.choice(("named", "hidden")),
                              shown_at=clock.now(), field="land", agenda_item_id=dice.choice(items).id)
                for n in range(QUESTIONS)
            )  # fmt: skip
        print(f"   ({REGISTRATIONS} registrations, {QUESTIONS} questions, {PROMISES} promises, {PAST} meetings)", flush=True)
