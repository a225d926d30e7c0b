"""Public days off and make-up days as a library knows them: only a seed, the Government decides each year."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import holidays


@dataclass(frozen=True, slots=True)
class Seed:
    name: str
    works: bool = False


def days(years: Collection[int]) -> dict[date, Seed]:
    """The days of these years, asked for in one go: the library knows the make-up days of the years named only (and adds some
    of other years, left out here)."""
    if not years:
        return {}
    known = holidays.country_holidays("VN", years=sorted(years), language="vi")
    found = {day: Seed(name) for day, name in known.items()}
    for day in known.weekend_workdays:
        found[day] = Seed("Ngày làm bù", works=True)
    return {day: seed for day, seed in sorted(found.items()) if day.year in years}
