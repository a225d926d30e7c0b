"""Until when arrivals are written down, who gets a chair at the door, whose seat is handed on, the counts. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import gettext as _

from app import clock, dates
from app.meetings.models import TAKING, Meeting, SignUp
from app.meetings.rules import promoted
from app.refusal import Refusal

HAND_ON_AFTER = timedelta(minutes=10)  # from the meeting's beginning; those who are late keep their seat so long
MOST_PEOPLE = 50  # of one business: a typing error beyond it
NEWEST = 3  # arrivals shown with a button to take them back


class Known(Refusal):
    """This phone has a place at this meeting already: `code` finds it."""

    def __init__(self, code: str) -> None:
        super().__init__(_("Số này đã đăng ký kỳ này."), "phone")
        self.code = code


# -- when


def door(meeting: Meeting, now: datetime) -> str:
    """Where the desk at the door stands: off (no meeting is held), early, open, over, or closed by an officer."""
    if meeting.state != "open":
        return "off"
    if meeting.attendance_closed_at is not None:
        return "closed"
    if now >= meeting.ends_at:
        return "over"
    return "open" if clock.local(now).date() >= meeting.day else "early"


def check_door(meeting: Meeting, now: datetime) -> None:
    sentences = {
        "off": _("Kỳ họp này không họp nên không điểm danh."),
        "early": _("Điểm danh mở từ sáng %(day)s.", day=dates.day(meeting.day)),
        "over": _("Kỳ họp đã xong. Ghi người đến theo danh sách giấy, với giờ thật."),
        "closed": _("Điểm danh kỳ này đã chốt. Cần sửa thì nhập theo danh sách giấy."),
    }
    where = door(meeting, now)
    if where in sentences:
        raise Refusal(sentences[where])


def check_paper(meeting: Meeting, now: datetime) -> None:
    """The signed list is entered once the meeting is over."""
    if meeting.state != "open":
        raise Refusal(_("Kỳ họp này không họp nên không điểm danh."))
    if now < meeting.ends_at:
        raise Refusal(_("Nhập danh sách giấy sau khi họp xong. Đang họp thì điểm danh ở bàn đón tiếp."))


def check_people(came: int | None) -> None:
    if came is None or not 1 <= came <= MOST_PEOPLE:
        raise Refusal(_("Số người đến từ 1 đến %(most)s.", most=MOST_PEOPLE), "came")


def moment(meeting: Meeting, at: time | None, row: SignUp | None = None) -> datetime:
    """The true time on the signed list: the one known when it says the same minute, the meeting's beginning when it says none."""
    known = row.arrived_at if row is not None else None
    if at is None:
        return known or meeting.starts_at
    if known is not None and clock.local(known).strftime("%H:%M") == at.strftime("%H:%M"):
        return known
    arrived = clock.at(meeting.day, at)
    if arrived > meeting.ends_at:
        raise Refusal(_("Giờ đến không thể sau lúc họp xong (%(time)s).", time=dates.clock_time(meeting.ends_at)), "at")
    if row is not None and not is_walk_in(row) and arrived < row.signed_at:
        raise Refusal(_("Giờ đến không thể trước lúc đăng ký (%(moment)s).", moment=dates.moment(row.signed_at)), "at")
    return arrived


# -- who sits


def begun(meeting: Meeting, now: datetime) -> bool:
    return now >= meeting.starts_at


def hands_on(meeting: Meeting, now: datetime) -> bool:
    """May the seats of those who have not come go to others?"""
    return now >= meeting.starts_at + HAND_ON_AFTER


def in_line(rows: Iterable[SignUp], meeting: Meeting, now: datetime) -> list[SignUp]:
    """Who counts in the line, head first: until the beginning everybody, then only who is here."""
    found = [row for row in rows if row.state in {"waiting", "standing"}]
    here = [row for row in found if row.arrived_at is not None or not begun(meeting, now)]
    return sorted(here, key=lambda row: row.line or 0)


@dataclass(frozen=True, slots=True)
class Seating:
    """Who gets a chair now, and whose kept seats are given up for it."""

    seated: tuple[SignUp, ...]
    handed_on: tuple[SignUp, ...]


def seating(meeting: Meeting, rows: Sequence[SignUp], now: datetime) -> Seating:
    """Strictly along the line: a head that does not fit yet keeps everybody behind it waiting, as on every other day."""
    line, free = in_line(rows, meeting, now), meeting.free
    absent = _absent(rows) if hands_on(meeting, now) else []
    pool = free + sum(row.seats for row in absent)
    seated, handed_on = promoted(line, pool), []
    need = sum(row.seats for row in seated)
    for row in absent:  # no more than are needed
        if need <= free:
            break
        handed_on.append(row)
        free += row.seats
    return Seating(tuple(row for row in seated if row.arrived_at is not None), tuple(handed_on))


def _absent(rows: Iterable[SignUp]) -> list[SignUp]:
    """Who has not come, in the order of losing their seat: invited and silent, not heard of since, the youngest first."""
    found = [row for row in rows if row.state in TAKING and row.arrived_at is None]
    return sorted(found, key=lambda row: (row.state != "reserved", row.coming_at is not None, -row.id))


def would_sit(meeting: Meeting, rows: Sequence[SignUp], came: int, now: datetime, row: SignUp | None = None) -> bool:
    """Would this business get a chair at once, if it were written down now? Without a row: a walk-in, at the end of the line."""
    if row is not None and row.state in TAKING:
        return True
    line = row.line if row is not None and row.state != "given_up" else meeting.last_line + 1
    guest = SignUp(id=0, state="waiting", line=line, seats=came, arrived_at=now)
    return guest in seating(meeting, [*(one for one in rows if one is not row), guest], now).seated


def is_walk_in(row: SignUp) -> bool:
    """Signed up by arriving, at the end of the line."""
    return row.line is not None and row.arrived_at is not None and row.signed_at == row.arrived_at


def undone(row: SignUp) -> str:
    """The state a place goes back to when its arrival is taken back: who had no seat before has none again."""
    at_the_door = row.arrived_at is not None and row.seated_at is not None and row.seated_at >= row.arrived_at
    if is_walk_in(row):
        return "given_up"
    if row.state == "standing" or (row.state == "seated" and row.line is not None and at_the_door):
        return "waiting"
    return "reserved" if at_the_door and row.reserved_until is not None else row.state


# -- counts


@dataclass(frozen=True, slots=True)
class Counts:
    """People, not businesses."""

    expected: int  # have a seat
    came: int
    still: int  # have a seat and are still to come
    standing: int  # are in the room without a chair
    at_door: int  # are here and wait for a chair


def counts(rows: Iterable[SignUp]) -> Counts:
    expected = came = still = standing = at_door = 0
    for row in rows:
        came += row.came
        if row.state in TAKING:
            expected += row.seats
            still += row.seats if row.arrived_at is None else 0
            standing += max(0, row.came - row.seats)
        elif row.state == "standing":
            standing += row.came
        elif row.state == "waiting":
            at_door += row.came
    return Counts(expected, came, still, standing, at_door)


def newest(rows: Iterable[SignUp]) -> list[SignUp]:
    """The arrivals written down last, whichever desk wrote them."""
    here = [row for row in rows if row.arrival_recorded_at is not None]
    return sorted(here, key=lambda row: (row.arrival_recorded_at, row.id), reverse=True)[:NEWEST]
