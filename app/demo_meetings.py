"""Demo data of the Saturday meeting, relative to today: the series, its coming meetings, sign-ups, questions, a programme.

People and firms are invented and marked as samples; the questions are the kind businesses of a delta town ask.
"""

from datetime import time, timedelta

from sqlalchemy import func, select

from app import clock
from app.db import db, transaction
from app.invitations import channels
from app.meetings import actions, agenda, filing, queries, schedule
from app.meetings.actions import Applicant
from app.meetings.agenda import Item
from app.meetings.models import Meeting, Series
from app.questions import actions as questions
from app.questions import editing
from app.refusal import Refusal
from app.staff.models import Unit

UNITS = (
    ("Chi cục Thuế", "Tax office", "tax"),
    ("Văn phòng Đăng ký đất đai", "Land registration office", "land"),
    ("Phòng Kinh tế – Hạ tầng", "Economy and infrastructure division", "building"),
    ("Đội Quản lý thị trường", "Market surveillance team", "market"),
    ("Bảo hiểm xã hội", "Social insurance", "insurance"),
    ("Điện lực", "Electricity company", "power"),
    ("Cấp nước", "Water supply company", "water"),
    ("Ngân hàng Chính sách xã hội", "Bank for social policies", "credit"),
    ("Công an", "Police", "police"),
    ("Phòng cháy chữa cháy", "Fire prevention", "fire"),
    ("Ban quản lý chợ", "Market management board", "marketplace"),
    ("Hội Doanh nghiệp", "Business association", ""),
)
TELEPHONED = ("Ngân hàng Chính sách xã hội",)  # without e-mail, as units are
# name, kind, who comes, seats
FIRMS = (
    ("Cơ sở xay xát Phước Lợi", "household", "Nguyễn Văn Lợi", 2),
    ("Hợp tác xã rau Long Hưng", "cooperative", "Trần Thị Sáu", 2),
    ("Tiệm may Hồng Thắm", "household", "Lê Hồng Thắm", 1),
    ("Sạp vải Bé Tư, chợ Ô Môn", "trader", "Huỳnh Thị Bé Tư", 1),
    ("Công ty vật liệu xây dựng Tân Phước", "company", "Võ Minh Phước", 2),
    ("Vựa trái cây Út Mười", "household", "Đặng Văn Mười", 1),
    ("Quán cơm Cô Ba", "household", "Phạm Thị Ba", 1),
    ("Xưởng mộc Thành Công", "household", "Lý Thành Công", 1),
    ("Trại cá giống Thới An", "household", "Trương Văn Đồng", 1),
    ("Nhà thuốc Minh Châu", "household", "Ngô Minh Châu", 1),
    ("Công ty cơ khí Ba Rích", "company", "Sơn Thái Bình", 2),
    ("Sạp cá Năm Lành, chợ Ô Môn", "trader", "Nguyễn Thị Lành", 1),
    ("Cửa hàng vật tư nông nghiệp Hai Lúa", "household", "Bùi Văn Hai", 1),
    ("Lò bánh mì Hưng Phát", "household", "Trần Hưng", 1),
    ("Công ty vận tải Sông Hậu Xanh", "company", "Lâm Quốc Việt", 2),
    ("Tổ hợp tác xoài Thới Long", "cooperative", "Mai Văn Xoàn", 1),
    ("Tiệm sửa xe Tám Dũng", "household", "Cao Văn Dũng", 1),
    ("Cơ sở nước đá Trường Lạc", "household", "Đỗ Thị Lạc", 1),
    ("Sạp rau Chín Ngọc, chợ Ô Môn", "trader", "Hồ Thị Ngọc", 1),
    ("Công ty bao bì Ô Môn Xanh", "company", "Vương Thế Anh", 2),
    ("Nhà trọ Thanh Tâm", "household", "Phan Thanh Tâm", 1),
    ("Trại nấm Bình Hoà", "household", "Thạch Sa Rương", 1),
    ("Hội Doanh nghiệp trẻ", "association", "Dương Khánh Linh", 2),
    ("Quán cà phê Bờ Kè", "household", "Kim Thị Sóc Kha", 1),
)
# question, which item below it is sorted under, its field, who may read it
QUESTIONS: tuple[tuple[str, int | None, str, str], ...] = (
    ("Hộ kinh doanh muốn lên doanh nghiệp thì sổ thuế cũ tính sao?", 2, "tax", "named"),
    ("Bán hàng qua mạng ít ỏi có phải kê khai thuế riêng không?", 2, "tax", "hidden"),
    ("Máy tính tiền nối với cơ quan thuế hư thì lập hoá đơn cách nào?", 2, "tax", "named"),
    ("Tiền thuê đất năm nay có được giảm không, làm đơn ở đâu?", 2, "tax", "hidden"),
    ("Mất mùa xoài vì hạn mặn thì có được giãn nợ vay không?", 3, "credit", "named"),
    ("Vay vốn cho hộ kinh doanh nhỏ cần thế chấp gì?", 3, "credit", "hidden"),
    ("Hợp tác xã mua máy sấy có gói vay nào lãi thấp không?", 3, "credit", "named"),
    ("Xin phép mở rộng kho trên đất vườn cần những giấy gì?", 4, "land", "hidden"),
    ("Hồ sơ chuyển mục đích đất làm xưởng bị trả bổ sung hai lần, phải làm sao cho một lần đủ?", 4, "land", "hidden"),
    ("Đường vào xưởng ngập khi triều cường, xe tải không vào được.", None, "building", "hidden"),
    ("Bảng hiệu quảng cáo trước cửa tiệm có phải xin phép không?", None, "building", "named"),
    ("Chợ dời chỗ tạm trong lúc sửa, sạp của tiểu thương xếp ở đâu?", None, "marketplace", "hidden"),
)
# Filed without a seat: question, firm, who asks, field, what is wanted, who may read it, shown already
ALONE = (
    ("Điện ba pha cho kho lạnh xin từ đầu năm, bao giờ có?", "Kho lạnh Thới Hoà", "Bành Văn Kha", "power", "write",
     "hidden", True),
    ("Triều cường lên là đường vào xưởng ngập, xe hàng không vào được.", "Xưởng gạch Ba Lăng", "Lư Thị Lăng", "building", "come",
     "hidden", False),
    ("Nước máy yếu từ 5 giờ chiều, quán ăn phải trữ nước.", "Quán lẩu Mười Hiền", "Tô Văn Hiền", "water", "call", "named", True),
    ("Có cán bộ hẹn gặp riêng ngoài giờ về hồ sơ của tôi, tôi muốn nói với lãnh đạo.", "Cơ sở nhôm kính Tư Đạt", "Hà Văn Đạt",
     "other", "call", "private", False),
)  # fmt: skip
AGREED = (4, 0, 2, 1, 0, 3, 0, 6, 2, 9, 0, 5)  # how many others each question holds up
NEW = 2  # of the last ones, not read yet
ITEMS = (
    Item("Đón tiếp, khai mạc", 10, "office", None, "Văn phòng"),
    Item("Kết quả xử lý kiến nghị kỳ trước", 15, "office", None, "Văn phòng"),
    Item("Thuế và tiền thuê đất", 40, "business"),
    Item("Vay vốn cho hộ kinh doanh", 35, "business"),
    Item("Đất đai, mở rộng nhà xưởng", 40, "business"),
    Item("Hỏi đáp tự do", 25, "business", None, "Chủ trì điều hành"),
    Item("Kết luận", 15, "office", None, "Chủ trì"),
)
CAME_BY = ("cho", "zalo", "", "hoi", "phuong", "cho", "to-dan", "thu", "zalo")  # of invitations.channels.USUAL
UNIT_OF = {2: "Chi cục Thuế", 3: "Ngân hàng Chính sách xã hội", 4: "Văn phòng Đăng ký đất đai"}


def fill() -> None:
    """Whatever is there already is left as it is."""
    _units()
    _series()
    schedule.ensure_meetings()
    channels.begin()
    found = queries.upcoming()
    if found is not None and not found.firms and not found.questions:
        _people(found.meeting)
        _agenda(found.meeting)
        _difficulties(found.meeting)
        _samples(found.meeting)


def _units() -> None:
    with transaction() as session:
        if not session.scalar(select(func.count()).select_from(Unit)):
            session.add_all(
                Unit(
                    name=name,
                    name_en=english,
                    field=field,
                    email="" if name in TELEPHONED else f"donvi{at + 1}@hen.example",
                    position=at,
                )
                for at, (name, english, field) in enumerate(UNITS)
            )


def _series() -> None:
    with transaction() as session:
        if session.scalar(select(func.count()).select_from(Series)):
            return
        session.add(
            Series(
                name="Thứ Bảy gặp gỡ doanh nghiệp", name_en="Saturday business meeting", nth=1, weekday=5,
                opens=time(8), closes=time(11), place="Hội trường UBND quận Ô Môn", place_en="Hall of Ô Môn People’s Committee",
                chair="Chủ tịch UBND", chair_en="The chairperson of the People’s Committee", capacity=40,
            )
        )  # fmt: skip


def _people(meeting: Meeting) -> None:
    """Every second firm has a question; all have an invented address, so that no telephone rings."""
    for at, (name, kind, contact, seats) in enumerate(FIRMS):
        question, _under, field, openness = QUESTIONS[at // 2] if at % 2 == 0 else ("", None, "", "hidden")
        applicant = Applicant(
            name=name, contact=contact, phone=f"+8490000{9000 + at:04d}", email=f"doanhnghiep{at + 1}@hen.example", kind=kind,
            seats=seats, question=question, field=field, openness=openness, request_key=f"mau-{meeting.id}-{at}",
            channel=CAME_BY[at % len(CAME_BY)],
        )  # fmt: skip
        try:
            actions.sign_up(meeting.id, applicant, by_officer=True)
        except Refusal:
            return


def _agenda(meeting: Meeting) -> None:
    units = {row.name: row.id for row in db.session.execute(select(Unit.name, Unit.id))}
    items = {}
    for at, item in enumerate(ITEMS):
        unit_id = units.get(UNIT_OF.get(at, ""))
        items[at] = agenda.add(meeting.id, Item(item.title, item.minutes, item.kind, unit_id, item.note)).id
    asked = {question.text: question.id for question in queries.questions(meeting.id)}
    for text, under, _field, _openness in QUESTIONS:
        if under is not None and text in asked:
            agenda.assign(asked[text], items[under])
    agenda.publish(meeting.id)


def _difficulties(meeting: Meeting) -> None:
    """Most are shown, some hold up others too, the last ones are new; a few came without a seat."""
    asked = {question.text: question.id for question in queries.questions(meeting.id)}
    for at, (text, *_rest) in enumerate(QUESTIONS):
        if text in asked and at < len(QUESTIONS) - NEW:
            editing.show(asked[text], anyway=True)
            for other in range(AGREED[at]):
                questions.me_too(asked[text], f"+8490001{at:02d}{other:02d}")
    for at, (text, name, contact, field, wish, level, shown) in enumerate(ALONE):
        filed = filing.Filed(
            text=text, name=name, contact=contact, phone=f"+8490002{at:04d}", email=f"cauhoi{at + 1}@hen.example", field=field,
            wish=wish, openness=level, request_key=f"mau-cau-{meeting.id}-{at}",
        )  # fmt: skip
        row = questions.file(meeting.id, filed, by_officer=True)
        if shown:
            editing.show(row.id, anyway=True)


def _samples(meeting: Meeting) -> None:
    """Marked, and signed up over the last days rather than all in this minute."""
    with transaction() as session:
        rows = queries.registrations(meeting.id)
        for at, row in enumerate(rows):
            back = timedelta(days=(len(rows) - at + 3) // 4)
            row.sample, row.signed_at = True, clock.at(clock.today() - back, time(8 + at % 4 * 3, at * 7 % 60))
            row.seated_at = row.signed_at
        for question in queries.questions(meeting.id):
            question.sample = True
            question.filed_at = question.sign_up.signed_at if question.sign_up else question.filed_at
        session.get_one(Meeting, meeting.id).theme = "Thuế, vốn và mặt bằng cuối năm"
