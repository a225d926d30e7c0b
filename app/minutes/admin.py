"""Writing minutes: the draft with its items, one item's page, and the page where two secretaries' versions meet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import access, clock
from app.meetings import days, openness
from app.minutes import actions, arranging, publishing_admin, queries, rules
from app.minutes.forms import OUTCOME_NAMES, ActionForm, Choice, MoveForm, NewItemForm, SortForm
from app.minutes.item_form import ItemForm, LineForm, merge, question_name
from app.minutes.models import MinuteItem
from app.minutes.publishing_admin import BASE, READ, WRITE, back, head_of
from app.minutes.queries import Head
from app.minutes.rules import Entry
from app.refusal import Refusal
from app.staff import queries as staff
from app.text import named
from app.web import language

pages = Blueprint("minutes_admin", __name__)
pages.register_blueprint(publishing_admin.pages)
ITEM = f"{BASE}/muc/<int:item_id>"


# -- the whole


@pages.get(BASE)
@access.staff_only(*READ)
def show(day: str) -> ResponseReturnValue:
    return _show_page(head_of(day))


@pages.post(BASE)
@access.staff_only(*WRITE)
def begin(day: str) -> ResponseReturnValue:
    head, form = head_of(day), ActionForm()
    refused = form.attempt(lambda: actions.begin(head.meeting.id))
    return back(day) if refused is None else _show_page(head_of(day), form, status=refused)


@pages.post(f"{BASE}/muc")
@access.staff_only(*WRITE)
def add(day: str) -> ResponseReturnValue:
    head, form, made = head_of(day), NewItemForm(), []
    title, key = form.title.data or "", form.request_key.data or ""
    refused = form.attempt(lambda: made.append(arranging.add(head.meeting.id, title, key, current_user.id)))
    if refused is None:
        return redirect(url_for(".item", day=day, item_id=made[0].id), 303)
    return _show_page(head_of(day), form, new=form, status=refused)


@pages.post(f"{BASE}/xep")
@access.staff_only(*WRITE)
def sort(day: str) -> ResponseReturnValue:
    head = head_of(day)
    sent = request.form.get("question", "")
    question_id = int(sent) if re.fullmatch(r"[0-9]{1,9}", sent) else 0
    form = SortForm(_titles(queries.entries(head.draft.id) if head.draft else []), question_id)
    refused = form.attempt(lambda: arranging.sort(head.meeting.id, question_id, form.item_id()))
    return back(day) if refused is None else _show_page(head_of(day), form, failed_id=question_id, status=refused)


def _show_page(
    head: Head, form: Any = None, new: NewItemForm | None = None, failed_id: int = 0, status: int = 200
) -> ResponseReturnValue:
    """Each question not dealt with has its own small form; the one that failed comes back as it was sent."""
    minutes, role = head.draft or head.current, current_user.role
    entries = queries.entries(minutes.id) if minutes else []
    left = queries.not_dealt_with(head.meeting.id, minutes.id) if head.draft and minutes else []
    titles, calendar = _titles(entries), queries.calendar(head.catalogue_version)
    sorts = {one.id: SortForm(titles, one.id, formdata=None, data={"question": str(one.id)}) for one in left}
    placed = failed_id in sorts or (head.draft is not None and new is not None)
    if form is not None and not placed:  # its fields are not on the page any more
        form.form_errors = [sentence for _anchor, sentence in form.problems()]
        for field in form:
            field.errors = []
    page = render_template(
        "minutes/admin/show.html",
        head=head,
        meeting=head.meeting,
        minutes=minutes,
        entries=entries,
        left=left,
        sorts=sorts | ({failed_id: form} if failed_id in sorts else {}),
        form=form or ActionForm(),
        plain=ActionForm(formdata=None),
        new=new or NewItemForm(formdata=None),
        outcomes=OUTCOME_NAMES,
        why_not=_why_not(head),
        due=days.minutes_due(head.meeting.day, calendar),
        late=0 if head.current else days.minutes_late(head.meeting.day, clock.today(), calendar),
        role=role,
        may_write=role in {*WRITE, "admin"},
        rules=rules,
        openness=openness,
        today=clock.today(),
    )
    return page, status


def _why_not(head: Head) -> str:
    """Why minutes cannot be begun now, or nothing."""
    try:
        rules.check_begin(head.meeting, clock.now())
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _titles(entries: Sequence[Entry]) -> list[Choice]:
    return [(entry.item.id, entry.item.title) for entry in entries if entry.item.kind != "break"]


# -- one item


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page of one item stands on. An item that is gone meanwhile is an empty one: what was typed still has a place."""

    head: Head
    entries: list[Entry]
    entry: Entry
    units: list[Choice]
    names: list[Choice]  # of its questions

    @property
    def gone(self) -> bool:
        return self.entry not in self.entries

    def form(self, **kwargs: Any) -> ItemForm:
        item = self.entry.item
        shown = {"title": item.title, "said": item.said, "outcome": item.outcome, "unit": str(item.unit_id or "")}
        shown |= {"forwarded_to": item.forwarded_to, "revision": str(item.revision)}
        hears = rules.may_read_said(self.entry, current_user.role)
        return ItemForm(self.entry, self.units, self.names, hears, data=shown, **kwargs)


def _desk(day: str, item_id: int) -> Desk:
    head = head_of(day)
    entries = queries.entries(head.draft.id) if head.draft else []
    gone = Entry(MinuteItem(id=item_id, title="", said="", outcome="", forwarded_to="", revision=0, kind="business"))
    entry = next((one for one in entries if one.item.id == item_id), gone)
    units = [(unit.id, named(unit, language())) for unit in staff.units()]
    chosen = [entry.item.unit, *(line.unit for line in entry.promises)]
    units += {unit.id: (unit.id, named(unit, language())) for unit in chosen if unit and unit.id not in dict(units)}.values()
    role = current_user.role
    names = [(one.question.id, question_name(one.question, openness.may_read(one.question, role))) for one in entry.questions]
    return Desk(head, entries, entry, units, names)


@pages.get(ITEM)
@access.staff_only(*READ)
def item(day: str, item_id: int) -> ResponseReturnValue:
    desk = _desk(day, item_id)
    if desk.gone or not rules.may_write(desk.entry, current_user.role):
        return redirect(url_for(".show", day=day)) if desk.head.versions else abort(404)
    return _item_page(desk, desk.form(formdata=None))


@pages.post(ITEM)
@access.staff_only(*READ)
def save(day: str, item_id: int) -> ResponseReturnValue:
    """Two buttons more: `next` goes on to the next item, `workdays` takes the offered working days."""
    desk = _desk(day, item_id)
    form = desk.form()
    if not rules.may_write(desk.entry, current_user.role) and form.validate_on_submit():
        abort(403)
    if desk.gone:
        form.refuse(
            Refusal(_("Mục này vừa bị xoá hoặc đã công bố. Phần vừa ghi vẫn còn ở đây: chép sang mục khác hoặc bản sửa."))
        )
        return _item_page(desk, form, 409)
    if rules.overtaken(desk.entry.item, form.revision.number, form.request_key.data or ""):
        return _conflict_page(desk, form)  # before anything is looked at: its choices may be gone
    if request.form.get("workdays"):
        _take_working_days(form, desk)
    try:
        refused = None if form.validate_on_submit() else 422
        if refused is None:
            actions.save(item_id, form.written(), current_user.id)
    except rules.Overtaken:
        return _conflict_page(_desk(day, item_id), form)
    except Refusal as refusal:
        form.refuse(refusal)
        refused = refusal.status
    if refused is not None:
        return _item_page(desk, form, refused)
    following = _neighbour(desk, 1) if request.form.get("next") else desk.entry.item
    return redirect(url_for(".item", day=day, item_id=following.id) if following else url_for(".show", day=day), 303)


@pages.post(f"{ITEM}/xoa")
@access.staff_only(*WRITE)
def remove(day: str, item_id: int) -> ResponseReturnValue:
    desk, form = _desk(day, item_id), ActionForm()
    refused = form.attempt(lambda: None if desk.gone else arranging.remove(item_id))
    if refused is None:
        return back(day)
    page = render_template("minutes/admin/refused.html", head=desk.head, meeting=desk.head.meeting, form=form)
    return page, refused


@pages.post(f"{ITEM}/<any(len, xuong):way>")
@access.staff_only(*WRITE)
def move(day: str, item_id: int, way: str) -> ResponseReturnValue:
    head, form, step = head_of(day), MoveForm(), -1 if way == "len" else 1
    refused = form.attempt(lambda: arranging.move(head.meeting.id, item_id, step, form.past.number))
    if refused is None:
        return redirect(url_for(".show", day=day, _anchor=f"muc-{item_id}"), 303)
    return _show_page(head_of(day), form, status=refused)


def _neighbour(desk: Desk, step: int) -> MinuteItem | None:
    """The item before or after this one, breaks passed over."""
    rows = [one.item for one in desk.entries if one.item.kind != "break" or one is desk.entry]
    at = next((index for index, row in enumerate(rows) if row.id == desk.entry.item.id), None)
    return rows[at + step] if at is not None and 0 <= at + step < len(rows) else None


def _item_page(desk: Desk, form: ItemForm, status: int = 200) -> ResponseReturnValue:
    calendar = queries.calendar(desk.head.catalogue_version)
    page = render_template("minutes/admin/item.html", form=form, offers=_offers(form, calendar), **_shown(desk))
    return page, status


def _conflict_page(desk: Desk, mine: ItemForm) -> ResponseReturnValue:
    """Theirs and mine side by side, and below them one form that holds both."""
    fresh = desk.form(formdata=None)
    merge(mine, fresh, desk.units, desk.names)
    fresh.refuse(Refusal(_("Có người vừa lưu mục này. Xem hai bản dưới đây rồi lưu bản chung.")))
    editor = staff.by_id(desk.entry.item.edited_by or 0)
    return render_template("minutes/admin/conflict.html", form=fresh, mine=mine, editor=editor, offers={}, **_shown(desk)), 409


def _shown(desk: Desk) -> dict[str, Any]:
    return {
        "head": desk.head,
        "meeting": desk.head.meeting,
        "entry": desk.entry,
        "before": _neighbour(desk, -1),
        "after": _neighbour(desk, 1),
        "place": (sum(one.item.position <= desk.entry.item.position for one in desk.entries if desk.entry.item.minutes_id)),
        "count": len(desk.entries),
        "outcomes": OUTCOME_NAMES,
        "role": current_user.role,
        "openness": openness,
        "units": dict(desk.units),
    }


def _dates(form: ItemForm) -> list[tuple[str, Any]]:
    """The day field of each promise line."""
    fields = [(key, line.due_on if isinstance(line, LineForm) else line.put_off_to) for key, line in form.lines.items()]
    return [(key, field) for key, field in fields if isinstance(field.data, date) and 2000 <= field.data.year <= 2100]


def _offers(form: ItemForm, calendar: days.Calendar) -> dict[str, date]:
    """Line -> the working day to take instead of the day off that was typed."""
    return {key: days.next_working_day(field.data, calendar) for key, field in _dates(form) if calendar.is_off(field.data)}


def _take_working_days(form: ItemForm, desk: Desk) -> None:
    offers = _offers(form, queries.calendar(desk.head.catalogue_version))
    for key, field in _dates(form):
        if key in offers:
            field.data, field.raw_data = offers[key], None
