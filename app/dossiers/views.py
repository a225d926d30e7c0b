"""Public pages of one dossier: where it stands, its receipt, and how the result comes home."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, proof
from app.dossiers import actions, collecting, queries, rules
from app.dossiers.forms import CHANNEL_NAMES, EVENT_NAMES, RETURN_NAMES, ActForm, CollectForm
from app.dossiers.models import EVENTS, Dossier
from app.forms import Form
from app.offices import queries as offices
from app.web import language, limiter

pages = Blueprint("dossiers", __name__)
NOON = 12
OFTEN = "30 per minute; 200 per hour"
SHOWN = frozenset(EVENTS) - {"return_by"}  # how it comes home is said apart


@pages.get("/<code>")
@access.public
@proof.of_dossier
def show(code: str) -> ResponseReturnValue:
    """Received, at the unit, ready, handed over; what is late is said to be late, with the apology."""
    row, today = _mine(code), clock.today()
    return render_template(
        "dossiers/show.html",
        row=row,
        standing=rules.standing(actions.state_of(row), today),
        late=rules.late_days(row.due_at, today),
        events=[one for one in queries.history(row.id) if one.kind in SHOWN],
        names=EVENT_NAMES,
        returns=RETURN_NAMES,
    )


@pages.get("/<code>/bien-nhan")
@access.public
@proof.of_dossier
def receipt(code: str) -> ResponseReturnValue:
    """The receipt again, as it was printed at the desk."""
    row = _mine(code)
    return render_template(
        "dossiers/slip.html", row=row, slip="tiep-nhan", event=None, channels=CHANNEL_NAMES, returns=RETURN_NAMES, officer="",
        procedure=offices.catalogue().procedure_of.get(row.procedure_id or 0), back=url_for(".show", code=code),
    )  # fmt: skip


@pages.get("/<code>/nhan")
@access.public
@proof.of_dossier
def collect(code: str) -> ResponseReturnValue:
    """When to come for the result, or by post."""
    return _collect_page(code, CollectForm(formdata=None))


@pages.post("/<code>/nhan")
@access.public
@limiter.limit(OFTEN)
@proof.of_dossier
def collect_now(code: str) -> ResponseReturnValue:
    form, booked = CollectForm(), []
    refused = form.attempt(lambda: booked.append(collecting.book(code, form.chosen, language())))
    if refused is not None:
        return _collect_page(code, form, refused)
    proof.grant(booked[0])
    return redirect(url_for("appointments.show", code=booked[0]), 303)


@pages.post("/<code>/buu-chinh")
@access.public
@limiter.limit(OFTEN)
@proof.of_dossier
def by_post(code: str) -> ResponseReturnValue:
    return _returned(code, "post")


@pages.post("/<code>/tai-quay")
@access.public
@limiter.limit(OFTEN)
@proof.of_dossier
def at_desk(code: str) -> ResponseReturnValue:
    """At the desk after all."""
    return _returned(code, "desk")


def _returned(code: str, way: str) -> ResponseReturnValue:
    form = ActForm()
    refused = form.attempt(lambda: actions.return_by(code, way))
    return redirect(url_for(".collect", code=code), 303) if refused is None else _collect_page(code, form, refused)


def _mine(code: str) -> Dossier:
    return queries.by_code(code) or abort(404)


def _collect_page(code: str, form: Form, status: int = 200) -> ResponseReturnValue:
    row = _mine(code)
    at, ready = collecting.desk(row), row.finished_at is not None and row.handed_at is None and not row.ended_as
    open_ = bool(at and ready and row.return_by == "desk")
    booked = queries.collecting(code, clock.now()) if at and open_ else None
    days = collecting.free(at) if at and open_ and booked is None else {}
    day = _day(days)
    times = days[day] if day else []
    if not times:
        form.lift_errors()
    page = render_template(
        "dossiers/collect.html", row=row, form=form, act=ActForm(formdata=None), ready=ready, desk=at, booked=booked, days=days,
        day=day,
        chosen=form.moment._value() if isinstance(form, CollectForm) else "",
        halves=[[one for one in times if (clock.local(one).hour < NOON) is early] for early in (True, False)],
    )  # fmt: skip
    return page, status


def _day(days: Mapping[date, object]) -> date | None:
    """The day asked for when it has free times, else the first that has."""
    asked = next((day for day in days if day.isoformat() == request.args.get("ngay", "")), None)
    return asked or next(iter(days), None)
