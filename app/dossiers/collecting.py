"""Collecting a result at a time of one's own: five minutes, booked in one press, because the dossier knows its person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import clock
from app.appointments import actions as appointments
from app.appointments import queries as visits
from app.appointments import rules as booking
from app.appointments.actions import Person
from app.dossiers import actions, queries, rules
from app.dossiers.models import Dossier
from app.offices import queries as offices
from app.offices.catalogue import Catalogue, Office, Procedure
from app.refusal import Conflict, Refusal

DAYS = 5  # with a free time, shown at once
AHEAD = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where this result is collected, and the service that keeps the time."""

    catalogue: Catalogue
    office: Office
    procedure: Procedure


def desk(row: Dossier) -> Desk | None:
    """None where the office keeps no times for collecting."""
    catalogue = offices.catalogue()
    office, procedure = catalogue.office_of.get(row.office_id), catalogue.by_code.get(rules.COLLECTING)
    if office is None or procedure is None or procedure.paused_note or not office.serving(procedure):
        return None
    return Desk(catalogue, office, procedure)


def free(at: Desk) -> dict[date, list[datetime]]:
    """The next days that have free times, and the times. At most two queries."""
    now = clock.now()
    bookable, first = booking.window(at.office, now), clock.local(now).date()
    days = [day for day in bookable.days() if day <= first + AHEAD]
    taken = visits.claimed([at.office], first, first + AHEAD, now)[at.office.id].days
    found = ((day, booking.times(at.catalogue, at.office, at.procedure, day, taken.get(day, {}), bookable)) for day in days)
    shown = islice(((day, times) for day, times in found if times), DAYS)
    return {day: [booking.moment_at(day, index) for index in times] for day, times in shown}


def book(code: str, moment: datetime, locale: str) -> str:
    """Books the time for the dossier's own person and returns the booking's code; whoever has one ahead keeps it.

    Raises Refusal when there is nothing to collect or nobody could have the time, Conflict when somebody has it.
    """
    row = queries.by_code(code)
    at = desk(row) if row else None
    if row is None or at is None:
        raise Refusal(_("Nơi này không hẹn giờ nhận kết quả. Đến trong giờ làm việc để nhận."))
    rules.check_collect(actions.state_of(row))
    kept = queries.collecting(code, clock.now())
    if kept is not None:
        return kept.code
    person = Person(name=row.owner, phone=row.phone, email=row.email, locale=locale)
    try:
        return appointments.book(at.office, at.procedure, moment, person, collects=code).code
    except (IntegrityError, Conflict):
        kept = queries.collecting(code, clock.now())  # pressed twice at this very moment
        if kept is None:
            raise
        return kept.code
