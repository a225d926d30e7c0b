"""Every SELECT of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload

from app import clock, links
from app.db import db
from app.meetings import days
from app.meetings.models import AgendaItem, Meeting, Question, SignUp
from app.meetings.queries import live
from app.minutes import rules
from app.minutes.models import MinuteItem, MinutePromise, MinuteQuestion, Minutes
from app.minutes.rules import Dealt, Entry
from app.offices.models import CatalogueVersion
from app.offices.queries import catalogue

LOOK_BACK = timedelta(days=366)  # older meetings without minutes are history, not work


@dataclass(frozen=True, slots=True)
class Head:
    """A meeting with the versions of its minutes, oldest first."""

    meeting: Meeting
    versions: tuple[Minutes, ...]
    catalogue_version: int | None

    @property
    def draft(self) -> Minutes | None:
        return next((one for one in self.versions if not one.final), None)

    @property
    def finals(self) -> tuple[Minutes, ...]:
        return tuple(one for one in self.versions if one.final)

    @property
    def current(self) -> Minutes | None:
        return rules.current(self.versions)


def of_day(day: date) -> Head | None:
    """One query; the catalogue's version rides along, so that asking for the calendar costs none."""
    version = select(CatalogueVersion.version).limit(1).scalar_subquery()
    found = select(Meeting, Minutes, version).outerjoin(Minutes, Minutes.meeting_id == Meeting.id).where(Meeting.day == day)
    rows = db.session.execute(found.order_by(Minutes.number)).all()
    if not rows:
        return None
    return Head(rows[0][0], tuple(minutes for _meeting, minutes, _version in rows if minutes is not None), rows[0][2])


def versions(meeting_id: int) -> Sequence[Minutes]:
    """Oldest first."""
    mine = select(Minutes).where(Minutes.meeting_id == meeting_id).order_by(Minutes.number)
    return db.session.scalars(mine.execution_options(populate_existing=True)).all()


def calendar(version: int | None = None) -> days.Calendar:
    """`version`: of the catalogue, read a moment ago."""
    known = catalogue(version)
    return days.Calendar(known.holidays, known.worked)


def entries(minutes_id: int) -> list[Entry]:
    """The items in order with their questions and promises. Two queries."""
    rows = db.session.execute(
        select(MinuteItem, MinuteQuestion, Question)
        .outerjoin(MinuteQuestion, MinuteQuestion.item_id == MinuteItem.id)
        .outerjoin(Question, Question.id == MinuteQuestion.question_id)
        .where(MinuteItem.minutes_id == minutes_id)
        .order_by(MinuteItem.position, MinuteItem.id, Question.id)
    ).all()
    items: dict[int, MinuteItem] = {}
    dealt: dict[int, list[Dealt]] = {}
    for item, link, question in rows:
        items[item.id] = item
        dealt.setdefault(item.id, []).extend([Dealt(question, link.outcome)] if link is not None else [])
    lines: dict[int, list[MinutePromise]] = {}
    for line in _lines(minutes_id):
        lines.setdefault(line.item_id, []).append(line)
    return [Entry(item, tuple(dealt[key]), tuple(lines.get(key, ()))) for key, item in items.items()]


def _lines(minutes_id: int) -> Sequence[MinutePromise]:
    return db.session.scalars(
        select(MinutePromise)
        .join(MinuteItem, MinuteItem.id == MinutePromise.item_id)
        .where(MinuteItem.minutes_id == minutes_id)
        .options(joinedload(MinutePromise.unit), joinedload(MinutePromise.question), joinedload(MinutePromise.promise))
        .order_by(MinutePromise.id)
    ).all()


def item_with_meeting(item_id: int) -> tuple[int, int] | None:
    """The numbers of the item's minutes and of their meeting."""
    found = select(Minutes.id, Minutes.meeting_id).join(MinuteItem, MinuteItem.minutes_id == Minutes.id)
    row = db.session.execute(found.where(MinuteItem.id == item_id)).one_or_none()
    return (row.id, row.meeting_id) if row else None


def not_dealt_with(meeting_id: int, minutes_id: int) -> Sequence[Question]:
    """The meeting's questions that stand under no item of these minutes and are not settled otherwise."""
    under = (
        select(MinuteQuestion.question_id)
        .join(MinuteItem, MinuteItem.id == MinuteQuestion.item_id)
        .where(MinuteItem.minutes_id == minutes_id)
    )
    mine = select(Question).where(Question.meeting_id == meeting_id, live(), Question.settled_at.is_(None))
    return db.session.scalars(mine.where(Question.id.not_in(under)).order_by(Question.id)).all()


def agenda(meeting_id: int) -> list[tuple[AgendaItem, list[Question]]]:
    """The programme in order with the live questions under each item that are still to be spoken of."""
    asked = (Question.agenda_item_id == AgendaItem.id) & live() & Question.settled_at.is_(None)
    rows = db.session.execute(
        select(AgendaItem, Question)
        .outerjoin(Question, asked)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position, AgendaItem.id, Question.id)
    ).all()
    found: dict[int, tuple[AgendaItem, list[Question]]] = {}
    for item, question in rows:
        found.setdefault(item.id, (item, []))[1].extend([question] if question is not None else [])
    return list(found.values())


def last_paper(series_id: int) -> Minutes | None:
    """The youngest final minutes of the series: who issues and signs is mostly the same again."""
    mine = select(Minutes).join(Minutes.meeting).where(Meeting.series_id == series_id, Minutes.finalised_at.is_not(None))
    return db.session.scalars(mine.order_by(Minutes.finalised_at.desc()).limit(1)).first()


# -- people


def merged_into(question_ids: Sequence[int]) -> Sequence[Question]:
    """Questions that became part of these, at any remove, but for those withdrawn."""
    parts = select(Question.id).where(Question.merged_into_id.in_(question_ids)).cte("parts", recursive=True)
    parts = parts.union(select(Question.id).where(Question.merged_into_id == parts.c.id))
    standing = (Question.id.in_(select(parts.c.id)), Question.withdrawn_at.is_(None))
    return db.session.scalars(select(Question).where(*standing).order_by(Question.id)).all()


def who_came(meeting_id: int) -> Sequence[SignUp]:
    """Businesses that came and left an e-mail address."""
    came = (SignUp.meeting_id == meeting_id, SignUp.arrived_at.is_not(None), SignUp.email != "")
    return db.session.scalars(select(SignUp).where(*came).order_by(SignUp.id)).all()


def attendance(meeting_id: int) -> tuple[int, int]:
    """How many businesses came, with how many people."""
    came = (SignUp.meeting_id == meeting_id, SignUp.arrived_at.is_not(None))
    row = db.session.execute(select(func.count(), func.coalesce(func.sum(SignUp.came), 0)).select_from(SignUp).where(*came)).one()
    return row[0], row[1]


# -- late


@dataclass(frozen=True, slots=True)
class Overdue:
    """A meeting whose minutes should have been published: when, how many working days ago, and where to write them."""

    meeting_id: int
    day: date
    due: date
    late: int
    link: str


def overdue(now: datetime) -> list[Overdue]:
    """Meetings held in the last year whose minutes are late, oldest first. At most two queries."""
    held = (Meeting.state == "open", Meeting.concluded_at.is_(None), Meeting.ends_at <= now, Meeting.ends_at > now - LOOK_BACK)
    rows = db.session.execute(select(Meeting.id, Meeting.day).where(*held).order_by(Meeting.day)).all()
    if not rows:
        return []
    known, today = calendar(), clock.local(now).date()
    found = []
    for number, day in rows:
        if late := days.minutes_late(day, today, known):
            link = links.absolute("minutes_admin.show", day=day.isoformat())
            found.append(Overdue(number, day, days.minutes_due(day, known), late, link))
    return found


# -- what selfcheck asks


def lines_without_promise() -> Sequence[int]:
    """Promise lines of final minutes that never reached the ledger."""
    lines = select(MinutePromise.id).join(MinuteItem, MinuteItem.id == MinutePromise.item_id)
    lines = lines.join(Minutes, Minutes.id == MinuteItem.minutes_id)
    final = (Minutes.finalised_at.is_not(None), MinutePromise.promise_id.is_(None))
    return db.session.scalars(lines.where(*final).order_by(MinutePromise.id)).all()


def out_of_step() -> Sequence[int]:
    """Meetings with a draft older than their final minutes, or whose final minutes the meeting does not know of."""
    other = aliased(Minutes)
    newer = (other.meeting_id == Minutes.meeting_id, other.number > Minutes.number, other.finalised_at.is_not(None))
    stale = Minutes.finalised_at.is_(None) & exists().where(*newer)
    unknown = Minutes.finalised_at.is_not(None) & Meeting.concluded_at.is_(None)
    rows = select(Meeting.id).join(Minutes, Minutes.meeting_id == Meeting.id).where(stale | unknown)
    return db.session.scalars(rows.distinct().order_by(Meeting.id)).all()
