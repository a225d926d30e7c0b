"""An association's list: read and named line by line, looked at, then entered whole or not at all."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock, dates, sheets
from app.meetings import openness
from app.meetings import queries as meetings
from app.questions import list_forms, queries, registering
from app.questions.forms import ActionForm, UploadForm
from app.questions.models import QuestionList
from app.refusal import Refusal
from app.web import attachment

pages = Blueprint("lists", __name__)
BASE = "/<day>/nhap"
ONE = f"{BASE}/<int:list_id>"
SHOWN = 20  # lines shown before they are entered


@pages.get(BASE)
@access.staff_only("secretary")
def upload(day: str) -> ResponseReturnValue:
    return _upload_page(_meeting(day), UploadForm(formdata=None))


@pages.post(BASE)
@access.staff_only("secretary")
def read(day: str) -> ResponseReturnValue:
    """Nothing is entered: a file without fault goes on to be looked at, the faults of any other are named."""
    request.max_content_length = sheets.MOST_BYTES + 100_000
    figures, form = _meeting(day), UploadForm()
    if not form.validate_on_submit():
        return _upload_page(figures, form, 422)
    try:
        entries, faults = list_forms.read(form.file.data, figures.meeting.id)
        faults = sorted([*faults, *registering.plan(figures.meeting, entries).problems], key=lambda fault: fault[0])
    except Refusal as refusal:
        form.refuse(Refusal(refusal.sentence, "file"))
        return _upload_page(figures, form, 422)
    if faults:
        return _upload_page(figures, form, 422, faults)
    made = registering.keep(figures.meeting.id, entries)
    return redirect(url_for(".look", day=day, list_id=made.id), 303)


@pages.get(f"{BASE}/mau.xlsx")
@access.staff_only("secretary")
def template(day: str) -> ResponseReturnValue:
    """An empty table with the columns' names."""
    _meeting(day)
    return attachment(sheets.workbook("Danh sach", list_forms.header(), []), sheets.XLSX, "danh-sach.xlsx")


@pages.get(ONE)
@access.staff_only("secretary")
def look(day: str, list_id: int) -> ResponseReturnValue:
    return _look_page(day, list_id, ActionForm(formdata=None))


@pages.post(ONE)
@access.staff_only("secretary")
def enter(day: str, list_id: int) -> ResponseReturnValue:
    _list(day, list_id)
    form = ActionForm()
    if not form.validate_on_submit():
        return _look_page(day, list_id, form, 422)
    try:
        registering.enter_list(list_id)
    except Refusal as refusal:
        form.refuse(refusal)
        return _look_page(day, list_id, form, refusal.status)
    return redirect(url_for(".look", day=day, list_id=list_id), 303)


def _upload_page(
    figures: meetings.Figures, form: UploadForm, status: int = 200, faults: list[tuple[int, str]] | None = None
) -> ResponseReturnValue:
    page = render_template(
        "questions/admin/upload.html",
        form=form,
        meeting=figures.meeting,
        faults=(faults or [])[: list_forms.MOST_FAULTS],
        more=max(0, len(faults or []) - list_forms.MOST_FAULTS),
        waiting=queries.open_lists(figures.meeting.id, clock.now() - registering.KEPT),
        columns=list_forms.COLUMNS,
        words=list_forms.words(),
    )
    return page, status


def _look_page(day: str, list_id: int, form: Any, status: int = 200) -> ResponseReturnValue:
    row, figures = _list(day, list_id), _meeting(day)
    found = registering.plan(figures.meeting, registering.entries_of(row))
    page = render_template(
        "questions/admin/look.html",
        form=form,
        row=row,
        figures=figures,
        meeting=figures.meeting,
        plan=found,
        shown=found.new[:SHOWN],
        level_names=openness.NAMES,
    )
    return page, status


def _list(day: str, list_id: int) -> QuestionList:
    row = queries.list_of(list_id)
    return row if row is not None and row.meeting_id == _meeting(day).meeting.id else abort(404)


def _meeting(day: str) -> meetings.Figures:
    return meetings.of_day(dates.read(day) or abort(404)) or abort(404)
