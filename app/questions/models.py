"""Tables: who else is held up by a question, and lists of associations read but not yet entered."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, Key


class MeToo(Base):
    """One phone's "me too": a keyed hash, the same for all questions of one meeting, so that merged ones count it once.

    `own`: the asker's own phone, entered when questions are merged; of the question that remains it does not count.
    """

    __tablename__ = "question_me_too"
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    phone_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    own: Mapped[bool] = mapped_column(default=False)
    said_at: Mapped[Instant]


class QuestionList(Base):
    """An association's list between reading and entering. Its rows are people's data: they go when it is entered, or in a day."""

    __tablename__ = "question_list"
    # A number is not given again: an old page must not enter another list.
    __table_args__ = (Index("ix_question_list_meeting_id", "meeting_id"), {"sqlite_autoincrement": True})
    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    entered: Mapped[int] = mapped_column(default=0)  # lines
    read_at: Mapped[Instant]
    entered_at: Mapped[Instant | None]
