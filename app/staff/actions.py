"""Every write of the room: accounts, passwords, sessions. Hashing takes a tenth of a second and never holds the write lock."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.refusal import Refusal
from app.staff import queries, rules
from app.staff.models import Officer, StaffSession

_hasher = PasswordHasher()  # argon2id with the library's present parameters
_NOBODY = _hasher.hash(secrets.token_hex(16))  # an unknown account costs the same time as a known one


def hashed(password: str) -> str:
    return _hasher.hash(password)


# -- accounts ---------------------------------------------------------------------------------------------------------


def add_officer(email: str, role: str, name: str) -> str:
    """A new account without a password; returns the token of its one-time link. Raises Refusal when the address is taken."""
    email = rules.address(email)
    with transaction() as session:
        if queries.by_email(email):
            raise Refusal(_("Địa chỉ %(email)s đã có tài khoản.", email=email), "email")
        officer = Officer(email=email, name=name, role=role, link_version=1)
        session.add(officer)
        session.flush()
        audit.record(session, "officer_added", f"officer:{officer.id}", after={"role": role})
        return _link_token(officer)


def renew_link(email: str) -> str:
    """Another one-time link for who lost theirs or forgot the password; every older link is dead. Returns its token."""
    with transaction() as session:
        officer = _active(email)
        officer.link_version += 1
        audit.record(session, "link_renewed", f"officer:{officer.id}")
        return _link_token(officer)


def deactivate(email: str) -> None:
    """The account is kept for the trail; every browser signed in to it is out at once, its links are dead."""
    with transaction() as session:
        officer = _active(email)
        officer.active = False
        _end_sessions(session, officer.id)
        audit.record(session, "officer_deactivated", f"officer:{officer.id}")


def _active(email: str) -> Officer:
    officer = queries.by_email(email)
    if officer is None or not officer.active:
        raise Refusal(_("Địa chỉ %(email)s không có tài khoản nào đang dùng.", email=email), "email")
    return officer


# -- the one-time link ------------------------------------------------------------------------------------------------


def read_link(token: str) -> Officer | None:
    """Whose link this is, or None when it is forged, too old, used, or its officer left."""
    try:
        officer_id, version = _links().loads(token, max_age=int(rules.LINK_LASTS.total_seconds()))
    except BadData:
        return None
    officer = queries.by_id(officer_id)
    return officer if officer and officer.active and officer.link_version == version else None


def set_password(token: str, password: str) -> None:
    """Uses up the link and ends every session of the account. Raises Refusal for a weak password or a dead link."""
    officer = _of_link(token)
    rules.check_password(password, officer.email)
    fresh = hashed(password)
    with transaction() as session:
        officer = _of_link(token, lock=True)
        officer.password_hash = fresh
        officer.link_version += 1
        _end_sessions(session, officer.id)
        audit.record(session, "password_set", f"officer:{officer.id}")


def _of_link(token: str, lock: bool = False) -> Officer:
    officer = read_link(token)
    if officer is None:
        raise Refusal(_("Liên kết này đã dùng hoặc quá hạn. Nhờ người quản trị gửi liên kết mới."))
    return officer


def _link_token(officer: Officer) -> str:
    """Good once and for two days: it carries the version that its use raises."""
    return str(_links().dumps([officer.id, officer.link_version]))


def _links() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="staff-link")
