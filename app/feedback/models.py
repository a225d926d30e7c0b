"""Tables: answers, which lead to nobody, and the counters' screens that may take some."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Line, Text, Word

ANSWERS = ("good", "fair", "poor")


class Answer(Base):
    """One answer. Without a number of its own: rows stand in no order that could tell when they came."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        CheckConstraint("subject IN ('visit', 'result', 'meeting')", name="subject"),
        CheckConstraint("answer IN ('good', 'fair', 'poor')", name="answer"),
        CheckConstraint("NOT (kiosk AND linked)", name="linked"),
        CheckConstraint("NOT kiosk OR office_id IS NOT NULL", name="kiosk"),
        {"sqlite_with_rowid": False},
    )
    seal: Mapped[str] = mapped_column(String(40), primary_key=True)  # see the room's docstring; random once `linked` is false
    linked: Mapped[bool]  # the seal still follows from the event's link
    subject: Mapped[Word]
    kiosk: Mapped[bool] = mapped_column(default=False)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    field: Mapped[Line] = mapped_column(default="")
    answered_on: Mapped[date] = mapped_column(index=True)
    answer: Mapped[Word]
    words: Mapped[Text] = mapped_column(default="")


class Kiosk(Base):
    """An office's screen. Its link holds the version, which grows whenever it is opened or closed: older links are dead."""

    __tablename__ = "survey_kiosk"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=False)

    @property
    def about(self) -> str:
        return f"kiosk:{self.office_id}"
