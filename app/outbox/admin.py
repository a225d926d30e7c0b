"""The staff tray: what waits, what left, what did not, whom to telephone; and sending again by hand."""

import re
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, channels, clock
from app.forms import Form
from app.outbox import actions, queries, rendering, rules
from app.outbox.models import Message
from app.refusal import Refusal

TOKEN = re.compile(r"\?t=[\w.~-]+|(?<=/don-vi/)[\w.~-]{20,}")
pages = Blueprint("outbox_admin", __name__)
SIZE = 50
HELD_UP = timedelta(minutes=5)  # waiting longer than this past its time is worth a warning
ACTING = ("counter", "reception", "secretary")
NUMBER = "<int(max=2147483647):number>"


@pages.get("/")
@access.staff_only()
def index() -> ResponseReturnValue:
    counts = queries.counts()
    tab = request.args.get("xem", "cho")
    if tab not in queries.TABS:
        abort(404)
    last = max(1, -(-counts[tab] // SIZE))
    page = min(max(request.args.get("trang", 1, int), 1), last)
    found = queries.of_tab(tab, page, SIZE)
    return render_template(
        "outbox/admin/index.html",
        tab=tab,
        counts=counts,
        lines=[(message, _subject(message)) for message in found],
        page=page,
        last=last,
        configured=channels.mail.configured(),
        held_up=queries.held_up(clock.now() - HELD_UP, actions.polite()) if counts["cho"] else None,
    )


@pages.get("/goi")
@access.staff_only()
def calls() -> ResponseReturnValue:
    """The call list of one day, printable; by default those who come tomorrow."""
    now = clock.now()
    waiting = [one for one in queries.calls(now + rules.CALLS_AHEAD) if one.useful_until is None or one.useful_until > now]
    days = {day: list(rows) for day, rows in groupby(waiting, key=_day)}
    chosen = _chosen(days)
    lines = [(message, _subject(message)) for message in days.get(chosen, [])]
    counts = {day: len(rows) for day, rows in days.items()}
    return render_template("outbox/admin/calls.html", day=chosen, days=counts, lines=lines, form=Form(), may_act=_may_act())


def _day(message: Message) -> date:
    """The day the person is expected: when the message stops being useful."""
    return clock.local(message.useful_until or message.due_at).date()


def _chosen(days: dict[date, Any]) -> date:
    try:
        return date.fromisoformat(request.args.get("ngay", ""))
    except ValueError:
        tomorrow = clock.today() + timedelta(days=1)
        return tomorrow if tomorrow in days else min(days, default=tomorrow)


@pages.get(f"/{NUMBER}")
@access.staff_only()
def message(number: int) -> ResponseReturnValue:
    return _page(number, Form())


def _page(number: int, form: Form, status: int = 200) -> ResponseReturnValue:
    found = queries.by_number(number) or abort(404)
    page = render_template(
        "outbox/admin/message.html",
        message=found,
        form=form,
        words=_words(found),
        again=found.state in rules.AGAIN_BY_HAND and found.channel != "call",
        may_act=_may_act(),
    )
    return page, status


@pages.post(f"/{NUMBER}/gui-lai")
@access.staff_only(*ACTING)
def send_again(number: int) -> ResponseReturnValue:
    return _act(number, actions.send_again, url_for(".message", number=number))


@pages.post(f"/{NUMBER}/da-goi")
@access.staff_only(*ACTING)
def called(number: int) -> ResponseReturnValue:
    found = queries.by_number(number) or abort(404)
    return _act(number, actions.called, url_for(".calls", ngay=_day(found).isoformat()))


def _act(number: int, act: Any, then: str) -> ResponseReturnValue:
    form = Form()
    if queries.by_number(number) is None:
        abort(404)
    if not form.validate_on_submit():
        return _page(number, form, 422)
    try:
        act(number)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(number, form, 409)
    return redirect(then, 303)


def _may_act() -> bool:
    return bool(current_user.role != "leader")


def _subject(message: Message) -> str:
    """What it says, in one line; a message that cannot be made shows its kind."""
    try:
        return rendering.subject(message.template, message.kind, message.facts, message.locale)
    except Exception:
        return message.kind


def _words(message: Message) -> str:
    """The text as the person gets it, without the tokens in its links (they open the booking), or why there is none."""
    words = (message.template, message.kind, message.facts, message.locale)
    try:
        if message.channel == "sms":
            return rendering.sms(*words)
        subject, text, _html = rendering.letter(*words)
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return f"{subject}\n\n{TOKEN.sub('', text)}"
