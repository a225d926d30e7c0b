"""Signing in and out, and the one-time link that sets a password."""

import logging

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError

from app import access, clock
from app.forms import EMAIL_LENGTH
from app.refusal import Refusal
from app.staff import actions, interrupted, queries, rules
from app.staff.forms import PasswordForm, SignInForm, SignOutForm
from app.staff.models import StaffSession
from app.web import limiter

pages = Blueprint("staff", __name__)
log = logging.getLogger(__name__)
PER_NETWORK, PER_ACCOUNT = "30 per 5 minutes", "10 per 5 minutes"


class _Login(LoginManager):
    def init_app(self, app: Flask) -> None:
        """The layouts ask for the officer only where they show one: an error page must not read the database."""
        super().init_app(app, add_context_processor=False)
        app.jinja_env.globals["current_user"] = current_user


login = _Login()
login.session_protection = None  # phones change networks; the session row is what ends


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
        _note_seen(key)
    return found


def _note_seen(key: str) -> None:
    """Nobody is kept from reading a page because this could not be written down."""
    try:
        actions.seen(key)
    except OperationalError:
        log.warning("could not note that an officer was seen")


def _account() -> str:
    return "account:" + rules.address(request.form.get("email", ""))[:EMAIL_LENGTH]


@login.unauthorized_handler
def _interrupted() -> ResponseReturnValue:
    """Nobody is signed in any more: a page is asked for again afterwards, a form that was just sent is kept meanwhile."""
    if request.method == "GET":
        return redirect(url_for("staff.sign_in", next=request.script_root + request.full_path.rstrip("?")), 303)
    if not (kept := interrupted.seal()):
        return redirect(url_for("staff.sign_in"), 303)
    return _sign_in_page(SignInForm(formdata=None, data={"kept": kept}), 401)


# -- in and out -------------------------------------------------------------------------------------------------------


@pages.get("/dang-nhap")
@access.public
def sign_in() -> ResponseReturnValue:
    wanted = rules.inside(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted or url_for(".desk"))
    return _sign_in_page(SignInForm(data={"next": wanted or ""}))


@pages.post("/dang-nhap")
@access.public
@limiter.limit(PER_NETWORK)
@limiter.limit(PER_ACCOUNT, key_func=_account)
def sign_in_now() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    key = actions.sign_in(form.email.data or "", form.password.data or "")
    kept = queries.session_of(key) if key else None
    if kept is None:
        log.warning("sign-in refused network=%s", request.remote_addr)
        form.refuse(Refusal(_("Thư điện tử hoặc mật khẩu chưa đúng. Thử lại, hoặc nhờ người quản trị gửi liên kết mới.")))
        return _sign_in_page(form, 422)
    _leave()  # whoever was signed in here before, and everything of the visitor
    login_user(SignedIn(kept))
    if unsent := interrupted.opened(form.kept.data or "", kept.officer_id):
        return render_template("staff/resume.html", form=SignOutForm(formdata=None), unsent=unsent)
    return redirect(rules.inside(form.next.data) or url_for(".desk"), 303)


def _sign_in_page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    return render_template("staff/sign_in.html", form=form), status


@pages.post("/dang-xuat")
@access.public
def sign_out() -> ResponseReturnValue:
    """Public, so that a second press, or one after the session ended by itself, leads to the same place."""
    if current_user.is_authenticated:
        if not SignOutForm().validate_on_submit():
            abort(400)
        _leave()
    return redirect(url_for(".sign_in"), 303)


def _leave() -> None:
    """Ends this browser's session for good: a copy of its cookie opens nothing any more."""
    if current_user.is_authenticated:
        actions.sign_out(current_user.key)
        logout_user()
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps one for the request: it belonged to the session that is gone


# -- the one-time link ------------------------------------------------------------------------------------------------


@pages.get("/lien-ket/<token>")
@access.public
def accept_link(token: str) -> ResponseReturnValue:
    """Only shows the form: a mail scanner that opens every link uses nothing up."""
    return _link_page(token, PasswordForm(), 200)


@pages.post("/lien-ket/<token>")
@access.public
@limiter.limit(PER_NETWORK)
def set_password(token: str) -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _link_page(token, form, 422)
    try:
        actions.set_password(token, form.password.data or "")
    except Refusal as refusal:
        form.refuse(refusal)
        return _link_page(token, form, 422)
    flash(_("Đã lưu mật khẩu. Đăng nhập bằng mật khẩu mới."))
    return redirect(url_for(".sign_in"), 303)


def _link_page(token: str, form: PasswordForm, status: int) -> ResponseReturnValue:
    officer = queries.of_link(token)
    return render_template("staff/accept_link.html", form=form, officer=officer, token=token), status if officer else 404


@pages.get("/")
@access.staff_only()
def desk() -> ResponseReturnValue:
    return redirect(url_for("appointments_admin.today"))
