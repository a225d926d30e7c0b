"""An association's list as it comes: its columns by their names in two languages, each line checked like the form's fields."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import StringField, ValidationError

from app import sheets
from app.forms import EmailField, Form, NameField, PhoneField, TaxCodeField, TextField
from app.meetings import filing, openness
from app.meetings.actions import Applicant
from app.questions.forms import TEXT_LENGTH
from app.questions.registering import Entry
from app.refusal import Refusal
from app.staff.fields import FIELD_NAMES
from app.text import fold

# Column -> its name in the template file, and what else it is called.
COLUMNS = {
    "name": _l("Tên cơ sở"), "contact": _l("Người dự"), "phone": _l("Điện thoại"), "email": _l("Thư điện tử"),
    "tax_code": _l("Mã số thuế"), "seats": _l("Số chỗ"), "question": _l("Câu hỏi"), "field": _l("Câu hỏi về"),
    "openness": _l("Ai được đọc"), "wish": _l("Cách trả lời"),
}  # fmt: skip
OTHER_NAMES = {
    "ten co so": "name", "ten": "name", "ten doanh nghiep": "name", "business": "name", "business name": "name",
    "nguoi du": "contact", "nguoi lien he": "contact", "who comes": "contact", "dien thoai": "phone", "so dien thoai": "phone",
    "telephone": "phone", "thu dien tu": "email", "e-mail": "email", "ma so thue": "tax_code", "mst": "tax_code",
    "tax code": "tax_code", "so cho": "seats", "so nguoi": "seats", "cau hoi": "question", "cau hoi ve": "field",
    "linh vuc": "field", "question about": "field", "ai duoc doc": "openness", "who may read it": "openness",
    "cach tra loi": "wish", "how to answer": "wish",
}  # fmt: skip
NEEDED = ("name", "contact", "phone")
MOST_FAULTS = 50  # lines told at once


class _Word(StringField):
    """One of a few words, in either language; `none` is what an empty cell means."""

    data: str | None

    def __init__(self, label: object, words: Mapping[str, object], none: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.words, self.none = words, none

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        typed = fold(self.data or "")
        known = {fold(str(word)): key for key, word in self.words.items()} | {key: key for key in self.words}
        if typed and typed not in known:
            words = " · ".join(map(str, self.words.values()))
            raise ValidationError(_("“%(typed)s” không có trong: %(words)s.", typed=self.data, words=words))
        self.data = known.get(typed, self.none)


class RowForm(Form):
    """One line."""

    name = NameField(COLUMNS["name"], needed=_l("Ghi tên doanh nghiệp, hộ kinh doanh hoặc sạp chợ."))
    contact = NameField(COLUMNS["contact"])
    phone = PhoneField(COLUMNS["phone"])
    email = EmailField(COLUMNS["email"])
    tax_code = TaxCodeField(COLUMNS["tax_code"])
    seats = StringField(COLUMNS["seats"])
    question = TextField(COLUMNS["question"], most=TEXT_LENGTH)
    field = _Word(COLUMNS["field"], FIELD_NAMES, "")
    openness = _Word(COLUMNS["openness"], openness.NAMES, "hidden")
    wish = _Word(COLUMNS["wish"], filing.WISH_NAMES, "come")

    def validate_seats(self, field: Any) -> None:
        typed = (field.data or "").strip()
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 3):
            raise ValidationError(_("Số chỗ là một số, hoặc để trống."))
        if not int(typed or 0) and not self.question.data:
            raise ValidationError(_("Dòng này không xin chỗ cũng không có câu hỏi."))

    def applicant(self, meeting_id: int) -> Applicant:
        return Applicant(
            name=self.name.data or "", contact=self.contact.data or "", phone=self.phone.stored or "",
            email=self.email.data or "", tax_code=self.tax_code.data or "", tax_code_doubtful=bool(self.tax_code.warning),
            seats=int(self.seats.data or 0), question=self.question.data or "", field=self.field.data or "",
            openness=self.openness.data or "hidden", wish=self.wish.data or "come", channel="list",
            request_key=self._key(meeting_id),
        )  # fmt: skip

    def _key(self, meeting_id: int) -> str:
        """The same line of the same meeting, whichever file it comes in."""
        typed = (fold(self.name.data or ""), self.phone.stored or "", fold(self.question.data or ""))
        words = (str(meeting_id), *typed, str(int(self.seats.data or 0)))
        return "list-" + hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def read(content: bytes, meeting_id: int) -> tuple[list[Entry], list[tuple[int, str]]]:
    """Every line as an entry, and what is wrong with the others: (line, column and sentence). Raises Refusal for no table."""
    entries: list[Entry] = []
    faults: list[tuple[int, str]] = []
    for row in sheets.parse(content, NEEDED, OTHER_NAMES):
        form = RowForm(formdata=MultiDict(_cells(row)), meta={"csrf": False})
        if form.validate():
            entries.append(Entry(row.number, form.applicant(meeting_id)))
        else:
            faults += [(row.number, f"{field.label.text}: {field.errors[0]}") for field in form if field.errors]
    if not entries and not faults:
        raise Refusal(_("Dưới dòng tên cột không có dòng nào."))
    return entries, faults


def _cells(row: sheets.Row) -> dict[str, str]:
    """The columns we know. A tax code held as a number has lost its first zero."""
    cells = {name: row.get(name) for name in COLUMNS}
    if "tax_code" in row.numeric and len(cells["tax_code"]) == 9:
        cells["tax_code"] = "0" + cells["tax_code"]
    return cells


def header() -> Sequence[str]:
    return [str(name) for name in COLUMNS.values()]


def words() -> list[tuple[object, list[object]]]:
    """Columns that hold one of a few words, and which."""
    some: dict[str, Mapping[str, object]] = {"field": FIELD_NAMES, "openness": openness.NAMES, "wish": filing.WISH_NAMES}
    return [(COLUMNS[name], list(of.values())) for name, of in some.items()]
