"""Small fields several rooms' forms carry: the revision a form was opened with, a day or nothing."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms import DateField, HiddenField, ValidationError
from wtforms.validators import Optional


class RevisionField(HiddenField):
    """What the writer had seen; anything that is no number was never shown by us."""

    @property
    def number(self) -> int:
        return int(self.data) if re.fullmatch(r"[0-9]{1,9}", str(self.data or "")) else -1


class DayField(DateField):
    """A day or nothing."""

    def __init__(self, label: object, **kwargs: Any) -> None:
        super().__init__(label, validators=[Optional()], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Ngày chưa đúng.")) from None

    def pre_validate(self, form: Any) -> None:
        if isinstance(self.data, date) and not 2000 <= self.data.year <= 2100:
            raise ValidationError(_("Ngày chưa đúng."))
