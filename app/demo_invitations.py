"""Demo data of the invitations: some businesses that asked to be invited, and one that has not confirmed yet."""

from sqlalchemy import func, select

from app.db import db
from app.invitations import actions, queries
from app.invitations.actions import Details
from app.invitations.models import Subscriber

# name, kind, who reads the letters, fields (none = every meeting), on which consent
SUBSCRIBERS: tuple[tuple[str, str, str, tuple[str, ...], str], ...] = (
    ("Lò gạch Thới Hoà", "household", "Trần Văn Hoà", (), "counter"),
    ("Hợp tác xã cá tra Phước Thới", "cooperative", "Nguyễn Thị Nga", ("credit", "market"), "phone"),
    ("Công ty may Ô Môn", "company", "Đoàn Minh Trí", ("tax", "insurance"), "counter"),
    ("Tiệm vàng Kim Hưng", "household", "Lý Kim Hưng", ("tax",), "counter"),
    ("Sạp gạo Út Hiền, chợ Ô Môn", "trader", "Trương Thị Hiền", ("marketplace", "tax"), "phone"),
    ("Trạm xăng dầu Thới Long", "company", "Quách Văn Long", ("fire", "land"), "counter"),
    ("Cơ sở bún tươi Bảy Gấm", "household", "Huỳnh Thị Gấm", (), "phone"),
    ("Nhà máy xay lúa Trường Lạc", "company", "Lê Hữu Phát", ("power", "credit"), "counter"),
)
WAITING = ("Quán lẩu mắm Sáu Thơm", "household", "Phan Thị Thơm")


def fill() -> None:
    """Whatever is there already is left as it is. The addresses are invented, so that no letter arrives."""
    if db.session.scalar(select(func.count()).select_from(Subscriber)):
        return
    for at, (name, kind, contact, fields, channel) in enumerate(SUBSCRIBERS):
        details = Details(
            name=name, contact=contact, phone=f"+8490000{8000 + at:04d}", email=f"thumoi{at + 1}@hen.example", kind=kind,
            fields=fields, sample=True,
        )  # fmt: skip
        actions.add(details, channel, queries.wording().version)
    name, kind, contact = WAITING
    actions.subscribe(
        Details(name=name, contact=contact, phone="+84900008100", email="thumoi100@hen.example", kind=kind, sample=True)
    )
