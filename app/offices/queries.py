"""Every SELECT of the room. Pages read one thing: the catalogue, a snapshot of all its tables kept in memory."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from datetime import date
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Row, select

from app.db import Base, db
from app.offices import holiday_seed, models
from app.offices.catalogue import Catalogue, Closed, Counter, Office, Procedure, Session
from app.offices.working_time import Calendar, weekly_hours

_kept: Catalogue | None = None
_reading = Lock()
Key = TypeVar("Key", bound=Hashable)


def catalogue(version: int | None = None) -> Catalogue:
    """Everything about offices, as of now: one query when nothing changed since the last call in this process, nine when it did.

    The version is read first: the rows may then be newer than it (the next call reads anew), never older. It is compared for
    equality only, being random; without one (nothing was ever entered) nothing is kept. `version`: read a moment ago by a query
    of the caller's own.
    """
    global _kept
    version = version or db.session.scalar(select(models.CatalogueVersion.version))
    kept = _kept
    if version is not None and kept is not None and kept.version == version:
        return kept
    with _reading:
        if version is not None and _kept is not None and _kept.version == version:
            return _kept
        fresh = _read(version or 0)
        _kept = fresh if version is not None else None
        return fresh


def kept() -> Catalogue | None:
    """The snapshot in memory, old or not: for who compares its version in a query of their own."""
    return _kept


def _read(version: int) -> Catalogue:
    procedures = tuple(_procedure(row) for row in _rows(models.Procedure))
    minutes = {procedure.id: procedure.service_minutes for procedure in procedures}
    offices = _offices(minutes)
    days = _rows(models.Holiday)
    return Catalogue(
        version=version,
        offices=offices,
        procedures=procedures,
        holidays=MappingProxyType({row.day: row.name for row in days if not row.works}),
        worked=MappingProxyType({row.day: row.name for row in days if row.works}),
        by_slug=MappingProxyType({office.slug: office for office in offices}),
        by_code=MappingProxyType({procedure.code: procedure for procedure in procedures}),
        office_of=MappingProxyType({office.id: office for office in offices}),
        procedure_of=MappingProxyType({procedure.id: procedure for procedure in procedures}),
    )


def _rows(table: type[Base]) -> Sequence[Row[Any]]:
    """Plain rows in order of their key: an object the session already holds could be older than the version just read."""
    columns = table.__table__
    return db.session.execute(select(columns).order_by(*columns.primary_key)).all()


def _procedure(row: Row[Any]) -> Procedure:
    same = ("id", "code", "name", "name_en", "field", "field_en", "level", "duration", "duration_unit", "fee_vnd", "fee_note",
            "service_minutes", "source", "search_key", "party", "sensitive", "common", "paused_note", "online_url")  # fmt: skip
    documents = tuple(line for line in row.documents.splitlines() if line)
    return Procedure(documents=documents, **{name: getattr(row, name) for name in same})


def _offices(minutes: dict[int, int]) -> tuple[Office, ...]:
    """Offices with their open counters; a row that refers to something not read yet waits for the next reading."""
    offices = sorted(_rows(models.Office), key=lambda row: row.position)
    counters = _counters(minutes)
    weekly = _hours((row.office_id, (row.counter_id, row.weekday), (row.opens, row.closes)) for row in _rows(models.Opening))
    dated = _hours((row.office_id, (row.counter_id, row.day), (row.opens, row.closes)) for row in _rows(models.DayHours))
    closures = defaultdict(list)
    for row in _rows(models.Closure):
        times = (row.first_day, row.last_day, row.from_time, row.to_time)
        closures[row.office_id].append(Closed(row.counter_id, *times, row.reason))
    same = ("id", "slug", "name", "name_en", "level", "parent_id", "code_letters", "address", "phone", "lead_minutes",
            "horizon_days", "opened_on", "closed_on")  # fmt: skip
    return tuple(
        Office(
            **{name: getattr(row, name) for name in same},
            counters=tuple(counters[row.id]),
            weekly=MappingProxyType(weekly[row.id]),
            dated=MappingProxyType(dated[row.id]),
            closures=tuple(closures[row.id]),
        )
        for row in offices
    )


def _counters(minutes: dict[int, int]) -> dict[int, list[Counter]]:
    """Office id -> its counters in use, with the minutes of each procedure they serve."""
    served: dict[int, dict[int, int]] = defaultdict(dict)
    for service in _rows(models.Service):
        if service.procedure_id in minutes:
            served[service.counter_id][service.procedure_id] = service.minutes or minutes[service.procedure_id]
    found: dict[int, list[Counter]] = defaultdict(list)
    for row in sorted(_rows(models.Counter), key=lambda row: row.position):
        if row.active:
            names = (row.number, row.name, row.name_en)
            found[row.office_id].append(Counter(row.id, row.office_id, *names, MappingProxyType(served[row.id])))
    return found


def _hours(rows: Iterable[tuple[int, Key, Session]]) -> dict[int, dict[Key, tuple[Session, ...]]]:
    """Office id -> (counter, day) -> its sessions in order of the clock."""
    found: dict[int, dict[Key, tuple[Session, ...]]] = defaultdict(dict)
    for office_id, key, session in rows:
        found[office_id][key] = tuple(sorted((*found[office_id].get(key, ()), session)))
    return found


def calendar(office: Office | None = None, years: Collection[int] = (), version: int | None = None) -> Calendar:
    """The working calendar of an office, or the usual one. Of `years` without any day entered, the library's days are taken.

    `version`: of the catalogue, for a caller that has just read it.
    """
    snapshot = catalogue(version)
    off, worked = set(snapshot.holidays), set(snapshot.worked)
    unknown = [year for year in years if not any(day.year == year for day in off)]
    for day, seed in holiday_seed.days(unknown).items():
        (worked if seed.works else off).add(day)
    return Calendar(off, worked, weekly_hours(office)) if office else Calendar(off, worked)


def procedures_by_code(codes: Iterable[str]) -> dict[str, models.Procedure]:
    chosen = select(models.Procedure).where(models.Procedure.code.in_(list(codes)))
    return {row.code: row for row in db.session.scalars(chosen)}


def holidays_by_day(days: Iterable[date]) -> dict[date, models.Holiday]:
    return {row.day: row for row in db.session.scalars(select(models.Holiday).where(models.Holiday.day.in_(list(days))))}
