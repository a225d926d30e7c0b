"""One asker's own question: where it stands, and what they may change, for whoever has proof."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, proof
from app.meetings import filing, openness
from app.meetings import queries as meetings
from app.meetings import rules as meeting_rules
from app.promises.models import VERDICTS
from app.questions import actions, queries, rules
from app.questions.forms import ActionForm, OwnForm, SeatForm, VerdictForm
from app.questions.views import pages as pages  # its addresses stand on the same blueprint
from app.staff.fields import FIELD_NAMES
from app.web import limiter

PER_QUESTION = "30 per hour"  # acts on one question: nobody needs more


@pages.get("/cau-hoi/mo")
@access.public
def opened() -> ResponseReturnValue:
    """The link of a letter, which does not say the code."""
    code = proof.code_of(request.args.get("t", ""))
    if not code.startswith(filing.LETTERS):
        return redirect(url_for("home.look_up"))
    proof.grant(code)
    return redirect(url_for(".question", code=code))


@pages.get("/cau-hoi/<code>")
@access.public
@proof.required
def question(code: str) -> ResponseReturnValue:
    return _page(code)


@pages.post("/cau-hoi/<code>/ai-doc")
@access.public
@proof.required
def open_to(code: str) -> ResponseReturnValue:
    """Who may read it."""
    form = OwnForm()
    return _act(code, form, lambda: actions.change_openness(code, form.openness.data or ""), "changing")


@pages.post("/cau-hoi/<code>/cach")
@access.public
@proof.required
def wish(code: str) -> ResponseReturnValue:
    """To speak there, a written answer, or a call."""
    form = OwnForm()
    return _act(code, form, lambda: actions.change_wish(code, form.wish.data or ""), "changing")


@pages.post("/cau-hoi/<code>/rut")
@access.public
@proof.required
def withdraw(code: str) -> ResponseReturnValue:
    return _act(code, ActionForm(), lambda: actions.withdraw(code), "withdrawing")


@pages.post("/cau-hoi/<code>/cho")
@access.public
@proof.required
def take_seat(code: str) -> ResponseReturnValue:
    """One tap for who asked first and wants to come after all."""
    form = SeatForm()
    taken: list[str] = []
    refused = form.attempt(lambda: taken.append(actions.take_seat(code, form.request_key.data or "").code))
    if refused is not None:
        return _page(code, refused, seating=form)
    proof.grant(taken[0])
    return redirect(url_for("meetings.seat", code=taken[0]), 303)


@pages.post("/cau-hoi/<code>/go-chua")
@access.public
@limiter.limit(PER_QUESTION, key_func=lambda: f"verdict:{(request.view_args or {}).get('code')}")
@proof.required
def say(code: str) -> ResponseReturnValue:
    """The asker's word on a promise."""
    form = VerdictForm()

    def said() -> None:
        actions.say(code, form.number(), form.verdict.data or "", form.words.data or "")

    return _act(code, form, said, "saying")


def _act(code: str, form: Any, act: Callable[[], Any], name: str) -> ResponseReturnValue:
    refused = form.attempt(act)
    if refused is None:
        return redirect(url_for(".question", code=code), 303)
    return _page(code, refused, **{name: form})


def _page(code: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """`forms`: the one that was refused, under its name."""
    own = queries.own(code) or abort(404)
    asked, now, kept = own.question, clock.now(), queries.promises_of(own.question)
    changing = forms.get("changing") or OwnForm(formdata=None, data={"openness": asked.openness, "wish": asked.wish})
    said = forms.get("saying")
    if asked.withdrawn_at is not None or (said and said.number() not in _asked_about(kept)):
        for form in forms.values():
            form.lift_errors()
    if now >= own.meeting.starts_at and changing.wish.errors:
        changing.lift_errors()
    page = render_template(
        "questions/question.html",
        form=next(iter(forms.values()), changing),
        own=own,
        asked=asked,
        meeting=own.meeting,
        starts_at=_expected(own),
        kept=kept,
        changing=changing,
        withdrawing=forms.get("withdrawing") or ActionForm(formdata=None),
        seating=forms.get("seating") or SeatForm(formdata=None),
        saying={one.promise.id: _verdict_form(one, said) for one in kept if one.asker is not None},
        similar=_similar(own) if asked.live and not own.head.outcome and now < own.meeting.ends_at else [],
        me_toos=queries.counts(own.meeting.id).get(own.head.id, 0),
        begun=now >= own.meeting.starts_at,
        level_names=openness.NAMES,
        wish_names=filing.WISH_NAMES,
        field_names=FIELD_NAMES,
    )
    return page, status


def _expected(own: queries.Own) -> datetime | None:
    """When it is its turn: as its asker was last told, else when its item begins, once the programme is public."""
    if own.question.told_for or own.item is None or own.meeting.agenda_published_at is None:
        return own.question.told_for
    items = meetings.items(own.meeting.id)
    starts = meeting_rules.programme(own.meeting, items).starts
    return next((start for item, start in zip(items, starts, strict=True) if item.id == own.item.id), None)


def _similar(own: queries.Own) -> list[Any]:
    """Others' public questions like this one: a "me too" there is heard as well."""
    shown = [one for one in meetings.shown(own.meeting.id) if one.id != own.question.id]
    return rules.similar(own.question.search_key, shown)


def _asked_about(kept: Sequence[queries.Kept]) -> set[int]:
    """Promises whose form is on the page."""
    return {one.promise.id for one in kept if one.asker is not None and one.promise.done_on is not None}


def _verdict_form(kept: queries.Kept, refused: VerdictForm | None) -> VerdictForm:
    """Each promise has its own small form; the one that failed comes back as it was typed."""
    if refused is not None and refused.number() == kept.promise.id:
        form = refused
    else:
        said = kept.asker.verdict if kept.asker and kept.asker.verdict in VERDICTS else None
        form = VerdictForm(formdata=None, data={"promise": str(kept.promise.id), "verdict": said})
    for field in form:
        field.id = field.label.field_id = f"{field.short_name}-{kept.promise.id}"
    return form
