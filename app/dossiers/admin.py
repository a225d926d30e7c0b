"""The officers' dossiers: receive, pause, extend, finish, hand over; slips."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock
from app.appointments import queries as appointments
from app.appointments.models import Appointment
from app.dossiers import actions, queries, rules
from app.dossiers.forms import (
    CHANNEL_NAMES,
    END_NAMES,
    EVENT_NAMES,
    EVIDENCE_NAMES,
    PAUSE_NAMES,
    RETURN_NAMES,
    TAB_NAMES,
    EndForm,
    ExtendForm,
    HandForm,
    HappenedForm,
    PauseForm,
    ReceiveForm,
    ReturnForm,
)
from app.dossiers.models import Dossier
from app.offices import queries as offices
from app.offices.rules import GUIDED_FILING
from app.staff import queries as staff
from app.text import clean_line, named
from app.web import language

pages = Blueprint("dossiers_admin", __name__)
ACT = ("counter", "reception", "secretary")
SIZE = 50
FORMS: dict[str, type[Any]] = {
    "cho": PauseForm, "tiep": HappenedForm, "gia-han": ExtendForm, "xong": HappenedForm, "tra": HandForm, "gui": HandForm,
    "ket-thuc": EndForm, "cach-nhan": ReturnForm,
}  # fmt: skip


@pages.get("/")
@access.staff_only()
def index() -> ResponseReturnValue:
    today = clock.midnight(clock.today())
    tomorrow = today + timedelta(days=1)
    counts, own = queries.counts(current_user.office_id, today, tomorrow), current_user.office_id
    name, search = request.args.get("xem", "tre"), clean_line(request.args.get("tim", ""))[:60]
    if name not in queries.TABS:
        abort(404)
    last = max(1, -(-counts[name] // SIZE))
    page = min(max(request.args.get("trang", 1, int), 1), last)
    return render_template(
        "dossiers/admin/index.html",
        tab=name,
        tabs=TAB_NAMES,
        counts=counts,
        search=search,
        page=page,
        last=1 if search else last,
        rows=queries.listed(name, today, tomorrow, own, search, page, SIZE),
        standing=_standing,
        may_act=current_user.role != "leader",
    )


def _standing(row: Dossier) -> str:
    return rules.standing(actions.state_of(row), clock.today())


@pages.get("/nhan")
@access.staff_only(*ACT)
def receive() -> ResponseReturnValue:
    """Of a visit (`hen`, its code) come the person, the matter and the office; nothing of a person stands in the address."""
    visit = _visit()
    return _receive_page(_receive_form(formdata=None, data=_known(visit)), visit)


@pages.post("/nhan")
@access.staff_only(*ACT)
def receive_now() -> ResponseReturnValue:
    form, visit, made = _receive_form(), _visit(), []
    code, locale = (visit.code, visit.locale) if visit else ("", "vi")
    refused = form.attempt(lambda: made.append(actions.receive(form.receipt(current_user.id, code, locale))))
    return redirect(url_for(".dossier", code=made[0].code), 303) if refused is None else _receive_page(form, visit, refused)


def _visit() -> Appointment | None:
    """The visit this dossier is received at, at an office this officer works for."""
    found = appointments.by_code(clean_line(request.args.get("hen", ""))[:40]) if "hen" in request.args else None
    return found if found and current_user.office_id in {None, found.office_id} else None


def _known(visit: Appointment | None) -> dict[str, str]:
    """What the visit says. Beside an officer who helps with online filing, it was filed online."""
    if visit is None:
        return {}
    own, procedure = {GUIDED_FILING, rules.COLLECTING}, visit.procedure
    given = {"owner": visit.name, "phone": visit.phone, "email": visit.email, "office": str(visit.office_id)}
    if procedure.code not in own:
        given["procedure"] = str(visit.procedure_id)
    return given | ({"channel": "online"} if procedure.code == GUIDED_FILING else {})


def _receive_form(**kwargs: Any) -> ReceiveForm:
    catalogue, locale = offices.catalogue(), language()
    here = [one for one in catalogue.offices if current_user.office_id in {None, one.id}]
    return ReceiveForm(
        {one.id: f"{named(one, locale)} ({one.code})" for one in catalogue.procedures},
        {one.id: named(one, locale) for one in here}, {one.id: named(one, locale) for one in staff.units()}, **kwargs,
    )  # fmt: skip


def _receive_page(form: ReceiveForm, visit: Appointment | None, status: int = 200) -> ResponseReturnValue:
    before = queries.of_visit(visit.code) if visit else []
    return render_template("dossiers/admin/receive.html", form=form, visit=visit, before=before), status


@pages.get("/<code>")
@access.staff_only()
def dossier(code: str) -> ResponseReturnValue:
    return _page(_mine(code))


@pages.post("/<code>/<any('cho', 'tiep', 'gia-han', 'xong', 'tra', 'gui', 'ket-thuc', 'cach-nhan'):act>")
@access.staff_only(*ACT)
def do(code: str, act: str) -> ResponseReturnValue:
    row, form = _mine(code), FORMS[act]()
    refused = form.attempt(_deed(row.code, act, form))
    return redirect(url_for(".dossier", code=code), 303) if refused is None else _page(_mine(code), act, form, refused)


def _deed(code: str, act: str, form: Any) -> Callable[[], object]:
    deeds: dict[str, Callable[[], object]] = {
        "cho": lambda: actions.pause(code, form.kind.data, form.happened.data, form.reason.data or ""),
        "tiep": lambda: actions.resume(code, form.happened.data),
        "gia-han": lambda: actions.extend(code, form.day.data, form.reason.data or ""),
        "xong": lambda: actions.finish(code, form.happened.data),
        "tra": lambda: actions.hand_over(code, form.happened.data, form.given()),
        "gui": lambda: actions.hand_over(code, form.happened.data, form.given(), by_post=True),
        "cach-nhan": lambda: actions.return_by(code, form.return_by.data),
        "ket-thuc": lambda: actions.end(code, form.how.data, form.happened.data, form.reason.data or ""),
    }
    return deeds[act]


def _mine(code: str) -> Dossier:
    row = queries.by_code(code) or abort(404)
    return row if current_user.office_id in {None, row.office_id} else abort(403)


def _page(row: Dossier, failed: str = "", form: Any = None, status: int = 200) -> ResponseReturnValue:
    """Each act has its own small form; the one that failed comes back as it was typed."""
    forms = {act: form if act == failed else made(formdata=None) for act, made in FORMS.items()}
    for act, one in forms.items():
        for field in one:
            field.id = field.label.field_id = f"{field.short_name}-{act}"
    page = render_template(
        "dossiers/admin/dossier.html", row=row, forms=forms, failed=failed, form=form or forms["tiep"], standing=_standing(row),
        late=rules.late_days(row.due_at, clock.today()) if row.finished_at is None and not row.pause else 0,
        events=queries.history(row.id), names=EVENT_NAMES, channels=CHANNEL_NAMES, returns=RETURN_NAMES, pauses=PAUSE_NAMES,
        ends=END_NAMES, evidence=EVIDENCE_NAMES, may_act=current_user.role != "leader",
    )  # fmt: skip
    return page, status


@pages.get("/<code>/phieu/<any('tiep-nhan', 'bo-sung', 'xin-loi'):slip>")
@access.staff_only()
def printed(code: str, slip: str) -> ResponseReturnValue:
    """Paper: the receipt with its promised time, the one list of what is missing, the apology with the new day."""
    row = _mine(code)
    kind = {"tiep-nhan": "received", "bo-sung": "supplement", "xin-loi": "extended"}[slip]
    events = [one for one in queries.history(row.id) if one.kind == kind]
    if not events:
        abort(404)
    officer = queries.officer_of(events[-1].actor)
    return render_template(
        "dossiers/slip.html", row=row, slip=slip, event=events[-1], channels=CHANNEL_NAMES, returns=RETURN_NAMES,
        officer=officer, procedure=offices.catalogue().procedure_of.get(row.procedure_id or 0),
        back=url_for(".dossier", code=row.code),
    )  # fmt: skip
