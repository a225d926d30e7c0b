"""Public pages: guides, news and their feed, the leaflet, the poster of a procedure."""

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, atom, clock, links, markdown
from app.guides import articles
from app.guides.articles import Shown
from app.offices import queries as offices
from app.web import language

pages = Blueprint("guides", __name__)
pages.add_app_template_filter(markdown.html, "markdown")


@pages.get("/huong-dan")
@access.public
def index() -> ResponseReturnValue:
    return render_template("guides/index.html", rows=articles.guides(clock.now()))


@pages.get("/huong-dan/to-roi")
@access.public
def leaflet() -> ResponseReturnValue:
    """A5, to hand out: how to file online in five steps."""
    return render_template("guides/leaflet.html", address=links.absolute("guides.index", language()))


@pages.get("/huong-dan/<slug>")
@access.public
def guide(slug: str) -> ResponseReturnValue:
    return render_template("guides/article.html", shown=articles.shown("guide", slug, clock.now()) or abort(404))


@pages.get("/tin")
@access.public
def news() -> ResponseReturnValue:
    page = min(max(request.args.get("trang", 1, int), 1), 10_000)
    rows, more = articles.news(clock.now(), page)
    if not rows and page > 1:
        abort(404)
    return render_template("guides/news.html", rows=rows, page=page, more=more)


@pages.get("/tin/<slug>")
@access.public
def news_item(slug: str) -> ResponseReturnValue:
    return render_template("guides/article.html", shown=articles.shown("news", slug, clock.now()) or abort(404))


@pages.get("/tin.atom")
@access.public
def feed() -> ResponseReturnValue:
    locale = language()
    rows, _more = articles.news(clock.now(), size=articles.FEED)
    here, page = links.absolute("guides.feed", locale), links.absolute("guides.news", locale)
    return atom.feed(_("Tin"), here, page, [_entry(one, locale) for one in rows], locale)


def _entry(one: Shown, locale: str) -> atom.Entry:
    version, slug = one.version, one.article.slug
    english = locale == "en"
    return atom.Entry(
        id=links.absolute("guides.news_item", slug=slug),
        title=(english and version.title_en) or version.title,
        published=one.first_at,
        updated=one.since,
        link=links.absolute("guides.news_item", locale, slug=slug),
        author=current_app.config["SITE_NAME"],
        content=markdown.plain((english and version.body_en) or version.body),
    )


@pages.get("/thu-tuc/<code>/to-dan")
@access.public
def poster(code: str) -> ResponseReturnValue:
    """A4, for the walls of a ward: what to bring, and where to read more."""
    found = offices.catalogue().by_code.get(code) or abort(404)
    return render_template(
        "guides/poster.html", procedure=found, address=links.absolute("offices.procedure", language(), code=found.code)
    )
