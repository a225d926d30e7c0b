"""The register: lists read in, piles, findings, what must be clicked, letters to units."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import access, clock, sheets
from app.forms import allow_upload
from app.reconciliation import actions, imports, lists, queries, rules
from app.reconciliation.forms import (
    COLUMN_NAMES,
    EVIDENCE_NAMES,
    PILE_NAMES,
    REASON_NAMES,
    VERDICT_NAMES,
    ActForm,
    ColumnsForm,
    FindingForm,
    HandInForm,
)  # fmt: skip
from app.refusal import Refusal
from app.staff import queries as staff
from app.text import clean_line
from app.web import attachment

pages = Blueprint("reconciliation_admin", __name__)
READ, ACT = ("counter", "reception", "secretary", "leader"), ("counter", "reception", "secretary")
SIZE, MOST_NAMED = 50, 500


# -- the piles --------------------------------------------------------------------------------------------------------


@pages.get("/")
@access.staff_only(*READ)
def index() -> ResponseReturnValue:
    return _index_page(FindingForm(formdata=None))


@pages.post("/ket-luan")
@access.staff_only(*ACT)
def find() -> ResponseReturnValue:
    """The same finding for every dossier ticked."""
    form = FindingForm()
    refused = form.attempt(lambda: actions.find(form.codes.data or [], form.found()))
    if refused is None:
        return redirect(url_for(".index", **_kept_filter()), 303)
    return _index_page(form, refused)


def _kept_filter() -> dict[str, Any]:
    names = ("xem", "don-vi", "can-bo", "tim", "trang")
    return {name: value for name in names if (value := request.values.get(name, ""))}


def _scope() -> queries.Scope:
    pile = request.values.get("xem", "nothing")
    return queries.Scope(
        pile=pile if pile in queries.PILES else abort(404),
        unit_id=request.values.get("don-vi", type=int),
        officer_id=request.values.get("can-bo", type=int),
        search=clean_line(request.values.get("tim", ""))[:40],
    )


def _index_page(form: FindingForm, status: int = 200) -> ResponseReturnValue:
    today, scope = clock.today(), _scope()
    everything = queries.Scope(unit_id=scope.unit_id, officer_id=scope.officer_id, search=scope.search)
    counts = queries.counts(everything, today)
    last = max(1, -(-counts[scope.pile] // SIZE))
    page = min(max(request.values.get("trang", 1, int), 1), last)
    items = queries.items(scope, today, page, SIZE)
    if not items:
        form.lift_errors()
    chosen = {one.row.code for one in items} if "chon" in request.args else set(form.codes.data or [])
    shown = render_template(
        "reconciliation/admin/index.html",
        form=form,
        scope=scope,
        counts=counts,
        piles=PILE_NAMES,
        items=items,
        units=staff.units(),
        page=page,
        last=last,
        filter=_kept_filter(),
        chosen=chosen,
        verdicts=VERDICT_NAMES,
        evidence=EVIDENCE_NAMES,
        may_act=current_user.role != "leader",
    )
    return shown, status


@pages.get("/ma/<code>")
@access.staff_only(*READ)
def item(code: str) -> ResponseReturnValue:
    """What the system says beside what the paper says, and every finding."""
    found = queries.item(code, clock.today()) or abort(404)
    return render_template(
        "reconciliation/admin/item.html", item=found, findings=queries.of_code(code), verdicts=VERDICT_NAMES,
        evidence=EVIDENCE_NAMES, reasons=REASON_NAMES, piles=PILE_NAMES | {"fine": _("Máy không báo trễ")},
        units=staff.units(),
    )  # fmt: skip


@pages.get("/tai-ve.<any(csv, xlsx):kind>")
@access.staff_only(*READ)
def export(kind: str) -> ResponseReturnValue:
    """The pile as a list for whoever must click: with the true day and its evidence, never another."""
    header = [_("Mã hồ sơ"), _("Thủ tục"), _("Cán bộ xử lý"), _("Ngày hẹn trả"), _("Ngày dân ký nhận"), _("Chứng cứ"),
              _("Số, trang"), _("Kết luận")]  # fmt: skip
    today, scope = clock.today(), _scope()
    rows = [_exported(one) for one in queries.items(scope, today, size=imports.MOST_LINES)]
    name = f"doi-soat-{scope.pile}-{today.isoformat()}.{kind}"
    if kind == "csv":
        return attachment(sheets.csv_text(header, rows), sheets.CSV, name)
    return attachment(sheets.workbook("Đối soát", header, rows), sheets.XLSX, name)


def _exported(one: queries.Item) -> list[sheets.Cell]:
    finding = one.finding
    return [
        one.row.code, one.row.matter, one.officer or one.row.officer, clock.local(one.row.promised_at).date(),
        clock.local(one.handed_at).date() if one.handed_at else None,
        str(EVIDENCE_NAMES[finding.evidence]) if finding else "", finding.proof if finding else "", str(PILE_NAMES[one.pile]),
    ]  # fmt: skip


@pages.get("/so-lieu")
@access.staff_only(*READ)
def figures() -> ResponseReturnValue:
    """False overdue and days from hand-over to click, per unit and officer."""
    today, scope = clock.today(), queries.Scope()
    return render_template(
        "reconciliation/admin/figures.html",
        all_units=staff.units(),
        units=queries.by_unit(scope, today),
        officers=queries.by_officer(scope, today),
        last=queries.last_import(),
    )


@pages.get("/don-vi/<int:unit_id>/don-doc")
@access.staff_only(*READ)
def letter(unit_id: int) -> ResponseReturnValue:
    """The week's letter to a unit, as a document to sign."""
    unit, today = staff.unit(unit_id) or abort(404), clock.today()
    waiting = queries.items(queries.Scope(unit_id=unit_id, to_do=True), today, size=MOST_NAMED)
    week = today - timedelta(days=today.weekday())
    return render_template(
        "reconciliation/admin/letter.html",
        unit=unit,
        items=waiting,
        week=week,
        urging=queries.urging(unit_id, week),
        piles=PILE_NAMES,
    )


# -- files ------------------------------------------------------------------------------------------------------------


@pages.get("/nhap")
@access.staff_only(*ACT)
def hand_in() -> ResponseReturnValue:
    return _hand_in_page(HandInForm(formdata=None))


@pages.post("/nhap/<any('danh-sach', 'so-ky-nhan'):which>")
@access.staff_only(*ACT)
def hand_in_now(which: str) -> ResponseReturnValue:
    """Keeps the file and shows what it would do."""
    allow_upload()
    form, token = HandInForm(), []
    known = "list" if which == "danh-sach" else "returns"
    refused = form.attempt(lambda: token.append(imports.hand_in(known, form.file.data, current_user.id)))
    if refused is None:
        return redirect(url_for(".preview", token=token[0]), 303)
    return _hand_in_page(form, refused, which)


def _hand_in_page(form: HandInForm, status: int = 200, failed: str = "") -> ResponseReturnValue:
    plain = HandInForm(formdata=None)
    page = render_template("reconciliation/admin/hand_in.html", form=form, plain=plain, failed=failed, last=queries.last_import())
    return page, status


@pages.get("/nhap/<token>")
@access.staff_only(*ACT)
def preview(token: str) -> ResponseReturnValue:
    """What taking the file in would change; faults line by line."""
    return _preview_page(token)


@pages.post("/nhap/<token>")
@access.staff_only(*ACT)
def take_in(token: str) -> ResponseReturnValue:
    upload = lists.upload(token) or abort(404)
    content = lists.content(token)
    if upload.kind == "returns":
        form: ColumnsForm | ActForm = ActForm()
        refused = form.attempt(lambda: imports.take_returns(content))
    else:
        bound = form = _columns_form(content)
        refused = form.attempt(lambda: imports.take_in(content, _meaning(bound, content)))
    if refused is None:
        return redirect(url_for(".index", xem="nothing"), 303)
    return _preview_page(token, form, refused)


def _columns_form(content: bytes, **kwargs: object) -> ColumnsForm:
    headers = imports.columns_of(imports.table(content, "list"))
    return ColumnsForm.for_headers(headers, imports.meaning_of(headers), **kwargs)


def _meaning(form: ColumnsForm, content: bytes) -> dict[str, str]:
    return rules.check_meaning(form.meaning(), imports.columns_of(imports.table(content, "list")))


def _preview_page(token: str, form: ColumnsForm | ActForm | None = None, status: int = 200) -> ResponseReturnValue:
    upload = lists.upload(token) or abort(404)
    content, report, problem = lists.content(token), None, ""
    try:
        if upload.kind == "returns":
            form = form or ActForm(formdata=None)
            report = imports.look_returns(content)
        else:
            form = form or _columns_form(content, formdata=None)
            report = imports.look(content, _meaning(form, content) if isinstance(form, ColumnsForm) else {})
    except Refusal as refusal:
        problem = refusal.sentence
    page = render_template(
        "reconciliation/admin/preview.html", form=form, upload=upload, report=report, problem=problem, columns=COLUMN_NAMES
    )
    return page, status
