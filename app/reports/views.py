"""Public figures: dossiers, and what became of the meetings, without anything about anybody."""

import hashlib

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, clock, kept, sheets
from app.reports import feeds, form06_queries, queries, rules, tables, words06
from app.reports.form06 import Asked, Bucket
from app.sheets import Cell
from app.web import attachment, language

pages = Blueprint("reports", __name__)
CACHED = 600  # seconds


@pages.get("/so-lieu")
@access.public
def figures() -> ResponseReturnValue:
    return _cached(make_response(_page()))


@kept.page
def _page() -> ResponseReturnValue:
    of, found = _figures()
    table = tables.for_everybody(found)
    dossiers = form06_queries.in_brief(Asked(of, clock.today()))
    return render_template(
        "reports/figures.html",
        period=of,
        paper=dossiers.paper,
        false_overdue=dossiers.false_overdue,
        kept_share=words06.percent(dossiers.paper.kept, dossiers.paper.done),
        meetings=len(found.meetings),
        total=found.total,
        table=table,
        columns=[tables.COLUMNS[name] for name in ("firms", "came", *tables.PUBLIC)],
        few=rules.few,
        share=rules.share,
    )


@pages.get("/so-lieu.csv")
@access.public
def figures_csv() -> ResponseReturnValue:
    _of, found = _figures()
    table = tables.for_everybody(found)
    return _cached(_csv(table.header, table.lines(), "so-lieu.csv"))


@pages.get("/so-lieu/ho-so.csv")
@access.public
def dossiers_csv() -> ResponseReturnValue:
    """Month by month, over twelve months."""
    header = [_("Từ ngày"), _("Nhận"), _("Đã giải quyết"), _("Đã giải quyết: quá hạn")]
    rows: list[list[Cell]] = [[one.first, one.received, one.done, one.late] for one in _months()]
    return _cached(_csv(header, rows, "so-lieu-ho-so.csv"))


@pages.get("/so-lieu.atom")
@access.public
def feed() -> ResponseReturnValue:
    """Each month that is over, the youngest first."""
    over = [one for one in _months() if one.ends <= clock.today()]
    return _cached(Response(feeds.months(over[::-1], language()), content_type="application/atom+xml; charset=utf-8"))


def _figures() -> tuple[rules.Period, rules.Figures]:
    of = rules.last_year(clock.today())
    return of, queries.figures(of, clock.today(), public=True)


def _months() -> list[Bucket]:
    """Twelve whole months and the running one."""
    today = clock.today()
    return form06_queries.months(Asked(rules.Period(today.replace(year=today.year - 1, day=1), today), today))


def _csv(header: list[str], rows: list[list[Cell]], name: str) -> Response:
    return attachment(sheets.csv_text(header, rows), sheets.CSV, name)


def _cached(response: Response) -> ResponseReturnValue:
    """The same for everybody: caches may keep it for a while and then ask whether it changed."""
    response.cache_control.public, response.cache_control.max_age = True, CACHED
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:20])
    return response.make_conditional(request)
