"""Acts that change a meeting, or it and those after it; and first, whom that would touch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import concerned, days, messages, plan, queries, rules, schedule, seats, times
from app.meetings.concerned import People
from app.meetings.models import Meeting, Series
from app.meetings.plan import Change, Leads, Plan
from app.outbox import queries as outbox
from app.refusal import Conflict


@dataclass(frozen=True, slots=True)
class Touched:
    """One meeting's change with whom it touches, as an officer reviews it."""

    change: Change
    people: People
    promoted: int  # businesses in line that get a seat at once

    @property
    def told(self) -> int:
        """Businesses that get a message: all of a meeting that moves, else those promoted."""
        if self.change.meeting.state != "open":
            return 0
        return self.people.told if self.change.moved else self.promoted

    @property
    def called(self) -> int:
        """Those of them without an e-mail address: an SMS, or somebody telephones."""
        return max(0, self.told - self.people.mailed) if self.change.moved else 0

    @property
    def worth_a_look(self) -> bool:
        """Before it is saved: it touches people, or does not do all that was asked."""
        change = self.change
        return bool(self.told or (change.moved and self.people.any) or change.ruled or change.kept)

    @property
    def over(self) -> int:
        """Minutes by which the programme would be too long."""
        return max(0, self.people.minutes - int((self.change.after.ends_at - self.change.after.starts_at).total_seconds()) // 60)


def review(rows: Sequence[tuple[Meeting, People]], wanted: Plan) -> list[Touched]:
    """What `edit` would do to the meeting (the first of the rows) and those after it. Raises what it would raise."""
    calendar = schedule.public_calendar()
    (meeting, *later), people = [row[0] for row in rows], {row[0].id: row[1] for row in rows}
    changes = _changes(meeting, later, plan.settled(wanted, calendar))
    for change in changes:
        check(change, meeting.series, calendar)
    return touched(changes, people)


def edit(meeting_id: int, wanted: Plan, revision: int, following: bool = False) -> Meeting:
    """Changes a meeting, with `following` also the later ones of its series and the series' defaults; tells everybody touched.

    The same form twice changes nothing. Raises Conflict when another officer changed the meeting after `revision`.
    """
    calendar = schedule.public_calendar()
    wanted = plan.settled(wanted, calendar)
    try:
        with transaction() as session:
            meeting, later = _held(session, meeting_id, following)
            if plan.of(meeting) == wanted:
                return meeting
            check_seen(meeting, revision)
            changes = _changes(meeting, later, wanted)
            for change in changes:
                check(change, meeting.series, calendar)
            if following:
                _take_over(session, meeting.series, changes[0])
            for change in (one for one in changes if one.after != one.before):
                apply(session, change, meeting.series, calendar)
            return meeting
    except IntegrityError:  # the day was taken at this very moment
        raise Conflict(_("Ngày này đã có một kỳ họp khác."), "day") from None


def _held(session: Session, meeting_id: int, following: bool) -> tuple[Meeting, list[Meeting]]:
    """The meeting and those after it, locked. Whoever locks several holds their series first: nobody waits in a circle."""
    if not following:
        return seats.locked(session, meeting_id), []
    series = concerned.locked_series_of(meeting_id)
    meeting = seats.locked(session, meeting_id)
    later = concerned.locked_coming(series.id, clock.now()) if series else []
    return meeting, [other for other in later if other.day > meeting.day]


def _changes(meeting: Meeting, later: Iterable[Meeting], wanted: Plan) -> list[Change]:
    before = plan.of(meeting)
    found = [Change(meeting, before, wanted)]
    for other in later:
        present = plan.of(other)
        after, kept = plan.following(present, before, wanted, meeting.series)
        if after != present or kept:
            found.append(Change(other, present, after, kept))
    return found


def _take_over(session: Session, series: Series, change: Change) -> None:
    """What changed in this meeting is the series' default from now on."""
    changed = [name for names in plan.SHARED.values() for name in names]
    changed = [name for name in changed if getattr(change.before, name) != getattr(change.after, name)]
    for name in changed:
        setattr(series, name, getattr(change.after, name))
    series.revision += 1
    audit.record(session, "series_changed", series.about, None, {"changed": changed, "revision": series.revision})


# -- inside a transaction


def check_seen(thing: Meeting | Series, revision: int) -> None:
    if thing.revision != revision:
        raise Conflict(_("Người khác vừa sửa trong lúc bạn đang sửa. Xem lại rồi lưu."))


def check(change: Change, leads: Leads, calendar: days.Calendar) -> None:
    meeting, before, after = change.meeting, change.before, change.after
    plan.check_changeable(meeting, before, after, clock.now())
    plan.check(after, leads, calendar)
    plan.check_capacity(meeting, after.capacity)
    if after.day != before.day and not change.ruled:
        schedule.check_day(meeting, after.day, after.opens, calendar, after.insisted)


def touched(changes: Sequence[Change], people: dict[int, People]) -> list[Touched]:
    grown = [change.meeting.id for change in changes if change.after.capacity > change.before.capacity]
    lines = concerned.lines(grown) if grown else {}
    found = []
    for change in changes:
        line = lines.get(change.meeting.id, [])
        free = change.after.capacity - change.meeting.taken
        promoted = len(rules.promoted(line, free)) if rules.promotes(change.meeting, clock.now()) else 0
        found.append(Touched(change, people[change.meeting.id], promoted))
    return found


def apply(session: Session, change: Change, leads: Leads, calendar: days.Calendar) -> None:
    meeting, before, after = change.meeting, change.before, change.after
    schedule.leave_day(session, meeting, after.day)
    if meeting.state == "open" and before.starts_at != after.starts_at:
        meeting.moved_from = before.starts_at
    plan.write(meeting, after, leads, calendar)
    if change.ruled:
        schedule.decide(meeting, change.collision)
    meeting.revision += 1
    meeting.sequence += change.moved
    act = "meeting_moved" if change.moved else "meeting_changed"
    audit.record(session, act, meeting.about, _facts(before), _facts(after) | {"revision": meeting.revision})
    seats.promote(session, meeting)
    if change.moved:
        messages.called_off(session, meeting)
        _tell_moved(session, change)
        times.tell(session, meeting)
    elif plan.rewords(before, after):
        reword(session, [meeting])


def _tell_moved(session: Session, change: Change) -> None:
    """Told after the line was promoted: what was just written about a seat is part of the same letter."""
    rows, starts_at = queries.active(change.meeting.id), change.after.starts_at
    unread = outbox.unread("promoted", [row.about for row in rows])
    for row in rows:
        if row.state == "reserved" and row.reserved_until and row.reserved_until > starts_at:
            row.reserved_until = starts_at
        messages.moved(session, row, change.before, row.about in unread)
        audit.record(session, "moved", row.about, _facts(change.before), _facts(change.after))
    messages.asker_moved(session, change.meeting, queries.questions(change.meeting.id), change.before)


def reword(session: Session, meetings: Iterable[Meeting]) -> None:
    for meeting in meetings:
        for row in queries.active(meeting.id):
            messages.reworded(session, row)


def _facts(given: Plan) -> dict[str, Any]:
    """For the trail: figures and the public reason; names of people stand nowhere in it."""
    return {
        "day": given.day.isoformat(), "hours": f"{given.opens:%H:%M}-{given.closes:%H:%M}", "capacity": given.capacity,
        "most_seats": given.most_seats, "insisted": given.insisted,
    }  # fmt: skip
