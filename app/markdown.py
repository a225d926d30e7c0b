"""Markdown that officers write, as HTML that can do nothing: read without raw HTML and images, then cleaned by a list of tags.

Two fences, each enough alone: the reader turns HTML into plain text, and the cleaner lets only the tags below through. A page's
title is its h1, so headings begin at h2 and never skip a level, whatever was typed.
"""

from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

TAGS = {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "table", "tbody", "td",
        "th", "thead", "tr", "ul"}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel"}
DEEPEST = 4


def _fit_headings(state: StateCore) -> None:
    """The first heading is h2, each one at most one deeper than the one before."""
    before = 1
    for token in state.tokens:
        if token.type == "heading_open":
            before = min(int(token.tag[1]) + 1, before + 1, DEEPEST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{before}"


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.core.ruler.push("fit_headings", _fit_headings)
    return reader


_markdown = _reader()


@lru_cache(maxsize=256)
def html(text: str) -> Markup:
    """Safe HTML of a Markdown text; links that leave the house tell nobody where from."""
    allowed = {"a": {"href", "title"}}
    clean = nh3.clean(_markdown.render(text), TAGS, attributes=allowed, url_schemes=SCHEMES, link_rel="noopener noreferrer")
    return Markup(clean)  # noqa: S704  cleaned the line above


def plain(text: str) -> str:
    """Its words alone, as text: for a feed."""
    return " ".join(unescape(nh3.clean(_markdown.render(text), tags=set())).split())
