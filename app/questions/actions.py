"""What askers do: file, "me too", change who may see it, take it back, judge a promise. And the answer in writing."""

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import insert, transaction
from app.meetings import actions as meetings
from app.meetings import filing, openness, times
from app.meetings import queries as meeting_queries
from app.meetings.models import WISHES, Meeting, Question, SignUp
from app.promises import actions as promises
from app.questions import messages, queries, rules
from app.questions.models import MeToo
from app.refusal import Refusal


def file(meeting_id: int, filed: filing.Filed, by_officer: bool = False, seat: str = "") -> Question:
    """A question by itself. The same form sent twice gives the same row. `seat`: code of the asker's place, if they have one."""
    with transaction() as session:
        meeting = meetings.locked(session, meeting_id)
        known = queries.of_request(meeting_id, filed.request_key, filed.phone)
        if known is not None:
            return known
        now = clock.now()
        rules.check_filing(meeting, now)
        if not by_officer:
            rules.check_many(queries.filed_by(meeting_id, filed.phone))
        row = filing.add(session, meeting, filed, now, _seat(seat, meeting, filed.phone))
        messages.filed(session, row, meeting)
        return row


def _seat(code: str, meeting: Meeting, phone: str) -> SignUp | None:
    """The asker's own place at this meeting; anybody else's is none of theirs."""
    row = meeting_queries.by_code(code) if code else None
    return row if row is not None and row.meeting_id == meeting.id and row.phone == phone else None


def me_too(question_id: int, phone: str) -> None:
    """Counts a phone once. Nothing tells whether it was counted before, or is the asker's own."""
    with transaction() as session:
        question = session.get(Question, question_id)
        if question is None or not openness.public(question):
            raise Refusal(_("Câu hỏi này không còn ở đây."))
        if phone == question.phone:
            return
        key = rules.phone_key(str(current_app.config["SECRET_KEY"]), question.meeting_id, phone)
        if queries.said_too(question.id, key):
            return
        count(session, question.id, key)
        audit.record(session, "me_too", question.about)


def count(session: Session, question_id: int, phone_key: str, own: bool = False) -> None:
    """Enters a phone, inside the caller's transaction; one that is there stays as it was, whoever was faster."""
    made = insert(session, MeToo)
    made = made.values(question_id=question_id, phone_key=phone_key, own=own, said_at=clock.now())
    key = ["question_id", "phone_key"]
    session.execute(made.on_conflict_do_update(index_elements=key, set_={"own": True}) if own else made.on_conflict_do_nothing())


def change_openness(code: str, wanted: str) -> None:
    """Narrower at once. Wider: nothing becomes public before an officer has looked at it again."""
    with transaction() as session:
        question, meeting = locked(session, code)
        rules.check_openness(question, wanted)
        if wanted == question.openness:
            return
        before = question.openness
        if wanted == "private":
            alone(session, question)
        if wanted == "private" or rules.widens(before, wanted):
            question.shown_at = question.reviewed_at = None
        question.openness = wanted
        times.tell(session, meeting)
        audit.record(session, "openness_changed", question.about, {"openness": before}, {"openness": wanted})


def change_wish(code: str, wish: str) -> None:
    with transaction() as session:
        question, meeting = locked(session, code)
        rules.check_wish(question, meeting, clock.now())
        if wish not in WISHES:
            raise Refusal(_("Chọn một cách trong danh sách."), "wish")
        if wish != question.wish:
            before, question.wish = question.wish, wish
            audit.record(session, "wish_changed", question.about, {"wish": before}, {"wish": wish})


def withdraw(code: str) -> None:
    """Takes a question back: it leaves every page, and nothing says that it was there. Twice is once."""
    with transaction() as session:
        question, meeting = locked(session, code)
        if question.withdrawn_at is None:
            rules.check_withdrawal(question)
            take_back(session, question)
            times.tell(session, meeting)


def take_back(session: Session, question: Question) -> None:
    """Inside the caller's transaction, for its asker and for officers."""
    alone(session, question)
    question.withdrawn_at, question.shown_at, question.agenda_item_id = clock.now(), None, None
    question.sequence += 1
    audit.record(session, "question_withdrawn", question.about)


def alone(session: Session, question: Question) -> None:
    """Takes a question out of its group, and lets those merged into it stand by themselves again."""
    question.merged_into_id = None
    session.execute(update(Question).where(Question.merged_into_id == question.id).values(merged_into_id=None))


def take_seat(code: str, request_key: str) -> SignUp:
    """Who asked without a seat and wants to speak gets one with what is known of them."""
    with transaction() as session:
        question, meeting = locked(session, code)
        rules.check_own(question)
        applicant = meetings.Applicant(
            name=question.name, contact=question.contact, phone=question.phone, email=question.email,
            channel=question.channel, request_key=request_key, locale=question.locale,
        )  # fmt: skip
        row = meetings.enter(session, meeting, applicant)
        before = {"seat": question.sign_up_id, "wish": question.wish}
        question.sign_up_id, question.wish = row.id, "come"
        audit.record(session, "question_seated", question.about, before, {"seat": row.id, "wish": "come"})
        return row


def say(code: str, promise_id: int, verdict: str, words: str) -> None:
    """The asker's word on a promise: did it help? Only on promises that ask them."""
    question = meeting_queries.question(code)
    kept = [one for one in queries.promises_of(question) if one.promise.id == promise_id] if question else []
    if question is None or not kept or kept[0].asker is None:
        raise Refusal(_("Không có lời hẹn này."))
    promises.verdict(promise_id, question.about, verdict, words)


def answer(question_id: int, text: str, unit_id: int | None = None) -> None:
    """The answer in writing, released to its asker. The same words again change nothing."""
    with transaction() as session:
        question = session.get(Question, question_id, with_for_update=True, populate_existing=True)
        if question is None:
            raise Refusal(_("Không có câu hỏi này."))
        rules.check_answer(question, text)
        if (question.answer, question.answer_unit_id) == (text, unit_id):
            return
        question.answer, question.answer_unit_id, question.answered_at = text, unit_id, clock.now()
        question.sequence += 1
        messages.answered(session, question, session.get_one(Meeting, question.meeting_id))
        audit.record(session, "question_answered", question.about, None, {"unit": unit_id})


def locked(session: Session, code: str) -> tuple[Question, Meeting]:
    """The question as it is now; its meeting's row is held until the transaction ends, so that acts take turns."""
    found = meeting_queries.question(code)
    if found is None:
        raise Refusal(_("Không có câu hỏi này."))
    meeting = meetings.locked(session, found.meeting_id)
    return session.get_one(Question, found.id, populate_existing=True), meeting
