"""The sections of the half-year report, each one a table: the page, paper, the workbook and CSV show the same cells.

A new section is one function here and its name in SECTIONS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.feedback import tables as feedback
from app.offices.catalogue import Catalogue
from app.reports.form06 import COLUMNS, Report, Tally06
from app.reports.form06_rooms import Rooms
from app.reports.tables import Table
from app.reports.words06 import column_name, groups, percent, pile_names, score
from app.sheets import Cell
from app.text import named


@dataclass(frozen=True, slots=True)
class Told:
    """What the sections are made of. `at` gives the address of the list behind a figure of dossiers."""

    report: Report
    rooms: Rooms
    catalogue: Catalogue
    locale: str
    at: Callable[..., str]
    elsewhere: Mapping[str, str]  # section -> the page of the room that counts it

    def office(self, office_id: int | None) -> str:
        found = self.catalogue.office_of.get(office_id) if office_id is not None else None
        if found is None:
            return str(_("Không rõ nơi nhận"))
        return named(found, self.locale)

    def field(self, name: str) -> str:
        english = (
            next((one.field_en for one in self.catalogue.procedures if one.field == name), "") if self.locale == "en" else ""
        )
        return english or name or str(_("Chưa rõ lĩnh vực"))


def form(told: Told) -> Table:
    """Form 06: a line for each field, columns 1 to 13."""
    in_order = sorted(told.report.by_field.items(), key=lambda pair: (-pair[1].handled, pair[0]))
    rows: list[list[Cell]] = [
        [at, told.field(name), *(tally.column(number) for number in COLUMNS)] for at, (name, tally) in enumerate(in_order, 1)
    ]
    links = [["", "", *_form_links(told, tally, field=name)] for name, tally in in_order]
    return Table(
        str(_("Biểu số 06: tình hình, kết quả giải quyết thủ tục hành chính")),
        [str(_("STT (1)")), str(_("Lĩnh vực (2)")), *(column_name(number) for number in COLUMNS)],
        rows,
        ["", str(_("Tổng cộng")), *(told.report.paper.column(number) for number in COLUMNS)] if rows else [],
        source=str(_("Đếm từ hồ sơ ghi theo giấy trong máy này, theo Biểu số 06/VPCP/KSTT của Thông tư 01/2020/TT-VPCP. Đơn vị "
                     "tính: hồ sơ. So theo ngày dương lịch, không theo giờ; hồ sơ rút, từ chối, dừng tính là đúng hạn.")),
        groups=groups(),
        naming=1,
        links=[*links, ["", "", *_form_links(told, told.report.paper)]],
    )  # fmt: skip


def _form_links(told: Told, tally: Tally06, **more: str) -> list[str]:
    return [told.at(str(number), **more) if tally.column(number) else "" for number in COLUMNS]


def places(told: Told) -> Table:
    in_order = sorted(told.report.by_office.items(), key=lambda pair: (-pair[1].handled, pair[0] or 0))
    header = [
        _("Nơi nhận hồ sơ"),
        _("Yêu cầu"),
        _("Đã giải quyết"),
        _("Đúng hẹn"),
        _("Trong hạn"),
        _("Quá hạn"),
        _("Máy báo trễ"),
    ]
    rows, links = [], []
    for office_id, tally in in_order:
        late_there, place = told.report.late_there.get(office_id, 0), told.catalogue.office_of.get(office_id or 0)
        rows.append([told.office(office_id), *_place(tally, late_there)])
        links.append(["", *_place_links(told, tally, late_there, place.slug if place else "")])
    whole = sum(told.report.piles.values())
    return Table(
        str(_("Theo nơi nhận hồ sơ")), [str(name) for name in header], rows,
        [str(_("Tổng cộng")), *_place(told.report.paper, whole)] if rows else [],
        source=str(_("Hồ sơ ghi theo giấy; cột cuối đếm từ danh sách của hệ thống Một cửa điện tử.")),
        links=[*links, ["", *_place_links(told, told.report.paper, whole)]], bars=1,
    )  # fmt: skip


def _place(tally: Tally06, late_there: int) -> list[Cell]:
    return [tally.handled, tally.done, percent(tally.kept, tally.done), tally.in_time, tally.overdue, late_there]


def _place_links(told: Told, tally: Tally06, late_there: int, office: str = "") -> list[str]:
    more = {"office": office} if office else {}
    columns = (("3", tally.handled), ("7", tally.done), ("dung-hen", tally.kept), ("12", tally.in_time), ("13", tally.overdue))
    found = [told.at(column, **more) if count else "" for column, count in columns]
    return [*found, told.at("tre", there=True, **more) if late_there else ""]


def books(told: Told) -> Table:
    """What the paper says beside what the e-one-stop system says."""
    paper, system = told.report.paper, told.report.system
    known: list[tuple[str, int, int, str]] = [
        (column_name(number), paper.column(number), system.column(number), str(number))
        for number in COLUMNS if number not in {8, 9}
    ]  # fmt: skip
    known.insert(5, (str(_("Đã giải quyết: trước hạn và đúng hạn (8 + 9)")), paper.kept, system.kept, "dung-hen"))
    return Table(
        str(_("Theo giấy và theo máy")),
        [str(_("Cột của biểu")), str(_("Theo giấy")), str(_("Theo máy")), str(_("Chênh"))],
        [[name, own, there, there - own] for name, own, there, _column in known],
        [],
        source=str(_("Theo giấy: hồ sơ ghi trong máy này. Theo máy: danh sách nhập từ hệ thống Một cửa điện tử, chỉ biết lúc cán "
                     "bộ bấm kết thúc.")),
        links=[["", told.at(column) if own else "", told.at(column, there=True) if there and column != "dung-hen" else "", ""]
               for _name, own, there, column in known],
    )  # fmt: skip


def piles(told: Told) -> Table:
    """What the system calls late, by what the register found."""
    found = told.report.piles
    return Table(
        str(_("Hồ sơ máy báo trễ")), [str(_("Đối chiếu với giấy")), str(_("Số hồ sơ"))],
        [[str(words), found.get(name, 0)] for name, words in pile_names().items()],
        [str(_("Tổng cộng")), sum(found.values())],
        source=str(_("Sổ đối soát: danh sách của hệ thống Một cửa điện tử so với chữ ký nhận trên giấy.")),
        links=[*(["", told.at(name, there=True) if found.get(name) else ""] for name in pile_names()),
               ["", told.at("tre", there=True) if sum(found.values()) else ""]],
    )  # fmt: skip


# -- figures with their sources ---------------------------------------------------------------------------------------

Figure = tuple[object, Cell, object, object, str]  # name, value, how it is counted, what it informs, what is behind it


def _figures(title: object, source: object, found: Sequence[Figure]) -> Table:
    return Table(
        str(title), [str(_("Chỉ tiêu")), str(_("Con số")), str(_("Cách tính")), str(_("Dùng cho"))],
        [[str(name), value, str(how), str(use)] for name, value, how, use, _behind in found], [], source=str(source),
        words=(2, 3), links=[["", behind if value else "", "", ""] for _name, value, _how, _use, behind in found],
    )  # fmt: skip


def quality(told: Told) -> Table:
    paper, at, late_there = told.report.paper, told.at, sum(told.report.piles.values())
    progress = _("Quyết định 766: tiến độ, kết quả giải quyết; PAPI: nội dung 5, thủ tục hành chính công")
    honest = _("Quyết định 766: công khai, minh bạch; PAPI: nội dung 3, trách nhiệm giải trình với người dân")
    found: list[Figure] = [
        (_("Trước hạn và đúng hạn"), percent(paper.kept, paper.done), _("(cột 8 + cột 9) : cột 7"), progress, at("dung-hen")),
        (_("Điểm tiến độ, tính thử trên 20"), score(paper.kept, paper.done), _("tỷ lệ trên × 20"), progress, ""),
        (_("Trễ hẹn: đã xong và chưa xong"), paper.late_in_all, _("cột 10 + cột 13"), progress, at("tre")),
        (_("Tạm dừng: chờ bổ sung, nghĩa vụ tài chính, cơ quan khác"), paper.paused, _("nằm trong cột 12"), progress,
         at("tam-dung")),
        (_("Thư xin lỗi, hẹn lại ngày"), paper.apologies, _("mỗi hồ sơ một lần, trong kỳ"), honest, at("xin-loi")),
        (_("Máy báo trễ mà giấy đúng hẹn"), percent(told.report.false_overdue, late_there),
         _("có chữ ký đúng ngày, trong số hồ sơ máy báo trễ"), honest, at("in_time", there=True)),
    ]  # fmt: skip
    source = _("Hồ sơ ghi theo giấy và sổ đối soát. Đây là số của cơ quan, không phải điểm do bên ngoài chấm.")
    return _figures(_("Chất lượng phục vụ"), source, found)


def channels(told: Told) -> Table:
    paper, at = told.report.paper, told.at
    online = _("Quyết định 766: dịch vụ trực tuyến; PAPI: nội dung 8, quản trị điện tử")
    comfort = _("PAPI: nội dung 5, thủ tục hành chính công")
    found: list[tuple[object, int, int, object, str]] = [
        (_("Nộp tại quầy"), paper.counter, paper.received, comfort, at("quay")),
        (_("Nộp trực tuyến"), paper.online, paper.received, online, at("4")),
        (_("Nộp qua bưu chính"), paper.post, paper.received, comfort, at("buu-chinh")),
        (_("Trả kết quả qua bưu chính"), paper.by_post, paper.done, comfort, at("gui")),
    ]
    return Table(
        str(_("Nộp và nhận bằng cách nào")), [str(_("Cách")), str(_("Số hồ sơ")), str(_("Tỷ lệ")), str(_("Dùng cho"))],
        [[str(name), count, percent(count, whole), str(use)] for name, count, whole, use, _behind in found], [], words=(3,),
        source=str(_("Hồ sơ ghi theo giấy. Nộp: tỷ lệ trong hồ sơ nhận trong kỳ. Trả: tỷ lệ trong hồ sơ đã giải quyết.")),
        links=[["", behind if count else "", "", ""] for _name, count, _whole, _use, behind in found],
    )  # fmt: skip


def visits(told: Told) -> Table:
    seen = told.report.visits
    use = _("PAPI: nội dung 5, thủ tục hành chính công")
    found: list[Figure] = [
        (_("Lượt hẹn"), seen.made, _("giờ hẹn nằm trong kỳ, kể cả đã huỷ"), use, ""),
        (_("Có tới"), seen.came, _("quầy ghi đã tới"), use, ""),
        (_("Làm xong tại quầy"), seen.served, _("quầy ghi đã xong"), use, ""),
        (_("Không tới"), seen.missed, _("quầy ghi không tới"), use, ""),
        (_("Đã huỷ trước"), seen.cancelled, _("người dân hoặc quầy huỷ"), use, ""),
        (_("Tỷ lệ có tới"), percent(seen.came, seen.came + seen.missed), _("có tới : (có tới + không tới)"), use, ""),
    ]  # fmt: skip
    return _figures(_("Lịch hẹn tại quầy"), _("Sổ lịch hẹn của máy này, theo nơi và lĩnh vực đã chọn."), found)


def meetings(told: Told) -> Table:
    total, at = told.rooms, told.elsewhere["meetings"]
    use = _("PAPI: nội dung 1, tham gia của người dân; nội dung 3, trách nhiệm giải trình với người dân")
    found: list[Figure] = [
        (_("Kỳ gặp gỡ doanh nghiệp"), total.held, _("đã mở trong kỳ"), use, at),
        (_("Số nơi đến dự"), total.came, _("điểm danh tại cửa hoặc ký tên"), use, at),
        (_("Câu hỏi"), total.questions, _("không tính câu đã rút, đã gộp"), use, at),
        (_("Trả lời tại chỗ"), total.spot, _("biên bản ghi"), use, at),
        (_("Lời hẹn"), total.score.made, _("hứa tại các kỳ họp này"), use, at),
        (_("Lời hẹn xong đúng hẹn"), total.score.on_time, _("theo ngày hẹn sau cùng"), use, at),
        (_("Lời hẹn trễ"), total.score.late, _("xong sau ngày hẹn, hoặc quá ngày mà chưa xong"), use, at),
    ]
    source = _("Sổ gặp gỡ doanh nghiệp và sổ lời hẹn; cả cơ quan, không chia theo nơi và lĩnh vực.")
    return _figures(_("Gặp gỡ doanh nghiệp và lời hẹn"), source, found)


def guided(told: Told) -> Table:
    """People helped to file online, and how many did."""
    total, at = told.rooms, told.elsewhere["guided"]
    use = _("Quyết định 766: dịch vụ trực tuyến; PAPI: nội dung 8, quản trị điện tử")
    found: list[Figure] = [
        (_("Lượt hướng dẫn nộp trực tuyến"), total.guided, _("ghi trong sổ hướng dẫn"), use, at),
        (_("Đã nộp được"), total.filed, _("có mã hồ sơ, kể cả bổ sung sau"), use, at),
        (_("Tỷ lệ nộp được"), percent(total.filed, total.guided), _("đã nộp : lượt hướng dẫn"), use, ""),
        (_("Tờ rơi đã đưa"), total.leaflets, _("ghi trong sổ hướng dẫn"), use, at),
    ]  # fmt: skip
    source = _("Sổ hướng dẫn nộp hồ sơ trực tuyến của máy này, theo nơi đã chọn, không chia theo lĩnh vực.")
    return _figures(_("Hướng dẫn nộp trực tuyến"), source, found)


def opinions(told: Told) -> Table:
    """What people said, always beside how many answered; too few are not told apart."""
    known = feedback.of(told.rooms.opinions, told.catalogue, told.locale)
    by_subject, screens = known["viec"], known["may"]
    lines = by_subject.lines()
    if screens.rows:
        lines.append([screens.title, *(screens.total or screens.rows[0]).cells()[1:]])
    at = told.elsewhere["opinions"]
    return Table(
        str(_("Ý kiến của người dân")), by_subject.header(), lines, [],
        source=str(_("Một câu hỏi sau lần đến, sau khi nhận kết quả, sau buổi họp; máy tại quầy tính riêng. Cả cơ quan, không "
                     "chia theo nơi và lĩnh vực để ít người trả lời không lộ ra. Đây không phải điểm PAPI. Dùng cho Quyết "
                     "định 766: mức độ hài lòng; PAPI: nội dung 5, thủ tục hành chính công.")),
        links=[["", at, *[""] * (len(cells) - 2)] for cells in lines],
    )  # fmt: skip


# Name of the CSV -> the section, in the order of the page.
SECTIONS: Mapping[str, Callable[[Told], Table]] = {
    "bieu-06": form, "theo-noi": places, "hai-so": books, "may-bao-tre": piles, "chat-luong": quality, "kenh": channels,
    "lich-hen": visits, "huong-dan": guided, "y-kien": opinions, "gap-go": meetings,
}  # fmt: skip
