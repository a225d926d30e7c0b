"""What the programme's pages read, in as few queries as there are kinds of things: items, units, questions, promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased, contains_eager

from app.db import db
from app.meetings import openness, queries, rules
from app.meetings.models import AgendaItem, AgendaItemUnit, Meeting, Question
from app.promises import queries as promises
from app.promises.models import Promise
from app.staff.models import Unit

PROMISES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the programme's page."""

    question: Question
    times: int  # how often it has been asked, as far as two meetings back: 1, 2, 3
    others: int  # questions merged into it


@dataclass(frozen=True, slots=True)
class Programme:
    """A meeting's programme with all that belongs to it."""

    figures: queries.Figures
    items: Sequence[AgendaItem]
    off: Sequence[AgendaItem]  # out of the programme: all their questions are settled
    units: Sequence[Unit]  # those who are asked, and those of former times whom an item still names
    others: dict[int, list[Unit]]  # item -> units that help
    asked: dict[int | None, list[Asked]]  # item -> questions to be heard; None: not sorted yet
    settled: Sequence[Question]
    private: Sequence[Question]  # for the leader alone: never sorted
    promises: Sequence[Promise]

    @property
    def meeting(self) -> Meeting:
        return self.figures.meeting

    @property
    def unanswered(self) -> int:
        """Items with a question that has no answer yet."""
        return sum(any(not one.question.answered_at for one in self.asked.get(item.id, ())) for item in self.items)

    @property
    def freed(self) -> int:
        """Minutes won by what was settled beforehand."""
        return sum(item.minutes for item in self.off)

    @property
    def plan(self) -> rules.Programme:
        return rules.programme(self.meeting, self.items)

    def proposed(self, item: AgendaItem) -> Unit | None:
        """Whose field most of the item's questions are in, as long as nobody is responsible."""
        if item.unit_id is not None:
            return None
        return proposed_unit([one.question.field for one in self.asked.get(item.id, [])], self.units)


def of_day(day: date, leader: bool = False) -> Programme | None:
    """Four queries. `leader`: promises that are not public are shown too."""
    rows = db.session.execute(
        queries.with_figures()
        .add_columns(AgendaItem, queries.off())
        .outerjoin(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(Meeting.day == day)
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()
    if not rows:
        return None
    figures = queries.Figures(*rows[0][:-2])
    items = [(row[-2], bool(row[-1])) for row in rows if row[-2] is not None]
    units, others = _units(figures.meeting.id)
    asked, settled, private = _questions(figures.meeting.id, {item.id for item, _off in items})
    return Programme(
        figures=figures,
        items=[item for item, off in items if not off],
        off=[item for item, off in items if off],
        units=units,
        others=others,
        asked=asked,
        settled=settled,
        private=private,
        promises=promises.unfinished_rows(PROMISES_SHOWN + 1, before=day, private=leader),
    )


def others(meeting_id: int) -> dict[int, list[Unit]]:
    """Item -> units that help to answer it."""
    return _units(meeting_id)[1]


def _units(meeting_id: int) -> tuple[list[Unit], dict[int, list[Unit]]]:
    """All units in the office's own order, and item -> those that help."""
    mine = AgendaItemUnit.item_id.in_(select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id))
    rows = db.session.execute(
        select(Unit, AgendaItemUnit.item_id)
        .outerjoin(AgendaItemUnit, and_(AgendaItemUnit.unit_id == Unit.id, mine))
        .order_by(Unit.position, Unit.name)
    ).all()
    found: dict[int, list[Unit]] = {}
    for unit, item_id in rows:
        if item_id is not None:
            found.setdefault(item_id, []).append(unit)
    return list(dict.fromkeys(unit for unit, _item in rows)), found


def _questions(meeting_id: int, items: set[int]) -> tuple[dict[int | None, list[Asked]], list[Question], list[Question]]:
    """To be heard under their item (None: unsorted), settled, and those for the leader alone; oldest first."""
    earlier = aliased(Question)
    rows = db.session.execute(
        select(Question, earlier.repeats_id)
        .outerjoin(earlier, earlier.id == Question.repeats_id)
        .outerjoin(Question.sign_up)
        .options(contains_eager(Question.sign_up))
        .where(Question.meeting_id == meeting_id, Question.withdrawn_at.is_(None))
        .order_by(Question.id)
    ).all()
    merged = [question.merged_into_id for question, _repeats in rows]
    asked: dict[int | None, list[Asked]] = {None: []}
    settled, private = [], []
    for question, repeats in rows:
        if question.merged_into_id is not None:
            continue
        if not openness.may_sort(question):
            private.append(question)
        elif question.settled_at is not None:
            settled.append(question)
        else:
            times = 1 + (question.repeats_id is not None) + (repeats is not None)
            place = question.agenda_item_id if question.agenda_item_id in items else None
            asked.setdefault(place, []).append(Asked(question, times, merged.count(question.id)))
    return asked, settled, private


def proposed_unit(fields: Sequence[str], units: Sequence[Unit]) -> Unit | None:
    """The first unit of the field that most of these questions are in."""
    known = [field for field in fields if field]
    field = max(dict.fromkeys(known), key=known.count, default="")
    return next((unit for unit in units if field and unit.field == field and unit.active), None)
