"""Every SELECT of the room."""

from collections.abc import Iterable, Sequence

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select

from app.db import db
from app.staff import rules
from app.staff.models import Officer, StaffSession, Unit


def units() -> Sequence[Unit]:
    """The agencies that answer, in the office's own order."""
    return db.session.scalars(select(Unit).where(Unit.active).order_by(Unit.position, Unit.name)).all()


def all_units() -> Sequence[Unit]:
    """Those of former times among them."""
    return db.session.scalars(select(Unit).order_by(Unit.position, Unit.name)).all()


def by_email(email: str) -> Officer | None:
    return db.session.scalar(select(Officer).where(Officer.email == rules.address(email)))


def leaders() -> Sequence[Officer]:
    """Who hears of what the units leave undone."""
    return db.session.scalars(select(Officer).where(Officer.role == "leader", Officer.active).order_by(Officer.id)).all()


def by_id(officer_id: int) -> Officer | None:
    return db.session.get(Officer, officer_id)


def names(officer_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Number -> name of these officers. One query."""
    wanted = select(Officer.id, Officer.name).where(Officer.id.in_({one for one in officer_ids if one}))
    return {row.id: row.name for row in db.session.execute(wanted)}


def in_role(role: str) -> Sequence[Officer]:
    """Who works in this role at present."""
    return db.session.scalars(select(Officer).where(Officer.role == role, Officer.active).order_by(Officer.id)).all()


def session_of(key: str) -> StaffSession | None:
    """The signed-in session with its officer, in one query."""
    return db.session.scalar(select(StaffSession).where(StaffSession.key == key))


def unit(unit_id: int) -> Unit | None:
    return db.session.get(Unit, unit_id)


def unit_token(unit: Unit) -> str:
    """What a unit's link carries: good for this unit only, until its link is renewed."""
    return str(_unit_links().dumps([unit.id, unit.link_version]))


def unit_of_token(token: str) -> Unit | None:
    """Whose link this is, or None when it is forged, replaced, or the unit is no longer asked."""
    try:
        unit_id, version = _unit_links().loads(token)
    except BadData:
        return None
    unit = db.session.get(Unit, unit_id)
    return unit if unit is not None and unit.active and unit.link_version == version else None


def _unit_links() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="unit-link")


def links() -> URLSafeTimedSerializer:
    """Signs one-time links: each carries its officer's number and link version; using it raises the version."""
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="staff-link")


def of_link(token: str) -> Officer | None:
    """Whose link this is, or None when it is forged, too old, used, replaced, or its officer left."""
    try:
        officer_id, version = links().loads(token, max_age=int(rules.LINK_LASTS.total_seconds()))
    except BadData:
        return None
    officer = by_id(officer_id)
    return officer if officer and officer.active and officer.link_version == version else None
