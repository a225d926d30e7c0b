"""The ladder: who hears of what is due, and when. Pure functions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from app.offices import working_days
from app.offices.working_time import Calendar

LEVELS = ("ahead", "before", "due", "head", "chair")  # rungs; nobody is told of what is still well ahead
BEFORE, HEAD, CHAIR = 3, 1, 5  # working days before the day, and after it
FROM = time(7, 30)  # digests leave from this hour of a working day on


@dataclass(frozen=True, slots=True)
class Line:
    """Something due: a unit's to do, or (without one) for the officers in a role. `since`: when it came into the world."""

    what: str
    due: date
    link: str
    unit_id: int | None = None
    role: str = ""
    since: date = date.min
    level: str = ""  # of LEVELS, set by `placed`
    late: int = 0  # working days
    stepped_on: date = date.min  # when it reached its rung


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody who gets a digest. `about` names them in the outbox: "unit:5", "head:5", "officer:3"."""

    about: str
    email: str
    part: str  # unit, head, leader, secretary
    unit_id: int | None = None
    name: str = ""


def placed(line: Line, today: date, calendar: Calendar) -> Line:
    """The line on its rung today. From the fifth day late on it climbs anew every five days, so that it is not forgotten."""
    late = working_days.between(line.due, today, calendar) if line.due < today else 0
    late -= late > 0 and not working_days.works(today, calendar)  # on a day off nothing gets later
    late = max(late, 0)
    near = working_days.moved(line.due, -BEFORE, calendar)
    if late >= HEAD:
        rung = late - late % CHAIR if late >= CHAIR else HEAD
        level, stepped = ("chair" if late >= CHAIR else "head"), working_days.moved(line.due, rung, calendar)
    elif today >= line.due:
        level, stepped = "due", line.due
    else:
        level, stepped = ("before", near) if today >= near else ("ahead", near)
    return replace(line, level=level, late=late, stepped_on=max(stepped, line.since))


def is_time(today: date, hour: time, calendar: Calendar) -> bool:
    return working_days.works(today, calendar) and hour >= FROM


def of(address: Address, lines: Iterable[Line], reachable: Collection[int]) -> list[Line]:
    """What this person hears of, the longest due first. `reachable`: the units that have an address of their own."""
    heard = [line for line in lines if hears(address, line, reachable)]
    return sorted(heard, key=lambda line: (line.due, line.what))


def hears(address: Address, line: Line, reachable: Collection[int]) -> bool:
    rung = LEVELS.index(line.level)
    if address.part in ("unit", "head"):
        return line.unit_id == address.unit_id and rung >= LEVELS.index("before" if address.part == "unit" else "head")
    if line.role == address.part:  # their own
        return rung >= LEVELS.index("before")
    if address.part == "leader":
        return rung >= LEVELS.index("chair")
    return line.unit_id is not None and line.unit_id not in reachable and rung >= LEVELS.index("before")


def has_news(lines: Sequence[Line], last: date) -> bool:
    """Did anything climb since the last digest?"""
    return any(line.stepped_on > last for line in lines)
