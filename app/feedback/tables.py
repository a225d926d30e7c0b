"""The tables of answers: one definition for the page, the workbook and CSV."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.dates import month_year
from app.feedback import rules
from app.feedback.forms import SUBJECT_NAMES
from app.feedback.rules import Group, Tally
from app.offices.catalogue import Catalogue
from app.sheets import Cell
from app.text import named


@dataclass(frozen=True, slots=True)
class Row:
    """`split` is None where too few answered to be told apart."""

    name: str
    count: int
    split: Tally | None

    def cells(self) -> list[Cell]:
        if self.split is None:
            return [self.name, self.count, *[_("chưa nêu")] * 4]
        return [self.name, self.count, self.split.good, self.split.fair, self.split.poor, self.split.share]


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    first: str  # what the first column names
    rows: Sequence[Row]
    total: Row | None

    def header(self) -> list[str]:
        return [self.first, _("Số câu trả lời"), _("Hài lòng"), _("Tạm được"), _("Chưa được"), _("Hài lòng, %")]

    def lines(self) -> list[list[Cell]]:
        return [row.cells() for row in (*self.rows, *([self.total] if self.total else []))]


def of(groups: Sequence[Group], catalogue: Catalogue, locale: str) -> dict[str, Table]:
    """By the name their CSV has: answers by link four ways, and apart from them those at the counters' screens."""
    linked, pressed = [one for one in groups if not one.kiosk], [one for one in groups if one.kiosk]
    field_names = {one.field: one.field_en for one in catalogue.procedures} if locale == "en" else {}

    def office(number: int | None) -> str:
        known = catalogue.office_of.get(number or 0)
        return named(known, locale) if known else _("Không ở quầy nào")

    return {
        "viec": _table(_("Theo việc"), _("Việc"), linked, lambda one: one.subject, lambda key: str(SUBJECT_NAMES[key])),
        "noi": _table(_("Theo nơi"), _("Nơi"), linked, lambda one: one.office_id, office),
        "linh-vuc": _table(
            _("Theo lĩnh vực"),
            _("Lĩnh vực"),
            linked,
            lambda one: one.field,
            lambda key: field_names.get(key, key) or _("Không theo lĩnh vực nào"),
        ),
        "thang": _table(_("Theo tháng"), _("Tháng"), linked, lambda one: one.month, month_year),
        "may": _table(_("Máy hỏi tại quầy"), _("Nơi"), pressed, lambda one: one.office_id, office),
    }


def _table(
    title: str, first: str, groups: Sequence[Group], key: Callable[[Group], Hashable], name: Callable[[Any], str]
) -> Table:
    tallies = rules.by(groups, key)
    hidden = rules.hidden(tallies)
    rows = [Row(name(one), tally.count, None if one in hidden else tally) for one, tally in _ordered(tallies)]
    total = sum(tallies.values(), Tally())
    shown = total if total.count >= rules.FEWEST else None
    return Table(title, first, rows, Row(_("Tổng cộng"), total.count, shown) if len(rows) > 1 else None)


def _ordered(tallies: Mapping[Any, Tally]) -> list[tuple[Any, Tally]]:
    """Months and subjects as they came from the database, in order; what has no name last."""
    return sorted(tallies.items(), key=lambda pair: (pair[0] in (None, ""), pair[0] or 0))
