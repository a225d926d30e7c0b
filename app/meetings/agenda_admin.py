"""The officers' programme page: unsorted questions, items in order, minutes, units, publishing, and its print."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock
from app.meetings import agenda, openness, queries, rules
from app.meetings.days import parse
from app.meetings.forms import PART_NAMES, ActionForm, ItemForm, SortForm
from app.meetings.models import AgendaItem
from app.refusal import Conflict, Refusal
from app.staff import queries as staff
from app.staff.models import Unit
from app.web import language

pages = Blueprint("agenda", __name__)
READ = ("counter", "reception", "secretary", "leader")
BASE = "/<day>/chuong-trinh"


def meeting_of(day: str) -> queries.Figures:
    return queries.of_day(parse(day) or abort(404)) or abort(404)


@pages.get(BASE)
@access.staff_only(*READ)
def show(day: str) -> ResponseReturnValue:
    return _page(day)


@pages.get(f"{BASE}/in")
@access.staff_only(*READ)
def printed(day: str) -> ResponseReturnValue:
    figures = meeting_of(day)
    items = queries.items(figures.meeting.id)
    return render_template(
        "meetings/admin/programme.html",
        figures=figures,
        meeting=figures.meeting,
        items=items,
        programme=rules.programme(figures.meeting, items),
        asked=_sorted(one for one in queries.questions(figures.meeting.id) if one.live and one.openness != "private"),
        name_of=openness.name_in_room,
    )


@pages.post(f"{BASE}/khung")
@access.staff_only("secretary")
def begin(day: str) -> ResponseReturnValue:
    return _act(day, lambda: agenda.begin(meeting_of(day).meeting.id))


@pages.post(f"{BASE}/muc")
@access.staff_only("secretary")
def add(day: str) -> ResponseReturnValue:
    meeting, form = meeting_of(day).meeting, _item_form()
    return _act(day, lambda: agenda.add(meeting.id, form.item()), form, "new")


@pages.post(f"{BASE}/muc/<int:item_id>")
@access.staff_only("secretary")
def edit(day: str, item_id: int) -> ResponseReturnValue:
    form = _item_form(_item(day, item_id))
    return _act(day, lambda: agenda.edit(item_id, form.item()), form, item_id, f"muc-{item_id}")


@pages.post(f"{BASE}/muc/<int:item_id>/<any(len, xuong):way>")
@access.staff_only("secretary")
def move(day: str, item_id: int, way: str) -> ResponseReturnValue:
    _item(day, item_id)
    return _act(day, lambda: agenda.move(item_id, -1 if way == "len" else 1), anchor=f"muc-{item_id}")


@pages.post(f"{BASE}/muc/<int:item_id>/xoa")
@access.staff_only("secretary")
def remove(day: str, item_id: int) -> ResponseReturnValue:
    _item(day, item_id)
    return _act(day, lambda: agenda.remove(item_id))


@pages.post(f"{BASE}/cau-hoi/<int:question_id>")
@access.staff_only("secretary")
def sort(day: str, question_id: int) -> ResponseReturnValue:
    meeting = meeting_of(day).meeting
    found = {question.id: question for question in queries.questions(meeting.id)}.get(question_id)
    if found is None or not openness.may_read(found, current_user.role):
        abort(404)
    form = SortForm([(item.id, item.title) for item in queries.items(meeting.id)], question_id)
    return _act(day, lambda: agenda.assign(question_id, form.item_id()), form, f"cau-hoi-{question_id}", "cau-hoi")


@pages.post(f"{BASE}/<any('cong-bo', 'rut'):what>")
@access.staff_only("secretary")
def publish(day: str, what: str) -> ResponseReturnValue:
    meeting = meeting_of(day).meeting
    return _act(day, lambda: (agenda.publish if what == "cong-bo" else agenda.withdraw)(meeting.id))


def _act(day: str, act: Callable[[], Any], form: Any = None, failed: Any = None, anchor: str = "") -> ResponseReturnValue:
    """Does it and shows the page anew, or says no on the page as it stands."""
    form = form or ActionForm()
    if not form.validate_on_submit():
        return _page(day, form, failed, 422)
    try:
        act()
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(day, form, failed, 409 if isinstance(refusal, Conflict) else 422)
    return redirect(url_for(".show", day=day) + (f"#{anchor}" if anchor else ""), 303)


def _page(day: str, form: Any = None, failed: Any = None, status: int = 200) -> ResponseReturnValue:
    """Each item has its own small form; the one that failed comes back as it was typed."""
    figures = meeting_of(day)
    items, found = queries.items(figures.meeting.id), queries.questions(figures.meeting.id)
    asked = _sorted(one for one in found if one.live and openness.may_read(one, current_user.role))
    units = staff.units()
    titles = [(item.id, item.title) for item in items]
    forms = {item.id: form if failed == item.id else _item_form(item, units) for item in items}
    questions = [question for group in asked.values() for question in group]
    sorts = {
        question.id: form
        if failed == f"cau-hoi-{question.id}"
        else SortForm(titles, question.id, formdata=None, data={"item": str(question.agenda_item_id or "")})
        for question in questions
    }
    page = render_template(
        "meetings/admin/agenda.html",
        form=form or ActionForm(),
        plain=ActionForm(formdata=None),
        figures=figures,
        meeting=figures.meeting,
        items=items,
        programme=rules.programme(figures.meeting, items),
        asked=asked,
        unread=sum(one.live and not openness.may_read(one, current_user.role) for one in found),
        name_of=lambda question: question.name if openness.may_see_name(question, current_user.role) else "",
        forms=forms,
        sorts=sorts,
        new=form if failed == "new" else _item_form(None, units),
        failed_id=failed,
        parts=PART_NAMES,
        may_act=current_user.role in {"secretary", "admin"} and figures.meeting.state != "cancelled"
        and clock.now() < figures.meeting.ends_at,
    )  # fmt: skip
    return page, status


def _sorted(questions: Any) -> Mapping[int | None, list[Any]]:
    """Questions under their item's number; None holds the unsorted ones."""
    groups: dict[int | None, list[Any]] = {None: []}
    for question in questions:
        groups.setdefault(question.agenda_item_id, []).append(question)
    return groups


def _item(day: str, item_id: int) -> AgendaItem:
    meeting = meeting_of(day).meeting
    return next((item for item in queries.items(meeting.id) if item.id == item_id), None) or abort(404)


def _named(unit: Unit) -> str:
    return (unit.name_en if language() == "en" else "") or unit.name


def _item_form(item: AgendaItem | None = None, units: Any = None) -> ItemForm:
    """Filled from the request when it is posted, else from the item. A unit no longer active stays while it is chosen."""
    choices = [(unit.id, _named(unit)) for unit in (staff.units() if units is None else units)]
    if item is not None and item.unit is not None and item.unit_id not in {number for number, _name in choices}:
        choices.append((item.unit.id, _named(item.unit)))
    shown = None
    if item is not None:
        shown = {
            "title": item.title,
            "minutes": item.minutes,
            "kind": item.kind,
            "unit": str(item.unit_id or ""),
            "note": item.note,
        }
    key = item.id if item is not None else "moi"
    if request.method == "POST" and units is None:
        return ItemForm(choices, key, data=shown)
    return ItemForm(choices, key, data=shown, formdata=None)
