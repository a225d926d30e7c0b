"""Signing in and out, and the one-time link that sets a password."""

import logging

from flask import Blueprint, Flask, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from app import access, clock
from app.refusal import Refusal
from app.staff import actions, queries, rules
from app.staff.forms import PasswordForm, SignInForm, SignOutForm
from app.staff.models import StaffSession
from app.web import limiter

pages = Blueprint("staff", __name__)


class _Login(LoginManager):
    def init_app(self, app: Flask) -> None:
        """The layouts ask for the officer only where they show one: an error page must not read the database."""
        super().init_app(app, add_context_processor=False)
        app.jinja_env.globals["current_user"] = current_user


login = _Login()
login.session_protection = None  # phones change networks; the session row is what ends
log = logging.getLogger(__name__)

PER_NETWORK, PER_ACCOUNT = "30 per 5 minutes", "10 per 5 minutes"


class SignedIn(UserMixin):
    """The officer behind this browser, through the session's key: ending the row ends every copy of the cookie."""

    def __init__(self, kept: StaffSession) -> None:
        officer = kept.officer
        self.key, self.id = kept.key, officer.id
        self.name, self.role, self.office_id = officer.name, officer.role, officer.office_id

    def get_id(self) -> str:
        return self.key


@login.user_loader  # type: ignore[untyped-decorator]
def _load(key: str) -> SignedIn | None:
    kept, now = queries.session_of(key), clock.now()
    if kept is None or not kept.officer.active or not rules.alive(kept.started_at, kept.seen_at, kept.ended_at, now):
        return None
    found = SignedIn(kept)
    if now - kept.seen_at >= rules.SEEN_EVERY:
        actions.seen(key)
    return found


def _account() -> str:
    return "account:" + request.form.get("email", "").strip().casefold()[:200]


@pages.get("/dang-nhap")
@access.public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for(".desk"))
    return render_template("staff/sign_in.html", form=SignInForm(data={"next": rules.inside(request.args.get("next")) or ""}))


@pages.post("/dang-nhap")
@access.public
@limiter.limit(PER_NETWORK)
@limiter.limit(PER_ACCOUNT, key_func=_account)
def sign_in_now() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("staff/sign_in.html", form=form), 422
    key = actions.sign_in(form.email.data or "", form.password.data or "")
    kept = queries.session_of(key) if key else None
    if kept is None:
        log.warning("sign-in refused")
        form.refuse(Refusal(_("Thư điện tử hoặc mật khẩu chưa đúng. Thử lại, hoặc nhờ người quản trị gửi liên kết mới.")))
        return render_template("staff/sign_in.html", form=form), 422
    session.clear()  # nothing of the visitor before goes along
    login_user(SignedIn(kept))
    return redirect(rules.inside(form.next.data) or url_for(".desk"), 303)


@pages.post("/dang-xuat")
@access.public
def sign_out() -> ResponseReturnValue:
    if SignOutForm().validate_on_submit() and current_user.is_authenticated:
        key = current_user.key
        logout_user()
        session.clear()
        actions.sign_out(key)
    elif current_user.is_authenticated:
        abort(400)
    return redirect(url_for(".sign_in"), 303)


@pages.get("/lien-ket/<token>")
@access.public
def accept_link(token: str) -> ResponseReturnValue:
    officer = actions.read_link(token)
    return render_template("staff/accept_link.html", form=PasswordForm(), officer=officer), 200 if officer else 404


@pages.post("/lien-ket/<token>")
@access.public
@limiter.limit(PER_NETWORK)
def set_password(token: str) -> ResponseReturnValue:
    form, officer = PasswordForm(), actions.read_link(token)
    if officer is None:
        return render_template("staff/accept_link.html", form=form, officer=None), 404
    if form.validate_on_submit():
        try:
            actions.set_password(token, form.password.data or "")
            return redirect(url_for(".sign_in"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("staff/accept_link.html", form=form, officer=actions.read_link(token)), 422


@pages.get("/")
@access.staff_only()
def desk() -> ResponseReturnValue:
    return redirect(url_for("appointments_admin.today"))
