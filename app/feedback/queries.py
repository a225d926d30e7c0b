"""Every SELECT of the room."""

from dataclasses import dataclass
from datetime import date

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import extract, func, select

from app import survey
from app.db import db
from app.feedback.models import Answer, Kiosk
from app.feedback.rules import Group, Tally
from app.offices.models import Office
from app.survey import Event


def seal_of(event: Event) -> str:
    return survey.digest("seal", event.digest)


def answer_to(event: Event) -> Answer | None:
    return db.session.get(Answer, seal_of(event))


def locked(seal: str) -> Answer | None:
    """As it is now, held until the transaction ends."""
    chosen = select(Answer).where(Answer.seal == seal).with_for_update()
    return db.session.scalar(chosen.execution_options(populate_existing=True))


# -- figures


def figures(first: date, last: date) -> list[Group]:
    """Answers given on these days (both included), by subject, way, office, field and month: one query, as many rows as groups.

    For reports: `rules.by` rolls them up, `rules.hidden` says which splits may not be told, `informs.INFORMS` what they inform.
    """
    year, month = extract("year", Answer.answered_on), extract("month", Answer.answered_on)
    keys = (Answer.subject, Answer.kiosk, Answer.office_id, Answer.field, year, month)
    counts = [func.count().filter(Answer.answer == answer) for answer in ("good", "fair", "poor")]
    rows = select(*keys, *counts).where(Answer.answered_on.between(first, last)).group_by(*keys).order_by(*keys)
    return [
        Group(subject, kiosk, office_id, field, date(int(of_year), int(of_month), 1), Tally(*split))
        for subject, kiosk, office_id, field, of_year, of_month, *split in db.session.execute(rows)
    ]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody wrote, and no more of it than its readers need."""

    subject: str
    office_id: int | None
    month: date
    answer: str
    words: str


def sentences(page: int, size: int) -> list[Sentence]:
    """Latest first; one more than a page says that there is another."""
    order = (Answer.answered_on.desc(), Answer.seal)
    rows = select(Answer.subject, Answer.office_id, Answer.answered_on, Answer.answer, Answer.words).where(Answer.words != "")
    found = db.session.execute(rows.order_by(*order).limit(size + 1).offset((page - 1) * size))
    return [Sentence(subject, office_id, day.replace(day=1), answer, words) for subject, office_id, day, answer, words in found]


# -- kiosks


def kiosks() -> dict[int, Kiosk]:
    return {row.office_id: row for row in db.session.scalars(select(Kiosk))}


def kiosk(office_id: int) -> Kiosk | None:
    return db.session.get(Kiosk, office_id)


def held_kiosk(office_id: int) -> Kiosk | None:
    """As it is now; its office is held until the transaction ends, so that two officers take turns."""
    db.session.scalar(select(Office.id).where(Office.id == office_id).with_for_update())
    return db.session.get(Kiosk, office_id, populate_existing=True)


def kiosk_token(row: Kiosk) -> str:
    return str(_signer().dumps([row.office_id, row.version]))


def opens(token: str, office_id: int) -> bool:
    """Is this the present link of the office's screen, and is the screen open?"""
    try:
        named, version = _signer().loads(token)
    except BadSignature:
        return False
    row = kiosk(office_id) if named == office_id else None
    return row is not None and row.active and row.version == version


def _signer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="survey-kiosk")
