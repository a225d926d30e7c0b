"""The register of people guided through filing online: one line each, what came of it, and the figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import access, clock, dates, sheets
from app.dates import month_year
from app.guides import actions, queries
from app.guides.forms import CHANNEL_NAMES, REASON_NAMES, STEP_NAMES, FiledLaterForm, GuidedForm
from app.guides.models import STEPS, GuidedFiling
from app.guides.queries import Guided, Tally
from app.offices import queries as offices
from app.text import named
from app.web import attachment, language

pages = Blueprint("filing_admin", __name__)
ACT = ("counter", "reception", "secretary")
SIZE, MOST = 50, 20_000


@dataclass(frozen=True, slots=True)
class Span:
    """The days looked at, and the office when it is one."""

    first: date
    last: date
    office_id: int | None

    def asked(self) -> dict[str, Any]:
        return {"tu": self.first.isoformat(), "den": self.last.isoformat(), "noi": self.office_id}


# -- one line ---------------------------------------------------------------------------------------------------------


@pages.get("/")
@access.staff_only()
def index() -> ResponseReturnValue:
    """The form on top, below it the register; the next line begins like the officer's last."""
    return _index_page(_form(formdata=None, data=_like_last()))


@pages.post("/")
@access.staff_only(*ACT)
def note() -> ResponseReturnValue:
    form = _form()
    key = form.request_key.data or ""
    refused = form.attempt(lambda: actions.note(form.given(), form.outcome_said(), current_user.id, key))
    return redirect(url_for(".index"), 303) if refused is None else _index_page(form, refused)


def _like_last() -> dict[str, Any]:
    last = queries.last_of(current_user.id)
    if last is None:
        return {"office": str(current_user.office_id or "")}
    return {"office": str(last.office_id), "procedure": str(last.procedure_id or ""), "channel": last.channel}


def _form(**kwargs: Any) -> GuidedForm:
    return GuidedForm(_offices(), _procedures(), **kwargs)


def _index_page(form: GuidedForm, status: int = 200) -> ResponseReturnValue:
    today, own = clock.today(), current_user.office_id
    number = min(max(request.args.get("trang", 1, int), 1), 10_000)
    rows = queries.lines(date.min, today, own, (number - 1) * SIZE, SIZE + 1)
    page = render_template(
        "guides/admin/filing.html",
        form=form,
        steps=STEPS,
        rows=rows[:SIZE],
        page=number,
        more=len(rows) > SIZE,
        tally=queries.guided(today.replace(day=1), today, own).total,
        names=_names(),
        reasons=REASON_NAMES,
        may_act=current_user.role != "leader",
    )
    return page, status


@pages.get("/<int:guided_id>")
@access.staff_only()
def line(guided_id: int) -> ResponseReturnValue:
    return _line_page(_mine(guided_id), FiledLaterForm(formdata=None))


@pages.post("/<int:guided_id>/da-nop")
@access.staff_only(*ACT)
def file_later(guided_id: int) -> ResponseReturnValue:
    _mine(guided_id)
    form = FiledLaterForm()
    refused = form.attempt(lambda: actions.file_later(guided_id, form.dossier.data or "", current_user.id))
    return (
        redirect(url_for(".line", guided_id=guided_id), 303) if refused is None else _line_page(_mine(guided_id), form, refused)
    )


def _mine(guided_id: int) -> GuidedFiling:
    row = queries.line(guided_id) or abort(404)
    return row if current_user.office_id in {None, row.office_id} else abort(403)


def _line_page(row: GuidedFiling, form: FiledLaterForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "guides/admin/line.html", row=row, form=form, steps=STEPS, step_names=STEP_NAMES, channels=CHANNEL_NAMES,
        reasons=REASON_NAMES, names=_names(), may_act=current_user.role != "leader",
    )  # fmt: skip
    return page, status


# -- figures ----------------------------------------------------------------------------------------------------------


@pages.get("/so-lieu")
@access.staff_only()
def figures() -> ResponseReturnValue:
    span = _span()
    found = queries.guided(span.first, span.last, span.office_id)
    return render_template(
        "guides/admin/figures.html", span=span, found=found, tables=_tables(found), reasons=REASON_NAMES, offices=_offices()
    )


def _span() -> Span:
    """From the beginning of the year to today, unless asked otherwise; an officer of one office sees that one."""
    today = clock.today()
    first, last = (_day(request.args.get(name, "")) for name in ("tu", "den"))
    last = last or today
    first = first or last.replace(month=1, day=1)
    asked = request.args.get("noi", type=int)
    known = asked if asked in offices.catalogue().office_of else None
    return Span(min(first, last), max(first, last), current_user.office_id or known)


def _day(text: str) -> date | None:
    day = dates.read(text)
    return day if day and 2000 <= day.year <= 2100 else None


def _tables(found: Guided) -> list[tuple[str, list[tuple[str, Tally]]]]:
    """Each way of parting the figures with its name."""
    names = _names()
    return [
        (_("Theo nơi"), [(names.office(key), tally) for key, tally in found.by_office.items()]),
        (_("Theo thủ tục"), [(names.procedure(key), tally) for key, tally in found.by_procedure.items()]),
        (_("Theo tháng"), [(month_year(key), tally) for key, tally in found.by_month.items()]),
        (_("Theo cách hướng dẫn"), [(str(CHANNEL_NAMES[key]), tally) for key, tally in found.by_channel.items()]),
    ]


@pages.get("/so-huong-dan.<any(csv, xlsx):kind>")
@access.staff_only()
def export(kind: str) -> ResponseReturnValue:
    """The register itself; the workbook has the figures on a second sheet."""
    span = _span()
    header = [_("Ngày"), _("Nơi hướng dẫn"), _("Thủ tục"), _("Hướng dẫn ở đâu"), *(str(STEP_NAMES[step]) for step in STEPS),
              _("Đã đưa tờ rơi"), _("Mã hồ sơ"), _("Vì sao chưa nộp"), _("Ghi thêm một câu"), _("Số liệu mẫu")]  # fmt: skip
    rows = _exported(queries.lines(span.first, span.last, span.office_id, size=MOST))
    name = f"huong-dan-nop-{span.first.isoformat()}-{span.last.isoformat()}.{kind}"
    if kind == "csv":
        return attachment(sheets.csv_text(header, rows), sheets.CSV, name)
    return attachment(sheets.workbook_of([(_("Sổ hướng dẫn"), header, rows), _figures_sheet(span)]), sheets.XLSX, name)


def _exported(rows: Iterable[GuidedFiling]) -> list[list[sheets.Cell]]:
    names, yes = _names(), _("có")
    return [
        [
            row.day, names.office(row.office_id), names.procedure(row.procedure_id), str(CHANNEL_NAMES[row.channel]),
            *(yes if getattr(row, step) else "" for step in STEPS), yes if row.leaflet else "",
            row.filed.code if row.filed else "", "" if row.filed else str(REASON_NAMES[row.outcomes[-1].reason]),
            row.outcomes[-1].sentence, yes if row.sample else "",
        ]
        for row in rows
    ]  # fmt: skip


def _figures_sheet(span: Span) -> tuple[str, list[str], list[list[sheets.Cell]]]:
    found = queries.guided(span.first, span.last, span.office_id)
    rows: list[list[sheets.Cell]] = [[_("Tất cả"), "", found.total.guided, found.total.filed]]
    rows += [[title, name, tally.guided, tally.filed] for title, table in _tables(found) for name, tally in table]
    rows += [[_("Vì sao chưa nộp"), str(REASON_NAMES[key]), count, 0] for key, count in found.reasons.items()]
    return _("Số liệu"), [_("Chia theo"), _("Tên"), _("Đã hướng dẫn"), _("Đã nộp")], rows


# -- names ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Names:
    """Offices and procedures by number, as the reader calls them."""

    offices: dict[int, str]
    procedures: dict[int, str]

    def office(self, number: int) -> str:
        return self.offices.get(number, "")

    def procedure(self, number: int | None) -> str:
        return self.procedures.get(number or 0) or str(_("Chỉ hướng dẫn chung"))


def _names() -> Names:
    catalogue, locale = offices.catalogue(), language()
    return Names(
        {one.id: named(one, locale) for one in catalogue.offices}, {one.id: named(one, locale) for one in catalogue.procedures}
    )


def _offices() -> dict[int, str]:
    own = current_user.office_id
    return {one.id: named(one, language()) for one in offices.catalogue().offices if own in {None, one.id}}


def _procedures() -> dict[int, str]:
    """Those that can be filed online first: they are what people are guided through."""
    ranked = sorted(offices.catalogue().procedures, key=lambda one: not one.online_url)
    return {one.id: f"{named(one, language())} ({one.code})" for one in ranked}
