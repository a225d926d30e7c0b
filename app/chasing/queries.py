"""What is due, from every room that waits for something, and who hears of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import String, cast, func, literal, select

from app import clock, dates, links
from app.answers import queries as answers
from app.chasing import rules
from app.chasing.rules import Address, Line
from app.db import db
from app.minutes import queries as minutes
from app.offices.working_time import Calendar
from app.outbox.models import Message
from app.promises import queries as promises
from app.promises.models import Promise
from app.staff import queries as staff
from app.staff.models import Officer, Unit

DIGEST = "chase_digest"


def _promises(_today: date, calendar: Calendar) -> Sequence[Line]:
    """Unfinished promises; one whose clock stands is no line."""
    return [_line(entry.promise) for entry in promises.to_chase(calendar) if entry.standing != "waiting"]


def _line(row: Promise) -> Line:
    """One for the leader alone is told by its number only: officers may read in the tray what leaves."""
    line = Line(row.what, row.due, links.absolute("promises_admin.promise", number=row.id), row.unit_id, since=row.made_on)
    if row.public:
        return line
    return replace(line, what=_("Lời hẹn riêng số %(number)s", number=row.id), unit_id=None, role="leader")


def _minutes(_today: date, _calendar: Calendar) -> Sequence[Line]:
    """Minutes that are late: the secretaries' own to write."""
    return [
        Line(_("Biên bản kỳ họp %(day)s", day=dates.day(late.day)), late.due, late.link, role="secretary", since=late.day)
        for late in minutes.overdue(clock.now())
    ]


def _answers(today: date, _calendar: Calendar) -> Sequence[Line]:
    """Units that owe their answers before a meeting and are late: the chair's to know; they and their heads were written to."""
    return [
        Line(
            _("%(unit)s chưa trả lời cho kỳ họp %(day)s", unit=asked.unit.name, day=dates.day(asked.meeting.day)), asked.due_on,
            links.absolute("answers_admin.index", day=asked.meeting.day.isoformat()), role="leader",
            since=clock.local(asked.sent_at).date(),
        )
        for asked, _count in answers.silent(clock.now(), today)
        if asked.due_on < today
    ]  # fmt: skip


# Every room that waits for something hands in its lines here; only promises are a unit's own.
Source = Callable[[date, Calendar], Sequence[Line]]
OF_UNITS: tuple[Source, ...] = (_promises,)
SOURCES: tuple[Source, ...] = (*OF_UNITS, _minutes, _answers)


def lines(today: date, calendar: Calendar, sources: Sequence[Source] = SOURCES) -> list[Line]:
    """Everything due or coming, on its rung, the most pressing first."""
    found = [rules.placed(line, today, calendar) for source in sources for line in source(today, calendar)]
    return sorted(found, key=lambda line: (line.due, line.what))


@dataclass(frozen=True, slots=True)
class Due:
    """A unit with what is due from it."""

    unit: Unit
    lines: Sequence[Line]
    last: date | None  # its latest digest

    def count(self, *levels: str) -> int:
        return sum(line.level in levels for line in self.lines)


def by_unit(found: Sequence[Line]) -> list[Due]:
    """Units with anything on the ladder, those most in arrears first. One query."""
    theirs = (Message.kind == DIGEST, Message.about == literal("unit:") + cast(Unit.id, String), Message.state != "late")
    last = select(func.max(Message.version)).where(*theirs).scalar_subquery()
    rows = db.session.execute(select(Unit, last).order_by(Unit.position, Unit.name))
    dues = [
        Due(unit, [one for one in found if one.unit_id == unit.id and one.level != "ahead"], day and date.fromordinal(day))
        for unit, day in rows
    ]
    return sorted((due for due in dues if due.lines), key=lambda due: (-due.count("head", "chair"), -len(due.lines)))


def units() -> Sequence[Unit]:
    """All that ever promised something may still owe it, whether new promises are asked of them or not."""
    return db.session.scalars(select(Unit).order_by(Unit.position, Unit.name)).all()


def addresses() -> list[Address]:
    """Everybody who may get a digest. A head with the unit's own address is told there. Two queries."""
    found = []
    for unit in units():
        if unit.email and unit.active:
            found.append(Address(f"unit:{unit.id}", unit.email, "unit", unit.id, unit.name))
        if unit.head_email and unit.active and unit.head_email.casefold() != unit.email.casefold():
            found.append(Address(f"head:{unit.id}", unit.head_email, "head", unit.id, unit.head_name or unit.name))
    chosen = select(Officer).where(Officer.role.in_(["leader", "secretary"]), Officer.active).order_by(Officer.id)
    found += [Address(f"officer:{one.id}", one.email, one.role, None, one.name) for one in db.session.scalars(chosen)]
    return found


def last_digests() -> dict[str, date]:
    """Whom -> the day of their latest digest that was not too late to leave; a digest's version is its day."""
    written = (Message.kind == DIGEST, Message.state != "late")
    rows = select(Message.about, func.max(Message.version)).where(*written).group_by(Message.about)
    return {about: date.fromordinal(version) for about, version in db.session.execute(rows)}


def unit_of(unit_id: int) -> Unit | None:
    return db.session.get(Unit, unit_id)


def page_of(address: Address) -> str:
    """Where whoever gets a digest can do something about it: a unit's own page, the officers' list."""
    unit = unit_of(address.unit_id) if address.unit_id else None
    if unit is not None:
        return links.absolute("promises.unit", token=staff.unit_token(unit))
    return links.absolute("promises_admin.index")


def today() -> tuple[date, Calendar]:
    day = clock.today()
    return day, promises.calendar(day)
