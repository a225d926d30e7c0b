"""Labels, limits and help of the room's forms."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.answers.actions import Said
from app.forms import Form, TextField
from app.text import clean_line

ANSWER_LENGTH = 3000


def _key(value: str | None) -> str:
    return clean_line(value or "")


class DayField(DateField):
    """A day, or none; what is no day gets a sentence of ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(_("Chọn một ngày.")) from None


class ActionForm(Form):
    """One button: only the token."""


class SendForm(Form):
    """By which day the units answer."""

    due_on = DayField(_l("Đơn vị trả lời trước hết ngày"))


class DraftForm(Form):
    """A unit's answer, or the day it will come. Several stand on one page: each has its number."""

    text = TextField(_l("Câu trả lời"), most=ANSWER_LENGTH)
    promised_on = DayField(_l("Chưa trả lời được thì hẹn ngày"))
    revision = HiddenField(filters=[_key])

    def __init__(self, key: object, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field in self:
            field.id = field.label.field_id = f"{field.short_name}-{key}"

    def said(self) -> Said:
        return Said(self.text.data or "", self.promised_on.data)

    def seen(self) -> int:
        typed = self.revision.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1


class ReleaseForm(Form):
    """The answer as the asker gets it."""

    text = TextField(_l("Câu trả lời gửi cho người hỏi"), most=ANSWER_LENGTH)
    unit = SelectField(_l("Câu trả lời của"), coerce=str, default="")
    seen = HiddenField(filters=[_key])

    def __init__(self, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit.choices = [SelectChoice("", _("Văn phòng")), *(SelectChoice(str(number), name) for number, name in units)]

    def unit_id(self) -> int | None:
        return int(self.unit.data) if self.unit.data else None


class WordForm(Form):
    """The asker's word, by the button that was pressed."""

    word = HiddenField(filters=[_key])

    def validate_word(self, field: Any) -> None:
        if field.data not in {"du", "noi"}:
            raise ValidationError(_("Chọn một trong hai: trả lời vậy đủ rồi, hay vẫn muốn nói."))

    def enough(self) -> bool:
        return bool(self.word.data == "du")
