"""Every write of the room: bringing in procedures and holidays from files, and telling all processes that something changed."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit, clock, sheets
from app.db import db, transaction
from app.offices import holiday_rows, holiday_seed, procedure_rows, queries
from app.offices.holiday_seed import Seed
from app.offices.models import CatalogueVersion, Holiday, Procedure
from app.offices.procedure_rows import Facts
from app.refusal import Refusal


@dataclass
class Report:
    """What an import did, or would do: the keys of rows added and changed, and what is wrong as (line, sentence)."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        return bool(self.added or self.changed)


def changed(session: Session) -> None:
    """Every process reads the catalogue anew. The version is random: two writers at once do not arrive at the same one."""
    version = secrets.randbits(62) + 1
    done = session.execute(update(CatalogueVersion).where(CatalogueVersion.id == 1).values(version=version))
    if not done.rowcount:  # type: ignore[attr-defined]
        session.add(CatalogueVersion(id=1, version=version))


def import_procedures(path: str | Path, dry_run: bool = False) -> Report:
    """Adds and updates procedures from a CSV or XLSX file. One bad line, and nothing is written; a second run changes nothing.

    Raises Refusal when the file as such cannot be read.
    """
    facts, errors = _read_procedures(path)
    if errors:
        return Report(errors=errors)
    with _session(dry_run) as session:
        return merge_procedures(session, facts, dry_run)


def _read_procedures(path: str | Path) -> tuple[list[Facts], list[tuple[int, str]]]:
    found: dict[str, Facts] = {}
    errors: list[tuple[int, str]] = []
    for row in sheets.read(path, procedure_rows.COLUMNS):
        facts, problems = procedure_rows.read(row)
        if facts and facts.code in found:
            problems = [_("code: mã %(code)s đã có ở một dòng trên", code=facts.code)]
        errors += [(row.number, problem) for problem in problems]
        if facts and not problems:
            found[facts.code] = facts
    return list(found.values()), errors


def merge_procedures(session: Session, facts: Iterable[Facts], dry_run: bool = False) -> Report:
    """Adds to the caller's transaction. What a file does not say stays as staff left it; a name once sensitive stays so."""
    facts, report = list(facts), Report()
    known = queries.procedures_by_code(one.code for one in facts)
    for one in facts:
        row = known.get(one.code)
        wanted = _wanted(one, row)
        if row is not None and all(getattr(row, name) == value for name, value in wanted.items()):
            report.unchanged += 1
            continue
        (report.added if row is None else report.changed).append(one.code)
        if not dry_run:
            _write(session, row or Procedure(code=one.code), wanted)
    if report.writes and not dry_run:
        audit.record(session, "imported", "procedures", None, {"added": len(report.added), "changed": len(report.changed)})
        changed(session)
    return report


def _wanted(facts: Facts, row: Procedure | None) -> dict[str, Any]:
    first = dict(facts.first)
    if row is not None:
        first = {"sensitive": row.sensitive or facts.first["sensitive"]}
    wanted = {**first, **facts.owned}
    names = ("name", "name_en", "synonyms", "field", "field_en")
    texts = {name: wanted[name] if name in wanted else getattr(row, name) for name in names}
    return wanted | {"search_key": procedure_rows.search_key(facts.code, *texts.values())}


def _write(session: Session, row: Procedure, wanted: Mapping[str, Any]) -> None:
    for name, value in wanted.items():
        setattr(row, name, value)
    session.add(row)


def import_holidays(path: str | Path, dry_run: bool = False) -> Report:
    """Adds and updates days off and make-up days from a CSV or XLSX file, all or nothing; other days stay as they are."""
    days: dict[date, Seed] = {}
    report = Report()
    for row in sheets.read(path, holiday_rows.COLUMNS):
        try:
            day, seed = holiday_rows.read(row)
            if day in days:
                raise Refusal(_("ngày này đã có ở một dòng trên"))
            days[day] = seed
        except Refusal as refusal:
            report.errors.append((row.number, refusal.sentence))
    if report.errors:
        return report
    with _session(dry_run) as session:
        return merge_holidays(session, days, dry_run=dry_run)


def seed_holidays(years: Collection[int]) -> Report:
    """Adds the days the library knows of these years; a day the office has entered stays as it is. Safe to run every day."""
    with transaction() as session:
        return merge_holidays(session, holiday_seed.days(years), only_new=True)


def seed_coming_holidays() -> Report:
    """Last year's to the year after next's, so that deadlines and meetings far ahead know them."""
    year = clock.today().year
    return seed_holidays(range(year - 1, year + 3))


def merge_holidays(session: Session, days: Mapping[date, Seed], only_new: bool = False, dry_run: bool = False) -> Report:
    """Adds to the caller's transaction."""
    report = Report()
    known = queries.holidays_by_day(days)
    for day, seed in days.items():
        row = known.get(day)
        if row is not None and (only_new or (row.name, row.works) == (seed.name, seed.works)):
            report.unchanged += 1
            continue
        (report.added if row is None else report.changed).append(day.isoformat())
        if not dry_run:
            session.merge(Holiday(day=day, name=seed.name, works=seed.works))
    if report.writes and not dry_run:
        audit.record(session, "imported", "holidays", None, {"added": report.added, "changed": report.changed})
        changed(session)
    return report


def _session(dry_run: bool) -> Any:
    """A transaction, or for a dry run just the reading session."""
    return nullcontext(db.session()) if dry_run else transaction()
