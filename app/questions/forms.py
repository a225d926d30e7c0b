"""Labels, limits and help of the room's forms."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.forms import EmailField, Form, NameField, PhoneField, TextField, UploadField, request_key
from app.meetings import openness
from app.meetings.actions import Applicant
from app.meetings.filing import WISH_NAMES, Filed
from app.questions.editing import Wording
from app.questions.rules import CHANNELS
from app.staff.fields import CHOICES as FIELD_CHOICES

TEXT_LENGTH, ANSWER_LENGTH, WORDS_LENGTH = 1000, 4000, 1000
NO_SEAT = "0"


def _some(names: Mapping[str, object]) -> list[SelectChoice]:
    return [SelectChoice(*one) for one in names.items()]


def _fields() -> SelectField:
    return SelectField(_l("Câu hỏi về"), choices=_some(dict(FIELD_CHOICES)), default="")


def _openness() -> RadioField:
    return RadioField(_l("Ai được đọc câu hỏi?"), choices=_some(openness.LEVELS), default="hidden")


def _wishes() -> RadioField:
    return RadioField(_l("Bạn muốn thế nào?"), choices=_some(WISH_NAMES), default="come")


class FilingForm(Form):
    """A question without a seat: four typed fields, the rest is chosen."""

    text = TextField(_l("Đang vướng điều gì?"), most=TEXT_LENGTH, needed=_l("Ghi điều đang vướng."))
    field = _fields()
    name = NameField(_l("Tên doanh nghiệp, hộ kinh doanh"), needed=_l("Ghi tên doanh nghiệp, hộ kinh doanh hoặc sạp chợ."))
    contact = NameField(_l("Người hỏi"), needed=_l("Ghi họ và tên người hỏi."))
    phone = PhoneField(_l("Điện thoại"))
    email = EmailField(_l("Thư điện tử, nếu có"))
    wish = _wishes()
    openness = _openness()
    request_key = request_key()

    def filed(self, locale: str) -> Filed:
        return Filed(
            text=self.text.data or "", name=self.name.data or "", contact=self.contact.data or "", phone=self.phone.stored or "",
            email=self.email.data or "", field=self.field.data or "", wish=self.wish.data or "come",
            openness=self.openness.data or "hidden", locale=locale, request_key=self.request_key.data or "",
        )  # fmt: skip


class MeTooForm(Form):
    """Stands on one page with the form to file, which has a phone too: its field has an id of its own."""

    phone = PhoneField(
        _l("Điện thoại của bạn"),
        description=_l("Mỗi số tính một lần. Số không được giữ lại, chỉ giữ dấu vết để khỏi tính trùng."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.phone.id = self.phone.label.field_id = "vuong-phone"


class ActionForm(Form):
    """One button: only the token."""


class SeatForm(Form):
    """One button that takes a seat; a second press finds the first."""

    request_key = request_key()


class OwnForm(Form):
    """What an asker may change of their question."""

    openness = _openness()
    wish = _wishes()


class VerdictForm(Form):
    """Did it help? One radio, and words for the office."""

    promise = HiddenField()
    verdict = RadioField(
        _l("Việc này gỡ được chưa?"),
        choices=_some({"yes": _l("Đã gỡ"), "partly": _l("Gỡ một phần"), "no": _l("Chưa gỡ được")}),
        validate_choice=False,
    )
    words = TextField(_l("Nói thêm, chỉ cơ quan đọc"), most=WORDS_LENGTH)

    def validate_verdict(self, field: Any) -> None:
        if field.data not in {"yes", "partly", "no"}:
            raise ValidationError(_("Chọn một câu trả lời."))

    def number(self) -> int:
        """Of the promise; 0, which none has, for what is no number."""
        typed = self.promise.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


# -- officers


class WordingForm(Form):
    """A question as the public page will have it."""

    public_text = TextField(
        _l("Câu chữ cho mọi người đọc"), most=TEXT_LENGTH,
        description=_l("Không tên, không số điện thoại. Để trống thì hiện nguyên văn, tên và số thay bằng dấu “…”."),
    )  # fmt: skip
    field = _fields()
    anyway = BooleanField(_l("Đã xem lại, vẫn hiện"))

    def wording(self) -> Wording:
        return Wording(self.public_text.data or "", self.field.data or "")


class MergeForm(Form):
    """Into which question: those most like it as choices."""

    into = SelectField(_l("Gộp vào câu"), coerce=str, default="")

    def __init__(self, others: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.into.choices = [SelectChoice("", _("Chọn một câu")), *(SelectChoice(str(number), text) for number, text in others)]

    def into_id(self) -> int:
        return int(self.into.data or 0)


class AnswerForm(Form):
    answer = TextField(_l("Trả lời bằng văn bản"), most=ANSWER_LENGTH, needed=_l("Ghi câu trả lời."))


class QuickForm(Form):
    """At the counter or on the telephone: four typed fields, the rest is chosen and stays as it was."""

    phone = PhoneField(_l("Điện thoại"))
    name = NameField(_l("Tên cơ sở"), needed=_l("Ghi tên doanh nghiệp, hộ kinh doanh hoặc sạp chợ."))
    contact = NameField(_l("Người dự hoặc người hỏi"))
    text = TextField(_l("Câu hỏi"), most=TEXT_LENGTH)
    seats = RadioField(_l("Giữ mấy chỗ?"), default="1")
    field = _fields()
    wish = _wishes()
    openness = _openness()
    channel = RadioField(_l("Đăng ký"), choices=_some({key: CHANNELS[key] for key in ("counter", "phone")}), default="counter")
    request_key = request_key()

    def __init__(self, most_seats: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seats.choices = _some({str(count): str(count) for count in range(min(most_seats, 9) + 1)})

    def validate_seats(self, field: Any) -> None:
        if not self.text.data and field.data == NO_SEAT:
            raise ValidationError(_("Ghi câu hỏi, hoặc chọn số chỗ."))

    def applicant(self) -> Applicant:
        return Applicant(
            name=self.name.data or "", contact=self.contact.data or "", phone=self.phone.stored or "",
            seats=int(self.seats.data or 0), question=self.text.data or "", field=self.field.data or "",
            openness=self.openness.data or "hidden", wish=self.wish.data or "come", channel=self.channel.data or "",
            request_key=self.request_key.data or "",
        )  # fmt: skip


class UploadForm(Form):
    file = UploadField(_l("Tệp danh sách"), needed=_l("Chọn một tệp XLSX hoặc CSV."))
