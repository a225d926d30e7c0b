"""The digest: everything of one person's that is due, in one letter a day."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.chasing import queries
from app.chasing.rules import Address, Line
from app.outbox import actions as outbox

UNTIL = time(20)  # tomorrow's digest will say it again


def digest(session: Session, address: Address, lines: Sequence[Line], names: Mapping[int, str], day: date) -> None:
    """`names` of units, for those who hear of several. Who has one unit's page acts there, an officer on each matter's own."""
    page, own = queries.page_of(address), address.unit_id is not None
    told = [
        {
            "what": line.what,
            "due": line.due.isoformat(),
            "late": line.late,
            "unit": "" if own else names.get(line.unit_id or 0, ""),
            "link": page if own else line.link,
        }
        for line in lines
    ]
    late = sum(line.late > 0 for line in lines)
    facts: dict[str, Any] = {"whom": address.name, "day": day.isoformat(), "late": late, "link": page, "lines": told}
    letter = outbox.Letter(
        about=address.about, kind=queries.DIGEST, version=day.toordinal(), template="chasing/digest", facts=facts,
        due_at=clock.now(), useful_until=clock.at(day, UNTIL), polite=True,
    )  # fmt: skip
    outbox.post(session, letter, email=address.email, phone="", locale="vi")
