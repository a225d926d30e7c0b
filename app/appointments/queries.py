"""Every SELECT of the room; free times come from one day-wise cache that each day's stamp keeps honest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from app import clock
from app.appointments import rules
from app.appointments.models import Appointment, Claim, DayStamp, Hold
from app.appointments.rules import Taken
from app.db import db
from app.offices.catalogue import Catalogue, Office, Procedure
from app.offices.models import CatalogueVersion


@dataclass(frozen=True, slots=True)
class _Day:
    """What was claimed on an office's day when its stamp was read; holds in it count only until the first one ends."""

    stamp: int
    until: datetime | None
    taken: dict[int, int]


@dataclass(slots=True)
class Claimed:
    """An office's claims over some days: per day, counter -> ticks taken; the sum of the days' stamps; when a hold ends first."""

    days: dict[date, Taken] = field(default_factory=dict)
    stamps: int = 0
    until: datetime | None = None

    def add(self, day: date, known: _Day) -> None:
        self.days[day] = known.taken
        self.stamps += known.stamp
        self.until = min(filter(None, (self.until, known.until)), default=None)


_days: dict[tuple[int, date], _Day] = {}
_KEPT = 50_000  # office-days in memory, about 1 KB each


def claimed(offices: Sequence[Office], first: date, last: date, now: datetime) -> dict[int, Claimed]:
    """Office id -> what is claimed there on these days. One query for the stamps; a second only for days that changed.

    The stamps are read first: claims may then be newer than their stamp, never older.
    """
    ids = [office.id for office in offices]
    chosen = select(DayStamp.office_id, DayStamp.day, DayStamp.stamp).where(DayStamp.day.between(first, last))
    stamps = {(row.office_id, row.day): row.stamp for row in db.session.execute(chosen.where(DayStamp.office_id.in_(ids)))}
    known = {key: day for key, stamp in stamps.items() if (day := _days.get(key)) is not None and _fresh(day, stamp, now)}
    stale = {key: stamp for key, stamp in stamps.items() if key not in known}
    if stale:
        known |= _read(offices, stale, now)
    found = {office_id: Claimed() for office_id in ids}
    for (office_id, day), what in known.items():
        found[office_id].add(day, what)
    return found


def _fresh(kept: _Day, stamp: int, now: datetime) -> bool:
    return kept.stamp == stamp and (kept.until is None or now < kept.until)


def _read(offices: Sequence[Office], stale: Mapping[tuple[int, date], int], now: datetime) -> dict[tuple[int, date], _Day]:
    """Reads the claims of the days that changed, in one query, and keeps them for the next request."""
    if len(_days) > _KEPT:
        _days.clear()
    owner = {counter.id: office.id for office in offices for counter in office.counters}
    first, last = min(day for _office, day in stale), max(day for _office, day in stale)
    begin, end = rules.tick_of(clock.midnight(first)), rules.tick_of(clock.midnight(last + timedelta(days=1)))
    wanted = {office_id for office_id, _day in stale}
    counters = [counter_id for counter_id, office_id in owner.items() if office_id in wanted]
    rows = db.session.execute(
        select(Claim.counter_id, Claim.tick, Claim.expires_at).where(
            Claim.counter_id.in_(counters), Claim.tick >= begin, Claim.tick < end
        )
    )
    fresh = {key: _Day(stamp, None, {}) for key, stamp in stale.items()}
    for counter_id, tick, expires_at in rows:
        ahead, index = divmod(tick - begin, rules.TICKS_A_DAY)
        key = (owner[counter_id], first + timedelta(days=ahead))
        if key not in fresh or (expires_at is not None and expires_at <= now):
            continue
        kept = fresh[key]
        kept.taken[counter_id] = kept.taken.get(counter_id, 0) | 1 << index
        if expires_at is not None and (kept.until is None or expires_at < kept.until):
            fresh[key] = _Day(kept.stamp, expires_at, kept.taken)
    _days.update(fresh)
    return fresh


_STAMPS = select(func.coalesce(func.sum(DayStamp.stamp), 0)).where(
    DayStamp.office_id == bindparam("office"), DayStamp.day.between(bindparam("first"), bindparam("last"))
)
_FINGERPRINT = select(select(CatalogueVersion.version).scalar_subquery(), _STAMPS.scalar_subquery())


def fingerprint(office_id: int, first: date, last: date) -> tuple[int | None, int]:
    """(catalogue version, sum of the days' random stamps): the same pair means the same free times. One small query."""
    version, summed = db.session.execute(_FINGERPRINT, {"office": office_id, "first": first, "last": last}).one()
    return version, int(summed)


def taken_now(office: Office, procedure: Procedure, day: date, now: datetime) -> Taken:
    """The day's claims straight from the database, for a writer inside its transaction."""
    begin = rules.tick_of(clock.midnight(day))
    counters = [counter.id for counter in office.serving(procedure)]
    rows = db.session.execute(
        select(Claim.counter_id, Claim.tick).where(
            Claim.counter_id.in_(counters),
            Claim.tick >= begin,
            Claim.tick < begin + rules.TICKS_A_DAY,
            (Claim.expires_at.is_(None)) | (Claim.expires_at > now),
        )
    )
    found: dict[int, int] = {}
    for counter_id, tick in rows:
        found[counter_id] = found.get(counter_id, 0) | 1 << (tick - begin)
    return found


def earliest(
    catalogue: Catalogue, pairs: Iterable[tuple[Procedure, Sequence[Office]]], now: datetime, ahead: int = 60
) -> dict[tuple[str, str], datetime | None]:
    """(procedure code, office slug) -> the first free time within `ahead` days, or None. At most two queries in all."""
    wanted = [(procedure, office) for procedure, serving in pairs for office in serving]
    offices = list({office.id: office for _procedure, office in wanted}.values())
    today = clock.local(now).date()
    claims = claimed(offices, today, today + timedelta(days=ahead), now) if offices else {}
    found: dict[tuple[str, str], datetime | None] = {}
    for procedure, office in wanted:
        bookable = rules.window(office, now)
        days = [day for day in bookable.days() if (day - today).days <= ahead]
        found[procedure.code, office.slug] = (
            None
            if procedure.paused_note
            else rules.earliest(catalogue, office, procedure, claims[office.id].days, bookable, days)
        )
    return found


def by_code(code: str) -> Appointment | None:
    return db.session.scalar(select(Appointment).where(Appointment.code == code))


def by_hold(token: str) -> Hold | None:
    return db.session.scalar(select(Hold).where(Hold.token == token))


def code_of_hold(hold: Hold) -> str | None:
    """The code of the appointment this hold became."""
    return db.session.scalar(select(Appointment.code).where(Appointment.id == hold.appointment_id))


def open_of_phone(phone: str, now: datetime) -> int:
    """How many appointments this phone has ahead."""
    mine = (Appointment.phone == phone, Appointment.state == "booked", Appointment.starts_at > now)
    return db.session.scalar(select(func.count()).select_from(Appointment).where(*mine)) or 0


def of_day(office_id: int, day: date) -> Sequence[Appointment]:
    """The office's appointments of one day, cancelled ones left out, in order of time; procedures and counters come along."""
    begin = clock.midnight(day)
    return db.session.scalars(
        select(Appointment)
        .where(
            Appointment.office_id == office_id,
            Appointment.starts_at >= begin,
            Appointment.starts_at < begin + timedelta(days=1),
            Appointment.state != "cancelled",
        )
        .options(joinedload(Appointment.procedure))
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()
