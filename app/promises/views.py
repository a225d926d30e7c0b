"""The public ledger, and the page where a unit keeps its own promises, opened by its link and without an account."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, kept
from app.forms import allow_upload
from app.promises import actions, feeds, queries, rules
from app.promises.forms import DoneForm, EvidenceForm, PlainForm, PostponeForm, PromiseForm, WaitForm, forms_of
from app.promises.models import Promise
from app.promises.queries import Wanted
from app.promises.words import FIELDS, STANDINGS, VERDICTS, event_title
from app.staff import queries as staff
from app.staff.models import Unit
from app.web import language, limiter

pages = Blueprint("promises", __name__)
SIZE = 25
FEED = 60  # events
RECENT = timedelta(days=60)  # how long what is done stays on its unit's page
ACTING = "60 per minute; 600 per hour"  # per network address; a whole office may share one


# -- the ledger -------------------------------------------------------------------------------------------------------


@pages.get("/so-loi-hen")
@access.public
@kept.page
def index() -> ResponseReturnValue:
    wanted, today = _wanted(), clock.today()
    page = min(max(request.args.get("trang", 1, int), 1), 10_000)
    found, count = queries.ledger(wanted, queries.calendar(today), page, SIZE)
    if not found and page > 1:
        abort(404)
    by_unit = queries.counts_by_unit(today)
    return render_template(
        "promises/index.html",
        entries=found,
        count=count,
        page=page,
        last=max(1, -(-count // SIZE)),
        wanted=wanted,
        by_unit=by_unit,
        totals=sum((counts for _unit, counts in by_unit), rules.Counts()),
        standings=STANDINGS,
        fields=FIELDS,
        fewest=rules.FEWEST,
    )


@pages.get("/so-loi-hen.csv")
@access.public
def table() -> ResponseReturnValue:
    return feeds.table(queries.all_public(_wanted(), queries.calendar(clock.today())), language())


@pages.get("/so-loi-hen.atom")
@access.public
def feed() -> ResponseReturnValue:
    return feeds.atom(queries.latest_events(FEED), language())


def _wanted() -> Wanted:
    """What is filtered by; a word nobody knows filters nothing."""
    unit_id, standing, field = (request.args.get("don_vi", ""), request.args.get("xem", ""), request.args.get("linh_vuc", ""))
    return Wanted(
        unit_id=int(unit_id) if unit_id.isascii() and unit_id.isdigit() and len(unit_id) < 9 else None,
        standing=standing if standing in STANDINGS else "",
        field=field if field in FIELDS else "",
    )


@pages.get("/so-loi-hen/<int:number>")
@access.public
def promise(number: int) -> ResponseReturnValue:
    row, askers = queries.with_askers(number) or abort(404)
    if not row.public:
        abort(404)
    return render_template(
        "promises/promise.html",
        entry=queries.entries([row])[0],
        promise=row,
        history=queries.history(number),
        files=queries.files(number),
        asked=[asker.verdict for asker in askers],
        fields=FIELDS,
        verdicts=VERDICTS,
        event_title=event_title,
    )


@pages.get("/so-loi-hen/<int:number>/tep/<int:file_id>")
@access.public
def file(number: int, file_id: int) -> ResponseReturnValue:
    row = queries.by_number(number)
    if row is None or not row.public:
        abort(404)
    return feeds.download(queries.file(number, file_id) or abort(404))


# -- a unit's own -----------------------------------------------------------------------------------------------------


@pages.get("/so-loi-hen/don-vi/<token>")
@access.public
def unit(token: str) -> ResponseReturnValue:
    mine = _unit(token)
    found = queries.of_unit(mine.id, clock.today() - RECENT)
    return render_template(
        "promises/unit.html",
        unit=mine,
        token=token,
        open=[entry for entry in found if not entry.closed],
        done=[entry for entry in reversed(found) if entry.closed],
    )


@pages.get("/so-loi-hen/don-vi/<token>/<int:number>")
@access.public
def unit_promise(token: str, number: int) -> ResponseReturnValue:
    return _unit_page(token, _theirs(token, number))


@pages.post("/so-loi-hen/don-vi/<token>/<int:number>/xong")
@access.public
@limiter.limit(ACTING)
def unit_done(token: str, number: int) -> ResponseReturnValue:
    row = _theirs(token, number)
    allow_upload()
    form = DoneForm(row)
    return _acted(token, row, form, lambda: actions.done(number, form.report(), form.saw, _actor(row)))


@pages.post("/so-loi-hen/don-vi/<token>/<int:number>/doi-ngay")
@access.public
@limiter.limit(ACTING)
def unit_postpone(token: str, number: int) -> ResponseReturnValue:
    row = _theirs(token, number)
    form = PostponeForm(row)
    return _acted(token, row, form, lambda: actions.postpone(number, form.chosen, form.reason.data or "", form.saw, _actor(row)))


@pages.post("/so-loi-hen/don-vi/<token>/<int:number>/cho")
@access.public
@limiter.limit(ACTING)
def unit_wait(token: str, number: int) -> ResponseReturnValue:
    row = _theirs(token, number)
    form = WaitForm(row)
    return _acted(token, row, form, lambda: actions.wait(number, form.whom.data or "", form.saw, _actor(row)))


@pages.post("/so-loi-hen/don-vi/<token>/<int:number>/lam-tiep")
@access.public
@limiter.limit(ACTING)
def unit_resume(token: str, number: int) -> ResponseReturnValue:
    row = _theirs(token, number)
    return _acted(token, row, PlainForm(), lambda: actions.resume(number, _actor(row)))


@pages.post("/so-loi-hen/don-vi/<token>/<int:number>/chung-cu")
@access.public
@limiter.limit(ACTING)
def unit_evidence(token: str, number: int) -> ResponseReturnValue:
    row = _theirs(token, number)
    allow_upload()
    form = EvidenceForm(row)
    return _acted(token, row, form, lambda: actions.add_evidence(number, form.evidence(), _actor(row)))


def _unit(token: str) -> Unit:
    """Whose link it is. Any other token is no page, whatever is wrong with it."""
    return staff.unit_of_token(token) or abort(404)


def _theirs(token: str, number: int) -> Promise:
    mine, row = _unit(token), queries.by_number(number)
    return row if row is not None and row.public and row.unit_id == mine.id else abort(404)


def _actor(row: Promise) -> str:
    return f"unit:{row.unit_id}"


def _acted(token: str, row: Promise, form: Any, act: Any) -> ResponseReturnValue:
    if (refused := form.attempt(act)) is None:
        return redirect(url_for(".unit_promise", token=token, number=row.id), 303)
    return _unit_page(token, queries.by_number(row.id) or abort(404), form, refused)


def _unit_page(token: str, row: Promise, form: Any = None, status: int = 200) -> ResponseReturnValue:
    """The promise with everything the unit may do about it; a refused form is shown in its place."""
    papers, known = queries.files(row.id), queries.calendar(clock.today())
    page = render_template(
        "promises/unit_promise.html",
        unit=row.unit,
        token=token,
        entry=queries.entries([row], known)[0],
        promise=row,
        history=queries.history(row.id),
        files=papers,
        form=form or PlainForm(),
        forms=forms_of(row, papers, known, form if isinstance(form, PromiseForm) else None),
        event_title=event_title,
        verdicts=VERDICTS,
    )
    return page, status
