"""The booking's own pages, for whoever may see it: confirmation, slip, calendar file, "I will come", move, cancel."""

from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import access, calendars, clock, links, proof
from app.appointments import actions, messages, queries, rules, times
from app.appointments.forms import ActForm, TimeForm
from app.appointments.models import Appointment
from app.appointments.views import HOLDING
from app.appointments.views import pages as pages  # its addresses stand on the same blueprint
from app.offices import queries as offices
from app.refusal import Refusal
from app.web import language, limiter


@pages.get("/hen/<code>")
@access.public
@proof.required
def show(code: str) -> ResponseReturnValue:
    appointment = _booking(code)
    page = links.absolute("appointments.show", language(), code=code)
    return render_template("appointments/show.html", page=page, reminders=messages.moments(appointment), **_facts(appointment))


@pages.get("/hen/<code>/phieu")
@access.public
@proof.required
def slip(code: str) -> ResponseReturnValue:
    page = links.absolute("appointments.show", language(), code=code)
    return render_template("appointments/slip.html", page=page, **_facts(_booking(code)))


@pages.get("/hen/<code>/lich.ics")
@access.public
@proof.required
def calendar_file(code: str) -> ResponseReturnValue:
    facts = _facts(_booking(code))
    event = messages.event(facts["appointment"], facts["office"], facts["procedure"])
    body = calendars.one(event, "CANCEL" if event.cancelled else "PUBLISH")
    headers = {"Content-Disposition": f"attachment; filename={code}.ics", "Cache-Control": "no-store"}
    return Response(body, mimetype="text/calendar", headers=headers)


@pages.get("/hen/<code>/den")
@access.public
@proof.required
def coming(code: str) -> ResponseReturnValue:
    return render_template("appointments/coming.html", form=ActForm(), **_facts(_booking(code)))


@pages.post("/hen/<code>/den")
@access.public
@proof.required
def come(code: str) -> ResponseReturnValue:
    return _act(code, actions.come, "appointments/coming.html")


@pages.get("/hen/<code>/huy")
@access.public
@proof.required
def cancel(code: str) -> ResponseReturnValue:
    return render_template("appointments/cancel.html", form=ActForm(), **_facts(_booking(code)))


@pages.post("/hen/<code>/huy")
@access.public
@proof.required
def cancel_now(code: str) -> ResponseReturnValue:
    return _act(code, actions.cancel, "appointments/cancel.html")


@pages.get("/hen/<code>/doi")
@access.public
@proof.required
def move(code: str) -> ResponseReturnValue:
    return _move_page(_booking(code), TimeForm())


@pages.post("/hen/<code>/doi")
@access.public
@limiter.limit(HOLDING)
@proof.required
def move_now(code: str) -> ResponseReturnValue:
    appointment, form = _booking(code), TimeForm()
    if not form.validate_on_submit():
        return _move_page(appointment, form, 422)
    try:
        actions.move(code, form.chosen)
    except Refusal as refusal:
        form.refuse(refusal)
        return _move_page(_booking(code), form, refusal.status)
    return redirect(url_for(".show", code=code), 303)


def _act(code: str, action: Any, template: str) -> ResponseReturnValue:
    form = ActForm()
    if not form.validate_on_submit():
        return render_template(template, form=form, **_facts(_booking(code))), 422
    try:
        action(code)
    except Refusal as refusal:
        form.refuse(refusal)
        return render_template(template, form=form, **_facts(_booking(code))), refusal.status
    return redirect(url_for(".show", code=code), 303)


def _booking(code: str) -> Appointment:
    return queries.by_code(code) or abort(404)


def _facts(appointment: Appointment) -> dict[str, Any]:
    catalogue = offices.catalogue()
    office = catalogue.office_of[appointment.office_id]
    return {
        "appointment": appointment,
        "office": office,
        "procedure": catalogue.procedure_of[appointment.procedure_id],
        "counter": office.counter(appointment.counter_id),
        "closed": _why_closed(appointment),
    }


def _why_closed(appointment: Appointment) -> str:
    """Why it can't be moved or cancelled any more, or nothing."""
    try:
        rules.may_change(appointment.state, appointment.starts_at, clock.now())
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _move_page(appointment: Appointment, form: TimeForm, status: int = 200) -> ResponseReturnValue:
    facts = _facts(appointment)
    if facts["closed"]:
        return redirect(url_for(".show", code=appointment.code), 303)
    picture = times.picture_of(offices.catalogue(), facts["procedure"], facts["office"])
    return times.page(picture, form, "appointments/move.html", status, appointment=appointment)
