"""Labels, limits and help of the desk's forms, and the signed list as it is sent."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, ValidationError
from wtforms.validators import Length

from app import clock
from app.attendance.actions import Visitor
from app.attendance.paper import BadLine, Entry, Extra
from app.attendance.rules import MOST_PEOPLE
from app.forms import NAME_LENGTH, Form, NameField, PhoneField, read_phone, request_key
from app.meetings.models import SignUp
from app.refusal import Refusal
from app.text import clean_line

EXTRA_LINES = 6  # as many as the printed list has
NOBODY: dict[str, str] = dict.fromkeys(("name", "contact", "phone", "came", "at"), "")


def whole(text: str | None) -> int | None:
    """A small whole number, or nothing when it is none."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,3}", text) else None


def read_time(text: str) -> time | None:
    """ "8:05", "08:05" or "8h05"; None when nothing was written. Raises Refusal for anything else."""
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,2})\s*[:hg.]\s*([0-9]{2})", text.casefold())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Refusal(_("Giờ ghi như 8:05, hoặc để trống."), "at")
    return time(int(found[1]), int(found[2]))


class PeopleField(IntegerField):
    """How many came."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = whole(valuelist[0].strip())

    def pre_validate(self, form: Any) -> None:
        if self.raw_data and (self.data is None or not 1 <= self.data <= MOST_PEOPLE):
            raise ValidationError(_("Số người đến từ 1 đến %(most)s.", most=MOST_PEOPLE))


class ArrivalForm(Form):
    """One button beside a business: `seen` is what the screen showed when it was pressed."""

    code = HiddenField(validators=[Length(max=40)], filters=[lambda value: clean_line(value or "")])
    seen = HiddenField(default="0")
    came = PeopleField(_l("Mấy người đến?"), default=None)

    @property
    def seen_people(self) -> int:
        return whole(self.seen.data) or 0

    def problems(self) -> list[tuple[str | None, str]]:
        """Such forms stand in every row, so their fields have no ids to lead to."""
        return [(None, sentence) for _anchor, sentence in super().problems()]


class WalkInForm(Form):
    """Three fields: somebody who had not signed up is at the door."""

    name = NameField(_l("Tên doanh nghiệp, hộ kinh doanh"), needed=_l("Ghi tên doanh nghiệp, hộ kinh doanh hoặc sạp chợ."))
    contact = NameField(_l("Người đến"), needed=_l("Ghi họ và tên người đến."))
    phone = PhoneField(_l("Điện thoại"))
    came = PeopleField(_l("Mấy người đến?"), default=1)
    request_key = request_key()

    def visitor(self) -> Visitor:
        return Visitor(
            name=self.name.data or "", contact=self.contact.data or "", phone=self.phone.stored or "", came=self.came.data or 0,
            request_key=self.request_key.data or "",
        )  # fmt: skip


class PaperForm(Form):
    """The signed list: for every place a tick, a number of people and a time; below it lines written in by hand."""

    seen = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bad_lines: dict[str, str] = {}  # key of the line -> what is wrong with it

    def entries(self, rows: Iterable[SignUp]) -> list[Entry]:
        """What was sent about each place that stood on the page; notes what cannot be read."""
        found = []
        for row in (row for row in rows if f"came-{row.id}" in request.form):
            typed = self.typed(row)
            if not typed["here"]:
                found.append(Entry(row.id, 0))
                continue
            try:
                found.append(Entry(row.id, _people(typed["came"]), read_time(typed["at"])))
            except Refusal as refusal:
                self.bad_lines[str(row.id)] = refusal.sentence
        return found

    def lines(self, rows: Iterable[SignUp]) -> dict[int, dict[str, str]]:
        """Every place's line: as it was sent, else as it is known."""
        return {row.id: self.typed(row) if f"came-{row.id}" in request.form else known(row) for row in rows}

    def typed(self, row: SignUp) -> dict[str, str]:
        return {name: _sent(f"{name}-{row.id}") for name in ("here", "came", "at")}

    def extras(self) -> list[Extra]:
        found = []
        for number, typed in enumerate(self.typed_extras(), 1):
            if any(typed[name] for name in ("name", "contact", "phone")):
                try:
                    found.append(_extra(f"extra-{number}", typed))
                except Refusal as refusal:
                    self.bad_lines[f"extra-{number}"] = refusal.sentence
        return found

    def typed_extras(self) -> list[dict[str, str]]:
        return [{name: _sent(f"{name}-extra-{number}") for name in NOBODY} for number in range(1, EXTRA_LINES + 1)]

    def refuse(self, refusal: Refusal) -> None:
        if isinstance(refusal, BadLine):
            self.bad_lines[refusal.key] = refusal.sentence
        else:
            super().refuse(refusal)

    def problems(self) -> list[tuple[str | None, str]]:
        lines: list[tuple[str | None, str]] = [(f"line-{key}", sentence) for key, sentence in self.bad_lines.items()]
        return super().problems() + lines


def known(row: SignUp) -> dict[str, str]:
    """A place's line before anybody types: what is written down already, or as many people as it has seats."""
    at = clock.local(row.arrived_at).strftime("%H:%M") if row.arrived_at else ""
    return {"here": "1" if row.came else "", "came": str(row.came or row.seats), "at": at}


def _sent(name: str) -> str:
    return clean_line(request.form.get(name, ""))


def _people(typed: str) -> int:
    came = whole(typed)
    if came is None or not 1 <= came <= MOST_PEOPLE:
        raise Refusal(_("Số người đến từ 1 đến %(most)s.", most=MOST_PEOPLE), "came")
    return came


def _extra(key: str, typed: dict[str, str]) -> Extra:
    if not typed["name"] or not typed["contact"]:
        raise Refusal(_("Ghi tên nơi đến và người đến."), "name")
    if max(len(typed["name"]), len(typed["contact"])) > NAME_LENGTH:
        raise Refusal(_("Tên dài nhất %(most)s chữ.", most=NAME_LENGTH), "name")
    visitor = Visitor(typed["name"], typed["contact"], read_phone(typed["phone"]), _people(typed["came"] or "1"))
    return Extra(key, visitor, read_time(typed["at"]))
