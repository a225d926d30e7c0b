"""Labels, limits and help of the booking's forms."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice

from app.appointments.actions import Person
from app.forms import EmailField, Form, LineField, MomentField, NameField, PhoneField

NEEDS = {
    "wheelchair": _l("Đi xe lăn hoặc đi lại khó"),
    "writing": _l("Viết giúp đơn, tờ khai"),
    "interpreter": _l("Phiên dịch tiếng Khmer, tiếng Hoa"),
    "elderly": _l("Lớn tuổi, mang thai hoặc có con nhỏ"),
}


class TimeForm(Form):
    """A time chosen from the list: `moment` is `YYYY-MM-DDTHH:MM` in the office's zone."""

    moment = MomentField(_l("Giờ đến"), id="gio")  # the part of the page where times stand

    @property
    def chosen(self) -> datetime:
        """The moment of a form that validated."""
        assert self.moment.data is not None
        return self.moment.data


class ActForm(Form):
    """One button."""


class DetailsForm(Form):
    name = NameField(_l("Họ và tên người đến làm"), render_kw={"autocomplete": "name"})
    phone = PhoneField(
        _l("Số điện thoại"),
        description=_l("Để báo khi quầy nghỉ đột xuất, và để xem lại lịch hẹn. Không dùng vào việc khác."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    email = EmailField(
        _l("Thư điện tử"),
        description=_l("Nhận thư xác nhận và thư nhắc."),
        render_kw={"autocomplete": "email"},
    )
    needs = SelectMultipleField(
        _l("Cần giúp gì khi đến?"), choices=[SelectChoice(value, label) for value, label in NEEDS.items()]
    )
    booked_by = LineField(_l("Đặt giúp người khác? Tên người đặt"), most=100)
    note = LineField(_l("Nhắn cán bộ quầy"), most=200)

    def person(self, locale: str) -> Person:
        return Person(
            name=self.name.data,
            phone=self.phone.stored or "",
            email=self.email.data or "",
            locale=locale,
            needs=list(self.needs.data or []),
            note=self.note.data or "",
            booked_by=self.booked_by.data or "",
        )
