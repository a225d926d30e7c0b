"""Public figures: what became of the meetings, without anything about anybody."""

import hashlib

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock, kept, sheets
from app.reports import queries, rules, tables

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
    return render_template(
        "reports/figures.html",
        period=of,
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
    headers = {"Content-Disposition": "attachment; filename=so-lieu.csv"}
    return _cached(
        Response(sheets.csv_text(table.header, table.lines()), content_type="text/csv; charset=utf-8", headers=headers)
    )


def _figures() -> tuple[rules.Period, rules.Figures]:
    of = rules.last_year(clock.today())
    return of, queries.figures(of, clock.today(), public=True)


def _cached(response: Response) -> ResponseReturnValue:
    """The same for everybody: caches may keep it for a while and then ask whether it changed."""
    response.cache_control.public, response.cache_control.max_age = True, CACHED
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:20])
    return response.make_conditional(request)
