"""The form of one item, and how two secretaries' versions of it become one."""

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.form_parts import DayField, RevisionField
from app.forms import Form, LineField, TextField, request_key
from app.meetings.models import Question
from app.minutes.actions import OUT, Line, Written
from app.minutes.forms import KIND_NAMES, OUTCOME_NAMES, Choice, choices
from app.minutes.models import MinutePromise
from app.minutes.rules import Entry, shortened
from app.refusal import Refusal
from app.text import joined

SAID_LENGTH, WHAT_LENGTH = 4000, 1000
NEW = "moi"  # the line that is always empty; one that somebody else removed meanwhile comes back as "moi12"
LINES = 200  # promise lines one form may send


class _Part(Form):
    """A part of a larger form, which holds the token for all."""

    class Meta(Form.Meta):
        csrf = False


def _number(value: Any) -> int | None:
    return int(value) if value else None


class OwnForm(_Part):
    """What became of one question, where it is not what became of the whole item."""

    outcome = SelectField(_l("Kết quả của câu này"), default="")

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(prefix=f"cau-{question.id}-", **kwargs)
        names = [("", _("Như cả mục")), *OUTCOME_NAMES.items(), (OUT, _("Không bàn ở mục này"))]
        self.outcome.choices = [SelectChoice(value, name) for value, name in names]


class LineForm(_Part):
    """A promise: who does what by when."""

    what = TextField(_l("Việc gì?"), most=WHAT_LENGTH)
    unit = SelectField(_l("Đơn vị nào?"), default="")
    due_on = DayField(_l("Xong ngày nào?"))
    kind = SelectField(_l("Loại việc"), choices=[SelectChoice(*kind) for kind in KIND_NAMES.items()], default="deed")
    question = SelectField(_l("Cho câu hỏi"), default="")
    drop = BooleanField(_l("Bỏ dòng này"))

    def __init__(self, key: str, units: Sequence[Choice], questions: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(prefix=f"dong-{key}-", **kwargs)
        self.key = key
        self.unit.choices = choices(_("Chọn đơn vị"), units)
        self.question.choices = choices(_("Cả mục"), questions)

    def line(self) -> Line:
        return Line(
            key=self.key, what=self.what.data or "", kind=str(self.kind.data), unit_id=_number(self.unit.data),
            due_on=self.due_on.data, question_id=_number(self.question.data), drop=bool(self.drop.data),
        )  # fmt: skip


class LockedForm(_Part):
    """A promise that is in the ledger already."""

    put_off_to = DayField(_l("Lùi đến ngày"))
    withdrawn = BooleanField(_l("Rút lời hẹn này"))
    change_why = LineField(_l("Lý do lùi ngày hoặc rút, hiện công khai"))

    def __init__(self, key: str, **kwargs: Any) -> None:
        super().__init__(prefix=f"dong-{key}-", **kwargs)
        self.key = key

    def line(self) -> Line:
        return Line(
            key=self.key, put_off_to=self.put_off_to.data, withdrawn=bool(self.withdrawn.data),
            change_why=self.change_why.data or "",
        )  # fmt: skip


class ItemForm(Form):
    """One item of the minutes with its questions and its promise lines; `hears`: the writer may read what was said."""

    title = LineField(_l("Mục"), needed=_l("Ghi tên mục."))
    said = TextField(
        _l("Đã nói gì?"), most=SAID_LENGTH, description=_l("Phần này được công bố. Đừng ghi tên, số điện thoại người hỏi.")
    )
    unit = SelectField(_l("Đơn vị trả lời"), default="")
    outcome = RadioField(_l("Kết quả"), default="")
    forwarded_to = LineField(_l("Đã chuyển đến đâu, nếu vượt thẩm quyền"))
    revision = RevisionField(default="0")
    request_key = request_key()
    seen = HiddenField(validators=[Length(max=60_000)])  # a mark of every field as the writer got it

    def __init__(self, entry: Entry, units: Sequence[Choice], names: Sequence[Choice], hears: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not hears:
            del self.said
        self.unit.choices = choices(_("Không ghi đơn vị"), units)
        self.outcome.choices = [SelectChoice(value, name) for value, name in [("", _("Chưa ghi")), *OUTCOME_NAMES.items()]]
        formdata = {"formdata": kwargs["formdata"]} if "formdata" in kwargs else {}
        self.own = {
            dealt.question.id: OwnForm(dealt.question, data={"outcome": dealt.outcome}, **formdata) for dealt in entry.questions
        }
        self.lines = _line_forms(entry, units, names, formdata)
        if formdata:
            self.seen.data = " ".join(f"{name}={_mark(field)}" for name, field in self.every())

    def every(self) -> Iterator[tuple[str, Field]]:
        """All that can be written, by the name it has on the page."""
        for form in (self, *self.own.values(), *self.lines.values()):
            yield from ((field.name, field) for field in form if not isinstance(field, HiddenField))

    def validate(self, extra_validators: Any = None) -> bool:
        """Every part is looked at, so that all that is wrong is said at once."""
        parts: list[_Part] = [*self.own.values(), *self.lines.values()]
        return all([super().validate(extra_validators), *(part.validate() for part in parts)])

    def problems(self) -> list[tuple[str | None, str]]:
        parts: list[_Part] = [*self.own.values(), *self.lines.values()]
        return [*super().problems(), *(problem for part in parts for problem in part.problems())]

    def refuse(self, refusal: Refusal) -> None:
        """A refusal about a promise line names the field as it stands on the page."""
        for form in self.lines.values():
            for field in form:
                if field.name == refusal.field:
                    field.errors = [*field.errors, refusal.sentence]
                    return
        super().refuse(refusal)

    def written(self) -> Written:
        return Written(
            title=self.title.data or "", said=(self.said.data or "") if "said" in self else None,
            outcome=str(self.outcome.data or ""), forwarded_to=self.forwarded_to.data or "", revision=self.revision.number,
            request_key=self.request_key.data or "", unit_id=_number(self.unit.data),
            own={number: str(form.outcome.data or "") for number, form in self.own.items()},
            lines=[form.line() for form in self.lines.values()],
        )  # fmt: skip


def _line_forms(
    entry: Entry, units: Sequence[Choice], names: Sequence[Choice], formdata: dict[str, Any]
) -> dict[str, LineForm | LockedForm]:
    """A form for each promise there is (of a request: for each it holds), and an empty one."""
    known = {str(line.id): line for line in entry.promises}
    only = entry.live[0].question.id if len(entry.live) == 1 else None
    empty = MinutePromise(unit_id=entry.item.unit_id, question_id=only)
    forms: dict[str, LineForm | LockedForm] = {}
    for key in dict.fromkeys([*(known if formdata else _sent_keys()), NEW]):
        line = known.get(key, empty)
        if line.promise is not None:
            forms[key] = LockedForm(key, data=_locked(line), **formdata)
        else:
            forms[key] = LineForm(key, units, names, data=_shown(line), **formdata)
    return forms


def _sent_keys() -> list[str]:
    """Of lines that came with the request."""
    found = [re.fullmatch(r"dong-([0-9]{1,9}|moi[0-9]{0,9})-(?:what|change_why)", name) for name in request.form]
    return [one[1] for one in found if one][:LINES]


def _shown(line: MinutePromise) -> dict[str, Any]:
    return {
        "what": line.what or "", "unit": str(line.unit_id or ""), "due_on": line.due_on, "kind": line.kind or "deed",
        "question": str(line.question_id or ""),
    }  # fmt: skip


def _locked(line: MinutePromise) -> dict[str, Any]:
    return {"put_off_to": line.put_off_to, "withdrawn": line.withdrawn, "change_why": line.change_why}


def question_name(question: Question, readable: bool) -> str:
    """As a choice in a list: the beginning of its words, or only its code."""
    return shortened(question.text, 50) if readable else _("Câu hỏi riêng cho lãnh đạo, %(code)s", code=question.code)


# -- two versions become one


def _mark(field: Field) -> str:
    return f"{zlib.crc32(str(field.data or '').encode()):x}"


def merge(mine: ItemForm, fresh: ItemForm, units: Sequence[Choice], names: Sequence[Choice]) -> None:
    """Fills the fresh form, which holds what others saved, with what this writer changed; where both wrote, with both.

    What I did not touch is theirs; what they did not touch is mine; a text that both changed holds the lines of both, and of
    a choice that both changed mine stands and theirs is shown beside it.
    """
    seen = dict(part.split("=", 1) for part in str(mine.seen.data or "").split() if "=" in part)
    theirs = dict(fresh.every())
    for name, field in mine.every():
        if name not in theirs or _mark(field) == seen.get(name):
            continue
        both = name == "said" and _mark(theirs[name]) != seen.get(name)
        theirs[name].data = joined(theirs[name].data or "", field.data or "") if both else field.data
    for key, line in mine.lines.items():
        touched = any(_mark(field) != seen.get(field.name) for field in line)
        if isinstance(line, LineForm) and line.what.data and touched and (key not in fresh.lines or key.startswith(NEW)):
            _bring_back(line, fresh, units, names)


def _bring_back(line: LineForm, fresh: ItemForm, units: Sequence[Choice], names: Sequence[Choice]) -> None:
    """A promise that is in nobody's saved version: new, or removed by the other while this writer worked on it."""
    key = f"{NEW}{len(fresh.lines)}"
    if line.key == NEW:
        fresh.lines[NEW] = LineForm(NEW, units, names, formdata=None)
    data = {field.short_name: field.data for field in line}
    fresh.lines[key] = LineForm(key, units, names, formdata=None, data=data)
