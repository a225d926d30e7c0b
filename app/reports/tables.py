"""The tables of the report: one definition for the page, the workbook, CSV and paper, and how each column is counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.dates import day_year
from app.invitations.rules import WHY_NAMES, WhyNot
from app.reports.rules import Figures, Tally, few, of
from app.sheets import Cell
from app.text import named


@dataclass(frozen=True, slots=True)
class Column:
    """`how` says how it is counted; `behind` is the page that lists what was counted at one meeting."""

    label: object
    how: object
    cell: Callable[[Tally], Cell]
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as every form of the report shows them; one column names the row."""

    title: str
    header: list[str]
    rows: list[list[Cell]]
    total: list[Cell]
    behind: tuple[str, ...] = ()  # for each column
    source: str = ""  # where its figures come from
    groups: Sequence[tuple[str, int]] = ()  # headings above the headings, and over how many columns each goes
    links: Sequence[Sequence[str]] = ()  # for each cell of `lines()`, "" where nothing is behind it
    bars: int = 0  # the column drawn as bars too
    naming: int = 0  # the column that names the row
    words: tuple[int, ...] = ()  # columns that hold words

    def lines(self) -> list[list[Cell]]:
        return [*self.rows, self.total] if self.total else self.rows


COLUMNS = {
    "firms": Column(
        _l("Số nơi đăng ký"),
        _l("Nơi có chỗ, đang chờ chỗ hoặc ghi tên tại cửa. Không tính nơi đã trả chỗ và chỗ giữ sẵn chưa ai nhận."),
        lambda t: t.firms,
        "meetings_admin.meeting",
    ),
    "came": Column(_l("Số nơi đến dự"), _l("Nơi được điểm danh tại cửa, hoặc có chữ ký trong danh sách giấy."), lambda t: t.came),
    "people": Column(_l("Số người dự"), _l("Số người của các nơi đã đến."), lambda t: t.people),
    "questions": Column(
        _l("Câu hỏi"),
        _l("Câu đã gửi, không tính câu đã rút và câu gộp vào câu khác."),
        lambda t: t.questions,
        "meetings_admin.agenda.show",
    ),
    "settled": Column(
        _l("Xong trước khi họp"), _l("Người hỏi nhận câu trả lời trước ngày họp và nói vậy là đủ."), lambda t: t.settled
    ),
    "spot": Column(_l("Trả lời tại chỗ"), _l("Biên bản ghi đã trả lời ngay tại buổi họp."), lambda t: t.spot),
    "written": Column(
        _l("Văn bản đúng hẹn"),
        _l("Lời hẹn trả lời bằng văn bản: xong đúng hẹn trong tổng số đã hẹn."),
        lambda t: of(t.score.written_on_time, t.score.written),
    ),
    "promises": Column(
        _l("Lời hẹn"), _l("Việc hứa tại các kỳ họp này, không tính lời hẹn mà biên bản sửa đã bỏ."), lambda t: t.score.made
    ),
    "on_time": Column(
        _l("Đúng hẹn"),
        _l("Đơn vị báo xong không trễ ngày hẹn. Đã dời ngày thì tính theo ngày hẹn sau cùng."),
        lambda t: t.score.on_time,
    ),
    "late": Column(
        _l("Trễ hẹn"),
        _l("Xong sau ngày hẹn, hoặc quá ngày mà chưa xong. Đang chờ bên khác thì đồng hồ dừng."),
        lambda t: t.score.late,
    ),
    "open": Column(_l("Đang làm"), _l("Chưa xong và chưa quá ngày hẹn."), lambda t: t.score.open),
    "moved": Column(_l("Có dời ngày"), _l("Lời hẹn đã dời ngày ít nhất một lần."), lambda t: t.score.moved),
    "helped": Column(
        _l("Người hỏi nói gỡ được"),
        _l("Trong số người hỏi đã trả lời. Dưới 3 câu trả lời thì chưa nói số."),
        lambda t: of(t.score.yes, t.score.answers),
    ),
    "repeated": Column(_l("Hỏi lại"), _l("Câu đã hỏi ở một kỳ trước."), lambda t: t.repeated),
}
MEETING = (
    "firms", "came", "people", "questions", "settled", "spot", "written", "promises", "on_time", "late", "open", "helped",
    "repeated",
)  # fmt: skip
UNIT = ("questions", "settled", "spot", "written", "promises", "on_time", "late", "open", "moved", "helped")
PUBLIC = ("questions", "settled", "spot", "promises", "on_time", "late", "open")


def of_meetings(figures: Figures) -> Table:
    header, cells = _chosen(MEETING)
    rows: list[list[Cell]] = [[one.day, *cells(one.tally)] for one in figures.meetings]
    behind = ("meetings_admin.meeting", *(COLUMNS[name].behind for name in MEETING))
    return Table(_("Theo kỳ họp"), [_("Kỳ họp"), *header], rows, _total(rows, cells, figures), behind)


def of_units(figures: Figures, locale: str) -> Table:
    header, cells = _chosen(UNIT)
    rows: list[list[Cell]] = [[named(one, locale) or _("Chưa giao đơn vị"), *cells(one.tally)] for one in figures.units]
    return Table(_("Theo đơn vị"), [_("Đơn vị"), *header], rows, _total(rows, cells, figures))


def of_channels(figures: Figures, locale: str) -> Table:
    """Which way brings sign-ups: in all, and to each meeting."""
    header, cells = _chosen(("firms", "came"))
    rows: list[list[Cell]] = [
        [
            named(one, locale) or _("Không qua đường mời nào"),
            *cells(one.tally),
            *(one.by_meeting.get(meeting.id, 0) for meeting in figures.meetings),
        ]
        for one in figures.channels
    ]
    days = [day_year(one.day) for one in figures.meetings]
    return Table(_("Theo đường mời"), [_("Mời qua"), *header, *days], rows, [])


def of_reasons(why: WhyNot) -> Table:
    """Why people did not come, as far as it may be told: no total, from which a rare reason could be reckoned."""
    rows: list[list[Cell]] = [[str(WHY_NAMES[name]), count] for name, count in why.shown.items()]
    if why.others:
        rows.append([_("Các lý do ít người nêu, gộp lại"), why.others])
    return Table(_("Vì sao không đến"), [_("Lý do"), _("Số người nêu")], rows, [])


def for_everybody(figures: Figures) -> Table:
    """Without the figures that would count out a few businesses."""
    header, cells = _chosen(PUBLIC)
    names = [_("Kỳ họp"), str(COLUMNS["firms"].label), str(COLUMNS["came"].label), *header]
    rows: list[list[Cell]] = [[one.day, few(one.tally.firms), few(one.tally.came), *cells(one.tally)] for one in figures.meetings]
    return Table(_("Theo kỳ họp"), names, rows, [], ("meetings.meeting", *("" for _name in names[1:])))


def _chosen(names: Sequence[str]) -> tuple[list[str], Callable[[Tally], list[Cell]]]:
    columns = [COLUMNS[name] for name in names]
    return [str(one.label) for one in columns], lambda tally: [one.cell(tally) for one in columns]


def _total(rows: list[list[Cell]], cells: Callable[[Tally], list[Cell]], figures: Figures) -> list[Cell]:
    return [_("Tổng cộng"), *cells(figures.total)] if rows else []
