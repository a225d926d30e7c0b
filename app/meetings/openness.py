"""Who may see a question and who asked it: the asker's choice, and the only place that decides it. Pure functions.

named    the text and the name are for everybody, once an officer has put the question on the public page
hidden   the text is for everybody, the name only for those who must write back: never in the room, on paper, to units, in public
private  the text and the name are for the leader alone; everybody else sees at most that one more question was filed
"""

from flask_babel import lazy_gettext as _l

from app.meetings.models import Question

NAMES = {"hidden": _l("Giấu tên"), "named": _l("Hiện tên"), "private": _l("Chỉ lãnh đạo đọc")}
# As an asker chooses: each in one line.
LEVELS = {
    "hidden": _l("Giấu tên: ai cũng đọc được câu hỏi, tên chỉ văn phòng biết để trả lời."),
    "named": _l("Hiện tên: ai cũng đọc được câu hỏi và thấy tên cơ sở."),
    "private": _l("Chỉ lãnh đạo đọc: không hiện ở đâu, không đưa ra buổi họp."),
}
NAMES_SEEN = ("secretary", "leader", "admin")  # officers who write back to an asker whose name is hidden
PRIVATE_SEEN = ("leader",)


def may_read(question: Question, role: str) -> bool:
    """May an officer in this role read the text?"""
    return question.openness != "private" or role in PRIVATE_SEEN


def may_see_name(question: Question, role: str) -> bool:
    """May an officer in this role see who asked, on a page of their own (never on paper or a screen in the room)?"""
    if question.openness == "private":
        return role in PRIVATE_SEEN
    return question.openness == "named" or role in NAMES_SEEN


def public(question: Question) -> bool:
    """Stands on public pages, in feeds and in exports."""
    return question.shown_at is not None and question.live and question.openness != "private"


def name_in_room(question: Question) -> str:
    """The asker's name as paper, the room, units and the public may have it; empty when it is not theirs to know."""
    return question.name if question.openness == "named" else ""


def may_sort(question: Question) -> bool:
    """May it stand in the programme, on paper and with the units? What is for the leader alone never does."""
    return question.openness != "private"
