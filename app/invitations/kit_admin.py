"""The invitation kit: short addresses, message, letter and poster of one meeting; and the links themselves."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock, dates, links
from app.forms import Form
from app.invitations import channel_queries, channels, wording
from app.invitations.kit_forms import KIND_NAMES, ChannelForm, RenameForm
from app.meetings import events
from app.meetings import queries as meetings
from app.meetings.channel_models import InviteChannel
from app.meetings.models import Meeting
from app.promises import queries as promises
from app.promises import scores
from app.promises.models import Promise
from app.staff.fields import FIELD_NAMES
from app.text import clean_line
from app.web import language

pages = Blueprint("kit_admin", __name__)
READ = ("secretary", "leader")
YEAR = timedelta(days=365)


# -- one meeting's kit ------------------------------------------------------------------------------------------------


@pages.get("/<day>/moi")
@access.staff_only(*READ)
def kit(day: str) -> ResponseReturnValue:
    """Choose by which way and about what; everything to copy or print follows."""
    meeting, field = _open(day), _field()
    ways = channel_queries.in_use(meeting.id)
    chosen = next((one for one, _count in ways if one.slug == request.args.get("kenh")), ways[0][0] if ways else None)
    address, cases = _address(chosen), _cases(field)
    return render_template(
        "invitations/admin/kit.html",
        meeting=meeting,
        ways=[(one, count, _address(one)) for one, count in ways],
        chosen=chosen,
        field=field,
        fields=FIELD_NAMES,
        cases=cases,
        address=address,
        message=wording.message(meeting, language(), address, field, cases),
        sms=wording.sms(meeting, language(), address, field),
        reserved=channel_queries.reserved(meeting.id),
        may_act=_may_act(),
    )


@pages.get("/<day>/moi/to-dan")
@access.staff_only(*READ)
def poster(day: str) -> ResponseReturnValue:
    """A4, for walls."""
    meeting, field, chosen = _open(day), _field(), _way()
    return render_template(
        "invitations/admin/poster.html",
        meeting=meeting,
        place=events.said(meeting, "place", language()),
        series=events.series_name(meeting, language()),
        field=field,
        topics=wording.topics(meeting, language(), field),
        cases=_cases(field),
        score=scores.score(clock.today() - YEAR, clock.today()),
        enough=wording.ENOUGH,
        address=_address(chosen),
        chosen=chosen,
    )


@pages.get("/<day>/moi/thu")
@access.staff_only(*READ)
def letter(day: str) -> ResponseReturnValue:
    """A4, to one business a seat is kept for, or to all."""
    meeting, field, chosen = _open(day), _field(), _way()
    code = request.args.get("cho", "")
    invited = next((one for one in channel_queries.reserved(meeting.id) if one.code == code), None)
    if code and invited is None:
        abort(404)
    return render_template(
        "invitations/admin/letter.html",
        meeting=meeting,
        series=events.series_name(meeting, language()),
        field=field,
        topic=wording.topic(field) if field else "",
        cases=_cases(field),
        invited=invited,
        address=_address(chosen),
        chosen=chosen,
    )


def _open(day: str) -> Meeting:
    """A meeting one may invite to."""
    figures = meetings.of_day(dates.read(day) or abort(404))
    return figures.meeting if figures and figures.meeting.state == "open" else abort(404)


def _way() -> InviteChannel | None:
    return meetings.channel(clean_line(request.args.get("kenh", ""))[:40])


def _field() -> str:
    field = request.args.get("viec", "")
    return field if field in FIELD_NAMES else ""


def _address(chosen: InviteChannel | None) -> str:
    if chosen is None:
        return links.absolute("meetings.next_meeting", language())
    return links.absolute("short.go", language(), slug=chosen.slug)


# -- the links --------------------------------------------------------------------------------------------------------


@pages.get("/duong-moi")
@access.staff_only(*READ)
def index() -> ResponseReturnValue:
    return _index_page(ChannelForm(formdata=None))


@pages.post("/duong-moi")
@access.staff_only("secretary")
def add() -> ResponseReturnValue:
    form = ChannelForm()
    if (refused := form.attempt(lambda: channels.add(form.link()))) is None:
        return redirect(url_for(".index"), 303)
    return _index_page(form, refused)


@pages.post("/duong-moi/thuong-dung")
@access.staff_only("secretary")
def begin() -> ResponseReturnValue:
    """The usual links at once."""
    plain, form = Form(), ChannelForm(formdata=None)
    if (refused := plain.attempt(channels.begin)) is None:
        return redirect(url_for(".index"), 303)
    form.form_errors = [sentence for _field_id, sentence in plain.problems()]
    return _index_page(form, refused)


@pages.route("/duong-moi/<int:channel_id>", methods=["GET", "POST"])
@access.staff_only("secretary")
def change(channel_id: int) -> ResponseReturnValue:
    """Another name, or put away."""
    row = channel_queries.channel(channel_id) or abort(404)
    form, status = RenameForm(obj=row), 200
    if request.method == "POST":
        facts: tuple[str, str, bool] = (form.name.data or "", form.name_en.data or "", bool(form.active.data))
        refused = form.attempt(lambda: channels.change(channel_id, *facts))
        if refused is None:
            return redirect(url_for(".index"), 303)
        status = refused
    return render_template("invitations/admin/channel.html", form=form, row=row, address=_address(row)), status


def _index_page(form: ChannelForm, status: int = 200) -> ResponseReturnValue:
    rows = [(one, count, _address(one)) for one, count in channel_queries.all_with_sign_ups()]
    more_usual = {usual[0] for usual in channels.USUAL} - {one.slug for one, _count, _link in rows}
    page = render_template(
        "invitations/admin/channels.html", form=form, rows=rows, kinds=KIND_NAMES, may_act=_may_act(), more_usual=more_usual
    )
    return page, status


def _may_act() -> bool:
    return current_user.role in {"secretary", "admin"}


def _cases(field: str) -> Sequence[Promise]:
    """What was promised to this sector, done, and helped."""
    return promises.kept_cases(field, wording.CASES)
