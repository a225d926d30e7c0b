"""How a promise stands, what may be done with it, and what its history adds up to. Pure functions.

Standing is computed from facts whenever somebody looks: nobody can forget to set it, and nobody can set it wrong. While a
unit waits for somebody outside it the clock stands: the day moves by the working days waited. A wait that begins after the
promised day is over changes nothing, so that lateness cannot be waited away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.offices import working_days
from app.offices.working_time import Calendar
from app.promises.models import Promise, PromiseEvent
from app.refusal import Conflict, Refusal

STANDINGS = ("open", "soon", "late", "waiting", "reopened", "on_time", "done_late", "withdrawn")
CLOSED = ("on_time", "done_late", "withdrawn")
SOON = 3  # working days
FEWEST = 3  # a rate of fewer says nothing about anybody
MOST_PAPERS = 6
LONGEST_DELAY = 365  # days a promise may be postponed at once


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger as it stands today."""

    promise: Promise
    standing: str  # of STANDINGS
    due: date  # moved by what has been waited so far
    days: int  # open: days left, below zero when late; done: days early, below zero when it was late

    @property
    def closed(self) -> bool:
        return self.standing in CLOSED


def entry(promise: Promise, today: date, calendar: Calendar) -> Entry:
    soon = working_days.moved(today, SOON, calendar)
    due = due_now(promise, today, calendar)
    return Entry(promise, standing(promise, today, soon), due, (due - (promise.done_on or today)).days)


def standing(promise: Promise, today: date, soon: date) -> str:
    """`soon`: the last day that is near. `queries` asks the same of the database; a test holds the two together."""
    if promise.withdrawn_on:
        return "withdrawn"
    if promise.done_on:
        return "on_time" if promise.done_on <= promise.due else "done_late"
    if promise.waiting_since and promise.waiting_since <= promise.due:
        return "waiting"
    if promise.due < today:
        return "late"
    if promise.reopened:
        return "reopened"
    return "soon" if promise.due <= soon else "open"


def due_now(promise: Promise, today: date, calendar: Calendar) -> date:
    """The promised day, moved by the working days waited so far."""
    if promise.waiting_since is None or promise.done_on:
        return promise.due
    return after_wait(promise.due, promise.waiting_since, today, calendar)


def after_wait(due: date, since: date, until: date, calendar: Calendar) -> date:
    """Where the promised day stands when the wait ends: `until` is the first day that counts again."""
    return working_days.moved(due, working_days.between(since, until, calendar), calendar) if since <= due else due


# -- what may be done -------------------------------------------------------------------------------------------------


def check_open(promise: Promise) -> None:
    if promise.withdrawn_on:
        raise Conflict(_("Lời hẹn này đã được rút."))
    if promise.done_on:
        raise Conflict(_("Việc này đã được ghi là xong."))


def check_seen(promise: Promise, seen: int) -> None:
    """Whoever acts has seen how things stand now."""
    if promise.sequence != seen:
        raise Conflict(_("Vừa có người cập nhật lời hẹn này. Xem lại rồi bấm lần nữa."))


def check_done(promise: Promise, happened_on: date, number: str, text: str, today: date) -> None:
    """What happened may be entered later, but not before it was promised nor before it happened; and it has to be said."""
    if happened_on > today:
        raise Refusal(_("Ngày xong chưa đến. Ghi ngày việc đã thật sự xong."), "happened_on")
    if happened_on < promise.made_on:
        raise Refusal(_("Ngày xong trước cả ngày hẹn. Xem lại ngày."), "happened_on")
    if not number and not text:
        raise Refusal(_("Ghi số văn bản, hoặc viết đã làm gì, để ai cũng kiểm lại được."), "text")


def check_postponement(promise: Promise, day: date, reason: str, today: date, calendar: Calendar) -> None:
    if not reason:
        raise Refusal(_("Ghi lý do dời ngày. Lý do này công khai."), "reason")
    if promise.waiting_since:
        raise Refusal(_("Đồng hồ đang dừng. Bấm “làm tiếp” trước, rồi mới dời ngày."), "day")
    if day <= max(promise.due, today):
        raise Refusal(_("Ngày mới phải sau ngày đã hẹn và sau hôm nay."), "day")
    if (day - today).days > LONGEST_DELAY:
        raise Refusal(_("Ngày mới xa quá một năm. Chia việc ra và hẹn phần làm được trước."), "day")
    if not working_days.works(day, calendar):
        raise Refusal(_("Ngày này không làm việc. Chọn một ngày làm việc."), "day")


# -- the askers' word -------------------------------------------------------------------------------------------------


def worst(verdicts: Iterable[str]) -> str:
    """The askers' words together: one who was not helped outweighs those who were."""
    said = set(verdicts)
    return next((verdict for verdict in ("no", "partly", "yes") if verdict in said), "")


# -- what the history adds up to --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Present:
    """The facts of a promise that follow from its history; named like the columns."""

    first_due: date | None = None
    due: date | None = None
    postponed: int = 0
    waiting_since: date | None = None
    done_on: date | None = None
    reopened: int = 0
    withdrawn_on: date | None = None

    def agrees(self, promise: Any) -> bool:
        return all(getattr(self, one.name) == getattr(promise, one.name) for one in fields(self))


def replay(events: Iterable[PromiseEvent | Any]) -> Present:
    """The present facts from the first event to the last."""
    now = Present()
    for event in events:
        now.due = event.due_after or now.due
        match event.kind:
            case "made":
                now.first_due = event.due_after
            case "postponed":
                now.postponed += 1
            case "waiting":
                now.waiting_since = event.happened_on
            case "resumed":
                now.waiting_since = None
            case "done":
                now.done_on = event.happened_on
            case "reopened":
                now.done_on, now.reopened = None, now.reopened + 1
            case "withdrawn":
                now.withdrawn_on = event.happened_on
    return now


# -- figures ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """Promises counted by how they stand, and by what the askers said."""

    open: int = 0  # in hand: neither late nor waiting
    late: int = 0
    waiting: int = 0
    on_time: int = 0
    done_late: int = 0
    postponed: int = 0  # times
    yes: int = 0
    partly: int = 0
    no: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def made(self) -> int:
        return self.open + self.late + self.waiting + self.on_time + self.done_late

    @property
    def came_due(self) -> int:
        """Done, or past their day: an overdue promise counts before it is done."""
        return self.on_time + self.done_late + self.late

    @property
    def kept(self) -> int | None:
        """Per cent kept on time; None while there are too few."""
        return rate(self.on_time, self.came_due)

    @property
    def judged(self) -> int:
        return self.yes + self.partly + self.no

    @property
    def satisfied(self) -> int | None:
        """Per cent of the askers' words that say yes; None while there are too few."""
        return rate(self.yes, self.judged)


def rate(part: int, whole: int) -> int | None:
    """Whole per cent, rounded down: 100 only when it is all."""
    return part * 100 // whole if whole >= FEWEST else None
