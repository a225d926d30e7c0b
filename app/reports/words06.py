"""Words and shares of the half-year report."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

from app.reports.form06 import Bucket


def column_name(number: int) -> str:
    """A column of Form 06 with its number; complete in itself, for tables that have no headings above headings."""
    names = {
        3: _("Nhận giải quyết: tổng số"), 4: _("Nhận trong kỳ: trực tuyến"), 5: _("Nhận trong kỳ: trực tiếp, bưu chính"),
        6: _("Từ kỳ trước"), 7: _("Đã giải quyết: tổng số"), 8: _("Trước hạn"), 9: _("Đúng hạn"), 10: _("Đã giải quyết: quá hạn"),
        11: _("Đang giải quyết: tổng số"), 12: _("Trong hạn"), 13: _("Đang giải quyết: quá hạn"),
    }  # fmt: skip
    return f"{names[number]} ({number})"


def groups() -> list[tuple[str, int]]:
    """The headings above the headings, as the circular prints them."""
    return [
        ("", 2), (str(_("Số hồ sơ nhận giải quyết")), 4), (str(_("Số hồ sơ đã giải quyết")), 4),
        (str(_("Số hồ sơ đang giải quyết")), 3),
    ]  # fmt: skip


def pile_names() -> Mapping[str, object]:
    """What the register found of a dossier that the system calls late."""
    return {
        "in_time": _("Đã trả đúng hẹn, máy chưa ghi"),
        "nothing": _("Chưa có chứng cứ"),
        "late": _("Trễ thật"),
        "excused": _("Tạm dừng hoặc máy tính sai ngày"),
    }


def behind_names(there: bool) -> Mapping[str, object]:
    """What a list behind a figure is called, beside the columns of the form."""
    own: dict[str, object] = {
        "tre": _("Trễ hẹn: đã xong và chưa xong"), "dung-hen": _("Đã giải quyết trước hạn và đúng hạn"),
        "nhan": _("Nhận trong kỳ"), "quay": _("Nộp tại quầy"), "buu-chinh": _("Nộp qua bưu chính"), "tam-dung": _("Tạm dừng"),
        "gui": _("Trả kết quả qua bưu chính"), "xin-loi": _("Thư xin lỗi, hẹn lại ngày"),
    }  # fmt: skip
    return {"tre": _("Máy báo trễ"), **pile_names()} if there else own


def percent(part: int, whole: int) -> str:
    """Rounded down to a tenth: 100 only when it is all."""
    if not whole:
        return str(_("chưa có"))
    tenths = 1000 * part // whole
    if tenths % 10 == 0:
        return f"{tenths // 10}%"
    return str(_("%(whole)s,%(tenth)s%%", whole=tenths // 10, tenth=tenths % 10))


def score(part: int, whole: int) -> str:
    """Twenty points for all of it, rounded down to a hundredth."""
    if not whole:
        return str(_("chưa có"))
    hundredths = 2000 * part // whole
    return str(_("%(whole)s,%(hundredths)s", whole=hundredths // 100, hundredths=f"{hundredths % 100:02d}"))


def bucket_name(one: Bucket, last: date) -> str:
    """ "Tháng 6"; with its year where the period goes over more than one."""
    year = one.first.year
    if one.months == 12:
        return str(year)
    if one.months == 3:
        return str(_("Quý %(quarter)s/%(year)s", quarter=(one.first.month + 2) // 3, year=year))
    if year == last.year:
        return str(_("Tháng %(month)s", month=one.first.month))
    return f"{one.first.month}/{year}"
