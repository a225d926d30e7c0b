"""Acts on meetings themselves: make the coming months', decide a proposed day, cancel."""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import days, messages, queries, times
from app.meetings.actions import locked
from app.meetings.models import Meeting, Series
from app.offices.queries import catalogue
from app.refusal import Conflict, Refusal


def ensure_meetings(today: date | None = None) -> int:
    """Makes the meetings of the coming months that are not there yet; returns how many.

    A day without collision is published. Any other is made as a proposal with its reason, for an officer to decide. Safe to
    run as often and in as many processes as one likes: each month has one row.
    """
    today, calendar = today or clock.today(), _calendar()
    try:
        with transaction() as session:
            return sum(_ensure(session, series, today, calendar) for series in queries.active_series())
    except IntegrityError:  # another process made them at this very moment
        return 0


def _ensure(session: Session, series: Series, today: date, calendar: days.Calendar) -> int:
    wanted = [day for day in days.rule_days(series.nth, series.weekday, today) if clock.at(day, series.opens) > clock.now()]
    have, taken = queries.rule_days(series.id, today - timedelta(days=40)), queries.taken_days(today)
    new = [day for day in wanted if day not in have]
    for day in new:
        meeting = _make(series, day, calendar, taken)
        taken.add(meeting.day)
        session.add(meeting)
        session.flush()
        audit.record(session, f"meeting_{meeting.state}", meeting.about, None, {"day": meeting.day.isoformat()})
    return len(new)


def _make(series: Series, rule_day: date, calendar: days.Calendar, taken: set[date]) -> Meeting:
    found = days.collision(rule_day, calendar)
    if found is None and rule_day in taken:
        found = days.Collision("busy")
    meeting = Meeting(
        series=series, rule_day=rule_day, place=series.place, place_en=series.place_en, chair=series.chair,
        chair_en=series.chair_en, capacity=series.capacity, most_seats=series.most_seats,
        state="proposed" if found else "open", collision=found.kind if found else "", collision_name=found.name if found else "",
        taken=0, last_line=0, sequence=0,
    )  # fmt: skip
    _hold_on(meeting, days.proposal(rule_day, calendar, taken) if found else rule_day, calendar)
    return meeting


def _hold_on(meeting: Meeting, day: date, calendar: days.Calendar) -> None:
    """Sets the day and everything that follows from it."""
    series = meeting.series
    meeting.day, meeting.starts_at, meeting.ends_at = day, clock.at(day, series.opens), clock.at(day, series.closes)
    meeting.sign_up_from = clock.midnight(day - timedelta(days=series.opens_days))
    meeting.sign_up_until = meeting.starts_at - timedelta(hours=series.closes_hours)
    last = days.working_days_before(day, series.questions_days, calendar)
    meeting.questions_until = clock.midnight(last + timedelta(days=1))


def accept_proposal(meeting_id: int, day: date) -> Meeting:
    """Publishes a proposed meeting on the day an officer chose: the proposed one or another without collision."""
    calendar = _calendar()
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if meeting.state == "open" and meeting.day == day:
            return meeting
        if meeting.state != "proposed":
            raise Conflict(_("Kỳ họp này đã được quyết định rồi."))
        check_day(meeting, day, calendar)
        before = {"day": meeting.day.isoformat(), "state": meeting.state}
        _hold_on(meeting, day, calendar)
        meeting.state = "open"
        audit.record(session, "meeting_accepted", meeting.about, before, {"day": day.isoformat(), "state": "open"})
        return meeting


def check_day(meeting: Meeting, day: date, calendar: days.Calendar) -> None:
    """Raises Refusal when the day is past, collides (unless only the officers can know), or has another meeting."""
    if clock.at(day, meeting.series.opens) <= clock.now():
        raise Refusal(_("Ngày này đã qua. Chọn một ngày khác."), "day")
    if abs(day - meeting.rule_day) > timedelta(days=60):
        raise Refusal(_("Ngày này xa quá. Chọn một ngày trong vòng 60 ngày quanh ngày đã định."), "day")
    if day != meeting.day and day in queries.taken_days(clock.today()):
        raise Refusal(_("Ngày này đã có một kỳ họp khác."), "day")
    found = days.collision(day, calendar)
    if found and found.kind != "unknown":
        raise Refusal(days.why(found), "day")


def cancel_meeting(meeting_id: int, reason: str) -> Meeting:
    """Calls a meeting off and tells everybody who holds or awaits a place; the reason is public."""
    with transaction() as session:
        meeting = locked(session, meeting_id)
        if meeting.state == "cancelled":
            return meeting
        if clock.now() >= meeting.ends_at:
            raise Refusal(_("Kỳ họp này đã qua."))
        if not reason:
            raise Refusal(_("Ghi lý do huỷ: người đã đăng ký và trang công khai đều thấy."), "reason")
        before = {"state": meeting.state}
        meeting.state, meeting.cancel_reason, meeting.cancelled_at = "cancelled", reason, clock.now()
        meeting.sequence += 1
        for row in queries.active(meeting_id):
            messages.cancelled(session, row)
        times.tell(session, meeting)
        audit.record(session, "meeting_cancelled", meeting.about, before, {"state": "cancelled"})
        return meeting


def _calendar() -> days.Calendar:
    known = catalogue()
    return days.Calendar(known.holidays, known.worked)
