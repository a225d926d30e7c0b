"""What a dossier's code looks like, where it stands, and what may be done with it. No database, no clock, no web."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import gettext as _

from app import clock, dates
from app.refusal import Refusal

COLLECTING = "nhan-ket-qua"  # our own service: five minutes to collect a result


@dataclass(frozen=True, slots=True)
class State:
    """The facts that say where a dossier stands, and what may be done with it."""

    received_at: datetime
    due_at: datetime
    extended_at: datetime | None = None
    pause: str = ""
    paused_at: datetime | None = None
    finished_at: datetime | None = None
    handed_at: datetime | None = None
    ended_as: str = ""


def standing(state: State, today: date) -> str:
    """early, on_time, late (ended); in_time, overdue, paused (open). By calendar date, as the official count has it; what ended
    without a result counts as on time."""
    due = clock.local(state.due_at).date()
    if state.finished_at is None:
        return "paused" if state.pause else "overdue" if due < today else "in_time"
    ended = clock.local(state.finished_at).date()
    if state.ended_as:
        return "on_time"
    return "early" if ended < due else "on_time" if ended == due else "late"


# -- what may be done, and when ---------------------------------------------------------------------------------------


def check_happened(happened: datetime, state: State, now: datetime) -> None:
    """What the paper says cannot be ahead of us, nor before the dossier was there. Raises Refusal."""
    if happened > now:
        raise Refusal(_("Giờ này chưa tới. Ghi đúng lúc đã xảy ra."), "happened")
    if happened < state.received_at:
        raise Refusal(_("Giờ này trước lúc nhận hồ sơ (%(moment)s).", moment=dates.moment(state.received_at)), "happened")


def check_open(state: State) -> None:
    if state.finished_at is not None:
        raise Refusal(_("Hồ sơ này đã kết thúc nên không đổi được nữa."))


def check_pause(state: State, kind: str, supplements: int) -> None:
    """A dossier is paused by one thing at a time; what is missing is asked for once, as a whole. Raises Refusal."""
    check_open(state)
    if state.pause:
        raise Refusal(_("Hồ sơ đang tạm dừng rồi. Tính giờ tiếp trước đã."))
    if kind == "supplement" and supplements:
        raise Refusal(_("Đã yêu cầu bổ sung một lần rồi. Mỗi hồ sơ chỉ được yêu cầu bổ sung một lần, ghi đủ mọi giấy còn thiếu."))


def check_extension(state: State, new_due: datetime, now: datetime) -> None:
    """Once, later than the present day, with its apology at the latest the day before it (Decree 61). Raises Refusal."""
    check_open(state)
    if state.extended_at is not None:
        raise Refusal(_("Đã xin lỗi và hẹn lại một lần rồi. Luật chỉ cho hẹn lại một lần."))
    if new_due <= state.due_at:
        raise Refusal(_("Ngày hẹn mới phải sau ngày đã hẹn (%(moment)s).", moment=dates.moment(state.due_at)), "day")
    if clock.local(now).date() >= clock.local(state.due_at).date():
        raise Refusal(_("Thư xin lỗi phải gửi chậm nhất một ngày trước ngày hẹn trả. Hồ sơ này đã tới ngày hẹn."))


def put_off_to(due_at: datetime, day: date, hours: Sequence[tuple[time, time]]) -> datetime:
    """Another day at the same hour, within that day's working hours. Raises Refusal when it has none."""
    if not hours:
        raise Refusal(_("Ngày này không làm việc. Chọn một ngày làm việc."), "day")
    wanted = clock.at(day, clock.local(due_at).time())
    return min(max(wanted, clock.at(day, hours[0][0])), clock.at(day, hours[-1][1]))


def check_handed(state: State, happened: datetime) -> None:
    if state.ended_as:
        raise Refusal(_("Hồ sơ này kết thúc không có kết quả để trả."))
    if state.finished_at is not None and happened < state.finished_at:
        raise Refusal(_("Giờ trả trước lúc có kết quả (%(moment)s).", moment=dates.moment(state.finished_at)), "happened")


def check_return(state: State) -> None:
    """How the result comes home may change until it has left. Raises Refusal."""
    if state.handed_at is not None or state.ended_as:
        raise Refusal(_("Hồ sơ này đã kết thúc nên không đổi được nữa."))


def check_collect(state: State) -> None:
    """A time to collect is for a result that is there. Raises Refusal with the earliest day possible."""
    if state.handed_at is not None or state.ended_as:
        raise Refusal(_("Hồ sơ này không còn kết quả chờ lấy."))
    if state.finished_at is None:
        raise Refusal(_("Chưa có kết quả. Sớm nhất là %(moment)s.", moment=dates.moment(state.due_at)))


def late_days(due_at: datetime, today: date) -> int:
    """Calendar days past the promised day; 0 on it and before."""
    return max(0, (today - clock.local(due_at).date()).days)
