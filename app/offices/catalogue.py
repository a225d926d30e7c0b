"""The catalogue's shape: immutable values, detached from the database; compared by identity, so that they key caches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

Session = tuple[time, time]  # opens, closes


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    id: int
    code: str
    name: str
    name_en: str
    field: str
    field_en: str
    level: str
    duration: float | None
    duration_unit: str
    fee_vnd: int | None
    fee_note: str
    service_minutes: int
    documents: tuple[str, ...]
    source: str
    search_key: str
    party: int
    sensitive: bool
    common: int | None
    paused_note: str
    online_url: str


@dataclass(frozen=True, slots=True, eq=False)
class Counter:
    id: int
    office_id: int
    number: str
    name: str
    name_en: str
    minutes: Mapping[int, int]  # procedure id -> minutes at this counter


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    counter_id: int | None
    first_day: date
    last_day: date
    from_time: time | None
    to_time: time | None
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Office:
    id: int
    slug: str
    name: str
    name_en: str
    level: str
    parent_id: int | None
    code_letters: str
    address: str
    phone: str
    lead_minutes: int
    horizon_days: int
    counters: tuple[Counter, ...]
    weekly: Mapping[tuple[int | None, int], tuple[Session, ...]]  # (counter id or None, weekday) -> sessions
    dated: Mapping[tuple[int | None, date], tuple[Session, ...]]
    closures: tuple[Closed, ...]
    opened_on: date | None = None
    closed_on: date | None = None  # the first day it is no more

    def serving(self, procedure: Procedure) -> tuple[Counter, ...]:
        return tuple(counter for counter in self.counters if procedure.id in counter.minutes)

    def counter(self, counter_id: int) -> Counter:
        return next(counter for counter in self.counters if counter.id == counter_id)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    version: int
    offices: tuple[Office, ...]
    procedures: tuple[Procedure, ...]
    holidays: Mapping[date, str]  # days off -> name
    worked: Mapping[date, str]  # make-up days -> name
    by_slug: Mapping[str, Office] = field(repr=False)
    by_code: Mapping[str, Procedure] = field(repr=False)
    office_of: Mapping[int, Office] = field(repr=False)
    procedure_of: Mapping[int, Procedure] = field(repr=False)

    def offices_for(self, procedure: Procedure) -> tuple[Office, ...]:
        return tuple(office for office in self.offices if office.serving(procedure))
