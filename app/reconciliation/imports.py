"""Acts on handed-in files: the system's lists and the signed books of returns; all or nothing, the same file twice is once."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app import audit, clock, dossier_codes, sheets
from app.db import transaction
from app.reconciliation import lists, rules
from app.reconciliation.models import Columns, Finding, MachineImport, MachineRow, MachineUpload
from app.refusal import Refusal
from app.sheets import Row
from app.text import clean_line, fold

MOST_LINES = 60_000
KEPT = timedelta(days=1)  # a file that nobody confirmed
CHUNK = 2_000
FACTS = ("matter", "field", "channel", "owner", "office", "unit_id", "officer", "officer_id", "status", "received_at",
         "promised_at", "finished_at", "handed_at")  # fmt: skip
RETURNS: Mapping[str, tuple[str, ...]] = {
    "code": rules.HEADERS["code"],
    "handed": ("ngay ky nhan", "ngay tra", "ngay tra ket qua", "ngay nhan ket qua", "handed"),
    "recipient": ("nguoi nhan", "nguoi ky nhan", "ho ten nguoi nhan", "recipient"),
    "proof": ("so bien nhan", "so", "trang", "so trang", "chung tu", "proof"),
}
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Report:
    """What a file would change, or has changed. `errors`: line number in the file, sentence."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: Sequence[tuple[int, str]] = ()
    repeated: bool = False  # this very file was taken in before

    @property
    def lines(self) -> int:
        return self.added + self.changed + self.unchanged


@dataclass(slots=True)
class Change:
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def hand_in(kind: str, content: bytes, officer_id: int) -> str:
    """Keeps a file until it is confirmed; returns its token. Raises Refusal when it is no table at all."""
    table(content, kind)
    token, now = secrets.token_urlsafe(24), clock.now()
    with transaction() as session:
        session.execute(delete(MachineUpload).where(MachineUpload.made_at < now - KEPT))
        session.add(MachineUpload(token=token, kind=kind, officer_id=officer_id, made_at=now, content=content))
        audit.record(session, "list_handed_in", "register", None, {"kind": kind, "bytes": len(content)})
    return token


def table(content: bytes, kind: str) -> list[Row]:
    """The file's lines. Titles before the headings are passed over."""
    known = {words for words_ in (rules.HEADERS if kind == "list" else RETURNS).values() for words in words_}
    rows = sheets.parse(
        content, most_rows=MOST_LINES, is_header=lambda cells: sum(rules.bare(cell) in known for cell in cells) >= 2
    )
    if not rows:
        raise Refusal(_("Tệp không có dòng nào dưới hàng tiêu đề."))
    return rows


def columns_of(rows: Sequence[Row]) -> list[str]:
    return [name for name in rows[0].cells if name]


def digest_of(headers: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(fold(name) for name in headers)).encode()).hexdigest()


def meaning_of(headers: Sequence[str]) -> dict[str, str]:
    """As an officer once confirmed it for these headings, else as far as the headings say themselves."""
    return lists.remembered(digest_of(headers)) or rules.meaning(headers)


# -- the system's list ------------------------------------------------------------------------------------------------


def look(content: bytes, meaning: Mapping[str, str]) -> Report:
    """What taking in this list would do. Writes nothing."""
    rows = table(content, "list")
    if lists.import_of(_digest(content, meaning)):
        return Report(unchanged=len(rows), repeated=True)
    lines, errors = _read_all(rows, lambda row: rules.read(row, meaning), lambda line: line.code)
    if errors:
        return Report(errors=errors)
    change = _compare([line for _row, line in lines], clock.now())
    return Report(len(change.added), len(change.changed), len(change.unchanged))


def take_in(content: bytes, meaning: Mapping[str, str]) -> Report:
    """Takes in a list and remembers what its columns mean: everything, or with any error nothing."""
    rows = table(content, "list")
    headers, digest, now = columns_of(rows), _digest(content, meaning), clock.now()
    lines, errors = _read_all(rows, lambda row: rules.read(row, meaning), lambda line: line.code)
    if errors:
        return Report(errors=errors)
    with transaction() as session:
        if lists.import_of(digest):
            return Report(unchanged=len(rows), repeated=True)
        change = _compare([line for _row, line in lines], now)
        batch = MachineImport(digest=digest, rows=len(rows), imported_at=now, actor=audit.actor())
        session.add(batch)
        session.flush()
        _write(session, change, batch.id, now)
        session.merge(Columns(headers=digest_of(headers), meaning=dict(meaning), confirmed_at=now))
        report = Report(len(change.added), len(change.changed), len(change.unchanged))
        counts = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
        audit.record(session, "list_taken_in", f"import:{batch.id}", None, counts)
    return report


def _digest(content: bytes, meaning: Mapping[str, str]) -> str:
    """Of the file and what its columns were said to mean."""
    return hashlib.sha256(content + repr(sorted(meaning.items())).encode()).hexdigest()


def _read_all(
    rows: Sequence[Row], reading: Callable[[Row], Read], code: Callable[[Read], str]
) -> tuple[list[tuple[Row, Read]], list[tuple[int, str]]]:
    """Every line, or every fault by its line; a code may stand once."""
    lines: list[tuple[Row, Read]] = []
    errors: list[tuple[int, str]] = []
    first: dict[str, int] = {}
    for row in rows:
        try:
            line = reading(row)
        except Refusal as refusal:
            errors.append((row.number, refusal.sentence))
            continue
        if (before := first.setdefault(code(line), row.number)) != row.number:
            errors.append((row.number, _("mã %(code)s đã có ở dòng %(line)s", code=code(line), line=before)))
        lines.append((row, line))
    return lines, errors


def _compare(lines: Sequence[rules.Line], now: datetime) -> Change:
    known = lists.known([line.code for line in lines])
    units = {fold(name): number for name, number in lists.names_of_units().items()}
    officers = {fold(name): number for name, number in lists.names_of_officers().items()}
    change = Change()
    for line in lines:
        facts = {name: getattr(line, name) for name in FACTS if name not in {"unit_id", "officer_id"}}
        facts |= {"unit_id": units.get(fold(line.unit)), "officer_id": officers.get(fold(line.officer))}
        row = known.get(line.code)
        if row is None:
            seen = {"first_seen_at": now, "clicked_seen_at": now if line.finished_at else None}
            change.added.append({"code": line.code, **facts, **seen})
        elif any(getattr(row, name) != value for name, value in facts.items()):
            clicked = now if line.finished_at and row.finished_at is None else row.clicked_seen_at
            change.changed.append({"code": line.code, **facts, "clicked_seen_at": clicked})
        else:
            change.unchanged.append(line.code)
    return change


def _write(session: Session, change: Change, import_id: int, now: datetime) -> None:
    seen = {"import_id": import_id, "seen_at": now}
    for part in lists.batches(change.added, CHUNK):
        session.execute(insert(MachineRow), [row | seen for row in part])
    for part in lists.batches(change.changed, CHUNK):
        session.execute(update(MachineRow), [row | seen for row in part])
    for codes in lists.batches(change.unchanged, CHUNK):
        session.execute(update(MachineRow).where(MachineRow.code.in_(codes)).values(seen_at=now))


# -- the signed book of returns ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Return:
    """A line of the book: who signed for what, when."""

    code: str
    handed_at: datetime
    recipient: str
    proof: str


def returns_meaning(headers: Sequence[str]) -> dict[str, str]:
    """Raises Refusal when the book lacks its code or its day."""
    folded = {rules.bare(header): header for header in headers}
    found = {name: next((folded[word] for word in words if word in folded), "") for name, words in RETURNS.items()}
    if not found["code"] or not found["handed"]:
        raise Refusal(_("Sổ ký nhận cần hai cột: mã hồ sơ và ngày ký nhận."))
    return found


def look_returns(content: bytes) -> Report:
    lines, errors = _returns(content)
    if errors:
        return Report(errors=errors)
    fresh = _fresh(lines)
    return Report(added=len(fresh), unchanged=len(lines) - len(fresh))


def take_returns(content: bytes) -> Report:
    """Each signature becomes a finding of its code: in time or late, as its own date says. What is known already stays one."""
    lines, errors = _returns(content)
    if errors:
        return Report(errors=errors)
    with transaction() as session:
        fresh = _fresh(lines)
        known = lists.known([line.code for line in fresh])
        rows = [_finding(line, known[line.code]) for line in fresh]
        session.add_all(rows)
        session.flush()
        for row in rows:
            known[row.code].finding_id = row.id
        audit.record(session, "returns_taken_in", "register", None, {"findings": len(rows), "lines": len(lines)})
    return Report(added=len(rows), unchanged=len(lines) - len(rows))


def _returns(content: bytes) -> tuple[list[Return], list[tuple[int, str]]]:
    rows = table(content, "returns")
    meaning = returns_meaning(columns_of(rows))
    lines, errors = _read_all(rows, lambda row: _return(row, meaning), lambda line: line.code)
    named, now = [line.code for _row, line in lines], clock.now()
    known, desk = lists.known(named), lists.handed_at_desk(named)
    for row, line in lines:
        if line.code not in known:
            errors.append((row.number, _("mã %(code)s không có trong danh sách đã nhập", code=line.code)))
            continue
        said = known[line.code]
        try:
            rules.check_finding("", line.handed_at, said.received_at, said.promised_at, now)
            rules.check_desk(line.handed_at, desk.get(line.code))
        except Refusal as refusal:
            errors.append((row.number, refusal.sentence))
    return [line for _row, line in lines], sorted(errors)


def _return(row: Row, meaning: Mapping[str, str]) -> Return:
    def cell(name: str) -> str:
        return clean_line(row.get(meaning[name])) if meaning[name] else ""

    handed = rules.read_moment(cell("handed"), rules.CLOSING)
    if handed is None:
        raise Refusal(_("thiếu ngày ký nhận"))
    return Return(dossier_codes.read(cell("code")), handed, cell("recipient")[:200], cell("proof")[:200])


def _fresh(lines: Sequence[Return]) -> list[Return]:
    """Those that say something new."""
    known = lists.known([line.code for line in lines])
    last = lists.findings([row.finding_id for row in known.values() if row.finding_id])
    told = {row.code: (row.handed_at, row.recipient, row.proof) for row in last.values()}
    return [line for line in lines if told.get(line.code) != (line.handed_at, line.recipient, line.proof)]


def _finding(line: Return, said: MachineRow) -> Finding:
    late = clock.local(line.handed_at).date() > clock.local(said.promised_at).date()
    return Finding(
        code=line.code, verdict="late" if late else "in_time", reason="" if late else "a", handed_at=line.handed_at,
        evidence="signature", proof=line.proof, recipient=line.recipient, recorded_at=clock.now(), actor=audit.actor(),
    )  # fmt: skip
