"""Acts that make a series, or change its rule and defaults for the meetings to be made and, where wanted, those already made."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import concerned, days, plan, queries, schedule
from app.meetings.changes import Touched, apply, check, check_seen, reword, touched
from app.meetings.concerned import People
from app.meetings.models import Meeting, Series
from app.meetings.plan import Change, SeriesPlan
from app.refusal import Conflict, Refusal


def create(wanted: SeriesPlan) -> Series:
    """A new series with the meetings of its coming months. The same form twice is one series."""
    plan.check_hours(wanted.opens, wanted.closes)
    try:
        with transaction() as session:
            known = concerned.series_named(wanted.name)
            if known is not None and plan.of_series(known) == wanted:
                return known
            if known is not None:
                raise _named_already()
            series = Series(**asdict(wanted))
            session.add(series)
            session.flush()
            audit.record(session, "series_made", series.about, None, {"nth": wanted.nth, "weekday": wanted.weekday})
    except IntegrityError:  # made by somebody else at this very moment
        raise _named_already() from None
    schedule.ensure_meetings()
    return series


def _named_already() -> Conflict:
    return Conflict(_("Đã có chuỗi họp mang tên này."), "name")


def review(series: Series, wanted: SeriesPlan, rows: Sequence[tuple[Meeting, People]]) -> list[Touched]:
    """What `edit` would do to the meetings already made. Raises what it would raise."""
    calendar = schedule.public_calendar()
    plan.check_hours(wanted.opens, wanted.closes)
    found = _ruled_changes(plan.of_series(series), wanted, rows, calendar)
    for change in found:
        check(change, wanted, calendar)
    return touched(found, {meeting.id: people for meeting, people in rows})


def edit(series_id: int, wanted: SeriesPlan, revision: int, coming: bool = False) -> Series:
    """Changes a series for the meetings to be made, with `coming` also for those already made; tells everybody touched.

    A new rule gives a new day only to meetings nobody has signed up for or sent a question to.
    """
    calendar = schedule.public_calendar()
    try:
        with transaction() as session:
            series = concerned.locked_series(series_id)
            if series is None:
                raise Refusal(_("Không có chuỗi họp này."))
            before = plan.of_series(series)
            if before == wanted:
                return series
            check_seen(series, revision)
            plan.check_hours(wanted.opens, wanted.closes)
            concerned.locked_coming(series_id, clock.now())
            rows = concerned.coming_of(series_id, clock.now())
            found = _ruled_changes(before, wanted, rows, calendar) if coming else []
            for change in found:
                check(change, wanted, calendar)
            _write_series(session, series, before, wanted, coming)
            for change in (one for one in found if one.after != one.before or _leads(before) != _leads(wanted)):
                apply(session, change, series, calendar)
            if (before.name, before.name_en) != (wanted.name, wanted.name_en):
                reword(session, [meeting for meeting, _people in rows])
            return series
    except IntegrityError:
        raise _named_already() from None


def _write_series(session: Session, series: Series, before: SeriesPlan, wanted: SeriesPlan, coming: bool) -> None:
    changed = [field.name for field in fields(wanted) if getattr(before, field.name) != getattr(wanted, field.name)]
    for name in changed:
        setattr(series, name, getattr(wanted, name))
    series.revision += 1
    facts = {"changed": changed, "coming": coming, "revision": series.revision}
    audit.record(session, "series_changed", series.about, {"nth": before.nth, "weekday": before.weekday}, facts)


def _ruled_changes(
    before: SeriesPlan, wanted: SeriesPlan, rows: Sequence[tuple[Meeting, People]], calendar: days.Calendar
) -> list[Change]:
    taken = queries.taken_days(clock.today())
    new_rule = (before.nth, before.weekday) != (wanted.nth, wanted.weekday)
    new_leads = _leads(before) != _leads(wanted)
    found = []
    for meeting, people in rows:
        present = plan.of(meeting)
        after, kept = plan.following(present, before, wanted, before)
        change = Change(meeting, present, after, kept)
        if new_rule:
            change = _ruled(change, people, wanted, calendar, taken)
        if change.after != present or change.kept or new_leads:
            found.append(change)
    return found


def _leads(given: SeriesPlan) -> tuple[int, int, int]:
    return given.opens_days, given.closes_hours, given.questions_days


def _ruled(change: Change, people: People, wanted: SeriesPlan, calendar: days.Calendar, taken: set[Any]) -> Change:
    """Its day by the new rule; its own when people count on it, or the new one has gone by."""
    month = change.meeting.rule_day
    day = days.nth_weekday(month.year, month.month, wanted.nth, wanted.weekday)
    if day == change.before.day:
        return change
    if people.any or clock.at(day, wanted.opens) <= clock.now():
        return replace(change, kept=("day", *change.kept))
    day, found = days.settle(day, calendar, taken - {change.before.day})
    taken.discard(change.before.day)
    taken.add(day)
    return replace(change, after=plan.on(change.after, day), ruled=True, collision=found)
