"""Every SELECT about guide pages and news."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, desc, func, select
from sqlalchemy.orm import aliased

from app.db import db
from app.guides.models import Article, ArticleRelease, ArticleVersion

NEWS = 20  # on one page
FEED = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as everybody sees it now; `first_at` when it was public for the first time."""

    article: Article
    version: ArticleVersion
    first_at: datetime
    since: datetime  # this version


@dataclass(frozen=True, slots=True)
class Desk:
    """An article as its writers see it: what is newest, what is public now, and what is decided for later."""

    article: Article
    version: ArticleVersion
    public: ArticleRelease | None  # the decision that holds now; its number is None when withdrawn
    waiting: ArticleRelease | None  # one that takes effect later

    @property
    def shown(self) -> int | None:
        return self.public.number if self.public else None


def _public(now: datetime, kind: str) -> Select[Any, Any, Any, Any]:
    """The newest decision due of each article, where it shows something."""
    due = (ArticleRelease.article_id == Article.id, ArticleRelease.from_at <= now)
    newest = select(func.max(ArticleRelease.id)).where(*due).correlate(Article).scalar_subquery()
    earlier = aliased(ArticleRelease)
    first = (
        select(func.min(earlier.from_at))
        .where(earlier.article_id == Article.id, earlier.from_at <= now, earlier.number.is_not(None))
        .correlate(Article)
        .scalar_subquery()
        .label("first_at")
    )
    said = and_(ArticleVersion.article_id == Article.id, ArticleVersion.number == ArticleRelease.number)
    return (
        select(Article, ArticleVersion, first, ArticleRelease.from_at)
        .join(ArticleRelease, ArticleRelease.id == newest)
        .join(ArticleVersion, said)
        .where(Article.kind == kind)
    )


def guides(now: datetime) -> list[Shown]:
    """In the order they were made. One query."""
    return [Shown(*row) for row in db.session.execute(_public(now, "guide").order_by(Article.id))]


def news(now: datetime, page: int = 1, size: int = NEWS) -> tuple[list[Shown], bool]:
    """One page, the youngest first, and whether there are more. One query."""
    found = _public(now, "news")
    found = found.order_by(desc("first_at"), Article.id.desc())
    rows = [Shown(*row) for row in db.session.execute(found.limit(size + 1).offset((page - 1) * size))]
    return rows[:size], len(rows) > size


def shown(kind: str, slug: str, now: datetime) -> Shown | None:
    row = db.session.execute(_public(now, kind).where(Article.slug == slug)).one_or_none()
    return Shown(*row) if row else None


# -- for its writers --------------------------------------------------------------------------------------------------


def _desk(now: datetime) -> Select[Any, Any, Any, Any]:
    public, waiting = aliased(ArticleRelease), aliased(ArticleRelease)
    mine = select(func.max(ArticleRelease.id)).where(ArticleRelease.article_id == Article.id).correlate(Article)
    newest, due = mine.scalar_subquery(), mine.where(ArticleRelease.from_at <= now).scalar_subquery()
    said = and_(ArticleVersion.article_id == Article.id, ArticleVersion.number == Article.latest)
    return (
        select(Article, ArticleVersion, public, waiting)
        .join(ArticleVersion, said)
        .outerjoin(public, public.id == due)
        .outerjoin(waiting, and_(waiting.id == newest, waiting.from_at > now))
    )


def desks(kind: str, now: datetime) -> list[Desk]:
    """All of one kind, guides in the order they were made, news the youngest first. One query."""
    order = Article.id if kind == "guide" else Article.id.desc()
    return [Desk(*row) for row in db.session.execute(_desk(now).where(Article.kind == kind).order_by(order))]


def desk(article_id: int, now: datetime) -> Desk | None:
    row = db.session.execute(_desk(now).where(Article.id == article_id)).one_or_none()
    return Desk(*row) if row else None


def versions(article_id: int) -> Sequence[ArticleVersion]:
    """Newest first."""
    mine = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    return db.session.scalars(mine.order_by(ArticleVersion.number.desc())).all()


def version(article_id: int, number: int) -> ArticleVersion | None:
    return db.session.get(ArticleVersion, (article_id, number))


def slugs(kind: str) -> set[str]:
    return set(db.session.scalars(select(Article.slug).where(Article.kind == kind)))


def by_request(key: str) -> ArticleVersion | None:
    """What a form that is pressed a second time made the first time."""
    return db.session.scalar(select(ArticleVersion).where(ArticleVersion.request_key == key)) if key else None


def locked(article_id: int) -> Article | None:
    row = select(Article).where(Article.id == article_id).with_for_update()
    return db.session.scalar(row.execution_options(populate_existing=True))


def last_release(article_id: int) -> ArticleRelease | None:
    mine = select(ArticleRelease).where(ArticleRelease.article_id == article_id)
    return db.session.scalar(mine.order_by(ArticleRelease.id.desc()).limit(1))
