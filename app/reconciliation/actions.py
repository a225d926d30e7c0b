"""Every other write of the room: findings of officers, the daily list of clicks, the weekly letter to units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.offices.queries import calendar
from app.reconciliation import lists, messages, queries, rules
from app.reconciliation.models import Finding, MachineRow, Urging
from app.refusal import Refusal
from app.staff.models import Unit

CLICKS_AT, URGED_AT = time(16), time(8)
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What an officer found out about a dossier."""

    verdict: str
    reason: str
    handed_at: datetime | None
    evidence: str
    proof: str = ""
    recipient: str = ""
    note: str = ""


def find(codes: Sequence[str], found: Found) -> int:
    """Enters the same finding for one or many codes; returns how many are new. All or nothing; the same again changes nothing."""
    if not codes:
        raise Refusal(_("Chọn ít nhất một hồ sơ."), "codes")
    if len(codes) > MOST_AT_ONCE:
        raise Refusal(_("Mỗi lần nhiều nhất %(most)s hồ sơ.", most=MOST_AT_ONCE), "codes")
    with transaction() as session:
        known, desk, now = lists.known(codes), lists.handed_at_desk(codes), clock.now()
        for code in codes:
            if (row := known.get(code)) is None:
                raise Refusal(_("Hồ sơ %(code)s không có trong danh sách đã nhập.", code=code), "codes")
            _check(row, found, desk.get(code), now)
        last = lists.findings([row.finding_id for row in known.values() if row.finding_id])
        fresh = [row for row in known.values() if not _same(last.get(row.finding_id or 0), found)]
        _add(session, fresh, found, now)
        return len(fresh)


def _check(row: MachineRow, found: Found, at_desk: datetime | None, now: datetime) -> None:
    try:
        rules.check_finding(found.verdict, found.handed_at, row.received_at, row.promised_at, now)
        rules.check_desk(found.handed_at, at_desk)
    except Refusal as refusal:
        raise Refusal(f"{row.code}: {refusal.sentence}", refusal.field) from None


def _same(last: Finding | None, found: Found) -> bool:
    told = ("verdict", "reason", "handed_at", "evidence", "proof", "recipient", "note")
    return last is not None and all(getattr(last, name) == getattr(found, name) for name in told)


def _add(session: Session, rows: Sequence[MachineRow], found: Found, now: datetime) -> None:
    facts = {name: getattr(found, name) for name in Found.__dataclass_fields__}
    made = [Finding(code=row.code, recorded_at=now, actor=audit.actor(), **facts) for row in rows]
    session.add_all(made)
    session.flush()
    for row, finding in zip(rows, made, strict=True):
        before, row.finding_id = row.finding_id, finding.id
        after = {"finding": finding.id, "verdict": found.verdict}
        audit.record(session, "finding", f"dossier:{row.code}"[:40], {"finding": before} if before else None, after)


# -- what leaves by itself --------------------------------------------------------------------------------------------


def remind_of_clicks() -> int:
    """At 16:00 of every working day: to each officer, what is in citizens' hands and still stands open in the system."""
    now = clock.now()
    today = clock.local(now).date()
    if clock.local(now).time() < CLICKS_AT or not calendar(None, [today.year]).hours(today):
        return 0
    waiting = queries.unclicked(today)
    if not waiting:
        return 0
    with transaction() as session:
        for officer, count in waiting:
            messages.clicks(session, officer, count, queries.to_click(officer.id, messages.SHOWN), today)
    return len(waiting)


def urge_units() -> int:
    """On the week's first working day from 8:00: one letter a unit about what its officers have not recorded.

    Who has not acknowledged it after two working days has the head told. Any number of schedulers: a week has one row a unit.
    """
    now = clock.now()
    today, days = clock.local(now).date(), calendar(None, [clock.local(now).year])
    if clock.local(now).time() < URGED_AT or not days.hours(today):
        return 0
    week = today - timedelta(days=today.weekday())
    sent = 0
    figures = [one for one in queries.by_unit(queries.Scope(), today) if one.id and (one.unclicked or one.nothing)]
    with transaction() as session:
        units = _take_turns(session)
        for one in figures:
            if one.id is None or queries.urging(one.id, week) is not None:
                continue
            session.add(Urging(unit_id=one.id, week=week, codes=one.unclicked + one.nothing, sent_at=now))
            messages.urged(session, units[one.id], one, week)
            audit.record(session, "unit_urged", f"unit:{one.id}", None, {"week": week.isoformat()})
            sent += 1
        for letter in queries.urgings(week - timedelta(days=7)):
            if letter.acknowledged_at or letter.escalated_at or _working_days(letter.sent_at, now) < 2:
                continue
            letter.escalated_at = now
            messages.escalated(session, units[letter.unit_id], letter)
            audit.record(session, "urging_escalated", f"unit:{letter.unit_id}", None, {"week": letter.week.isoformat()})
    return sent


def _take_turns(session: Session) -> dict[int, Unit]:
    """Schedulers come one after another: whoever is second finds the first one's letters (on SQLite the transaction does it)."""
    return {unit.id: unit for unit in session.scalars(select(Unit).order_by(Unit.id).with_for_update())}


def _working_days(since: datetime, now: datetime) -> int:
    days = calendar(None, [clock.local(since).year, clock.local(now).year])
    first, last = clock.local(since).date(), clock.local(now).date()
    return sum(bool(days.hours(first + timedelta(days=n))) for n in range(1, (last - first).days + 1))


def acknowledge(unit: Unit, week: str) -> None:
    """The unit has the week's letter. Twice is once."""
    with transaction() as session:
        letter = next((one for one in queries.urgings_of(unit.id) if one.week.isoformat() == week), None)
        if letter is None:
            raise Refusal(_("Không có văn bản đôn đốc này."))
        if letter.acknowledged_at is None:
            letter.acknowledged_at = clock.now()
            audit.record(session, "urging_acknowledged", f"unit:{unit.id}", None, {"week": week})
