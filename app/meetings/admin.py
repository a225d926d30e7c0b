"""The officers' pages: meetings to come and proposed days to decide, one meeting's registrations, telephone sign-up."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock
from app.meetings import actions, agenda_admin, days, openness, queries, rules, schedule, series_admin
from app.meetings.forms import FIRM_NAMES, CancelForm, DayForm, SeatsForm, TelephoneForm
from app.meetings.models import Series, SignUp
from app.offices.queries import catalogue
from app.text import clean_line

pages = Blueprint("meetings_admin", __name__)
pages.register_blueprint(agenda_admin.pages)
pages.register_blueprint(series_admin.pages)
READ = ("counter", "reception", "secretary", "leader")
SHOWN = ("seated", "reserved", "standing", "waiting", "given_up")  # the order of states on a page


# -- meetings ---------------------------------------------------------------------------------------------------------


@pages.get("/")
@access.staff_only(*READ)
def index() -> ResponseReturnValue:
    return _index_page(DayForm())


@pages.post("/<int:meeting_id>/ngay")
@access.staff_only("secretary")
def decide(meeting_id: int) -> ResponseReturnValue:
    """An officer accepts the proposed day, or chooses another."""
    form = DayForm()
    if (refused := form.attempt(lambda: schedule.accept_proposal(meeting_id, _chosen(form)))) is None:
        return redirect(url_for(".index") + f"#ky-{meeting_id}", 303)
    return _index_page(form, refused, meeting_id)


def _chosen(form: DayForm) -> date:
    return form.day.data or date.min


def _index_page(form: DayForm, status: int = 200, failed: int | None = None) -> ResponseReturnValue:
    coming, past = queries.overview(clock.now())
    known = catalogue()
    calendar = days.Calendar(known.holidays, known.worked)
    proposed = [one for one in coming if one.meeting.state == "proposed"]
    if failed not in {one.meeting.id for one in proposed}:  # decided meanwhile: its field is not on the page any more
        form.lift_errors()
    page = render_template(
        "meetings/admin/index.html",
        form=form,
        failed_id=failed,
        proposed=proposed,
        coming=[one for one in coming if one.meeting.state != "proposed"],
        past=[one for one in past if one.meeting.state != "proposed"],
        why={one.meeting.id: days.why(_collision(one)) for one in proposed},
        clashes=_clashes(coming, calendar),
        series=_series(coming),
        minutes_late=_minutes_late(past, calendar),
        writes_minutes=current_user.role in {"secretary", "leader", "admin"},
        may_act=_may_act(),
    )
    return page, status


def _series(figures: Any) -> list[Series]:
    """Of the meetings shown: they come along with them."""
    return list({one.meeting.series_id: one.meeting.series for one in figures}.values())


def _collision(figures: queries.Figures) -> days.Collision:
    return days.Collision(figures.meeting.collision, figures.meeting.collision_name)


def _clashes(coming: Any, calendar: days.Calendar) -> dict[int, str]:
    """Published meetings whose day became a day off since: the holiday table was edited."""
    found = {}
    for figures in coming:
        clash = days.collision(figures.meeting.day, calendar)
        if figures.meeting.state == "open" and clash and clash.kind != "unknown":
            found[figures.meeting.id] = days.why(clash)
    return found


def _minutes_late(past: Any, calendar: days.Calendar) -> dict[int, int]:
    """Held meetings without published minutes: how many working days late."""
    open_ones = [one.meeting for one in past if one.meeting.state == "open" and one.meeting.concluded_at is None]
    late = {meeting.id: days.minutes_late(meeting.day, clock.today(), calendar) for meeting in open_ones}
    return {number: count for number, count in late.items() if count}


@pages.get("/<day>")
@access.staff_only(*READ)
def meeting(day: str) -> ResponseReturnValue:
    """Who comes, who waits, who gave up."""
    figures = agenda_admin.meeting_of(day)
    search = clean_line(request.args.get("tim", ""))[:100]
    found = queries.registrations(figures.meeting.id, search)
    return render_template(
        "meetings/admin/meeting.html",
        figures=figures,
        meeting=figures.meeting,
        search=search,
        groups=[(state, [row for row in found if row.state == state]) for state in SHOWN],
        firms=FIRM_NAMES,
        standing=rules.standing(figures.meeting, figures.waiting, clock.now()),
        may_act=_may_act(),
    )


@pages.get("/<day>/danh-sach")
@access.staff_only(*READ)
def attendance(day: str) -> ResponseReturnValue:
    """The printed list for the desk at the door: a box to tick, a place to sign."""
    figures = agenda_admin.meeting_of(day)
    return render_template(
        "meetings/admin/attendance.html",
        figures=figures,
        meeting=figures.meeting,
        rows=queries.attendance(figures.meeting.id),
        line=queries.line(figures.meeting.id),
        firms=FIRM_NAMES,
    )


@pages.route("/<day>/huy", methods=["GET", "POST"])
@access.staff_only("secretary")
def cancel(day: str) -> ResponseReturnValue:
    figures, status = agenda_admin.meeting_of(day), 200
    form = CancelForm(data={"revision": figures.meeting.revision})
    if request.method == "POST":
        refused = form.attempt(lambda: schedule.cancel_meeting(figures.meeting.id, form.reason.data or "", form.seen()))
        if refused is None:
            return redirect(url_for(".meeting", day=day), 303)
        figures, status = agenda_admin.meeting_of(day), refused
        form.revision.data = str(figures.meeting.revision)
    return render_template("meetings/admin/cancel.html", form=form, figures=figures, meeting=figures.meeting), status


# -- one registration -------------------------------------------------------------------------------------------------


@pages.route("/<day>/dang-ky", methods=["GET", "POST"])
@access.staff_only("secretary")
def register(day: str) -> ResponseReturnValue:
    """Somebody telephones: the same act as the public form's."""
    figures, status = agenda_admin.meeting_of(day), 200
    form = TelephoneForm(figures.meeting.most_seats)
    if request.method == "POST":
        made: list[SignUp] = []
        refused = form.attempt(lambda: made.append(actions.sign_up(figures.meeting.id, form.applicant("vi"), by_officer=True)))
        if refused is None:
            return redirect(url_for(".seat", day=day, code=made[0].code), 303)
        figures, status = agenda_admin.meeting_of(day), refused
    page = render_template(
        "meetings/admin/register.html",
        form=form,
        figures=figures,
        meeting=figures.meeting,
        known=queries.of_phone(figures.meeting.id, form.phone.stored) if status != 200 and form.phone.stored else None,
        standing=rules.standing(figures.meeting, figures.waiting, clock.now()),
    )
    return page, status


@pages.get("/<day>/dang-ky/<code>")
@access.staff_only(*READ)
def seat(day: str, code: str) -> ResponseReturnValue:
    row = _row(day, code)
    return _seat_page(row, SeatsForm(row.meeting.most_seats, data={"seats": row.seats}))


@pages.post("/<day>/dang-ky/<code>")
@access.staff_only("secretary")
def change_seat(day: str, code: str) -> ResponseReturnValue:
    row = _row(day, code)
    form = SeatsForm(row.meeting.most_seats)
    if request.form.get("give_up"):
        refused = form.attempt(lambda: actions.give_up(code))
    else:
        refused = form.attempt(lambda: actions.change_seats(code, form.seats.data or 0))
    if refused is None:
        return redirect(url_for(".seat", day=day, code=code), 303)
    return _seat_page(_row(day, code), form, refused)


def _row(day: str, code: str) -> SignUp:
    row = queries.by_code(code)
    return row if row is not None and row.meeting.day.isoformat() == day else abort(404)


def _seat_page(row: SignUp, form: SeatsForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "meetings/admin/seat.html",
        form=form,
        row=row,
        meeting=row.meeting,
        ahead=queries.ahead_of(row) if row.state == "waiting" else 0,
        waiting=queries.waiting(row.meeting_id),
        questions=[one for one in queries.questions_of(row.id) if openness.may_see_name(one, current_user.role)],
        firms=FIRM_NAMES,
        may_act=_may_act() and _changeable(row),
    )
    return page, status


def _changeable(row: SignUp) -> bool:
    coming = row.state != "given_up" and row.arrived_at is None
    return coming and row.meeting.state == "open" and clock.now() < row.meeting.starts_at


def _may_act() -> bool:
    return current_user.role in {"secretary", "admin"}
