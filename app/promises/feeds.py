"""The ledger for machines: a table to download, a feed to follow, papers to save. What anybody may see, and no more."""

from collections.abc import Iterable, Sequence

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import atom as feeds
from app import clock, links, sheets
from app.dates import day_short
from app.promises.models import Promise, PromiseEvent, PromiseFile
from app.promises.rules import Entry
from app.promises.words import FIELDS, STANDINGS, VERDICTS, event_title
from app.text import named


def table(entries: Iterable[Entry], locale: str) -> ResponseReturnValue:
    header = [
        _("Số"), _("Ngày họp"), _("Ai nêu"), _("Điều đang vướng"), _("Lời hẹn"), _("Lĩnh vực"), _("Đơn vị"), _("Hẹn ban đầu"),
        _("Hẹn hiện nay"), _("Số lần dời"), _("Tình trạng"), _("Ngày xong"), _("Ngày ghi vào sổ"),
        _("Sớm (+) hay trễ (-) mấy ngày"), _("Số văn bản"), _("Người hỏi nói"), _("Địa chỉ"),
    ]  # fmt: skip
    body = sheets.csv_text(header, (_row(entry, locale) for entry in entries))
    response = Response(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=so-loi-hen.csv"
    return feeds.kept(response, body)


def _row(entry: Entry, locale: str) -> Sequence[sheets.Cell]:
    row = entry.promise
    unit = named(row.unit, locale)
    recorded = clock.local(row.done_recorded_at).date() if row.done_recorded_at else None
    late = entry.days if row.done_on or entry.standing == "late" else None
    return (
        row.id, row.occasion_on, row.raised_by, row.raised, row.what, str(FIELDS.get(row.field, "")), unit, row.first_due,
        entry.due, row.postponed, str(STANDINGS[entry.standing]), row.done_on, recorded, late, row.proof_number,
        str(VERDICTS.get(row.verdict, "")), links.absolute("promises.promise", locale, number=row.id),
    )  # fmt: skip


def atom(events: Sequence[tuple[PromiseEvent, Promise]], locale: str) -> ResponseReturnValue:
    """What happened, the youngest first; each entry's id is its line in the history, for ever."""
    here, ledger = links.absolute("promises.feed", locale), links.absolute("promises.index", locale)
    return feeds.feed(_("Sổ lời hẹn"), here, ledger, [_entry(event, row, locale) for event, row in events], locale)


def _entry(event: PromiseEvent, row: Promise, locale: str) -> feeds.Entry:
    return feeds.Entry(
        id=f"{links.absolute('promises.promise', number=row.id)}#{event.id}",
        title=_("Lời hẹn số %(number)s: %(what)s", number=row.id, what=event_title(event)),
        updated=event.recorded_at,
        link=links.absolute("promises.promise", locale, number=row.id),
        author=named(row.unit, locale),
        content=_story(event, row),
    )


def _story(event: PromiseEvent, row: Promise) -> str:
    lines = [row.what, _("Hẹn %(day)s.", day=day_short(row.due))]
    if event.reason and event.kind in ("postponed", "waiting", "done", "withdrawn"):
        lines.insert(1, event.reason)
    return "\n".join(lines)


def download(kept: PromiseFile) -> ResponseReturnValue:
    """To be saved, never shown by us: no browser takes it for a page of this house."""
    response = Response(kept.content, mimetype=kept.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename={kept.name}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(kept.sha256)
    return response.make_conditional(request)
