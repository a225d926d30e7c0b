"""Table: the ways a business hears of a meeting, each with its own short address. Here, because a sign-up keeps how it came."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Key, Line, Word

CHANNELS = ("ward", "market", "association", "zalo", "poster", "letter", "other")
LONGEST_SLUG = 20


class InviteChannel(Base):
    """One tracked link, `/m/<slug>`. It stands on paper: its address never changes and it is never removed, only put away."""

    __tablename__ = "invite_channel"
    __table_args__ = (
        CheckConstraint(f"kind IN {CHANNELS}", name="kind"),
        CheckConstraint(f"length(slug) BETWEEN 1 AND {LONGEST_SLUG} AND slug = lower(slug)", name="slug"),
    )
    id: Mapped[Key]
    slug: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Line]
    name_en: Mapped[Line] = mapped_column(default="")
    kind: Mapped[Word] = mapped_column(default="other")
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    @property
    def about(self) -> str:
        return f"invite_channel:{self.id}"
