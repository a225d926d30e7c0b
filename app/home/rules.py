"""What the front page shows of a catalogue. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.offices import rules
from app.offices.catalogue import Catalogue, Office, Procedure

SHOWN = 6  # most asked procedures on the front page


@dataclass(frozen=True)
class HalfYear:
    """Facts, not samples: January to June 2020, as the district's People's Committee gave them to the press on 9 July 2020."""

    place: str = "Ô Môn"  # shown only where they are true
    received: int = 14_191
    on_time: int = 13_899
    in_time: int = 292  # still in hand
    wrongly_late: int = 108  # reported late by the system, in truth handed over on the day


def common(catalogue: Catalogue) -> Sequence[Procedure]:
    """The procedures most asked for, in the office's own order."""
    marked = [procedure for procedure in catalogue.procedures if procedure.common is not None]
    return sorted(marked, key=lambda procedure: procedure.common or 0)[:SHOWN]


def main_office(catalogue: Catalogue, day: date) -> Office | None:
    """The first office of the list that exists that day."""
    there = (
        office
        for office in catalogue.offices
        if (office.opened_on is None or office.opened_on <= day) and (office.closed_on is None or day < office.closed_on)
    )
    return next(there, None)


def why_closed(catalogue: Catalogue, office: Office, day: date) -> str:
    """The name of the day off or the reason of the closure, or nothing."""
    return rules.day_off(catalogue, day) or rules.closure(office, day)
