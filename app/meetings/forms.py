"""Labels, limits and help of the room's forms."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.forms import EmailField, Form, LineField, NameField, PhoneField, TaxCodeField, TextField, request_key
from app.meetings import openness
from app.meetings.actions import Applicant
from app.meetings.agenda import Item
from app.meetings.models import PARTS
from app.meetings.rules import FIRM_NAMES as FIRM_NAMES
from app.staff.fields import CHOICES as FIELD_CHOICES
from app.text import clean_line

QUESTION_LENGTH, REASON_LENGTH = 1000, 150
PART_NAMES = {"business": _l("Doanh nghiệp hỏi"), "office": _l("Cơ quan trình bày"), "break": _l("Nghỉ")}


class ActionForm(Form):
    """One button: only the token."""


class SeatsField(RadioField):
    """How many people come; the first choice when nothing was sent, a sentence when what was sent is no choice."""

    def __init__(self, label: object, most: int = 3, **kwargs: Any) -> None:
        super().__init__(label, coerce=int, choices=_seats(most), default=1, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = int(valuelist[0]) if valuelist[0] in set("123456789") else None

    def pre_validate(self, form: Any) -> None:
        if self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(_("Chọn số người dự."))


def _seats(most: int) -> list[SelectChoice]:
    return [SelectChoice(count, str(count)) for count in range(1, most + 1)]


def _most(form: Form, most: int) -> None:
    """The meeting says how many of one business may come."""
    field: Any = form["seats"]
    field.choices = _seats(min(most, 9))


def _key(value: str | None) -> str:
    return clean_line(value or "")


def _slug(value: str | None) -> str:
    """Of an invitation's link; what is none is dropped, as nobody can mend a field they don't see."""
    return value if value and re.fullmatch(r"[a-z0-9-]{1,20}", value) else ""


class SignUpForm(Form):
    """Four typed fields are enough: name, who comes, phone, and the tax code or the question if there is one."""

    tax_code = TaxCodeField(
        _l("Mã số thuế"), description=_l("10, 12 hoặc 13 số. Hộ kinh doanh, tiểu thương chưa có thì để trống.")
    )
    name = NameField(_l("Tên doanh nghiệp, hộ kinh doanh"), needed=_l("Ghi tên doanh nghiệp, hộ kinh doanh hoặc sạp chợ."))
    contact = NameField(_l("Người dự"), needed=_l("Ghi họ và tên người dự."))
    phone = PhoneField(_l("Điện thoại"))
    email = EmailField(_l("Thư điện tử, nếu có"))
    seats = SeatsField(_l("Mấy người dự?"))
    question = TextField(_l("Đang vướng điều gì?"), most=QUESTION_LENGTH)
    field = SelectField(_l("Câu hỏi về"), choices=[SelectChoice(*one) for one in FIELD_CHOICES], default="")
    openness = RadioField(
        _l("Ai được đọc câu hỏi?"), choices=[SelectChoice(*one) for one in openness.LEVELS.items()], default="hidden"
    )
    request_key = request_key()
    channel = HiddenField(default="", filters=[_slug])

    def __init__(self, most_seats: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _most(self, most_seats)

    def applicant(self, locale: str) -> Applicant:
        return Applicant(
            name=self.name.data or "", contact=self.contact.data or "", phone=self.phone.stored or "",
            email=self.email.data or "", tax_code=self.tax_code.data or "", tax_code_doubtful=bool(self.tax_code.warning),
            kind=self.firm(), seats=self.seats.data or 1, question=self.question.data or "", field=self.field.data or "",
            openness=self.openness.data or "hidden", channel=self.channel.data or "", request_key=self.request_key.data or "",
            locale=locale,
        )  # fmt: skip

    def firm(self) -> str:
        return ""


class TelephoneForm(SignUpForm):
    """The same, filled in by an officer who is on the phone."""

    kind = SelectField(_l("Loại hình"), choices=[SelectChoice(*firm) for firm in FIRM_NAMES.items()], default="")

    def firm(self) -> str:
        return str(self.kind.data or "")


class SeatsForm(Form):
    """More or fewer people."""

    seats = SeatsField(_l("Mấy người dự?"))

    def __init__(self, most_seats: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _most(self, most_seats)


class OtherPersonForm(Form):
    """Who comes instead."""

    contact = NameField(_l("Họ và tên người đi thay"), needed=_l("Ghi họ và tên người đi thay."))


class DayForm(Form):
    """The day a proposed meeting is held on."""

    day = DateField(_l("Ngày họp"))

    def validate_day(self, field: Any) -> None:
        if not isinstance(field.data, date) or not 2000 <= field.data.year <= 2100:
            raise ValidationError(_("Chọn một ngày."))


class CancelForm(Form):
    reason = LineField(
        _l("Lý do huỷ"), most=REASON_LENGTH, needed=_l("Ghi lý do huỷ."),
        description=_l("Người đã đăng ký và trang công khai đều thấy câu này."),
    )  # fmt: skip
    revision = HiddenField()  # of the meeting as the officer saw it

    def seen(self) -> int | None:
        return int(self.revision.data) if re.fullmatch(r"[0-9]{1,9}", self.revision.data or "") else None


class MinutesField(IntegerField):
    """A whole number of minutes; anything else gets the same one sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = int(valuelist[0]) if re.fullmatch(r"[0-9]{1,3}", valuelist[0].strip()) else None

    def pre_validate(self, form: Any) -> None:
        if self.data is None or not 1 <= self.data <= 600:
            raise ValidationError(_("Số phút từ 1 đến 600."))


def _choices(none: str, rows: list[tuple[int, str]]) -> list[SelectChoice]:
    return [SelectChoice("", none), *(SelectChoice(str(number), name) for number, name in rows)]


def number_ids(form: Form, key: object) -> None:
    """Several such forms stand on one page: their ids get a number, their names stay."""
    for field in form:
        field.id = field.label.field_id = f"{field.short_name}-{key}"


class ItemForm(Form):
    """A part of the programme."""

    title = LineField(_l("Mục"), needed=_l("Ghi tên mục."))
    minutes = MinutesField(_l("Phút"), default=15)
    kind = SelectField(_l("Phần của ai"), choices=[SelectChoice(*part) for part in PART_NAMES.items()], default="business")
    unit = SelectField(_l("Đơn vị trả lời"), coerce=str, default="")
    note = LineField(_l("Ghi chú"))
    others = SelectMultipleField(_l("Đơn vị cùng trả lời"), coerce=str)
    seen = HiddenField(filters=[_key])  # the mark of the item as this page shows it
    request_key = request_key()

    def __init__(self, units: list[tuple[int, str]], key: object = "moi", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        number_ids(self, key)
        self.unit.choices = _choices(_("Chưa giao đơn vị"), units)
        self.others.choices = [SelectChoice(str(number), name) for number, name in units]

    def item(self) -> Item:
        kind = self.kind.data if self.kind.data in PARTS else "business"
        unit_id = int(self.unit.data) if self.unit.data else None
        others = sorted({int(number) for number in self.others.data or ()})
        return Item(self.title.data or "", self.minutes.data or 1, kind, unit_id, self.note.data or "", others)


class MoveForm(Form):
    """An arrow: past which item."""

    past = HiddenField(filters=[_key])

    def item_id(self) -> int | None:
        typed = self.past.data or ""
        return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else None


class SortForm(Form):
    """Which item a question belongs to."""

    item = SelectField(_l("Xếp vào mục"), coerce=str, default="")

    def __init__(self, items: list[tuple[int, str]], key: object, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        number_ids(self, f"cau-{key}")
        self.item.choices = _choices(_("Chưa xếp"), items)

    def item_id(self) -> int | None:
        return int(self.item.data) if self.item.data else None
