"""The officers' day: who comes to which counter, and what became of them."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock
from app.appointments import actions, queries, rules
from app.appointments.forms import NEEDS, ActForm
from app.appointments.models import Appointment
from app.offices import queries as offices
from app.offices.catalogue import Catalogue, Office
from app.refusal import Refusal

pages = Blueprint("appointments_admin", __name__)


@pages.get("/hom-nay")
@access.staff_only()
def today() -> ResponseReturnValue:
    catalogue = offices.catalogue()
    return _page(catalogue, _office(catalogue, request.args.get("noi")), _day(request.args.get("ngay", "")))


@pages.get("/hom-nay/in")
@access.staff_only()
def day_sheet() -> ResponseReturnValue:
    catalogue = offices.catalogue()
    office, day = _office(catalogue, request.args.get("noi")), _day(request.args.get("ngay", ""))
    found = queries.of_day(office.id, day)
    return render_template("appointments/admin/day_sheet.html", office=office, day=day, columns=_columns(office, found))


@pages.post("/hen/<code>/<any(arrived, served, missed, undo):act>")
@access.staff_only("counter", "reception", "secretary")
def mark(code: str, act: str) -> ResponseReturnValue:
    catalogue = offices.catalogue()
    appointment = queries.by_code(code) or abort(404)
    office = _allowed(catalogue.office_of[appointment.office_id])
    day, form = clock.local(appointment.starts_at).date(), ActForm()
    if not form.validate_on_submit():
        return _page(catalogue, office, day, form, 422)
    seen = request.form.get("seen", "")
    try:
        done = actions.undo(code, seen) if act == "undo" else actions.mark(code, act, seen)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(catalogue, office, day, form, refusal.status)
    session["last_act"] = {"code": code, "state": done.state} if act != "undo" else None
    return redirect(url_for(".today", noi=office.slug, ngay=day.isoformat()) + f"#{code}", 303)


def _page(catalogue: Catalogue, office: Office, day: date, form: ActForm | None = None, status: int = 200) -> ResponseReturnValue:
    found = queries.of_day(office.id, day)
    states = [appointment.state for appointment in found]
    page = render_template(
        "appointments/admin/today.html",
        form=form or ActForm(),
        office=office,
        offices=[office for office in catalogue.offices if current_user.office_id in {None, office.id}],
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        columns=_columns(office, found),
        counts={state: states.count(state) for state in ("booked", "arrived", "served", "missed")},
        needs=NEEDS,
        acts=rules.ACTS,
        last=_last(found),
        may_act=current_user.role != "leader",
    )
    return page, status


def _last(found: Sequence[Appointment]) -> Appointment | None:
    """The act this officer may take back, if nobody has changed it since."""
    act = session.get("last_act") or {}
    return next((one for one in found if one.code == act.get("code") and one.state == act.get("state")), None)


def _columns(office: Office, found: Sequence[Appointment]) -> list[tuple[object, list[Appointment]]]:
    """One column per counter: who is still to come first, then who is done."""
    done = {"served", "missed"}
    ordered = sorted(found, key=lambda appointment: (appointment.state in done, appointment.starts_at))
    return [(counter, [one for one in ordered if one.counter_id == counter.id]) for counter in office.counters]


def _office(catalogue: Catalogue, slug: str | None) -> Office:
    """The officer's own office; whoever belongs to none chooses."""
    if current_user.office_id is not None:
        own = catalogue.office_of.get(current_user.office_id) or abort(404)
        if slug not in {None, own.slug}:
            abort(403)
        return own
    if slug is None:
        return catalogue.offices[0] if catalogue.offices else abort(404)
    return catalogue.by_slug.get(slug) or abort(404)


def _allowed(office: Office) -> Office:
    if current_user.office_id not in {None, office.id}:
        abort(403)
    return office


def _day(text: str) -> date:
    """The day asked for, if it is one this house may have seen; else today."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return asked if 2000 <= asked.year <= 2100 else clock.today()
