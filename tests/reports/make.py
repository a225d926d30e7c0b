"""Builders: meetings already held, with everything that is counted about them, by chance or by hand."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock, codes
from app.db import transaction
from app.meetings.models import AgendaItem, Meeting, Question, Series, SignUp
from app.promises.models import Promise
from app.staff.models import Unit

TODAY = datetime(2026, 11, 24, 2, 0, tzinfo=clock.UTC)  # 9:00 in the office


def held(session: Session, day: date, **facts: Any) -> Meeting:
    at = clock.at(day, time(8))
    known = {
        "series_id": _series(session).id, "rule_day": day, "day": day, "starts_at": at, "ends_at": at + timedelta(hours=3),
        "place": "Hội trường", "capacity": 2_000, "sign_up_from": at, "sign_up_until": at, "questions_until": at,
    }  # fmt: skip
    made = Meeting(**(known | facts))
    session.add(made)
    session.flush()
    return made


def _series(session: Session) -> Series:
    found = session.scalars(sa.select(Series)).first()
    if found is None:
        found = Series(name="Thứ Bảy gặp gỡ", opens=time(8), closes=time(11), place="Hội trường", capacity=20)
        session.add(found)
        session.flush()
    return found


def sign_up(meeting: Meeting, number: int, came: int = 0, **facts: Any) -> dict[str, Any]:
    arrived = meeting.starts_at if came else None
    known = {
        "code": f"TB-{meeting.id}-{number}", "meeting_id": meeting.id, "name": "Lò gạch Tư Hiếm", "search_key": "", "kind": "",
        "contact": "Huỳnh Văn Hiếm", "phone": f"+8498{meeting.id:02d}{number:05d}", "email": "", "tax_code": "",
        "tax_code_doubtful": False, "seats": 1, "state": "seated", "line": None, "request_key": "", "locale": "vi", "sequence": 0,
        "signed_at": meeting.sign_up_from, "reserved_until": meeting.starts_at, "channel": "", "arrived_at": arrived,
        "arrival_recorded_at": arrived, "came": came, "sample": False,
    }  # fmt: skip
    return known | facts


def question(meeting: Meeting, **facts: Any) -> Question:
    known = {
        "code": codes.new("CH"), "meeting_id": meeting.id, "text": "Sổ thuế cũ tính sao?", "name": "Lò gạch Tư Hiếm",
        "contact": "Huỳnh Văn Hiếm", "phone": "+84987654321", "filed_at": meeting.sign_up_from,
    }  # fmt: skip
    return Question(**(known | facts))


def promise(meeting: Meeting, unit_id: int, **facts: Any) -> Promise:
    due = meeting.day + timedelta(days=14)
    known = {
        "occasion": meeting.about, "occasion_on": meeting.day, "what": "Trả lời.", "raised_by": "Lò gạch Tư Hiếm",
        "unit_id": unit_id, "made_on": meeting.day, "first_due": due, "due": due,
    }  # fmt: skip
    made = Promise(**(known | facts))
    if made.done_on is not None:
        made.done_recorded_at = TODAY
    return made


def by_chance(count: int, firms: int, questions: int = 20, promises: int = 15, seed: int = 1) -> list[Meeting]:
    """Meetings a month apart, before TODAY, with every state there is."""
    dice, made = random.Random(seed), []
    with transaction() as session:
        units = [Unit(name=f"Đơn vị {n}", name_en=f"Unit {n}", position=n) for n in range(5)]
        session.add_all(units)
        session.flush()
        for number in range(count):
            meeting = held(session, TODAY.date() - timedelta(days=14 * (count - number)))
            made.append(meeting)
            session.execute(sa.insert(SignUp), [_any_sign_up(dice, meeting, n) for n in range(firms)])
            items = [AgendaItem(meeting_id=meeting.id, position=n, title="Mục", minutes=5, unit_id=one.id)
                     for n, one in enumerate(units)]  # fmt: skip
            session.add_all(items)
            session.flush()
            asked: list[Question] = []
            for _n in range(questions):
                asked.append(_any_question(dice, meeting, units, items, asked))
                session.add(asked[-1])
                session.flush()
            session.add_all(_any_promise(dice, meeting, units) for _n in range(promises))
    return made


def _any_sign_up(dice: random.Random, meeting: Meeting, number: int) -> dict[str, Any]:
    state = dice.choice(["seated", "seated", "seated", "waiting", "standing", "reserved", "given_up"])
    came = dice.randint(state == "standing", 3) if state in {"seated", "standing"} else 0
    channel = dice.choice(["cho", "zalo", "thu", "", "khong-con"])
    return sign_up(meeting, number, came, state=state, line=number if state == "waiting" else None, channel=channel)


def _any_question(
    dice: random.Random, meeting: Meeting, units: list[Unit], items: list[AgendaItem], asked: list[Question]
) -> Question:
    fate, before, item = dice.random(), dice.choice(asked).id if asked else None, dice.choice([*items, None])
    return question(
        meeting,
        agenda_item_id=item.id if item else None,
        answer_unit_id=dice.choice([None, None, dice.choice(units).id]),
        outcome=dice.choice(["", "spot", "writing", "beyond", "noted"]),
        settled_at=dice.choice([None, None, meeting.sign_up_from]),
        withdrawn_at=meeting.sign_up_from if fate < 0.1 else None,
        merged_into_id=before if 0.1 <= fate < 0.2 else None,
        repeats_id=before if fate > 0.8 else None,
    )


def _any_promise(dice: random.Random, meeting: Meeting, units: list[Unit]) -> Promise:
    due = meeting.day + timedelta(days=dice.choice([7, 14, 60]))
    done = dice.choice([None, due - timedelta(days=3), due, due + timedelta(days=5)])
    waits = done is None and dice.random() < 0.4
    return promise(
        meeting,
        dice.choice(units).id,
        kind=dice.choice(["deed", "written"]),
        due=due,
        first_due=meeting.day + timedelta(days=7),
        postponed=int(due > meeting.day + timedelta(days=7)),
        done_on=done,
        waiting_for="Sở" if waits else "",
        waiting_since=due + timedelta(days=dice.choice([-2, 2])) if waits else None,
        verdict=dice.choice(["", "yes", "partly", "no"]) if done else "",
        public=dice.random() < 0.8,
        withdrawn_on=meeting.day if dice.random() < 0.1 else None,
    )
