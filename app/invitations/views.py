"""Subscribing to the invitations: asking, confirming by the letter's link, changing, leaving. A GET only asks, a POST acts."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access
from app.invitations import actions, queries
from app.invitations.forms import ActionForm, ConfirmForm, DetailsForm, SubscribeForm
from app.invitations.models import Subscriber
from app.meetings import queries as meetings
from app.web import language, limiter

pages = Blueprint("invitations", __name__)
ASKING = "20 per minute; 100 per hour"  # per network address; each asking may send a letter
ONE_CLICK = {"List-Unsubscribe": "One-Click"}  # the whole body of a mail program's POST (RFC 8058)


@pages.get("/thu-moi")
@access.public
def subscribe() -> ResponseReturnValue:
    return render_template("invitations/subscribe.html", form=SubscribeForm(language()))


@pages.post("/thu-moi")
@access.public
@limiter.limit(ASKING)
def subscribe_now() -> ResponseReturnValue:
    """The same answer whether the address is known or not: what follows stands in the letter."""
    form = SubscribeForm(language())
    if not form.validate_on_submit():
        return render_template("invitations/subscribe.html", form=form), 422
    actions.subscribe(form.details(language(), form.email.data or ""))
    return redirect(url_for(".sent"), 303)


@pages.get("/thu-moi/da-gui")
@access.public
def sent() -> ResponseReturnValue:
    return render_template("invitations/sent.html")


# -- by the letter's link ---------------------------------------------------------------------------------------------


def subscriber_of(token: str) -> Subscriber:
    """Whose link it is; 404 when it is nobody's."""
    return queries.of_token(token) or abort(404)


@pages.get("/thu-moi/<token>/xac-nhan")
@access.public
def confirm(token: str) -> ResponseReturnValue:
    subscriber = subscriber_of(token)
    if subscriber.state != "pending":
        return redirect(url_for(".manage", token=token))
    return render_template("invitations/confirm.html", form=ConfirmForm(), subscriber=subscriber, token=token, **_words())


@pages.post("/thu-moi/<token>/xac-nhan")
@access.public
def confirm_now(token: str) -> ResponseReturnValue:
    subscriber, form = subscriber_of(token), ConfirmForm()
    refused = form.attempt(lambda: actions.confirm(subscriber.id, form.version(), language()))
    if refused is None:
        return redirect(url_for(".manage", token=token), 303)
    fresh = ConfirmForm(formdata=None)
    fresh.form_errors = [sentence for _anchor, sentence in form.problems()]
    page = render_template("invitations/confirm.html", form=fresh, subscriber=subscriber, token=token, **_words())
    return page, refused


def _words() -> dict[str, Any]:
    return {"wording": queries.wording().said(language())}


@pages.get("/thu-moi/<token>")
@access.public
def manage(token: str) -> ResponseReturnValue:
    subscriber = subscriber_of(token)
    if subscriber.state == "pending":
        return redirect(url_for(".confirm", token=token))
    return _manage_page(subscriber, DetailsForm(data=_kept(subscriber)), token)


@pages.post("/thu-moi/<token>")
@access.public
def change(token: str) -> ResponseReturnValue:
    subscriber, form = subscriber_of(token), DetailsForm()
    refused = form.attempt(lambda: actions.change(subscriber.id, form.details(language())))
    if refused is None:
        return redirect(url_for(".manage", token=token), 303)
    return _manage_page(subscriber, form, token, refused)


def _kept(subscriber: Subscriber) -> dict[str, Any]:
    same = {name: getattr(subscriber, name) for name in ("name", "contact", "phone", "tax_code", "kind", "fields")}
    return same | {"scope": "fields" if subscriber.fields else "every"}


def _manage_page(subscriber: Subscriber, form: DetailsForm, token: str, status: int = 200) -> ResponseReturnValue:
    page = render_template("invitations/manage.html", form=form, subscriber=subscriber, token=token, upcoming=meetings.upcoming())
    return page, status


@pages.get("/thu-moi/<token>/thoi")
@access.public
def leave(token: str) -> ResponseReturnValue:
    subscriber = queries.of_any_token(token) or abort(404)
    return render_template("invitations/leave.html", form=ActionForm(), subscriber=subscriber, token=token)


@pages.post("/thu-moi/<token>/thoi")
@access.public
def leave_now(token: str) -> ResponseReturnValue:
    """Two ways: this page's button with its form's token, or a mail program's one click, whose link is its proof."""
    subscriber, form = queries.of_any_token(token) or abort(404), ActionForm()
    one_click = request.form.to_dict() == ONE_CLICK
    if one_click or form.validate_on_submit():
        ended = actions.end(subscriber.id, "one-click" if one_click else "page")
        if not one_click:
            return redirect(url_for(".leave", token=token), 303)
        return render_template("invitations/leave.html", form=ActionForm(formdata=None), subscriber=ended, token=token)
    return render_template("invitations/leave.html", form=form, subscriber=subscriber, token=token), 422
