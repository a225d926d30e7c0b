"""Acts on meetings themselves: make the coming months', decide a proposed day, cancel."""

from datetime import date, time, timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, clock, dates
from app.db import transaction
from app.meetings import days, messages, plan, queries, times
from app.meetings.models import FormerDay, Meeting, Series
from app.meetings.seats import locked
from app.offices.queries import catalogue
from app.refusal import Conflict, Refusal

FURTHEST = timedelta(days=60)  # from the rule's day: further away it is another month's meeting


class Collides(Refusal):
    """A day on which people stay away. `proposed` is the next good one; an officer may insist on this one with a reason."""

    def __init__(self, found: days.Collision, proposed: date) -> None:
        words = _("%(why)s Ngày gần nhất họp được: %(day)s.", why=days.why(found), day=dates.day(proposed))
        super().__init__(words, "day")
        self.proposed = proposed


def ensure_meetings(today: date | None = None) -> int:
    """Makes the meetings of the coming months that are not there yet; returns how many.

    A day without collision is published. Any other is made as a proposal with its reason, for an officer to decide. Safe to
    run as often and in as many processes as one likes: each month has one row.
    """
    today, calendar = today or clock.today(), public_calendar()
    try:
        with transaction() as session:
            return sum(_ensure(session, series, today, calendar) for series in queries.active_series())
    except IntegrityError:  # another process made them at this very moment
        return 0


def _ensure(session: Session, series: Series, today: date, calendar: days.Calendar) -> int:
    wanted = [day for day in days.rule_days(series.nth, series.weekday, today) if clock.at(day, series.opens) > clock.now()]
    have, taken = queries.rule_days(series.id, today - timedelta(days=40)), queries.taken_days(today)
    months = {(day.year, day.month) for day in have}  # not days: the rule may have changed since
    new = [day for day in wanted if (day.year, day.month) not in months]
    for day in new:
        meeting = make(series, day, calendar, taken)
        taken.add(meeting.day)
        session.add(meeting)
        session.flush()
        audit.record(session, f"meeting_{meeting.state}", meeting.about, None, {"day": meeting.day.isoformat()})
    return len(new)


def make(series: Series, rule_day: date, calendar: days.Calendar, taken: set[date]) -> Meeting:
    """A new meeting of the series, not yet in the database."""
    meeting = Meeting(series=series, rule_day=rule_day, taken=0, last_line=0, sequence=0, revision=0)
    day, found = days.settle(rule_day, calendar, taken)
    decide(meeting, found)
    plan.write(meeting, plan.by_default(series, day), series, calendar)
    return meeting


def decide(meeting: Meeting, found: days.Collision | None) -> None:
    """Open when nothing stands in the way of the rule's day, else proposed with the reason."""
    meeting.state = "proposed" if found else "open"
    meeting.collision, meeting.collision_name = (found.kind, found.name) if found else ("", "")


def accept_proposal(meeting_id: int, day: date) -> Meeting:
    """Publishes a proposed meeting on the day an officer chose: the proposed one or another without collision."""
    calendar = public_calendar()
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if meeting.state == "open" and meeting.day == day:
            return meeting
        if meeting.state != "proposed":
            raise Conflict(_("Kỳ họp này đã được quyết định rồi."))
        before = plan.of(meeting)
        insisted = meeting.insisted if day == meeting.day else ""
        check_day(meeting, day, before.opens, calendar, insisted)
        leave_day(session, meeting, day)
        plan.write(meeting, plan.on(before, day, insisted), meeting.series, calendar)
        meeting.state, meeting.revision = "open", meeting.revision + 1
        facts = {"day": day.isoformat(), "state": "open"}
        audit.record(session, "meeting_accepted", meeting.about, {"day": before.day.isoformat(), "state": "proposed"}, facts)
        return meeting


def check_day(meeting: Meeting, day: date, opens: time, calendar: days.Calendar, insisted: str = "") -> None:
    """Raises Refusal when the day is past, too far, or another meeting's; Collides when it is no day for a meeting, unless an
    officer insists (or only the officers can know)."""
    if clock.at(day, opens) <= clock.now():
        raise Refusal(_("Ngày này đã qua. Chọn một ngày khác."), "day")
    if abs(day - meeting.rule_day) > FURTHEST:
        raise Refusal(_("Ngày này xa quá. Chọn một ngày trong vòng 60 ngày quanh ngày đã định."), "day")
    taken = queries.taken_days(clock.today())
    if day != meeting.day and day in taken:
        raise Refusal(_("Ngày này đã có một kỳ họp khác."), "day")
    found = days.collision(day, calendar)
    if found and found.kind != "unknown" and not insisted:
        raise Collides(found, days.proposal(day, calendar, taken - {meeting.day}))


def leave_day(session: Session, meeting: Meeting, day: date) -> None:
    """Before the meeting goes to another day: the address of the one it leaves leads on."""
    if meeting.day != day:
        session.merge(FormerDay(day=meeting.day, meeting_id=meeting.id, left_at=clock.now()))


def cancel_meeting(meeting_id: int, reason: str, revision: int | None = None) -> Meeting:
    """Calls a meeting off and tells everybody who holds, is offered or awaits a place; the reason is public.

    `revision`: of the meeting as the officer saw it. Raises Conflict when another officer changed it meanwhile.
    """
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if meeting.state == "cancelled":
            return meeting
        if clock.now() >= meeting.ends_at:
            raise Refusal(_("Kỳ họp này đã qua."))
        if not reason:
            raise Refusal(_("Ghi lý do huỷ: người đã đăng ký và trang công khai đều thấy."), "reason")
        if revision not in (None, meeting.revision):
            raise Conflict(_("Kỳ này vừa được sửa, nay họp %(moment)s. Xem lại rồi bấm.", moment=dates.moment(meeting.starts_at)))
        before = {"state": meeting.state}
        meeting.state, meeting.cancel_reason, meeting.cancelled_at = "cancelled", reason, clock.now()
        meeting.sequence, meeting.revision = meeting.sequence + 1, meeting.revision + 1
        messages.called_off(session, meeting)
        for row in queries.active(meeting_id):
            messages.cancelled(session, row)
        messages.asker_cancelled(session, meeting, queries.questions(meeting_id))
        times.tell(session, meeting)
        audit.record(session, "meeting_cancelled", meeting.about, before, {"state": "cancelled"})
        return meeting


def public_calendar() -> days.Calendar:
    known = catalogue()
    return days.Calendar(known.holidays, known.worked)
