"""What officers do with a question: word it for the public, show and hide it, merge it into another, take it back."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.meetings import actions as meetings
from app.meetings import times
from app.meetings.models import Meeting, Question
from app.questions import actions, messages, rules
from app.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Wording:
    """What an officer wrote for the public page."""

    public_text: str = ""  # empty: the asker's own words, without what shows who they are
    field: str = ""


def reword(question_id: int, wording: Wording, anyway: bool = False) -> None:
    """Keeps a wording. One that is shown already must be fit to be shown."""
    with transaction() as session:
        question, _meeting = _locked(session, question_id)
        _write(session, question, wording)
        if question.shown_at is not None:
            rules.check_shown(question, anyway)


def show(question_id: int, wording: Wording | None = None, anyway: bool = False) -> None:
    """Puts a question on the public page. Raises Refusal when its words show who asked, unless `anyway`."""
    with transaction() as session:
        question, _meeting = _locked(session, question_id)
        if wording is not None:
            _write(session, question, wording)
        rules.check_shown(question, anyway)
        if question.shown_at is None:
            question.shown_at = question.reviewed_at = clock.now()
            audit.record(session, "question_shown", question.about)


def hide(question_id: int) -> None:
    """Takes it off the public page, or leaves it off; either way an officer has read it."""
    with transaction() as session:
        question, _meeting = _locked(session, question_id)
        if question.shown_at is not None or question.reviewed_at is None:
            question.shown_at, question.reviewed_at = None, clock.now()
            audit.record(session, "question_hidden", question.about)


def merge(question_id: int, into_id: int) -> None:
    """Makes a question part of another of its meeting, and tells its asker. What was merged into it goes along.

    The counts of both count together from now on (queries.counts); undoing it parts them again.
    """
    with transaction() as session:
        question, meeting = _locked(session, question_id)
        into = session.get(Question, into_id, populate_existing=True)
        if into is not None and question.merged_into_id == into.id:
            return
        rules.check_merge(question, into)
        assert into is not None
        session.execute(update(Question).where(Question.merged_into_id == question.id).values(merged_into_id=into.id))
        before, question.merged_into_id = question.merged_into_id, into.id
        question.reviewed_at = question.reviewed_at or clock.now()
        question.sequence += 1
        secret = str(current_app.config["SECRET_KEY"])
        for one in (question, into):  # the asker of one is held up by the other too, but nobody by their own
            actions.count(session, one.id, rules.phone_key(secret, meeting.id, one.phone), own=True)
        messages.merged(session, question, meeting)
        times.tell(session, meeting)
        audit.record(session, "question_merged", question.about, {"into": before}, {"into": into.id})


def unmerge(question_id: int) -> None:
    """A question stands by itself again."""
    with transaction() as session:
        question, meeting = _locked(session, question_id)
        if question.merged_into_id is not None:
            before, question.merged_into_id = question.merged_into_id, None
            times.tell(session, meeting)
            audit.record(session, "question_unmerged", question.about, {"into": before})


def take_back(question_id: int) -> None:
    """For an asker who telephones: the question is withdrawn and they hear so in writing."""
    with transaction() as session:
        question, meeting = _locked(session, question_id)
        if question.withdrawn_at is None:
            rules.check_withdrawal(question)
            actions.take_back(session, question)
            messages.withdrawn(session, question, meeting)
            times.tell(session, meeting)


# -- inside a transaction


def _locked(session: Session, question_id: int) -> tuple[Question, Meeting]:
    found = session.get(Question, question_id)
    if found is None:
        raise Refusal(_("Không có câu hỏi này."))
    meeting = meetings.locked(session, found.meeting_id)
    return session.get_one(Question, question_id, populate_existing=True), meeting


def _write(session: Session, question: Question, wording: Wording) -> None:
    before = {"field": question.field, "worded": bool(question.public_text)}
    if (question.public_text, question.field) == (wording.public_text, wording.field):
        return
    question.public_text, question.field = wording.public_text, wording.field
    after = {"field": question.field, "worded": bool(question.public_text)}
    audit.record(session, "question_worded", question.about, before, after)
