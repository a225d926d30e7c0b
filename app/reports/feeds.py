"""The public figures for machines that follow them: one entry for each month that is over."""

from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as xml

from flask_babel import gettext as _

from app import clock, links
from app.dates import number
from app.reports.form06 import Bucket

ATOM = "http://www.w3.org/2005/Atom"


def months(over: Sequence[Bucket], locale: str) -> str:
    """An entry's id is its month, for ever; it was complete when the next month began."""
    xml.register_namespace("", ATOM)
    feed = xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": locale})
    page = links.absolute("reports.figures", locale)
    _add(feed, "title", _("Số liệu giải quyết hồ sơ"))
    _add(feed, "id", links.absolute("reports.feed", locale))
    _add(feed, "updated", _ended(over[0]) if over else datetime.fromtimestamp(0, clock.ZONE).isoformat())
    _add(feed, "link", rel="self", href=links.absolute("reports.feed", locale), type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=page, type="text/html")
    _add(_add(feed, "author"), "name", "Hẹn")
    for one in over:
        entry = _add(feed, "entry")
        _add(entry, "title", _("Tháng %(month)s/%(year)s", month=one.first.month, year=one.first.year))
        _add(entry, "id", f"{links.absolute('reports.figures')}#{one.first:%Y-%m}")
        _add(entry, "updated", _ended(one))
        _add(entry, "link", rel="alternate", href=page, type="text/html")
        _add(entry, "content", _said(one), type="text")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(feed, encoding="unicode")


def _said(one: Bucket) -> str:
    return str(
        _("Nhận %(received)s hồ sơ, giải quyết %(done)s, trong đó %(late)s trễ hẹn.", received=number(one.received),
          done=number(one.done), late=number(one.late))
    )  # fmt: skip


def _ended(one: Bucket) -> str:
    return clock.local(clock.midnight(one.ends)).isoformat()


def _add(parent: xml.Element, tag: str, text: str = "", **attributes: str) -> xml.Element:
    made = xml.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    made.text = text or None
    return made
