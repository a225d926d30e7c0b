"""What people said, for officers: figures with their number of answers, the sentences, and the counters' screens."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock, dates, links, sheets
from app.dates import month_shift
from app.feedback import actions, queries, rules, tables
from app.feedback.forms import ANSWER_NAMES, SUBJECT_NAMES, TurnForm
from app.feedback.informs import INFORMS
from app.offices import queries as offices
from app.offices.catalogue import Office
from app.web import attachment, language

pages = Blueprint("feedback_admin", __name__)
READ = ("counter", "reception", "secretary", "leader")
CONFIDENTIAL = ("secretary", "leader")
SIZE = 25
MONTHS = 6  # shown unless other days are asked for
LONGEST = 3700  # days


@pages.get("/")
@access.staff_only(*READ)
def index() -> ResponseReturnValue:
    first, last, problem = _period()
    found = _tables(first, last)
    return render_template(
        "feedback/admin/index.html",
        tables={name: table for name, table in found.items() if table.rows},
        screens=found["may"],
        first=first,
        last=last,
        query={"tu": first.isoformat(), "den": last.isoformat()},
        problem=problem,
        informs=INFORMS,
        subjects=SUBJECT_NAMES,
        fewest=rules.FEWEST,
        confidential=current_user.role in {*CONFIDENTIAL, "admin"},
    )


@pages.get("/bang.xlsx")
@access.staff_only(*READ)
def workbook() -> ResponseReturnValue:
    first, last, _problem = _period()
    found = _tables(first, last).values()
    content = sheets.workbook_of((one.title, one.header(), one.lines()) for one in found)
    return attachment(content, sheets.XLSX, f"y-kien-{first}-{last}.xlsx")


@pages.get("/<name>.csv")
@access.staff_only(*READ)
def csv(name: str) -> ResponseReturnValue:
    """One of the tables."""
    first, last, _problem = _period()
    table = _tables(first, last).get(name) or abort(404)
    text = sheets.csv_text(table.header(), table.lines())
    return attachment(text, sheets.CSV, f"y-kien-{name}-{first}-{last}.csv")


def _tables(first: date, last: date) -> dict[str, tables.Table]:
    return tables.of(queries.figures(first, last), offices.catalogue(), language())


def _period() -> tuple[date, date, bool]:
    """The days asked for; the last six months when none were, or (third value) when they were none."""
    today = clock.today()
    usual = (month_shift(today, 1 - MONTHS), today)
    asked = request.args.get("tu", ""), request.args.get("den", "")
    first, last = (dates.read(text) for text in asked)
    if first is None or last is None or not 0 <= (last - first).days <= LONGEST:
        return (*usual, any(asked))
    return first, last, False


@pages.get("/loi-gop")
@access.staff_only(*CONFIDENTIAL)
def sentences() -> ResponseReturnValue:
    page = min(max(request.args.get("trang", 1, int), 1), 10_000)
    found = queries.sentences(page, SIZE)
    if not found and page > 1:
        abort(404)
    facts = {"subjects": SUBJECT_NAMES, "names": ANSWER_NAMES, "offices": offices.catalogue().office_of}
    return render_template("feedback/admin/sentences.html", found=found[:SIZE], page=page, more=len(found) > SIZE, **facts)


# -- the counters' screens --------------------------------------------------------------------------------------------


@pages.get("/may-tai-quay")
@access.staff_only("secretary")
def kiosks() -> ResponseReturnValue:
    return _kiosks(TurnForm())


@pages.post("/may-tai-quay/<slug>")
@access.staff_only("secretary")
def turn(slug: str) -> ResponseReturnValue:
    office, form = offices.catalogue().by_slug.get(slug) or abort(404), TurnForm()
    refused = form.attempt(lambda: actions.turn(office.id, form.on.data == "1", form.version))
    return redirect(url_for(".kiosks"), 303) if refused is None else _kiosks(form, refused)


def _kiosks(form: TurnForm, status: int = 200) -> ResponseReturnValue:
    rows, today = queries.kiosks(), clock.today()
    working = [one for one in offices.catalogue().offices if one.counters and (one.closed_on is None or today < one.closed_on)]
    page = render_template("feedback/admin/kiosks.html", screens=[_screen(one, rows) for one in working], form=form)
    return page, status


def _screen(office: Office, rows: dict[int, Any]) -> dict[str, Any]:
    row = rows.get(office.id)
    link = links.absolute("feedback.kiosk", slug=office.slug, t=queries.kiosk_token(row)) if row and row.active else ""
    return {"office": office, "link": link, "seen": row.version if row else 0}
