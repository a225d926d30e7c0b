"""The public questions of a meeting: reading them, "me too", filing one's own."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, dates, kept, proof
from app.meetings import openness
from app.meetings import queries as meetings
from app.meetings import rules as meeting_rules
from app.questions import actions, queries, rules
from app.questions.forms import FilingForm, MeTooForm
from app.refusal import Refusal
from app.staff.fields import FIELD_NAMES
from app.text import fold
from app.web import language, limiter

pages = Blueprint("questions", __name__)
FILING = "30 per minute; 200 per hour"  # per network address; a market may share one
ME_TOO = "30 per minute; 300 per day"
SEATS = "TB"  # codes of seats


# -- all questions of a meeting ---------------------------------------------------------------------------------------


@pages.get("/thu-bay/<day>/cau-hoi")
@access.public
@kept.page
def index(day: str) -> ResponseReturnValue:
    return _index_page(_published(day), FilingForm(), MeTooForm())


@pages.post("/thu-bay/<day>/cau-hoi")
@access.public
@limiter.limit(FILING)
def file(day: str) -> ResponseReturnValue:
    """Three buttons: file it; it is this one (`same`); file mine all the same (`own`)."""
    figures, form = _published(day), FilingForm()
    if not form.validate_on_submit():
        return _index_page(figures, form, MeTooForm(formdata=None), 422)
    same = request.form.get("same", "")
    if same:
        return _count(figures, form, _number(same), form.phone.stored or "", form)
    if not request.form.get("own"):
        similar = rules.similar(fold(form.text.data or ""), meetings.shown(figures.meeting.id))
        if similar:
            return _index_page(figures, form, MeTooForm(formdata=None), 422, similar=similar)
    try:
        filed = form.filed(language())
        code = actions.file(figures.meeting.id, filed, seat=_held_seat()).code
    except Refusal as refusal:
        form.refuse(refusal)
        return _index_page(_published(day), form, MeTooForm(formdata=None), refusal.status)
    proof.grant(code)
    return redirect(url_for(".question", code=code), 303)


@pages.post("/thu-bay/<day>/cau-hoi/<int:question_id>/cung-vuong")
@access.public
@limiter.limit(ME_TOO)
def me_too(day: str, question_id: int) -> ResponseReturnValue:
    figures, form = _published(day), MeTooForm()
    if not form.validate_on_submit():
        return _index_page(figures, FilingForm(formdata=None), form, 422, asked=question_id)
    return _count(figures, FilingForm(formdata=None), question_id, form.phone.stored or "", form)


def _count(figures: meetings.Figures, filing: FilingForm, question_id: int, phone: str, form: Any) -> ResponseReturnValue:
    """The same answer whether the phone was counted before or not."""
    try:
        actions.me_too(question_id, phone)
    except Refusal as refusal:
        form.refuse(refusal)
        me_too = form if isinstance(form, MeTooForm) else MeTooForm(formdata=None)
        return _index_page(figures, filing, me_too, 422, asked=question_id)
    return redirect(url_for(".index", day=figures.meeting.day.isoformat(), ghi=question_id) + f"#cau-{question_id}", 303)


def _held_seat() -> str:
    """A place this browser may open; whose it is, and at which meeting, the action checks."""
    return next((code for code in reversed(proof.held()) if code.startswith(SEATS)), "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _published(day: str) -> meetings.Figures:
    """The meeting of a day, unless the day is only proposed."""
    figures = meetings.of_day(dates.read(day) or abort(404))
    return figures if figures and figures.meeting.state != "proposed" else abort(404)


def _index_page(
    figures: meetings.Figures, form: FilingForm, me_too: MeTooForm, status: int = 200, asked: int = 0, similar: Any = ()
) -> ResponseReturnValue:
    """`asked`: the question whose "me too" form stands open."""
    meeting, now = figures.meeting, clock.now()
    shown = meetings.shown(meeting.id)
    closed = meeting.state != "open" or now >= meeting.ends_at
    if closed or (me_too.problems() and asked not in {one.id for one in shown}):  # it left meanwhile: so did its field
        form.lift_errors()
        form.form_errors.extend(sentence for _anchor, sentence in me_too.problems())
    counts = queries.counts(meeting.id) if shown else {}
    page = render_template(
        "questions/index.html",
        form=me_too if me_too.problems() and not form.problems() else form,
        filing=form,
        me_too=me_too,
        meeting=meeting,
        standing=meeting_rules.standing(meeting, figures.waiting, now),
        closed=closed,
        groups=rules.by_field(shown, counts),
        count=len(shown),
        counts=counts,
        examples=[] if shown else queries.examples(meeting),
        similar=similar,
        asked=asked or _number(request.args.get("vuong", "")),
        noted=_number(request.args.get("ghi", "")),
        late=now >= meeting.questions_until,
        last_day=clock.local(meeting.questions_until - timedelta(minutes=1)).date(),
        field_names=FIELD_NAMES,
        name_of=openness.name_in_room,
    )
    return page, status
