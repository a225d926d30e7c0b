"""How a meeting's agenda runs: the item that is on, its time used against the plan, how far behind or ahead. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from app import clock
from app.meetings import openness, rules
from app.meetings.models import AgendaItem, Meeting, Question
from app.refusal import Conflict, Refusal

ACTS = ("begin", "next", "back")
IDLE = ("before", "between", "done")  # states in which no item is on


@dataclass(frozen=True, slots=True)
class Part:
    """One item with its times: as planned, and as they will be if nothing changes (None for what is over or on)."""

    item: AgendaItem
    planned_at: datetime
    expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """Minutes all. `behind` is negative when the meeting is ahead of its programme."""

    state: str  # empty, on, or one of IDLE
    current: Part | None
    following: Part | None
    parts: tuple[Part, ...]
    used: int
    behind: int
    ends_at: datetime

    @property
    def seen(self) -> str:
        """What a screen that shows this sends back with a button."""
        return str(self.current.item.id) if self.current else self.state

    @property
    def left(self) -> int:
        """Of the current item; negative when it takes longer than planned."""
        return self.current.item.minutes - self.used if self.current else 0


def course(meeting: Meeting, items: Sequence[AgendaItem], now: datetime) -> Course:
    planned = rules.programme(meeting, items)
    current = current_of(items)
    following = following_of(items, current)
    state = _state(items, current, following)
    behind = _behind(items, planned, current, following, now)
    parts = tuple(
        Part(item, at, at + timedelta(minutes=behind) if item.begun_at is None else None)
        for item, at in zip(items, planned.starts, strict=True)
    )
    known = {part.item.id: part for part in parts}
    return Course(
        state,
        known[current.id] if current else None,
        known[following.id] if following else None,
        parts,
        _minutes(now - current.begun_at) if current and current.begun_at else 0,
        behind,
        planned.ends_at + timedelta(minutes=behind),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the room's screen may show it. `name` is empty when the asker does not want to be named."""

    text: str
    name: str
    here: bool
    private: bool


def asked_under(item: AgendaItem | None, questions: Sequence[Question], role: str) -> tuple[tuple[Asked, ...], int]:
    """The item's questions that an officer in this role may read, and how many more there are."""
    mine = [one for one in questions if item is not None and one.agenda_item_id == item.id]
    read = [one for one in mine if openness.may_read(one, role)]
    return tuple(_asked(one) for one in read), len(mine) - len(read)


def _asked(question: Question) -> Asked:
    """Named only as the room may hear it, whoever looks: the screen stands where others see it."""
    here = question.sign_up is not None and question.sign_up.arrived_at is not None
    return Asked(question.words, openness.name_in_room(question), here, question.openness == "private")


def current_of(items: Sequence[AgendaItem]) -> AgendaItem | None:
    return next((item for item in items if item.begun_at is not None and item.ended_at is None), None)


def last_ended(items: Sequence[AgendaItem]) -> AgendaItem | None:
    ended = [item for item in items if item.ended_at is not None]
    return max(ended, key=lambda item: (item.ended_at, item.position), default=None)


def following_of(items: Sequence[AgendaItem], current: AgendaItem | None) -> AgendaItem | None:
    """The next item not begun: after the one that is on, or after the last that was; skipped ones stay behind."""
    from_here = current or last_ended(items)
    position = items.index(from_here) + 1 if from_here is not None else 0
    return next((item for item in items[position:] if item.begun_at is None), None)


def _state(items: Sequence[AgendaItem], current: AgendaItem | None, following: AgendaItem | None) -> str:
    if not items:
        return "empty"
    if current is not None:
        return "on"
    if last_ended(items) is None:
        return "before"
    return "between" if following is not None else "done"


def _behind(
    items: Sequence[AgendaItem], planned: rules.Programme, current: AgendaItem | None, following: AgendaItem | None, now: datetime
) -> int:
    """How much later than planned the present item will end; before it begins, how late it is already."""
    starts = dict(zip((item.id for item in items), planned.starts, strict=True))
    if current is not None and current.begun_at is not None:
        length = timedelta(minutes=current.minutes)
        return _minutes(max(now, current.begun_at + length) - (starts[current.id] + length))
    if following is not None:
        return max(0, _minutes(now - starts[following.id]))
    last = last_ended(items)
    return _minutes(last.ended_at - planned.ends_at) if last is not None and last.ended_at is not None else 0


def _minutes(span: timedelta) -> int:
    """Whole minutes, towards nothing: 59 seconds late is not late."""
    return int(span.total_seconds() / 60)


def check_today(meeting: Meeting, now: datetime) -> None:
    if meeting.state != "open" or clock.local(now).date() != meeting.day:
        raise Refusal(_("Chỉ bấm được trong ngày họp."))


def stale() -> Conflict:
    return Conflict(_("Người khác vừa bấm, màn hình này đã cũ. Xem lại rồi bấm."))
