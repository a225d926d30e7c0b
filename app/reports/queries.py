"""Every SELECT of the room: two for the meetings of a report, however many meetings, businesses and promises it covers."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select, union_all

from app.db import db
from app.meetings.channel_models import InviteChannel
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.meetings.queries import live
from app.promises.models import Promise
from app.promises.scores import Score, columns, counted
from app.reports.rules import Figures, OfChannel, OfMeeting, OfUnit, Period, Tally
from app.staff.models import Unit

_UNIT: tuple[Any, ...] = (Meeting.id, Unit.id, Unit.name, Unit.name_en, Unit.position)
REGISTERED = ("seated", "waiting", "standing")


def figures(of: Period, today: date, public: bool = False) -> Figures:
    """Everything counted about the meetings of a period; `public` leaves out promises that are the leader's alone."""
    meetings, channels = _sign_ups(of)
    units: dict[int | None, OfUnit] = {}
    _by_unit(of, today, public, meetings, units)
    in_order = sorted(units.values(), key=lambda one: (not one.name, one.position, one.name))
    return Figures(list(meetings.values()), in_order, channels)


def within(of: Period) -> ColumnElement[bool]:
    """Meetings held or to be held in the period."""
    return (Meeting.state == "open") & Meeting.day.between(of.first, of.last)


def _sign_ups(of: Period) -> tuple[dict[int, OfMeeting], list[OfChannel]]:
    """Each meeting with its businesses, and each way of being invited with those it brought."""
    came = SignUp.arrived_at.is_not(None)
    counted_up = (  # grouped before names are looked up: thousands of rows become a few
        select(
            SignUp.meeting_id, SignUp.channel,
            func.count().filter(SignUp.state.in_(REGISTERED)).label("firms"),
            func.count().filter(came).label("came"),
            func.coalesce(func.sum(SignUp.came).filter(came), 0).label("people"),
        )
        .join(Meeting, Meeting.id == SignUp.meeting_id)
        .where(within(of))
        .group_by(SignUp.meeting_id, SignUp.channel)
        .subquery()
    )  # fmt: skip
    rows = db.session.execute(
        select(
            Meeting.id, Meeting.day, InviteChannel.id, InviteChannel.name, InviteChannel.name_en,
            *(func.coalesce(counted_up.c[name], 0) for name in ("firms", "came", "people")),
        )
        .outerjoin(counted_up, counted_up.c.meeting_id == Meeting.id)
        .outerjoin(InviteChannel, InviteChannel.slug == counted_up.c.channel)
        .where(within(of))
        .order_by(Meeting.day)
    )  # fmt: skip
    meetings: dict[int, OfMeeting] = {}
    channels: dict[int | None, OfChannel] = {}
    for meeting_id, day, channel_id, name, name_en, firms, arrived, people in rows:
        tally = Tally(firms, arrived, people)
        meetings.setdefault(meeting_id, OfMeeting(meeting_id, day)).tally.add(tally)
        channel = channels.setdefault(channel_id, OfChannel(name or "", name_en or ""))
        channel.tally.add(tally)
        channel.by_meeting[meeting_id] = channel.by_meeting.get(meeting_id, 0) + firms
    return meetings, sorted(channels.values(), key=lambda one: (not one.name, -one.tally.firms, one.name))


def _by_unit(of: Period, today: date, public: bool, meetings: dict[int, OfMeeting], units: dict[int | None, OfUnit]) -> None:
    """Questions, and under them in the same query promises, each with the unit that answers for them."""
    nothing = [literal(0).label(f"none{at}") for at in range(13)]
    asked = (
        select(
            *_UNIT, func.count(Question.id), func.count(Question.id).filter(Question.settled_at.is_not(None)),
            func.count(Question.id).filter(Question.outcome == "spot"),
            func.count(Question.id).filter(Question.repeats_id.is_not(None)), *nothing[4:],
        )
        .select_from(Meeting)
        .join(Question, Question.meeting_id == Meeting.id)
        .outerjoin(AgendaItem, AgendaItem.id == Question.agenda_item_id)
        .outerjoin(Unit, Unit.id == func.coalesce(Question.answer_unit_id, AgendaItem.unit_id))
        .where(within(of), live())
        .group_by(*_UNIT)
    )  # fmt: skip
    made = [counted(), within(of)] + ([Promise.public] if public else [])
    promised = (
        select(*_UNIT, *nothing[:4], *columns(today))
        .select_from(Promise)
        .join(Meeting, Promise.occasion == literal("meeting:") + cast(Meeting.id, String))
        .join(Unit, Unit.id == Promise.unit_id)
        .where(*made)
        .group_by(*_UNIT)
    )
    for meeting_id, unit_id, name, name_en, position, *counts in db.session.execute(union_all(asked, promised)):
        questions, settled, spot, repeated, *score = counts
        tally = Tally(questions=questions, settled=settled, spot=spot, repeated=repeated, score=Score(*score))
        meetings[meeting_id].tally.add(tally)
        units.setdefault(unit_id, OfUnit(name or "", name_en or "", position or 0)).tally.add(tally)
