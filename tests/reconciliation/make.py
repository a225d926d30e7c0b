"""Builders: lists as the e-one-stop system gives them, and a half-year with planted truths."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app import sheets
from app.db import transaction
from app.reconciliation import imports
from app.reconciliation.imports import Report
from app.staff.models import Officer, Unit

HEADER = ("Mã hồ sơ", "Tên thủ tục", "Lĩnh vực", "Hình thức nộp", "Chủ hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả",
          "Ngày xử lý xong", "Ngày trả kết quả", "Trạng thái", "Phòng ban xử lý", "Cán bộ xử lý")  # fmt: skip
BOOK = ("Mã hồ sơ", "Ngày ký nhận", "Người nhận", "Số trang")
FIELDS = ("Hộ tịch", "Chứng thực", "Đất đai", "Kinh doanh")


def code(number: int, day: date) -> str:
    return f"000.00.01.H13-{day:%y%m%d}-{number:04d}"


def row(code_: str, received: object, promised: object, finished: object = "", **facts: Any) -> list[Any]:
    known = {
        "matter": "Đăng ký khai sinh", "field": "Hộ tịch", "channel": "Trực tiếp", "owner": "Nguyễn Văn Mẫu", "handed": finished,
        "status": 10 if finished else 4, "unit": "", "officer": "",
    } | facts  # fmt: skip
    return [code_, known["matter"], known["field"], known["channel"], known["owner"], received, promised, finished,
            known["handed"], known["status"], known["unit"], known["officer"]]  # fmt: skip


def listed(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> bytes:
    return sheets.csv_text(header, rows).encode()


def taken(rows: Sequence[Sequence[Any]]) -> Report:
    content = listed(rows)
    report = imports.take_in(content, imports.meaning_of(imports.columns_of(imports.table(content, "list"))))
    assert not report.errors, report.errors[:5]
    return report


def people() -> tuple[Unit, Officer]:
    with transaction() as session:
        unit = Unit(
            name="Tư pháp – Hộ tịch", email="tuphap@example.vn", head_name="Lê Văn Trưởng", head_email="truong@example.vn"
        )
        officer = Officer(email="ha@example.vn", name="Trần Thị Lệ Hà", role="counter")
        session.add_all([unit, officer])
    return unit, officer


# What is planted, and what the register must say of it on 30 June 2020: 14,191 = 13,899 + 292, 108 late there.
PLANTED = {
    "done in time": 13_000, "done early": 789, "in hand in time, never clicked": 60, "in hand in time, clicked days later": 48,
    "open in time": 292, "withdrawn after its day": 2,
}  # fmt: skip
TRUE_LATE = {"signed after its day": 7, "late by its own click, no paper": 5, "open past its day, no paper": 4}
FALSE = PLANTED["in hand in time, never clicked"] + PLANTED["in hand in time, clicked days later"]
TODAY = date(2020, 7, 9)


def half_year(with_true_late: bool = False, seed: int = 2020) -> tuple[list[list[Any]], list[list[Any]]]:
    """The system's list and the signed book, shuffled; dates written in several ways."""
    dice = random.Random(seed)
    kinds = [kind for kind, count in (PLANTED | (TRUE_LATE if with_true_late else {})).items() for _n in range(count)]
    dice.shuffle(kinds)
    days: Counter[date] = Counter()
    rows, book = [], []
    for kind in kinds:
        received = date(2020, 1, 2) + timedelta(days=dice.randrange(165))
        days[received] += 1
        promised, finished, signed, status = _times(kind, received, dice)
        one = code(days[received], received)
        if signed:
            book.append([one, _written(signed, dice), "Người nhận mẫu", f"tr. {dice.randrange(1, 90)}"])
        rows.append(
            row(one, _written(received, dice), _written(promised, dice), _written(finished, dice) if finished else "",
                status=status, field=dice.choice(FIELDS), channel=dice.choice(("Trực tiếp", "Trực tuyến", "Bưu chính công ích")),
                unit="Tư pháp – Hộ tịch", officer="Trần Thị Lệ Hà")
        )  # fmt: skip
    return rows, book


def _times(kind: str, received: date, dice: random.Random) -> tuple[date, date | None, date | None, int]:
    """promised, finished there, signed on paper, status there."""
    promised = received + timedelta(days=dice.randrange(1, 15))
    later = promised + timedelta(days=dice.randrange(1, 6))
    return {
        "done in time": (promised, promised, None, 10),
        "done early": (promised, received, None, 10),
        "in hand in time, never clicked": (promised, None, promised - timedelta(days=dice.randrange(2)), 4),
        "in hand in time, clicked days later": (promised, later, promised, 10),
        "open in time": (TODAY + timedelta(days=dice.randrange(1, 20)), None, None, 4),
        "withdrawn after its day": (promised, later, None, 7),
        "signed after its day": (promised, None, later, 4),
        "late by its own click, no paper": (promised, later, None, 10),
        "open past its day, no paper": (promised, None, None, 4),
    }[kind]


def _written(day: date, dice: random.Random) -> str:
    return dice.choice(
        (f"{day:%d/%m/%Y}", f"{day:%d/%m/%Y} 10:30", f"10:30 {day:%d/%m/%Y}", f"{day.isoformat()}", f"{day:%-d/%-m/%Y}")
    )
