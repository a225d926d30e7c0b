"""Labels, limits and help of the room's forms."""

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired

from app import clock
from app.forms import EmailField, Form, NameField, PhoneField, TaxCodeField, TextField, request_key
from app.invitations import queries
from app.invitations.actions import Details
from app.invitations.rules import WHY_NAMES
from app.meetings.actions import Applicant
from app.meetings.rules import FIRM_NAMES
from app.staff.fields import FIELD_NAMES

QUESTION_LENGTH, WORDS_LENGTH = 1000, 500
SPOKEN = {"counter": _l("tại quầy"), "phone": _l("qua điện thoại")}
# How a consent was given or withdrawn.
WAY_NAMES = SPOKEN | {
    "page": _l("bấm nút trên trang mạng"), "one-click": _l("bấm nút của hộp thư"), "import": _l("danh sách nhập vào"),
}  # fmt: skip


def _choices(names: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(*one) for one in names.items()]


def _seats(most: int) -> list[SelectChoice]:
    return [SelectChoice(str(count), str(count)) for count in range(1, min(most, 9) + 1)]


class ActionForm(Form):
    """One button: only the token."""


# -- subscribing ------------------------------------------------------------------------------------------------------


class FieldsForm(Form):
    """Which fields; none means everything."""

    fields = SelectMultipleField(_l("Lĩnh vực"), choices=_choices(FIELD_NAMES))

    def chosen(self) -> tuple[str, ...]:
        return tuple(field for field in FIELD_NAMES if field in (self.fields.data or ()))


class DetailsForm(FieldsForm):
    """Who is invited, and to which meetings."""

    name = NameField(_l("Tên doanh nghiệp, hộ kinh doanh"), needed=_l("Ghi tên doanh nghiệp, hộ kinh doanh hoặc sạp chợ."))
    contact = NameField(_l("Người nhận thư"), needed=_l("Ghi họ và tên người nhận thư."))
    phone = PhoneField(_l("Điện thoại"))
    tax_code = TaxCodeField(_l("Mã số thuế"))
    kind = SelectField(_l("Loại hình"), choices=_choices(FIRM_NAMES), default="")
    scope = RadioField(
        _l("Mời tôi dự"), default="every",
        choices=[SelectChoice("every", _l("mọi kỳ, mỗi tháng một thư")), SelectChoice("fields", _l("chỉ kỳ bàn việc của tôi"))],
    )  # fmt: skip
    fields = SelectMultipleField(
        _l("Việc của tôi"), choices=_choices(FIELD_NAMES), description=_l("Đánh dấu khi chọn “chỉ kỳ bàn việc của tôi”.")
    )

    def validate_fields(self, field: Any) -> None:
        if self.scope.data == "fields" and not field.data:
            raise ValidationError(_("Đánh dấu ít nhất một việc, hoặc chọn mọi kỳ."))

    def details(self, locale: str, email: str = "") -> Details:
        return Details(
            name=self.name.data or "", contact=self.contact.data or "", phone=self.phone.stored or "", email=email,
            kind=str(self.kind.data or ""), tax_code=self.tax_code.data or "",
            fields=self.chosen() if self.scope.data == "fields" else (), locale=locale,
        )  # fmt: skip


class SubscribeForm(DetailsForm):
    """The box is never ticked for anybody, and its label is the consent's own words."""

    email = EmailField(_l("Thư điện tử"), needed=_l("Ghi địa chỉ thư để nhận thư mời."))
    agree = BooleanField(validators=[DataRequired(_l("Đánh dấu ô đồng ý thì mới gửi thư mời được."))])

    def __init__(self, language: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.agree.label.text = queries.wording().said(language)


class ConfirmForm(Form):
    """Which words were on the page when the button was pressed."""

    wording = HiddenField(default=lambda: str(queries.wording().version))

    def version(self) -> int:
        text = self.wording.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


class AddForm(DetailsForm, ConfirmForm):
    """An officer writes down somebody who is here, or on the phone."""

    email = EmailField(_l("Thư điện tử"), needed=_l("Ghi địa chỉ thư để nhận thư mời."))
    channel = RadioField(_l("Người này đồng ý"), choices=_choices(SPOKEN), default="counter")
    agree = BooleanField(
        _l("Tôi đã đọc nguyên văn câu trên cho người này nghe và họ đồng ý."),
        validators=[DataRequired(_l("Đọc câu đồng ý cho người này nghe, họ đồng ý thì đánh dấu."))],
    )


class EndForm(Form):
    how = RadioField(_l("Người này báo thôi"), choices=_choices(SPOKEN), default="counter")


# -- replies ----------------------------------------------------------------------------------------------------------


class YesForm(Form):
    seats = RadioField(_l("Mấy người dự?"), default="1")
    question = TextField(_l("Đang vướng điều gì?"), most=QUESTION_LENGTH)
    request_key = request_key()

    def __init__(self, most_seats: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seats.choices = _seats(most_seats)


class WhyForm(Form):
    why = RadioField(
        _l("Lý do chính"), choices=_choices(WHY_NAMES), validate_choice=False,
        validators=[AnyOf(list(WHY_NAMES), message=_l("Chọn một lý do."))],
    )  # fmt: skip
    words = TextField(_l("Muốn nói thêm?"), most=WORDS_LENGTH)


# -- reserved seats ---------------------------------------------------------------------------------------------------


class ReserveForm(Form):
    """A seat kept for an invited business; it is told by letter, or by a call."""

    name = NameField(_l("Tên doanh nghiệp, hộ kinh doanh"), needed=_l("Ghi tên doanh nghiệp, hộ kinh doanh hoặc sạp chợ."))
    contact = NameField(_l("Người được mời"), needed=_l("Ghi họ và tên người được mời."))
    phone = PhoneField(_l("Điện thoại"), needed=None)
    email = EmailField(_l("Thư điện tử"))
    seats = RadioField(_l("Giữ mấy chỗ?"), default="1")
    until = DateField(_l("Giữ đến hết ngày"))
    request_key = request_key()

    def __init__(self, most_seats: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seats.choices = _seats(most_seats)

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two ways to tell them is needed."""
        fine = super().validate(extra_validators)
        if self.phone.data or self.email.data:
            return bool(fine)
        self.phone.errors = [_("Ghi điện thoại hoặc thư điện tử để báo cho người được mời.")]
        return False

    def validate_until(self, field: Any) -> None:
        if not isinstance(field.data, date) or not 2000 <= field.data.year <= 2100:
            raise ValidationError(_("Chọn một ngày."))

    def applicant(self) -> Applicant:
        return Applicant(
            name=self.name.data or "", contact=self.contact.data or "", phone=self.phone.stored or "",
            email=self.email.data or "", seats=int(self.seats.data or 1), request_key=self.request_key.data or "",
        )  # fmt: skip

    def ends(self, starts_at: datetime) -> datetime:
        """The whole of the chosen day, but not past the meeting."""
        assert self.until.data is not None
        return min(clock.midnight(self.until.data + timedelta(days=1)), starts_at)
