"""Labels, limits and help of the forms that change a meeting or a series."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, TimeField, ValidationError
from wtforms.widgets import DateTimeLocalInput

from app import dates
from app.forms import Form, LineField, MomentField, NameField
from app.meetings.forms import REASON_LENGTH
from app.meetings.models import Series
from app.meetings.plan import Plan, SeriesPlan

SPAN = range(2000, 2101)  # years a meeting may be in


class CountField(IntegerField):
    """A whole number from `least` to `most`; anything else gets the same one sentence."""

    def __init__(self, label: object, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = int(valuelist[0]) if re.fullmatch(r"[0-9]{1,5}", valuelist[0].strip()) else None

    def pre_validate(self, form: Any) -> None:
        if self.data is None or not self.least <= self.data <= self.most:
            raise ValidationError(_("Ghi một số từ %(least)s đến %(most)s.", least=self.least, most=self.most))


class HourField(TimeField):
    """A wall-clock time to the minute."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            try:
                self.data = datetime.strptime(valuelist[0], "%H:%M").time()  # noqa: DTZ007
            except ValueError:
                self.data = None

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            raise ValidationError(_("Ghi giờ và phút, ví dụ 08:00."))


class WindowField(MomentField):
    """A moment, or nothing: then it follows from the day by the series' rule."""

    widget = DateTimeLocalInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Ghi ngày và giờ, hoặc để trống.")) from None
        if self.data is not None and self.data.year not in SPAN:
            raise ValueError(_("Ghi ngày và giờ, hoặc để trống."))

    def pre_validate(self, form: Any) -> None:
        """Nothing is an answer too."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else super()._value()


class RevisedForm(Form):
    """A form over a record that others may change meanwhile: it carries what its officer saw."""

    plan: type[Plan] | type[SeriesPlan]
    revision = HiddenField()
    seen = HiddenField()  # the values when the page was opened, as JSON: only ever shown back, or compared

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Words changed while their translation was left as it was: it would say what is no longer so."""
        valid, seen = bool(super().validate(*args, **kwargs)), self.seen_values()
        for name in (name for name in self.names() if f"{name}_en" in self):
            now = self.values()
            if seen.get(name, now[name]) != now[name] and seen.get(f"{name}_en") == now[f"{name}_en"]:
                self[f"{name}_en"].data = ""
        return valid

    def names(self) -> list[str]:
        """Of what is being planned; the rest only says how."""
        return [field.name for field in fields(self.plan) if field.name in self]

    def values(self) -> dict[str, str]:
        """As a browser sends them."""
        return {name: _sent(self[name]) for name in self.names()}

    def remember(self, revision: int, values: Mapping[str, str]) -> None:
        """What the officer sees now, to be compared when it comes back."""
        self.revision.data, self.seen.data = str(revision), json.dumps(values, ensure_ascii=False)

    def seen_revision(self) -> int:
        return int(self.revision.data) if re.fullmatch(r"[0-9]{1,9}", self.revision.data or "") else -1

    def seen_values(self) -> dict[str, str]:
        try:
            kept = json.loads(self.seen.data or "{}")
        except (ValueError, RecursionError):
            return {}
        return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def _sent(field: Any) -> str:
    return str(field._value() if hasattr(field, "_value") else "" if field.data is None else field.data)


class MeetingForm(RevisedForm):
    """Everything about one meeting, and how far a change reaches."""

    plan = Plan
    day = DateField(_l("Ngày họp"))
    opens, closes = HourField(_l("Bắt đầu")), HourField(_l("Kết thúc"))
    place = NameField(_l("Nơi họp"), needed=_l("Ghi nơi họp."))
    place_en = LineField(_l("Nơi họp, tiếng Anh"))
    theme, theme_en = LineField(_l("Chủ đề")), LineField(_l("Chủ đề, tiếng Anh"))
    chair, chair_en = LineField(_l("Chủ trì")), LineField(_l("Chủ trì, tiếng Anh"))
    capacity = CountField(_l("Số chỗ"), 1, 5000)
    most_seats = CountField(_l("Một nơi được mấy người"), 1, 9)
    sign_up_from = WindowField(_l("Mở đăng ký"))
    sign_up_until = WindowField(_l("Đóng đăng ký"))
    questions_until = WindowField(_l("Hạn gửi câu hỏi"))
    insisted = LineField(
        _l("Lý do vẫn họp vào ngày nghỉ"), most=REASON_LENGTH,
        description=_l("Chỉ ghi khi ngày họp trùng ngày nghỉ hay ngày làm bù. Trang công khai hiện câu này."),
    )  # fmt: skip
    scope = RadioField(
        _l("Áp dụng cho"), default="this",
        choices=[("this", _l("Chỉ kỳ này")), ("following", _l("Kỳ này và các kỳ sau"))],
        description=_l("Ngày họp, chủ đề và các mốc đăng ký luôn chỉ đổi kỳ này."), validate_choice=False,
    )  # fmt: skip

    def validate_day(self, field: Any) -> None:
        if not isinstance(field.data, date) or field.data.year not in SPAN:
            field.errors = []
            raise ValidationError(_("Chọn một ngày."))

    def wanted(self) -> Plan:
        return Plan(**{name: self[name].data for name in self.names()})

    def following(self) -> bool:
        return bool(self.scope.data == "following")


NTHS = {1: _l("đầu tháng"), 2: _l("lần thứ hai trong tháng"), 3: _l("lần thứ ba trong tháng"),
        4: _l("lần thứ tư trong tháng"), -1: _l("cuối tháng")}  # fmt: skip


# Of the first series in a house; later ones are proposed to be like the last.
USUAL = {"nth": 1, "weekday": 5, "most_seats": 3, "opens_days": 45, "closes_hours": 12, "questions_days": 5}


class ChoiceField(SelectField):
    """One of a few numbers."""

    def __init__(self, label: object, choices: Mapping[int, object], **kwargs: Any) -> None:
        super().__init__(label, coerce=str, validate_choice=False, **kwargs)
        self.known = choices
        self.choices = [(str(number), words) for number, words in choices.items()]

    def pre_validate(self, form: Any) -> None:
        if self.number() is None:
            raise ValidationError(_("Chọn một mục trong danh sách."))

    def number(self) -> int | None:
        return next((number for number in self.known if str(number) == self.data), None)


class NewSeriesForm(RevisedForm):
    """The rule of a series and the defaults of its meetings."""

    plan = SeriesPlan
    name = NameField(_l("Tên"), needed=_l("Ghi tên chuỗi họp."))
    name_en = LineField(_l("Tên tiếng Anh"))
    weekday = ChoiceField(_l("Họp vào"), dict.fromkeys(range(7), ""))
    nth = ChoiceField(_l("Lần"), NTHS)
    opens, closes = HourField(_l("Bắt đầu")), HourField(_l("Kết thúc"))
    place = NameField(_l("Nơi họp"), needed=_l("Ghi nơi họp."))
    place_en = LineField(_l("Nơi họp, tiếng Anh"))
    chair, chair_en = LineField(_l("Chủ trì")), LineField(_l("Chủ trì, tiếng Anh"))
    capacity = CountField(_l("Số chỗ"), 1, 5000)
    most_seats = CountField(_l("Một nơi được mấy người"), 1, 9)
    opens_days = CountField(_l("Mở đăng ký trước mấy ngày"), 1, 365)
    closes_hours = CountField(_l("Đóng đăng ký trước mấy giờ"), 0, 336)
    questions_days = CountField(_l("Hạn gửi câu hỏi trước mấy ngày làm việc"), 0, 60)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weekday.choices = [(str(n), weekday_name(n)) for n in range(7)]

    def wanted(self) -> SeriesPlan:
        chosen = {name: self[name].number() for name in ("nth", "weekday")}
        return SeriesPlan(**{name: self[name].data for name in self.names()} | chosen)


class SeriesForm(NewSeriesForm):
    """The same of a series that is there, and whether meetings already made follow."""

    scope = RadioField(
        _l("Áp dụng cho"), default="coming",
        choices=[("coming", _l("Các kỳ sắp tới, kể cả kỳ đã lập")), ("new", _l("Chỉ các kỳ chưa lập"))],
        description=_l("Kỳ nào đã được sửa riêng thì giữ phần sửa riêng. Đổi lệ ngày thì kỳ đã có người đăng ký giữ ngày."),
        validate_choice=False,
    )  # fmt: skip

    def coming(self) -> bool:
        return bool(self.scope.data != "new")


WINDOWS = ("sign_up_from", "sign_up_until", "questions_until")


def shown(name: str, value: str) -> str:
    """A sent value as people read it."""
    if not value:
        return str(_("theo lệ") if name in WINDOWS else _("để trống"))
    try:
        if name == "day":
            return dates.day(date.fromisoformat(value))
        if name in WINDOWS:
            moment = datetime.fromisoformat(value)
            return f"{moment:%H:%M}, {dates.day(moment.date())}"
        if name == "nth":
            return str(NTHS[int(value)])
        return weekday_name(int(value)) if name == "weekday" else value
    except (ValueError, KeyError):
        return value


def weekday_name(number: int) -> str:
    return dates.weekday(Series(weekday=number % 7).any_day)


def differences(
    form: RevisedForm, one: Mapping[str, str], other: Mapping[str, str], names: Iterable[str] = ()
) -> list[tuple[str, str, str]]:
    """Label, value here, value there, as people read them; of these fields, or of all that differ."""
    chosen = names or [name for name in form.names() if one.get(name, "") != other.get(name, "")]
    return [(str(form[name].label.text), shown(name, one.get(name, "")), shown(name, other.get(name, ""))) for name in chosen]
