"""The base form, and the fields every room asks for: lines, phones, e-mails, tax codes, moments, files."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import phonenumbers
from flask import request
from flask_babel import Domain
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from flask_wtf.form import _Auto
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.vn import mst
from wtforms import EmailField as _EmailField
from wtforms import Field, HiddenField, StringField, TelField, TextAreaField, ValidationError
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import DateTimeLocalInput, FileInput

from app import clock, kept
from app.refusal import Refusal
from app.text import clean, clean_line, spaced_phone

PHONE_LENGTH, EMAIL_LENGTH, NAME_LENGTH = 20, 200, 100

_wtforms = Domain(domain="wtforms")


class _Translations:
    """WTForms' own sentences; it ships no Vietnamese, so they stand in our catalogue."""

    def gettext(self, text: str) -> str:
        return str(_wtforms.get_translations().ugettext(text))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return str(_wtforms.get_translations().ungettext(one, many, count))


class _Csrf(_FlaskFormCSRF):
    def validate_csrf_token(self, form: Any, field: Any) -> None:
        try:
            super().validate_csrf_token(form, field)
        except ValidationError:
            raise ValidationError(
                _("Trang này mở đã lâu nên chưa gửi được. Mọi thứ đã điền vẫn còn, bấm lại một lần nữa.")
            ) from None


class Form(FlaskForm):
    """Refuses a POST without its token like any other error: the page comes back filled in, with a fresh token."""

    class Meta(FlaskForm.Meta):
        csrf_class = _Csrf

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Only what a form sends: a file or JSON under a field's name would not be text."""
            return (request.form or None) if formdata is _Auto else formdata

        def get_translations(self, form: Any) -> _Translations:
            return _Translations()

    def attempt(self, act: Callable[[], object]) -> int | None:
        """Does it when the form is right; otherwise says no on the form and returns the answer's status."""
        if not self.validate_on_submit():
            return 422
        try:
            act()
        except Refusal as refusal:
            self.refuse(refusal)
            return refusal.status
        return None

    def refuse(self, refusal: Refusal) -> None:
        """Shows a rule's no beside its field, or above the form."""
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(refusal.sentence)
        else:
            field.errors = [*field.errors, refusal.sentence]

    def lift_errors(self) -> None:
        """Its fields are not on the page (any more): what is wrong with them stands above."""
        for field in self:
            self.form_errors.extend(field.errors)
            field.errors = []

    def problems(self) -> list[tuple[str | None, str]]:
        """Every error as (field id to jump to, sentence), for the summary on top."""
        found: list[tuple[str | None, str]] = [(None, str(error)) for error in self.form_errors]
        for field in self:
            anchor = None if field.type == "CSRFTokenField" else field.id
            found += [(anchor, str(error)) for error in field.errors]
        return found


def _line(value: str | None) -> str:
    return clean_line(value or "")


def _text(value: str | None) -> str:
    return clean(value or "")


def _present(needed: object) -> list[Any]:
    """Spaces or unseen characters alone say nothing."""

    def present(form: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(str(needed))

    return [InputRequired(needed), present]


def request_key() -> HiddenField:
    """Of the very form that is sent: a second click finds what the first one made."""
    one_line = [lambda value: clean_line(value or "")]
    return HiddenField(default=kept.own_key, validators=[Length(max=40)], filters=one_line)


class LineField(StringField):
    """One cleaned line of text of at most `most` characters."""

    validators: Any

    def __init__(self, label: object, most: int = 200, needed: object = None, **kwargs: Any) -> None:
        rules = [*(_present(needed) if needed else [Optional()]), Length(max=most)]
        super().__init__(label, validators=rules, filters=[_line], **kwargs)


class TextField(TextAreaField):
    """Several cleaned lines of at most `most` characters."""

    def __init__(self, label: object, most: int = 2000, needed: object = None, **kwargs: Any) -> None:
        rules = [*(_present(needed) if needed else [Optional()]), Length(max=most)]
        super().__init__(label, validators=rules, filters=[_text], **kwargs)


class NameField(LineField):
    """A person's or firm's name: one field, never split (family name comes first here)."""

    def __init__(self, label: object, needed: object = _l("Ghi họ và tên."), **kwargs: Any) -> None:
        super().__init__(label, most=NAME_LENGTH, needed=needed, **kwargs)


class PhoneField(TelField):
    """A Vietnamese number however it is typed; `data` becomes E.164 ("+84912345678") when valid, else stays as typed."""

    def __init__(self, label: object, needed: object = _l("Ghi số điện thoại."), **kwargs: Any) -> None:
        rules = [*(_present(needed) if needed else [Optional()]), Length(max=30)]
        super().__init__(label, validators=rules, filters=[_line], **kwargs)
        self.stored: str | None = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        try:
            self.stored = read_phone(self.data)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence) from None

    def _value(self) -> str:
        typed = self.data or ""
        return spaced_phone(typed) if re.fullmatch(r"\+?[0-9]+", typed) else typed  # what is no number stays as it was typed


def read_phone(typed: str) -> str:
    """E.164 of a Vietnamese mobile or landline number. Raises Refusal with the count of digits when it is neither."""
    digits = re.sub(r"\D", "", typed)
    try:
        number = phonenumbers.parse("+" + digits if digits.startswith("84") else digits, "VN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.country_code != 84 or not phonenumbers.is_valid_number(number):
        raise Refusal(_("Số điện thoại cần 10 số, đang có %(count)s số. Xem lại số vừa ghi.", count=len(digits)), "phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_mobile(phone: str) -> bool:
    """An SMS reaches only these."""
    kind = phonenumbers.number_type(phonenumbers.parse(phone, "VN"))
    return kind == phonenumbers.PhoneNumberType.MOBILE


class EmailField(_EmailField):
    """An e-mail address, optional unless `needed` says what to do: form is checked, delivery is not."""

    def __init__(self, label: object, needed: object = None, **kwargs: Any) -> None:
        first = InputRequired(needed) if needed else Optional()
        rules = [first, Length(max=EMAIL_LENGTH), Email(_l("Địa chỉ thư chưa đúng. Ví dụ: ten@gmail.com"))]
        super().__init__(label, validators=rules, filters=[_line], **kwargs)


class TaxCodeField(StringField):
    """10, 13 or 12 digits, or empty. A wrong check digit only warns: small traders copy from worn papers."""

    data: str | None

    def __init__(self, label: object, **kwargs: Any) -> None:
        super().__init__(label, validators=[Optional(), Length(max=20)], filters=[_line], **kwargs)
        self.warning: str | None = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        digits = re.sub(r"[\s.\-]", "", self.data)
        if not re.fullmatch(r"[0-9]{10}|[0-9]{12}|[0-9]{13}", digits):
            raise ValidationError(_("Mã số thuế có 10 số, 12 số hoặc 13 số. Chưa có thì để trống."))
        self.data = digits
        if len(digits) != 12:  # since July 2025 a household business uses its owner's 12-digit number, which has no check digit
            try:
                mst.validate(digits)
            except BadNumber:
                self.warning = _("Mã số thuế này có vẻ gõ nhầm một số. Vẫn ghi nhận; sửa được khi đến.")


class MomentField(Field):
    """A wall-clock time in the office's zone, `YYYY-MM-DDTHH:MM`; `data` is the instant."""

    widget = DateTimeLocalInput()
    data: datetime | None

    def __init__(self, label: object = None, needed: object = _l("Chọn một giờ để đến."), **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.needed = needed

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0]:
            return
        try:
            typed = datetime.strptime(valuelist[0], "%Y-%m-%dT%H:%M")  # noqa: DTZ007  the office's zone is given next
            self.data = clock.at(typed.date(), typed.time())
        except (ValueError, OverflowError):
            raise ValueError(self.needed) from None

    def pre_validate(self, form: Any) -> None:
        if self.data is None and not self.errors:
            raise ValidationError(self.needed)

    def _value(self) -> str:
        return clock.local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


UPLOAD_BYTES = 5_000_000


def allow_upload() -> None:
    """This request may carry a file; one that is somewhat too large still gets its form back instead of an error page."""
    request.max_content_length = 3 * UPLOAD_BYTES


class UploadField(Field):
    """One file; `data` is its content, empty when none was chosen. `needed`: the sentence when there must be one.

    Read from the request's files here and nowhere else: text under its name is nothing, and the name it came with is
    never looked at. What it holds is for the room to judge. The form says enctype="multipart/form-data", the view calls
    `allow_upload` once it knows who sends.
    """

    widget = FileInput()
    data: bytes

    def __init__(self, label: object, needed: object = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.needed = needed

    def process(self, formdata: Any, *_rest: Any, **_more: Any) -> None:
        self.process_errors: list[str] = []
        sent = request.files.get(self.name) if formdata is not None else None
        self.data = sent.read(UPLOAD_BYTES + 1) if sent else b""

    def pre_validate(self, form: Any) -> None:
        if self.needed and not self.data:
            raise ValidationError(str(self.needed))
        if len(self.data) > UPLOAD_BYTES:
            raise ValidationError(_("Tệp lớn quá %(most)s MB. Chọn tệp nhỏ hơn hoặc chụp lại.", most=UPLOAD_BYTES // 1_000_000))
