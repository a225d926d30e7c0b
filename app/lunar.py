"""The Vietnamese lunar calendar, from the moon's and the sun's places as seen at UTC+7 (the Chinese one is kept at UTC+8).

A month begins on the day of the new moon. The month that holds the winter solstice is the eleventh; when thirteen months
lie between two of them, the first one in which the sun enters no new twelfth of its circle repeats the number before it.
Series after J. Meeus, "Astronomical Algorithms": new moons to some seconds, the sun to a hundredth of a degree.
"""

from bisect import bisect_right
from datetime import date, datetime
from functools import lru_cache
from math import floor, radians, sin
from typing import NamedTuple

from flask_babel import gettext as _

from app import clock

_MONTH = 29.530588861  # days between new moons, on average
_J2000 = 2451545.0
_EPOCH = 2451550.09766  # the first new moon of 2000
_TO_ORDINAL = 1721424.5  # Julian day -> date.toordinal()
_ZONE = 7 / 24


class Lunar(NamedTuple):
    day: int
    month: int
    leap: bool = False


@lru_cache(maxsize=4096)
def lunar(day: date) -> Lunar:
    """The lunar date of a day. Checked against the known new years from 1990 to 2050."""
    ordinal = day.toordinal()
    starts, numbers = _year(day.year + 1 if ordinal >= _eleventh(day.year) else day.year)
    index = bisect_right(starts, ordinal) - 1
    number, leap = numbers[index]
    return Lunar(ordinal - starts[index] + 1, number, leap)


def words(day: date | datetime | str) -> str:
    """ "19 tháng 5 âm lịch", for a calendar leaf."""
    moon = lunar(_date(day))
    if moon.leap:
        return str(_("%(day)s tháng %(month)s nhuận âm lịch", day=moon.day, month=moon.month))
    return str(_("%(day)s tháng %(month)s âm lịch", day=moon.day, month=moon.month))


def mark(day: date | datetime | str) -> str:
    """ "mùng 1" or "rằm", the days people plan around; else empty."""
    return {1: str(_("mùng 1")), 15: str(_("rằm"))}.get(lunar(_date(day)).day, "")


def _date(value: date | datetime | str) -> date:
    """Of a day, an instant, or either as ISO text, as the filters take them."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return clock.local(value).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=256)
def _year(year: int) -> tuple[list[int], list[tuple[int, bool]]]:
    """Every month from the one of the winter solstice before `year` up to the next such: first days, and (number, repeated?)."""
    first, last = _eleventh(year - 1), _eleventh(year)
    lunation = _lunation(first)
    count = round((last - first) / _MONTH)
    starts = [_new_moon_day(lunation + n) for n in range(count + 1)]
    leap = next((n for n in range(1, count) if _twelfth(starts[n]) == _twelfth(starts[n + 1])), 0) if count == 13 else 0
    # 11, 12, 1, 2 …: the repeated month takes the number before it, and all after it are one behind.
    numbers = [((10 + n - (1 if leap and n >= leap else 0)) % 12 + 1, bool(leap) and n == leap) for n in range(count)]
    return starts[:count], numbers


@lru_cache(maxsize=256)
def _eleventh(year: int) -> int:
    """The first day of the eleventh month: the last new moon on or before the day of the winter solstice."""
    solstice = next(n for n in range(date(year, 12, 19).toordinal(), date(year, 12, 25).toordinal()) if _twelfth(n + 1) == 9)
    lunation = _lunation(solstice)
    while _new_moon_day(lunation) > solstice:
        lunation -= 1
    while _new_moon_day(lunation + 1) <= solstice:
        lunation += 1
    return _new_moon_day(lunation)


def _lunation(ordinal: int) -> int:
    """The number of the new moon nearest to a day; 0 is that of January 2000."""
    return round((ordinal + _TO_ORDINAL + 0.5 - _EPOCH) / _MONTH)


def _new_moon_day(lunation: int) -> int:
    return floor(_new_moon(lunation) + _ZONE - _TO_ORDINAL)


def _twelfth(ordinal: int) -> int:
    """Which twelfth of its circle the sun is in when the day begins (0 from the spring equinox, 9 from the winter solstice)."""
    return floor(_sun(ordinal + _TO_ORDINAL - _ZONE) / 30)


def _earth_lag(julian: float) -> float:
    """Days by which the turning earth is behind uniform time: good to seconds from 1985 to 2050, to two minutes around that."""
    t = (julian - _J2000) / 365.25
    return (62.92 + 0.32217 * t + 0.005589 * t * t) / 86400


@lru_cache(maxsize=8192)
def _new_moon(lunation: int) -> float:
    """The Julian day, in universal time, of a new moon."""
    k, t = lunation, lunation / 1236.85
    mean = _EPOCH + _MONTH * k + 0.00015437 * t**2 - 0.000000150 * t**3
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = radians(2.5534 + 29.10535670 * k - 0.0000014 * t**2)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2)
    f = radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2)
    node = radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2)
    correction = sum(size * e**power * sin(a * sun + b * moon + c * f) for size, power, a, b, c in _TERMS)
    correction += -0.00017 * sin(node) + 0.000325 * sin(radians(299.77 + 0.107408 * k - 0.009173 * t**2))
    correction += sum(size * sin(radians(start + speed * k)) for size, start, speed in _PLANETS)
    julian = mean + correction
    return julian - _earth_lag(julian)


# Periodic terms of the new moon: days, power of e, multiples of the sun's anomaly, the moon's anomaly, its latitude argument.
_TERMS = (
    (-0.40720, 0, 0, 1, 0), (0.17241, 1, 1, 0, 0), (0.01608, 0, 0, 2, 0), (0.01039, 0, 0, 0, 2), (0.00739, 1, -1, 1, 0),
    (-0.00514, 1, 1, 1, 0), (0.00208, 2, 2, 0, 0), (-0.00111, 0, 0, 1, -2), (-0.00057, 0, 0, 1, 2), (0.00056, 1, 1, 2, 0),
    (-0.00042, 0, 0, 3, 0), (0.00042, 1, 1, 0, 2), (0.00038, 1, 1, 0, -2), (-0.00024, 1, -1, 2, 0), (-0.00007, 0, 2, 1, 0),
    (0.00004, 0, 0, 2, -2), (0.00004, 0, 3, 0, 0), (0.00003, 0, 1, 1, -2), (0.00003, 0, 0, 2, 2), (-0.00003, 0, 1, 1, 2),
    (0.00003, 0, -1, 1, 2), (-0.00002, 0, -1, 1, -2), (-0.00002, 0, 1, 3, 0), (0.00002, 0, 0, 4, 0),
)  # fmt: skip
_PLANETS = (
    (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886), (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239),
    (0.000062, 141.74, 53.303771), (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154), (0.000035, 239.56, 25.513099),
    (0.000023, 331.55, 3.592518),
)  # fmt: skip


def _sun(julian: float) -> float:
    """The sun's apparent longitude in degrees at an instant of universal time."""
    t = (julian + _earth_lag(julian) - _J2000) / 36525
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t * t) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    true = 280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre
    return (true - 0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))) % 360
