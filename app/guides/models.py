"""Tables: guide pages and news in their versions, decisions to show them, people guided through filing and what came of it."""

from datetime import date
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Key, Line, Word
from app.offices.models import Office, Procedure

KINDS = ("guide", "news")
CHANNELS = ("counter", "home", "phone")  # where somebody was helped
STEPS = ("account", "sign_in", "filing", "look_up")  # as the ward's plan of 2020 had them
REASONS = ("no_account", "no_sim", "scan", "system", "counter", "other")  # why nothing was filed
BODY_LENGTH = 20_000
FILED = text("code <> ''")
Body = Annotated[str, mapped_column(String(BODY_LENGTH))]


class Article(Base):
    """A guide page or a piece of news: its address for ever, and the number of its newest version."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        CheckConstraint("kind IN ('guide', 'news')", name="kind"),
        CheckConstraint("latest >= 1", name="latest"),
    )
    id: Mapped[Key]
    kind: Mapped[Word]
    slug: Mapped[str] = mapped_column(String(80))
    latest: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[Instant]
    sample: Mapped[bool] = mapped_column(default=False)

    @property
    def about(self) -> str:
        return f"article:{self.id}"


class ArticleVersion(Base):
    """What an article said after one save. Triggers refuse to change or remove it (migration 0015)."""

    __tablename__ = "article_version"
    __table_args__ = (
        CheckConstraint("number >= 1 AND (restored IS NULL OR restored < number)", name="number"),
        CheckConstraint("title <> '' AND body <> ''", name="said"),
        Index(
            "uq_article_version_request", "request_key", unique=True,
            sqlite_where=text("request_key <> ''"), postgresql_where=text("request_key <> ''"),
        ),
    )  # fmt: skip
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Line]
    title_en: Mapped[Line] = mapped_column(default="")
    summary: Mapped[Line] = mapped_column(default="")
    summary_en: Mapped[Line] = mapped_column(default="")
    body: Mapped[Body]
    body_en: Mapped[Body] = mapped_column(default="")
    written_at: Mapped[Instant]
    officer_id: Mapped[int | None]
    restored: Mapped[int | None]  # the version this one repeats
    request_key: Mapped[Word] = mapped_column(default="")  # of the form that made it


class ArticleRelease(Base):
    """A decision: from this moment on this version is public, or (no number) nothing. Append-only, the newest one due holds."""

    __tablename__ = "article_release"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article_id", "number"], ["article_version.article_id", "article_version.number"], name="fk_article_release_version"
        ),
        Index("ix_article_release_due", "article_id", "from_at"),
    )
    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int | None]  # of the version
    from_at: Mapped[Instant]
    decided_at: Mapped[Instant]
    officer_id: Mapped[int | None]


class GuidedFiling(Base):
    """One person helped to file online. Nothing says who."""

    __tablename__ = "guided_filing"
    __table_args__ = (
        CheckConstraint("channel IN ('counter', 'home', 'phone')", name="channel"),
        Index("ix_guided_filing_day", "day"),
    )
    id: Mapped[Key]
    day: Mapped[date]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id"))  # none: in general, as in 2020
    channel: Mapped[Word] = mapped_column(default="counter")
    account: Mapped[bool] = mapped_column(default=False)  # what was gone through
    sign_in: Mapped[bool] = mapped_column(default=False)
    filing: Mapped[bool] = mapped_column(default=False)
    look_up: Mapped[bool] = mapped_column(default=False)
    leaflet: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[Instant]
    officer_id: Mapped[int | None]
    request_key: Mapped[Word] = mapped_column(unique=True)  # of the form: pressed twice, one line
    sample: Mapped[bool] = mapped_column(default=False)
    office: Mapped[Office] = relationship(innerjoin=True)
    procedure: Mapped[Procedure | None] = relationship()
    outcomes: Mapped[list["GuidedOutcome"]] = relationship(order_by="GuidedOutcome.id")

    @property
    def filed(self) -> "GuidedOutcome | None":
        return next((one for one in self.outcomes if one.code), None)


class GuidedOutcome(Base):
    """What came of it: a dossier's code, or why not. First one, later perhaps a code. Triggers refuse to change or remove it."""

    __tablename__ = "guided_outcome"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('', 'no_account', 'no_sim', 'scan', 'system', 'counter', 'other')", name="reason"
        ),
        CheckConstraint("(code = '') = (reason <> '')", name="one"),
        CheckConstraint("reason <> 'other' OR sentence <> ''", name="other"),
        Index("uq_guided_outcome_code", "code", unique=True, sqlite_where=FILED, postgresql_where=FILED),
        Index("uq_guided_outcome_filed", "guided_id", unique=True, sqlite_where=FILED, postgresql_where=FILED),
        Index("ix_guided_outcome_guided", "guided_id"),
    )  # fmt: skip
    id: Mapped[Key]
    guided_id: Mapped[int] = mapped_column(ForeignKey("guided_filing.id"))
    code: Mapped[Word] = mapped_column(default="")  # official, upper case
    reason: Mapped[Word] = mapped_column(default="")
    sentence: Mapped[Line] = mapped_column(default="")
    recorded_at: Mapped[Instant]
    officer_id: Mapped[int | None]
