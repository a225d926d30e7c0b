"""The front page, the look-up, privacy, and the health of the system."""

import hmac
import ipaddress

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, clock, codes, proof
from app.appointments import queries as appointments
from app.home import metrics, queries
from app.home.forms import LookUpForm
from app.meetings import queries as meetings
from app.offices import queries as offices
from app.offices import rules
from app.refusal import Refusal
from app.web import limiter

pages = Blueprint("home", __name__)
SHOWN = 6  # most asked procedures on the front page
AHEAD = 14  # days looked through for an earliest time


@pages.get("/")
@access.public
def index() -> ResponseReturnValue:
    catalogue, now = offices.catalogue(), clock.now()
    common = sorted((one for one in catalogue.procedures if one.common is not None), key=lambda one: one.common or 0)[:SHOWN]
    times = appointments.earliest(catalogue, [(one, catalogue.offices_for(one)) for one in common], now, AHEAD)
    earliest = {
        one.code: min((time for (code, _slug), time in times.items() if code == one.code and time), default=None)
        for one in common
    }
    main = catalogue.offices[0] if catalogue.offices else None
    return render_template(
        "home/index.html",
        common=common,
        earliest=earliest,
        count=len(catalogue.procedures),
        office=main,
        door=rules.door(catalogue, main, now) if main else None,
        next=meetings.upcoming(now),
    )


def _typed_code() -> str:
    return "code:" + "".join(filter(str.isalnum, request.form.get("code", "")))[:20].upper()


@pages.get("/tra-cuu")
@access.public
def look_up() -> ResponseReturnValue:
    return render_template("home/look_up.html", form=LookUpForm(data={"code": request.args.get("code", "")[:40]}))


@pages.post("/tra-cuu")
@access.public
@limiter.limit("30 per 10 minutes; 200 per day")
@limiter.limit("8 per 15 minutes", key_func=_typed_code)
def find() -> ResponseReturnValue:
    """The same answer for a code that does not exist and for digits that are wrong."""
    form = LookUpForm()
    if form.validate_on_submit():
        try:
            return _open(codes.read(form.code.data or ""), form.last4.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("home/look_up.html", form=form), 422


def _open(code: str, last4: str) -> ResponseReturnValue:
    if not hmac.compare_digest(queries.phone_of(code)[-4:].encode(), last4.encode()):
        raise Refusal(_("Không thấy lịch hẹn nào với mã và 4 số này. Xem lại phiếu hẹn, hoặc gọi để được giúp."))
    proof.grant(code)
    page = "meetings.seat" if code.startswith(queries.SEATS) else "appointments.show"
    return redirect(url_for(page, code=code), 303)


@pages.get("/quyen-rieng-tu")
@access.public
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html")


@pages.get("/healthz")
@access.public
def healthz() -> ResponseReturnValue:
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
@access.public
def readyz() -> ResponseReturnValue:
    found = queries.ailments()
    return Response("\n".join(found or ["ready"]) + "\n", 503 if found else 200, mimetype="text/plain")


@pages.get("/metrics")
@access.public
def figures() -> ResponseReturnValue:
    """For a Prometheus on this machine; a proxy in front counts as elsewhere."""
    if "X-Forwarded-For" in request.headers or not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104
        abort(404)
    return Response(metrics.text(), mimetype="text/plain; version=0.0.4")
