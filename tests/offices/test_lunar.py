"""The lunar calendar against the known new years, leap months, and the dates of the design."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import lunar
from app.lunar import Lunar

KINGS = "Ngày Giỗ Tổ Hùng Vương"


@pytest.mark.parametrize("year", range(2000, 2051))
def test_new_year_and_the_kings_day(year: int) -> None:
    known = holidays.country_holidays("VN", years=year, language="vi")
    assert [lunar.lunar(day) for day, name in known.items() if name == "Tết Nguyên Đán"] == [Lunar(1, 1)]
    if year >= 2007:
        assert [lunar.lunar(day) for day, name in known.items() if name == KINGS] == [Lunar(10, 3)]


@pytest.mark.parametrize(
    ("day", "moon"),
    [
        (date(2020, 7, 9), Lunar(19, 5)),
        (date(2020, 7, 21), Lunar(1, 6)),
        (date(2020, 8, 1), Lunar(12, 6)),
        (date(2020, 5, 23), Lunar(1, 4, True)),
        (date(2025, 7, 25), Lunar(1, 6, True)),
        (date(2033, 12, 22), Lunar(1, 11, True)),
        (date(2007, 2, 17), Lunar(1, 1)),  # in China a day later
        (date(2030, 2, 2), Lunar(1, 1)),
        (date(1985, 1, 21), Lunar(1, 1)),  # in China a month later
    ],
)
def test_known_days(day: date, moon: Lunar) -> None:
    assert lunar.lunar(day) == moon


@given(st.dates(date(1950, 1, 1), date(2099, 12, 30)))
def test_days_follow_one_another(day: date) -> None:
    today, tomorrow = lunar.lunar(day), lunar.lunar(day + timedelta(days=1))
    if tomorrow.day != 1:
        assert tomorrow == Lunar(today.day + 1, today.month, today.leap)
        return
    assert today.day in {29, 30}
    assert tomorrow.month == (today.month if tomorrow.leap else today.month % 12 + 1)


def test_words(app: object) -> None:
    assert lunar.words(date(2020, 7, 9)) == "19 tháng 5 âm lịch"
    assert lunar.words("2020-07-09") == lunar.words("2020-07-08T18:00+00:00") == lunar.words(date(2020, 7, 9))
    assert lunar.words(datetime(2020, 7, 8, 18, tzinfo=UTC)) == lunar.words(date(2020, 7, 9))
    assert lunar.words(date(2020, 5, 23)) == "1 tháng 4 nhuận âm lịch"
    assert [lunar.mark(date(2020, 7, day)) for day in (4, 5, 21)] == ["", "rằm", "mùng 1"]
