"""The officers' programme page: unsorted questions, items in order, minutes, units, publishing, and its print."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock, dates
from app.meetings import agenda, openness, programme, queries, sorting
from app.meetings.forms import PART_NAMES, ActionForm, ItemForm, MoveForm, SortForm
from app.meetings.models import AgendaItem
from app.meetings.programme import Programme
from app.staff import queries as staff
from app.staff.fields import FIELD_NAMES
from app.staff.models import Unit
from app.text import named
from app.web import language

pages = Blueprint("agenda", __name__)
READ = ("counter", "reception", "secretary", "leader")
BASE = "/<day>/chuong-trinh"


def meeting_of(day: str) -> queries.Figures:
    return queries.of_day(dates.read(day) or abort(404)) or abort(404)


def _read(day: str, leader: bool = False) -> Programme:
    return programme.of_day(dates.read(day) or abort(404), leader) or abort(404)


@pages.get(BASE)
@access.staff_only(*READ)
def show(day: str) -> ResponseReturnValue:
    return _page(day)


@pages.get(f"{BASE}/in")
@access.staff_only(*READ)
def printed(day: str) -> ResponseReturnValue:
    """On paper: only what everybody in the room may read."""
    return render_template("meetings/admin/programme.html", read=_read(day), name_in_room=openness.name_in_room, **_words())


@pages.post(f"{BASE}/khung")
@access.staff_only("secretary")
def begin(day: str) -> ResponseReturnValue:
    return _act(day, lambda: agenda.begin(meeting_of(day).meeting.id))


@pages.post(f"{BASE}/theo-linh-vuc")
@access.staff_only("secretary")
def sort_by_field(day: str) -> ResponseReturnValue:
    return _act(day, lambda: sorting.by_field(meeting_of(day).meeting.id))


@pages.post(f"{BASE}/muc")
@access.staff_only("secretary")
def add(day: str) -> ResponseReturnValue:
    meeting, form = meeting_of(day).meeting, _item_form()
    return _act(day, lambda: agenda.add(meeting.id, form.item(), form.request_key.data or ""), form, "new")


@pages.post(f"{BASE}/muc/<int:item_id>")
@access.staff_only("secretary")
def edit(day: str, item_id: int) -> ResponseReturnValue:
    form = _item_form(_item(day, item_id))
    return _act(day, lambda: agenda.edit(item_id, form.item(), form.seen.data or ""), form, item_id, f"muc-{item_id}")


@pages.post(f"{BASE}/muc/<int:item_id>/<any(len, xuong):way>")
@access.staff_only("secretary")
def move(day: str, item_id: int, way: str) -> ResponseReturnValue:
    _item(day, item_id)
    form, step = MoveForm(), -1 if way == "len" else 1
    return _act(day, lambda: agenda.move(item_id, step, form.item_id()), form, anchor=f"muc-{item_id}")


@pages.post(f"{BASE}/muc/<int:item_id>/xoa")
@access.staff_only("secretary")
def remove(day: str, item_id: int) -> ResponseReturnValue:
    _item(day, item_id, gone=True)
    return _act(day, lambda: agenda.remove(item_id))


@pages.post(f"{BASE}/cau-hoi/<int:question_id>")
@access.staff_only("secretary")
def sort(day: str, question_id: int) -> ResponseReturnValue:
    meeting = meeting_of(day).meeting
    found = {question.id: question for question in queries.questions(meeting.id)}.get(question_id)
    if found is None or not openness.may_read(found, current_user.role):
        abort(404)
    form = SortForm([(item.id, item.title) for item in queries.all_items(meeting.id)], question_id)
    return _act(day, lambda: agenda.assign(question_id, form.item_id()), form, f"cau-hoi-{question_id}", "cau-hoi")


@pages.post(f"{BASE}/<any('cong-bo', 'rut'):what>")
@access.staff_only("secretary")
def publish(day: str, what: str) -> ResponseReturnValue:
    meeting = meeting_of(day).meeting
    return _act(day, lambda: (agenda.publish if what == "cong-bo" else agenda.withdraw)(meeting.id))


def _act(day: str, act: Callable[[], Any], form: Any = None, failed: Any = None, anchor: str = "") -> ResponseReturnValue:
    """Does it and shows the page anew, or says no on the page as it stands."""
    form = form or ActionForm()
    refused = form.attempt(act)
    if refused is not None:
        return _page(day, form, failed, refused)
    return redirect(url_for(".show", day=day) + (f"#{anchor}" if anchor else ""), 303)


def _page(day: str, form: Any = None, failed: Any = None, status: int = 200) -> ResponseReturnValue:
    """Each item has its own small form; the one that failed comes back as it was typed."""
    role, read = current_user.role, _read(day, current_user.role in openness.PRIVATE_SEEN)
    forms = {item.id: form if failed == item.id else _filled(read, item) for item in read.items}
    if failed in forms:
        item = next(item for item in read.items if item.id == failed)
        form.seen.data = agenda.item_of(item, read.others.get(item.id, [])).mark  # the second press is meant
    page = render_template(
        "meetings/admin/agenda.html",
        form=form or ActionForm(),
        plain=ActionForm(formdata=None),
        read=read,
        forms=forms,
        sorts=_sorters(read, form, failed),
        new=form if failed == "new" else ItemForm(_choices(read.units), formdata=None),
        failed_id=failed,
        may_act=role in {"secretary", "admin"} and read.meeting.state != "cancelled" and clock.now() < read.meeting.ends_at,
        may_read=lambda question: openness.may_read(question, role),
        may_see_name=lambda question: openness.may_see_name(question, role),
        **_words(),
    )
    return page, status


def _words() -> dict[str, Any]:
    return {"parts": PART_NAMES, "fields": FIELD_NAMES, "shown": programme.PROMISES_SHOWN}


def _sorters(read: Programme, form: Any, failed: Any) -> dict[int, Any]:
    titles = [(item.id, item.title) for item in read.items]
    return {
        one.question.id: form
        if failed == f"cau-hoi-{one.question.id}"
        else SortForm(titles, one.question.id, formdata=None, data={"item": str(item_id or "")})
        for item_id, asked in read.asked.items()
        for one in asked
    }


def _item(day: str, item_id: int, gone: bool = False) -> AgendaItem | None:
    """The item of this day's meeting, or the page is not found; `gone`: one that nobody has any more will do as well."""
    row = queries.item(item_id)
    if row is None:
        return None if gone else abort(404)
    return row if row.meeting_id == meeting_of(day).meeting.id else abort(404)


def _filled(read: Programme, item: AgendaItem) -> ItemForm:
    """As it stands; where nobody is responsible yet, the unit of its questions' field is proposed."""
    present, proposed = agenda.item_of(item, read.others.get(item.id, [])), read.proposed(item)
    data = {"title": present.title, "minutes": present.minutes, "kind": present.kind, "note": present.note, "seen": present.mark}
    data |= {"others": [str(number) for number in present.others], "unit": str(item.unit_id or (proposed.id if proposed else ""))}
    return ItemForm(_choices(read.units, present), item.id, data=data, formdata=None)


def _item_form(item: AgendaItem | None = None) -> ItemForm:
    """As it was posted. Any unit may be named: the page offers those that are asked, and those the item names already."""
    return ItemForm([(unit.id, named(unit, language())) for unit in staff.all_units()], item.id if item else "moi")


def _choices(units: Sequence[Unit], chosen: agenda.Item | None = None) -> list[tuple[int, str]]:
    """Units that are asked; one no longer active stays while the item names it."""
    kept = {chosen.unit_id, *chosen.others} if chosen else set()
    return [(unit.id, named(unit, language())) for unit in units if unit.active or unit.id in kept]
