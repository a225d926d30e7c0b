"""When an event may be answered and an answer changed, and how few answers are not told apart. No database, no clock."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from flask_babel import gettext as _

from app.refusal import Refusal
from app.survey import OPEN

CHANGED = timedelta(days=7)  # how long after it was given
FEWEST = 3
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many gave each answer."""

    good: int = 0
    fair: int = 0
    poor: int = 0

    @property
    def count(self) -> int:
        return self.good + self.fair + self.poor

    @property
    def share(self) -> int:
        """Per cent who were content."""
        return round(100 * self.good / self.count) if self.count else 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.good + other.good, self.fair + other.fair, self.poor + other.poor)


@dataclass(frozen=True, slots=True)
class Group:
    """Answers alike in everything but the choice; `month` is its first day."""

    subject: str
    kiosk: bool
    office_id: int | None
    field: str
    month: date
    tally: Tally


def open_until(happened: date) -> date:
    """The last day on which the event may be answered."""
    return happened + OPEN


def changeable_until(answered: date) -> date:
    """The last day on which the answer may be changed."""
    return answered + CHANGED


def check_open(happened: date, today: date) -> None:
    if today > open_until(happened):
        raise Refusal(_("Đã quá %(days)s ngày nên không ghi được nữa. Cảm ơn bạn đã muốn trả lời.", days=OPEN.days))


def check_change(answered: date, today: date) -> None:
    if today > changeable_until(answered):
        raise Refusal(_("Đã quá %(days)s ngày từ lúc trả lời nên không đổi được nữa.", days=CHANGED.days))


def by(groups: Iterable[Group], key: Callable[[Group], Key]) -> dict[Key, Tally]:
    """The groups rolled up."""
    found: dict[Key, Tally] = {}
    for group in groups:
        found[key(group)] = found.get(key(group), Tally()) + group.tally
    return found


def hidden(tallies: Mapping[Key, Tally]) -> set[Key]:
    """Whose split is not told: fewer than 3 answers; and when the total would give those away, the next smallest as well."""
    smallest = sorted((key for key in tallies if tallies[key].count), key=lambda key: tallies[key].count)
    found = [key for key in smallest if tallies[key].count < FEWEST]
    if found and sum(tallies[key].count for key in found) < FEWEST:
        found = smallest[: len(found) + 1]
    return set(found)
