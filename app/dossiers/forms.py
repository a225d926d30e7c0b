"""Labels, limits and help of the room's forms."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from app import clock
from app.dossiers.actions import Proof, Receipt
from app.forms import EmailField, Form, LineField, MomentField, NameField, PhoneField, TextField

CHANNEL_NAMES = {"counter": _l("Trực tiếp tại quầy"), "online": _l("Trực tuyến"), "post": _l("Qua bưu chính công ích")}
RETURN_NAMES = {"desk": _l("Nhận tại quầy"), "post": _l("Gửi về nhà qua bưu chính công ích")}
PAUSE_NAMES = {
    "supplement": _l("Yêu cầu bổ sung giấy tờ"), "duty": _l("Chờ nộp tiền, nộp thuế"), "agency": _l("Chờ cơ quan khác"),
}  # fmt: skip
END_NAMES = {"withdrawn": _l("Công dân rút hồ sơ"), "refused": _l("Không giải quyết được"), "stopped": _l("Dừng giải quyết")}
EVENT_NAMES = {
    "received": _l("Đã nhận hồ sơ"), "supplement": _l("Yêu cầu bổ sung giấy tờ"), "duty": _l("Chờ nộp tiền, nộp thuế"),
    "agency": _l("Chờ cơ quan khác"), "resumed": _l("Tính giờ tiếp"), "extended": _l("Xin lỗi và hẹn lại"),
    "finished": _l("Đã có kết quả"), "handed_over": _l("Đã trả kết quả"), "posted": _l("Đã gửi kết quả qua bưu chính"),
    "withdrawn": _l("Công dân rút hồ sơ"), "refused": _l("Không giải quyết được"), "stopped": _l("Dừng giải quyết"),
    "return_by": _l("Đổi cách nhận kết quả"),
}  # fmt: skip
EVIDENCE_NAMES = {
    "receipt": _l("Giấy biên nhận"), "signature": _l("Chữ ký trong sổ trả kết quả"), "postal": _l("Số bưu gửi"),
}  # fmt: skip
TAB_NAMES = {
    "tre": _l("Trễ hẹn"), "hom-nay": _l("Hẹn hôm nay"), "dang-lam": _l("Đang làm"), "tam-dung": _l("Tạm dừng"),
    "cho-tra": _l("Chờ dân lấy"), "xong": _l("Đã trả"),
}  # fmt: skip
_HAPPENED = _l("Ghi ngày và giờ đã xảy ra, đúng như trên giấy.")


def choices(names: dict[Any, Any], none: object = None) -> list[SelectChoice]:
    first = [SelectChoice("", none)] if none is not None else []
    return [*first, *(SelectChoice(str(key), name) for key, name in names.items())]


class ReceiveForm(Form):
    """What the receipt says; the promised time is reckoned, never typed."""

    code = LineField(
        _l("Mã hồ sơ"), most=60, needed=_l("Ghi mã hồ sơ trên giấy tiếp nhận."),
        description=_l("Như trên Giấy tiếp nhận, ví dụ H15.50.05.13-261008-0975."), render_kw={"autocomplete": "off"},
    )  # fmt: skip
    procedure = SelectField(_l("Thủ tục"), coerce=str)
    office = SelectField(_l("Nơi nhận"), coerce=str)
    deciding = SelectField(_l("Nơi giải quyết"), coerce=str)
    unit = SelectField(_l("Đơn vị xử lý"), coerce=str)
    channel = SelectField(_l("Nộp bằng cách nào"), choices=choices(CHANNEL_NAMES), default="counter")
    owner = NameField(_l("Chủ hồ sơ"), needed=_l("Ghi tên chủ hồ sơ."))
    phone = PhoneField(_l("Điện thoại"))
    email = EmailField(_l("Thư điện tử, nếu có"))
    received = MomentField(_l("Nhận lúc"), needed=_l("Ghi ngày và giờ nhận."), default=clock.now)
    return_by = RadioField(_l("Nhận kết quả"), choices=choices(RETURN_NAMES), default="desk")

    def __init__(self, procedures: dict[int, str], offices: dict[int, str], units: dict[int, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.procedure.choices = choices(procedures, _("Chọn thủ tục"))
        self.office.choices = choices(offices)
        self.deciding.choices = choices(offices, _("Nơi nhận cũng là nơi giải quyết"))
        self.unit.choices = choices(units, _("Chưa giao"))

    def receipt(self, officer_id: int, visit: str, locale: str) -> Receipt:
        def number(field: Any) -> int | None:
            return int(field.data) if field.data else None

        return Receipt(
            code=self.code.data or "", office_id=number(self.office) or 0, owner=self.owner.data or "",
            received_at=self.received.data or clock.now(), procedure_id=number(self.procedure), deciding_id=number(self.deciding),
            unit_id=number(self.unit), officer_id=officer_id, channel=self.channel.data or "counter",
            phone=self.phone.stored or "", email=self.email.data or "", return_by=self.return_by.data or "desk", visit=visit,
            locale=locale,
        )  # fmt: skip


class HappenedForm(Form):
    """One act and when it happened, as the paper has it."""

    happened = MomentField(_l("Xảy ra lúc"), needed=_HAPPENED, default=clock.now)


class PauseForm(HappenedForm):
    kind = SelectField(_l("Vì sao dừng"), choices=choices(PAUSE_NAMES), default="supplement")
    reason = TextField(
        _l("Còn thiếu giấy nào, hoặc chờ gì"), most=2000, needed=_l("Ghi rõ còn thiếu giấy nào, hoặc chờ gì."),
        description=_l("Mỗi giấy một dòng. Chỉ được yêu cầu một lần, nên ghi cho đủ."),
    )  # fmt: skip


class ExtendForm(Form):
    day = DateField(_l("Hẹn lại ngày"))
    reason = TextField(_l("Lý do, ghi trong thư xin lỗi"), most=1000, needed=_l("Ghi lý do chậm: thư xin lỗi phải nói rõ."))

    def validate_day(self, field: Any) -> None:
        if field.data is None or not 2000 <= field.data.year <= 2100:
            raise ValidationError(_("Chọn một ngày."))


class HandForm(HappenedForm):
    evidence = SelectField(_l("Chứng cứ"), choices=choices(EVIDENCE_NAMES), default="receipt")
    proof = LineField(_l("Số biên nhận, trang sổ, hoặc số bưu gửi"), needed=_l("Ghi số hoặc trang của chứng cứ."))
    recipient = LineField(_l("Người ký nhận"), most=100)

    def given(self) -> Proof:
        return Proof(self.evidence.data or "", self.proof.data or "", self.recipient.data or "")


class ReturnForm(Form):
    return_by = RadioField(_l("Nhận kết quả"), choices=choices(RETURN_NAMES), default="desk")


class CollectForm(Form):
    """A time chosen from the list."""

    moment = MomentField(_l("Giờ đến nhận"), id="gio")

    @property
    def chosen(self) -> datetime:
        """The moment of a form that validated."""
        assert self.moment.data is not None
        return self.moment.data


class ActForm(Form):
    """One button."""


class EndForm(HappenedForm):
    how = SelectField(_l("Kết thúc thế nào"), choices=choices(END_NAMES), default="withdrawn")
    reason = TextField(_l("Lý do"), most=1000, needed=_l("Ghi lý do."))
