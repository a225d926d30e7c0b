"""The officers' pages that change a meeting or a series: the form, a review of whom it touches, and what to do when overtaken."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import access, clock, dates
from app.meetings import changes, concerned, events, plan, queries, schedule, series
from app.meetings.changes import Touched
from app.meetings.models import Meeting, Series
from app.meetings.series_forms import USUAL, WINDOWS, MeetingForm, NewSeriesForm, RevisedForm, SeriesForm, differences
from app.outbox import actions as outbox
from app.refusal import Conflict, Refusal
from app.staff import queries as staff
from app.web import language

pages = Blueprint("changes", __name__)


# -- one meeting ------------------------------------------------------------------------------------------------------


@pages.route("/<day>/sua", methods=["GET", "POST"])
@access.staff_only("secretary")
def meeting(day: str) -> ResponseReturnValue:
    rows = _rows(day)
    found = rows[0][0]
    form = MeetingForm(formdata=_sent(), data=asdict(plan.of(found)))
    if request.method == "GET":
        form.remember(found.revision, form.values())
        return _meeting_page(found, form)
    return _change(
        form,
        found,
        page=partial(_meeting_page, found),
        review=lambda: changes.review(rows, form.wanted()),
        act=lambda: changes.edit(found.id, form.wanted(), form.seen_revision(), form.following()),
    )


def _rows(day: str) -> list[tuple[Meeting, concerned.People]]:
    """The meeting, where wanted with those after it; a day it has left leads to it too."""
    wanted, following = dates.read(day) or abort(404), request.form.get("scope") == "following"
    rows = concerned.to_change(wanted, following)
    if not rows:
        moved = queries.of_former_day(wanted) or abort(404)
        rows = concerned.to_change(moved.meeting.day, following)
    return rows


def _sent() -> MultiDict[str, str] | None:
    """What was sent; a press on the proposed day puts it into its field."""
    sent = request.form.copy()
    if proposed := sent.get("use_day"):
        sent["day"] = proposed
    return sent or None


def _meeting_page(found: Meeting, form: MeetingForm, status: int = 200, **more: Any) -> ResponseReturnValue:
    by_rule = plan.windows(plan.unfixed(plan.of(found)), found.series, schedule.public_calendar())
    for name, moment in zip(WINDOWS, by_rule, strict=True):
        form[name].description = _("Để trống thì theo lệ, với ngày này là %(moment)s.", moment=dates.moment(moment))
    page = render_template("meetings/admin/edit.html", form=form, meeting=found, **({"proposed": None, "overtaken": None} | more))
    return page, status


# -- the series -------------------------------------------------------------------------------------------------------


@pages.route("/lich-dinh-ky/<int:series_id>", methods=["GET", "POST"])
@access.staff_only("secretary")
def rule(series_id: int) -> ResponseReturnValue:
    """The programme: its rule, and what every meeting of it begins with."""
    found = concerned.series(series_id) or abort(404)
    form = SeriesForm(data=asdict(plan.of_series(found)))
    if request.method == "GET":
        form.remember(found.revision, form.values())
        return _series_page(found, form)
    return _change(
        form,
        found,
        page=partial(_series_page, found),
        review=lambda: _review_series(form, found),
        act=lambda: series.edit(found.id, form.wanted(), form.seen_revision(), form.coming()),
    )


@pages.route("/lich-dinh-ky", methods=["GET", "POST"])
@access.staff_only("secretary")
def new_rule() -> ResponseReturnValue:
    """A new programme; what the last one has is proposed."""
    last = concerned.last_series()
    form = NewSeriesForm(data=asdict(plan.of_series(last)) | {"name": "", "name_en": ""} if last else USUAL)
    if request.method == "GET":
        form.remember(0, form.values())
        return _series_page(None, form)
    refused = form.attempt(lambda: series.create(form.wanted()))
    return _series_page(None, form, refused) if refused else redirect(url_for("meetings_admin.index"), 303)


def _review_series(form: SeriesForm, found: Series) -> list[Touched]:
    rows = concerned.coming_of(found.id, clock.now()) if form.coming() else []
    return series.review(found, form.wanted(), rows)


def _series_page(found: Series | None, form: NewSeriesForm, status: int = 200, **more: Any) -> ResponseReturnValue:
    return render_template("meetings/admin/rule.html", form=form, series=found, **({"overtaken": None} | more)), status


# -- both -------------------------------------------------------------------------------------------------------------


def _change(
    form: Any, thing: Any, page: Callable[..., ResponseReturnValue], review: Callable[[], list[Touched]], act: Callable[[], Any]
) -> ResponseReturnValue:
    """Shows whom it would touch and asks; done at once when it touches nobody. A no comes back on the form."""
    if not form.validate_on_submit():
        return page(form, 422)
    if "again" in request.form:
        return page(form, 200)
    try:
        if "confirmed" not in request.form and _current(form, thing):
            found = review()
            if any(one.worth_a_look for one in found):
                return _review_page(form, thing, found)
        done = act()
    except schedule.Collides as refusal:
        form.refuse(refusal)
        return page(form, 422, proposed=refusal.proposed)
    except Conflict as conflict:
        return _overtaken(form, thing, page, conflict)
    except Refusal as refusal:
        form.refuse(refusal)
        return page(form, 422)
    return redirect(_home(done), 303)


def _current(form: RevisedForm, thing: Any) -> bool:
    return bool(form.seen_revision() == thing.revision)


def _home(thing: Meeting | Series) -> str:
    """Where its officer goes on."""
    if isinstance(thing, Series):
        return url_for("meetings_admin.index")
    return url_for("meetings_admin.meeting", day=thing.day.isoformat())


def _address(thing: Meeting | Series) -> str:
    if isinstance(thing, Series):
        return url_for(".rule", series_id=thing.id)
    return url_for(".meeting", day=thing.day.isoformat())


def _present(form: RevisedForm, thing: Any) -> RevisedForm:
    given = plan.of_series(thing) if isinstance(thing, Series) else plan.of(thing)
    return type(form)(formdata=None, data=asdict(given))


def _review_page(form: Any, thing: Any, found: Sequence[Touched]) -> ResponseReturnValue:
    """The second look: everything typed goes along unseen."""
    kept = [(name, value) for name, value in (_sent() or MultiDict()).items(multi=True) if name in form and name != "csrf_token"]
    return render_template(
        "meetings/admin/review.html",
        form=form,
        kept=kept,
        thing=thing,
        title=dates.day(thing.day) if isinstance(thing, Meeting) else events.name_of(thing, language()),
        changed=differences(form, _present(form, thing).values(), form.values()),
        found=found,
        told=sum(one.told for one in found),
        polite=outbox.polite(),
        hours=current_app.config["SENDING_HOURS"],
        address=_address(thing),
        back=_home(thing),
    )


def _overtaken(form: Any, thing: Any, page: Callable[..., ResponseReturnValue], conflict: Conflict) -> ResponseReturnValue:
    """Another officer was faster: what they changed is shown, what this one typed stays, all else is as it is now."""
    present = _present(form, thing)
    values, changed = plan.merged(form.seen_values(), form.values(), present.values())
    fresh = type(form)(formdata=MultiDict(values | {"scope": form.scope.data or ""}))
    fresh.remember(thing.revision, present.values())
    fresh.refuse(conflict)
    last = concerned.last_change(thing.about)
    number = last.actor.removeprefix("officer:") if last else ""
    who = staff.by_id(int(number)) if number.isdigit() else None
    told = differences(fresh, form.seen_values(), present.values(), changed)
    return page(fresh, 409, overtaken={"changes": told, "at": last.at if last else None, "who": who.name if who else ""})
