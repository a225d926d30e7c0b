"""The question, by link and on an office's screen. A GET only shows: mail programs that look into links answer nothing."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, survey
from app.feedback import actions, queries, rules
from app.feedback.forms import ANSWER_NAMES, AnswerForm, KioskForm
from app.feedback.models import Answer
from app.offices import queries as offices
from app.offices.catalogue import Office
from app.survey import Event
from app.web import language, limiter

pages = Blueprint("feedback", __name__)
ANSWERING = "30 per minute; 300 per hour"  # per network address; a whole hamlet may share one
PRESSING = "20 per minute; 300 per hour"  # per screen: somebody presses every three seconds at most
KIOSK = "kiosk"  # in the session: the link this machine was opened with


@pages.get("/<token>")
@access.public
def show(token: str) -> ResponseReturnValue:
    event = _event(token)
    given = queries.answer_to(event)
    form = AnswerForm(data={"choice": given.answer, "words": given.words} if given else None)
    return _page(token, event, given, form)


@pages.post("/<token>")
@access.public
@limiter.limit(ANSWERING)
def answer(token: str) -> ResponseReturnValue:
    event, form = _event(token), AnswerForm()
    refused = form.attempt(lambda: actions.answer(event, form.choice.data, form.said()))
    if refused is None:
        return redirect(url_for(".show", token=token), 303)
    return _page(token, event, queries.answer_to(event), form, refused)


def _event(token: str) -> Event:
    return survey.read(token) or abort(404)


def _page(token: str, event: Event, given: Answer | None, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    today = clock.today()
    page = render_template(
        "feedback/show.html",
        event=event,
        given=given,
        form=form,
        token=token,
        office=offices.catalogue().office_of.get(event.office_id or 0),
        names=ANSWER_NAMES,
        closed=given is None and today > rules.open_until(event.day),
        until=rules.changeable_until(given.answered_on) if given else today,
    )
    return page, status


# -- an office's screen -----------------------------------------------------------------------------------------------


@pages.get("/tai-quay/<slug>")
@access.public
def kiosk(slug: str) -> ResponseReturnValue:
    """The link an officer opened it with is remembered by the machine and leaves the address, which any passer-by can read."""
    office, token = _office(slug), request.args.get("t", "")
    if token and queries.opens(token, office.id):
        session[KIOSK], session.permanent = token, True
    if token:
        return redirect(url_for(".kiosk", slug=slug))
    return _screen(office, KioskForm(), _opened(office))


@pages.post("/tai-quay/<slug>")
@access.public
@limiter.limit(PRESSING, key_func=lambda: str(session.get(KIOSK, request.remote_addr)))
def press(slug: str) -> ResponseReturnValue:
    office, form = _office(slug), KioskForm()
    if not _opened(office):
        return _screen(office, form, opened=False, status=422)
    refused = form.attempt(lambda: actions.press(office.id, form.choice.data, form.once.data or ""))
    if refused is None:
        return redirect(url_for(".thanks", slug=slug), 303)
    return _screen(office, form, opened=True, status=refused)


@pages.get("/tai-quay/<slug>/cam-on")
@access.public
def thanks(slug: str) -> ResponseReturnValue:
    return render_template("feedback/thanks.html", office=_office(slug), back=_beginning(slug))


def _office(slug: str) -> Office:
    return offices.catalogue().by_slug.get(slug) or abort(404)


def _opened(office: Office) -> bool:
    return queries.opens(str(session.get(KIOSK, "")), office.id)


def _beginning(slug: str) -> str:
    """In Vietnamese again, whoever was here before."""
    address = url_for(".kiosk", slug=slug)
    return address.removeprefix("/en") if language() == "en" else address


def _screen(office: Office, form: KioskForm, opened: bool, status: int = 200) -> ResponseReturnValue:
    if not opened:
        return render_template("feedback/closed.html"), status
    page = render_template("feedback/kiosk.html", office=office, form=form, names=ANSWER_NAMES, back=_beginning(office.slug))
    return page, status
