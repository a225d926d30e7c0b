"""The officers' figures: a period's meetings, units and invitation links, on the page, as a workbook, CSV and on paper."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, clock, dates, sheets
from app.dates import day, day_short
from app.invitations import queries as invitations
from app.refusal import Refusal
from app.reports import charts, queries, rules, tables
from app.web import attachment, language

pages = Blueprint("reports_admin", __name__)
READ = ("secretary", "leader")


@pages.get("")
@access.staff_only(*READ)
def meetings() -> ResponseReturnValue:
    of, problem = _period()
    facts = _facts(of)
    return render_template(
        "reports/admin/meetings.html",
        problem=problem,
        usual=rules.usual_periods(clock.today()),
        chart=_chart(facts["figures"]),
        **facts,
    )


@pages.get("/in")
@access.staff_only(*READ)
def printed() -> ResponseReturnValue:
    """A4, lying."""
    of, _problem = _period()
    return render_template("reports/admin/printed.html", **_facts(of))


@pages.get("/bang.xlsx")
@access.staff_only(*READ)
def workbook() -> ResponseReturnValue:
    of, _problem = _period()
    found = _tables(queries.figures(of, clock.today())).values()
    return attachment(sheets.workbook_of((one.title, one.header, one.lines()) for one in found), sheets.XLSX, _name(of, "xlsx"))


@pages.get("/<name>.csv")
@access.staff_only(*READ)
def csv(name: str) -> ResponseReturnValue:
    """One of the tables."""
    of, _problem = _period()
    table = _tables(queries.figures(of, clock.today())).get(name) or abort(404)
    text = sheets.csv_text(table.header, table.lines())
    return attachment(text, sheets.CSV, _name(of, "csv", f"-{name}"))


def _period() -> tuple[rules.Period, str]:
    """What was asked for, or the last twelve months and what was wrong."""
    first, last, today = request.args.get("tu", ""), request.args.get("den", ""), clock.today()
    if not first and not last:
        return rules.last_year(today), ""
    try:
        return rules.period(dates.read(first), dates.read(last), today), ""
    except Refusal as refusal:
        return rules.last_year(today), refusal.sentence


def _facts(of: rules.Period) -> dict[str, Any]:
    found = queries.figures(of, clock.today())
    return {
        "period": of,
        "query": {"tu": of.first.isoformat(), "den": of.last.isoformat()},
        "figures": found,
        "total": found.total,
        "tables": _tables(found),
        "columns": tables.COLUMNS,
        "of": rules.of,
        "share": rules.share,
    }


def _chart(found: rules.Figures) -> dict[str, Any] | None:
    """Sign-ups and attendance, meeting by meeting."""
    if not found.meetings:
        return None
    best = max(found.meetings, key=lambda one: one.tally.firms)
    sentence = _(
        "Đông nhất là kỳ %(day)s: %(firms)s nơi đăng ký, %(came)s nơi đến dự.",
        day=day(best.day), firms=best.tally.firms, came=best.tally.came,
    )  # fmt: skip
    groups = [(day_short(one.day), one.tally.firms, one.tally.came) for one in found.meetings]
    drawn = charts.bars(groups, sentence, _("Số nơi đăng ký"), _("Số nơi đến dự"))
    return {"groups": groups, "sentence": sentence, "drawn": drawn}


def _tables(found: rules.Figures) -> dict[str, tables.Table]:
    """By the name their CSV has. Reasons only where any may be told."""
    reasons = tables.of_reasons(invitations.why_not([one.id for one in found.meetings]))
    told = {"vi-sao": reasons} if reasons.rows else {}
    return {
        "ky-hop": tables.of_meetings(found),
        "don-vi": tables.of_units(found, language()),
        "duong-moi": tables.of_channels(found, language()),
    } | told


def _name(of: rules.Period, ending: str, which: str = "") -> str:
    return f"so-lieu{which}-{of.first.isoformat()}-{of.last.isoformat()}.{ending}"
