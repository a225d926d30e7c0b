"""Demo data of what units answer: the demo's questions sent to their units, some answered, one released, one settled."""

from sqlalchemy import exists, select

from app import clock
from app.answers import actions, rules
from app.answers.actions import Said
from app.answers.models import UnitRequest
from app.db import db
from app.meetings import queries as meetings
from app.refusal import Refusal

# What a unit might say, by the beginning of the question.
SAID = {
    "Hộ kinh doanh muốn lên": "Sổ cũ dùng đến hết năm. Lên doanh nghiệp thì nộp bản sao sổ cũ kèm hồ sơ, không kê lại từ đầu.",
    "Bán hàng qua mạng": "Doanh thu dưới mức chịu thuế thì không phải nộp, chỉ kê một lần mỗi năm tại bàn hỗ trợ của Chi cục.",
    "Vay vốn cho hộ": "Vay đến 100 triệu đồng không cần thế chấp, chỉ cần hội đoàn thể xác nhận. Nộp đơn tại ngân hàng.",
}


def fill() -> None:
    """Whatever is there already is left as it is."""
    found = meetings.upcoming()
    if found is None or db.session.scalar(select(exists().where(UnitRequest.id.is_not(None)))):
        return
    meeting = found.meeting
    units = {item.id: item.unit_id for item in meetings.items(meeting.id)}
    try:
        actions.send(meeting.id, rules.proposed_due(meeting.day, clock.today(), actions.calendar()))
    except Refusal:  # the meeting is so near that no unit could answer
        return
    for question in meetings.questions(meeting.id):
        unit_id = units.get(question.agenda_item_id or 0)
        said = next((text for begins, text in SAID.items() if question.text.startswith(begins)), "")
        if unit_id is None or not said:
            continue
        actions.draft(unit_id, question.id, Said(said), 0)
        if not question.text.startswith("Bán hàng"):
            actions.release(question.id, said, unit_id)
        if question.text.startswith("Vay vốn"):
            actions.say(question.code, True)
