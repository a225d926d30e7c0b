"""Every SELECT about tracked links."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only

from app.db import db
from app.meetings.channel_models import InviteChannel
from app.meetings.models import SignUp

# Who gave the place back had come by the link all the same.
_SIGN_UPS = func.count(SignUp.id)


def _with_sign_ups(meeting_id: int | None) -> Select[InviteChannel, int]:
    came_by = SignUp.channel == InviteChannel.slug
    if meeting_id is not None:
        came_by &= SignUp.meeting_id == meeting_id
    counted = select(_SIGN_UPS).where(came_by).scalar_subquery()
    return select(InviteChannel, counted).order_by(InviteChannel.active.desc(), InviteChannel.position, InviteChannel.id)


def all_with_sign_ups() -> Sequence[tuple[InviteChannel, int]]:
    """Every link with what it ever brought, those in use first."""
    return [(channel, count) for channel, count in db.session.execute(_with_sign_ups(None))]


def in_use(meeting_id: int) -> Sequence[tuple[InviteChannel, int]]:
    """The links to hand out, with what each has brought to this meeting."""
    rows = db.session.execute(_with_sign_ups(meeting_id).where(InviteChannel.active))
    return [(channel, count) for channel, count in rows]


def channel(channel_id: int) -> InviteChannel | None:
    return db.session.get(InviteChannel, channel_id)


def last_position() -> int:
    return db.session.scalar(select(func.coalesce(func.max(InviteChannel.position), 0))) or 0


def slugs() -> set[str]:
    return set(db.session.scalars(select(InviteChannel.slug)))


def reserved(meeting_id: int) -> Sequence[SignUp]:
    """Businesses a seat is kept for, as letters name them."""
    kept = (SignUp.meeting_id == meeting_id, SignUp.state == "reserved")
    named = load_only(SignUp.code, SignUp.name, SignUp.contact, SignUp.reserved_until)
    return db.session.scalars(select(SignUp).where(*kept).options(named).order_by(SignUp.search_key)).all()
