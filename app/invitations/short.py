"""Short addresses on posters, letters and in messages: they lead to the next meeting, and say by which way one came."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app import access
from app.meetings import queries

pages = Blueprint("short", __name__)


@pages.get("/<slug>")
@access.public
def go(slug: str) -> ResponseReturnValue:
    """A name nobody gave out leads to the meeting as well: whoever mistyped a poster still wants to go there."""
    known, found = queries.channel(slug.lower()[:40]), queries.upcoming()
    channel = known.slug if known else None
    if found is None:
        return redirect(url_for("meetings.next_meeting"), 302)
    return redirect(url_for("meetings.meeting", day=found.meeting.day.isoformat(), kenh=channel), 302)
