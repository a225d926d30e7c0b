"""What officers read: figures beside their number, few not told apart, sentences for leaders only, the same in every file."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from app import clock
from app.feedback import actions, queries, rules
from app.feedback.rules import Tally
from app.offices.catalogue import Office
from tests.feedback import make
from tests.page import Client, count_queries, page

HOME = "/can-bo/y-kien"


def cells(client: Client, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(f"{HOME}/{name}.csv").text.removeprefix("\ufeff"))))


@pytest.fixture
def officer(office: Office, client: Client) -> Client:
    client.sign_in("leader")
    return client


def test_figures(office: Office, travel: time_machine.Traveller) -> None:
    make.many(good=3, fair=1)
    actions.press(office.id, "poor", "1")
    travel.shift(timedelta(days=29))
    actions.answer(make.event("last", happened=clock.now()), "poor")
    found = queries.figures(clock.today() - timedelta(days=40), clock.today())
    assert rules.by(found, lambda one: (one.kiosk, one.month.month)) == {
        (False, 12): Tally(3, 1, 1), (True, 12): Tally(0, 0, 1)
    }  # fmt: skip
    assert {(one.subject, one.office_id, one.field) for one in found if not one.kiosk} == {("visit", office.id, "Hộ tịch")}
    assert queries.figures(clock.today() + timedelta(days=1), clock.today() + timedelta(days=9)) == []


def test_the_page_the_workbook_and_the_csv_say_the_same(officer: Client, office: Office) -> None:
    make.many(good=6, fair=2, poor=1)
    for number in range(2):
        actions.answer(make.event(f"r-{number}", "result"), "poor")
    actions.press(office.id, "good", "1")
    shown = page(officer.get(f"{HOME}/"))
    assert cells(officer, "viec") == [
        ["Việc", "Số câu trả lời", "Hài lòng", "Tạm được", "Chưa được", "Hài lòng, %"],
        ["Nhận kết quả", "2", *["chưa nêu"] * 4],
        ["Lần đến làm việc", "9", *["chưa nêu"] * 4],
        ["Tổng cộng", "11", "6", "2", "3", "55"],
    ]
    assert cells(officer, "noi")[1][1:] == ["11", "6", "2", "3", "55"]
    assert cells(officer, "may")[1][1:] == ["1", *["chưa nêu"] * 4]
    book = load_workbook(io.BytesIO(officer.get(f"{HOME}/bang.xlsx").data))
    for name, sheet in zip(("viec", "noi", "linh-vuc", "thang", "may"), book, strict=True):
        assert [["" if cell is None else str(cell) for cell in row] for row in sheet.values] == cells(officer, name)
    texts = " ".join(shown.texts)
    assert "55%" in texts
    assert "Đây không phải điểm PAPI." in texts


def test_any_period_and_what_is_none(officer: Client) -> None:
    make.many(good=3)
    assert "chưa có câu trả lời nào" in officer.get(f"{HOME}/?tu=2026-01-01&den=2026-06-30").text
    assert "Lần đến làm việc" in officer.get(f"{HOME}/?tu=2026-12-01&den=2026-12-31").text
    for wrong in ("tu=hôm+qua&den=x", "tu=2026-12-31&den=2026-01-01", "tu=2026-12-31", "tu=0001-01-01&den=9999-12-31"):
        assert "Ghi ngày đầu và ngày cuối" in officer.get(f"{HOME}/?{wrong}").text


def test_sentences_are_for_leaders_and_secretaries(app: Flask, office: Office, client: Client) -> None:
    actions.answer(make.event("a"), "poor", "Đợi lâu.")
    for role, status in (("counter", 403), ("reception", 403), ("secretary", 200), ("leader", 200)):
        client.sign_in(role)
        assert client.get(f"{HOME}/loi-gop").status_code == status
        assert ("Lời góp ý" in client.get(f"{HOME}/").text) == (status == 200)
        assert "Đợi lâu." not in client.get(f"{HOME}/").text


def test_sentences_latest_first_page_by_page_and_no_day(officer: Client, travel: time_machine.Traveller) -> None:
    make.stored(60, "Câu số")
    shown = officer.get(f"{HOME}/loi-gop")
    assert len(page(shown).all("blockquote")) == 25
    assert page(shown).all("blockquote")[0].words == "Câu số 0"
    assert "02/12" not in " ".join(page(shown).texts)
    assert len(page(officer.get(f"{HOME}/loi-gop?trang=3")).all("blockquote")) == 10
    assert officer.get(f"{HOME}/loi-gop?trang=4").status_code == 404


def test_hostile_sentences_are_text(officer: Client) -> None:
    actions.answer(make.event("a"), "poor", 'Quầy 1 < quầy 2 & "=1+1"')
    assert "Quầy 1 &lt; quầy 2 &amp; &#34;=1+1&#34;" in officer.get(f"{HOME}/loi-gop").text


@pytest.mark.parametrize("path", ["/", "/loi-gop", "/may-tai-quay", "/noi.csv"])
def test_few_queries(office: Office, client: Client, path: str) -> None:
    client.sign_in("secretary")
    make.stored(600, "Câu số")
    client.get(HOME + path)
    with count_queries() as seen:
        client.get(HOME + path)
    assert len(seen) <= 5, seen


def test_in_english(officer: Client, office: Office) -> None:
    make.many(good=3)
    shown = officer.get(f"/en{HOME}/").text
    assert "Civil status" in shown
    assert "This is not a PAPI score." in shown
