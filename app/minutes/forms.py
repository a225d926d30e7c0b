"""Labels, limits and help of the room's small forms; the form of one item stands in item_form."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.form_parts import DayField, RevisionField
from app.forms import Form, LineField, TextField, request_key
from app.minutes.models import PAPER, Minutes

OUTCOME_NAMES = {
    "spot": _l("Trả lời tại chỗ"), "writing": _l("Trả lời bằng văn bản"), "beyond": _l("Vượt thẩm quyền"),
    "noted": _l("Ghi nhận"),
}  # fmt: skip
KIND_NAMES = {"deed": _l("Làm xong việc"), "written": _l("Gửi trả lời bằng văn bản")}
Choice = tuple[int, str]


class ActionForm(Form):
    """One button: only the token."""


class MoveForm(Form):
    """An arrow: past which item."""

    past = RevisionField()


def choices(none: object, rows: Sequence[Choice]) -> list[SelectChoice]:
    return [SelectChoice("", none), *(SelectChoice(str(number), name) for number, name in rows)]


class NewItemForm(Form):
    """A point the programme did not have."""

    title = LineField(_l("Mục mới"), needed=_l("Ghi tên mục."))
    request_key = request_key()


class SortForm(Form):
    """Which item of the minutes dealt with a question."""

    question = HiddenField(validators=[Length(max=10)])
    minute_item = SelectField(_l("Xếp vào mục"), default="")

    def __init__(self, items: Sequence[Choice], question_id: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minute_item.choices = choices(_("Chọn mục"), items)
        for field in self:
            field.id = field.label.field_id = f"{field.short_name}-{question_id}"

    def item_id(self) -> int:
        return int(self.minute_item.data or 0)


class AmendForm(Form):
    why = LineField(
        _l("Vì sao sửa?"), most=150, needed=_l("Ghi vì sao sửa."),
        description=_l("Câu này hiện trên biên bản công khai, bên cạnh bản cũ."),
    )  # fmt: skip


class PublishForm(Form):
    """The version and the state of it that was reviewed."""

    number = RevisionField(default="0")
    changes = RevisionField(default="0")


class PaperForm(Form):
    """What the printed papers need. Named as the columns are."""

    document_number = LineField(_l("Số, ký hiệu thông báo"), most=40, description=_l("Ví dụ: 12/TB-UBND"))
    signed_on = DayField(_l("Ngày ký"))
    place = LineField(_l("Nơi ký"), most=100)
    issuer = TextField(_l("Cơ quan ban hành"), most=200, description=_l("Cơ quan cấp trên, nếu có, ghi ở dòng đầu."))
    signer_title = TextField(
        _l("Chức vụ người ký"), most=200, description=_l("Ký thay thì ghi hai dòng: KT. CHỦ TỊCH, PHÓ CHỦ TỊCH.")
    )
    signer_name = LineField(_l("Người ký"), most=100)
    recorder = LineField(_l("Thư ký cuộc họp"), most=100)
    present = TextField(_l("Thành phần dự họp"), most=4000)
    closing = TextField(_l("Kết luận của chủ trì"), most=4000)
    recipients = TextField(_l("Nơi nhận"), most=1000, description=_l("Mỗi nơi một dòng."))
    revision = RevisionField(default="0")
    request_key = request_key()

    def paper(self) -> dict[str, Any]:
        return {name: self[name].data if name == "signed_on" else self[name].data or "" for name in PAPER}

    @classmethod
    def of(cls, minutes: Minutes) -> "PaperForm":
        """As it stands, whatever the request holds."""
        return cls(formdata=None, data={name: getattr(minutes, name) for name in (*PAPER, "revision")})
