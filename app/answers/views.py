"""A unit's own questions, opened by its link; and the asker's word on the answer."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, proof
from app.answers import actions, queries, rules
from app.answers.forms import DraftForm, WordForm
from app.meetings import openness
from app.staff import queries as staff
from app.staff.models import Unit

pages = Blueprint("answers", __name__)


# -- the unit ---------------------------------------------------------------------------------------------------------


@pages.get("/don-vi/<token>")
@access.public
def unit(token: str) -> ResponseReturnValue:
    return _unit_page(token, _unit(token))


@pages.post("/don-vi/<token>/<int:question_id>")
@access.public
def draft(token: str, question_id: int) -> ResponseReturnValue:
    whose, form = _unit(token), DraftForm(question_id)
    if question_id not in {case.question.id for case in queries.cases(whose, clock.now())}:
        abort(404)
    refused = form.attempt(lambda: actions.draft(whose.id, question_id, form.said(), form.seen()))
    if refused is None:
        return redirect(url_for(".unit", token=token) + f"#cau-{question_id}", 303)
    return _unit_page(token, whose, form, question_id, refused)


def _unit(token: str) -> Unit:
    """Any other token is no page at all, whatever is wrong with it."""
    return staff.unit_of_token(token) or abort(404)


def _unit_page(token: str, whose: Unit, form: Any = None, failed: int = 0, status: int = 200) -> ResponseReturnValue:
    cases, today = queries.cases(whose, clock.now()), clock.today()
    forms = {case.question.id: form if case.question.id == failed else _filled(case) for case in cases}
    if form is not None and status == 409:
        form.revision.data = str(next(case.draft.revision for case in cases if case.question.id == failed))  # both are seen now
    page = render_template(
        "answers/unit.html",
        unit=whose,
        token=token,
        cases=cases,
        forms=forms,
        failed_id=failed,
        conflict=status == 409,
        form=form or WordForm(formdata=None),
        owed=[case for case in cases if case.leads and rules.owed(case.draft, case.question, today)],
        name_in_room=openness.name_in_room,
    )
    return page, status


def _filled(case: queries.Case) -> DraftForm:
    shown = {"text": case.draft.text, "promised_on": case.draft.promised_on, "revision": str(case.draft.revision)}
    return DraftForm(case.question.id, formdata=None, data=shown)


# -- the asker --------------------------------------------------------------------------------------------------------


@pages.get("/tra-loi")
@access.public
def opened() -> ResponseReturnValue:
    """Where a letter leads: its token names the question, so that no letter has to. A link cut short leads to the look-up."""
    token = request.args.get("t", "")
    code = proof.code_of(token)
    return redirect(url_for(".enough", code=code, t=token) if code else url_for("home.look_up"))


@pages.get("/cau-hoi/<code>/du")
@access.public
@proof.required
def enough(code: str) -> ResponseReturnValue:
    return _asker_page(code, WordForm(formdata=None))


@pages.post("/cau-hoi/<code>/du")
@access.public
@proof.required
def say(code: str) -> ResponseReturnValue:
    form = WordForm()
    if queries.answered(code) is None:
        abort(404)
    refused = form.attempt(lambda: actions.say(code, form.enough()))
    return redirect(url_for(".enough", code=code), 303) if refused is None else _asker_page(code, form, refused)


def _asker_page(code: str, form: WordForm, status: int = 200) -> ResponseReturnValue:
    question, meeting, whose, word = queries.answered(code) or abort(404)
    closed = rules.closed(question, meeting, clock.now())
    page = render_template(
        "answers/enough.html", form=form, question=question, meeting=meeting, unit=whose, word=word, closed=closed
    )
    return page, status
