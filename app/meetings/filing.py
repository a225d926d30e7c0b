"""Writing a question down, inside the caller's transaction: with a seat, alone, by telephone, from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import audit, codes, links, proof
from app.meetings import likeness
from app.meetings.models import Meeting, Question, SignUp
from app.text import fold

LETTERS = "CH"  # codes of questions; the database refuses them to an office
LOOKED_BACK = 1000  # questions of earlier meetings among which a repeated one is found
WISH_NAMES = {"come": _l("Tôi đến nói"), "write": _l("Trả lời tôi bằng văn bản"), "call": _l("Gọi lại cho tôi")}


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
    channel: str = ""
    locale: str = "vi"
    request_key: str = ""


class Earlier(NamedTuple):
    """A question of an earlier meeting, as far as comparing needs it."""

    id: int
    search_key: str
    phone: str
    openness: str


def add(
    session: Session, meeting: Meeting, filed: Filed, now: datetime,
    sign_up: SignUp | None = None, earlier: Sequence[Earlier] | None = None,
) -> Question:  # fmt: skip
    """The question with its code, in the trail; who else must hear of it is the caller's to say.

    `earlier`: what `asked_before` gives, for a caller that adds many.
    """
    row = Question(
        code=_new_code(session), meeting_id=meeting.id, sign_up_id=sign_up.id if sign_up else None, text=filed.text,
        search_key=fold(filed.text), field=filed.field, wish=filed.wish, openness=filed.openness, name=filed.name,
        contact=filed.contact, phone=filed.phone, email=filed.email, locale=filed.locale, channel=filed.channel,
        request_key=filed.request_key, filed_at=now,
    )  # fmt: skip
    row.repeats_id = repeated(row, asked_before(session, meeting) if earlier is None else earlier)
    session.add(row)
    session.flush()
    audit.record(session, "question_filed", row.about, None, {"meeting": meeting.id, "openness": row.openness})
    return row


def asked_before(session: Session, meeting: Meeting) -> Sequence[Earlier]:
    """The youngest questions of meetings before this one, youngest first."""
    before = select(Meeting.id).where(Meeting.starts_at < meeting.starts_at)
    asked = select(Question.id, Question.search_key, Question.phone, Question.openness)
    asked = asked.where(Question.meeting_id.in_(before), Question.withdrawn_at.is_(None))
    return [Earlier(*row) for row in session.execute(asked.order_by(Question.id.desc()).limit(LOOKED_BACK))]


def repeated(question: Question, earlier: Sequence[Earlier]) -> int | None:
    """Which earlier question this one asks again: the same firm in like words, or anybody in almost the same.

    What somebody else asked the leader alone is never compared: it would show that it was asked.
    """
    mine = [(one.search_key, one.id) for one in earlier if one.phone == question.phone]
    others = [(one.search_key, one.id) for one in earlier if one.openness != "private"]
    found = likeness.alike(question.search_key, mine) or likeness.alike(question.search_key, others, likeness.SAME)
    return found[0] if found else None


def own_page(question: Question) -> str:
    """What a message to its asker links to. Without the code: officers read letters in the tray, and who has a code and the
    last digits of the phone opens the question, whatever its openness."""
    return links.absolute("questions.opened", question.locale, t=proof.token(question.code))


def _new_code(session: Session) -> str:
    code = codes.new(LETTERS)
    while session.scalar(select(exists().where(Question.code == code))):
        code = codes.new(LETTERS)
    return code
