"""The half-year of 2020 as a sample: the totals are those the office published, everything else is invented and marked so.

14,191 dossiers = 13,899 done + 292 in hand; all on time by the paper; 108 late by the e-one-stop system, since nobody clicked or
somebody clicked days later. How they spread over months, fields, places and channels is made up, the same in every run.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate, islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import audit, clock, demo_offices
from app.db import transaction
from app.dossiers.models import Dossier, DossierEvent
from app.offices.models import Office
from app.reconciliation.models import MachineImport, MachineRow
from app.text import fold

NAME = "half-year-2020"
FIRST, LAST = date(2020, 1, 1), date(2020, 6, 30)
ALL, DONE, BEFORE = 14_191, 13_899, 214  # the last one is invented: received in December 2019
NEVER_CLICKED, CLICKED_AT_LAST = 60, date(2020, 7, 9)  # of the 108; the others were clicked days later
# Everything below is invented. Place -> share of the dossiers, how many of the 108 are its own.
PLACES: Mapping[str, tuple[int, int]] = {
    "quan-o-mon": (5_218, 61), "chau-van-liem": (1_842, 9), "thoi-an": (1_487, 8), "phuoc-thoi": (1_361, 9),
    "thoi-long": (1_273, 7), "thoi-hoa": (1_014, 4), "truong-lac": (1_010, 5), "long-hung": (986, 5),
}  # fmt: skip
# Field -> a matter of it, share, longest promise in days.
FIELDS: Mapping[str, tuple[str, int, int]] = {
    "Chứng thực": ("Chứng thực bản sao từ bản chính", 38, 0),
    "Hộ tịch": ("Đăng ký khai sinh", 27, 3),
    "Đất đai": ("Đăng ký biến động đất đai", 14, 15),
    "Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)": ("Đăng ký thành lập hộ kinh doanh", 8, 3),
    "Bảo trợ xã hội": ("Trợ cấp xã hội hằng tháng", 7, 10),
    "Hoạt động xây dựng": ("Cấp giấy phép xây dựng nhà ở riêng lẻ", 6, 15),
}
CHANNELS = {"counter": 93, "online": 4, "post": 3}
BY_MONTH = (2_164, 2_305, 2_412, 1_986, 2_587, 2_737)
DAYS_OFF = {date(2020, 4, 2), date(2020, 4, 30), date(2020, 5, 1), *clock.days(date(2020, 1, 23), 7), FIRST}


@dataclass(frozen=True, slots=True)
class Draft:
    """One dossier before it has a number."""

    place: str
    field: str
    channel: str
    received: date
    due: date
    done: date  # after the half-year: what was in hand at its end


def load() -> bool:
    """Adds the sample; False when it is there already, and nothing is changed."""
    with transaction() as session:
        if session.scalar(select(MachineImport.id).where(MachineImport.digest == NAME)):
            return False
        places = _places(session)
        source = MachineImport(digest=NAME, rows=ALL, imported_at=clock.now(), actor="sample", sample=True)
        session.add(source)
        session.flush()
        paper, system = _rows(places, source.id)
        session.execute(insert(Dossier), paper)
        session.execute(insert(MachineRow), system)
        _signatures(session, paper, system)
        audit.record(session, "load_sample", f"sample:{NAME}", after={"dossiers": len(paper)})
        return True


def _places(session: Session) -> dict[str, int]:
    """The offices of 2020 by their slug; an office of another name stands for all of them."""
    if session.scalar(select(Office.id).limit(1)) is None:
        demo_offices.offices(session)
    known = {slug: number for slug, number in session.execute(select(Office.slug, Office.id).order_by(Office.id))}  # noqa: C416
    return {slug: known.get(slug, next(iter(known.values()))) for slug in PLACES}


# -- drafts -----------------------------------------------------------------------------------------------------------


def drafts() -> list[Draft]:
    """All 14,191 of them, in order of receipt."""
    dice = random.Random(2020)  # noqa: S311  sample data
    made = [*_carried_over(dice), *islice(_finished(dice), DONE - BEFORE), *_pending(dice)]
    return sorted(made, key=lambda one: (one.received, one.place, one.field, one.due))


def _carried_over(dice: random.Random) -> Iterator[Draft]:
    for _number in range(BEFORE):
        place, field, channel = _kind(dice, shortest=1)
        received = _working(date(2019, 12, 31) - timedelta(days=dice.randrange(12)), -1)
        done = _working(date(2020, 1, 2) + timedelta(days=dice.randrange(8)))
        yield Draft(place, field, channel, received, done + timedelta(days=dice.randrange(3)), done)


def _finished(dice: random.Random) -> Iterator[Draft]:
    months = list(accumulate(BY_MONTH))
    while True:
        month = dice.choices(range(1, 7), cum_weights=months)[0]
        received = _working(date(2020, month, 1) + timedelta(days=dice.randrange(30)))
        place, field, channel = _kind(dice)
        longest = FIELDS[field][2]
        due = _working(received + timedelta(days=dice.randint(min(1, longest), longest)))
        done = _working(max(received, due - timedelta(days=dice.choice((0, 0, 1, 2)))), -1)
        if max(received, done) <= LAST:
            yield Draft(place, field, channel, received, due, max(received, done))


def _pending(dice: random.Random) -> Iterator[Draft]:
    for _number in range(ALL - DONE):
        place, field, channel = _kind(dice, shortest=3)
        received = _working(LAST - timedelta(days=dice.randrange(min(FIELDS[field][2], 10))), -1)
        done = _working(LAST + timedelta(days=dice.randint(1, 5)))
        yield Draft(place, field, channel, received, _working(done + timedelta(days=dice.randrange(2))), done)


def _kind(dice: random.Random, shortest: int = 0) -> tuple[str, str, str]:
    """A place, a field whose promises are at least so many days, a channel."""
    fields = {name: share for name, (_matter, share, longest) in FIELDS.items() if longest >= shortest}
    place = dice.choices(list(PLACES), [share for share, _late in PLACES.values()])[0]
    return place, dice.choices(list(fields), list(fields.values()))[0], dice.choices(list(CHANNELS), list(CHANNELS.values()))[0]


def _working(day: date, step: int = 1) -> date:
    while day.weekday() > 4 or day in DAYS_OFF:
        day += timedelta(days=step)
    return day


# -- rows -------------------------------------------------------------------------------------------------------------


def _rows(places: Mapping[str, int], import_id: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The paper's and the system's: the same dossiers, but for the 108."""
    of_day: Counter[date] = Counter()
    made = drafts()
    wrong = _late_there(made)
    paper, system = [], []
    for at, one in enumerate(made):
        of_day[one.received] += 1
        code = f"000.00.99.H13-{one.received:%y%m%d}-{of_day[one.received]:04d}"
        received, due, done = _at(one.received, 8), _at(one.due, 16, 30), _at(one.done, 16)
        clicked = _at(wrong[at], 16) if at in wrong else done
        paper.append(_paper_row(one, code, places[one.place], received, due, done))
        system.append(_system_row(one, code, import_id, received, due, clicked))
    return paper, system


def _late_there(made: Sequence[Draft]) -> dict[int, date]:
    """Which of them the system calls late -> the day of the click: after the promised day, or only after the half-year."""
    wanted = {place: late for place, (_share, late) in PLACES.items()}
    able = [at for at, one in enumerate(made) if one.received >= FIRST and one.due < date(2020, 6, 12)]
    random.Random(108).shuffle(able)  # noqa: S311  sample data
    chosen: dict[int, date] = {}
    for at in able:
        one = made[at]
        if wanted[one.place]:
            wanted[one.place] -= 1
            late = one.due + timedelta(days=2 + len(chosen) % 6)
            chosen[at] = CLICKED_AT_LAST if len(chosen) < NEVER_CLICKED else late
    return chosen


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.at(day, time(hour, minute))


def _paper_row(one: Draft, code: str, office_id: int, received: datetime, due: datetime, done: datetime) -> dict[str, Any]:
    matter = FIELDS[one.field][0]
    return {
        "code": code, "matter": f"{matter} (mẫu)", "field": one.field, "office_id": office_id, "channel": one.channel,
        "owner": "", "search_key": fold(code), "received_at": received, "promised_at": due, "due_at": due, "finished_at": done,
        "handed_at": done, "return_by": "post" if one.channel == "post" else "desk", "sample": True,
    }  # fmt: skip


def _system_row(one: Draft, code: str, import_id: int, received: datetime, due: datetime, clicked: datetime) -> dict[str, Any]:
    seen = _at(CLICKED_AT_LAST, 17)
    return {
        "code": code, "import_id": import_id, "matter": f"{FIELDS[one.field][0]} (mẫu)", "field": one.field,
        "channel": one.channel, "status": 10, "received_at": received, "promised_at": due,
        "finished_at": clicked, "handed_at": clicked, "first_seen_at": seen, "seen_at": seen,
        "clicked_seen_at": seen,
    }  # fmt: skip


def _signatures(session: Session, paper: list[dict[str, Any]], system: list[dict[str, Any]]) -> None:
    """The evidence of the 108: signed for on the paper list."""
    signed = [own["code"] for own, there in zip(paper, system, strict=True) if own["finished_at"] != there["finished_at"]]
    rows = session.execute(select(Dossier.id, Dossier.handed_at).where(Dossier.code.in_(signed)))
    events = [
        {"dossier_id": number, "kind": "handed_over", "happened_at": handed, "recorded_at": _at(LAST, 17), "actor": "sample",
         "evidence": "signature", "proof": "sổ ký nhận mẫu"}
        for number, handed in rows
    ]  # fmt: skip
    session.execute(insert(DossierEvent), events)
