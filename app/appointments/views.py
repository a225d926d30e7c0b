"""The resident's pages: choose an office, a time, say who comes, check, and manage the booking."""

import secrets
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app import access, calendars, clock, links, proof
from app.appointments import actions, messages, queries, rules, shelf
from app.appointments.forms import NEEDS, ActForm, DetailsForm, TimeForm
from app.appointments.models import Appointment, Hold
from app.appointments.month import Picture, months_of
from app.offices import queries as offices
from app.offices.catalogue import Catalogue, Office, Procedure
from app.refusal import Conflict, Refusal
from app.web import language, limiter

pages = Blueprint("appointments", __name__)
HOLDING = "60 per minute; 600 per hour"  # per network address; a village may share one


# -- choosing ---------------------------------------------------------------------------------------------------------


@pages.get("/dat-hen/<code>")
@access.public
def choose_office(code: str) -> ResponseReturnValue:
    catalogue, procedure = _procedure(code)
    serving = catalogue.offices_for(procedure)
    if len(serving) == 1:
        return redirect(url_for(".choose_time", code=procedure.code, slug=serving[0].slug))
    earliest = queries.earliest(catalogue, [(procedure, serving)], clock.now())
    rows = [(office, earliest[procedure.code, office.slug]) for office in serving]
    rows.sort(key=lambda row: row[1].timestamp() if row[1] else float("inf"))
    return render_template("appointments/choose_office.html", procedure=procedure, rows=rows)


@pages.get("/dat-hen/<code>/<slug>")
@access.public
def choose_time(code: str, slug: str) -> ResponseReturnValue:
    now = clock.now()
    found, version = shelf.take(slug, now)
    if found is not None:
        return found
    catalogue, procedure, office = _service(code, slug, version)
    picture = _picture(catalogue, procedure, office)
    page, status = _time_page(picture, TimeForm(), "appointments/choose_time.html")
    shelf.put(now, catalogue.version, picture.claimed, page)
    return page, status


@pages.post("/dat-hen/<code>/<slug>")
@access.public
@limiter.limit(HOLDING)
def hold(code: str, slug: str) -> ResponseReturnValue:
    catalogue, procedure, office = _service(code, slug)
    form = TimeForm()
    if form.validate_on_submit():
        try:
            token = actions.hold(office, procedure, form.chosen, _browser())
            return redirect(url_for(".details", token=token), 303)
        except Refusal as refusal:
            form.refuse(refusal)
            return _time_page(_picture(catalogue, procedure, office), form, "appointments/choose_time.html", _status(refusal))
    return _time_page(_picture(catalogue, procedure, office), form, "appointments/choose_time.html", 422)


def _procedure(code: str, version: int | None = None) -> tuple[Catalogue, Procedure]:
    catalogue = offices.catalogue(version)
    return catalogue, catalogue.by_code.get(code) or abort(404)


def _service(code: str, slug: str, version: int | None = None) -> tuple[Catalogue, Procedure, Office]:
    catalogue, procedure = _procedure(code, version)
    office = catalogue.by_slug.get(slug)
    if office is None or not office.serving(procedure):
        abort(404)
    return catalogue, procedure, office


def _picture(catalogue: Catalogue, procedure: Procedure, office: Office) -> Picture:
    now = clock.now()
    bookable = rules.window(office, now)
    claimed = queries.claimed([office], clock.local(now).date(), bookable.last_day, now)
    return Picture(catalogue, office, procedure, claimed[office.id], now)


def _time_page(picture: Picture, form: TimeForm, template: str, status: int = 200, **facts: Any) -> tuple[str, int]:
    """The month, the day's times and, when a time was lost, the three nearest."""
    first_month, last_month = months_of(picture.bookable)
    earliest = picture.earliest()
    lost = form.moment.data if status == 409 else None
    day = clock.local(lost).date() if lost else _day(picture, earliest, first_month, last_month)
    page = render_template(
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
    return page, status


def _day(picture: Picture, earliest: datetime | None, first_month: date, last_month: date) -> date:
    """The day asked for; else the first free day of the month asked for; else the first free day of all."""
    asked = _date(request.args.get("ngay", ""))
    if asked and first_month <= asked.replace(day=1) <= last_month:
        return asked
    month = _date(request.args.get("thang", "") + "-01")
    if month and first_month <= month <= last_month:
        found = picture.earliest(month)
        return clock.local(found).date() if found and clock.local(found).date().replace(day=1) == month else month
    return clock.local(earliest or picture.now).date()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _browser() -> str:
    """A random name for this browser, so that it keeps one time at a time."""
    if "browser" not in session:
        session["browser"] = secrets.token_hex(8)
    return str(session["browser"])


def _status(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, Conflict) else 422


# -- the held time ----------------------------------------------------------------------------------------------------


@pages.get("/dat-hen/giu/<token>")
@access.public
def details(token: str) -> ResponseReturnValue:
    kept = _hold(token)
    if kept.appointment_id:
        return _to_booking(kept)
    return _details_page(kept, DetailsForm(data=_typed(kept)))


@pages.post("/dat-hen/giu/<token>")
@access.public
@limiter.limit(HOLDING)
def answer(token: str) -> ResponseReturnValue:
    kept = _hold(token)
    if kept.appointment_id:
        return _to_booking(kept)
    form = DetailsForm()
    if form.validate_on_submit():
        person = form.person(language())
        actions.answer(token, person.__dict__)
        return redirect(url_for(".review", token=token), 303)
    return _details_page(kept, form, 422)


@pages.get("/dat-hen/giu/<token>/xem-lai")
@access.public
def review(token: str) -> ResponseReturnValue:
    kept = _hold(token)
    if kept.appointment_id:
        return _to_booking(kept)
    if not kept.answers:
        return redirect(url_for(".details", token=token))
    return _review_page(kept, TimeForm())


@pages.post("/dat-hen/giu/<token>/xem-lai")
@access.public
@limiter.limit(HOLDING)
def book(token: str) -> ResponseReturnValue:
    kept = _hold(token)
    form = TimeForm() if request.form.get("moment") else ActForm()
    if not form.validate_on_submit():
        return _review_page(kept, form, 422)
    try:
        code = actions.book_held(token, form.chosen if isinstance(form, TimeForm) else None)
    except Refusal as refusal:
        form.refuse(Refusal(refusal.sentence))
        return _review_page(_hold(token), form, _status(refusal))
    proof.grant(code)
    return redirect(url_for(".show", code=code), 303)


@pages.post("/dat-hen/giu/<token>/them")
@access.public
@limiter.limit(HOLDING)
def extend(token: str) -> ResponseReturnValue:
    kept = _hold(token)
    form = ActForm()
    if form.validate_on_submit():
        actions.extend(token)
        return redirect(url_for(".review", token=token), 303)
    return _review_page(kept, form, 422)


def _hold(token: str) -> Hold:
    return queries.by_hold(token) or abort(404)


def _to_booking(kept: Hold) -> ResponseReturnValue:
    """Back to a form already sent: the browser that sent it sees the booking, never a second form."""
    code = queries.code_of_hold(kept) or abort(404)
    if kept.browser == session.get("browser"):
        proof.grant(code)
    return redirect(url_for(".show", code=code))


def _typed(kept: Hold) -> dict[str, Any]:
    return dict(kept.answers)


def _details_page(kept: Hold, form: DetailsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("appointments/details.html", form=form, **_held(kept)), status


def _review_page(kept: Hold, form: TimeForm | ActForm, status: int = 200) -> ResponseReturnValue:
    facts = _held(kept)
    nearest = []
    if status != 200 or kept.expires_at <= clock.now():
        picture = _picture(offices.catalogue(), facts["procedure"], facts["office"])
        free = kept.starts_at in picture.moments(clock.local(kept.starts_at).date())
        nearest = [] if free and status != 409 else picture.nearest(kept.starts_at)
    needs = [NEEDS[need] for need in kept.answers.get("needs", []) if need in NEEDS]
    return render_template("appointments/review.html", form=form, needs=needs, nearest=nearest, **facts), status


def _held(kept: Hold) -> dict[str, Any]:
    catalogue = offices.catalogue()
    return {
        "kept": kept,
        "procedure": catalogue.procedure_of[kept.procedure_id],
        "office": catalogue.office_of[kept.office_id],
        "live": kept.expires_at > clock.now(),
        "longer": kept.expires_at < kept.made_at + rules.HOLDS_EXTENDED,
    }


# -- the booking ------------------------------------------------------------------------------------------------------


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
        return _move_page(_booking(code), form, _status(refusal))
    return redirect(url_for(".show", code=code), 303)


def _act(code: str, action: Any, template: str) -> ResponseReturnValue:
    form = ActForm()
    if not form.validate_on_submit():
        return render_template(template, form=form, **_facts(_booking(code))), 422
    try:
        action(code)
    except Refusal as refusal:
        form.refuse(refusal)
        return render_template(template, form=form, **_facts(_booking(code))), _status(refusal)
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
    picture = _picture(offices.catalogue(), facts["procedure"], facts["office"])
    return _time_page(picture, form, "appointments/move.html", status, appointment=appointment)
