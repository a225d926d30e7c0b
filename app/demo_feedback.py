"""Demo data of the survey: some months of invented answers, relative to today; nobody gave them."""

import random
import secrets
from datetime import timedelta

from sqlalchemy import exists, select

from app import clock
from app.db import db, transaction
from app.feedback.models import Answer
from app.offices import queries as offices
from app.survey import SUBJECTS

DAYS, ANSWERS = 150, 140
SAID = {
    "good": ("Cô ở quầy hướng dẫn kỹ, làm nhanh.", "Đến đúng giờ hẹn là được gọi ngay.", "Giấy hẹn ghi rõ, khỏi đi lại."),
    "fair": ("Làm được, mà chỗ gửi xe hơi chật.", "Chờ thêm mười phút so với giờ hẹn."),
    "poor": ("Lên hai lần mới đủ giấy. Lần đầu nên dặn hết một lượt.",),
}


def fill() -> None:
    """Whatever is there already is left as it is."""
    if db.session.scalar(select(exists().where(Answer.seal.is_not(None)))):
        return
    catalogue, dice = offices.catalogue(), random.Random(766)  # noqa: S311  invented answers
    working = [one for one in catalogue.offices if one.counters]
    with transaction() as session:
        for number in range(ANSWERS if working else 0):
            subject = dice.choices(SUBJECTS, (6, 3, 1))[0]
            kiosk = subject == "visit" and dice.random() < 0.3
            office = dice.choice(working)
            served = [one.field for one in catalogue.procedures if office.serving(one)]
            choice = dice.choices(("good", "fair", "poor"), (80, 14, 6))[0]
            session.add(
                Answer(
                    seal=secrets.token_hex(16), linked=False, subject=subject, kiosk=kiosk,
                    office_id=None if subject == "meeting" else office.id,
                    field="" if kiosk or subject == "meeting" else dice.choice(served),
                    answered_on=clock.today() - timedelta(days=dice.randrange(DAYS)), answer=choice,
                    words="" if kiosk or number % 6 else dice.choice(SAID[choice]),
                )
            )  # fmt: skip
