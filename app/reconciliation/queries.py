"""Every SELECT of the room. Piles are computed by the database from facts, in the terms of `rules.pile`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, and_, case, cast, exists, extract, func, literal, or_, select

from app import clock
from app.db import db
from app.dossiers.models import Dossier
from app.outbox.models import Message
from app.reconciliation import rules
from app.reconciliation.models import Finding, MachineImport, MachineRow, Urging
from app.staff.models import Officer, Unit

CLICKS = "clicks"  # kind of the daily letter
PILES = ("in_time", "nothing", "late", "excused")
_EPOCH, _SECONDS = date(1970, 1, 1), 24 * 3600
_OFFSET = clock.local(clock.midnight(date(2000, 1, 1))).utcoffset()  # of today's clocks: in 1970 they stood an hour further on
_AHEAD = int(_OFFSET.total_seconds()) if _OFFSET else 0


def local_day(moment: Any) -> ColumnElement[int]:
    """The calendar day in the office's zone as a number of days since 1970, on both databases."""
    return (cast(extract("epoch", moment), BigInteger) + _AHEAD) // _SECONDS


def day_number(day: date) -> int:
    return (day - _EPOCH).days


def handed() -> ColumnElement[datetime]:
    """When the citizen got it: as our own dossier has it, else as found on paper."""
    return func.coalesce(Dossier.handed_at, Finding.handed_at)


def waits_for_click() -> ColumnElement[bool]:
    """In the citizen's hand, and open there."""
    return and_(handed().is_not(None), MachineRow.finished_at.is_(None))


def late_there(today: date) -> ColumnElement[bool]:
    """`rules.late_by_system`."""
    ended = func.coalesce(local_day(MachineRow.finished_at), day_number(today))
    return and_(MachineRow.status.not_in(rules.WITHOUT_RESULT), ended > local_day(MachineRow.promised_at))


def pile(today: date) -> ColumnElement[str]:
    """`rules.pile`."""
    verdict = func.coalesce(Finding.verdict, "")
    in_time = local_day(handed()) <= local_day(MachineRow.promised_at)
    return case(
        (~late_there(today), "fine"),
        (verdict.in_(["paused", "misconfigured"]), "excused"),
        (and_(handed().is_(None), verdict == "late"), "late"),
        (handed().is_(None), "nothing"),
        (in_time, "in_time"),
        else_="late",
    )


def _matched(*columns: Any) -> Select[Any]:
    """What the system says beside what the paper says."""
    return (
        select(*columns)
        .select_from(MachineRow)
        .outerjoin(Dossier, Dossier.code == MachineRow.code)
        .outerjoin(Finding, Finding.id == MachineRow.finding_id)
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the register is looked at."""

    pile: str = ""
    unit_id: int | None = None
    officer_id: int | None = None
    search: str = ""
    since: datetime | None = None  # received from
    until: datetime | None = None  # received before
    unclicked: bool = False  # only what still stands open there
    to_do: bool = False  # only what a unit must do something about: click, or send evidence

    def where(self, today: date) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.pile:
            wanted.append(pile(today) == self.pile)
        if self.unit_id:
            wanted.append(MachineRow.unit_id == self.unit_id)
        if self.officer_id:
            wanted.append(MachineRow.officer_id == self.officer_id)
        if self.search:
            wanted.append(MachineRow.code.contains(self.search.upper(), autoescape=True))
        if self.since:
            wanted.append(MachineRow.received_at >= self.since)
        if self.until:
            wanted.append(MachineRow.received_at < self.until)
        if self.unclicked:
            wanted.append(MachineRow.finished_at.is_(None))
        if self.to_do:
            wanted.append(or_(pile(today) == "nothing", waits_for_click()))
        return wanted


@dataclass(frozen=True, slots=True)
class Item:
    """One dossier of the register."""

    row: MachineRow
    pile: str
    handed_at: datetime | None
    finding: Finding | None
    dossier_id: int | None
    officer: str | None


def items(scope: Scope, today: date, page: int = 1, size: int = 50) -> Sequence[Item]:
    """A page of the register, longest overdue first. One query."""
    rows = (
        _matched(MachineRow, pile(today), handed(), Finding, Dossier.id, Officer.name)
        .outerjoin(Officer, Officer.id == MachineRow.officer_id)
        .where(late_there(today), *scope.where(today))
        .order_by(MachineRow.promised_at, MachineRow.code)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [Item(*row) for row in db.session.execute(rows)]


def item(code: str, today: date) -> Item | None:
    rows = (
        _matched(MachineRow, pile(today), handed(), Finding, Dossier.id, Officer.name)
        .outerjoin(Officer, Officer.id == MachineRow.officer_id)
        .where(MachineRow.code == code)
    )
    row = db.session.execute(rows).first()
    return Item(*row) if row else None


def counts(scope: Scope, today: date) -> dict[str, int]:
    """How many dossiers the system calls late fall on each pile; "all" is everything it names. One query."""
    rows = _matched(pile(today).label("pile"), func.count()).where(*scope.where(today)).group_by("pile")
    piles: dict[str, int] = {name: count for name, count in db.session.execute(rows)}  # noqa: C416  rows are no pairs to dict
    return {name: piles.get(name, 0) for name in PILES} | {"all": sum(piles.values())}


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit's (or officer's) part of the register; `click_days` are calendar days from hand-over to click, the
    median; `letter` is the week's letter to it."""

    id: int | None
    name: str | None
    all: int
    late_there: int
    in_time: int
    nothing: int
    late: int
    unclicked: int
    click_days: float | None = None
    letter: Urging | None = None

    @property
    def false_share(self) -> float | None:
        """Of what the system calls late, how much was in hand in time; in percent."""
        return 100 * self.in_time / self.late_there if self.late_there else None


def by_unit(scope: Scope, today: date) -> Sequence[UnitFigures]:
    """With the latest letter to each. Three queries."""
    found = _figures(MachineRow.unit_id, Unit.name, MachineRow.unit_id == Unit.id, Unit, scope, today)
    letters = {one.unit_id: one for one in reversed(urgings(today - timedelta(days=13)))}
    return [replace(one, letter=letters.get(one.id or 0)) for one in found]


def by_officer(scope: Scope, today: date) -> Sequence[UnitFigures]:
    return _figures(MachineRow.officer_id, Officer.name, MachineRow.officer_id == Officer.id, Officer, scope, today)


def _figures(key: Any, name: Any, join: Any, table: Any, scope: Scope, today: date) -> Sequence[UnitFigures]:
    here = pile(today)
    rows = (
        _matched(
            key, name, func.count(), func.count().filter(late_there(today)), func.count().filter(here == "in_time"),
            func.count().filter(here == "nothing"), func.count().filter(here == "late"),
            func.count().filter(and_(late_there(today), waits_for_click())),
        )
        .outerjoin(table, join)
        .where(*scope.where(today))
        .group_by(key, name)
        .order_by(func.count().filter(late_there(today)).desc(), name)
    )  # fmt: skip
    found, waited = [UnitFigures(*row) for row in db.session.execute(rows)], _waited(key, scope, today)
    return [replace(one, click_days=rules.median(waited.get(one.id, []))) for one in found]


def _waited(key: Any, scope: Scope, today: date) -> dict[int | None, list[tuple[int, int]]]:
    """Whose -> days from hand-over to click, and how many dossiers waited so long. A click before the paper is no wait."""
    days = (local_day(MachineRow.finished_at) - local_day(handed())).label("days")
    both = (MachineRow.finished_at.is_not(None), handed().is_not(None), local_day(MachineRow.finished_at) >= local_day(handed()))
    rows = _matched(key, days, func.count()).where(*both, *scope.where(today)).group_by(key, "days")
    found: dict[int | None, list[tuple[int, int]]] = {}
    for whose, value, count in db.session.execute(rows):
        found.setdefault(whose, []).append((value, count))
    return found


def of_code(code: str) -> Sequence[Finding]:
    """Every finding of a code, youngest first."""
    return db.session.scalars(select(Finding).where(Finding.code == code).order_by(Finding.id.desc())).all()


def last_import() -> MachineImport | None:
    return db.session.scalar(select(MachineImport).order_by(MachineImport.id.desc()).limit(1))


# -- chasing ----------------------------------------------------------------------------------------------------------


_TO_CLICK = (MachineRow.finished_at.is_(None), handed().is_not(None), MachineRow.status.not_in(rules.WITHOUT_RESULT))


def unclicked(today: date) -> Sequence[tuple[Officer, int]]:
    """Officers with dossiers that are in hand but stand open there, and how many; not those who were told today."""
    about, version = literal("officer:") + cast(Officer.id, String), today.toordinal()
    told = exists().where(Message.about == about, Message.kind == CLICKS, Message.version == version)
    rows = (
        _matched(Officer, func.count())
        .join(Officer, Officer.id == MachineRow.officer_id)
        .where(*_TO_CLICK, Officer.active, ~told)
        .group_by(*Officer.__table__.columns)
        .order_by(Officer.id)
    )
    return [(officer, count) for officer, count in db.session.execute(rows)]


def to_click(officers: Collection[int], most: int) -> dict[int, list[tuple[str, str, datetime]]]:
    """Officer -> the first so many codes to be clicked, with their matter and the true day. One query."""
    place = func.row_number().over(partition_by=MachineRow.officer_id, order_by=(MachineRow.promised_at, MachineRow.code))
    listed = (
        _matched(MachineRow.officer_id, MachineRow.code, MachineRow.matter, handed().label("handed"), place.label("place"))
        .where(*_TO_CLICK, MachineRow.officer_id.in_(officers))
        .subquery()
    )
    found: dict[int, list[tuple[str, str, datetime]]] = {}
    for officer_id, code, matter, moment, _place in db.session.execute(
        select(*listed.c).where(listed.c.place <= most).order_by(listed.c.officer_id, listed.c.place)
    ):
        found.setdefault(officer_id, []).append((code, matter, moment))
    return found


def units_in_turn() -> dict[int, Unit]:
    """Locked until the transaction ends: of two schedulers the second finds the first one's letters (on SQLite the transaction
    does it)."""
    return {unit.id: unit for unit in db.session.scalars(select(Unit).order_by(Unit.id).with_for_update())}


def urging(unit_id: int, week: date) -> Urging | None:
    return db.session.get(Urging, (unit_id, week))


def urgings(since: date) -> Sequence[Urging]:
    return db.session.scalars(select(Urging).where(Urging.week >= since).order_by(Urging.week.desc(), Urging.unit_id)).all()


def urgings_of(unit_id: int) -> Sequence[Urging]:
    """A unit's letters, youngest first."""
    return db.session.scalars(select(Urging).where(Urging.unit_id == unit_id).order_by(Urging.week.desc()).limit(8)).all()
