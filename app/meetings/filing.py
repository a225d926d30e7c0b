"""Writing a question down, inside the caller's transaction: with a seat, alone, by telephone, from a list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import audit, codes
from app.meetings.models import Meeting, Question, SignUp
from app.text import fold

LETTERS = "CH"  # codes of questions; the database refuses them to an office


@dataclass(frozen=True, slots=True)
class Filed:
    """What an asker wrote, already cleaned."""

    text: str
    name: str  # of the business
    contact: str
    phone: str  # E.164
    email: str = ""
    field: str = ""
    wish: str = "come"
    openness: str = "hidden"
    locale: str = "vi"
    request_key: str = ""


def add(session: Session, meeting: Meeting, filed: Filed, now: datetime, sign_up: SignUp | None = None) -> Question:
    """The question with its code, in the trail; who else must hear of it is the caller's to say."""
    row = Question(
        code=_new_code(session), meeting_id=meeting.id, sign_up_id=sign_up.id if sign_up else None, text=filed.text,
        search_key=fold(filed.text), field=filed.field, wish=filed.wish, openness=filed.openness, name=filed.name,
        contact=filed.contact, phone=filed.phone, email=filed.email, locale=filed.locale, request_key=filed.request_key,
        filed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "question_filed", row.about, None, {"meeting": meeting.id, "openness": row.openness})
    return row


def _new_code(session: Session) -> str:
    code = codes.new(LETTERS)
    while session.scalar(select(exists().where(Question.code == code))):
        code = codes.new(LETTERS)
    return code
