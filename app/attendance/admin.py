"""The desk at the door, the paper list afterwards, the running agenda."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock, dates
from app.attendance import actions, course, finding, paper, queries, rules, running
from app.attendance.forms import ArrivalForm, PaperForm, WalkInForm
from app.forms import Form
from app.meetings import queries as meetings
from app.meetings.models import Meeting, SignUp
from app.refusal import Refusal
from app.web import language

pages = Blueprint("attendance_admin", __name__)
DESK = ("counter", "reception", "secretary")
READ = (*DESK, "leader")
CHAIR = ("leader", "secretary")
BASE = "/<day>/diem-danh"


# -- the door ---------------------------------------------------------------------------------------------------------


@pages.get("/diem-danh")
@access.staff_only(*READ)
def door() -> ResponseReturnValue:
    """From a seat scanned with an officer's own telephone: its meeting's desk; without a code, the next meeting's."""
    typed = finding.read(request.args.get("tim", ""))
    day = queries.day_of(_code(typed))
    if day is None:
        return redirect(url_for("meetings_admin.index"))
    return redirect(url_for(".index", day=day.isoformat(), tim=typed or None))


def _code(typed: str) -> str:
    try:
        return finding.code_in(typed)
    except Refusal:
        return ""


@pages.get(BASE)
@access.staff_only(*READ)
def index(day: str) -> ResponseReturnValue:
    return _door_page(day, request.args.get("tim", ""))


@pages.post(BASE)
@access.staff_only(*DESK)
def arrive(day: str) -> ResponseReturnValue:
    form, meeting = ArrivalForm(), _meeting(day)

    def act() -> SignUp:
        return actions.arrive(meeting.id, form.code.data or "", form.came.data, form.seen_people, _stands())

    return _at_the_door(day, form, act)


@pages.post(f"{BASE}/hoan-tac")
@access.staff_only(*DESK)
def undo(day: str) -> ResponseReturnValue:
    form, meeting = ArrivalForm(), _meeting(day)
    return _at_the_door(day, form, lambda: actions.undo(meeting.id, form.code.data or "", form.seen_people))


@pages.post(f"{BASE}/vang-lai")
@access.staff_only(*DESK)
def walk_in(day: str) -> ResponseReturnValue:
    """Three fields. A phone that is known leads to its own row instead."""
    form, meeting = WalkInForm(), _meeting(day)
    try:
        return _at_the_door(day, form, lambda: actions.walk_in(meeting.id, form.visitor(), _stands()), form)
    except rules.Known as known:
        return redirect(url_for(".index", day=day, tim=known.code), 303)


@pages.post(f"{BASE}/nhuong-cho")
@access.staff_only(*DESK)
def hand_on(day: str) -> ResponseReturnValue:
    form, meeting = Form(), _meeting(day)
    return _at_the_door(day, form, lambda: actions.hand_on(meeting.id))


@pages.post(f"{BASE}/chot")
@access.staff_only("secretary")
def close(day: str) -> ResponseReturnValue:
    form, meeting = Form(), _meeting(day)
    return _at_the_door(day, form, lambda: actions.close(meeting.id, bool(request.form.get("reopen"))))


def _meeting(day: str) -> Meeting:
    figures = meetings.of_day(dates.read(day) or abort(404))
    return figures.meeting if figures else abort(404)


def _stands() -> bool:
    """Pressed: let them in without a chair."""
    return bool(request.form.get("stand"))


def _at_the_door(day: str, form: Any, act: Callable[[], Any], walk_in: WalkInForm | None = None) -> ResponseReturnValue:
    """Does it; then the field is empty and has the focus again. Or says no on the page as it stands."""
    status, done = 422, None
    if form.validate_on_submit():
        try:
            done, status = act(), 303
        except rules.Known:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
    if status == 303:
        session["welcome"] = done.code if isinstance(done, SignUp) and done.arrived_at is not None else None
        return redirect(url_for(".index", day=day), 303)
    return _door_page(day, request.form.get("tim", ""), form, walk_in, status)


def _door_page(
    day: str, typed: str, form: Any = None, walk_in: WalkInForm | None = None, status: int = 200
) -> ResponseReturnValue:
    meeting, now, typed = _meeting(day), clock.now(), finding.read(typed)
    rows = _by_name(meetings.registrations(meeting.id))
    found, newest = finding.find(rows, typed), rules.newest(rows)
    records = queries.records([*newest, *found.rows])
    mine = [row for row in newest if row.about in records and records[row.about].mine]
    elsewhere = queries.day_of(found.code) if found.kind == "none" and found.code and not found.fault else None
    page = render_template(
        "attendance/admin/index.html",
        form=form or Form(),
        plain=Form(formdata=None),
        walk_in=walk_in or _walk_in(found),
        walk_in_failed=walk_in is not None,
        meeting=meeting,
        rows=[row for row in rows if row.state != "given_up"],
        found=found,
        elsewhere=elsewhere,
        would_sit=_chances(meeting, rows, found),
        welcomed=next((row for row in newest if row.code == session.get("welcome")), None),
        newest=newest,
        last=next(iter([*mine, *newest]), None),
        records=records,
        counts=rules.counts(rows),
        hands_on=rules.hands_on(meeting, now),
        hand_on_from=meeting.starts_at + rules.HAND_ON_AFTER,
        hand_on_after=rules.HAND_ON_AFTER // timedelta(minutes=1),
        ready=len(rules.seating(meeting, rows, now).seated),
        door=rules.door(meeting, now),
        may_act=current_user.role != "leader",
        may_close=current_user.role in {"secretary", "admin"},
    )
    return page, status


def _walk_in(found: finding.Found) -> WalkInForm:
    """What was looked for in vain is not typed twice."""
    known = {"name": found.name, "phone": found.phone}
    if found.kind == "given_up":
        known = {"name": found.row.name, "contact": found.row.contact, "phone": found.row.phone}
    return WalkInForm(formdata=None, data=known)


def _chances(meeting: Meeting, rows: list[SignUp], found: finding.Found) -> bool:
    """Would whoever was found (or the walk-in) get a chair at once?"""
    row = found.row if found.kind == "one" else None
    return rules.would_sit(meeting, rows, row.seats if row else 1, clock.now(), row)


# -- the signed list --------------------------------------------------------------------------------------------------


@pages.route(f"{BASE}/giay", methods=["GET", "POST"])
@access.staff_only(*DESK)
def paper_list(day: str) -> ResponseReturnValue:
    """After the meeting: the whole list with what is known already, saved at once."""
    meeting, form, status = _meeting(day), PaperForm(), 200
    rows = _by_name(meetings.present(meeting.id))
    if request.method == "POST" and (status := _save_paper(meeting, rows, form)) == 303:
        return redirect(url_for(".index", day=day), 303)
    if status != 422:  # shown anew: what others wrote meanwhile stands beside what was typed
        rows = _by_name(meetings.present(meeting.id))
        form.seen.data = paper.state_of(rows)
    page = render_template(
        "attendance/admin/paper_list.html",
        form=form,
        meeting=meeting,
        rows=rows,
        lines=form.lines(rows),
        extras=form.typed_extras(),
        over=clock.now() >= meeting.ends_at and meeting.state == "open",
    )
    return page, status


def _by_name(rows: Sequence[SignUp]) -> list[SignUp]:
    return sorted(rows, key=lambda row: row.search_key)


def _save_paper(meeting: Meeting, rows: list[SignUp], form: PaperForm) -> int:
    if not form.validate_on_submit():
        return 422
    entries, extras = form.entries(rows), form.extras()
    if form.bad_lines:
        return 422
    try:
        paper.save(meeting.id, entries, extras, form.seen.data or "")
    except Refusal as refusal:
        form.refuse(refusal)
        return refusal.status
    return 303


# -- the running agenda -----------------------------------------------------------------------------------------------


@pages.get("/<day>/dieu-hanh")
@access.staff_only(*CHAIR)
def live(day: str) -> ResponseReturnValue:
    return _live_page(day)


@pages.post("/<day>/dieu-hanh")
@access.staff_only(*CHAIR)
def steer(day: str) -> ResponseReturnValue:
    """Begin, next, back."""
    meeting, form = _meeting(day), Form()
    if not form.validate_on_submit():
        return _live_page(day, form, 422)
    try:
        running.steer(meeting.id, request.form.get("act", ""), request.form.get("seen", ""))
    except Refusal as refusal:
        form.refuse(refusal)
        return _live_page(day, form, refusal.status)
    return redirect(url_for(".live", day=day), 303)


def _live_page(day: str, form: Form | None = None, status: int = 200) -> ResponseReturnValue:
    """Asked again and again by the chair's screen: 304 as long as nothing it shows has changed, the minute included."""
    meeting, now = _meeting(day), clock.now()
    items, asked = meetings.items(meeting.id), queries.asked(meeting.id)
    stands = course.course(meeting, items, now)
    now_asked, later_asked = (
        course.asked_under(part.item if part else None, asked, current_user.role) for part in (stands.current, stands.following)
    )
    page = render_template(
        "attendance/admin/live.html",
        form=form or Form(),
        meeting=meeting,
        course=stands,
        asked=now_asked,
        asked_next=later_asked,
        today=clock.local(now).date() == meeting.day and meeting.state == "open",
        at=now,
    )
    response = make_response(page, status)
    if status == 200:
        told = [(one.id, one.title, one.minutes, one.unit_id, one.note, one.begun_at, one.ended_at) for one in items]
        facts = (language(), now.replace(second=0), told, now_asked, later_asked)
        response.set_etag(hashlib.sha256(repr(facts).encode()).hexdigest()[:20])
        response.make_conditional(request)
    return response
