"""Every SELECT of the room, and the links that stand for a subscriber."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select

from app import consent
from app.consent import Consent, Wording
from app.db import db
from app.invitations import rules
from app.invitations.models import FORGOTTEN, STATES, Reply, Subscriber
from app.meetings.models import Meeting, SignUp
from app.outbox.models import Message
from app.text import fold

PURPOSE = "invitations"  # of the consent
MISSED = "missed"  # kind of the letter to whose chair stayed empty
INVITATION = "invitation"  # kind of the letter; its version is the meeting's number
CHANGE = f"{INVITATION}:"  # begins the kind of a letter that says what became of it: "invitation:3" of the third change
LEAVES = ("waiting", "sending", "handing", "sent", "in_doubt")  # states of letters that left, or will
ASKED_FOR = ("confirm", "known")  # kinds of letters that anybody can have sent to any address


def wording() -> Wording:
    """The words of consent in force."""
    return consent.wording(PURPOSE)


def about() -> ColumnElement[str]:
    """ "subscriber:5", in a statement."""
    return literal("subscriber:") + cast(Subscriber.id, String)


# -- links


def token(subscriber: Subscriber) -> str:
    """What a letter's links carry: good for this subscriber only, until the links are renewed."""
    return str(_links().dumps([subscriber.id, subscriber.version]))


def of_token(token: str) -> Subscriber | None:
    """Whose link this is, or None when it is forged or was renewed."""
    number, version = _read(token)
    subscriber = db.session.get(Subscriber, number)
    return subscriber if subscriber is not None and subscriber.version == version else None


def of_any_token(token: str) -> Subscriber | None:
    """The same for leaving: every letter's link ends the subscription for ever, renewed or not."""
    return db.session.get(Subscriber, _read(token)[0])


def _read(token: str) -> tuple[int, int]:
    try:
        number, version = _links().loads(token)
    except BadData:
        return 0, 0
    return int(number), int(version)


def _links() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="subscriber-link")


# -- subscribers


def by_number(number: int) -> Subscriber | None:
    return db.session.get(Subscriber, number)


def locked(number: int) -> Subscriber | None:
    """As it is now, held until the transaction ends."""
    chosen = select(Subscriber).where(Subscriber.id == number)
    return db.session.scalar(chosen.with_for_update().execution_options(populate_existing=True))


def locked_by_email(email: str) -> Subscriber | None:
    chosen = select(Subscriber).where(Subscriber.email == email)
    return db.session.scalar(chosen.with_for_update().execution_options(populate_existing=True))


def counts() -> Counter[str]:
    """State -> how many."""
    columns = [func.count().filter(Subscriber.state == state).label(state) for state in STATES]
    return Counter(db.session.execute(select(*columns).where(_known_still())).one()._asdict())


def found(search: str, state: str, page: int, size: int) -> Sequence[Subscriber]:
    """One page of those whose names, phones, addresses and tax codes hold these words, youngest first; one more than a page
    says that there is another."""
    rows = select(Subscriber).where(_known_still()).order_by(Subscriber.id.desc()).limit(size + 1).offset((page - 1) * size)
    if state:
        rows = rows.where(Subscriber.state == state)
    for word in fold(search).split():
        rows = rows.where(Subscriber.search_key.contains(word, autoescape=True))
    return db.session.scalars(rows).all()


def everybody() -> Sequence[tuple[Subscriber, Consent | None]]:
    """For the export: each with the live consent."""
    live = (Consent.about == about()) & (Consent.purpose == PURPOSE) & Consent.withdrawn_at.is_(None)
    rows = db.session.execute(select(Subscriber, Consent).outerjoin(Consent, live).where(_known_still()).order_by(Subscriber.id))
    return [(row, given) for row, given in rows]


def _known_still() -> ColumnElement[bool]:
    """Not one whose time was over, and of whom only the number is left."""
    return ~Subscriber.email.startswith(FORGOTTEN)


def letters_since(subscriber: Subscriber, moment: datetime) -> Sequence[datetime]:
    """When letters that somebody asked for at the form were written."""
    own = (Message.about == subscriber.about, Message.kind.in_(ASKED_FOR), Message.written_at > moment)
    return db.session.scalars(select(Message.written_at).where(*own)).all()


# -- invitations


def inviting(now: datetime) -> list[Meeting]:
    """Meetings whose invitations leave now."""
    coming = select(Meeting).where(Meeting.state == "open", Meeting.starts_at > now, Meeting.starts_at <= now + rules.AHEAD)
    return [meeting for meeting in db.session.scalars(coming.order_by(Meeting.starts_at)) if rules.inviting(meeting, now)]


def uninvited(meeting: Meeting, held: bool = False) -> list[Subscriber]:
    """Who agreed, wants this meeting, and has neither its letter nor an answer nor a place (nor gave one up).

    `held`: until the transaction ends nobody of them can leave.
    """
    invited = exists().where(
        Message.about == about(), Message.kind == INVITATION, Message.version == meeting.id, Message.state != "withdrawn"
    )
    answered = exists().where(Reply.subscriber_id == Subscriber.id, Reply.meeting_id == meeting.id)
    open_ones = (Subscriber.state == "active", consent.holds(about(), PURPOSE), ~invited, ~answered)
    chosen = select(Subscriber).where(*open_ones).order_by(Subscriber.id)
    rows = db.session.scalars(chosen.with_for_update(of=Subscriber) if held else chosen).all()
    known = _known(meeting.id) if rows else set()
    return [row for row in rows if rules.concerns(row.fields, meeting.fields) and not {row.phone, row.email} & known]


def changed(now: datetime) -> Sequence[Meeting]:
    """Meetings ahead that people must have been told of anew: moved, or cancelled."""
    ahead = (Meeting.state.in_(("open", "cancelled")), Meeting.starts_at > now, Meeting.sequence > 0)
    return db.session.scalars(select(Meeting).where(*ahead).order_by(Meeting.starts_at)).all()


def outdated(meeting: Meeting, held: bool = False) -> list[tuple[Subscriber, dict[str, Any]]]:
    """Whose invitation left and says what is no longer so, with the facts they were last told; who answered or signed up is
    told as such. `held` as above."""
    told = and_(Message.about == about(), Message.version == meeting.id, Message.state.in_(LEAVES))
    told = and_(told, or_(Message.kind == INVITATION, Message.kind.startswith(CHANGE)))
    answered = exists().where(Reply.subscriber_id == Subscriber.id, Reply.meeting_id == meeting.id)
    chosen = select(Subscriber, Message.facts).join(Message, told).order_by(Subscriber.id, Message.id)
    chosen = chosen.where(Subscriber.state == "active", consent.holds(about(), PURPOSE), ~answered)
    last: dict[int, tuple[Subscriber, dict[str, Any]]] = {}
    for row, facts in db.session.execute(chosen.with_for_update(of=Subscriber) if held else chosen):
        last[row.id] = (row, facts)
    known = _known(meeting.id) if last else set()
    return [
        (row, facts)
        for row, facts in last.values()
        if facts.get("sequence", meeting.sequence) < meeting.sequence and not {row.phone, row.email} & known
    ]


def _known(meeting_id: int) -> set[str]:
    """Phones and addresses that signed up for a meeting."""
    rows = db.session.execute(select(SignUp.phone, func.lower(SignUp.email)).where(SignUp.meeting_id == meeting_id))
    return {word for row in rows for word in row if word}


def reach(fields: Collection[str]) -> int:
    """How many active subscribers a meeting in these fields is for."""
    rows = db.session.scalars(select(Subscriber.fields).where(Subscriber.state == "active"))
    return sum(rules.concerns(own, fields) for own in rows)


# -- replies


def seat_of(subscriber: Subscriber, meeting_id: int) -> SignUp | None:
    """The place of the person whose mailbox this is: by the address, which the link proves; a phone proves nothing here."""
    mine = (SignUp.meeting_id == meeting_id, func.lower(SignUp.email) == subscriber.email, SignUp.state != "given_up")
    return db.session.scalar(select(SignUp).where(*mine).order_by(SignUp.id).limit(1))


def reply_of(subscriber_id: int, meeting_id: int) -> Reply | None:
    return db.session.scalar(select(Reply).where(Reply.subscriber_id == subscriber_id, Reply.meeting_id == meeting_id))


def missed_of(sign_up_id: int) -> Reply | None:
    return db.session.scalar(select(Reply).where(Reply.sign_up_id == sign_up_id))


def absent(meeting_id: int, sign_up_ids: Collection[int]) -> Sequence[SignUp]:
    """Of these places those that stayed empty, and whom a letter reaches."""
    seated = (SignUp.meeting_id == meeting_id, SignUp.state == "seated", SignUp.arrived_at.is_(None), SignUp.email != "")
    return db.session.scalars(select(SignUp).where(*seated, SignUp.id.in_(list(sign_up_ids))).order_by(SignUp.id)).all()


def unasked(since: datetime) -> dict[int, list[int]]:
    """Meeting -> its places that stayed empty, where the list of who came was closed since then, without a letter yet."""
    about = literal("seat:") + cast(SignUp.id, String)
    asked = exists().where(Message.about == about, Message.kind == MISSED)
    rows = db.session.execute(
        select(SignUp.meeting_id, SignUp.id)
        .join(Meeting, Meeting.id == SignUp.meeting_id)
        .where(Meeting.state == "open", Meeting.attendance_closed_at > since)
        .where(SignUp.state == "seated", SignUp.arrived_at.is_(None), SignUp.email != "", ~asked)
        .order_by(SignUp.meeting_id, SignUp.id)
    )
    found: dict[int, list[int]] = {}
    for meeting_id, number in rows:
        found.setdefault(meeting_id, []).append(number)
    return found


def why_not(meeting_ids: Collection[int]) -> rules.WhyNot:
    """Why invited people and people with a seat did not come to these meetings, as it may be shown."""
    given = (Reply.meeting_id.in_(list(meeting_ids)), Reply.why != "")
    rows = db.session.execute(select(Reply.why, func.count().label("times")).where(*given).group_by(Reply.why))
    return rules.told({row.why: row.times for row in rows})


# -- reserved seats


def reservations(meeting_id: int) -> Sequence[SignUp]:
    """Every seat that was kept for an invited business, whatever became of it."""
    kept = (SignUp.meeting_id == meeting_id, SignUp.reserved_until.is_not(None))
    return db.session.scalars(select(SignUp).where(*kept).order_by(SignUp.search_key)).all()


# -- for the selfcheck


def without_consent() -> list[str]:
    """Active subscribers that no consent stands for."""
    rows = select(Subscriber.id).where(Subscriber.state == "active", ~consent.holds(about(), PURPOSE)).order_by(Subscriber.id)
    return [f"subscriber:{number}" for number in db.session.scalars(rows)]


def invited_without_consent() -> list[str]:
    """Invitations that leave, or left, to somebody who had not agreed or had taken it back by then."""
    left = Message.handed_at
    agreed = exists().where(
        Consent.about == Message.about,
        Consent.purpose == PURPOSE,
        or_(left.is_(None), Consent.given_at <= left),
        or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at >= left),
    )
    written = or_(Message.kind == INVITATION, Message.kind.startswith(CHANGE))
    rows = select(Message.id).where(written, Message.state.in_(LEAVES), ~agreed).order_by(Message.id)
    return [f"message:{number}" for number in db.session.scalars(rows)]
