"""The lists behind the figures of Form 06: the very conditions they were counted by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from app.db import db
from app.dossiers.models import Dossier
from app.reconciliation import queries as register
from app.reconciliation.models import MachineRow
from app.reports.form06 import COLUMNS, Asked
from app.reports.form06_queries import PAPER, SYSTEM, bounds, in_list, of_paper, of_system, place

PAGE = 50
EXTRA = ("tre", "dung-hen", "nhan", "quay", "buu-chinh", "tam-dung", "gui", "xin-loi")  # beside the numbers of the columns


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier behind a figure; `matter` and `office` are words of the list where it is no procedure and no office of ours."""

    code: str
    procedure_id: int | None
    matter: str
    office_id: int | None
    office: str
    received_at: datetime
    due_at: datetime
    finished_at: datetime | None
    handed_at: datetime | None


def listed(asked: Asked, column: str, page: int, there: bool) -> tuple[Sequence[Line], int]:
    """A page of them, longest promised first, and how many there are; `there`: in the system's list. Two queries."""
    rows: Any
    if there:
        columns = (
            MachineRow.code, Dossier.procedure_id, MachineRow.matter, place(), MachineRow.office, MachineRow.received_at,
            MachineRow.promised_at, MachineRow.finished_at, register.handed(),
        )  # fmt: skip
        rows = in_list(*columns, offices=True).where(SYSTEM.within(asked), *of_system(asked), _there(asked)[column])
    else:
        own = (
            Dossier.code, Dossier.procedure_id, Dossier.matter, Dossier.office_id, literal(""), Dossier.received_at,
            Dossier.due_at, Dossier.finished_at, Dossier.handed_at,
        )  # fmt: skip
        rows = select(*own).where(PAPER.within(asked), *of_paper(asked), _here(asked)[column])
    book = SYSTEM if there else PAPER
    in_all = db.session.scalar(rows.with_only_columns(func.count())) or 0
    shown = rows.order_by(book.due, book.received).limit(PAGE).offset((page - 1) * PAGE)
    return [Line(*row) for row in db.session.execute(shown)], in_all


def _columns(found: Mapping[str, ColumnElement[bool]]) -> dict[str, ColumnElement[bool]]:
    """By the name a figure's address has."""
    parts = {
        "direct": or_(found["counter"], found["post"]),
        "on_time": and_(found["done"], ~found["early"], ~found["late"]),
        "in_time": or_(found["running"], found["paused"]),
    }
    known = {**found, **parts}
    return {str(number): known[name] for number, name in COLUMNS.items()} | {"tre": or_(found["late"], found["overdue"])}


def _here(asked: Asked) -> Mapping[str, ColumnElement[bool]]:
    found, (begin, end) = PAPER.conditions(asked), bounds(asked)
    return _columns(found) | {
        "dung-hen": and_(found["done"], ~found["late"]),
        "nhan": Dossier.received_at >= begin,
        "quay": found["counter"],
        "buu-chinh": found["post"],
        "tam-dung": found["paused"],
        "gui": and_(found["done"], Dossier.return_by == "post"),
        "xin-loi": and_(Dossier.extended_at >= begin, Dossier.extended_at < end),
    }


def _there(asked: Asked) -> Mapping[str, ColumnElement[bool]]:
    late, pile = SYSTEM.late_in_all(asked), register.pile(asked.today)
    return _columns(SYSTEM.conditions(asked)) | {name: and_(late, pile == name) for name in register.PILES}


def known(column: str, there: bool) -> bool:
    """Is there such a figure?"""
    more = register.PILES if there else EXTRA
    return column in {*map(str, COLUMNS), "tre", *more}
