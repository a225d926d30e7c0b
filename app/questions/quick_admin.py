"""Registering at the counter or by telephone in half a minute: a seat, a question, or both, in one form that comes back empty."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock, codes, dates
from app.meetings import openness
from app.meetings import queries as meetings
from app.meetings import rules as meeting_rules
from app.questions import queries, registering
from app.questions.forms import QuickForm
from app.refusal import Refusal

pages = Blueprint("quick", __name__)


@pages.get("/<day>/ghi-nhanh")
@access.staff_only("counter", "reception", "secretary")
def show(day: str) -> ResponseReturnValue:
    """Says what was entered just now, with the codes to read out, above the empty form."""
    figures = _meeting(day)
    kept = request.args.get("qua", "")
    form = QuickForm(figures.meeting.most_seats, formdata=None, data={"channel": "phone" if kept == "phone" else "counter"})
    seat, question = _code("cho"), _code("cau")
    return _page(figures, form, taken=meetings.by_code(seat) if seat else None, asked=question)


@pages.post("/<day>/ghi-nhanh")
@access.staff_only("counter", "reception", "secretary")
def enter(day: str) -> ResponseReturnValue:
    """Two buttons: enter it; `find`, fill in what is known of this phone."""
    figures = _meeting(day)
    form = QuickForm(figures.meeting.most_seats)
    if request.form.get("find"):
        return _known(figures, form)
    if not form.validate_on_submit():
        return _page(figures, form, 422)
    try:
        made = registering.enter(figures.meeting.id, form.applicant())
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(_meeting(day), form, refusal.status)
    then = url_for(".show", day=day, qua=form.channel.data, cho=made.seat or None, cau=made.question or None)
    return redirect(then, 303)


def _known(figures: meetings.Figures, form: QuickForm) -> ResponseReturnValue:
    """Only after the whole phone matched: no directory to leaf through. What was typed is not overwritten."""
    phone = form.phone
    if not form.csrf_token.validate(form) or not phone.validate(form):
        form.form_errors.extend(form.csrf_token.errors)
        return _page(figures, form, 422)
    seat, asked = queries.last_seat_of(phone.stored or ""), queries.last_question_of(phone.stored or "")
    known = seat or (asked if asked is not None and openness.may_see_name(asked, current_user.role) else None)
    if known is not None:
        form.name.data, form.contact.data = form.name.data or known.name, form.contact.data or known.contact
    return _page(figures, form, found=known is not None, looked=True)


def _page(figures: meetings.Figures, form: QuickForm, status: int = 200, **facts: Any) -> ResponseReturnValue:
    now = clock.now()
    page = render_template(
        "questions/admin/quick.html",
        form=form,
        figures=figures,
        meeting=figures.meeting,
        standing=meeting_rules.standing(figures.meeting, figures.waiting, now),
        **({"taken": None, "asked": "", "found": False, "looked": False} | facts),
    )
    return page, status


def _code(name: str) -> str:
    """A code in the address, if it is one."""
    try:
        return codes.read(request.args[name]) if name in request.args else ""
    except Refusal:
        return ""


def _meeting(day: str) -> meetings.Figures:
    return meetings.of_day(dates.read(day) or abort(404)) or abort(404)
