"""What is personal in each table, for how long (the periods the privacy page promises), and what is taken out of it then."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, not_, or_, select

from app import clock, consent
from app.answers.models import AnswerDraft
from app.appointments.models import Appointment, Hold
from app.db import Base
from app.dossiers.models import Dossier, DossierEvent
from app.feedback.models import Answer
from app.invitations.models import FORGOTTEN, Reply, Subscriber
from app.meetings.models import Meeting, Question, SignUp
from app.meetings.redaction import redacted
from app.outbox.models import Message
from app.promises.models import Promise, PromiseAsker
from app.questions.models import QuestionList
from app.reconciliation.models import Finding, MachineRow, MachineUpload
from app.survey import OPEN
from app.text import fold

VISITS, LETTERS, MEETINGS, DRAFTS = timedelta(days=90), timedelta(days=180), timedelta(days=730), timedelta(days=1)
DOSSIERS, UNCONFIRMED, SUBSCRIPTIONS = timedelta(days=730), timedelta(days=30), timedelta(days=730)
SENTENCES = timedelta(days=365)
ENDED = ("sent", "failed", "late", "withdrawn", "in_doubt")
GONE = "—"  # where something was said, and the figures must still see that it was


@dataclass(frozen=True)
class Rule:
    """`over`: which rows of `table` are past their time and still hold something; `blank` takes it out of one."""

    says: str
    table: type[Base]
    over: Callable[[datetime], ColumnElement[bool]]
    blank: Callable[[Any], None]


def emptied(*names: str) -> Callable[[Any], None]:
    """Sets text columns to nothing."""

    def blank(row: Any) -> None:
        for name in names:
            setattr(row, name, "")

    return blank


def held(table: type[Base], *names: str) -> ColumnElement[bool]:
    """Some of these text columns still hold something."""
    return or_(*(getattr(table, name) != "" for name in names))


def listed(column: Any) -> ColumnElement[bool]:
    """This JSON column still holds something."""
    return func.length(cast(column, String)) > 2


def _blank_visit(row: Appointment) -> None:
    emptied("name", "search_key", "phone", "email", "note", "booked_by")(row)
    row.needs = []


def _blank_hold(row: Hold) -> None:
    row.answers = {}


def _blank_list(row: QuestionList) -> None:
    row.rows = []


def _blank_seat(row: SignUp) -> None:
    """Which businesses had a seat stays on record; who came for them, and how to reach them, goes."""
    emptied("contact", "phone", "email", "tax_code", "request_key")(row)
    if row.state == "given_up":
        row.name = ""
    row.search_key = fold(f"{row.name} {row.code}")


def _blank_question(row: Question) -> None:
    """What others may read stays, as they may read it: once the names are gone, nobody can take them out of it any more."""
    names = () if row.openness == "named" else (row.name, row.contact)
    if _secret(row):
        row.text = row.public_text = ""
        row.answer = GONE if row.answer else ""
    else:
        row.text, row.answer = redacted(row.text, names), redacted(row.answer, names) if names else row.answer
    row.search_key = fold(row.text)
    emptied("contact", "phone", "email", "request_key")(row)
    if names or _secret(row):
        row.name = ""


def _secret(row: Question) -> bool:
    return row.openness == "private" or row.withdrawn_at is not None


def _blank_draft(row: AnswerDraft) -> None:
    row.text = GONE


def _blank_letter(row: Message) -> None:
    """That it left, and when, stays; to whom and with which words goes. What still waits after so long never leaves."""
    row.recipient, row.facts, row.error = "", {}, None
    if row.state not in ENDED:
        row.state = "late"


def _blank_subscriber(row: Subscriber) -> None:
    """The row stays, so that its number is never another's; its links are dead and it can't be confirmed.

    Who agreed before, left, and then asked again without confirming keeps the address until the evidence has had its time.
    """
    evidence = consent.history(row.about) if row.state == "pending" else []
    emptied("name", "contact", "kind", "tax_code", "search_key")(row)
    row.phone, row.fields, row.version = GONE, [], row.version + 1
    row.ended_at = row.ended_at or next((one.withdrawn_at for one in evidence), None) or clock.now()
    row.state = "ended"
    if not evidence:
        row.email = f"{FORGOTTEN}{row.id}"


def _blank_upload(row: MachineUpload) -> None:
    row.content = b""


def _blank_answer(row: Answer) -> None:
    """Its event can no longer be answered nor its answer changed: from now on nobody can tell whose it is."""
    row.seal, row.linked = secrets.token_hex(16), False


def _of_old_meeting(column: Any, now: datetime) -> ColumnElement[bool]:
    return and_(column.in_(select(Meeting.id).where(Meeting.ends_at < now - MEETINGS)))


def _old_question(now: datetime) -> ColumnElement[bool]:
    secret = or_(Question.openness == "private", Question.withdrawn_at.is_not(None))
    unnamed = or_(secret, Question.openness != "named")
    words = or_(held(Question, "text", "public_text"), Question.answer.not_in(("", GONE)))
    reach = held(Question, "contact", "phone", "email")
    return and_(_of_old_meeting(Question.meeting_id, now), or_(reach, and_(unnamed, Question.name != ""), and_(secret, words)))


def _old_seat(now: datetime) -> ColumnElement[bool]:
    given_up = and_(SignUp.state == "given_up", SignUp.name != "")
    return and_(_of_old_meeting(SignUp.meeting_id, now), or_(held(SignUp, "contact", "phone", "email", "tax_code"), given_up))


def _old_draft(now: datetime) -> ColumnElement[bool]:
    of_old = select(Question.id).where(_of_old_meeting(Question.meeting_id, now))
    return and_(AnswerDraft.question_id.in_(of_old), AnswerDraft.text.not_in(("", GONE)))


def _old_asker(now: datetime) -> ColumnElement[bool]:
    of_old = select(Promise.id).where(Promise.occasion_on < clock.local(now - MEETINGS).date())
    return and_(PromiseAsker.promise_id.in_(of_old), held(PromiseAsker, "link", "email", "phone", "words"))


def _old_letter(now: datetime) -> ColumnElement[bool]:
    """Also those nobody could send, and calls nobody made; not those in somebody's hands."""
    ended = and_(Message.state.in_(ENDED), Message.written_at < now - LETTERS)
    stuck = and_(Message.state == "waiting", Message.due_at < now - LETTERS)
    return and_(or_(ended, stuck), or_(Message.recipient != "", listed(Message.facts)))


def _ended_subscriber(now: datetime) -> ColumnElement[bool]:
    return and_(Subscriber.ended_at < now - SUBSCRIPTIONS, not_(Subscriber.email.startswith(FORGOTTEN)))


# Not here, because nothing personal stands in them: the trail and promises' history (codes and reasons, append only), final
# minutes (public records), consents (words and a number; the subscriber it names is emptied when the evidence has had its
# time, and its withdrawal date still says that old invitations were right), "me too" (a keyed digest, no number), the
# counters' screens, guides and news (the office's own words), the register of guided filing (no name, and numbers are refused).
RULES = (
    Rule(
        "visits: name, phone, e-mail, note and needs after 90 days", Appointment,
        lambda now: and_(Appointment.starts_at < now - VISITS, Appointment.phone != ""), _blank_visit,
    ),
    Rule(
        "what was filled in on the way to a booking, after a day", Hold,
        lambda now: and_(Hold.expires_at < now - DRAFTS, listed(Hold.answers)), _blank_hold,
    ),
    Rule(
        "lists of associations that were read and not entered, after a day", QuestionList,
        lambda now: and_(QuestionList.read_at < now - DRAFTS, listed(QuestionList.rows)), _blank_list,
    ),
    Rule("seats at meetings: contact, phone, e-mail and tax code after 24 months", SignUp, _old_seat, _blank_seat),
    Rule("drafts of answers: words after 24 months", AnswerDraft, _old_draft, _blank_draft),
    Rule(
        "questions: contact, phone and e-mail after 24 months; names that were hidden; private and withdrawn ones' words",
        Question, _old_question, _blank_question,
    ),
    Rule(
        "askers of promises: link, phone, e-mail and words after 24 months", PromiseAsker,
        _old_asker, emptied("link", "email", "phone", "words"),
    ),
    Rule(
        "replies to invitations: words after 24 months", Reply,
        lambda now: and_(_of_old_meeting(Reply.meeting_id, now), Reply.words != ""), emptied("words"),
    ),
    Rule(
        "the e-one-stop list: owner after 24 months", MachineRow,
        lambda now: and_(MachineRow.promised_at < now - DOSSIERS, MachineRow.owner != ""), emptied("owner"),
    ),
    Rule(
        "findings: who signed, after 24 months", Finding,
        lambda now: and_(Finding.recorded_at < now - DOSSIERS, Finding.recipient != ""), emptied("recipient"),
    ),
    Rule(
        "dossiers: owner, phone, e-mail and postal number after 24 months", Dossier,
        lambda now: and_(Dossier.due_at < now - DOSSIERS, held(Dossier, "owner", "search_key", "phone", "email", "tracking")),
        emptied("owner", "search_key", "phone", "email", "tracking"),
    ),
    Rule(
        "dossiers' histories: who received the result, after 24 months", DossierEvent,
        lambda now: and_(DossierEvent.recorded_at < now - DOSSIERS, DossierEvent.recipient != ""), emptied("recipient"),
    ),
    Rule(
        "lists handed in and never confirmed, after a day", MachineUpload,
        lambda now: and_(MachineUpload.made_at < now - DRAFTS, func.length(MachineUpload.content) > 0), _blank_upload,
    ),
    Rule(
        "subscriptions nobody confirmed, after 30 days", Subscriber,
        lambda now: and_(Subscriber.state == "pending", Subscriber.asked_at < now - UNCONFIRMED), _blank_subscriber,
    ),
    Rule("subscriptions that ended, after 24 months", Subscriber, _ended_subscriber, _blank_subscriber),
    Rule(
        "answers to the survey: the tie to the event after 30 days", Answer,
        lambda now: and_(Answer.linked, Answer.answered_on < clock.local(now - OPEN).date()), _blank_answer,
    ),
    Rule(
        "answers to the survey: the sentence after 12 months", Answer,
        lambda now: and_(Answer.answered_on < clock.local(now - SENTENCES).date(), Answer.words != ""), emptied("words"),
    ),
    Rule("messages that left or stand aside: recipient and words after 180 days", Message, _old_letter, _blank_letter),
)  # fmt: skip
