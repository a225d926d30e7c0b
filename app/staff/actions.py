"""Every write of the room: accounts, passwords, sessions. Hashing takes a tenth of a second and never holds the write lock."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
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


def add_officer(email: str, role: str, name: str) -> str:
    """A new account without a password; returns the token of its one-time link. Raises Refusal when the address is taken."""
    email = email.strip().casefold()
    with transaction() as session:
        if queries.by_email(email):
            raise Refusal(_("Địa chỉ %(email)s đã có tài khoản.", email=email), "email")
        officer = Officer(email=email, name=name, role=role, link_version=1)
        session.add(officer)
        session.flush()
        audit.record(session, "officer_added", f"officer:{officer.id}", after={"role": role})
    return link_token(officer)


def link_token(officer: Officer) -> str:
    """Good once and for two days: it carries the version that its use raises."""
    return str(_links().dumps([officer.id, officer.link_version]))


def read_link(token: str) -> Officer | None:
    """Whose link this is, or None when it is forged, too old, used, or its officer left."""
    try:
        officer_id, version = _links().loads(token, max_age=rules.LINK_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    officer = queries.by_id(officer_id)
    return officer if officer and officer.active and officer.link_version == version else None


def _links() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="staff-link")


def set_password(token: str, password: str) -> None:
    """Uses up the link and ends every session of the account. Raises Refusal for a weak password or a dead link."""
    officer = read_link(token)
    if officer is None:
        raise Refusal(_("Liên kết này đã dùng hoặc quá hạn. Nhờ người quản trị gửi liên kết mới."))
    rules.check_password(password, officer.email)
    fresh, officer_id, version = _hasher.hash(password), officer.id, officer.link_version
    with transaction() as session:
        used = session.execute(
            update(Officer)
            .where(Officer.id == officer_id, Officer.link_version == version)
            .values(password_hash=fresh, link_version=version + 1)
            .returning(Officer.id)
        ).all()
        if not used:
            raise Refusal(_("Liên kết này đã dùng hoặc quá hạn. Nhờ người quản trị gửi liên kết mới."))
        _end_sessions(session, officer_id)
        audit.record(session, "password_set", f"officer:{officer_id}")


def sign_in(email: str, password: str) -> str | None:
    """The key of a new session, or None: the same answer and the same work whatever was wrong."""
    officer = queries.by_email(email)
    known = officer is not None and officer.active and officer.password_hash is not None
    stored = officer.password_hash if officer and known and officer.password_hash else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return None
    if officer is None or not known:
        return None
    fresh = _hasher.hash(password) if _hasher.check_needs_rehash(stored) else None
    key, now, officer_id = secrets.token_urlsafe(32), clock.now(), officer.id
    with transaction() as session:
        if fresh:
            session.execute(update(Officer).where(Officer.id == officer_id).values(password_hash=fresh))
        session.add(StaffSession(key=key, officer_id=officer_id, started_at=now, seen_at=now))
        audit.record(session, "signed_in", f"officer:{officer_id}")
    return key


def sign_out(key: str) -> None:
    with transaction() as session:
        kept = session.get(StaffSession, key)
        if kept is not None and kept.ended_at is None:
            kept.ended_at = clock.now()
            audit.record(session, "signed_out", f"officer:{kept.officer_id}")


def seen(key: str) -> None:
    """Bookkeeping of the idle time-out, at most once a minute."""
    with transaction() as session:
        session.execute(update(StaffSession).where(StaffSession.key == key).values(seen_at=clock.now()))


def deactivate(officer_id: int) -> None:
    """The account is kept for the trail; every browser signed in to it is out at once."""
    with transaction() as session:
        session.execute(update(Officer).where(Officer.id == officer_id).values(active=False))
        _end_sessions(session, officer_id)
        audit.record(session, "officer_deactivated", f"officer:{officer_id}")


def _end_sessions(session: Session, officer_id: int) -> None:
    open_ones = update(StaffSession).where(StaffSession.officer_id == officer_id, StaffSession.ended_at.is_(None))
    session.execute(open_ones.values(ended_at=clock.now()))
