"""The published minutes: the version in force, earlier ones, and before that the day they are due."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock, dates
from app.meetings import days
from app.minutes import queries, rules
from app.minutes.forms import OUTCOME_NAMES

pages = Blueprint("minutes", __name__)


@pages.get("/<day>/bien-ban")
@access.public
def minutes(day: str) -> ResponseReturnValue:
    """`?ban=1` shows an earlier version."""
    head = queries.of_day(dates.read(day) or abort(404)) or abort(404)
    if head.meeting.state == "proposed":
        abort(404)
    wanted = request.args.get("ban", "")
    shown = next((one for one in head.finals if str(one.number) == wanted), None) if wanted else head.current
    if wanted and shown is None:
        abort(404)
    return render_template(
        "minutes/minutes.html",
        head=head,
        meeting=head.meeting,
        minutes=shown,
        entries=rules.public(queries.entries(shown.id)) if shown else [],
        due=None if shown else days.minutes_due(head.meeting.day, queries.calendar(head.catalogue_version)),
        held=clock.now() >= head.meeting.ends_at,
        outcomes=OUTCOME_NAMES,
        today=clock.today(),
        standing=rules.standing,
    )
