"""The invited ones' own pages: yes or no by one press, why not, a seat that was kept for them."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, dates, proof
from app.invitations import queries, replies, rules
from app.invitations.forms import ActionForm, WhyForm, YesForm
from app.invitations.models import Subscriber
from app.invitations.views import pages as pages  # its addresses stand on the same blueprint
from app.invitations.views import subscriber_of
from app.meetings import actions as seats
from app.meetings import queries as meetings
from app.meetings import rules as meeting_rules
from app.meetings.models import SignUp
from app.refusal import Refusal

# -- a subscriber's answer to one meeting -----------------------------------------------------------------------------


@pages.get("/thu-moi/<token>/<day>")
@access.public
def reply(token: str, day: str) -> ResponseReturnValue:
    subscriber = subscriber_of(token)
    figures = _meeting(day)
    if subscriber.state != "active" or figures is None:
        return redirect(url_for(".manage", token=token))  # which knows the next meeting: this one was moved to another day
    return _reply_page(subscriber, figures, YesForm(figures.meeting.most_seats), token)


@pages.post("/thu-moi/<token>/<day>")
@access.public
def reply_now(token: str, day: str) -> ResponseReturnValue:
    """Two buttons: a place, or `answer=no`."""
    subscriber, figures = subscriber_of(token), _meeting(day)
    if subscriber.state != "active" or figures is None:
        abort(404)
    if request.form.get("answer") == "no":
        return _no(subscriber, figures, token, day)
    form = YesForm(figures.meeting.most_seats)
    if not form.validate_on_submit():
        return _reply_page(subscriber, figures, form, token, 422)
    try:
        code = _yes(subscriber, figures.meeting.id, form)
    except Refusal as refusal:
        form.refuse(refusal)
        return _reply_page(subscriber, _meeting(day) or figures, form, token, refusal.status)
    proof.grant(code)
    return redirect(url_for("meetings.seat", code=code), 303)


def _yes(subscriber: Subscriber, meeting_id: int, form: YesForm) -> str:
    """The code of the new place, or of the one this mailbox has already, when nothing typed would be lost."""
    question = form.question.data or ""
    try:
        return replies.yes(subscriber.id, meeting_id, int(form.seats.data or 1), question, form.request_key.data or "").code
    except meeting_rules.AlreadySignedUp:
        seat = queries.seat_of(subscriber, meeting_id)
        if seat is None or question:
            raise
        return seat.code


def _no(subscriber: Subscriber, figures: meetings.Figures, token: str, day: str) -> ResponseReturnValue:
    form = YesForm(figures.meeting.most_seats, formdata=None)
    plain = ActionForm()
    refused = plain.attempt(lambda: replies.no(subscriber.id, figures.meeting.id))
    if refused is None:
        return redirect(url_for(".why", token=token, day=day), 303)
    form.form_errors = [sentence for _anchor, sentence in plain.problems()]
    return _reply_page(subscriber, figures, form, token, refused)


def _meeting(text: str) -> meetings.Figures | None:
    """The published meeting of a day; 404 for what is no day."""
    figures = meetings.of_day(dates.read(text) or abort(404))
    return figures if figures and figures.meeting.state != "proposed" else None


def _reply_page(
    subscriber: Subscriber, figures: meetings.Figures, form: YesForm, token: str, status: int = 200
) -> ResponseReturnValue:
    seat = queries.seat_of(subscriber, figures.meeting.id)
    page = render_template(
        "invitations/reply.html",
        form=form,
        plain=ActionForm(formdata=None),
        subscriber=subscriber,
        token=token,
        figures=figures,
        meeting=figures.meeting,
        standing=meeting_rules.standing(figures.meeting, figures.waiting, clock.now()),
        seat=seat,
        seat_token=proof.token(seat.code) if seat else "",
        said=queries.reply_of(subscriber.id, figures.meeting.id),
    )
    return page, status


@pages.get("/thu-moi/<token>/<day>/vi-sao")
@access.public
def why(token: str, day: str) -> ResponseReturnValue:
    return _why_page(token, day, WhyForm())


@pages.post("/thu-moi/<token>/<day>/vi-sao")
@access.public
def why_now(token: str, day: str) -> ResponseReturnValue:
    subscriber, form = subscriber_of(token), WhyForm()
    meeting_id = (_meeting(day) or abort(404)).meeting.id
    refused = form.attempt(lambda: replies.why(subscriber.id, meeting_id, form.why.data or "", form.words.data or ""))
    return redirect(url_for(".why", token=token, day=day), 303) if refused is None else _why_page(token, day, form, refused)


def _why_page(token: str, day: str, form: WhyForm, status: int = 200) -> ResponseReturnValue:
    subscriber, figures = subscriber_of(token), _meeting(day) or abort(404)
    page = render_template(
        "invitations/why.html",
        form=form,
        meeting=figures.meeting,
        said=queries.reply_of(subscriber.id, figures.meeting.id),
        address=url_for(".why_now", token=token, day=day),
        back=url_for(".reply", token=token, day=day),
        came="",
    )
    return page, status


# -- somebody's place -------------------------------------------------------------------------------------------------


def _seat(code: str) -> SignUp:
    return meetings.by_code(code) or abort(404)


@pages.get("/cho/<code>/vi-sao")
@access.public
@proof.required
def missed(code: str) -> ResponseReturnValue:
    return _missed_page(code, WhyForm())


@pages.post("/cho/<code>/vi-sao")
@access.public
@proof.required
def missed_now(code: str) -> ResponseReturnValue:
    form = WhyForm()
    refused = form.attempt(lambda: replies.missed(code, form.why.data or "", form.words.data or ""))
    return redirect(url_for(".missed", code=code), 303) if refused is None else _missed_page(code, form, refused)


def _missed_page(code: str, form: WhyForm, status: int = 200) -> ResponseReturnValue:
    row = _seat(code)
    came = ""
    try:
        rules.check_missed(row, row.meeting, clock.now())
    except Refusal as refusal:
        came = refusal.sentence
    page = render_template(
        "invitations/why.html",
        form=form,
        meeting=row.meeting,
        said=queries.missed_of(row.id),
        address=url_for(".missed_now", code=code),
        back=url_for("meetings.seat", code=code),
        came=came,
    )
    return page, status


@pages.get("/cho/<code>/nhan")
@access.public
@proof.required
def accept(code: str) -> ResponseReturnValue:
    row = _seat(code)
    return render_template("invitations/accept.html", form=ActionForm(), row=row, meeting=row.meeting)


@pages.post("/cho/<code>/nhan")
@access.public
@proof.required
def accept_now(code: str) -> ResponseReturnValue:
    form = ActionForm()
    refused = form.attempt(lambda: seats.accept(code))
    if refused is None:
        return redirect(url_for("meetings.seat", code=code), 303)
    row = _seat(code)
    return render_template("invitations/accept.html", form=form, row=row, meeting=row.meeting), refused
