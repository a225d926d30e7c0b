"""Every write of the room. An answer leaves no line in the trail: the trail would keep its moment (see the room's docstring)."""

import secrets
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit, clock, survey
from app.db import insert, transaction
from app.feedback import queries, rules
from app.feedback.models import Answer, Kiosk
from app.refusal import Conflict
from app.survey import Event


def answer(event: Event, choice: str, words: str | None = None) -> None:
    """The event's one answer: given, or changed within 7 days. `words`: None leaves the sentence as it is. Twice is once.

    Raises Refusal when the event is too long ago, or the answer.
    """
    seal, today = queries.seal_of(event), clock.today()
    with transaction() as session:
        row = queries.locked(seal)
        if row is None:
            rules.check_open(event.day, today)
            facts = {"linked": True, "kiosk": False, "subject": event.subject, "office_id": event.office_id, "field": event.field}
            if _put(session, seal=seal, answered_on=today, answer=choice, words=words or "", **facts):
                return
            row = queries.locked(seal)  # another click was faster
            assert row is not None
        rules.check_change(row.answered_on, today)
        row.answer = choice
        row.words = row.words if words is None else words


def press(office_id: int, choice: str, once: str) -> None:
    """An answer at an office's screen. `once` is its page's number: the same page answers once."""
    seal = survey.digest("kiosk", once or secrets.token_hex(8))
    facts = {"linked": False, "kiosk": True, "subject": "visit", "office_id": office_id, "field": ""}
    with transaction() as session:
        _put(session, seal=seal, answered_on=clock.today(), answer=choice, words="", **facts)


def _put(session: Session, **values: Any) -> bool:
    """Unless it is there already; the primary key decides, whoever comes at the same moment."""
    written = insert(session, Answer).values(**values).on_conflict_do_nothing(index_elements=["seal"]).returning(Answer.seal)
    return session.scalar(written) is not None


def turn(office_id: int, on: bool, seen: int) -> None:
    """Opens an office's screen under a new link, or closes it; links given out before are dead. Twice is once.

    `seen`: the version on the officer's screen. Raises Conflict when somebody else has turned it meanwhile.
    """
    with transaction() as session:
        row = queries.held_kiosk(office_id)
        if row is None:
            row = Kiosk(office_id=office_id, version=0, active=False)
            session.add(row)
        if row.version != seen:
            if row.active == on:
                return
            raise Conflict(_("Máy này vừa được đổi. Xem lại rồi bấm."))
        before = {"active": row.active, "version": row.version}
        row.active, row.version = on, row.version + 1
        audit.record(session, "kiosk_opened" if on else "kiosk_closed", row.about, before, {"version": row.version})
