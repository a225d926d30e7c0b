"""What a dossier's code looks like, where it stands, and what may be done with it. No database, no clock, no web."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from app import clock
from app.refusal import Refusal

# Both national forms: 2018 to 2020 the smallest unit first, since Decision 20/2020 the other way round. domain §3.1.
_CODE = re.compile(r"(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{2,3}){0,3})-(\d{6})-\d{4,7}")


def read_code(text: str) -> str:
    """A dossier's code in its written form. Raises Refusal when no office gives such codes."""
    code = re.sub(r"\s", "", text).upper()
    found = _CODE.fullmatch(code)
    if not found:
        raise Refusal(_("Mã hồ sơ có dạng H15.50.05.13-261008-0975. Xem lại trên giấy tiếp nhận."), "code")
    try:
        datetime.strptime(found[1], "%y%m%d")  # noqa: DTZ007  only: is it a day?
    except ValueError:
        raise Refusal(
            _("Ngày trong mã hồ sơ (%(day)s) không có thật. Xem lại trên giấy tiếp nhận.", day=found[1]), "code"
        ) from None
    return code


@dataclass(frozen=True, slots=True)
class Times:
    """The facts standing is computed from."""

    due_at: datetime
    finished_at: datetime | None = None
    ended_as: str = ""
    paused: bool = False


def standing(times: Times, today: date) -> str:
    """early, on_time, late (ended); in_time, overdue, paused (open). By calendar date, as the official count has it; what ended
    without a result counts as on time."""
    due = clock.local(times.due_at).date()
    if times.finished_at is None:
        return "paused" if times.paused else "overdue" if due < today else "in_time"
    ended = clock.local(times.finished_at).date()
    if times.ended_as:
        return "on_time"
    return "early" if ended < due else "on_time" if ended == due else "late"
