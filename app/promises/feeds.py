"""The ledger for machines: a table to download, a feed to follow, papers to save. What anybody may see, and no more."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.etree import ElementTree as xml

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, links, sheets
from app.dates import day_short
from app.promises.models import Promise, PromiseEvent, PromiseFile
from app.promises.rules import Entry
from app.promises.words import FIELDS, STANDINGS, VERDICTS, event_title
from app.text import clean

ATOM = "http://www.w3.org/2005/Atom"
KEPT = 600  # seconds a cache may keep it


def table(entries: Iterable[Entry], locale: str) -> ResponseReturnValue:
    header = [
        _("Số"), _("Ngày họp"), _("Ai nêu"), _("Điều đang vướng"), _("Lời hẹn"), _("Lĩnh vực"), _("Đơn vị"), _("Hẹn ban đầu"),
        _("Hẹn hiện nay"), _("Số lần dời"), _("Tình trạng"), _("Ngày xong"), _("Ngày ghi vào sổ"),
        _("Sớm (+) hay trễ (-) mấy ngày"), _("Số văn bản"), _("Người hỏi nói"), _("Địa chỉ"),
    ]  # fmt: skip
    body = sheets.csv_text(header, (_row(entry, locale) for entry in entries))
    response = Response(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=so-loi-hen.csv"
    return _kept(response, body)


def _row(entry: Entry, locale: str) -> Sequence[sheets.Cell]:
    row = entry.promise
    unit = (row.unit.name_en if locale == "en" else "") or row.unit.name
    recorded = clock.local(row.done_recorded_at).date() if row.done_recorded_at else None
    late = entry.days if row.done_on or entry.standing == "late" else None
    return (
        row.id, row.occasion_on, row.raised_by, row.raised, row.what, str(FIELDS.get(row.field, "")), unit, row.first_due,
        entry.due, row.postponed, str(STANDINGS[entry.standing]), row.done_on, recorded, late, row.proof_number,
        str(VERDICTS.get(row.verdict, "")), links.absolute("promises.promise", locale, number=row.id),
    )  # fmt: skip


def atom(events: Sequence[tuple[PromiseEvent, Promise]], locale: str) -> ResponseReturnValue:
    """What happened, the youngest first; each entry's id is its line in the history, for ever."""
    xml.register_namespace("", ATOM)
    feed = xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": locale})
    here, ledger = links.absolute("promises.feed", locale), links.absolute("promises.index", locale)
    _add(feed, "title", _("Sổ lời hẹn"))
    _add(feed, "id", here)
    _add(feed, "updated", _moment(events[0][0].recorded_at if events else datetime.fromtimestamp(0, clock.ZONE)))
    _add(feed, "link", rel="self", href=here, type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=ledger, type="text/html")
    for event, row in events:
        address = links.absolute("promises.promise", locale, number=row.id)
        one = _add(feed, "entry")
        _add(one, "title", _("Lời hẹn số %(number)s: %(what)s", number=row.id, what=event_title(event)))
        _add(one, "id", f"{links.absolute('promises.promise', number=row.id)}#{event.id}")
        _add(one, "updated", _moment(event.recorded_at))
        _add(one, "link", rel="alternate", href=address, type="text/html")
        _add(_add(one, "author"), "name", (row.unit.name_en if locale == "en" else "") or row.unit.name)
        _add(one, "content", _story(event, row), type="text")
    body = xml.tostring(feed, encoding="unicode", xml_declaration=False)
    body = '<?xml version="1.0" encoding="utf-8"?>\n' + body
    return _kept(Response(body, mimetype="application/atom+xml"), body)


def _story(event: PromiseEvent, row: Promise) -> str:
    lines = [row.what, _("Hẹn %(day)s.", day=day_short(row.due))]
    if event.reason and event.kind in ("postponed", "waiting", "done", "withdrawn"):
        lines.insert(1, event.reason)
    return clean("\n".join(lines))


def _add(parent: xml.Element, tag: str, text: str = "", **attributes: str) -> xml.Element:
    made = xml.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    made.text = text or None
    return made


def _moment(moment: datetime) -> str:
    return moment.isoformat()


def _kept(response: Response, body: str) -> ResponseReturnValue:
    """The same for everybody: caches may keep it for a while, and ask whether it changed."""
    response.cache_control.public, response.cache_control.max_age = True, KEPT
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    return response.make_conditional(request)


def download(kept: PromiseFile) -> ResponseReturnValue:
    """To be saved, never shown by us: no browser takes it for a page of this house."""
    response = Response(kept.content, mimetype=kept.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename={kept.name}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(kept.sha256)
    return response.make_conditional(request)
