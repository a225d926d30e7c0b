"""Acts on subscriptions: ask, confirm, change, renew links, end. What agrees is a press in a letter, or a word to an officer."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, clock, consent
from app.db import transaction
from app.invitations import messages, queries, rules
from app.invitations.models import Subscriber
from app.outbox import actions as outbox
from app.refusal import Conflict, Refusal
from app.text import fold, national


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody wrote in the form, already cleaned."""

    name: str
    contact: str
    phone: str  # E.164
    email: str = ""
    kind: str = ""
    tax_code: str = ""
    fields: tuple[str, ...] = ()  # empty = every meeting
    locale: str = "vi"
    sample: bool = False


def subscribe(details: Details) -> None:
    """Writes to the address, which decides; says nothing about whether it was known.

    An address that is subscribed keeps its details: whoever types it here has shown no right to change them.
    """
    try:
        _subscribe(details)
    except IntegrityError:  # the same address at this very moment
        _subscribe(details)


def _subscribe(details: Details) -> None:
    with transaction() as session:
        row = _row_of(session, details)
        if row.state == "ended":
            row.state, row.ended_at, row.version = "pending", None, row.version + 1
        if row.state == "pending":
            _write(row, details)
            row.asked_at = clock.now()  # what nobody confirms is kept so long from the last asking
        session.flush()
        now = clock.now()
        if rules.may_write(queries.letters_since(row, now - rules.LETTERS[-1][0]), now):
            tell = messages.confirm if row.state == "pending" else messages.known
            tell(session, row)
        audit.record(session, "subscription_asked", row.about, None, {"state": row.state})


def confirm(number: int, wording: int, language: str) -> Subscriber:
    """The owner of the mailbox agrees to the words of this version; pressing twice is pressing once."""
    with transaction() as session:
        row = _known(number)
        if row.state == "active":
            return row
        if row.state == "ended":
            raise Conflict(_("Bạn đã thôi nhận thư mời. Muốn nhận lại thì đăng ký lại."))
        _agree(session, row, wording, "page", language)
        return row


def add(details: Details, channel: str, wording: int) -> Subscriber:
    """An officer writes down somebody who agreed at the counter or on the phone, after the words were read out."""
    try:
        return _add(details, channel, wording)
    except IntegrityError:
        return _add(details, channel, wording)


def _add(details: Details, channel: str, wording: int) -> Subscriber:
    with transaction() as session:
        row = _row_of(session, details)
        if row.state == "active":
            raise Refusal(_("Địa chỉ này đang nhận thư mời rồi."), "email")
        _write(row, details)
        row.ended_at = None
        session.flush()
        _agree(session, row, wording, channel, details.locale)
        return row


def change(number: int, details: Details) -> Subscriber:
    """Everything but the address, which is what the link proves."""
    with transaction() as session:
        row = _known(number)
        if row.state != "active":
            raise Conflict(_("Bạn đã thôi nhận thư mời. Muốn nhận lại thì đăng ký lại."))
        before = list(row.fields)
        _write(row, details)
        audit.record(session, "subscription_changed", row.about, {"fields": before}, {"fields": list(row.fields)})
        return row


def renew(number: int) -> Subscriber:
    """A letter fell into other hands: its links open nothing any more, and new ones go to the address."""
    with transaction() as session:
        row = _known(number)
        if row.state == "ended":
            raise Conflict(_("Người này đã thôi nhận thư mời."))
        row.version += 1
        outbox.withdraw(session, row.about)
        tell = messages.confirm if row.state == "pending" else messages.known
        tell(session, row)
        audit.record(session, "subscription_links_renewed", row.about)
        return row


def end(number: int, how: str) -> Subscriber:
    """No more letters: the consent is withdrawn and what has not left yet does not leave. Twice is once."""
    with transaction() as session:
        row = _known(number)
        if row.state == "ended":
            return row
        before, row.state, row.ended_at = row.state, "ended", clock.now()
        consent.withdraw(session, row.about, queries.PURPOSE, how)
        outbox.withdraw(session, row.about)
        audit.record(session, "subscription_ended", row.about, {"state": before}, {"state": "ended", "how": how})
        return row


# -- inside a transaction


def _known(number: int) -> Subscriber:
    row = queries.locked(number)
    if row is None:
        raise Refusal(_("Không có người nhận này."))
    return row


def _row_of(session: Session, details: Details) -> Subscriber:
    """The address's one row."""
    email = details.email.casefold()
    row = queries.locked_by_email(email)
    if row is None:
        row = Subscriber(email=email, state="pending", version=1, letters=0, asked_at=clock.now(), sample=details.sample)
        _write(row, details)
        session.add(row)
        session.flush()
    return row


def _write(row: Subscriber, details: Details) -> None:
    row.name, row.contact, row.phone, row.kind = details.name, details.contact, details.phone, details.kind
    row.tax_code, row.fields, row.locale = details.tax_code, list(details.fields), details.locale
    words = (row.name, row.contact, row.tax_code, national(row.phone), row.email)
    row.search_key = fold(" ".join(words))


def _agree(session: Session, row: Subscriber, wording: int, channel: str, language: str) -> None:
    rules.check_wording(wording, queries.wording().version)
    before, row.state, row.confirmed_at = row.state, "active", clock.now()
    consent.give(session, row.about, queries.PURPOSE, channel, language)
    session.flush()
    messages.welcome(session, row)
    audit.record(session, "subscribed", row.about, {"state": before}, {"state": "active", "channel": channel, "wording": wording})
