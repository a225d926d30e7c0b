"""The public pages: the meeting with its sign-up form, one business's place, calendar files."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, calendars, clock, dates, kept, links, proof
from app.meetings import actions, addresses, events, likeness, queries, rules
from app.meetings.forms import ActionForm, OtherPersonForm, SeatsForm, SignUpForm
from app.meetings.models import Meeting, Question, SignUp
from app.promises import queries as promises
from app.promises.rules import Entry
from app.refusal import Conflict, Refusal
from app.text import fold
from app.web import language, limiter

pages = Blueprint("meetings", __name__)
pages.after_app_request(addresses.lead_on)
SIGNING_UP = "60 per minute; 600 per hour"  # per network address; a market may share one
FEED_PAST = timedelta(days=90)
FOLLOWING = 4  # meetings shown after the one of the page
PROMISES = 4  # of the ledger


# -- the meeting ------------------------------------------------------------------------------------------------------


@pages.get("/thu-bay")
@access.public
def next_meeting() -> ResponseReturnValue:
    found = queries.upcoming()
    if found is None:
        return render_template("meetings/next_meeting.html")
    return redirect(url_for(".meeting", day=found.meeting.day.isoformat()), 302)


@pages.get("/thu-bay/<day>")
@access.public
@kept.page
def meeting(day: str) -> ResponseReturnValue:
    found, coming = queries.of_day_and_following(dates.read(day) or abort(404), clock.now(), FOLLOWING)
    figures = _public(found)
    form = SignUpForm(figures.meeting.most_seats, data={"channel": request.args.get("kenh")})
    return _meeting_page(figures, form, coming=coming)


@pages.post("/thu-bay/<day>")
@access.public
@limiter.limit(SIGNING_UP)
def sign_up(day: str) -> ResponseReturnValue:
    figures = _published(day, left=True)
    form, known = SignUpForm(figures.meeting.most_seats), ""
    if figures.meeting.day.isoformat() != day:  # it was moved while this person typed
        moment = dates.moment(figures.meeting.starts_at)
        form.refuse(Conflict(_("Kỳ họp này vừa dời sang %(moment)s. Xem lại rồi bấm.", moment=moment)))
        return _meeting_page(figures, form, 409)
    if not form.validate_on_submit():
        return _meeting_page(figures, form, 422)
    try:
        code = actions.sign_up(figures.meeting.id, form.applicant(language())).code
    except Refusal as refusal:
        if isinstance(refusal, rules.AlreadySignedUp) and proof.holds(refusal.code):
            known = refusal.code
            if not form.question.data:  # nothing typed would be lost: their place is what they look for
                return redirect(url_for(".seat", code=known), 303)
        form.refuse(refusal)
        return _meeting_page(_published(day), form, refusal.status, known)
    proof.grant(code)
    return redirect(url_for(".seat", code=code), 303)


def _published(text: str, left: bool = False) -> queries.Figures:
    """The meeting of a day, with `left` also the one that was moved from it; unless the day is only proposed."""
    day = dates.read(text) or abort(404)
    figures = queries.of_day(day) or (queries.of_former_day(day) if left else None)
    return _public(figures)


def _public(figures: queries.Figures | None) -> queries.Figures:
    return figures if figures and figures.meeting.state != "proposed" else abort(404)


def _meeting_page(
    figures: queries.Figures, form: SignUpForm, status: int = 200, known: str = "", coming: Sequence[Meeting] | None = None
) -> ResponseReturnValue:
    meeting, now = figures.meeting, clock.now()
    items = queries.items_with_counts(meeting.id) if meeting.agenda_published_at else []
    coming = queries.following(meeting.day, now, FOLLOWING) if coming is None else coming
    following = [one for one in coming if one.state == "open"][:FOLLOWING]
    page = render_template(
        "meetings/meeting.html",
        form=form,
        figures=figures,
        meeting=meeting,
        address=links.absolute("meetings.meeting", language(), day=meeting.day.isoformat()),
        headline=events.headline(meeting, language()),
        summary=events.summary(meeting, language()),
        standing=rules.standing(meeting, figures.waiting, now),
        questions_late=now >= meeting.questions_until,
        questions_day=clock.local(meeting.questions_until - timedelta(minutes=1)).date(),
        items=items,
        programme=rules.programme(meeting, [item for item, _count in items]),
        units=len({item.unit_id for item, _count in items if item.unit_id}),
        following=following,
        undecided=[one.rule_day for one in coming if one.state == "proposed" and one.day <= (following or coming)[-1].day],
        known=known,
        promised=_promised(meeting),
    )
    return page, status


def _promised(meeting: Meeting) -> list[Entry]:
    """What this meeting ended in, once its minutes say so; before that what it will hear of first. One query."""
    if meeting.state == "cancelled":
        return []
    return promises.told_at(meeting.about, None if meeting.concluded_at else meeting.day, PROMISES)


@pages.get("/thu-bay/lich.ics")
@access.public
def feed() -> ResponseReturnValue:
    """The whole series, for a calendar to subscribe to: the same for everybody, kept by caches for an hour."""
    meetings = queries.published(clock.now() - FEED_PAST)
    name = events.series_name(meetings[0], language()) if meetings else "Hẹn"
    shown = [events.of_meeting(one, language()) for one in meetings]
    response = Response(calendars.feed(name, shown), mimetype="text/calendar")
    response.cache_control.public, response.cache_control.max_age = True, 3600
    response.set_etag(hashlib.sha256(repr(shown).encode()).hexdigest()[:20])  # of what is told, not of when it was told
    return response.make_conditional(request)


# -- one place --------------------------------------------------------------------------------------------------------


@pages.get("/cho/<code>")
@access.public
@proof.required
def seat(code: str) -> ResponseReturnValue:
    row = _row(code)
    asked = queries.questions_of(row.id)
    return render_template(
        "meetings/seat.html",
        address=links.absolute("meetings.seat", language(), code=code),
        questions=[one for one in asked if one.withdrawn_at is None],
        question_token=proof.token,
        similar=_similar(row, asked),
        reminders=_reminders(row),
        **_facts(row),
    )


def _similar(row: SignUp, asked: Sequence[Question]) -> list[Question]:
    """Others' public questions like those that came along with this place."""
    shown = queries.shown(row.meeting_id) if asked else []
    others = [(fold(one.words), one) for one in shown if one.sign_up_id != row.id]
    found = {like.id: like for one in asked for like in likeness.alike(one.search_key, others)}
    return list(found.values())[: likeness.MOST]


@pages.get("/cho/<code>/den")
@access.public
@proof.required
def coming(code: str) -> ResponseReturnValue:
    return render_template("meetings/coming.html", form=ActionForm(), **_facts(_row(code)))


@pages.post("/cho/<code>/den")
@access.public
@proof.required
def come(code: str) -> ResponseReturnValue:
    form = ActionForm()
    if (refused := form.attempt(lambda: actions.coming(code))) is None:
        return redirect(url_for(".seat", code=code), 303)
    return render_template("meetings/coming.html", form=form, **_facts(_row(code))), refused


@pages.get("/cho/<code>/bot")
@access.public
@proof.required
def change(code: str) -> ResponseReturnValue:
    row = _row(code)
    form = SeatsForm(row.meeting.most_seats, data={"seats": row.seats})
    return render_template("meetings/change.html", form=form, **_facts(row))


@pages.post("/cho/<code>/bot")
@access.public
@proof.required
def change_now(code: str) -> ResponseReturnValue:
    """Two buttons: another number of people, or `give_up`, the whole place."""
    row = _row(code)
    form = SeatsForm(row.meeting.most_seats)
    if request.form.get("give_up"):
        refused = form.attempt(lambda: actions.give_up(code))
    else:
        refused = form.attempt(lambda: actions.change_seats(code, form.seats.data or 0))
    if refused is None:
        return redirect(url_for(".seat", code=code), 303)
    return render_template("meetings/change.html", form=form, **_facts(_row(code))), refused


@pages.get("/cho/<code>/nguoi-khac")
@access.public
@proof.required
def other_person(code: str) -> ResponseReturnValue:
    return render_template("meetings/other_person.html", form=OtherPersonForm(), **_facts(_row(code)))


@pages.post("/cho/<code>/nguoi-khac")
@access.public
@proof.required
def send_other(code: str) -> ResponseReturnValue:
    form = OtherPersonForm()
    if (refused := form.attempt(lambda: actions.send_other(code, form.contact.data or ""))) is None:
        return redirect(url_for(".seat", code=code), 303)
    return render_template("meetings/other_person.html", form=form, **_facts(_row(code))), refused


@pages.get("/cho/<code>/lich.ics")
@access.public
@proof.required
def seat_calendar(code: str) -> ResponseReturnValue:
    row = _row(code)
    if row.state == "waiting":
        abort(404)
    event = events.of_seat(row)
    body = calendars.one(event, "CANCEL" if event.cancelled else "PUBLISH")
    headers = {"Content-Disposition": f"attachment; filename={code}.ics", "Cache-Control": "no-store"}
    return Response(body, mimetype="text/calendar", headers=headers)


def _row(code: str) -> SignUp:
    return queries.by_code(code) or abort(404)


def _facts(row: SignUp) -> dict[str, Any]:
    now = clock.now()
    return {
        "row": row,
        "meeting": row.meeting,
        "ahead": queries.ahead_of(row) if row.state == "waiting" else 0,
        "waiting": queries.waiting(row.meeting_id),
        "closed": _why_closed(row, now),
        "over": now >= row.meeting.ends_at,
    }


def _why_closed(row: SignUp, now: datetime) -> str:
    """Why it can't be changed or given up any more, or nothing."""
    try:
        rules.check_change(row, row.meeting, now)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _reminders(row: SignUp) -> dict[str, datetime]:
    """When this place's reminders leave, as they were written with its last change."""
    told = row.seated_at or row.signed_at
    return {kind: due for kind, (due, _until) in rules.reminders(row.meeting.starts_at, told).items()}
