"""The officers' questions: new ones first; word, show, merge, take back; and the leader's answer in writing."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, dates
from app.meetings import filing, likeness, openness
from app.meetings import queries as meetings
from app.meetings.models import Question
from app.questions import actions, editing, list_admin, queries, quick_admin, rules
from app.questions.forms import ActionForm, AnswerForm, MergeForm, WordingForm
from app.refusal import Refusal
from app.staff.fields import FIELD_NAMES

pages = Blueprint("questions_admin", __name__)
pages.register_blueprint(quick_admin.pages)
pages.register_blueprint(list_admin.pages)
READ = ("counter", "reception", "secretary", "leader")
BASE = "/<day>/cau-hoi"
ONE = f"{BASE}/<int:question_id>"
OFFERED = 20  # questions to merge into, the likest first


@pages.get(BASE)
@access.staff_only(*READ)
def index(day: str) -> ResponseReturnValue:
    return _index_page(day)


@pages.post(f"{ONE}/hien")
@access.staff_only("secretary")
def show(day: str, question_id: int) -> ResponseReturnValue:
    """One tap, from the list, for a question whose words need no change."""
    _question(day, question_id)
    return _act(lambda: editing.show(question_id), lambda form, status: _index_page(day, form, status), _list(day, question_id))


@pages.post(f"{ONE}/an")
@access.staff_only("secretary")
def hide(day: str, question_id: int) -> ResponseReturnValue:
    _question(day, question_id)
    return _act(lambda: editing.hide(question_id), lambda form, status: _index_page(day, form, status), _list(day, question_id))


def _list(day: str, question_id: int) -> str:
    return url_for(".index", day=day) + f"#cau-{question_id}"


def _index_page(day: str, form: ActionForm | None = None, status: int = 200) -> ResponseReturnValue:
    """What an officer may not read is only counted. New ones first; merged ones under the question they became part of."""
    figures = meetings.of_day(dates.read(day) or abort(404)) or abort(404)
    found = queries.of_meeting(figures.meeting.id)
    readable = [one for one in found if openness.may_read(one, current_user.role)]
    live = [one for one in readable if one.live]
    parts: dict[int, list[Question]] = {}
    for one in readable:
        if one.merged_into_id and one.withdrawn_at is None:
            parts.setdefault(one.merged_into_id, []).append(one)
    page = render_template(
        "questions/admin/index.html",
        form=form or ActionForm(formdata=None),
        meeting=figures.meeting,
        groups=(
            ("new", [one for one in live if one.reviewed_at is None and one.openness != "private"]),
            ("private", [one for one in live if one.openness == "private"]),
            ("shown", [one for one in live if one.shown_at is not None]),
            ("kept", [one for one in live if one.reviewed_at is not None and one.shown_at is None]),
            ("withdrawn", [one for one in readable if one.withdrawn_at is not None]),
        ),
        unread=sum(one.withdrawn_at is None for one in found) - sum(one.withdrawn_at is None for one in readable),
        parts=parts,
        counts=queries.counts(figures.meeting.id),
        revealing={one.id: rules.revealing(one, one.public_text) for one in live},
        may_act=_may_act(),
        **_words(),
    )
    return page, status


# -- one question -----------------------------------------------------------------------------------------------------


@pages.get(ONE)
@access.staff_only(*READ)
def question(day: str, question_id: int) -> ResponseReturnValue:
    return _page(day, question_id)


@pages.post(ONE)
@access.staff_only("secretary")
def word(day: str, question_id: int) -> ResponseReturnValue:
    """Keeps the wording and the field; with the button `show` it also goes on the public page."""
    _question(day, question_id)
    form = WordingForm()

    def keep() -> None:
        if request.form.get("show"):
            editing.show(question_id, form.wording(), form.anyway.data)
        else:
            editing.reword(question_id, form.wording(), form.anyway.data)

    return _on_page(day, question_id, keep, "wording", form)


@pages.post(f"{ONE}/gop")
@access.staff_only("secretary")
def merge(day: str, question_id: int) -> ResponseReturnValue:
    found = _question(day, question_id)
    form = MergeForm(_likest(found, queries.of_meeting(found.meeting_id)))
    return _on_page(day, question_id, lambda: editing.merge(question_id, form.into_id()), "merging", form)


@pages.post(f"{ONE}/tach")
@access.staff_only("secretary")
def unmerge(day: str, question_id: int) -> ResponseReturnValue:
    _question(day, question_id)
    return _on_page(day, question_id, lambda: editing.unmerge(question_id), "plain", ActionForm())


@pages.post(f"{ONE}/rut")
@access.staff_only("secretary")
def withdraw(day: str, question_id: int) -> ResponseReturnValue:
    _question(day, question_id)
    return _on_page(day, question_id, lambda: editing.take_back(question_id), "plain", ActionForm())


@pages.post(f"{ONE}/tra-loi")
@access.staff_only("leader")
def answer(day: str, question_id: int) -> ResponseReturnValue:
    _question(day, question_id)
    form = AnswerForm()
    return _on_page(day, question_id, lambda: actions.answer(question_id, form.answer.data or ""), "answering", form)


def _page(day: str, question_id: int, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """`forms`: the one that was refused, under its name."""
    asked = _found(day, question_id)
    if not asked.question.live or asked.question.openness == "private":  # it changed meanwhile: fields may be gone
        for form in forms.values():
            form.lift_errors()
    found, earlier, others = asked.question, asked.earlier, queries.of_meeting(asked.meeting.id)
    wording = forms.get("wording") or WordingForm(formdata=None, data={"public_text": found.public_text, "field": found.field})
    page = render_template(
        "questions/admin/question.html",
        form=next(iter(forms.values()), wording),
        meeting=asked.meeting,
        asked=found,
        earlier=earlier if earlier and openness.may_read(earlier, current_user.role) else None,
        asked_before=earlier is not None,
        parts=[one for one in others if one.merged_into_id == found.id],
        head=next((one for one in others if one.id == found.merged_into_id), None),
        wording=wording,
        merging=forms.get("merging") or MergeForm(_likest(found, others), formdata=None),
        answering=forms.get("answering") or AnswerForm(formdata=None, data={"answer": found.answer}),
        plain=forms.get("plain") or ActionForm(formdata=None),
        warnings=rules.revealing(found, found.public_text) if found.openness != "private" else [],
        may_act=_may_act() and found.withdrawn_at is None,
        may_answer=current_user.role in {"leader", "admin"} and found.withdrawn_at is None,
        **_words(),
    )
    return page, status


def _words() -> dict[str, Any]:
    return {
        "field_names": FIELD_NAMES,
        "level_names": openness.NAMES,
        "wish_names": filing.WISH_NAMES,
        "channel_names": rules.CHANNELS,
        "name_of": lambda question: question.name if openness.may_see_name(question, current_user.role) else "",
    }


def _on_page(day: str, question_id: int, act: Callable[[], Any], name: str, form: Any) -> ResponseReturnValue:
    then = url_for(".question", day=day, question_id=question_id)
    return _act(act, lambda refused, status: _page(day, question_id, status, **{name: refused}), then, form)


def _act(
    act: Callable[[], Any], shown: Callable[[Any, int], ResponseReturnValue], then: str, form: Any = None
) -> ResponseReturnValue:
    """Does it and goes on, or says no on the page as it stands."""
    form = form or ActionForm()
    if not form.validate_on_submit():
        return shown(form, 422)
    try:
        act()
    except Refusal as refusal:
        form.refuse(refusal)
        return shown(form, refusal.status)
    return redirect(then, 303)


def _likest(found: Question, others: Sequence[Question]) -> list[tuple[int, str]]:
    """What it may become part of, the likest first."""
    fit = [one for one in others if one.live and one.openness != "private" and one.id != found.id]
    ordered = sorted(fit, key=lambda one: (-likeness.similarity(found.search_key, one.search_key), one.id))
    return [(one.id, f"{one.words[:100]}…" if len(one.words) > 100 else one.words) for one in ordered[:OFFERED]]


def _found(day: str, question_id: int) -> queries.Asked:
    """A question of this meeting that this officer may read; for everybody else it is not there."""
    found = queries.by_number(question_id)
    if found is None or found.meeting.day != dates.read(day) or not openness.may_read(found.question, current_user.role):
        abort(404)
    return found


def _question(day: str, question_id: int) -> Question:
    return _found(day, question_id).question


def _may_act() -> bool:
    return current_user.role in {"secretary", "admin"}
