"""Sending questions to units, reading what they drafted, releasing answers to the askers."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock, dates
from app.answers import actions, queries, rules
from app.answers.forms import ActionForm, ReleaseForm, SendForm, WordForm
from app.answers.models import AnswerConsent, AnswerDraft
from app.links import absolute
from app.meetings import openness
from app.meetings import queries as meetings
from app.meetings.models import AgendaItem, Meeting, Question
from app.staff import queries as staff
from app.text import named
from app.web import language

pages = Blueprint("answers_admin", __name__)
READ = ("counter", "reception", "secretary", "leader")
ONE = "/<day>/don-vi/<int:question_id>"


# -- all units --------------------------------------------------------------------------------------------------------


@pages.get("/<day>/don-vi")
@access.staff_only(*READ)
def index(day: str) -> ResponseReturnValue:
    meeting = _meeting(day)
    due = rules.proposed_due(meeting.day, clock.today(), actions.calendar())
    return _index_page(meeting, SendForm(formdata=None, data={"due_on": due}))


@pages.post("/<day>/don-vi")
@access.staff_only("secretary")
def send(day: str) -> ResponseReturnValue:
    meeting, form = _meeting(day), SendForm()
    refused = form.attempt(lambda: actions.send(meeting.id, form.due_on.data))
    return redirect(url_for(".index", day=day), 303) if refused is None else _index_page(meeting, form, refused)


def _meeting(day: str) -> Meeting:
    figures = meetings.of_day(dates.read(day) or abort(404)) or abort(404)
    return figures.meeting


def _index_page(meeting: Meeting, form: SendForm, status: int = 200) -> ResponseReturnValue:
    role, today = current_user.role, clock.today()
    puts = queries.puts(meeting.id)
    units = {unit.id: (unit, request) for unit, request in queries.units_asked(meeting.id)}
    shown = [one for one in (_of_unit(number, puts, today) for number in units) if one["puts"]]
    page = render_template(
        "answers/admin/index.html",
        form=form,
        meeting=meeting,
        units=units,
        shown=shown,
        questions=_by_question(puts, role),
        private=[put for put in _distinct(puts) if not openness.may_sort(put.question)],
        homeless=sum(put.unit_id is None and put.question.settled_at is None for put in _sortable(puts)),
        unsent=sum(queries.is_unsent(put) for put in puts),
        may_act=_may_act(meeting),
        may_see_name=lambda question: openness.may_see_name(question, role),
        may_read=lambda question: openness.may_read(question, role),
        link_of=lambda unit: absolute("answers.unit", token=staff.unit_token(unit)),
    )
    return page, status


def _of_unit(number: int, puts: Any, today: Any) -> dict[str, Any]:
    """What a unit was put, still owes, and has not been sent."""
    mine = [put for put in puts if put.unit_id == number and (put.draft or queries.is_unsent(put))]
    sent = [put for put in mine if put.draft]
    owed = [put for put in sent if put.leads and rules.owed(put.draft, put.question, today)]
    said = [put for put in sent if put.draft.revision]
    return {"id": number, "puts": mine, "sent": sent, "owed": owed, "said": said, "unsent": len(mine) - len(sent)}


def _sortable(puts: Any) -> list[queries.Put]:
    return [put for put in puts if openness.may_sort(put.question)]


def _distinct(puts: Any) -> list[queries.Put]:
    """One line for each question."""
    return list({put.question.id: put for put in puts}.values())


def _by_question(puts: Any, role: str) -> list[tuple[queries.Put, list[AnswerDraft]]]:
    """Each question that stands in the programme, with what units say to it."""
    found: dict[int, list[AnswerDraft]] = {}
    for put in puts:
        found.setdefault(put.question.id, []).extend([put.draft] if put.draft and put.draft.revision else [])
    return [(put, found[put.question.id]) for put in _distinct(_sortable(puts)) if openness.may_read(put.question, role)]


def _may_act(meeting: Meeting) -> bool:
    return current_user.role in {"secretary", "admin"} and meeting.state != "cancelled" and clock.now() < meeting.ends_at


# -- one question -----------------------------------------------------------------------------------------------------


@pages.get(ONE)
@access.staff_only("secretary", "leader")
def answer(day: str, question_id: int) -> ResponseReturnValue:
    return _answer_page(day, question_id)


@pages.post(ONE)
@access.staff_only("secretary", "leader")
def release(day: str, question_id: int) -> ResponseReturnValue:
    _found(day, question_id)
    form = ReleaseForm(_choices())
    refused = form.attempt(lambda: actions.release(question_id, form.text.data or "", form.unit_id(), form.seen.data or ""))
    if refused is None:
        return redirect(url_for(".answer", day=day, question_id=question_id), 303)
    return _answer_page(day, question_id, form, refused)


@pages.post(f"{ONE}/loi")
@access.staff_only("secretary", "leader")
def say(day: str, question_id: int) -> ResponseReturnValue:
    """Somebody telephoned: the asker's word, written down for them."""
    question, form = _found(day, question_id)[0], WordForm()
    refused = form.attempt(lambda: actions.say(question.code, form.enough()))
    if refused is None:
        return redirect(url_for(".answer", day=day, question_id=question_id), 303)
    return _answer_page(day, question_id, None, refused, form)


def _found(day: str, question_id: int) -> tuple[Question, Meeting, AgendaItem | None, AnswerConsent | None]:
    """The question, for an officer who may read it."""
    found = queries.question_of(dates.read(day) or abort(404), question_id) or abort(404)
    return found if openness.may_read(found[0], current_user.role) else abort(404)


def _choices() -> list[tuple[int, str]]:
    return [(unit.id, named(unit, language())) for unit in staff.units()]


def _answer_page(day: str, question_id: int, form: Any = None, status: int = 200, word_form: Any = None) -> ResponseReturnValue:
    question, meeting, item, word = _found(day, question_id)
    drafts = [draft for draft in queries.drafts(question_id) if draft.revision]
    if form is None:
        form = ReleaseForm(_choices(), formdata=None, data=_proposed(question, item, drafts))
    elif status == 409:
        form.seen.data = actions.answer_mark(question)  # the second press is meant
    page = render_template(
        "answers/admin/answer.html",
        form=form if word_form is None else word_form,
        release=form,
        plain=ActionForm(formdata=None),
        meeting=meeting,
        question=question,
        item=item,
        word=word,
        drafts=drafts,
        closed=rules.closed(question, meeting, clock.now()),
        may_see_name=openness.may_see_name(question, current_user.role),
    )
    return page, status


def _proposed(question: Question, item: AgendaItem | None, drafts: Any) -> Mapping[str, str]:
    """What was released already, or else the draft of the unit that is responsible, or else the first one."""
    seen = actions.answer_mark(question)
    if question.answer:
        return {"text": question.answer, "unit": str(question.answer_unit_id or ""), "seen": seen}
    written = [draft for draft in drafts if draft.text]
    chosen = next((draft for draft in written if item and draft.unit_id == item.unit_id), written[0] if written else None)
    return {"text": chosen.text if chosen else "", "unit": str(chosen.unit_id) if chosen else "", "seen": seen}
