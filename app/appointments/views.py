"""The resident's way to a booking: choose an office, a time, say who comes, check. What follows is in `manage`."""

import secrets
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, proof
from app.appointments import actions, queries, rules, shelf, times
from app.appointments.forms import NEEDS, ActForm, DetailsForm, TimeForm
from app.appointments.models import Hold
from app.offices import queries as offices
from app.offices.catalogue import Catalogue, Office, Procedure
from app.refusal import Refusal
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
    picture = times.picture_of(catalogue, procedure, office)
    page, status = times.page(picture, TimeForm(), "appointments/choose_time.html")
    shelf.put(now, catalogue.version, picture.claimed, page)
    return page, status


@pages.post("/dat-hen/<code>/<slug>")
@access.public
@limiter.limit(HOLDING)
def hold(code: str, slug: str) -> ResponseReturnValue:
    catalogue, procedure, office = _service(code, slug)
    form, status = TimeForm(), 422
    if form.validate_on_submit():
        try:
            token = actions.hold(office, procedure, form.chosen, _browser())
            return redirect(url_for(".details", token=token), 303)
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
    return times.page(times.picture_of(catalogue, procedure, office), form, "appointments/choose_time.html", status)


def _procedure(code: str, version: int | None = None) -> tuple[Catalogue, Procedure]:
    catalogue = offices.catalogue(version)
    return catalogue, catalogue.by_code.get(code) or abort(404)


def _service(code: str, slug: str, version: int | None = None) -> tuple[Catalogue, Procedure, Office]:
    catalogue, procedure = _procedure(code, version)
    office = catalogue.by_slug.get(slug)
    if office is None or not office.serving(procedure):
        abort(404)
    return catalogue, procedure, office


def _browser() -> str:
    """A random name for this browser, so that it keeps one time at a time."""
    if "browser" not in session:
        session["browser"] = secrets.token_hex(8)
    return str(session["browser"])


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
        return _review_page(_hold(token), form, refusal.status)
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
        picture = times.picture_of(offices.catalogue(), facts["procedure"], facts["office"])
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
