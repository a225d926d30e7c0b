"""Labels, limits and help of the register's forms."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.forms import Form, LineField, TextField, UploadField
from app.reconciliation import rules
from app.reconciliation.actions import Found
from app.reconciliation.models import VERDICTS
from app.refusal import Refusal
from app.text import clean_line

COLUMN_NAMES = {
    "code": _l("Mã hồ sơ"), "received": _l("Ngày tiếp nhận"), "promised": _l("Ngày hẹn trả"), "finished": _l("Ngày xử lý xong"),
    "handed": _l("Ngày trả kết quả"), "status": _l("Trạng thái"), "matter": _l("Thủ tục"), "field": _l("Lĩnh vực"),
    "channel": _l("Hình thức nộp"), "owner": _l("Chủ hồ sơ"), "office": _l("Nơi tiếp nhận"), "unit": _l("Đơn vị xử lý"),
    "officer": _l("Cán bộ xử lý"),
}  # fmt: skip
VERDICT_NAMES = {
    "in_time": _l("Đã trả đúng hạn, máy chưa cập nhật"), "late": _l("Trễ thật"),
    "paused": _l("Đang tạm dừng chờ dân bổ sung, nộp tiền"), "misconfigured": _l("Máy cấu hình sai thời hạn"),
}  # fmt: skip
REASON_NAMES = {
    "a": _l("a. Đã trả kết quả, quên bấm kết thúc"), "b": _l("b. Bấm trễ mấy ngày"),
    "c": _l("c. Không ghi lúc chờ bổ sung, nộp tiền"), "d": _l("d. Sai thời hạn hoặc ngày nghỉ trong máy"),
    "e": _l("e. Tạo hồ sơ hai lần"), "f": _l("f. Bước ngoài cơ quan"), "g": _l("g. Dân chưa đến lấy kết quả đã có"),
}  # fmt: skip
EVIDENCE_NAMES = {
    "signature": _l("Chữ ký trong sổ trả kết quả"), "receipt": _l("Giấy biên nhận"), "postal": _l("Số bưu gửi"),
    "statement": _l("Lời xác nhận của cán bộ"),
}  # fmt: skip
PILE_NAMES = {
    "in_time": _l("Đã trả đúng hạn, chưa cập nhật"), "nothing": _l("Chưa có chứng cứ"), "late": _l("Trễ thật"),
    "excused": _l("Tạm dừng, cấu hình sai"),
}  # fmt: skip


def _choices(names: dict[str, Any], none: object = None) -> list[SelectChoice]:
    first = [SelectChoice("", none)] if none is not None else []
    return [*first, *(SelectChoice(key, name) for key, name in names.items())]


class HandInForm(Form):
    """One file."""

    file = UploadField(_l("Tệp CSV hoặc XLSX"), description=_l("Lưu từ phần mềm Một cửa điện tử, nhiều nhất 5 MB."))

    def validate_file(self, field: Any) -> None:
        if not field.data and not field.errors:
            raise ValidationError(_("Chọn một tệp."))


class ColumnsForm(Form):
    """Which heading means what; asked once for each kind of list."""

    @classmethod
    def for_headers(cls, headers: list[str], meaning: dict[str, str], **kwargs: Any) -> "ColumnsForm":
        listed = [SelectChoice("", _("Không có trong tệp")), *(SelectChoice(name, name) for name in headers)]
        fields = {
            name: SelectField(label, choices=listed, default=meaning.get(name, ""), validators=[])
            for name, label in COLUMN_NAMES.items()
        }
        bound: ColumnsForm = type("BoundColumnsForm", (cls,), fields)(**kwargs)
        return bound

    def meaning(self) -> dict[str, str]:
        return {name: self[name].data for name in COLUMN_NAMES if self[name].data}


class FindingForm(Form):
    """What was found out, for one or many dossiers."""

    codes = SelectMultipleField(_l("Hồ sơ"), coerce=clean_line, choices=[], validate_choice=False)
    verdict = SelectField(_l("Kết luận"), choices=_choices(VERDICT_NAMES), default="in_time")
    handed = LineField(
        _l("Ngày người dân ký nhận"), most=30, description=_l("Đúng như trên giấy, ví dụ 09/07/2020 hoặc 10:30 09/07/2020."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )  # fmt: skip
    evidence = SelectField(_l("Chứng cứ"), choices=_choices(EVIDENCE_NAMES), default="signature")
    proof = LineField(_l("Số biên nhận, trang sổ, số bưu gửi hoặc người xác nhận"), needed=_l("Ghi số hoặc trang của chứng cứ."))
    recipient = LineField(_l("Người ký nhận"))
    reason = SelectField(_l("Vì sao máy báo trễ"), choices=_choices(REASON_NAMES, _l("Chưa rõ")), default="a")
    note = TextField(_l("Ghi chú"), most=1000)

    def found(self) -> Found:
        """Raises Refusal when the day cannot be read."""
        try:
            handed = rules.read_moment(self.handed.data or "", rules.CLOSING)
        except Refusal as refusal:
            raise Refusal(refusal.sentence, "handed") from None
        verdict = self.verdict.data if self.verdict.data in VERDICTS else "late"
        return Found(
            verdict, "" if verdict == "late" else self.reason.data or "", handed, self.evidence.data or "statement",
            self.proof.data or "", self.recipient.data or "", self.note.data or "",
        )  # fmt: skip


class ActForm(Form):
    """One button."""
