"""Addresses that are printed somewhere: a day its meeting has left leads to the day it is held on, whichever page was meant."""

from flask import Response, current_app, redirect, request, url_for

from app import dates
from app.meetings import queries

ROOTS = ("/thu-bay/<day>", "/can-bo/thu-bay/<day>")


def lead_on(response: Response) -> Response:
    """Only where nothing was found: an address that works costs nothing. Forms are carried over whole (307)."""
    rule = request.url_rule
    if response.status_code != 404 or rule is None or not rule.rule.startswith(ROOTS):
        return response
    day = dates.read(str((request.view_args or {}).get("day")))
    found = queries.of_former_day(day) if day else None
    if found is None:
        return response
    if found.meeting.state == "proposed" and not rule.rule.startswith(ROOTS[1]):  # its new day is not public yet
        return current_app.make_response(redirect(url_for("meetings.next_meeting"), 302))
    values = {**(request.view_args or {}), "day": found.meeting.day.isoformat()}
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    # For now: another meeting may be held on that day later.
    status = 302 if request.method in {"GET", "HEAD"} else 307
    return current_app.make_response(redirect(url_for(str(request.endpoint), **values) + query, status))
