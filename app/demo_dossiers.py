"""Demo dossiers: some in every standing, and a small list of the e-one-stop system that falls on all of the register's piles.

Everything is relative to today and marked as a sample; owners and codes are invented. Twice changes nothing.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update

from app import clock, sheets
from app.db import db, transaction
from app.dossiers import actions
from app.dossiers.actions import Proof, Receipt
from app.dossiers.models import Dossier
from app.offices import queries as offices
from app.offices import working_days
from app.offices.catalogue import Office
from app.reconciliation import actions as register
from app.reconciliation import imports
from app.reconciliation.models import MachineImport
from app.refusal import Refusal

PLACE = "phuong-o-mon"
SINGLE, STALL, LAND, WINE = "1.004873", "1.001612", "1.013978", "2.000620"  # three days, three, some weeks, ten
RECEIVED = (1, 2, 30, 4, 6, 3, 9, 12, 20, 15)  # days ago, each dossier
Then = Callable[[str, date], object]  # what became of it: code, the day of receipt

HEADER = ("Mã hồ sơ", "Tên thủ tục", "Lĩnh vực", "Chủ hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày xử lý xong", "Trạng thái",
          "Đơn vị xử lý", "Cán bộ xử lý")  # fmt: skip
BOOK = ("Mã hồ sơ", "Ngày ký nhận", "Người nhận", "Số trang")
LAND_OFFICE, WORKS = "Văn phòng Đăng ký đất đai", "Phòng Kinh tế – Hạ tầng"
DESKS = (
    ("Cấp Giấy xác nhận tình trạng hôn nhân", "Hộ tịch", "", "Nguyễn Thị Út (mẫu)"),
    ("Cấp giấy phép xây dựng nhà ở riêng lẻ", "Hoạt động xây dựng", WORKS, "Lâm Mỹ Chi (mẫu)"),
    ("Đính chính Giấy chứng nhận đã cấp", "Đất đai", LAND_OFFICE, "Nguyễn Thị Út (mẫu)"),
)
# Days back when it was promised; later than that: finished there, signed on paper. None: not at all.
LISTED: tuple[tuple[int, int | None, int | None], ...] = (
    (4, None, 0), (6, None, 0), (9, None, -1), (12, None, 0), (13, None, 0),  # in hand in time, never clicked
    (11, 3, 0), (15, 6, 0), (20, 4, -1),  # in hand in time, clicked days later
    (3, None, None), (5, None, None), (8, None, None), (10, 2, None),  # no evidence yet
    (7, None, 2), (14, 5, 4),  # really late
    (16, None, None),  # wrongly set up there
    (-4, None, None), (-9, None, None), (6, 0, None), (18, 0, None), (21, -2, None),  # nothing to say
)  # fmt: skip
MISCONFIGURED = 14
MISSING = "Trích lục bản đồ địa chính\nGiấy uỷ quyền"


def fill() -> None:
    """Nothing, where there is any dossier or list already."""
    if db.session.scalar(select(Dossier.id).limit(1)) is None and (office := offices.catalogue().by_slug.get(PLACE)):
        _dossiers(office)
    if db.session.scalar(select(MachineImport.id).limit(1)) is None:
        _register()


def _at(day: date, hour: int = 9) -> datetime:
    return clock.at(day, time(hour))


def code_of(day: date, number: int) -> str:
    return f"H13.45.12-{day:%y%m%d}-{9_000 + number:04d}"


# -- dossiers ---------------------------------------------------------------------------------------------------------


def _dossiers(office: Office) -> None:
    """The matter, its owner, how it comes home, what became of it."""
    post = Proof("postal", "EP012345678VN")
    samples: tuple[tuple[str, str, str, Then | None], ...] = (
        (LAND, "Thạch Thị Sa Rinh", "desk", None),
        (WINE, "Lê Hữu Nghĩa", "post", None),
        (SINGLE, "Võ Thị Mười Một", "desk", None),  # late
        (LAND, "Trần Văn Ba Lúa", "desk",
         lambda code, day: actions.pause(code, "supplement", _at(day + timedelta(days=1)), MISSING)),
        (LAND, "Sơn Minh Đức", "desk",
         lambda code, day: actions.pause(code, "duty", _at(day + timedelta(days=2)), "Nộp lệ phí trước bạ theo thông báo")),
        (WINE, "Huỳnh Kim Thoa", "desk", lambda code, _day: _extend(code)),
        (STALL, "Đặng Út Hết", "desk", lambda code, day: actions.finish(code, _at(day + timedelta(days=3), 8))),
        (STALL, "Lý Ngọc Diễm", "post",
         lambda code, day: actions.hand_over(code, _at(day + timedelta(days=4), 7), post, by_post=True)),
        (SINGLE, "Châu Văn Tèo", "desk",
         lambda code, day: actions.hand_over(code, _at(day + timedelta(days=1)), Proof("signature", "tr. 12", "Châu Văn Tèo"))),
        (WINE, "Nguyễn Thị Lụa", "desk",
         lambda code, day: actions.end(code, "withdrawn", _at(day + timedelta(days=2)), "Công dân xin rút")),
    )  # fmt: skip
    catalogue, today = offices.catalogue(), clock.today()
    for number, (matter, owner, way, then) in enumerate(samples):
        day, procedure = today - timedelta(days=RECEIVED[number]), catalogue.by_code.get(matter)
        if procedure is None or procedure.duration is None:
            continue
        code = code_of(day, number)
        actions.receive(
            Receipt(code=code, office_id=office.id, owner=f"{owner} (mẫu)", received_at=_at(day, 8), procedure_id=procedure.id,
                    phone=f"+8490010{number:04d}", return_by=way, sample=True)
        )  # fmt: skip
        if then is not None:
            then(code, day)


def _extend(code: str) -> None:
    """To two weeks after its day, unless its day has come (long holidays)."""
    row = db.session.scalars(select(Dossier).where(Dossier.code == code)).one()
    calendar = actions.calendar(row.office_id, row.received_at)
    try:
        actions.extend(code, working_days.moved(clock.local(row.due_at).date(), 10, calendar), "Chờ kết quả kiểm tra thực tế")
    except Refusal:
        return


# -- the register -----------------------------------------------------------------------------------------------------


def _register() -> None:
    """The list of the e-one-stop system, the signed book, and one finding of an officer."""
    today = clock.today()
    rows: list[list[sheets.Cell]] = []
    book: list[list[sheets.Cell]] = []
    for number, (back, finished, signed) in enumerate(LISTED, 20):
        promised = today - timedelta(days=back)
        received = min(promised, today) - timedelta(days=7)
        code, (matter, field, unit, officer) = code_of(received, number), DESKS[number % len(DESKS)]
        done = promised + timedelta(days=finished) if finished is not None else None
        rows.append([code, matter, field, f"Người mẫu {number}", received.isoformat(), promised.isoformat(),
                     done.isoformat() if done else "", "10" if done else "4", unit, officer])  # fmt: skip
        if signed is not None:
            day = promised + timedelta(days=signed)
            book.append([code, day.isoformat(), f"Người mẫu {number}", f"tr. {number}"])
    content = sheets.csv_text(HEADER, rows).encode()
    imports.take_in(content, imports.meaning_of(imports.columns_of(imports.table(content, "list"))))
    imports.take_returns(sheets.csv_text(BOOK, book).encode())
    set_up = register.Found("misconfigured", "d", None, "statement", "Máy tính theo ngày lịch, thủ tục tính ngày làm việc")
    register.find([str(rows[MISCONFIGURED][0])], set_up)
    with transaction() as session:
        session.execute(update(MachineImport).values(sample=True))
