"""The officers' ledger: what is due, late, waiting, done and not yet judged; and the units' addresses and links."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, audit, clock, links
from app.forms import allow_upload
from app.promises import actions, feeds, queries
from app.promises.forms import (
    ContactForm,
    DoneForm,
    EvidenceForm,
    PlainForm,
    PostponeForm,
    PromiseForm,
    RemoveForm,
    WaitForm,
    forms_of,
)
from app.promises.models import Promise
from app.promises.rules import Entry
from app.promises.words import FIELDS, VERDICTS, event_title
from app.staff import actions as staff_actions
from app.staff import queries as staff
from app.staff.models import Unit

pages = Blueprint("promises_admin", __name__)
READ = ("counter", "reception", "secretary", "leader")
ACT = ("secretary", "leader")
NUMBER = "<int:number>"


@pages.get("/")
@access.staff_only(*READ)
def index() -> ResponseReturnValue:
    unit_id = request.args.get("don_vi", None, int)
    found = queries.at_work(_is_leader(), unit_id if unit_id is not None and 0 < unit_id < 10**9 else None)
    return render_template(
        "promises/admin/index.html", groups=_groups(found, clock.today()), units=staff.units(), chosen=unit_id, count=len(found)
    )


def _groups(found: Iterable[Entry], today: date) -> dict[str, list[Entry]]:
    """What presses first."""
    sunday = today + timedelta(days=6 - today.weekday())
    groups: dict[str, list[Entry]] = {"late": [], "week": [], "reopened": [], "waiting": [], "unheard": [], "later": []}
    for entry in found:
        if entry.closed:
            groups["unheard"].append(entry)
        elif entry.standing in ("late", "waiting", "reopened"):
            groups[entry.standing].append(entry)
        else:
            groups["week" if entry.standing == "soon" or entry.due <= sunday else "later"].append(entry)
    return groups


# -- one promise ------------------------------------------------------------------------------------------------------


@pages.get(f"/{NUMBER}")
@access.staff_only(*READ)
def promise(number: int) -> ResponseReturnValue:
    return _page(number)


@pages.get(f"/{NUMBER}/tep/<int:file_id>")
@access.staff_only(*READ)
def file(number: int, file_id: int) -> ResponseReturnValue:
    _row(number)
    return feeds.download(queries.file(number, file_id) or abort(404))


@pages.post(f"/{NUMBER}/xong")
@access.staff_only(*ACT)
def done(number: int) -> ResponseReturnValue:
    allow_upload()
    row = _row(number)
    form = DoneForm(row)
    return _acted(row, form, lambda: actions.done(number, form.report(), form.saw, audit.actor()))


@pages.post(f"/{NUMBER}/doi-ngay")
@access.staff_only(*ACT)
def postpone(number: int) -> ResponseReturnValue:
    row = _row(number)
    form = PostponeForm(row)
    return _acted(row, form, lambda: actions.postpone(number, form.chosen, form.reason.data or "", form.saw, audit.actor()))


@pages.post(f"/{NUMBER}/cho")
@access.staff_only(*ACT)
def wait(number: int) -> ResponseReturnValue:
    row = _row(number)
    form = WaitForm(row)
    return _acted(row, form, lambda: actions.wait(number, form.whom.data or "", form.saw, audit.actor()))


@pages.post(f"/{NUMBER}/lam-tiep")
@access.staff_only(*ACT)
def resume(number: int) -> ResponseReturnValue:
    return _acted(_row(number), PlainForm(), lambda: actions.resume(number, audit.actor()))


@pages.post(f"/{NUMBER}/chung-cu")
@access.staff_only(*ACT)
def add_evidence(number: int) -> ResponseReturnValue:
    allow_upload()
    row = _row(number)
    form = EvidenceForm(row)
    return _acted(row, form, lambda: actions.add_evidence(number, form.evidence(), audit.actor()))


@pages.post(f"/{NUMBER}/tep/<int:file_id>/go")
@access.staff_only(*ACT)
def remove_file(number: int, file_id: int) -> ResponseReturnValue:
    row = _row(number)
    form = RemoveForm(row)
    return _acted(row, form, lambda: actions.remove_file(number, file_id, form.reason.data or "", audit.actor()))


def _row(number: int) -> Promise:
    """A promise for the leader alone is no promise to anybody else."""
    row = queries.by_number(number)
    return row if row is not None and (row.public or _is_leader()) else abort(404)


def _acted(row: Promise, form: Any, act: Callable[[], object]) -> ResponseReturnValue:
    if (refused := form.attempt(act)) is None:
        return redirect(url_for(".promise", number=row.id), 303)
    return _page(row.id, form, refused)


def _page(number: int, form: Any = None, status: int = 200) -> ResponseReturnValue:
    row, askers = queries.with_askers(number) or abort(404)
    if not row.public and not _is_leader():
        abort(404)
    papers, known = queries.files(row.id), queries.calendar(clock.today())
    page = render_template(
        "promises/admin/promise.html",
        entry=queries.entries([row], known)[0],
        promise=row,
        history=queries.history(row.id),
        files=papers,
        askers=askers,
        form=form or PlainForm(),
        forms=forms_of(row, papers, known, form if isinstance(form, PromiseForm) else None),
        fields=FIELDS,
        verdicts=VERDICTS,
        event_title=event_title,
        may_act=_may_act(),
    )
    return page, status


# -- units ------------------------------------------------------------------------------------------------------------


@pages.get("/don-vi")
@access.staff_only(*ACT)
def units() -> ResponseReturnValue:
    return render_template("promises/admin/units.html", units=staff.units())


@pages.route("/don-vi/<int:unit_id>", methods=["GET", "POST"])
@access.staff_only(*ACT)
def unit(unit_id: int) -> ResponseReturnValue:
    mine, status = _unit(unit_id), 200
    form = ContactForm(data={"email": mine.email, "head_name": mine.head_name, "head_email": mine.head_email})
    if request.method == "POST":
        refused = form.attempt(lambda: staff_actions.edit_unit(unit_id, form.contact()))
        if refused is None:
            return redirect(url_for(".units"), 303)
        status = refused
    return _unit_page(mine, form, status)


@pages.post("/don-vi/<int:unit_id>/lien-ket")
@access.staff_only(*ACT)
def renew_link(unit_id: int) -> ResponseReturnValue:
    mine, form = _unit(unit_id), PlainForm()
    seen = request.form.get("seen", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
    if (refused := form.attempt(lambda: staff_actions.renew_unit_link(unit_id, version))) is None:
        return redirect(url_for(".unit", unit_id=unit_id), 303)
    return _unit_page(mine, form, refused)


def _unit(unit_id: int) -> Unit:
    return next((one for one in staff.units() if one.id == unit_id), None) or abort(404)


def _unit_page(mine: Unit, form: Any, status: int) -> ResponseReturnValue:
    contact = form if isinstance(form, ContactForm) else ContactForm(formdata=None, obj=mine)
    link = links.absolute("promises.unit", token=staff.unit_token(mine))
    return render_template("promises/admin/unit.html", unit=mine, form=form, contact=contact, link=link), status


def _is_leader() -> bool:
    return bool(current_user.role == "leader")


def _may_act() -> bool:
    return current_user.role in {*ACT, "admin"}
