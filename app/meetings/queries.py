"""Every SELECT of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app import clock
from app.db import db
from app.meetings.channel_models import InviteChannel
from app.meetings.models import TAKING, AgendaItem, FormerDay, Meeting, Question, Series, SignUp
from app.text import fold

OVERVIEW_PAST = 12  # past meetings on the staff list
CONCERNED = (*TAKING, "waiting")  # who must hear of a change


@dataclass(frozen=True, slots=True)
class Figures:
    """A meeting with what is counted about it."""

    meeting: Meeting
    firms: int  # seated businesses
    waiting: int  # people in the waiting line
    questions: int
    unanswered: int = 0  # items of the programme with a question that has no answer yet


def count(condition: object, what: object = None) -> ScalarSelect[int]:
    counted = func.count() if what is None else func.coalesce(func.sum(what), 0)  # type: ignore[arg-type]
    return select(counted).where(condition).scalar_subquery()  # type: ignore[arg-type]


def with_figures() -> Select[Meeting, int, int, int]:
    """Counts ride along as subqueries: a page needs one query for its meeting."""
    mine = SignUp.meeting_id == Meeting.id
    return select(
        Meeting,
        count(mine & (SignUp.state == "seated")),
        count(mine & (SignUp.state == "waiting"), SignUp.seats),
        count((Question.meeting_id == Meeting.id) & live()),
    )


def live() -> ColumnElement[bool]:
    """Questions that stand by themselves: not withdrawn, not part of another."""
    return Question.withdrawn_at.is_(None) & Question.merged_into_id.is_(None)


def to_be_heard() -> ColumnElement[bool]:
    """Questions that still need their time: those that stand by themselves and have not been settled beforehand."""
    return and_(live(), Question.settled_at.is_(None))


def upcoming(now: datetime | None = None) -> Figures | None:
    """The next published meeting that is not over, for the front page. One query."""
    now = now or clock.now()
    row = db.session.execute(
        with_figures().where(Meeting.state == "open", Meeting.ends_at > now).order_by(Meeting.starts_at).limit(1)
    ).first()
    return Figures(*row) if row else None


def of_day(day: date) -> Figures | None:
    row = db.session.execute(with_figures().where(Meeting.day == day)).first()
    return Figures(*row) if row else None


def of_former_day(day: date) -> Figures | None:
    """The meeting once announced for a day on which there is none now: it was moved, or its rule's day was no good."""
    left, live = select(FormerDay.meeting_id).where(FormerDay.day == day).scalar_subquery(), aliased(Meeting)
    once = or_(Meeting.id == left, Meeting.rule_day == day)
    free = ~select(live.id).where(live.day == day).exists()
    last = case((Meeting.id == left, 0), else_=1)
    row = db.session.execute(with_figures().where(once, free).order_by(last, Meeting.id).limit(1)).first()
    return Figures(*row) if row else None


def following(day: date, now: datetime, most: int) -> Sequence[Meeting]:
    """The next meetings other than the one of this day, proposed ones (whose month is said, not their day) among them."""
    return db.session.scalars(select(Meeting).where(_after(day, now)).order_by(Meeting.starts_at).limit(2 * most)).all()


def of_day_and_following(day: date, now: datetime, most: int) -> tuple[Figures | None, Sequence[Meeting]]:
    """`of_day` and `following` in one query, for the page that most people open."""
    both = with_figures().where(or_(Meeting.day == day, _after(day, now))).order_by(Meeting.day, Meeting.starts_at)
    found = [Figures(*row) for row in db.session.execute(both.limit(1 + 2 * most))]
    here = found[0] if found and found[0].meeting.day == day else None
    return here, [one.meeting for one in found if one is not here][: 2 * most]


def _after(day: date, now: datetime) -> ColumnElement[bool]:
    return and_(Meeting.state != "cancelled", Meeting.starts_at > now, Meeting.day > day)


def published(since: datetime) -> Sequence[Meeting]:
    """What the calendar feed tells: open and cancelled meetings, in order."""
    shown = Meeting.state.in_(["open", "cancelled"])
    return db.session.scalars(select(Meeting).where(shown, Meeting.starts_at > since).order_by(Meeting.starts_at)).all()


def overview(now: datetime) -> tuple[Sequence[Figures], Sequence[Figures]]:
    """For officers: meetings to come, soonest first, and the last ones held, youngest first."""
    open_ = and_(Question.meeting_id == Meeting.id, to_be_heard(), Question.answered_at.is_(None))
    unanswered = select(func.count(Question.agenda_item_id.distinct())).where(open_).scalar_subquery()
    coming = db.session.execute(with_figures().add_columns(unanswered).where(Meeting.ends_at > now).order_by(Meeting.starts_at))
    past = db.session.execute(
        with_figures().where(Meeting.ends_at <= now).order_by(Meeting.starts_at.desc()).limit(OVERVIEW_PAST)
    )
    return [Figures(*row) for row in coming], [Figures(*row) for row in past]


def active_series() -> Sequence[Series]:
    """Held until the transaction ends: nobody changes their rule while meetings are made by it."""
    return db.session.scalars(select(Series).where(Series.active).order_by(Series.id).with_for_update()).all()


def rule_days(series_id: int, since: date) -> set[date]:
    """The rule's days that already have their meeting."""
    return set(db.session.scalars(select(Meeting.rule_day).where(Meeting.series_id == series_id, Meeting.rule_day >= since)))


def taken_days(since: date) -> set[date]:
    return set(db.session.scalars(select(Meeting.day).where(Meeting.day >= since)))


def locked(meeting_id: int) -> Meeting | None:
    """The meeting as it is now, its row held until the transaction ends (on SQLite the transaction holds everything)."""
    return db.session.scalar(
        select(Meeting).where(Meeting.id == meeting_id).with_for_update(of=Meeting).execution_options(populate_existing=True)
    )


# -- sign-ups


def by_code(code: str) -> SignUp | None:
    return db.session.scalar(select(SignUp).where(SignUp.code == code).options(joinedload(SignUp.meeting)))


def of_phone(meeting_id: int, phone: str) -> SignUp | None:
    """This phone's place at this meeting, seated or waiting."""
    if not phone:
        return None
    mine = (SignUp.meeting_id == meeting_id, SignUp.phone == phone, SignUp.state != "given_up")
    return db.session.scalar(select(SignUp).where(*mine))


def channel(slug: str) -> InviteChannel | None:
    """The invitation link of this name, put away or not: posters hang longer than plans."""
    return db.session.scalar(select(InviteChannel).where(InviteChannel.slug == slug)) if slug else None


def of_request(meeting_id: int, request_key: str) -> SignUp | None:
    """The place that this very form made."""
    if not request_key:
        return None
    mine = (SignUp.meeting_id == meeting_id, SignUp.request_key == request_key, SignUp.state != "given_up")
    return db.session.scalar(select(SignUp).where(*mine))


def line(meeting_id: int) -> Sequence[SignUp]:
    """The waiting line, head first."""
    waits = (SignUp.meeting_id == meeting_id, SignUp.state == "waiting")
    return db.session.scalars(select(SignUp).where(*waits).order_by(SignUp.line)).all()


def waiting(meeting_id: int) -> int:
    """How many businesses wait in line."""
    waits = (SignUp.meeting_id == meeting_id, SignUp.state == "waiting")
    return db.session.scalar(select(func.count()).select_from(SignUp).where(*waits)) or 0


def ahead_of(sign_up: SignUp) -> int:
    """How many businesses stand before this one in the line."""
    before = (SignUp.meeting_id == sign_up.meeting_id, SignUp.state == "waiting", SignUp.line < sign_up.line)
    return db.session.scalar(select(func.count()).select_from(SignUp).where(*before)) or 0


def active(meeting_id: int) -> Sequence[SignUp]:
    """Businesses that hold, are offered or await a seat, in order of arrival: whoever must hear of a change."""
    mine = (SignUp.meeting_id == meeting_id, SignUp.state.in_(CONCERNED))
    return db.session.scalars(select(SignUp).where(*mine).order_by(SignUp.id)).all()


def present(meeting_id: int) -> Sequence[SignUp]:
    """Businesses that may be here: all but those that gave up, in order of arrival."""
    mine = (SignUp.meeting_id == meeting_id, SignUp.state != "given_up")
    return db.session.scalars(select(SignUp).where(*mine).order_by(SignUp.id)).all()


def registrations(meeting_id: int, search: str = "") -> Sequence[SignUp]:
    """Everybody who signed up, given up included; `search` finds names, contacts, tax codes, phones and codes without marks."""
    found = select(SignUp).where(SignUp.meeting_id == meeting_id).order_by(SignUp.id)
    for word in fold(search).split():
        found = found.where(SignUp.search_key.contains(word, autoescape=True))
    return db.session.scalars(found).all()


def with_lapsed_reservations(now: datetime) -> Sequence[int]:
    """Meetings that keep seats for invited businesses past the time to answer; of cancelled ones everybody was told."""
    lapsed = (SignUp.state == "reserved", SignUp.reserved_until <= now, Meeting.state == "open")
    return db.session.scalars(select(Meeting.id).join(SignUp).where(*lapsed).distinct().order_by(Meeting.id)).all()


def lapsed_reservations(meeting_id: int, now: datetime) -> Sequence[SignUp]:
    lapsed = (SignUp.meeting_id == meeting_id, SignUp.state == "reserved", SignUp.reserved_until <= now)
    return db.session.scalars(select(SignUp).where(*lapsed).order_by(SignUp.id)).all()


def attendance(meeting_id: int) -> Sequence[SignUp]:
    """Businesses with a seat, kept ones among them, by name, as the desk at the door looks them up."""
    taking = (SignUp.meeting_id == meeting_id, SignUp.state.in_(TAKING))
    return db.session.scalars(select(SignUp).where(*taking).order_by(SignUp.search_key)).all()


def absent(meeting_id: int) -> Sequence[SignUp]:
    """Who had a seat and did not come, once an officer has closed the list of who came; before that, nobody."""
    had = (SignUp.state == "seated") | SignUp.handed_on_at.is_not(None)
    missed = (SignUp.meeting_id == meeting_id, had, SignUp.state != "given_up", SignUp.arrived_at.is_(None))
    closed = Meeting.attendance_closed_at.is_not(None)
    return db.session.scalars(select(SignUp).join(SignUp.meeting).where(*missed, closed).order_by(SignUp.id)).all()


def oversold() -> Sequence[int]:
    """Meetings whose seats don't add up; none, unless somebody wrote past the house."""
    taking = count((SignUp.meeting_id == Meeting.id) & SignUp.state.in_(TAKING), SignUp.seats)
    wrong = (Meeting.taken != taking) | (Meeting.taken > Meeting.capacity)
    return db.session.scalars(select(Meeting.id).where(wrong).order_by(Meeting.id)).all()


# -- agenda


def off() -> ColumnElement[bool]:
    """An item all of whose questions were settled or withdrawn before the meeting began is out of the programme, and back in
    it when one of them is not: computed, so that nothing has to be put back. To be asked where Meeting stands beside it."""
    own = and_(Question.agenda_item_id == AgendaItem.id, Question.merged_into_id.is_(None))
    settled = and_(Question.settled_at.is_not(None), Question.settled_at < Meeting.starts_at)
    withdrawn = and_(Question.withdrawn_at.is_not(None), Question.withdrawn_at < Meeting.starts_at)
    return and_(exists().where(own), not_(exists().where(own, not_(or_(settled, withdrawn)))))


def _items(meeting_id: int) -> Select[AgendaItem]:
    mine = select(AgendaItem).join(Meeting, Meeting.id == AgendaItem.meeting_id).where(AgendaItem.meeting_id == meeting_id)
    return mine.order_by(AgendaItem.position, AgendaItem.id)


def items(meeting_id: int) -> Sequence[AgendaItem]:
    """The programme in order, with units."""
    return db.session.scalars(_items(meeting_id).where(not_(off()))).all()


def all_items(meeting_id: int) -> Sequence[AgendaItem]:
    """Those out of the programme among them."""
    return db.session.scalars(_items(meeting_id)).all()


def item(item_id: int) -> AgendaItem | None:
    return db.session.get(AgendaItem, item_id)


def items_with_counts(meeting_id: int) -> Sequence[tuple[AgendaItem, int]]:
    """The programme in order with the number of questions sorted under each item. One query."""
    asked = count((Question.agenda_item_id == AgendaItem.id) & to_be_heard())
    rows = db.session.execute(_items(meeting_id).add_columns(asked).where(not_(off())))
    return [(item, number) for item, number in rows]


def questions(meeting_id: int) -> Sequence[Question]:
    """All questions of a meeting with who asked, oldest first."""
    return db.session.scalars(
        select(Question)
        .where(Question.meeting_id == meeting_id)
        .outerjoin(Question.sign_up)
        .options(contains_eager(Question.sign_up))
        .order_by(Question.id)
    ).all()


def public() -> ColumnElement[bool]:
    """openness.public, in SQL."""
    return Question.shown_at.is_not(None) & live() & (Question.openness != "private")


def shown(meeting_id: int) -> Sequence[Question]:
    """The questions anybody may read, oldest first."""
    return db.session.scalars(select(Question).where(Question.meeting_id == meeting_id, public()).order_by(Question.id)).all()


def question(code: str) -> Question | None:
    return db.session.scalar(select(Question).where(Question.code == code))


def questions_of(sign_up_id: int) -> Sequence[Question]:
    return db.session.scalars(select(Question).where(Question.sign_up_id == sign_up_id).order_by(Question.id)).all()
