"""Demo data of the ledger, relative to today: what the past months' meetings (demo_past) promised, in every state there is.

Units, businesses, document numbers and dates are invented and marked as samples. Each promise is told as its history; what it
says now is what the history adds up to, as everywhere in the house.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.meetings import filing
from app.meetings.models import Meeting, Question
from app.offices import working_days
from app.offices.working_time import Calendar
from app.promises import rules
from app.promises.models import Promise, PromiseAsker, PromiseEvent
from app.staff.models import Unit

HOUR = time(10)


@dataclass(frozen=True, slots=True)
class Sample:
    """`back`: which past meeting (1 = the last); `term`: working days promised, or `due_in`: working days from today;
    `steps`: what happened after so many days ("postponed:8" by eight, "postponed:+8" to eight from today)."""

    back: int
    unit: str
    field: str
    raised_by: str
    raised: str
    what: str
    term: int
    steps: tuple[tuple[int, str, str], ...] = ()
    verdict: str = ""
    kind: str = "deed"
    due_in: int | None = None


TAX, LAND, WORKS, MARKET = "Chi cục Thuế", "Văn phòng Đăng ký đất đai", "Phòng Kinh tế – Hạ tầng", "Đội Quản lý thị trường"
INSURANCE, POWER, WATER, BANK = "Bảo hiểm xã hội", "Điện lực", "Cấp nước", "Ngân hàng Chính sách xã hội"
FIRE, STALLS = "Phòng cháy chữa cháy", "Ban quản lý chợ"
SAMPLES = (
    Sample(6, TAX, "tax", "Tiểu thương chợ Ô Môn", "Không biết làm đơn giãn nộp thuế.",
           "Hướng dẫn hai buổi ngay tại chợ, nhận đơn tại chỗ.", 8,
           ((5, "done", "412/CCT-NV · Hai buổi tại chợ, 61 hộ đã nộp đơn."),), "yes"),
    Sample(6, LAND, "land", "Công ty vật liệu xây dựng Tân Phước", "Hồ sơ đất bị trả bổ sung nhiều lần.",
           "Chỉ yêu cầu bổ sung một lần, bằng phiếu ghi đủ giấy còn thiếu.", 15,
           ((9, "done", "88/VPĐK · Ban hành mẫu phiếu bổ sung một lần."),), "yes"),
    Sample(6, POWER, "power", "Hợp tác xã rau Long Hưng", "Kho lạnh cần điện ba pha, xin từ đầu năm chưa có.",
           "Kéo đường dây ba pha đến kho lạnh.", 20,
           ((18, "postponed:15", "Vật tư về trễ so với hợp đồng."), (44, "done", "Đóng điện, hai bên ký biên bản.")), "yes"),
    Sample(6, WORKS, "building", "", "Bảng hiệu quảng cáo trước cửa tiệm có phải xin phép không?",
           "Trả lời bằng văn bản, dán tại Bộ phận Một cửa.", 7, ((9, "done", "131/KTHT"),), "", "written"),
    Sample(5, WORKS, "building", "Cơ sở xay xát Phước Lợi", "Đường vào xưởng ngập khi triều cường, xe tải không vào được.",
           "Nâng 240 m mặt đường đoạn vào xưởng.", 35, ((33, "done", "Nâng xong 240 m, rải đá cấp phối."),), "partly"),
    Sample(5, BANK, "credit", "Tổ hợp tác xoài Thới Long", "Mất mùa xoài vì hạn mặn, xin giãn nợ vay.",
           "Xét giãn nợ cho 14 hộ trong tổ.", 12, ((10, "done", "57/NHCS · 14 hộ được giãn 12 tháng."),), "yes"),
    Sample(5, STALLS, "marketplace", "", "Chợ dời chỗ tạm trong lúc sửa, sạp xếp ở đâu?",
           "Niêm yết sơ đồ chỗ tạm tại cổng chợ.", 5, ((4, "done", "Sơ đồ dán ở ba cổng."),), "yes"),
    Sample(5, MARKET, "market", "Cửa hàng vật tư nông nghiệp Hai Lúa", "Phân bón giả bán sát bên, báo nhiều lần.",
           "Kiểm tra và báo kết quả.", 10, ((16, "done", "Lập biên bản, thu 34 bao."),), "yes"),
    Sample(4, TAX, "tax", "Tiệm may Hồng Thắm", "Máy tính tiền hư thì lập hoá đơn cách nào?",
           "Có tờ hướng dẫn một trang và số điện thoại trực.", 6,
           ((6, "done", "Tờ hướng dẫn phát tại quầy, trực 7:00–17:00."),), "yes"),
    Sample(4, INSURANCE, "insurance", "", "Lao động thời vụ ba tháng đóng bảo hiểm sao cho đúng?",
           "Trả lời bằng văn bản.", 8, ((7, "done", "203/BHXH"),), "yes", "written"),
    Sample(4, LAND, "land", "Xưởng mộc Thành Công", "Chuyển mục đích đất làm xưởng, hồ sơ trả hai lần.",
           "Mời lên làm việc một buổi, chốt đủ giấy tờ.", 10,
           ((8, "done", "Đã làm việc, hồ sơ nhận đủ."), (12, "no", ""), (20, "done", "95/VPĐK · Đã nhận đủ.")), "yes"),
    Sample(4, WATER, "water", "Cơ sở nước đá Trường Lạc", "Nước yếu giờ trưa, máy làm đá ngừng.",
           "Lắp thêm bơm tăng áp cho tuyến.", 25, ((21, "waiting", "Công ty Cấp nước thành phố duyệt bản vẽ"),)),
    Sample(4, FIRE, "fire", "Nhà trọ Thanh Tâm", "Nhà trọ 12 phòng phải lắp gì cho đúng phòng cháy?",
           "Đến xem tại chỗ, ghi danh mục phải làm.", 9, ((7, "done", "Biên bản kiểm tra, danh mục 6 mục."),), "partly"),
    Sample(3, WORKS, "building", "", "Cống trước dãy sạp nghẹt, mưa là ngập.",
           "Nạo vét cống đoạn trước chợ.", 15, ((12, "done", "Nạo vét 180 m, thay bốn nắp."),), "yes"),
    Sample(3, TAX, "tax", "Sạp vải Bé Tư, chợ Ô Môn", "Bán qua mạng ít ỏi có phải kê khai riêng không?",
           "Trả lời bằng văn bản, kèm ví dụ.", 7, ((5, "done", "455/CCT-NV"),), "yes", "written"),
    Sample(3, BANK, "credit", "Hợp tác xã rau Long Hưng", "Mua máy sấy có gói vay nào lãi thấp không?",
           "Gặp riêng hợp tác xã, báo gói vay phù hợp.", 10, ((9, "done", "Đã gặp, hồ sơ vay 300 triệu đồng đang xét."),)),
    Sample(3, POWER, "power", "Trại nấm Bình Hoà", "Cúp điện không báo trước, nấm hư.",
           "Nhắn tin lịch cúp điện trước hai ngày cho hộ đăng ký.", 12,
           ((11, "postponed:+8", "Chờ nâng cấp tổng đài nhắn tin."),)),
    Sample(3, LAND, "land", "Công ty bao bì Ô Môn Xanh", "Giá thuê đất khu tiểu thủ công nghiệp chưa công bố.",
           "Công bố bảng giá trên trang và tại Một cửa.", 20, due_in=-3),
    Sample(2, STALLS, "marketplace", "Sạp cá Năm Lành, chợ Ô Môn", "Phí vệ sinh chợ tăng không giải thích.",
           "Niêm yết cách tính phí, họp tiểu thương.", 8, ((6, "done", "Họp tiểu thương, niêm yết cách tính."),), "no",
           due_in=9),
    Sample(2, TAX, "tax", "Quán cà phê Bờ Kè", "Hộ kinh doanh lên doanh nghiệp thì sổ thuế cũ tính sao?",
           "Ra tờ hướng dẫn từng bước.", 10, ((9, "done", "501/CCT-NV · Tờ hướng dẫn 2 trang."),)),
    Sample(2, WORKS, "building", "Công ty vận tải Sông Hậu Xanh", "Biển cấm tải đặt chỗ khuất, xe bị phạt oan.",
           "Dời hai biển ra chỗ dễ thấy.", 24, due_in=2),
    Sample(2, INSURANCE, "insurance", "", "Sổ bảo hiểm ghi sai tên, sửa mất bao lâu?",
           "Rà lại 40 sổ đã báo sai, trả trong tháng.", 22, due_in=6),
    Sample(1, POWER, "power", "Công ty cơ khí Ba Rích", "Trạm biến áp quá tải, máy hàn sụt điện.",
           "Thay máy biến áp 250 kVA.", 30),
    Sample(1, TAX, "tax", "", "Tiền thuê đất năm nay có được giảm không, làm đơn ở đâu?",
           "Trả lời bằng văn bản, niêm yết tại Một cửa.", 7, ((5, "done", "523/CCT-NV"),), "", "written"),
    Sample(1, WATER, "water", "Vựa trái cây Út Mười", "Ống nước vỡ trước vựa một tuần chưa sửa.",
           "Thay đoạn ống vỡ.", 4, ((3, "done", "Thay 12 m ống, thử áp xong."),), "yes"),
)  # fmt: skip


def enter(session: Session, sample: Sample, unit: Unit, question: Question, meeting: Meeting, known: Calendar) -> Promise:
    """Its history up to today, and what follows from it."""
    today, made_on = clock.today(), meeting.day
    due = working_days.moved(made_on, sample.term, known)
    if sample.due_in is not None:
        due = max(working_days.moved(today, sample.due_in, known), working_days.moved(made_on, 1, known))
    events = [_event("made", made_on, unit, due_after=due)]
    number = text = ""
    for after, step, words in sample.steps:
        day = working_days.moved(made_on, after, known)
        if day > today:
            break
        kind, _colon, more = step.partition(":")
        if kind == "no":
            events += [_event("verdict", day, None, "no"), _event("reopened", day, None)]
        elif kind == "postponed":
            later = working_days.moved(today if more.startswith("+") else due, int(more), known)
            events.append(_event(kind, day, unit, words, due, later))
            due = later
        else:
            events.append(_event(kind, day, unit, words))
        if kind == "done":
            first, _dot, rest = words.partition(" · ")
            number, text = (first, rest) if rest or "/" in first[:5] else ("", first)
    row = _row(sample, events, occasion=meeting.about, unit_id=unit.id, made_on=made_on, proof_number=number, proof_text=text)
    session.add(row)
    session.flush()
    for event in events:
        event.promise_id = row.id
        session.add(event)
        session.flush()
    row.about = question.about
    if sample.verdict or not sample.raised_by:
        said_at = _at(row.done_on or made_on) if row.verdict else None
        link = filing.own_page(question)
        session.add(PromiseAsker(promise_id=row.id, about=row.about, link=link, verdict=row.verdict, said_at=said_at))
    return row


def _row(sample: Sample, events: list[PromiseEvent], made_on: date, **more: Any) -> Promise:
    """As its history says it stands, with the askers' word."""
    now = rules.replay(events)
    said = sample.verdict if now.done_on else ""
    if said and now.done_on:
        events.append(_event("verdict", now.done_on, None, said))
    if said == "no":
        events.append(_event("reopened", events[-1].happened_on, None))
    now = rules.replay(events)
    waiting = next((event for event in events if event.kind == "waiting"), None)
    return Promise(
        kind=sample.kind, occasion_on=made_on, raised=sample.raised, raised_by=sample.raised_by, field=sample.field,
        what=sample.what, made_on=made_on, verdict=said, sample=True,
        waiting_for=waiting.reason if waiting and now.waiting_since else "",
        done_recorded_at=_at(now.done_on) if now.done_on else None, **asdict(now), **more,
    )  # fmt: skip


def _event(
    kind: str, day: date, unit: Unit | None, reason: str = "", before: date | None = None, due_after: date | None = None
) -> PromiseEvent:
    actor = "asker" if unit is None else "officer:0" if kind == "made" else f"unit:{unit.id}"
    return PromiseEvent(
        kind=kind, happened_on=day, recorded_at=_at(day), actor=actor, reason=reason, due_before=before, due_after=due_after
    )


def _at(day: date) -> datetime:
    return clock.at(day, HOUR)
