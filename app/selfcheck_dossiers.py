"""The roof: what the self-check looks at in dossiers and in the register of reconciliation."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CTE, String, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.audit import Audit
from app.db import db
from app.dossiers.models import ENDS, PAUSES, Dossier, DossierEvent
from app.outbox.models import Message
from app.reconciliation.models import Finding, MachineRow
from app.selfcheck_meetings import Names, named

HANDED = ("handed_over", "posted")


def _added_up() -> CTE:
    """A dossier's history as one row: its beginning, its ends, the numbers of its last due time and last pause or resumption."""
    kind, happened = DossierEvent.kind, DossierEvent.happened_at

    def when(kinds: Iterable[str], column: Any = happened) -> Any:
        return func.max(case((kind.in_(list(kinds)), column)))

    return (
        select(
            DossierEvent.dossier_id,
            when(["received"]).label("received"),
            when(["received"], DossierEvent.due_after).label("promised"),
            when(["extended"]).label("extended"),
            when(["finished", *ENDS]).label("finished"),
            when(HANDED).label("handed"),
            when(ENDS, kind).label("ended_as"),
            func.max(case((DossierEvent.due_after.is_not(None), DossierEvent.id))).label("last_due"),
            when([*PAUSES, "resumed"], DossierEvent.id).label("last_pause"),
        )
        .group_by(DossierEvent.dossier_id)
        .cte("added_up")
    )


def discord() -> Names:
    """What a dossier says now is what its history adds up to: one wrong column is enough. A sample may come without history."""
    told, due, pause = _added_up(), aliased(DossierEvent), aliased(DossierEvent)
    paused = pause.kind.in_(PAUSES)
    pairs = (
        (Dossier.received_at, told.c.received), (Dossier.promised_at, told.c.promised), (Dossier.due_at, due.due_after),
        (Dossier.extended_at, told.c.extended), (Dossier.handed_at, told.c.handed),
        (Dossier.finished_at, func.coalesce(told.c.finished, told.c.handed)),
        (Dossier.ended_as, func.coalesce(told.c.ended_as, "")),
        (Dossier.pause, case((paused, pause.kind), else_="")), (Dossier.paused_at, case((paused, pause.happened_at))),
    )  # fmt: skip
    rows = (
        select(Dossier.id)
        .outerjoin(told, told.c.dossier_id == Dossier.id)
        .outerjoin(due, due.id == told.c.last_due)
        .outerjoin(pause, pause.id == told.c.last_pause)
        .where(or_(*(now.is_distinct_from(then) for now, then in pairs)))
        .where(or_(Dossier.sample.is_(False), told.c.dossier_id.is_not(None)))
    )
    return named("dossier", rows.order_by(Dossier.id))


def recorded_before() -> Names:
    """Nothing is recorded before it happens, here or in the register."""
    events = select(DossierEvent.dossier_id).where(DossierEvent.recorded_at < DossierEvent.happened_at).distinct()
    found = select(Finding.id).where(Finding.handed_at > Finding.recorded_at)
    return [*named("dossier", events.order_by(DossierEvent.dossier_id)), *named("finding", found.order_by(Finding.id))]


def untold() -> Names:
    """Whoever left an e-mail address was written that the dossier is here, and that its result is ready."""
    about = literal("dossier:") + cast(Dossier.id, String)

    def without(kind: str) -> Any:
        return ~exists().where(Message.about == about, Message.kind == kind)

    waits = and_(Dossier.finished_at.is_not(None), Dossier.handed_at.is_(None), Dossier.ended_as == "")
    rows = select(Dossier.id).where(Dossier.email != "", Dossier.sample.is_(False))
    return named("dossier", rows.where(or_(without("received"), and_(waits, without("ready")))).order_by(Dossier.id))


def without_trail() -> Names:
    about = literal("dossier:") + cast(Dossier.id, String)
    kept = exists().where(Audit.about == about, Audit.act == "dossier_received")
    return named("dossier", select(Dossier.id).where(~kept, Dossier.sample.is_(False)).order_by(Dossier.id))


def stale_findings() -> Names:
    """A code stands by its last finding, and a hand-over in time has its day."""
    last = select(Finding.code, func.max(Finding.id).label("id")).group_by(Finding.code).subquery()
    rows = select(MachineRow.code).outerjoin(last, last.c.code == MachineRow.code)
    stale = rows.where(MachineRow.finding_id.is_distinct_from(last.c.id)).order_by(MachineRow.code)
    dayless = select(Finding.id).where(Finding.verdict == "in_time", Finding.handed_at.is_(None)).order_by(Finding.id)
    return [*(f"row:{code}" for code in db.session.scalars(stale)), *named("finding", dayless)]
