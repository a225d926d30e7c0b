"""What the ledger calls things: standings, the askers' words, what happened."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.dates import day_short
from app.promises.models import PromiseEvent
from app.staff.fields import FIELD_NAMES as FIELDS

__all__ = ["FIELDS", "STANDINGS", "VERDICTS", "event_title"]
STANDINGS = {
    "open": _l("Đang làm"), "soon": _l("Sắp đến hẹn"), "late": _l("Trễ hẹn"), "waiting": _l("Đang chờ nơi khác"),
    "reopened": _l("Mở lại"), "on_time": _l("Xong đúng hẹn"), "done_late": _l("Xong trễ hẹn"), "withdrawn": _l("Đã rút"),
}  # fmt: skip
VERDICTS = {"yes": _l("Đã gỡ được"), "partly": _l("Gỡ được một phần"), "no": _l("Chưa gỡ được")}


def event_title(event: PromiseEvent) -> str:
    """What happened, in a few words."""
    before, after = (day_short(day) if day else "" for day in (event.due_before, event.due_after))
    moved = event.kind == "resumed" and before != after
    sentences = {
        "made": _("hẹn xong trước hết ngày %(day)s", day=after),
        "postponed": _("dời từ %(before)s sang %(after)s", before=before, after=after),
        "waiting": _("chờ nơi khác, đồng hồ dừng"),
        "resumed": _("làm tiếp, hẹn dời tới %(after)s vì đã chờ", after=after) if moved else _("làm tiếp"),
        "done": _("đơn vị báo xong"),
        "proof": _("thêm chứng cứ"),
        "verdict": _("người hỏi nói: %(verdict)s", verdict=str(VERDICTS.get(event.reason, "")).lower()),
        "reopened": _("mở lại vì người hỏi nói chưa được, ngày hẹn giữ nguyên"),
        "amended": _("sửa lại trong sổ"),
        "withdrawn": _("rút lời hẹn"),
    }
    return str(sentences[event.kind])
