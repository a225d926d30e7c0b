"""Every SELECT of the guided filing register. What is written for people stands in articles.py."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, extract, func, select
from sqlalchemy.orm import aliased, selectinload

from app.db import db
from app.guides.models import GuidedFiling, GuidedOutcome

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Tally:
    """People guided, and how many of them filed."""

    guided: int = 0
    filed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.guided + other.guided, self.filed + other.filed)

    @property
    def percent(self) -> int | None:
        return round(100 * self.filed / self.guided) if self.guided else None


@dataclass(frozen=True, slots=True)
class Guided:
    """Guided -> filed over some days, in all and parted; `reasons` counts those who did not file, why."""

    total: Tally = Tally()
    by_office: dict[int, Tally] = field(default_factory=dict)
    by_procedure: dict[int | None, Tally] = field(default_factory=dict)
    by_month: dict[date, Tally] = field(default_factory=dict)  # by its first day
    by_channel: dict[str, Tally] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    leaflets: int = 0
    samples: int = 0  # of these, how many are not real


def guided(first: date, last: date, office_id: int | None = None) -> Guided:
    """Both days included. One query, whose answer grows with offices, procedures and months, not with people."""
    rows = db.session.execute(_parted(first, last, office_id)).all()
    whole = [(row, Tally(row.guided, row.filed)) for row in rows]
    months = _summed((date(int(row.year), int(row.month), 1), tally) for row, tally in whole)
    return Guided(
        total=sum((tally for _row, tally in whole), Tally()),
        by_office=_summed((row.office_id, tally) for row, tally in whole),
        by_procedure=_summed((row.procedure_id, tally) for row, tally in whole),
        by_month=dict(sorted(months.items())),
        by_channel=_summed((row.channel, tally) for row, tally in whole),
        reasons={why: tally.guided for why, tally in _summed((row.reason, tally) for row, tally in whole).items() if why},
        leaflets=sum(row.leaflets for row in rows),
        samples=sum(row.samples for row in rows),
    )


def _parted(first: date, last: date, office_id: int | None) -> Select[*tuple[Any, ...]]:
    """How many, by every way of parting them; the newest word on each says whether it was filed, or why not."""
    why = aliased(GuidedOutcome)
    newest = select(func.max(GuidedOutcome.id)).where(GuidedOutcome.guided_id == GuidedFiling.id).scalar_subquery()
    year, month = extract("year", GuidedFiling.day).label("year"), extract("month", GuidedFiling.day).label("month")
    parts = (GuidedFiling.office_id, GuidedFiling.procedure_id, year, month, GuidedFiling.channel, why.reason)
    counts = (
        func.count().label("guided"),
        func.count().filter(why.code != "").label("filed"),
        func.count().filter(GuidedFiling.leaflet).label("leaflets"),
        func.count().filter(GuidedFiling.sample).label("samples"),
    )
    found = select(*parts, *counts).select_from(GuidedFiling).join(why, why.id == newest)
    return found.where(*_within(first, last, office_id)).group_by(*parts)


def totals(first: date, last: date, office_id: int | None = None) -> Select[*tuple[Any, ...]]:
    """How many were guided, how many of them filed, how many leaflets were given: one row, for a report to join in."""
    filed = exists().where(GuidedOutcome.guided_id == GuidedFiling.id, GuidedOutcome.code != "")
    counts = (func.count(), func.count().filter(filed), func.count().filter(GuidedFiling.leaflet))
    return select(*counts).select_from(GuidedFiling).where(*_within(first, last, office_id))


def _summed(pairs: Iterable[tuple[K, Tally]]) -> dict[K, Tally]:
    """The most first."""
    found: dict[K, Tally] = defaultdict(Tally)
    for key, tally in pairs:
        found[key] = found[key] + tally
    return dict(sorted(found.items(), key=lambda pair: -pair[1].guided))


def _within(first: date, last: date, office_id: int | None) -> list[ColumnElement[bool]]:
    span = [GuidedFiling.day >= first, GuidedFiling.day <= last]
    return [*span, GuidedFiling.office_id == office_id] if office_id is not None else span


def lines(first: date, last: date, office_id: int | None = None, skip: int = 0, size: int = 50) -> Sequence[GuidedFiling]:
    """The register, the youngest first, each with its history. Two queries."""
    found = select(GuidedFiling).where(*_within(first, last, office_id)).order_by(GuidedFiling.day.desc(), GuidedFiling.id.desc())
    found = found.options(selectinload(GuidedFiling.outcomes)).limit(size).offset(skip)
    return db.session.scalars(found).all()


def line(guided_id: int) -> GuidedFiling | None:
    found = select(GuidedFiling).where(GuidedFiling.id == guided_id).options(selectinload(GuidedFiling.outcomes))
    return db.session.scalar(found)


def locked(guided_id: int) -> GuidedFiling | None:
    """With its history as it is now."""
    row = select(GuidedFiling).where(GuidedFiling.id == guided_id).with_for_update()
    row = row.options(selectinload(GuidedFiling.outcomes))
    return db.session.scalar(row.execution_options(populate_existing=True))


def by_request(key: str) -> GuidedFiling | None:
    return db.session.scalar(select(GuidedFiling).where(GuidedFiling.request_key == key))


def filed_with(code: str) -> GuidedOutcome | None:
    return db.session.scalar(select(GuidedOutcome).where(GuidedOutcome.code == code))


def last_of(officer_id: int) -> GuidedFiling | None:
    """What an officer entered last: the next line is mostly like it."""
    mine = select(GuidedFiling).where(GuidedFiling.officer_id == officer_id).order_by(GuidedFiling.id.desc())
    return db.session.scalar(mine.limit(1))
