"""Acts on tracked links: add, rename, put away. None is ever removed: nobody knows which posters still hang."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import audit
from app.db import transaction
from app.invitations import channel_queries as queries
from app.meetings.channel_models import InviteChannel
from app.meetings.queries import channel
from app.refusal import Refusal

# What most offices hand out. Names are content: editable.
USUAL = (
    ("phuong", "Trang của phường", "Ward website", "ward"),
    ("cho", "Ban quản lý chợ", "Market board", "market"),
    ("hoi", "Hội Doanh nghiệp", "Business association", "association"),
    ("zalo", "Nhóm Zalo", "Zalo group", "zalo"),
    ("to-dan", "Tờ dán", "Poster", "poster"),
    ("thu", "Thư mời", "Letter", "letter"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """What an officer wrote about a link, already cleaned."""

    slug: str
    name: str
    name_en: str = ""
    kind: str = "other"


def add(link: Link) -> InviteChannel:
    """A new link; the same one sent twice is made once. Raises Refusal when the address is taken by another."""
    try:
        with transaction() as session:
            known = channel(link.slug)
            if known is not None:
                if (known.name, known.kind) == (link.name, link.kind):
                    return known
                raise _taken()
            row = InviteChannel(**_facts(link), position=queries.last_position() + 1)
            session.add(row)
            session.flush()
            audit.record(session, "channel_added", row.about, None, _state(row))
            return row
    except IntegrityError:  # another officer wrote the same address meanwhile
        raise _taken() from None


def begin() -> None:
    """The usual links, as far as they are not there yet."""
    with transaction() as session:
        known, last = queries.slugs(), queries.last_position()
        for number, usual in enumerate((one for one in USUAL if one[0] not in known), last + 1):
            row = InviteChannel(**_facts(Link(*usual)), position=number)
            session.add(row)
            session.flush()
            audit.record(session, "channel_added", row.about, None, _state(row))


def change(channel_id: int, name: str, name_en: str, active: bool) -> None:
    """Another name, or put away and taken up again; its address stays as it is printed."""
    with transaction() as session:
        row = session.get_one(InviteChannel, channel_id, populate_existing=True)
        before = _state(row)
        if (row.name, row.name_en, row.active) == (name, name_en, active):
            return
        row.name, row.name_en, row.active = name, name_en, active
        audit.record(session, "channel_changed", row.about, before, _state(row))


def _facts(link: Link) -> dict[str, str]:
    return {"slug": link.slug, "name": link.name, "name_en": link.name_en, "kind": link.kind}


def _taken() -> Refusal:
    return Refusal(_("Địa chỉ này đã có. Chọn chữ khác."), "slug")


def _state(row: InviteChannel) -> dict[str, Any]:
    return {"slug": row.slug, "name": row.name, "active": row.active}
