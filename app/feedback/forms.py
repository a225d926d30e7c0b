"""Labels, limits and help of the room's forms, and the words for what is asked and answered."""

import secrets
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length

from app.forms import Form, TextField
from app.text import clean_line

WORDS_LENGTH = 500
ANSWER_NAMES = {"good": _l("Hài lòng"), "fair": _l("Tạm được"), "poor": _l("Chưa được")}
SUBJECT_NAMES = {"visit": _l("Lần đến làm việc"), "result": _l("Nhận kết quả"), "meeting": _l("Gặp gỡ doanh nghiệp")}
CHOOSE = _l("Chọn một trong ba câu trả lời.")


def _choice() -> RadioField:
    """One of the three; anything else gets a sentence of ours."""
    choices = [SelectChoice(answer, name) for answer, name in ANSWER_NAMES.items()]
    known = AnyOf(list(ANSWER_NAMES), message=CHOOSE)
    return RadioField(_l("Trả lời của bạn"), choices=choices, validate_choice=False, validators=[known])


class AnswerForm(Form):
    """One of three; a button of the first page sends only that, the page after it the sentence too."""

    choice = _choice()
    words = TextField(
        _l("Muốn nói thêm một câu?"),
        most=WORDS_LENGTH,
        description=_l("Đừng ghi tên người, số điện thoại hay mã hồ sơ. Chỉ lãnh đạo và văn phòng đọc, sau một năm thì xoá."),
    )

    def said(self) -> str | None:
        """None when the page had no place for a sentence."""
        return (self.words.data or "") if "words" in request.form else None


class KioskForm(Form):
    """A screen's three buttons; `once` is this page's number."""

    choice = _choice()
    once = HiddenField(validators=[Length(max=40)], filters=[lambda value: clean_line(value or "")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not self.is_submitted():
            self.once.data = secrets.token_hex(8)


class TurnForm(Form):
    """Opens or closes a screen; `seen` is the version the officer saw."""

    on = HiddenField(filters=[lambda value: clean_line(value or "")])
    seen = HiddenField(filters=[lambda value: clean_line(value or "")])

    @property
    def version(self) -> int:
        seen = self.seen.data or ""
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
