"""Labels, limits and help of the room's forms. `seen` carries how the promise stood when the page was made."""

from collections.abc import Container, Sized
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, ValidationError

from app import clock
from app.forms import EmailField, Form, LineField, TextField, UploadField
from app.offices import working_days
from app.offices.working_time import Calendar
from app.promises import evidence
from app.promises.actions import Report
from app.promises.evidence import Evidence
from app.promises.models import Promise
from app.staff.actions import Contact

NUMBER_LENGTH, TEXT_LENGTH, REASON_LENGTH, NAME_LENGTH = 60, 1500, 500, 150
PAPER = _l("PDF hoặc ảnh chụp, tối đa 5 MB. Ai cũng xem được: che tên, số điện thoại của người dân trước khi gửi.")


class PlainForm(Form):
    """One button: only the token."""


class DayField(DateField):
    """A day between two centuries; anything else gets one sentence."""

    def pre_validate(self, form: Any) -> None:
        if not isinstance(self.data, date) or not 2000 <= self.data.year <= 2100:
            raise ValidationError(_("Chọn một ngày."))

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None  # said once, by pre_validate


class PromiseForm(Form):
    """What acts on one promise. Several stand on one page: their ids get a mark, their names stay."""

    mark = ""
    seen = HiddenField()

    def __init__(self, promise: Promise, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.saw = int(self.seen.data) if (self.seen.data or "").isdecimal() and len(self.seen.data) < 9 else -1
        self.seen.data = str(promise.sequence)
        for field in self:
            field.id = field.label.field_id = f"{self.mark}-{field.short_name}"

    def take_up(self) -> None:
        """Its fields are not on the page any more, because somebody acted meanwhile: what was wrong with them is said above."""
        for field in self:
            self.form_errors += field.errors
            field.errors = []


class DoneForm(PromiseForm):
    mark = "xong"
    happened_on = DayField(_l("Xong ngày nào"), description=_l("Ngày việc thật sự xong. Ngày ghi vào sổ được ghi riêng."))
    number = LineField(_l("Số văn bản"), most=NUMBER_LENGTH, description=_l("Ví dụ 412/CCT-NV. Không có thì để trống."))
    text = TextField(_l("Đã làm gì"), most=TEXT_LENGTH, description=_l("Vài câu để người hỏi hiểu và kiểm lại được. Công khai."))
    file = UploadField(_l("Tệp chứng cứ"), description=PAPER)

    def report(self) -> Report:
        """Raises Refusal when the file is none we keep."""
        kept = evidence.checked(self.file.data) if self.file.data else None
        return Report(self.happened_on.data or date.min, self.number.data or "", self.text.data or "", kept)


class PostponeForm(PromiseForm):
    mark = "doi"
    day = DayField(_l("Ngày hẹn mới"), description=_l("Một ngày làm việc, sau ngày đã hẹn."))
    reason = TextField(_l("Lý do dời ngày"), most=REASON_LENGTH, description=_l("Công khai, và người hỏi được báo."))

    @property
    def chosen(self) -> date:
        return self.day.data or date.min


class WaitForm(PromiseForm):
    mark = "cho"
    whom = LineField(
        _l("Đang chờ cơ quan, đơn vị nào"),
        most=NAME_LENGTH,
        description=_l("Công khai. Đồng hồ dừng từ hôm nay, đến khi làm tiếp."),
    )


class EvidenceForm(PromiseForm):
    mark = "them"
    file = UploadField(_l("Tệp chứng cứ"), description=PAPER)

    def evidence(self) -> Evidence:
        """Raises Refusal when there is no file, or none we keep."""
        return evidence.checked(self.file.data)


class RemoveForm(PromiseForm):
    mark = "go"
    reason = LineField(_l("Lý do gỡ"), most=REASON_LENGTH, needed=_l("Ghi lý do gỡ tệp. Lý do này công khai."))


class ContactForm(Form):
    """Who is written to when a unit's promises come due."""

    email = EmailField(_l("Thư điện tử của đơn vị"))
    head_name = LineField(_l("Người đứng đầu"), most=NAME_LENGTH)
    head_email = EmailField(_l("Thư điện tử của người đứng đầu"))

    def contact(self) -> Contact:
        return Contact(self.email.data or "", self.head_name.data or "", self.head_email.data or "")


def forms_of(promise: Promise, papers: Sized, calendar: Calendar, refused: PromiseForm | None = None) -> dict[str, PromiseForm]:
    """Everything that may be done, by mark, with sensible days filled in; a refused form stands in its own place."""
    today = clock.today()
    proposed = working_days.next_worked(max(promise.due, today) + timedelta(days=7), calendar)
    made: list[PromiseForm] = [
        DoneForm(promise, formdata=None, data={"happened_on": today}),
        PostponeForm(promise, formdata=None, data={"day": proposed}),
        WaitForm(promise, formdata=None),
        EvidenceForm(promise, formdata=None),
        RemoveForm(promise, formdata=None),
    ]
    found = {form.mark: form for form in made}
    if refused is not None:
        refused.seen.data = str(promise.sequence)  # shown again, it has seen what stopped it
        found[refused.mark] = refused
        if refused.mark not in shown(promise, papers):
            refused.take_up()
    return found


def shown(promise: Promise, papers: Sized) -> Container[str]:
    """The forms that stand on the page as things are."""
    removing = {"go"} if papers else set()
    if promise.withdrawn_on:
        return removing
    if promise.done_on:
        return removing | {"them"}
    return removing | ({"xong"} if promise.waiting_since else {"xong", "doi", "cho"})
