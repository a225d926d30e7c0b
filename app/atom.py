"""Atom feeds: what happened, the youngest first, for whoever follows it by machine."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as xml

from flask import Response, request
from flask.typing import ResponseReturnValue

from app import clock
from app.text import clean

ATOM = "http://www.w3.org/2005/Atom"
KEPT = 600  # seconds a cache may keep it


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` stays the same for ever; `content` is plain text."""

    id: str
    title: str
    updated: datetime
    link: str
    author: str
    content: str
    published: datetime | None = None


def feed(title: str, here: str, page: str, entries: Sequence[Entry], locale: str) -> ResponseReturnValue:
    """`here`: the feed's own address and name; `page`: where people read the same."""
    xml.register_namespace("", ATOM)
    root = xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": locale})
    _add(root, "title", title)
    _add(root, "id", here)
    _add(root, "updated", max((one.updated for one in entries), default=datetime.fromtimestamp(0, clock.ZONE)).isoformat())
    _add(root, "link", rel="self", href=here, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=page, type="text/html")
    for one in entries:
        _add_entry(root, one)
    body = '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(root, encoding="unicode", xml_declaration=False)
    return kept(Response(body, mimetype="application/atom+xml"), body)


def _add_entry(root: xml.Element, entry: Entry) -> None:
    made = _add(root, "entry")
    _add(made, "title", entry.title)
    _add(made, "id", entry.id)
    if entry.published:
        _add(made, "published", entry.published.isoformat())
    _add(made, "updated", entry.updated.isoformat())
    _add(made, "link", rel="alternate", href=entry.link, type="text/html")
    _add(_add(made, "author"), "name", entry.author)
    _add(made, "content", clean(entry.content), type="text")


def _add(parent: xml.Element, tag: str, text: str = "", **attributes: str) -> xml.Element:
    made = xml.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    made.text = text or None
    return made


def kept(response: Response, body: str) -> ResponseReturnValue:
    """The same for everybody: caches may keep it for a while, and ask whether it changed."""
    response.cache_control.public, response.cache_control.max_age = True, KEPT
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    return response.make_conditional(request)
