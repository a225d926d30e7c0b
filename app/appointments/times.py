"""The month-and-times page, shared by booking and moving: what is free, which day is shown, the three nearest to a lost time."""

from datetime import date, datetime
from typing import Any

from flask import render_template, request

from app import clock, dates
from app.appointments import queries, rules
from app.appointments.forms import TimeForm
from app.appointments.month import Picture, months_of
from app.offices.catalogue import Catalogue, Office, Procedure


def picture_of(catalogue: Catalogue, procedure: Procedure, office: Office) -> Picture:
    now = clock.now()
    bookable = rules.window(office, now)
    claimed = queries.claimed([office], clock.local(now).date(), bookable.last_day, now)
    return Picture(catalogue, office, procedure, claimed[office.id], now)


def page(picture: Picture, form: TimeForm, template: str, status: int = 200, **facts: Any) -> tuple[str, int]:
    """The month, the day's times and, when a time was lost, the three nearest."""
    first_month, last_month = months_of(picture.bookable)
    earliest = picture.earliest()
    lost = form.moment.data if status == 409 else None
    day = clock.local(lost).date() if lost else _day(picture, earliest, first_month, last_month)
    shown = render_template(
        template,
        form=form,
        picture=picture,
        procedure=picture.procedure,
        office=picture.office,
        earliest=earliest,
        day=day,
        month=day.replace(day=1),
        first_month=first_month,
        last_month=last_month,
        nearest=picture.nearest(lost) if lost else [],
        several=len(picture.catalogue.offices_for(picture.procedure)) > 1,
        **facts,
    )
    return shown, status


def _day(picture: Picture, earliest: datetime | None, first_month: date, last_month: date) -> date:
    """The day asked for; else the first free day of the month asked for; else the first free day of all."""
    asked = dates.read(request.args.get("ngay", ""))
    if asked and first_month <= asked.replace(day=1) <= last_month:
        return asked
    month = dates.read(request.args.get("thang", "") + "-01")
    if month and first_month <= month <= last_month:
        found = picture.earliest(month)
        return clock.local(found).date() if found and clock.local(found).date().replace(day=1) == month else month
    return clock.local(earliest or picture.now).date()
