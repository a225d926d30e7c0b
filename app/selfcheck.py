"""The roof: does the live database keep what the product promises?

Each check is one statement (those that need a rule of a room ask for candidates first), so that acts going on meanwhile do
not disturb it, and set-based, so that it stays quick on a long history. It returns the names of what breaks the promise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger, ColumnElement, Select, String, and_, cast, exists, extract, func, literal, not_, or_, select

from app import channels, clock, sms
from app import selfcheck_dossiers as of_dossiers
from app import selfcheck_meetings as of_meetings
from app.appointments import messages, rules
from app.appointments.models import Appointment, Claim, Hold
from app.audit import Audit
from app.db import db
from app.invitations import queries as invitations
from app.meetings import rules as meeting_rules
from app.meetings.models import Meeting, SignUp
from app.offices.models import CatalogueVersion, Counter, Service
from app.outbox import queries as outbox
from app.outbox import rules as outbox_rules
from app.outbox.models import Message
from app.questions import queries as questions
from app.selfcheck_meetings import STUCK, Names, named

HELD_UP = timedelta(minutes=15)  # a message waiting longer than this past its time needs a reason
SHOWN = 5
# Acts that write a seat's reminders anew.
TOLD = ("signed_up", "promoted", "seats_changed", "contact_changed", "accepted", "moved")


@dataclass(frozen=True)
class Check:
    """A promise in words, and what finds the rows that break it."""

    says: str
    broken: Callable[[], Names]


@dataclass(frozen=True)
class Result:
    says: str
    broken: Names

    @property
    def line(self) -> str:
        if not self.broken:
            return f"ok      {self.says}"
        more = ", …" if len(self.broken) > SHOWN else ""
        return f"BROKEN  {self.says}: {len(self.broken)}, first: {', '.join(self.broken[:SHOWN])}{more}"


def run() -> list[Result]:
    """Every promise, in order. Reads only."""
    return [Result(check.says, check.broken()) for check in CHECKS]


# -- counters ---------------------------------------------------------------------------------------------------------


def _ticks() -> Names:
    """Who is expected or here has exactly the ticks of the visit; who has been may have kept them, but no others."""
    has = select(
        Claim.appointment_id, func.count().label("count"),
        func.min(Claim.tick).label("first"), func.max(Claim.tick).label("last"),
        func.min(Claim.counter_id).label("least"), func.max(Claim.counter_id).label("most"),
    ).where(Claim.appointment_id.is_not(None)).group_by(Claim.appointment_id).subquery()  # fmt: skip
    first = cast(extract("epoch", Appointment.starts_at), BigInteger) // (60 * rules.TICK)
    length = Appointment.minutes // rules.TICK
    # The key (counter, tick) makes ticks distinct: as many as needed, between the right ends, are the right ones.
    whole = and_(
        has.c.count == length, has.c.first == first, has.c.last == first + length - 1,
        has.c.least == Appointment.counter_id, has.c.most == Appointment.counter_id,
    )  # fmt: skip
    expected = Appointment.state.in_(("booked", "arrived"))
    wrong = or_(and_(expected, has.c.count.is_(None)), and_(Appointment.state != "cancelled", not_(whole)))
    joined = select(Appointment.id).outerjoin(has, has.c.appointment_id == Appointment.id)
    return named("appointment", joined.where(wrong).order_by(Appointment.id))


def _cancelled_claims() -> Names:
    mine = select(Claim.appointment_id).join(Appointment, Claim.appointment_id == Appointment.id)
    return named("appointment", mine.where(Appointment.state == "cancelled").distinct().order_by(Claim.appointment_id))


def _ownerless() -> Names:
    """A claim belongs to an appointment, or to a hold that was not booked and ends with it."""
    rows = db.session.execute(
        select(Claim.counter_id, Claim.tick)
        .outerjoin(Appointment, Claim.appointment_id == Appointment.id)
        .outerjoin(Hold, Claim.hold_id == Hold.id)
        .where(or_(and_(Appointment.id.is_(None), Hold.id.is_(None)), Hold.appointment_id.is_not(None), _ends_elsewhere()))
        .order_by(Claim.counter_id, Claim.tick)
    )
    return [f"claim:{counter_id}/{tick}" for counter_id, tick in rows]


def _ends_elsewhere() -> ColumnElement[bool]:
    return and_(Claim.hold_id.is_not(None), Claim.expires_at != Hold.expires_at)


def _services() -> Names:
    """Of visits still to come: past ones may be older than the counter's present services."""
    served = and_(Service.counter_id == Appointment.counter_id, Service.procedure_id == Appointment.procedure_id)
    coming = and_(Appointment.state == "booked", Appointment.starts_at > clock.now())
    wrong = or_(Service.counter_id.is_(None), Counter.office_id != Appointment.office_id, Counter.active.is_(False))
    joined = select(Appointment.id).join(Counter, Counter.id == Appointment.counter_id).outerjoin(Service, served)
    return named("appointment", joined.where(coming, wrong).order_by(Appointment.id))


def _version() -> Names:
    count = db.session.scalar(select(func.count()).select_from(CatalogueVersion))
    return [] if count == 1 else ["catalogue_version"]


# -- messages ---------------------------------------------------------------------------------------------------------


def _appointment() -> ColumnElement[str]:
    return literal("appointment:") + cast(Appointment.id, String)


def _seat() -> ColumnElement[str]:
    return literal("seat:") + cast(SignUp.id, String)


def _letters() -> Names:
    """Who left an e-mail address was told how things stand now: a letter of the present version was written."""
    told = not_(Message.kind.startswith("reminder"))
    own = and_(Message.about == _appointment(), Message.version == Appointment.sequence, told)
    booked = select(Appointment.id).outerjoin(Message, own).where(Appointment.email != "", Message.id.is_(None))
    # Who gave up is told that once, whatever becomes of the meeting; who let an invitation lapse was told when it would.
    now = and_(Message.version == SignUp.sequence + Meeting.sequence, told)
    seat = and_(Message.about == _seat(), or_(now, and_(SignUp.state == "given_up", Message.kind == "given_up")))
    lapsed = and_(SignUp.state == "given_up", SignUp.reserved_until.is_not(None), SignUp.seated_at.is_(None))
    concerned = and_(SignUp.state.in_(("seated", "waiting", "given_up")), not_(lapsed))
    seats = select(SignUp.id).join(SignUp.meeting).outerjoin(Message, seat).where(SignUp.email != "", Message.id.is_(None))
    return [
        *named("appointment", booked.order_by(Appointment.id)),
        *named("seat", seats.where(concerned).order_by(SignUp.id)),
    ]


def _useless(now: datetime) -> ColumnElement[bool]:
    return and_(Message.useful_until.is_not(None), Message.useful_until <= now)


def _reminders() -> Names:
    """Whoever is still expected has the reminders that the room's rule gives; one withdrawn counts only past its use."""
    now, found = clock.now(), []
    for kind in ("reminder_day_before", "reminder_same_day"):
        rows = db.session.execute(_without(kind, now))
        found += [f"appointment:{row.id}" for row in rows if kind in messages.moments(_as_appointment(row))]
    return [*dict.fromkeys(found), *_seat_reminders(now)]


def _without(kind: str, now: datetime) -> Select[int, datetime, datetime]:
    """Expected visits without this reminder. Without an e-mail address only the first is certain: somebody calls."""
    stands = or_(Message.state != "withdrawn", _useless(now))
    own = and_(Message.about == _appointment(), Message.version == Appointment.sequence, Message.kind == kind, stands)
    rows = select(Appointment.id, Appointment.starts_at, Appointment.told_at).outerjoin(Message, own)
    rows = rows.where(Appointment.state == "booked", Appointment.starts_at > now, Message.id.is_(None)).order_by(Appointment.id)
    return rows if kind == "reminder_day_before" else rows.where(Appointment.email != "")


def _as_appointment(row: Any) -> Appointment:
    return Appointment(starts_at=row.starts_at, told_at=row.told_at)


def _seat_reminders(now: datetime) -> Names:
    """The trail knows when a seat was last told: its reminders were reckoned from then."""
    told = select(Audit.about, func.max(Audit.at).label("at")).where(Audit.act.in_(TOLD)).group_by(Audit.about).subquery()
    ahead = and_(SignUp.state == "seated", Meeting.state == "open", Meeting.starts_at > now)
    found = []
    for kind in meeting_rules.REMINDER_DAYS:
        stands = and_(Message.kind == kind, or_(Message.state != "withdrawn", _useless(now)))
        own = and_(Message.about == _seat(), Message.version == SignUp.sequence + Meeting.sequence, stands)
        rows = select(SignUp.id, Meeting.starts_at, told.c.at).join(SignUp.meeting).join(told, told.c.about == _seat())
        rows = rows.outerjoin(Message, own).where(ahead, Message.id.is_(None)).order_by(SignUp.id)
        for row in db.session.execute(rows if kind == "reminder_day" else rows.where(SignUp.email != "")):
            if kind in meeting_rules.reminders(row.starts_at, row.at):
                found.append(f"seat:{row.id}")
    return list(dict.fromkeys(found))


def _held_up() -> Names:
    """Reasons that excuse: no way out is configured, or the hours in which nothing is sent (they may have ended just now)."""
    now = clock.now()
    hours = outbox_rules.sending_hours(current_app.config["SENDING_HOURS"])
    polite = all(outbox_rules.is_polite(moment, hours) for moment in (now, now - HELD_UP))
    ways = [way for way, open_ in (("email", channels.mail.configured()), ("sms", sms.configured())) if open_]
    waiting = and_(Message.state == "waiting", Message.channel.in_(ways), Message.due_at <= now - HELD_UP, outbox.useful(now))
    rows = select(Message.id).where(waiting).order_by(Message.due_at)
    return named("message", rows if polite else rows.where(Message.polite.is_(False)))


def _stuck() -> Names:
    over = or_(Message.lease_until.is_(None), Message.lease_until <= clock.now() - STUCK)
    in_hand = Message.state.in_(("sending", "handing"))
    return named("message", select(Message.id).where(in_hand, over).order_by(Message.id))


def _questions(found: Sequence[int]) -> Names:
    return [f"question:{number}" for number in found]


# -- the trail --------------------------------------------------------------------------------------------------------


def _trail() -> Names:
    """Of every appointment its booking and the act that led to its present state, of every seat its sign-up and arrival."""
    lacking = or_(not_(_recorded(_appointment(), "booked")), not_(_recorded(_appointment(), Appointment.state)))
    begun = or_(_recorded(_seat(), "signed_up"), _recorded(_seat(), "reserved"))
    came = and_(SignUp.arrived_at.is_not(None), SignUp.sample.is_(False))
    unsigned = or_(not_(begun), and_(came, not_(_recorded(_seat(), "arrived"))))
    return [
        *named("appointment", select(Appointment.id).where(lacking).order_by(Appointment.id)),
        *named("seat", select(SignUp.id).where(unsigned).order_by(SignUp.id)),
    ]


def _recorded(about: ColumnElement[str], act: Any) -> ColumnElement[bool]:
    return exists().where(Audit.about == about, Audit.act == act)


CHECKS = (
    Check("every appointment has exactly its ticks at its counter", _ticks),
    Check("no cancelled appointment keeps a claim", _cancelled_claims),
    Check("every claim has an owner, and a hold's claims end with it", _ownerless),
    Check("every coming appointment is at a counter of its office that serves its procedure", _services),
    Check("the catalogue has its version", _version),
    Check("no meeting is oversold: seats taken are the seats of the seated", of_meetings.oversold),
    Check("numbers of the waiting line are unique and known", of_meetings.lines),
    Check("nobody waits in line while their seats are free", of_meetings.head_waits),
    Check("no seat is kept for an invitation past its time", of_meetings.reserved),
    Check("whoever came did so after signing up and before the end, and it was entered afterwards", of_meetings.arrivals),
    Check("every asker knows the minute of their question in a published programme", of_meetings.item_times),
    Check("every promise has its beginning in its history", of_meetings.begun_in_history),
    Check("what a promise says now is what its history adds up to", of_meetings.discord),
    Check("no question for the leader alone, and none taken back, is shown", lambda: _questions(questions.wrongly_shown())),
    Check("a merged question ends in one that stands by itself", lambda: _questions(questions.wrongly_merged())),
    Check("every question has its trail", lambda: _questions(questions.without_trail())),
    Check("every promise of published minutes is in the ledger", of_meetings.unkept_lines),
    Check("published minutes conclude their meeting, and no draft is older than they are", of_meetings.minutes_out_of_step),
    Check("what a dossier says now is what its history adds up to", of_dossiers.discord),
    Check("nothing is recorded before it happens", of_dossiers.recorded_before),
    Check("whoever left an address was told that their dossier is here, and when it is ready", of_dossiers.untold),
    Check("every dossier has its trail", of_dossiers.without_trail),
    Check("a code stands by its last finding, and what was in time has its day", of_dossiers.stale_findings),
    Check("everybody with an e-mail address was written how things stand", _letters),
    Check("everybody expected has their reminders", _reminders),
    Check("no message is held up without a reason", _held_up),
    Check("no message is stuck on its way out", _stuck),
    Check("every appointment and seat has its trail", _trail),
    Check("every active subscriber agreed, and has not taken it back", invitations.without_consent),
    Check("no invitation leaves without a consent that holds", invitations.invited_without_consent),
)
