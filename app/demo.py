"""Demo data relative to today: two eras of offices, officers of every role, a week of sample appointments, a meeting.

Running it twice changes nothing. People are invented and come from a list of names; figures of 2020 are facts with their
source (templates/home/index.html).
"""

import random
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import func, select

from app import (
    clock,
    demo_answers,
    demo_dossiers,
    demo_feedback,
    demo_guides,
    demo_invitations,
    demo_meetings,
    demo_offices,
    demo_past,
)
from app.appointments import actions, queries, rules
from app.appointments.actions import Person
from app.appointments.models import Appointment
from app.db import db, transaction
from app.offices import queries as offices
from app.offices.catalogue import Catalogue, Office, Procedure
from app.refusal import Refusal
from app.staff import actions as staff
from app.staff.models import Officer

PASSWORD = "hen-dung-gio-2026"  # noqa: S105  the demo's, printed when it starts
OFFICERS = (
    ("quay@hen.example", "Nguyễn Thị Út (mẫu)", "counter"),
    ("tiepdon@hen.example", "Lâm Mỹ Chi (mẫu)", "reception"),
    ("vanphong@hen.example", "Phan Thanh Tùng (mẫu)", "secretary"),
    ("lanhdao@hen.example", "Trần Quốc Thái (mẫu)", "leader"),
    ("quantri@hen.example", "Đặng Văn Tám (mẫu)", "admin"),
)
FAMILIES = ("Nguyễn", "Trần", "Lê", "Huỳnh", "Võ", "Đặng", "Thạch", "Sơn", "Châu", "Lý")
GIVEN = (
    "Thị Bé Ba",
    "Văn Lành",
    "Ngọc Hân",
    "Thanh Sang",
    "Hoàng Phúc",
    "Kim Loan",
    "Thị Sa Rê",
    "Hữu Lộc",
    "Mỹ Duyên",
    "Văn Út",
)


def fill() -> None:
    """Everything a visitor needs to try the product; whatever is there already is left as it is."""
    demo_offices.fill()
    _officers()
    demo_meetings.fill()
    demo_invitations.fill()
    demo_answers.fill()
    demo_past.fill()
    demo_feedback.fill()
    demo_dossiers.fill()
    demo_guides.fill()
    _appointments(offices.catalogue())


def _officers() -> None:
    hashed = staff.hashed(PASSWORD)
    with transaction() as session:
        known = set(session.scalars(select(Officer.email)))
        session.add_all(
            Officer(email=email, name=name, role=role, password_hash=hashed, sample=True)
            for email, name, role in OFFICERS
            if email not in known
        )


def _appointments(catalogue: Catalogue) -> None:
    """About a dozen bookings per office over the coming working days, the nearest days fullest."""
    if db.session.scalar(select(func.count()).select_from(Appointment)):
        return
    dice = random.Random(2020)  # noqa: S311  sample people
    names = [f"{family} {given}" for family, given in product(FAMILIES, GIVEN)]
    dice.shuffle(names)
    for number, office in enumerate(catalogue.offices):
        wanted = [procedure for procedure in catalogue.procedures if office.serving(procedure)]
        for visit in range(12 if wanted else 0):
            _sample(catalogue, office, dice.choice(wanted), names[(number * 12 + visit) % len(names)], number * 12 + visit, dice)


def _sample(catalogue: Catalogue, office: Office, procedure: Procedure, name: str, number: int, dice: random.Random) -> None:
    moments = _free(catalogue, office, procedure)
    if moments:
        person = Person(name=name, phone=f"+849000{number:05d}", email=f"mau{number}@hen.example" if number % 2 else "")
        try:
            actions.book(office, procedure, moments[min(len(moments) - 1, int(dice.expovariate(0.1)))], person)
        except Refusal:
            return


def _free(catalogue: Catalogue, office: Office, procedure: Procedure) -> list[datetime]:
    now = clock.now()
    first = clock.local(now).date()
    taken = queries.claimed([office], first, first + timedelta(days=10), now)[office.id].days
    bookable = rules.window(office, now)
    return [
        rules.moment_at(day, index)
        for day in bookable.days()[:10]
        for index in rules.times(catalogue, office, procedure, day, taken.get(day, {}), bookable)
    ]
