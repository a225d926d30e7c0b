"""Demo offices of both eras: a district with its seven wards as in 2020, and a ward's service centre as in 2026.

The names of the places are real; counters, which counter does what, hours and phone are invented and marked as samples.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, sheets
from app.db import transaction
from app.offices import actions, holiday_seed, procedure_rows
from app.offices.models import Counter, Office, Opening, Procedure, Service
from app.offices.procedure_rows import Facts

DATA = Path(__file__).parent / "data"
PHONE = "0292 3 000 000"
MORNING, AFTERNOON = (time(7), time(11)), (time(13), time(17))

CIVIL = frozenset({"Hộ tịch", "Nuôi con nuôi"})
AUTHENTICATION = frozenset({"Chứng thực"})
POLICE = frozenset({"Đăng ký, quản lý cư trú", "Cấp, quản lý căn cước", "Định danh và xác thực điện tử"})
BUSINESS = frozenset({
    "Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)", "Thành lập và hoạt động của hợp tác xã",
    "Lưu thông hàng hóa trong nước",
})  # fmt: skip
LAND = frozenset({"Đất đai", "Tài nguyên nước", "Trồng trọt"})
BUILDING = frozenset({
    "Hoạt động xây dựng", "Đường bộ", "Hạ tầng kỹ thuật", "Quy hoạch đô thị và nông thôn", "Nhà ở và công sở",
})  # fmt: skip
SOCIAL = frozenset({"Bảo trợ xã hội", "Giảm nghèo", "Giáo dục trung học"})
GUIDANCE = frozenset({"Hướng dẫn"})


@dataclass(frozen=True)
class Desk:
    """A sample counter: what it does, in both languages, and on Saturday morning too?"""

    name: str
    name_en: str
    fields: Collection[str]
    saturday: bool = False


DISTRICT = (
    Desk("Đăng ký kinh doanh", "Business registration", BUSINESS),
    Desk("Đất đai, môi trường", "Land and environment", LAND),
    Desk("Xây dựng, quản lý đô thị", "Construction and urban affairs", BUILDING),
    Desk("Tư pháp, hướng dẫn trực tuyến", "Justice, help with online filing", AUTHENTICATION | GUIDANCE),
)
WARD = (
    Desk("Hộ tịch, chứng thực", "Civil status, authentication", CIVIL | AUTHENTICATION),
    Desk("Chính sách xã hội, hướng dẫn trực tuyến", "Social policy, help with online filing", SOCIAL | AUTHENTICATION | GUIDANCE),
)
CENTRE = (
    Desk("Hộ tịch", "Civil status", CIVIL),
    Desk("Hộ tịch, chứng thực", "Civil status, authentication", CIVIL | AUTHENTICATION),
    Desk("Chứng thực", "Authentication", AUTHENTICATION),
    Desk("Công an: cư trú, căn cước", "Police: residence, identity", POLICE, saturday=True),
    Desk("Công an: cư trú, định danh điện tử", "Police: residence, electronic identity", POLICE, saturday=True),
    Desk("Kinh doanh, đất đai", "Business, land", BUSINESS | LAND),
    Desk("Xây dựng, hạ tầng", "Construction, infrastructure", BUILDING | LAND),
    Desk("Xã hội, hướng dẫn trực tuyến", "Social policy, help with online filing", SOCIAL | GUIDANCE),
)
WARDS = (
    ("chau-van-liem", "Châu Văn Liêm", "Chau Van Liem", "CL"),
    ("thoi-hoa", "Thới Hòa", "Thoi Hoa", "TH"),
    ("thoi-an", "Thới An", "Thoi An", "TA"),
    ("thoi-long", "Thới Long", "Thoi Long", "TL"),
    ("long-hung", "Long Hưng", "Long Hung", "LH"),
    ("phuoc-thoi", "Phước Thới", "Phuoc Thoi", "PT"),
    ("truong-lac", "Trường Lạc", "Truong Lac", "TR"),
)


def fill() -> None:
    """Procedures, holidays from last year to the year after next, and the offices. Twice changes nothing."""
    with transaction() as session:
        offices(session)


def offices(session: Session) -> None:
    """Adds to the caller's transaction whatever is not there yet."""
    actions.merge_procedures(session, [*_facts("procedures.csv"), *_facts("services.csv")])
    this_year = clock.today().year
    actions.merge_holidays(session, holiday_seed.days(range(this_year - 1, this_year + 3)), only_new=True)
    session.flush()
    if session.scalar(select(Office.id).limit(1)) is None:
        _era_of_2020(session)
        _era_of_2026(session)
        actions.changed(session)


def _facts(name: str) -> Iterable[Facts]:
    for row in sheets.read(DATA / name, procedure_rows.COLUMNS):
        facts, problems = procedure_rows.read(row)
        if facts is None:
            raise ValueError(f"{name}, line {row.number}: {problems}")
        yield facts


def _era_of_2020(session: Session) -> None:
    district = Office(
        slug="quan-o-mon", name="UBND quận Ô Môn", name_en="Ô Môn District People's Committee", level="district",
        code_letters="OM", address="Bộ phận Một cửa quận Ô Môn, thành phố Cần Thơ", phone=PHONE, position=1, sample=True,
    )  # fmt: skip
    _open(session, district, DISTRICT)
    for position, (slug, name, plain, letters) in enumerate(WARDS, 2):
        ward = Office(
            slug=slug, name=f"UBND phường {name}", name_en=f"{plain} Ward People's Committee", level="ward", code_letters=letters,
            address=f"Trụ sở UBND phường {name}, quận Ô Môn", phone=PHONE, position=position, sample=True, parent_id=district.id,
        )  # fmt: skip
        _open(session, ward, WARD)


def _era_of_2026(session: Session) -> None:
    centre = Office(
        slug="phuong-o-mon", name="Trung tâm Phục vụ hành chính công phường Ô Môn",
        name_en="Ô Môn Ward Public Administration Service Centre", level="ward", code_letters="PO",
        address="Trung tâm Phục vụ hành chính công phường Ô Môn, thành phố Cần Thơ", phone=PHONE, position=20, sample=True,
    )  # fmt: skip
    _open(session, centre, CENTRE)


def _open(session: Session, office: Office, desks: Iterable[Desk]) -> None:
    """The office with its counters, what each serves, and the hours."""
    session.add(office)
    session.flush()
    for weekday in range(5):
        session.add_all(Opening(office_id=office.id, weekday=weekday, opens=a, closes=b) for a, b in (MORNING, AFTERNOON))
    for number, desk in enumerate(desks, 1):
        served = session.scalars(select(Procedure.id).where(Procedure.field.in_(desk.fields)).order_by(Procedure.id))
        counter = Counter(
            office_id=office.id, number=str(number), name=desk.name, name_en=desk.name_en, position=number,
            services=[Service(procedure_id=procedure_id) for procedure_id in served],
        )  # fmt: skip
        session.add(counter)
        session.flush()
        if desk.saturday:
            hours = {"weekday": 5, "opens": MORNING[0], "closes": MORNING[1]}
            session.add(Opening(office_id=office.id, counter_id=counter.id, **hours))
