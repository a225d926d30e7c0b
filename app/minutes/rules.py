"""What minutes hold, who may read which part, what must stand in them before they are published. Pure functions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from app import clock, dates
from app.meetings import days, openness
from app.meetings.models import Meeting, Question
from app.minutes.models import MinuteItem, MinutePromise, Minutes
from app.promises.models import Promise
from app.refusal import Conflict, Refusal

BEGIN_AHEAD = timedelta(days=1)  # the frame can be made the day before
IN_ROOM = ""  # nobody's role: what the room and its papers may show
TEXT_LENGTH = 4000


class Overtaken(Conflict):
    """Somebody else saved the same item after this form was opened."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """A question an item dealt with; `outcome` is its own where it differs from the item's."""

    question: Question
    outcome: str = ""

    @property
    def name(self) -> str:
        """Who asked, where paper and public may say so."""
        return openness.name_in_room(self.question)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with the questions it dealt with and the promises made there."""

    item: MinuteItem
    questions: tuple[Dealt, ...] = ()
    promises: tuple[MinutePromise, ...] = ()

    @property
    def live(self) -> tuple[Dealt, ...]:
        return tuple(one for one in self.questions if one.question.live)

    @property
    def private(self) -> bool:
        """Deals with nothing but questions for the leader alone."""
        return bool(self.questions) and not any(openness.may_read(one.question, IN_ROOM) for one in self.questions)

    def outcome_of(self, dealt: Dealt) -> str:
        return dealt.outcome or self.item.outcome


# -- who may read what


def may_read_said(entry: Entry, role: str) -> bool:
    """What was said about private questions is as private as they are."""
    return not entry.private or all(openness.may_read(one.question, role) for one in entry.questions)


def may_write(entry: Entry, role: str) -> bool:
    """The secretaries write; of what is for the leader alone, the leader too."""
    return role in {"secretary", "admin"} or (role == "leader" and entry.private)


def from_private(line: MinutePromise) -> bool:
    """A promise that answers a question for the leader alone."""
    return (line.question is not None and not openness.may_read(line.question, IN_ROOM)) or (
        line.promise is not None and not line.promise.public
    )


def in_room(entries: Iterable[Entry]) -> list[Entry]:
    """For paper and screens in the room: nothing of private questions, and no opening or break of which nothing is told."""
    return [
        Entry(
            one.item,
            tuple(dealt for dealt in one.live if openness.may_read(dealt.question, IN_ROOM)),
            tuple(line for line in one.promises if not from_private(line)),
        )
        for one in entries
        if not one.private and _says_something(one)
    ]


def public(entries: Iterable[Entry]) -> list[Entry]:
    """For everybody: as in the room, and only the questions an officer has put on the public page."""
    return [
        Entry(one.item, tuple(dealt for dealt in one.questions if openness.public(dealt.question)), one.promises)
        for one in in_room(entries)
    ]


def _says_something(entry: Entry) -> bool:
    item = entry.item
    return item.kind == "business" or bool(item.said or item.outcome or entry.questions or entry.promises)


def overtaken(item: MinuteItem, revision: int, request_key: str) -> bool:
    """Did somebody else save after this form was opened? Its own second press is nobody else."""
    return item.revision != revision and not (request_key and item.request_key == request_key)


# -- when


def check_begin(meeting: Meeting, now: datetime) -> None:
    _check_held(meeting)
    if now < clock.midnight(meeting.day) - BEGIN_AHEAD:
        raise Refusal(_("Kỳ họp này chưa tới. Lập khung biên bản được từ hôm trước."))


def check_publish(meeting: Meeting, now: datetime) -> None:
    _check_held(meeting)
    if now < meeting.starts_at:
        raise Refusal(_("Kỳ họp chưa bắt đầu nên biên bản chưa công bố được."))


def _check_held(meeting: Meeting) -> None:
    if meeting.state != "open":
        raise Refusal(_("Kỳ họp này không diễn ra nên không có biên bản."))


# -- what must stand in them


@dataclass(frozen=True, slots=True)
class Problem:
    """What is missing, and in which item (None: in the whole)."""

    item_id: int | None
    sentence: str


def problems(entries: Sequence[Entry], meeting: Meeting, calendar: days.Calendar, today: date) -> list[Problem]:
    """What keeps a draft from being published, in the order of its items."""
    if not entries:
        return [Problem(None, _("Biên bản chưa có mục nào."))]
    return [Problem(entry.item.id, sentence) for entry in entries for sentence in _lacking(entry, meeting, calendar, today)]


def _lacking(entry: Entry, meeting: Meeting, calendar: days.Calendar, today: date) -> Iterator[str]:
    item = entry.item
    unsettled = not entry.live or any(not entry.outcome_of(one) for one in entry.live)
    if not item.outcome and unsettled and (item.kind == "business" or entry.live):
        yield _("Mục “%(title)s”: chọn kết quả.", title=item.title)
    if item.outcome == "beyond" and not item.forwarded_to:
        yield _("Mục “%(title)s”: ghi nơi đã chuyển.", title=item.title)
    for line in entry.promises:
        if line.promise is None:
            yield from _unready(line, meeting, calendar)
        elif line.put_off_to and (why := cannot_put_off(line.promise, line.put_off_to, calendar, today)):
            yield why


def _unready(line: MinutePromise, meeting: Meeting, calendar: days.Calendar) -> Iterator[str]:
    what = shortened(line.what)
    if line.unit_id is None:
        yield _("Lời hẹn “%(what)s”: chọn đơn vị.", what=what)
    if line.due_on is None:
        yield _("Lời hẹn “%(what)s”: chọn ngày.", what=what)
    elif why := bad_day(line.due_on, meeting.day, calendar):
        yield _("Lời hẹn “%(what)s”: %(why)s", what=what, why=why)


def bad_day(day: date, meeting_day: date, calendar: days.Calendar) -> str:
    """Why nothing can be promised for this day; empty when it can."""
    if day < meeting_day:
        return str(_("Ngày hẹn phải từ ngày họp %(day)s trở đi.", day=dates.day_short(meeting_day)))
    if calendar.is_off(day):
        return str(_("%(day)s không phải ngày làm việc.", day=dates.capitalize_first(dates.day(day))))
    return ""


def cannot_put_off(promise: Promise, day: date, calendar: days.Calendar, today: date) -> str:
    """Why the ledger can't have this later day; empty when it can."""
    if promise.done_on is not None or promise.withdrawn_on is not None:
        return str(_("Lời hẹn số %(number)s đã xong, không đổi ngày nữa.", number=promise.id))
    if promise.waiting_since is not None:
        return str(_("Lời hẹn số %(number)s đang chờ nơi khác: làm tiếp rồi mới lùi ngày.", number=promise.id))
    if day <= today:
        return str(_("Ngày mới của lời hẹn số %(number)s phải sau hôm nay.", number=promise.id))
    if day <= promise.due:
        due = dates.day_short(promise.due)
        return str(_("Lời hẹn số %(number)s đang hẹn %(day)s: chỉ lùi được sang ngày sau đó.", number=promise.id, day=due))
    return bad_day(day, promise.made_on, calendar)


def check_ready(found: Sequence[Problem]) -> None:
    if found:
        raise Refusal(found[0].sentence)


def shortened(text: str, most: int = 60) -> str:
    """Its beginning, whole words, for a sentence about it."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most + 1].rsplit(" ", 1)[0][:most] + "…"


# -- words


def answers_before(dealt: Iterable[Question], names: dict[int, str]) -> str:
    """The answers that were given before the meeting, a paragraph each: what an item's text begins with."""
    text = ""
    for question in dealt:
        if not question.answer:
            continue
        unit = names.get(question.answer_unit_id or 0, "")
        longer = f"{text}\n{unit + ': ' if unit else ''}{question.answer}".strip()
        if len(longer) > TEXT_LENGTH:
            break
        text = longer
    return text


def minutes_symbol(document_number: str) -> str:
    """Number and symbol of the minutes, from those of the notice: "12/TB-UBND" -> "…/BB-UBND"; its number is written by hand."""
    _number, slash, symbol = document_number.partition("/")
    return "/" + symbol.replace("TB", "BB", 1) if slash else "/BB"


def standing(promise: Promise, today: date) -> str:
    """withdrawn, done, done_late, waiting, late or open."""
    if promise.withdrawn_on is not None:
        return "withdrawn"
    if promise.done_on is not None:
        return "done_late" if promise.done_on > promise.due else "done"
    if promise.waiting_since is not None:
        return "waiting"
    return "late" if today > promise.due else "open"


def current(versions: Iterable[Minutes]) -> Minutes | None:
    """The version in force: the last final one."""
    return max((one for one in versions if one.final), key=lambda one: one.number, default=None)
