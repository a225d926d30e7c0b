"""The officers' pages: who receives invitations, on what consent; seats kept for invited businesses; a meeting's fields."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import access, clock, consent, dates, sheets
from app.invitations import actions, mailing, queries
from app.invitations.forms import WAY_NAMES, ActionForm, AddForm, EndForm, FieldsForm, ReserveForm
from app.invitations.models import Subscriber
from app.meetings import actions as seats
from app.meetings import queries as meetings
from app.meetings import rules as meeting_rules
from app.meetings.rules import FIRM_NAMES
from app.staff.fields import FIELD_NAMES
from app.text import clean_line

pages = Blueprint("invitations_admin", __name__)
SIZE = 50
TABS = {"dang-nhan": "active", "cho-xac-nhan": "pending", "da-thoi": "ended"}  # name in the address -> state
NUMBER = "<int(max=2147483647):subscriber_id>"


# -- who receives invitations -----------------------------------------------------------------------------------------


@pages.get("/nguoi-nhan")
@access.staff_only("secretary", "leader")
def index() -> ResponseReturnValue:
    search, tab = clean_line(request.args.get("tim", ""))[:100], request.args.get("xem", "")
    page = min(max(request.args.get("trang", 1, int), 1), 10_000)
    rows = queries.found(search, TABS.get(tab, ""), page, SIZE)
    return render_template(
        "invitations/admin/index.html",
        rows=rows[:SIZE],
        more=len(rows) > SIZE,
        page=page,
        search=search,
        tab=tab if tab in TABS else "",
        tabs=TABS,
        counts=queries.counts(),
        fields=FIELD_NAMES,
        may_act=_may_act(),
    )


@pages.route("/nguoi-nhan/them", methods=["GET", "POST"])
@access.staff_only("secretary")
def add() -> ResponseReturnValue:
    """At the counter or on the phone: the words are read out, and whoever agrees is invited from now on."""
    form, status = AddForm(), 200
    if request.method == "POST":
        made: list[Subscriber] = []
        refused = form.attempt(lambda: made.append(_written_down(form)))
        if refused is None:
            return redirect(url_for(".subscriber", subscriber_id=made[0].id), 303)
        status = refused
        form.wording.data = str(queries.wording().version)
    return render_template("invitations/admin/add.html", form=form, wording=queries.wording().vi), status


def _written_down(form: AddForm) -> Subscriber:
    return actions.add(form.details("vi", form.email.data or ""), str(form.channel.data), form.version())


@pages.get(f"/nguoi-nhan/{NUMBER}")
@access.staff_only("secretary", "leader")
def subscriber(subscriber_id: int) -> ResponseReturnValue:
    return _subscriber_page(subscriber_id, EndForm())


@pages.post(f"/nguoi-nhan/{NUMBER}/thoi")
@access.staff_only("secretary")
def end(subscriber_id: int) -> ResponseReturnValue:
    return _act_on(subscriber_id, EndForm(), lambda form: actions.end(subscriber_id, str(form.how.data)))


@pages.post(f"/nguoi-nhan/{NUMBER}/lien-ket-moi")
@access.staff_only("secretary")
def renew(subscriber_id: int) -> ResponseReturnValue:
    """A forwarded letter's links must die."""
    return _act_on(subscriber_id, ActionForm(), lambda _form: actions.renew(subscriber_id))


def _act_on(subscriber_id: int, form: Any, do: Callable[[Any], Any]) -> ResponseReturnValue:
    if queries.by_number(subscriber_id) is None:
        abort(404)
    if (refused := form.attempt(lambda: do(form))) is None:
        return redirect(url_for(".subscriber", subscriber_id=subscriber_id), 303)
    return _subscriber_page(subscriber_id, form, refused)


def _subscriber_page(subscriber_id: int, form: Any, status: int = 200) -> ResponseReturnValue:
    row = queries.by_number(subscriber_id) or abort(404)
    page = render_template(
        "invitations/admin/subscriber.html",
        form=form,
        ending=form if isinstance(form, EndForm) else EndForm(formdata=None),
        row=row,
        consents=consent.history(row.about),
        ways=WAY_NAMES,
        firms=FIRM_NAMES,
        fields=FIELD_NAMES,
        may_act=_may_act(),
    )
    return page, status


@pages.get("/nguoi-nhan.csv")
@access.staff_only("secretary")
def export() -> ResponseReturnValue:
    """The list with the evidence of each consent."""
    header = (
        _("Nơi nhận"), _("Người nhận"), _("Thư điện tử"), _("Điện thoại"), _("Mã số thuế"), _("Loại hình"), _("Lĩnh vực"),
        _("Tình trạng"), _("Đồng ý lúc"), _("Cách đồng ý"), _("Lời đồng ý số"),
    )  # fmt: skip
    states = {"active": _("đang nhận"), "pending": _("chờ xác nhận"), "ended": _("đã thôi")}
    rows = [
        (
            row.name, row.contact, row.email, row.phone, row.tax_code, str(FIRM_NAMES[row.kind]),
            ", ".join(str(FIELD_NAMES[field]) for field in row.fields), states[row.state],
            clock.local(given.given_at).strftime("%Y-%m-%d %H:%M") if given else "",
            str(WAY_NAMES[given.channel]) if given else "", given.wording_version if given else "",
        )
        for row, given in queries.everybody()
    ]  # fmt: skip
    headers = {"Content-Disposition": "attachment; filename=nguoi-nhan.csv", "Cache-Control": "no-store"}
    return Response(sheets.csv_text(header, rows), mimetype="text/csv", headers=headers)


# -- one meeting ------------------------------------------------------------------------------------------------------


@pages.route("/<day>/linh-vuc", methods=["GET", "POST"])
@access.staff_only("secretary")
def fields(day: str) -> ResponseReturnValue:
    """What a meeting is about decides who is invited to it."""
    meeting, status = _figures(day).meeting, 200
    form = FieldsForm(data={"fields": meeting.fields})
    if request.method == "POST":
        refused = form.attempt(lambda: mailing.set_fields(meeting.id, form.chosen()))
        if refused is None:
            return redirect(url_for(".fields", day=day), 303)
        status = refused
    reach = queries.reach(meeting.fields)
    return render_template("invitations/admin/fields.html", form=form, meeting=meeting, reach=reach), status


@pages.route("/<day>/giu-cho", methods=["GET", "POST"])
@access.staff_only("secretary")
def reserve(day: str) -> ResponseReturnValue:
    figures, status = _figures(day), 200
    meeting = figures.meeting
    form = ReserveForm(meeting.most_seats, data={"until": _usual_end(meeting.day)})
    if request.method == "POST":
        refused = form.attempt(lambda: seats.reserve(meeting.id, form.applicant(), form.ends(meeting.starts_at)))
        if refused is None:
            return redirect(url_for(".reserve", day=day), 303)
        figures, status = _figures(day), refused
    page = render_template(
        "invitations/admin/reserve.html",
        form=form,
        figures=figures,
        meeting=figures.meeting,
        rows=queries.reservations(figures.meeting.id),
        standing=meeting_rules.standing(figures.meeting, figures.waiting, clock.now()),
    )
    return page, status


def _usual_end(day: date) -> date:
    """A week to answer, and two days for whoever waits when nobody does."""
    return max(min(clock.today() + timedelta(days=7), day - timedelta(days=2)), min(clock.today(), day))


def _figures(text: str) -> meetings.Figures:
    return meetings.of_day(dates.read(text) or abort(404)) or abort(404)


def _may_act() -> bool:
    return current_user.role in {"secretary", "admin"}
