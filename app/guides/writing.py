"""Acts on guide pages and news: write, save another version, publish, withdraw, restore. Nothing is ever changed or removed."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.guides import articles, rules
from app.guides.models import Article, ArticleRelease, ArticleVersion
from app.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Words:
    """An article's words as a form has them. English may be missing, wholly or in part."""

    title: str
    body: str
    summary: str = ""
    title_en: str = ""
    summary_en: str = ""
    body_en: str = ""


def words_of(version: ArticleVersion) -> Words:
    return Words(**{name: getattr(version, name) for name in Words.__dataclass_fields__})


def begin(kind: str, words: Words, officer_id: int, request_key: str = "", sample: bool = False) -> Article:
    """A new article, not public yet; its address comes from its title and stays. The same form twice makes one."""
    with transaction() as session:
        known = articles.by_request(request_key)
        if known is not None:
            return session.get_one(Article, known.article_id)
        slug = rules.slug(words.title, articles.slugs(kind) | rules.TAKEN[kind])
        article = Article(kind=kind, slug=slug, made_at=clock.now(), sample=sample)
        session.add(article)
        session.flush()
        _add(session, article, words, officer_id, request_key)
        audit.record(session, "article_begun", article.about, None, {"slug": slug, "version": 1})
        return article


def save(article_id: int, words: Words, seen: int, officer_id: int, request_key: str = "") -> Article:
    """One more version. `seen`: the one the writer's form was opened with; raises Overtaken when there is a newer one."""
    with transaction() as session:
        article = _locked(article_id)
        known = articles.by_request(request_key)
        if known is not None and known.article_id == article_id:
            return article
        if article.latest != seen:
            raise rules.Overtaken(_("Có người vừa lưu bài này. Xem hai bản dưới đây rồi lưu bản chung."))
        newest = articles.version(article_id, article.latest)
        if newest is not None and words_of(newest) == words:
            return article  # nothing was changed
        _another(session, article, words, officer_id, request_key)
        return article


def restore(article_id: int, number: int, officer_id: int) -> Article:
    """An old version's words again, as a new version; twice is once."""
    with transaction() as session:
        article = _locked(article_id)
        old, newest = articles.version(article_id, number), articles.version(article_id, article.latest)
        if old is None or newest is None:
            raise Refusal(_("Không có bản này."))
        if words_of(old) != words_of(newest):
            _another(session, article, words_of(old), officer_id, restored=number)
        return article


def publish(article_id: int, number: int, day: date | None, officer_id: int) -> None:
    """This version is public from a day on, or at once. The same decision twice is one."""
    with transaction() as session:
        article = _locked(article_id)
        if articles.version(article_id, number) is None:
            raise Refusal(_("Không có bản này."))
        now = clock.now()
        from_at = rules.shown_from(day, now)
        last = articles.last_release(article_id)
        if last is not None and last.number == number and (last.from_at == from_at or (last.from_at <= now and from_at <= now)):
            return
        _decide(session, article, number, from_at, officer_id)


def withdraw(article_id: int, officer_id: int) -> None:
    """Nothing of it is public any more, nor will be without another decision; twice is once."""
    with transaction() as session:
        article = _locked(article_id)
        last = articles.last_release(article_id)
        if last is None or last.number is None:
            return
        _decide(session, article, None, clock.now(), officer_id)


def _locked(article_id: int) -> Article:
    article = articles.locked(article_id)
    if article is None:
        raise Refusal(_("Không có bài này."))
    return article


def _another(
    session: Session, article: Article, words: Words, officer_id: int, request_key: str = "", restored: int | None = None
) -> None:
    article.latest += 1
    _add(session, article, words, officer_id, request_key, restored)
    facts = {"version": article.latest} | ({"restored": restored} if restored else {})
    audit.record(session, "article_saved", article.about, {"version": article.latest - 1}, facts)


def _add(
    session: Session, article: Article, words: Words, officer_id: int, request_key: str, restored: int | None = None
) -> None:
    facts = {"article_id": article.id, "number": article.latest, "written_at": clock.now(), "officer_id": officer_id or None}
    session.add(ArticleVersion(**asdict(words), **facts, restored=restored, request_key=request_key))
    session.flush()


def _decide(session: Session, article: Article, number: int | None, from_at: datetime, officer_id: int) -> None:
    session.add(
        ArticleRelease(
            article_id=article.id, number=number, from_at=from_at, decided_at=clock.now(), officer_id=officer_id or None
        )
    )  # fmt: skip
    act = "article_withdrawn" if number is None else "article_published"
    audit.record(session, act, article.about, None, {"version": number, "from": from_at.isoformat()})
