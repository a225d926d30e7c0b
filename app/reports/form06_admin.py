"""The half-year report: Form 06, what the e-one-stop system says beside it, quality, appointments, meetings; every period."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import access, clock, dates, sheets
from app.dates import number
from app.offices import queries as offices
from app.offices.catalogue import Catalogue, Office
from app.refusal import Refusal
from app.reports import charts, form06_behind, form06_queries, form06_rooms, rules, words06
from app.reports.form06 import Asked, Report, differences
from app.reports.form06_tables import SECTIONS, Told
from app.text import clean_line
from app.web import attachment, language

pages = Blueprint("form06_admin", __name__)
READ = ("secretary", "leader")


@pages.get("")
@access.staff_only(*READ)
def report() -> ResponseReturnValue:
    asked, problem, catalogue = _asked()
    facts = _facts(asked, catalogue)
    return render_template(
        "reports/admin/form06.html",
        problem=problem,
        usual=rules.usual_periods(clock.today()),
        fields=sorted({one.field for one in catalogue.procedures} | {name for name in facts["report"].by_field if name}),
        own_office=current_user.office_id is not None,
        **facts,
    )


@pages.get("/in")
@access.staff_only(*READ)
def printed() -> ResponseReturnValue:
    """A4, lying."""
    asked, _problem, catalogue = _asked()
    return render_template("reports/admin/form06_printed.html", **_facts(asked, catalogue))


@pages.get("/bang.xlsx")
@access.staff_only(*READ)
def workbook() -> ResponseReturnValue:
    asked, _problem, catalogue = _asked()
    found = _facts(asked, catalogue)["sections"].values()
    body = sheets.workbook_of((one.title, one.header, one.lines()) for one in found)
    return _file(body, sheets.XLSX, asked, "xlsx")


@pages.get("/<name>.csv")
@access.staff_only(*READ)
def csv(name: str) -> ResponseReturnValue:
    """One of the sections."""
    asked, _problem, catalogue = _asked()
    table = _facts(asked, catalogue)["sections"].get(name) or abort(404)
    return _file(sheets.csv_text(table.header, table.lines()), sheets.CSV, asked, "csv", f"-{name}")


@pages.get("/danh-sach")
@access.staff_only(*READ)
def behind() -> ResponseReturnValue:
    """The dossiers that a figure counts."""
    asked, _problem, catalogue = _asked()
    column, there = request.args.get("cot", "3"), bool(request.args.get("may"))
    if not form06_behind.known(column, there):
        abort(404)
    page = min(max(request.args.get("trang", 1, int), 1), 10_000)
    lines, in_all = form06_behind.listed(asked, column, page, there)
    called = words06.behind_names(there).get(column) or words06.column_name(int(column))
    return render_template(
        "reports/admin/form06_behind.html", asked=asked, query=_query(asked, catalogue), place=_place(asked, catalogue),
        catalogue=catalogue, column=column, there=there, called=called, lines=lines, in_all=in_all, page=page,
        last=max(1, -(-in_all // form06_behind.PAGE)),
    )  # fmt: skip


# -- what was asked for -----------------------------------------------------------------------------------------------


def _asked() -> tuple[Asked, str, Catalogue]:
    """The report wanted, what was wrong with the period, and the offices. An officer of one office sees that one alone."""
    today, catalogue = clock.today(), offices.catalogue()
    slug, field = request.args.get("noi", ""), clean_line(request.args.get("linh-vuc", ""))[:200]
    office_id = (catalogue.by_slug.get(slug) or abort(404)).id if slug else None
    period, problem = _period()
    return Asked(period, today, current_user.office_id or office_id, field), problem, catalogue


def _period() -> tuple[rules.Period, str]:
    """What was asked for, or the half-year that is running and what was wrong."""
    first, last, today = request.args.get("tu", ""), request.args.get("den", ""), clock.today()
    _name, usual = rules.usual_periods(today)[1]
    if not first and not last:
        return usual, ""
    try:
        return rules.period(dates.read(first), dates.read(last), today), ""
    except Refusal as refusal:
        return usual, refusal.sentence


def _query(asked: Asked, catalogue: Catalogue) -> dict[str, str]:
    place = _place(asked, catalogue)
    wanted = {"tu": asked.period.first.isoformat(), "den": asked.period.last.isoformat()}
    return wanted | ({"noi": place.slug} if place else {}) | ({"linh-vuc": asked.field} if asked.field else {})


def _place(asked: Asked, catalogue: Catalogue) -> Office | None:
    return catalogue.office_of.get(asked.office_id) if asked.office_id is not None else None


# -- what is shown ----------------------------------------------------------------------------------------------------


def _facts(asked: Asked, catalogue: Catalogue) -> dict[str, Any]:
    found = form06_queries.report(asked)
    query = _query(asked, catalogue)
    at = partial(_address, query)
    told = Told(found, form06_rooms.rooms(asked), catalogue, language(), at, _elsewhere(asked))
    return {
        "asked": asked, "query": query, "report": found, "at": at, "place": _place(asked, catalogue), "catalogue": catalogue,
        "sections": {name: section(told) for name, section in SECTIONS.items()}, "field_name": told.field(asked.field),
        "differences": _differences(found), "chart": _chart(found), "panel": _panel(found), "line": charts.line,
        "percent": words06.percent, "piles": words06.pile_names(), "late_there": sum(found.piles.values()),
    }  # fmt: skip


def _elsewhere(asked: Asked) -> dict[str, str]:
    """The pages of the rooms that count what is not a dossier."""
    days_of: dict[str, Any] = {"tu": asked.period.first.isoformat(), "den": asked.period.last.isoformat()}
    return {
        "meetings": url_for("reports_admin.meetings", **days_of),
        "opinions": url_for("feedback_admin.index", **days_of),
        "guided": url_for("filing_admin.figures", noi=asked.office_id, **days_of),
    }


def _address(query: dict[str, str], column: str, there: bool = False, office: str = "", field: str = "") -> str:
    """The list behind a figure; the form's lines and the places narrow it."""
    more: dict[str, Any] = {"noi": office} if office else {}
    more |= ({"linh-vuc": field} if field else {}) | ({"may": 1} if there else {})
    return url_for("form06_admin.behind", cot=column, **(query | more))


def _differences(found: Report) -> list[str]:
    """Sentences: of the paper's form, of each of its lines, of the system's."""
    named = [(_("Theo giấy"), found.paper), *((name or "–", one) for name, one in found.by_field.items()),
             (_("Theo máy"), found.system)]  # fmt: skip
    return [f"{name}: {one.sentence}" for name, tally in named for one in differences(tally)]


def _chart(found: Report) -> dict[str, Any] | None:
    """What was received and done, by month; nothing where there is nothing to compare."""
    named = [(words06.bucket_name(one, found.asked.period.last), one.received, one.done) for one in found.months]
    if len(named) < 2 or not any(one or two for _label, one, two in named):
        return None
    label, most, _done = max(named, key=lambda one: one[1])
    sentence = _("Nhận nhiều nhất: %(label)s, %(count)s hồ sơ.", label=label, count=number(most))
    return {"groups": named, "sentence": sentence, "drawn": charts.bars(named, sentence, _("Nhận"), _("Giải quyết"), wide=640)}


def _panel(found: Report) -> Any:
    return charts.parts([(name, found.piles.get(name, 0)) for name in words06.pile_names()])


def _file(content: str | bytes, mimetype: str, asked: Asked, ending: str, which: str = "") -> Response:
    name = f"bao-cao{which}-{asked.period.first.isoformat()}-{asked.period.last.isoformat()}.{ending}"
    return attachment(content, mimetype, name)
