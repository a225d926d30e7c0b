"""What officers set about a meeting or a series, what follows from it, what must not be. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from flask_babel import gettext as _

from app import clock, dates
from app.meetings import days
from app.meetings.models import Meeting, Series
from app.refusal import Refusal

# What a later meeting takes over from this one or from its series, each group whole: a place goes with its translation.
SHARED = {
    "hours": ("opens", "closes"),
    "place": ("place", "place_en"),
    "chair": ("chair", "chair_en"),
    "capacity": ("capacity",),
    "most_seats": ("most_seats",),
}


class Leads(Protocol):
    """How long before a meeting its windows open and close: a series, or what an officer wants of one."""

    @property
    def opens_days(self) -> int: ...
    @property
    def closes_hours(self) -> int: ...
    @property
    def questions_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """One meeting. A window is None while it follows from the day by the series' rule."""

    day: date
    opens: time
    closes: time
    place: str
    place_en: str
    chair: str
    chair_en: str
    theme: str
    theme_en: str
    capacity: int
    most_seats: int
    sign_up_from: datetime | None = None
    sign_up_until: datetime | None = None
    questions_until: datetime | None = None
    insisted: str = ""  # why on a day that collides

    @property
    def starts_at(self) -> datetime:
        return clock.at(self.day, self.opens)

    @property
    def ends_at(self) -> datetime:
        return clock.at(self.day, self.closes)

    def said(self, field: str, locale: str) -> str:
        """A field in the reader's language, Vietnamese where no other was entered."""
        return str((getattr(self, f"{field}_en") if locale == "en" else "") or getattr(self, field))


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """A series: its rule and the defaults of the meetings it makes."""

    name: str
    name_en: str
    nth: int
    weekday: int
    opens: time
    closes: time
    place: str
    place_en: str
    chair: str
    chair_en: str
    capacity: int
    most_seats: int
    opens_days: int
    closes_hours: int
    questions_days: int


@dataclass(frozen=True, slots=True)
class Change:
    """A meeting as it is and as it will be.

    `kept` names the groups in which it goes on to differ from the others. `ruled`: its day follows a new rule, and
    `collision` is what stands in the way of the rule's day.
    """

    meeting: Meeting
    before: Plan
    after: Plan
    kept: tuple[str, ...] = ()
    ruled: bool = False
    collision: days.Collision | None = None

    @property
    def moved(self) -> bool:
        return moves(self.before, self.after)


def of(meeting: Meeting) -> Plan:
    begins, ends = clock.local(meeting.starts_at), clock.local(meeting.ends_at)
    return Plan(
        day=meeting.day, opens=begins.time(), closes=ends.time(), place=meeting.place, place_en=meeting.place_en,
        chair=meeting.chair, chair_en=meeting.chair_en, theme=meeting.theme, theme_en=meeting.theme_en,
        capacity=meeting.capacity, most_seats=meeting.most_seats,
        sign_up_from=meeting.sign_up_from if meeting.opening_fixed else None,
        sign_up_until=meeting.sign_up_until if meeting.closing_fixed else None,
        questions_until=meeting.questions_until if meeting.questions_fixed else None,
        insisted=meeting.insisted,
    )  # fmt: skip


def of_series(series: Series) -> SeriesPlan:
    return SeriesPlan(**{field.name: getattr(series, field.name) for field in fields(SeriesPlan)})


def by_default(series: Series, day: date) -> Plan:
    """A new meeting of the series."""
    shared = {name: getattr(series, name) for group in SHARED.values() for name in group}
    return Plan(day=day, theme="", theme_en="", **shared)


def on(plan: Plan, day: date, insisted: str = "") -> Plan:
    """The same on another day."""
    return replace(plan, day=day, insisted=insisted)


def unfixed(plan: Plan) -> Plan:
    """With every window by the series' rule."""
    return replace(plan, sign_up_from=None, sign_up_until=None, questions_until=None)


def settled(plan: Plan, calendar: days.Calendar) -> Plan:
    """Nobody insists on a day that is good anyway."""
    return plan if days.collision(plan.day, calendar) else replace(plan, insisted="")


def moves(before: Plan, after: Plan) -> bool:
    """Must people be told? They come on a day, at an hour, to a place."""
    return _whereabouts(before) != _whereabouts(after)


def _whereabouts(plan: Plan) -> tuple[object, ...]:
    return plan.day, plan.opens, plan.closes, plan.place


def rewords(before: Plan, after: Plan) -> bool:
    """Do reminders already written say something that is no longer so, though nobody need be told?"""
    return (before.place_en, before.chair, before.chair_en) != (after.place_en, after.chair, after.chair_en)


def following(other: Plan, before: Any, wanted: Any, default: Any) -> tuple[Plan, tuple[str, ...]]:
    """A later meeting after a change from `before` to `wanted`, and the groups it keeps to itself.

    It takes over what changed, unless an officer gave it something of its own there: neither what this one had nor the
    series' default.
    """
    taken: dict[str, Any] = {}
    kept = []
    for group, names in SHARED.items():
        if _values(before, names) == _values(wanted, names):
            continue
        if _values(other, names) in (_values(before, names), _values(default, names)):
            taken |= {name: getattr(wanted, name) for name in names}
        elif _values(other, names) != _values(wanted, names):
            kept.append(group)
    return replace(other, **taken), tuple(kept)


def _values(thing: object, names: Iterable[str]) -> tuple[object, ...]:
    return tuple(getattr(thing, name) for name in names)


def windows(plan: Plan, leads: Leads, calendar: days.Calendar) -> tuple[datetime, datetime, datetime]:
    """When sign-up opens and closes, and until when questions reach the units in time: as set, else by the series' rule."""
    last = days.working_days_before(plan.day, leads.questions_days, calendar)
    return (
        plan.sign_up_from or clock.midnight(plan.day - timedelta(days=leads.opens_days)),
        plan.sign_up_until or plan.starts_at - timedelta(hours=leads.closes_hours),
        plan.questions_until or clock.midnight(last + timedelta(days=1)),
    )


def write(meeting: Meeting, plan: Plan, leads: Leads, calendar: days.Calendar) -> None:
    """Sets the meeting and everything that follows from its day."""
    meeting.day, meeting.starts_at, meeting.ends_at = plan.day, plan.starts_at, plan.ends_at
    for name in ("place", "place_en", "chair", "chair_en", "theme", "theme_en", "capacity", "most_seats", "insisted"):
        setattr(meeting, name, getattr(plan, name))
    meeting.sign_up_from, meeting.sign_up_until, meeting.questions_until = windows(plan, leads, calendar)
    meeting.opening_fixed = plan.sign_up_from is not None
    meeting.closing_fixed = plan.sign_up_until is not None
    meeting.questions_fixed = plan.questions_until is not None


# -- what must not be


def check(plan: Plan, leads: Leads, calendar: days.Calendar) -> None:
    """Raises Refusal when the hours or the windows make no sense."""
    check_hours(plan.opens, plan.closes)
    opens, closes, questions = windows(plan, leads, calendar)
    if closes > plan.ends_at:
        raise Refusal(_("Đăng ký phải đóng trước khi họp xong."), "sign_up_until")
    if opens >= closes:
        raise Refusal(_("Đăng ký phải mở trước khi đóng."), "sign_up_from")
    if questions > plan.starts_at and plan.questions_until is not None:
        raise Refusal(_("Hạn gửi câu hỏi phải trước giờ họp."), "questions_until")


def check_hours(opens: time, closes: time) -> None:
    if opens >= closes:
        raise Refusal(_("Giờ kết thúc phải sau giờ bắt đầu."), "closes")


def check_capacity(meeting: Meeting, capacity: int) -> None:
    """Raises Refusal when seats that people hold would be lost."""
    if capacity < meeting.taken:
        raise Refusal(
            _(
                "Kỳ %(day)s đã có %(taken)s chỗ được giữ, nên số chỗ không dưới %(taken)s.",
                day=dates.day_short(meeting.day), taken=meeting.taken,
            ),
            "capacity",
        )  # fmt: skip


def check_changeable(meeting: Meeting, before: Plan, after: Plan, now: datetime) -> None:
    """Raises Refusal when it is too late to change this."""
    if meeting.state == "cancelled":
        raise Refusal(_("Kỳ họp này đã huỷ nên không sửa được nữa."))
    if now >= meeting.ends_at:
        raise Refusal(_("Kỳ họp này đã qua nên không sửa được nữa."))
    if now >= meeting.starts_at and (before.day, before.opens) != (after.day, after.opens):
        raise Refusal(_("Kỳ họp đã bắt đầu nên không dời được nữa."), "day")
    if after.starts_at <= now and (before.day, before.opens) != (after.day, after.opens):
        raise Refusal(_("Lúc này đã qua. Chọn một ngày giờ khác."), "day")


# -- two officers at once


def merged(seen: dict[str, str], typed: dict[str, str], present: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """What to show an officer whose page was overtaken: what they changed as they typed it, all else as it is now; and the
    names of what changed under their hands."""
    own = {name for name in present if name in typed and typed[name] != seen.get(name)}
    values = {name: typed[name] if name in own else value for name, value in present.items()}
    return values, [name for name, value in present.items() if seen.get(name, value) != value]
