"""Demo data of the past half-year's meetings, relative to today: who came, what was asked, what came of it, the minutes.

What they promised is demo_promises'. Written as rows, because acts happen now; what acts would have made follows: the trail
of sign-ups and questions, minutes whose every promise stands in the ledger. Nobody has an address, so that no letter is owed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import transaction
from app.demo_meetings import CAME_BY, FIRMS
from app.demo_promises import FIRE, INSURANCE, MARKET, POWER, SAMPLES, STALLS, TAX, WORKS, Sample, enter
from app.meetings import actions, days, filing, schedule, seats
from app.meetings.models import AgendaItem, Meeting, Question, Series, SignUp
from app.minutes.models import MinuteItem, MinutePromise, MinuteQuestion, Minutes
from app.offices.working_time import Calendar
from app.promises import queries as promises
from app.promises.models import Promise
from app.staff import queries as staff
from app.staff.fields import FIELD_NAMES
from app.staff.models import Unit

REGISTERED = (21, 19, 16, 17, 14, 11)  # businesses at each, the latest first: the programme becomes known
ABSENT = 6  # one in so many stays away
DOORS, PUBLISHED = timedelta(minutes=20), time(16)
THEMES = ("Điện, nước, tiền thuê đất", "Chợ và tiểu thương", "Mùa mưa, hạ tầng", "Giấy tờ, thủ tục", "Vốn cho hộ nhỏ",
          "Thuế và hoá đơn")  # fmt: skip
TAKEN_ON = "%s giải trình, nhận việc và hẹn ngày xong."
IN_WRITING = "%s cần tra hồ sơ, hẹn trả lời bằng văn bản."


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that ended in no promise. `back`: at which meeting (1 = the last); `said`: what the minutes have of it."""

    back: int
    unit: str
    field: str
    raised_by: str
    raised: str
    said: str
    outcome: str = "spot"
    forwarded_to: str = ""
    settled: bool = False  # the answer came before the meeting, and the asker was content with it


ANSWERED = (
    Answered(6, INSURANCE, "insurance", "Tiệm may Hồng Thắm", "Thợ may nghỉ sinh thì tiệm báo giảm đóng trước mấy ngày?",
             "Báo trong tháng nghỉ, nộp qua mạng, không cần lên quầy."),
    Answered(6, FIRE, "fire", "Xưởng mộc Thành Công", "Bình chữa cháy bao lâu phải nạp lại?",
             "Sáu tháng xem kim một lần, kim xuống vạch đỏ thì nạp."),
    Answered(5, TAX, "tax", "Sạp cá Năm Lành, chợ Ô Môn", "Sạp nghỉ bán hai tháng có được miễn thuế khoán không?",
             "Được, khi báo nghỉ trước ngày đầu tháng. Mẫu đơn có tại bàn ban quản lý chợ."),
    Answered(5, POWER, "power", "Cơ sở nước đá Trường Lạc", "Giá điện giờ cao điểm tính từ mấy giờ?",
             "Từ 9:30 đến 11:30 và từ 17:00 đến 20:00, trừ Chủ nhật.", "writing", settled=True),
    Answered(4, WORKS, "building", "Công ty vận tải Sông Hậu Xanh", "Cầu Rạch Nhum cấm tải, bao giờ làm cầu mới?",
             "Cầu thuộc tuyến của thành phố, quận không quyết được.", "beyond", "Sở Xây dựng thành phố"),
    Answered(4, MARKET, "market", "Nhà thuốc Minh Châu", "Kiểm tra nhà thuốc một năm mấy lần?",
             "Theo kế hoạch một lần, trừ khi có đơn báo."),
    Answered(3, INSURANCE, "insurance", "Công ty cơ khí Ba Rích", "Nộp bảo hiểm trễ vì khách chưa trả tiền, có bị lãi không?",
             "Có, từ ngày thứ 31. Làm đơn xin giãn trước ngày ấy thì được xét."),
    Answered(3, STALLS, "marketplace", "Sạp rau Chín Ngọc, chợ Ô Môn", "Xin đổi sạp gần cửa sau được không?",
             "Ghi tên vào sổ đổi sạp, có người trả sạp thì xếp theo thứ tự."),
    Answered(2, TAX, "tax", "Nhà trọ Thanh Tâm", "Cho thuê phòng trọ dưới mười phòng có phải kê khai không?",
             "Doanh thu năm dưới mức chịu thuế thì chỉ kê một lần, không phải nộp.", "writing", settled=True),
    Answered(2, FIRE, "fire", "Công ty bao bì Ô Môn Xanh", "Muốn huấn luyện chữa cháy cho mười công nhân thì ghi tên ở đâu?",
             "Gửi danh sách cho đội, lớp mở tuần thứ hai mỗi tháng."),
    Answered(2, STALLS, "marketplace", "Sạp rau Chín Ngọc, chợ Ô Môn", "Xin đổi sạp gần cửa sau được không?",
             "Đã có một sạp trả chỗ, mời lên ký nhận trong tuần."),
    Answered(1, STALLS, "marketplace", "Sạp vải Bé Tư, chợ Ô Môn", "Chợ đêm mở lại thì sạp cũ có được giữ chỗ không?",
             "Được giữ đến hết tháng đầu, sau đó xếp lại."),
    Answered(1, INSURANCE, "insurance", "Trại nấm Bình Hoà", "Thuê người làm theo ngày có phải đóng bảo hiểm không?",
             "Dưới một tháng thì không. Từ một tháng trở lên phải ký hợp đồng và đóng.", "writing", settled=True),
    Answered(1, WORKS, "building", "Vựa trái cây Út Mười", "Xin mở lối xe tải từ quốc lộ vào vựa thì nộp ở đâu?",
             "Quốc lộ do khu quản lý đường bộ cấp phép, quận chuyển đơn giúp.", "beyond", "Khu Quản lý đường bộ"),
)  # fmt: skip


@dataclass(slots=True)
class Point:
    """What one item of the minutes is made of: the questions of a field with what came of each."""

    questions: list[tuple[Question, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    unit: Unit | None = None
    forwarded_to: str = ""
    promised: list[tuple[Question, Promise]] = field(default_factory=list)


def fill() -> None:
    """Whatever is there already is left as it is."""
    with transaction() as session:
        if session.scalar(select(exists().where(Promise.id.is_not(None)))):
            return
        series = session.scalars(select(Series).order_by(Series.id)).first()
        units = {unit.name: unit for unit in session.scalars(select(Unit))}
        if series is None or not {sample.unit for sample in (*SAMPLES, *ANSWERED)} <= units.keys():
            return
        known = promises.calendar(clock.today())
        held = _held(series)
        for back in range(len(held), 0, -1):  # the eldest first, so that what is asked again is found
            _hold(session, held[back - 1], back, units, known)


def _held(series: Series) -> list[Meeting]:
    """The last months' meetings on the days the rule gave them, the latest first."""
    calendar, today = schedule.public_calendar(), clock.today()
    month, found = today.replace(day=1), list[Meeting]()
    while len(found) < len(REGISTERED):
        meeting = schedule.make(series, days.nth_weekday(month.year, month.month, series.nth, series.weekday), calendar, set())
        if meeting.day < today:
            meeting.state, meeting.theme, meeting.sample = "open", THEMES[len(found)], True
            found.append(meeting)
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def _hold(session: Session, meeting: Meeting, back: int, units: dict[str, Unit], known: Calendar) -> None:
    published = min(clock.at(days.next_working_day(meeting.day, schedule.public_calendar()), PUBLISHED), clock.now())
    session.add(meeting)
    session.flush()
    audit.record(session, "meeting_open", meeting.about, None, {"day": meeting.day.isoformat()})
    asked = [one for one in (*SAMPLES, *ANSWERED) if one.back == back]
    came = _people(session, meeting, back, [one.raised_by for one in asked])
    points: dict[str, Point] = defaultdict(Point)
    for at, one in enumerate(asked):
        question, point = _question(session, meeting, at, one, came, published), points[one.field]
        point.unit = point.unit or units[one.unit]
        point.questions.append((question, question.outcome))
        if isinstance(one, Sample):
            point.said.append((IN_WRITING if one.kind == "written" else TAKEN_ON) % one.unit)
            point.promised.append((question, enter(session, one, units[one.unit], question, meeting, known)))
        else:
            point.said.append(one.said)
            point.forwarded_to = one.forwarded_to or point.forwarded_to
    _minutes(session, meeting, points, published)


def _people(session: Session, meeting: Meeting, back: int, asking: Sequence[str]) -> dict[str, SignUp]:
    """Who asks is there; of the others a few stay away."""
    order = [*FIRMS[back * 4 :], *FIRMS[: back * 4]]
    order.sort(key=lambda firm: firm[0] not in asking)
    found = {}
    for at, (name, kind, contact, seats_wanted) in enumerate(order[: REGISTERED[back - 1]]):
        applicant = actions.Applicant(
            name=name, kind=kind, contact=contact, phone=_phone(name), seats=seats_wanted,
            channel=CAME_BY[(at + back) % len(CAME_BY)],
        )  # fmt: skip
        signed_at = clock.at(meeting.day - timedelta(days=3 + at), time(8 + at % 9, at * 7 % 60))
        row = actions.new(session, meeting, applicant, signed_at)
        row.state, row.seated_at, row.sample = "seated", row.signed_at, True
        if name in asking or (at + back) % ABSENT:
            row.arrived_at = row.arrival_recorded_at = meeting.starts_at - DOORS + timedelta(minutes=at)
            row.came = seats_wanted
        session.add(row)
        session.flush()
        seats.take(session, meeting, seats_wanted)
        audit.record(session, "signed_up", row.about, None, seats.state_of(row))
        found[name] = row
    meeting.attendance_closed_at = meeting.ends_at
    return found


def _question(
    session: Session, meeting: Meeting, at: int, one: Sample | Answered, came: dict[str, SignUp], published: datetime
) -> Question:
    name = one.raised_by or "Hộ kinh doanh xin giấu tên"
    filed = filing.Filed(
        text=one.raised, name=name, contact=name, phone=_phone(name, at), field=one.field,
        openness="named" if one.raised_by else "hidden",
    )  # fmt: skip
    filed_at = clock.at(meeting.day - timedelta(days=8 + at), time(9 + at % 8, at * 11 % 60))
    row = filing.add(session, meeting, filed, filed_at, came.get(name))
    row.outcome = one.outcome if isinstance(one, Answered) else "writing" if one.kind == "written" else "noted"
    row.reviewed_at = row.shown_at = filed_at + timedelta(hours=3)
    row.outcome_at, row.sample = published, True
    if isinstance(one, Answered) and one.settled:
        row.answer, row.answered_at = one.said, filed_at + timedelta(days=2)
        row.settled_at = filed_at + timedelta(days=3)
    return row


def _phone(name: str, at: int = 0) -> str:
    """A firm's own, as in demo_meetings; invented, so that no telephone rings."""
    number = next((9000 + index for index, firm in enumerate(FIRMS) if firm[0] == name), 7000 + at)
    return f"+8490000{number:04d}"


# -- the minutes


def _minutes(session: Session, meeting: Meeting, points: dict[str, Point], published: datetime) -> None:
    """Version 1, closed when all its rows are in: from then on the database refuses to change them."""
    firms = [row for row in session.scalars(select(SignUp).where(SignUp.meeting_id == meeting.id)) if row.came]
    minutes = Minutes(
        meeting_id=meeting.id, number=1, begun_at=meeting.ends_at, issuer="Uỷ ban nhân dân quận Ô Môn", place="Ô Môn",
        document_number=f"{meeting.day.month * 3 + 4}/TB-UBND", signed_on=clock.local(published).date(), signer_title="CHỦ TỊCH",
        recorder="Phan Thanh Tùng (mẫu)", recipients="Các đơn vị có tên; doanh nghiệp đã dự; lưu Văn phòng",
        present=f"Doanh nghiệp, hộ kinh doanh: {len(firms)} nơi, {sum(row.came for row in firms)} người",
        closing="Đơn vị nào hẹn thì báo xong trên Sổ lời hẹn, kèm chứng cứ. Việc trễ nêu tên đầu kỳ họp sau. (Dữ liệu mẫu.)",
    )  # fmt: skip
    session.add(minutes)
    session.flush()
    length = max(5, 120 // max(1, len(points)) // 5 * 5)
    for position, (subject, point) in enumerate(points.items()):
        _item(session, minutes, position, str(FIELD_NAMES[subject]), point, length)
    session.flush()
    secretary = next(iter(staff.in_role("secretary")), None)
    minutes.finalised_at, minutes.finalised_by = published, secretary.id if secretary else 0
    meeting.agenda_published_at, meeting.concluded_at = clock.midnight(meeting.day - timedelta(days=3)), published
    session.flush()
    audit.record(session, "minutes_published", meeting.about, None, {"version": 1, "minutes": minutes.id})


def _item(session: Session, minutes: Minutes, position: int, title: str, point: Point, length: int) -> None:
    """The item as the programme had it, and what came of it; each question keeps its own outcome where it differs."""
    unit_id = point.unit.id if point.unit else None
    planned = AgendaItem(meeting_id=minutes.meeting_id, position=position, title=title, minutes=length, unit_id=unit_id)
    session.add(planned)
    session.flush()
    outcome = point.questions[0][1]
    if any(own == "beyond" for _question, own in point.questions):
        outcome = "beyond"
    item = MinuteItem(
        minutes_id=minutes.id, position=position, agenda_item_id=planned.id, title=title, unit_id=unit_id, outcome=outcome,
        said="\n".join(dict.fromkeys(point.said)), forwarded_to=point.forwarded_to, edited_at=minutes.begun_at,
    )  # fmt: skip
    session.add(item)
    session.flush()
    for question, own in point.questions:
        question.agenda_item_id = planned.id
        own_outcome = own if own != outcome else ""
        session.add(MinuteQuestion(item_id=item.id, question_id=question.id, outcome=own_outcome))
    for question, promise in point.promised:
        session.add(
            MinutePromise(
                item_id=item.id, what=promise.what, kind=promise.kind, unit_id=promise.unit_id, due_on=promise.first_due,
                question_id=question.id, promise_id=promise.id,
            )
        )  # fmt: skip
