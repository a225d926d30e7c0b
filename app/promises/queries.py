"""Every SELECT of the room. Whatever shows a promise gets an `Entry`: the row and how it stands today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import undefer

from app import clock
from app.db import db
from app.offices import queries as offices
from app.offices import working_days
from app.offices.models import CatalogueVersion
from app.offices.working_time import Calendar
from app.promises import rules
from app.promises.models import Promise, PromiseAsker, PromiseEvent, PromiseFile
from app.promises.rules import Counts, Entry
from app.staff.models import Officer, Unit

PUBLIC = Promise.public.is_(True)
STANDS = Promise.withdrawn_on.is_(None)
UNFINISHED = and_(STANDS, Promise.done_on.is_(None))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader of the ledger filters by; empty means all."""

    unit_id: int | None = None
    standing: str = ""  # of rules.STANDINGS
    field: str = ""


def calendar(today: date, version: int | None = None) -> Calendar:
    """The usual working calendar around today. One query, when nobody edited the holidays since the last."""
    return offices.calendar(years=(today.year, today.year + 1), version=version)


def entries(rows: Iterable[Promise], known: Calendar | None = None) -> list[Entry]:
    today = clock.today()
    known = known or calendar(today)
    return [rules.entry(row, today, known) for row in rows]


# -- how promises stand, said to the database -------------------------------------------------------------------------


def standings(today: date, soon: date) -> Mapping[str, ColumnElement[bool]]:
    """`rules.standing` as conditions: each promise fulfils exactly one."""
    done = and_(STANDS, Promise.done_on.is_not(None))
    waiting = and_(Promise.waiting_since.is_not(None), Promise.waiting_since <= Promise.due)
    runs = and_(UNFINISHED, or_(Promise.waiting_since.is_(None), Promise.waiting_since > Promise.due))
    ahead = and_(runs, Promise.due >= today)
    return {
        "open": and_(ahead, Promise.reopened == 0, Promise.due > soon),
        "soon": and_(ahead, Promise.reopened == 0, Promise.due <= soon),
        "late": and_(runs, Promise.due < today),
        "waiting": and_(UNFINISHED, waiting),
        "reopened": and_(ahead, Promise.reopened > 0),
        "on_time": and_(done, Promise.done_on <= Promise.due),
        "done_late": and_(done, Promise.done_on > Promise.due),
        "withdrawn": Promise.withdrawn_on.is_not(None),
    }


def counts_by_unit(today: date | None = None) -> list[tuple[Unit, Counts]]:
    """Public promises of every unit that made any, in the office's own order. One query."""
    today = today or clock.today()
    is_ = standings(today, today)
    ahead = or_(is_["open"], is_["soon"], is_["reopened"])
    counted = [
        func.count().filter(condition)
        for condition in (ahead, is_["late"], is_["waiting"], is_["on_time"], is_["done_late"])
    ]  # fmt: skip
    said = [func.count().filter(and_(STANDS, Promise.verdict == verdict)) for verdict in ("yes", "partly", "no")]
    times = func.coalesce(func.sum(Promise.postponed).filter(STANDS), 0)
    rows = db.session.execute(
        select(Unit, *counted, times, *said).join(Promise, Promise.unit_id == Unit.id).where(PUBLIC)
        .group_by(*Unit.__table__.columns).order_by(Unit.position, Unit.name)
    )  # fmt: skip
    return [(unit, Counts(*numbers)) for unit, *numbers in rows]


def totals(today: date | None = None) -> Counts:
    """Of all public promises. One query."""
    return sum((counts for _unit, counts in counts_by_unit(today)), Counts())


# -- the ledger -------------------------------------------------------------------------------------------------------


def ledger(wanted: Wanted, known: Calendar, page: int, size: int) -> tuple[list[Entry], int]:
    """One page of the public ledger, the youngest first, and how many there are in all. One query."""
    found = _filtered(wanted, known).add_columns(func.count().over())
    rows = db.session.execute(found.limit(size).offset((page - 1) * size)).all()
    return entries((row for row, _all in rows), known), rows[0][1] if rows else 0


def all_public(wanted: Wanted, known: Calendar) -> list[Entry]:
    """For the table that can be downloaded."""
    return entries(db.session.scalars(_filtered(wanted, known)), known)


def _filtered(wanted: Wanted, known: Calendar) -> Select[Promise]:
    today = clock.today()
    found = select(Promise).where(PUBLIC).order_by(Promise.made_on.desc(), Promise.id.desc())
    if wanted.unit_id is not None:
        found = found.where(Promise.unit_id == wanted.unit_id)
    if wanted.field:
        found = found.where(Promise.field == wanted.field)
    if wanted.standing:
        found = found.where(standings(today, working_days.moved(today, rules.SOON, known))[wanted.standing])
    return found


def latest_events(most: int) -> Sequence[tuple[PromiseEvent, Promise]]:
    """What happened last to public promises, for the feed."""
    rows = select(PromiseEvent, Promise).join(Promise, Promise.id == PromiseEvent.promise_id)
    latest = (PromiseEvent.recorded_at.desc(), PromiseEvent.id.desc())
    return [(event, row) for event, row in db.session.execute(rows.where(PUBLIC).order_by(*latest).limit(most))]


# -- one promise ------------------------------------------------------------------------------------------------------


def by_number(number: int) -> Promise | None:
    return db.session.get(Promise, number)


def with_askers(number: int) -> tuple[Promise, list[PromiseAsker]] | None:
    """A promise and whom it answers, in one query."""
    both = select(Promise, PromiseAsker).outerjoin(PromiseAsker, PromiseAsker.promise_id == Promise.id)
    rows = db.session.execute(both.where(Promise.id == number).order_by(PromiseAsker.about)).all()
    return (rows[0][0], [asker for _row, asker in rows if asker is not None]) if rows else None


def locked(number: int) -> Promise | None:
    """The promise as it is now, its row held until the transaction ends (on SQLite the transaction holds everything)."""
    row = select(Promise).where(Promise.id == number).with_for_update(of=Promise)
    return db.session.scalar(row.execution_options(populate_existing=True))


def history(number: int) -> Sequence[PromiseEvent]:
    return db.session.scalars(select(PromiseEvent).where(PromiseEvent.promise_id == number).order_by(PromiseEvent.id)).all()


def last_event(number: int, kind: str) -> PromiseEvent | None:
    mine = (PromiseEvent.promise_id == number, PromiseEvent.kind == kind)
    return db.session.scalar(select(PromiseEvent).where(*mine).order_by(PromiseEvent.id.desc()).limit(1))


def files(number: int) -> Sequence[PromiseFile]:
    """Without their content."""
    return db.session.scalars(select(PromiseFile).where(PromiseFile.promise_id == number).order_by(PromiseFile.id)).all()


def file(number: int, file_id: int) -> PromiseFile | None:
    """With its content."""
    mine = (PromiseFile.id == file_id, PromiseFile.promise_id == number)
    return db.session.scalar(select(PromiseFile).where(*mine).options(undefer(PromiseFile.content)))


def askers(number: int) -> Sequence[PromiseAsker]:
    mine = PromiseAsker.promise_id == number
    return db.session.scalars(select(PromiseAsker).where(mine).order_by(PromiseAsker.about)).all()


# -- for units and officers -------------------------------------------------------------------------------------------


def of_unit(unit_id: int, since: date) -> list[Entry]:
    """A unit's unfinished public promises, and those it has done since; what is due first stands first."""
    recent = and_(STANDS, or_(Promise.done_on.is_(None), Promise.done_on >= since))
    rows = select(Promise).where(PUBLIC, Promise.unit_id == unit_id, recent).order_by(Promise.due, Promise.id)
    return entries(db.session.scalars(rows))


def at_work(private: bool, unit_id: int | None = None) -> list[Entry]:
    """What officers look after: the unfinished, and the done whose askers have not said whether it helped."""
    unheard = select(PromiseAsker.promise_id).where(PromiseAsker.promise_id == Promise.id, PromiseAsker.verdict == "").exists()
    rows = select(Promise).where(STANDS, or_(Promise.done_on.is_(None), unheard)).order_by(Promise.due, Promise.id)
    rows = rows if private else rows.where(PUBLIC)
    return entries(db.session.scalars(rows if unit_id is None else rows.where(Promise.unit_id == unit_id)))


def to_chase(known: Calendar) -> list[Entry]:
    """Everything unfinished, whatever its day, what is for the leader alone among it. One query."""
    return entries(db.session.scalars(select(Promise).where(UNFINISHED).order_by(Promise.due, Promise.id)), known)


def leaders() -> Sequence[Officer]:
    """Who hears of it when an asker says that it was not done."""
    return db.session.scalars(select(Officer).where(Officer.role == "leader", Officer.active).order_by(Officer.id)).all()


# -- for other rooms: public promises only ----------------------------------------------------------------------------


def unfinished(limit: int, before: date | None = None) -> list[Entry]:
    """What earlier meetings ended in and is still not done, the oldest first: it opens the next agenda. Two queries."""
    return entries(unfinished_rows(limit, before))


def unfinished_rows(limit: int, before: date | None = None, private: bool = False) -> Sequence[Promise]:
    """The same as bare rows, with those for the leader alone where `private`. One query."""
    rows = select(Promise).where(UNFINISHED).order_by(Promise.made_on, Promise.due, Promise.id).limit(limit)
    rows = rows if private else rows.where(PUBLIC)
    return db.session.scalars(rows if before is None else rows.where(Promise.occasion_on < before)).all()


def of_occasion(occasion: str) -> list[Entry]:
    """The public promises that a meeting ("meeting:3") ended in. Two queries."""
    rows = select(Promise).where(PUBLIC, Promise.occasion == occasion).order_by(Promise.id)
    return entries(db.session.scalars(rows))


def told_at(occasion: str, before: date | None, most: int) -> list[Entry]:
    """For a meeting's own page: what it ended in, or (`before`) what earlier ones left unfinished. One query."""
    version = select(CatalogueVersion.version).limit(1).scalar_subquery()
    rows = select(Promise, version).where(PUBLIC, STANDS).order_by(Promise.made_on, Promise.due, Promise.id).limit(most)
    mine = Promise.occasion == occasion if before is None else and_(UNFINISHED, Promise.occasion_on < before)
    found = db.session.execute(rows.where(mine)).all()
    return entries((row for row, _version in found), calendar(clock.today(), found[0][1])) if found else []


def of_about(about: str) -> list[tuple[Entry, PromiseAsker]]:
    """What was promised to an asker ("question:12"), and the word they gave: for the asker's own page, private ones too."""
    mine = select(Promise, PromiseAsker).join(PromiseAsker, PromiseAsker.promise_id == Promise.id)
    rows = db.session.execute(mine.where(PromiseAsker.about == about).order_by(Promise.id)).all()
    found = entries(row for row, _asker in rows) if rows else []
    return [(one, asker) for one, (_row, asker) in zip(found, rows, strict=True)]


def kept_cases(field: str, limit: int) -> Sequence[Promise]:
    """Done, and the asker says yes: what an invitation can point at; the youngest first, of this field or (empty) of any."""
    kept = select(Promise).where(PUBLIC, STANDS, Promise.done_on.is_not(None), Promise.verdict == "yes")
    kept = kept.where(Promise.field == field) if field else kept
    return db.session.scalars(kept.order_by(Promise.done_on.desc(), Promise.id.desc()).limit(limit)).all()


def discord() -> Sequence[int]:
    """Promises whose present facts are not what their history adds up to; none, unless somebody wrote past the house."""
    facts = [getattr(Promise, name) for name in rules.Present.__dataclass_fields__]
    told = (PromiseEvent.kind, PromiseEvent.happened_on, PromiseEvent.due_after)
    rows = db.session.execute(
        select(Promise.id, *facts, *told)
        .outerjoin(PromiseEvent, PromiseEvent.promise_id == Promise.id)
        .order_by(Promise.id, PromiseEvent.id)
    ).all()
    histories: dict[int, list[Any]] = {}
    for row in rows:
        histories.setdefault(row.id, []).append(row)
    return [number for number, lines in histories.items() if not rules.replay(lines).agrees(lines[0])]
