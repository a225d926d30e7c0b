"""Builders: dossiers and lines of the system's list, and a count that goes through them one by one."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app import clock
from app.db import db, transaction
from app.dossiers.models import Dossier
from app.feedback.models import Answer
from app.offices.models import Office
from app.reconciliation.models import Finding, MachineImport, MachineRow
from app.reports.form06 import Asked
from app.reports.rules import Period
from tests import make

TODAY = datetime(2026, 11, 24, 2, 0, tzinfo=clock.UTC)  # 9:00 in the office
HALF = Period(date(2026, 1, 1), date(2026, 6, 30))
HOME = "/can-bo/bao-cao"
QUERY = "?tu=2026-01-01&den=2026-06-30"


def asked(of: Period = HALF, today: date | None = None, **facts: Any) -> Asked:
    return Asked(of, today or TODAY.date(), **facts)


def at(text: str) -> datetime:
    """ "2026-03-02" at 10:00, or "2026-03-02T23:30" in the office's zone."""
    return make.local(text if "T" in text else f"{text}T10:00")


def office() -> int:
    found = db.session.scalar(sa.select(Office.id).limit(1))
    return found or make.office().by_slug[make.PLACE].id


def row(number: int, received: str, due: str, finished: str = "", **facts: Any) -> dict[str, Any]:
    """A dossier; what is finished is handed over too."""
    done = at(finished) if finished else None
    return {
        "code": f"H13-260101-{number:05d}", "matter": "Chứng thực", "field": "Chứng thực", "office_id": 1, "channel": "counter",
        "owner": "Trương Thị Mỹ Duyên", "search_key": "", "received_at": at(received), "promised_at": at(due), "due_at": at(due),
        "extended_at": None, "pause": "", "paused_at": None, "finished_at": done, "handed_at": done, "ended_as": "",
        "return_by": "desk", "sample": False,
    } | facts  # fmt: skip


def add(rows: Iterable[dict[str, Any]]) -> None:
    office_id = office()
    with transaction() as session:
        session.execute(sa.insert(Dossier), [{**one, "office_id": office_id} if one["office_id"] == 1 else one for one in rows])


def there(number: int, received: str, promised: str, finished: str = "", **facts: Any) -> dict[str, Any]:
    """A line of the system's list, of the dossier with this number."""
    seen = at("2026-07-01")
    done = at(finished) if finished else None
    return {
        "code": f"H13-260101-{number:05d}", "import_id": 1, "field": "Chứng thực", "channel": "counter", "office": "",
        "status": 10 if finished else 4, "received_at": at(received), "promised_at": at(promised), "finished_at": done,
        "handed_at": done, "first_seen_at": seen, "seen_at": seen, "clicked_seen_at": None, "finding_id": None,
    } | facts  # fmt: skip


def list_in(rows: Iterable[dict[str, Any]]) -> None:
    with transaction() as session:
        session.add(MachineImport(id=1, digest="test", rows=1, imported_at=TODAY, actor="system"))
        session.flush()
        session.execute(sa.insert(MachineRow), list(rows))


def found(number: int, verdict: str, handed: str = "") -> None:
    code = f"H13-260101-{number:05d}"
    with transaction() as session:
        finding = Finding(
            code=code, verdict=verdict, evidence="signature", recorded_at=TODAY, actor="officer:1",
            handed_at=at(handed) if handed else None,
        )  # fmt: skip
        session.add(finding)
        session.flush()
        session.execute(sa.update(MachineRow).where(MachineRow.code == code).values(finding_id=finding.id))


def slowly(rows: Iterable[dict[str, Any]], of: Asked) -> Counter[str]:
    """The form's columns by their numbers, told of each dossier in words rather than in SQL."""
    columns: Counter[str] = Counter()
    for one in rows:
        received, due = clock.local(one["received_at"]).date(), clock.local(one["due_at"]).date()
        ended = clock.local(one["finished_at"]).date() if one["finished_at"] else None
        if received > of.period.last or (ended is not None and ended < of.period.first):
            continue
        columns["3"] += 1
        columns["6" if received < of.period.first else "4" if one["channel"] == "online" else "5"] += 1
        if ended is None or ended > of.period.last:
            stopped = clock.local(one["paused_at"]).date() if one["paused_at"] else None
            in_time = due >= of.as_of or (stopped is not None and stopped <= due)
            columns["11"] += 1
            columns["12" if in_time else "13"] += 1
        else:
            columns["7"] += 1
            columns["9" if one["ended_as"] or ended == due else "8" if ended < due else "10"] += 1
    return columns


def opinions(count: int) -> None:
    """So many people were content after a visit in May."""
    with transaction() as session:
        session.add_all(
            Answer(seal=f"{n:032x}", linked=False, subject="visit", field="Hộ tịch", answered_on=date(2026, 5, 4), answer="good")
            for n in range(count)
        )
