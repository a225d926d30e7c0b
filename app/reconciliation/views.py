"""A unit's own list, opened by its link: what its officers must record, and its word that the letter came."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.reconciliation import actions, queries
from app.reconciliation.forms import ActForm
from app.staff.models import Unit
from app.staff.queries import unit_of_token

pages = Blueprint("reconciliation", __name__)
MOST = 200


@pages.get("/<token>")
@access.public
def unit(token: str) -> ResponseReturnValue:
    return _page(token, ActForm())


@pages.post("/<token>")
@access.public
def acknowledge(token: str) -> ResponseReturnValue:
    owner, form = _unit(token), ActForm()
    refused = form.attempt(lambda: actions.acknowledge(owner, request.form.get("week", "")))
    return redirect(url_for(".unit", token=token), 303) if refused is None else _page(token, form, refused)


def _unit(token: str) -> Unit:
    """Any other token shows nothing."""
    return unit_of_token(token) or abort(404)


def _page(token: str, form: ActForm, status: int = 200) -> ResponseReturnValue:
    owner, today = _unit(token), clock.today()
    shown = queries.items(queries.Scope(unit_id=owner.id, to_do=True), today, size=MOST)
    page = render_template(
        "reconciliation/unit.html", unit=owner, token=token, form=form, items=shown, letters=queries.urgings_of(owner.id)[:2]
    )
    return page, status
