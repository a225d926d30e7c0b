"""The officers' list of what is due, unit by unit, and the urging letter to print."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.chasing import queries, rules

pages = Blueprint("chasing_admin", __name__)
READ = ("secretary", "leader", "reception", "counter")


@pages.get("/")
@access.staff_only(*READ)
def index() -> ResponseReturnValue:
    today, calendar = queries.today()
    found = queries.lines(today, calendar)
    seen = [line for line in found if line.role != "leader" or current_user.role == "leader"]
    return render_template(
        "chasing/admin/index.html",
        dues=queries.by_unit(seen),
        own=[line for line in seen if line.unit_id is None and line.level != "ahead"],
        ahead=sum(line.level == "ahead" for line in seen),
        day=today,
        begins=rules.FROM,
    )


@pages.get("/don-vi/<int:unit_id>/in")
@access.staff_only(*READ)
def letter(unit_id: int) -> ResponseReturnValue:
    """A draft in the layout of a state document; number, date and signature are put by hand."""
    today, calendar = queries.today()
    unit = queries.unit_of(unit_id) or abort(404)
    due = queries.lines(today, calendar, queries.OF_UNITS)
    mine = [line for line in due if line.unit_id == unit_id and line.level != "ahead"]
    return render_template("chasing/admin/letter.html", unit=unit, lines=mine, day=today)
