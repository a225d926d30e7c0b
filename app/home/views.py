"""The front page, the look-up, privacy, and the health of the system."""

import hmac
import ipaddress
import logging

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, clock, codes, dossier_codes, proof
from app.home import metrics, queries, rules
from app.home.forms import ForgetForm, LookUpForm
from app.meetings import filing
from app.meetings import queries as meetings
from app.meetings import rules as meeting_rules
from app.offices import queries as offices
from app.offices.rules import door
from app.refusal import Refusal
from app.web import limiter

pages = Blueprint("home", __name__)
log = logging.getLogger(__name__)
PER_NETWORK, PER_CODE = "30 per 10 minutes; 200 per day", "8 per 15 minutes"


@pages.get("/")
@access.public
def index() -> ResponseReturnValue:
    catalogue, now = offices.catalogue(), clock.now()
    common, office, coming = rules.common(catalogue), rules.main_office(catalogue, clock.today()), meetings.upcoming(now)
    return render_template(
        "home/index.html",
        common=common,
        earliest=queries.earliest(catalogue, common, now),
        count=len(catalogue.procedures),
        office=office,
        door=door(catalogue, office, now) if office else None,
        why_closed=rules.why_closed(catalogue, office, clock.today()) if office else "",
        half_year=rules.HalfYear(),
        next=coming,
        standing=meeting_rules.standing(coming.meeting, coming.waiting, now) if coming else "",
    )


@pages.get("/quyen-rieng-tu")
@access.public
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html")


# -- the look-up ------------------------------------------------------------------------------------------------------


@pages.get("/tra-cuu")
@access.public
def look_up() -> ResponseReturnValue:
    """A code may come along from the front page: one typed wrong is told at once, one opened here before opens again."""
    typed = request.args.get("code", "")[:40]
    form = LookUpForm(data={"code": typed})
    if typed:
        try:
            code = _read(typed)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if proof.holds(code):
                return redirect(_address(code))
    return _look_up_page(form)


def _typed_code() -> str:
    """As it will be read: letters that the reading drops would make a limit of their own for the same code."""
    return "code:" + codes.bare(request.form.get("code", ""))[:20]


@pages.post("/tra-cuu")
@access.public
@limiter.limit(PER_NETWORK)
@limiter.limit(PER_CODE, key_func=_typed_code)
def find() -> ResponseReturnValue:
    """The same answer for a code that does not exist and for digits that are wrong."""
    form = LookUpForm()
    if form.validate_on_submit():
        try:
            return _open(_read(form.code.data or ""), form.last4.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
    return _look_up_page(form, 422)


def _open(code: str, last4: str) -> ResponseReturnValue:
    if not hmac.compare_digest(queries.phone_of(code)[-4:].encode(), last4.encode()):
        log.warning("look-up refused")
        raise Refusal(_("Không thấy lịch hẹn nào với mã và 4 số này. Xem lại phiếu hẹn, hoặc gọi để được giúp."))
    proof.grant(code)
    return redirect(_address(code), 303)


def _read(typed: str) -> str:
    return dossier_codes.read(typed) if dossier_codes.is_one(typed) else codes.read(typed)


def _address(code: str) -> str:
    if dossier_codes.is_one(code):
        return url_for("dossiers.show", code=code)
    pages_of = {queries.SEATS: "meetings.seat", filing.LETTERS: "questions.question"}
    return url_for(pages_of.get(code[:2], "appointments.show"), code=code)


def _look_up_page(form: LookUpForm, status: int = 200) -> ResponseReturnValue:
    opened = [(code, _address(code)) for code in reversed(proof.held())]
    return render_template("home/look_up.html", form=form, opened=opened, forget=ForgetForm(formdata=None)), status


@pages.post("/tra-cuu/quen")
@access.public
def forget() -> ResponseReturnValue:
    """For a phone or computer that others use too: nothing opened here opens again without its code."""
    if not ForgetForm().validate_on_submit():
        return _look_up_page(LookUpForm(formdata=None), 422)
    proof.forget()
    return redirect(url_for(".look_up"), 303)


# -- health -----------------------------------------------------------------------------------------------------------


@pages.get("/healthz")
@access.public
def healthz() -> ResponseReturnValue:
    return _plain("ok\n")


@pages.get("/readyz")
@access.public
def readyz() -> ResponseReturnValue:
    found = queries.ailments()
    return _plain("\n".join(found or ["ready"]) + "\n", 503 if found else 200)


@pages.get("/metrics")
@access.public
def figures() -> ResponseReturnValue:
    """For a Prometheus on this machine; a proxy in front counts as elsewhere."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers or not _this_machine(request.remote_addr or ""):
        abort(404)
    now = clock.now()
    return _plain(metrics.text(queries.figures(now), now), mimetype="text/plain; version=0.0.4")


def _this_machine(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _plain(text: str, status: int = 200, mimetype: str = "text/plain") -> Response:
    return Response(text, status, mimetype=mimetype, headers={"Cache-Control": "no-store"})


@pages.get("/robots.txt")
@access.public
def robots() -> ResponseReturnValue:
    """Search engines find procedures and meetings; pages of one person or of officers are none of their business."""
    closed = (
        "/can-bo/", "/hen/", "/cho/", "/thu-moi/", "/don-vi/", "/tra-loi", "/cau-hoi/", "/dat-hen/giu/", "/tra-cuu", "/khao-sat/",
    )  # fmt: skip
    lines = [f"Disallow: {root}{path}" for root in ("", "/en") for path in closed]
    return Response("\n".join(["User-agent: *", *lines]) + "\n", mimetype="text/plain")
