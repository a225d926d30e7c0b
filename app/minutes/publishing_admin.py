"""The officers' pages around a draft: its papers' details, the review before publishing, amended versions, prints."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock, dates
from app.minutes import actions, publishing, queries, rules
from app.minutes.forms import OUTCOME_NAMES, ActionForm, AmendForm, PaperForm, PublishForm
from app.minutes.models import Minutes
from app.minutes.queries import Head
from app.refusal import Refusal

pages = Blueprint("publishing", __name__)
READ, WRITE = ("secretary", "leader"), ("secretary",)
BASE = "/<day>/bien-ban"


def head_of(day: str) -> Head:
    return queries.of_day(dates.read(day) or abort(404)) or abort(404)


def back(day: str) -> ResponseReturnValue:
    return redirect(url_for("minutes_admin.show", day=day), 303)


# -- details of the papers


@pages.get(f"{BASE}/van-ban")
@access.staff_only(*WRITE)
def paper(day: str) -> ResponseReturnValue:
    head = head_of(day)
    return _paper_page(head, PaperForm.of(head.draft)) if head.draft else redirect(url_for("minutes_admin.show", day=day))


@pages.post(f"{BASE}/van-ban")
@access.staff_only(*WRITE)
def describe(day: str) -> ResponseReturnValue:
    head, form = head_of(day), PaperForm()
    meeting_id, key = head.meeting.id, form.request_key.data or ""
    refused = form.attempt(lambda: actions.describe(meeting_id, form.paper(), form.revision.number, key))
    return back(day) if refused is None else _paper_page(head_of(day), form, refused)


def _paper_page(head: Head, form: PaperForm, status: int = 200) -> ResponseReturnValue:
    """When somebody else saved meanwhile, theirs stands beside each field; the next press saves what is in the fields."""
    theirs = PaperForm.of(head.draft) if status == 409 and head.draft else None
    if theirs is not None:
        form.revision.data, form.request_key.data = theirs.revision.data, theirs.request_key.data
    page = render_template("minutes/admin/paper.html", head=head, meeting=head.meeting, form=form, theirs=theirs)
    return page, status


# -- publishing


@pages.get(f"{BASE}/cong-bo")
@access.staff_only(*WRITE)
def review(day: str) -> ResponseReturnValue:
    head = head_of(day)
    return _review_page(head, PublishForm(formdata=None)) if head.draft else redirect(url_for("minutes_admin.show", day=day))


@pages.post(f"{BASE}/cong-bo")
@access.staff_only(*WRITE)
def publish(day: str) -> ResponseReturnValue:
    head, form = head_of(day), PublishForm()
    meeting_id, number = head.meeting.id, form.number.number
    refused = form.attempt(lambda: publishing.finalise(meeting_id, number, form.changes.number, current_user.id))
    return back(day) if refused is None else _review_page(head_of(day), form, refused)


def _review_page(head: Head, form: PublishForm, status: int = 200) -> ResponseReturnValue:
    """What everybody will read, what is still missing, and a button that publishes exactly this."""
    draft = head.draft
    entries = queries.entries(draft.id) if draft else []
    shown, room = rules.public(entries), rules.in_room(entries)
    left = queries.not_dealt_with(head.meeting.id, draft.id) if draft else []
    form.number.data, form.changes.data = (draft.number, draft.changes) if draft else (0, 0)
    calendar = queries.calendar(head.catalogue_version)
    page = render_template(
        "minutes/admin/review.html",
        head=head,
        meeting=head.meeting,
        minutes=draft,
        form=form,
        entries=shown,
        hidden_items=sum(entry.private for entry in entries),
        hidden_promises=sum(rules.from_private(line) or entry.private for entry in entries for line in entry.promises),
        unshown=sum(len(one.questions) for one in room) - sum(len(one.questions) for one in shown),
        problems=rules.problems(entries, head.meeting, calendar, clock.today()) if draft else [],
        early=_early(head),
        left=left,
        outcomes=OUTCOME_NAMES,
        today=clock.today(),
        standing=rules.standing,
    )
    return page, status


def _early(head: Head) -> str:
    try:
        rules.check_publish(head.meeting, clock.now())
    except Refusal as refusal:
        return refusal.sentence
    return ""


@pages.route(f"{BASE}/sua", methods=["GET", "POST"])
@access.staff_only(*WRITE)
def amend(day: str) -> ResponseReturnValue:
    head, form, status = head_of(day), AmendForm(), 200
    if request.method == "POST":
        refused = form.attempt(lambda: publishing.amend(head.meeting.id, form.why.data or ""))
        if refused is None:
            return back(day)
        status = refused
    page = render_template("minutes/admin/amend.html", head=head, meeting=head.meeting, current=head.current, form=form)
    return page, status


@pages.post(f"{BASE}/bo")
@access.staff_only(*WRITE)
def discard(day: str) -> ResponseReturnValue:
    head, form = head_of(day), ActionForm()
    refused = form.attempt(lambda: publishing.discard(head.meeting.id))
    if refused is None:
        return back(day)
    page = render_template("minutes/admin/refused.html", head=head, meeting=head.meeting, form=form)
    return page, refused


# -- paper


@pages.get(f"{BASE}/in")
@access.staff_only(*READ)
def printed(day: str) -> ResponseReturnValue:
    """The minutes for signature: the draft while there is one."""
    return _printed(head_of(day), "minutes/admin/printed.html")


@pages.get(f"{BASE}/thong-bao")
@access.staff_only(*READ)
def notice(day: str) -> ResponseReturnValue:
    """The notice of conclusions, in the form of a state document."""
    return _printed(head_of(day), "minutes/admin/notice.html")


def _printed(head: Head, template: str) -> ResponseReturnValue:
    minutes: Minutes | None = head.draft or head.current
    if minutes is None:
        return redirect(url_for("minutes_admin.show", day=head.meeting.day.isoformat()))
    entries = rules.in_room(queries.entries(minutes.id))
    return render_template(
        template,
        head=head,
        meeting=head.meeting,
        minutes=minutes,
        entries=entries,
        symbol=rules.minutes_symbol(minutes.document_number),
        outcomes=OUTCOME_NAMES,
    )
