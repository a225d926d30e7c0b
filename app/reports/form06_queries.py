"""What Form 06 is counted from: two books, our dossiers as the paper has them and the e-one-stop system's list, in one way.

The database counts while it reads an index once (migration 0016); no row is loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_, select, union_all

from app import clock
from app.appointments.models import Appointment
from app.db import db
from app.dossiers.models import Dossier
from app.offices.models import Office, Procedure
from app.reconciliation import queries as register
from app.reconciliation.models import Finding, MachineRow
from app.reconciliation.queries import local_day
from app.reconciliation.rules import WITHOUT_RESULT
from app.reports.form06 import Asked, Bucket, Report, Tally06, buckets, day_after

NO_MONTH = -1


def report(asked: Asked) -> Report:
    """Four queries, however many dossiers there are."""
    found = Report(asked)
    _paper(found)
    _system(found)
    _months_and_visits(found)
    return found


# -- one way to count -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """Where the facts of a dossier stand."""

    received: Any
    due: Any
    finished: Any
    channel: Any
    without_result: ColumnElement[bool]
    paused: ColumnElement[bool]
    paused_at: Any

    def within(self, asked: Asked) -> ColumnElement[bool]:
        """Received by the period's end, and either in it or still at hand when it began."""
        begin, end = bounds(asked)
        return and_(self.received < end, or_(self._at_hand(asked), self.received >= begin))

    def _at_hand(self, asked: Asked) -> ColumnElement[bool]:
        return or_(self.finished.is_(None), self.finished >= bounds(asked)[0])

    def conditions(self, asked: Asked) -> Mapping[str, ColumnElement[bool]]:
        """What puts a dossier within the period into each figure of `Tally06`; what ended is compared by calendar date."""
        begin, end = bounds(asked)
        done = and_(self.finished >= begin, self.finished < end)
        pending = or_(self.finished.is_(None), self.finished >= end)
        late = and_(done, self.finished > self.due, not_(self.without_result), local_day(self.finished) > local_day(self.due))
        past = self.due < clock.midnight(asked.as_of)
        stopped = and_(self.paused, or_(not_(past), local_day(self.paused_at) <= local_day(self.due)))
        came = {name: and_(self.received >= begin, self.channel == name) for name in ("counter", "online", "post")}
        return came | {
            "before": and_(self.received < begin, self._at_hand(asked)),
            "handled": self._at_hand(asked),
            "done": done,
            "early": and_(done, not_(self.without_result), local_day(self.finished) < local_day(self.due)),
            "late": late,
            "pending": pending,
            "running": and_(pending, not_(past), not_(self.paused)),
            "paused": and_(pending, stopped),
            "overdue": and_(pending, past, not_(stopped)),
        }

    def counts(self, asked: Asked, without: str = "") -> list[ColumnElement[int]]:
        return [func.count().filter(one).label(name) for name, one in self.conditions(asked).items() if name != without]

    def late_in_all(self, asked: Asked) -> ColumnElement[bool]:
        """Late or overdue; the cheap half of the question first."""
        found = self.conditions(asked)
        return and_(or_(self.finished.is_(None), self.finished > self.due), or_(found["late"], found["overdue"]))


PAPER = Book(
    Dossier.received_at, Dossier.due_at, Dossier.finished_at, Dossier.channel, Dossier.ended_as != "", Dossier.pause != "",
    Dossier.paused_at,
)  # fmt: skip
_NO_RESULT = MachineRow.status.in_(WITHOUT_RESULT)
SYSTEM = Book(
    MachineRow.received_at,
    MachineRow.promised_at,
    # what ended without a result often has no day of its end there: then its promised day is taken
    func.coalesce(MachineRow.finished_at, case((_NO_RESULT, MachineRow.promised_at))),
    MachineRow.channel,
    _NO_RESULT,
    literal(False),
    MachineRow.promised_at,
)  # fmt: skip


def bounds(asked: Asked) -> tuple[datetime, datetime]:
    return clock.midnight(asked.period.first), clock.midnight(day_after(asked.period.last))


def of_paper(asked: Asked) -> list[ColumnElement[bool]]:
    wanted = [] if asked.office_id is None else [Dossier.office_id == asked.office_id]
    return [*wanted, Dossier.field == asked.field] if asked.field else wanted


def of_system(asked: Asked) -> list[ColumnElement[bool]]:
    wanted = [] if asked.office_id is None else [place() == asked.office_id]
    return [*wanted, MachineRow.field == asked.field] if asked.field else wanted


def place() -> Any:
    """The list says its office in words; a dossier of ours says it for certain."""
    return func.coalesce(Dossier.office_id, Office.id)


def in_list(*columns: Any, offices: bool) -> Select[Any]:
    """The system's list, beside what the paper says and what places it in an office, where that is asked for."""
    rows = select(*columns).select_from(MachineRow)
    if not offices:
        return rows
    return (
        rows.outerjoin(Dossier, Dossier.code == MachineRow.code)
        .outerjoin(Finding, Finding.id == MachineRow.finding_id)
        .outerjoin(Office, Office.name == MachineRow.office)
    )


# -- counts -----------------------------------------------------------------------------------------------------------


def _tally(counted: Mapping[str, int]) -> Tally06:
    """On time is what is neither early nor late: on its day, or ended without a result."""
    return Tally06(**counted, on_time=counted["done"] - counted.get("early", 0) - counted["late"])


def _paper(found: Report) -> None:
    """Grouped along the index."""
    asked = found.asked
    begin, end = bounds(asked)
    conditions = PAPER.conditions(asked)
    rows: Any = select(
        Dossier.field,
        Dossier.office_id,
        *PAPER.counts(asked),
        func.count().filter(conditions["done"], Dossier.return_by == "post").label("by_post"),
        func.count().filter(Dossier.extended_at >= begin, Dossier.extended_at < end).label("apologies"),
        func.count().filter(Dossier.sample).label("samples"),
    ).where(PAPER.within(asked), *of_paper(asked)).group_by(Dossier.field, Dossier.office_id)  # fmt: skip
    for row in db.session.execute(rows).mappings():
        counted = dict(row)
        field, office_id = counted.pop("field"), counted.pop("office_id")
        one = _tally(counted)
        found.paper += one
        for tallies, key in ((found.by_field, field), (found.by_office, office_id)):
            tallies[key] = tallies.get(key, Tally06()) + one


def _system(found: Report) -> None:
    """The form as the system would fill it in."""
    asked = found.asked
    counts = SYSTEM.counts(asked, without="early")  # columns 8 and 9 are shown as one: nobody asks the system for more
    rows = in_list(*counts, offices=asked.office_id is not None).where(SYSTEM.within(asked), *of_system(asked))
    found.system = _tally(dict(db.session.execute(rows).mappings().one()))
    for pile, office_id, count in db.session.execute(_piles(asked)):
        found.piles[pile] = found.piles.get(pile, 0) + count
        found.late_there[office_id] = found.late_there.get(office_id, 0) + count


def _piles(asked: Asked) -> Select[Any]:
    """On which pile of the register each dossier falls that the system calls late."""
    wanted = (SYSTEM.late_in_all(asked), SYSTEM.within(asked), *of_system(asked))
    columns = (register.pile(asked.today).label("pile"), place().label("place"), func.count().label("n"))
    return in_list(*columns, offices=True).where(*wanted).group_by("pile", "place")


def months(asked: Asked) -> list[Bucket]:
    """What came, what was done and how much of it late, in each month of the period."""
    shown = buckets(asked.period)
    for name, at, count in db.session.execute(union_all(*_monthly(asked, shown))):
        setattr(shown[at], name, count)
    return shown


def _monthly(asked: Asked, shown: Sequence[Bucket]) -> list[Select[str, int, int]]:
    """Counts between two instants: each runs along an index, and no calendar is asked row by row."""
    ends = [*(clock.midnight(one.first) for one in shown[1:]), bounds(asked)[1]]
    begins = [bounds(asked)[0], *ends[:-1]]
    late = and_(Dossier.finished_at > Dossier.due_at, PAPER.conditions(asked)["late"])
    kinds: tuple[tuple[str, Any, list[Any]], ...] = (
        ("received", Dossier.received_at, []), ("done", Dossier.finished_at, []), ("late", Dossier.finished_at, [late]),
    )  # fmt: skip
    return [
        select(literal(name).label("what"), literal(at).label("at"), func.count())
        .select_from(Dossier)
        .where(moment >= begin, moment < end, *of_paper(asked), *more)
        for name, moment, more in kinds
        for at, (begin, end) in enumerate(zip(begins, ends, strict=True))
    ]


def _months_and_visits(found: Report) -> None:
    """The appointments' states under the months, so that it is one query."""
    found.months = buckets(found.asked.period)
    for name, at, count in db.session.execute(union_all(*_monthly(found.asked, found.months), _visits(found.asked))):
        setattr(found.visits if at == NO_MONTH else found.months[at], name, count)


def _visits(asked: Asked) -> Select[str, int, int]:
    begin, end = bounds(asked)
    wanted = [Appointment.starts_at >= begin, Appointment.starts_at < end]
    rows = select(Appointment.state, literal(NO_MONTH), func.count()).group_by(Appointment.state)
    if asked.office_id is not None:
        wanted.append(Appointment.office_id == asked.office_id)
    if asked.field:
        rows = rows.join(Procedure, Procedure.id == Appointment.procedure_id)
        wanted.append(Procedure.field == asked.field)
    return rows.where(*wanted)


# -- for everybody ----------------------------------------------------------------------------------------------------


def in_brief(asked: Asked) -> Report:
    """The totals and what is falsely overdue, in one query."""
    found = Report(asked)
    piles = _piles(asked).subquery()
    by_field = select(*PAPER.counts(asked)).where(PAPER.within(asked)).group_by(Dossier.field, Dossier.office_id).subquery()
    names = list(PAPER.conditions(asked))
    false = select(func.coalesce(func.sum(piles.c.n), 0)).where(piles.c.pile == "in_time").scalar_subquery()
    rows = select(*(func.coalesce(func.sum(by_field.c[name]), 0).label(name) for name in names), false.label("false"))
    counted = {name: int(count) for name, count in db.session.execute(rows).mappings().one().items()}
    found.piles["in_time"] = counted.pop("false")
    found.paper = _tally(counted)
    return found
