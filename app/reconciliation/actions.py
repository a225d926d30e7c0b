"""Every other write of the room: findings of officers, the daily list of clicks, the weekly letter to units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.offices.queries import calendar
from app.offices.working_time import Calendar
from app.reconciliation import lists, messages, queries, rules
from app.reconciliation.models import Finding, MachineRow, Urging
from app.reconciliation.queries import UnitFigures
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
    if not queries.unclicked(today):
        return 0  # an idle beat takes no lock
    with transaction() as session:
        waiting = queries.unclicked(today)
        codes = queries.to_click([officer.id for officer, _count in waiting], messages.SHOWN)
        for officer, count in waiting:
            messages.clicks(session, officer, count, codes[officer.id], today)
    return len(waiting)


def urge_units() -> int:
    """On the week's first working day from 8:00: one letter a unit about what its officers have not recorded.

    Who has not acknowledged it after two working days has the head told. Any number of schedulers: a week has one row a unit.
    """
    now = clock.now()
    today = clock.local(now).date()
    days = calendar(None, [today.year - 1, today.year])
    if clock.local(now).time() < URGED_AT or not days.hours(today):
        return 0
    week = today - timedelta(days=today.weekday())
    waiting = {one.id: one for one in queries.by_unit(queries.Scope(), today) if one.id and (one.unclicked or one.nothing)}
    if not any(_due(waiting, week, now, days)):
        return 0  # an idle beat takes no lock
    with transaction() as session:
        units = queries.units_in_turn()
        fresh, unheard = _due(waiting, week, now, days)
        for number, one in fresh.items():
            session.add(Urging(unit_id=number, week=week, codes=one.unclicked + one.nothing, sent_at=now))
            messages.urged(session, units[number], one, week)
            audit.record(session, "unit_urged", f"unit:{number}", None, {"week": week.isoformat()})
        for letter in unheard:
            letter.escalated_at = now
            messages.escalated(session, units[letter.unit_id], letter)
            audit.record(session, "urging_escalated", f"unit:{letter.unit_id}", None, {"week": letter.week.isoformat()})
    return len(fresh)


def _due(
    waiting: Mapping[int, UnitFigures], week: date, now: datetime, days: Calendar
) -> tuple[dict[int, UnitFigures], list[Urging]]:
    """Units without this week's letter, and letters whose unit has been silent for too long."""
    letters = queries.urgings(week - timedelta(days=7))
    told = {letter.unit_id for letter in letters if letter.week == week}
    unheard = [one for one in letters if not (one.acknowledged_at or one.escalated_at) and rules.silent(one.sent_at, now, days)]
    return {number: one for number, one in waiting.items() if number not in told}, unheard


def acknowledge(unit: Unit, week: str) -> None:
    """The unit has the week's letter. Twice is once."""
    with transaction() as session:
        letter = next((one for one in queries.urgings_of(unit.id) if one.week.isoformat() == week), None)
        if letter is None:
            raise Refusal(_("Không có văn bản đôn đốc này."))
        if letter.acknowledged_at is None:
            letter.acknowledged_at = clock.now()
            audit.record(session, "urging_acknowledged", f"unit:{unit.id}", None, {"week": week})
