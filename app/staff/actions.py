"""Every write of the room: accounts, passwords, sessions. Hashing takes a tenth of a second and never holds the write lock."""

import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.refusal import Refusal
from app.staff import queries, rules
from app.staff.models import Officer, StaffSession, Unit

_hasher = PasswordHasher()  # argon2id with the library's present parameters


def hashed(password: str) -> str:
    return _hasher.hash(rules.exact(password))


@cache
def _nobody() -> str:
    """The hash of a password that nobody has: an unknown account costs the same work as a known one."""
    return hashed(secrets.token_hex(16))


# -- accounts ---------------------------------------------------------------------------------------------------------


def add_officer(email: str, role: str, name: str, office_id: int | None = None) -> str:
    """A new account without a password; returns the token of its one-time link. Raises Refusal when the address is taken."""
    email = rules.address(email)
    with transaction() as session:
        if queries.by_email(email):
            raise Refusal(_("Địa chỉ %(email)s đã có tài khoản.", email=email), "email")
        officer = Officer(email=email, name=name, role=role, office_id=office_id, link_version=1)
        session.add(officer)
        session.flush()
        audit.record(session, "officer_added", f"officer:{officer.id}", after={"role": role})
    return _link(officer)


def renew_link(email: str) -> str:
    """Another one-time link for who lost theirs or forgot the password; every older link is dead. Returns its token."""
    with transaction() as session:
        officer = _known(email)
        officer.link_version += 1
        audit.record(session, "link_renewed", f"officer:{officer.id}")
    return _link(officer)


def _link(officer: Officer) -> str:
    return str(queries.links().dumps([officer.id, officer.link_version]))


def deactivate(email: str) -> None:
    """The account is kept for the trail; every browser signed in to it is out at once."""
    with transaction() as session:
        officer = _known(email)
        officer.active = False
        _end_sessions(session, officer.id)
        audit.record(session, "officer_deactivated", f"officer:{officer.id}")


def _known(email: str) -> Officer:
    officer = queries.by_email(email)
    if officer is None or not officer.active:
        raise Refusal(_("Địa chỉ %(email)s không có tài khoản nào đang dùng.", email=email), "email")
    return officer


def set_password(token: str, password: str) -> None:
    """Uses up the link and ends every session of the account. Raises Refusal for a weak password or a dead link."""
    officer = queries.of_link(token)
    if officer is None:
        raise _dead()
    rules.check_password(password, officer.email)
    fresh, officer_id, version = hashed(password), officer.id, officer.link_version
    unused = (Officer.id == officer_id, Officer.link_version == version, Officer.active)
    with transaction() as session:
        used = session.execute(
            update(Officer).where(*unused).values(password_hash=fresh, link_version=version + 1).returning(Officer.id)
        ).all()
        if not used:
            raise _dead()
        _end_sessions(session, officer_id)
        audit.record(session, "password_set", f"officer:{officer_id}")


def _dead() -> Refusal:
    return Refusal(_("Liên kết này đã dùng hoặc quá hạn. Nhờ người quản trị gửi liên kết mới."))


# -- units ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is written to at a unit."""

    email: str
    head_name: str
    head_email: str


def edit_unit(unit_id: int, contact: Contact) -> None:
    with transaction() as session:
        unit = session.get_one(Unit, unit_id)
        unit.email, unit.head_name, unit.head_email = contact.email, contact.head_name, contact.head_email
        audit.record(session, "unit_contact_changed", f"unit:{unit_id}", None, {"email": bool(unit.email)})


def renew_unit_link(unit_id: int, seen: int) -> None:
    """Every older link of the unit is dead. `seen`: the version that is to die; twice is once."""
    with transaction() as session:
        same = update(Unit).where(Unit.id == unit_id, Unit.link_version == seen).values(link_version=seen + 1)
        if session.execute(same.returning(Unit.id)).all():
            audit.record(session, "unit_link_renewed", f"unit:{unit_id}", None, {"version": seen + 1})


# -- sessions ---------------------------------------------------------------------------------------------------------


def sign_in(email: str, password: str) -> str | None:
    """The key of a new session, or None: the same answer and the same work whatever was wrong."""
    officer, nobody = queries.by_email(email), _nobody()
    stored = officer.password_hash if officer is not None and officer.active else None
    try:
        _hasher.verify(stored or nobody, rules.exact(password))
    except (VerificationError, InvalidHashError):
        return None
    if officer is None or stored is None:
        return None
    officer_id, better = officer.id, hashed(password) if _hasher.check_needs_rehash(stored) else stored
    key, now = secrets.token_urlsafe(32), clock.now()
    with transaction() as session:
        officer = session.get(Officer, officer_id, with_for_update=True)
        if officer is None or not officer.active or officer.password_hash != stored:
            return None  # left, or took another password, in this very moment
        officer.password_hash = better
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
    """Bookkeeping of the idle time-out; of several requests at once, the first writes it."""
    now = clock.now()
    stale = (StaffSession.key == key, StaffSession.seen_at <= now - rules.SEEN_EVERY)
    with transaction() as session:
        session.execute(update(StaffSession).where(*stale).values(seen_at=now))


def _end_sessions(session: Session, officer_id: int) -> None:
    open_ones = update(StaffSession).where(StaffSession.officer_id == officer_id, StaffSession.ended_at.is_(None))
    session.execute(open_ones.values(ended_at=clock.now()))
