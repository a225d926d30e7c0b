"""The figures on the page, in the workbook, as CSV, on paper and in public: the same everywhere, and nobody in them."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from openpyxl import load_workbook

from app import audit
from app.db import transaction
from app.invitations import channels
from app.invitations.models import Reply
from app.meetings.channel_models import InviteChannel
from app.meetings.models import SignUp
from app.staff.models import Unit
from tests import world
from tests.page import Client, Element, Page, count_queries, page
from tests.reports import make

HOME, PUBLIC = "/can-bo/so-lieu", "/so-lieu"
TABLES = {"ky-hop": "Theo kỳ họp", "don-vi": "Theo đơn vị", "duong-moi": "Theo đường mời"}


@pytest.fixture
def year(app: Flask) -> Iterator[None]:
    with time_machine.travel(make.TODAY, tick=False):
        channels.begin()
        make.by_chance(6, firms=30)
        yield


@pytest.fixture
def leader(client: Client, year: None) -> Client:
    client.sign_in("leader")
    return client


def tables(shown: Page) -> list[list[list[str]]]:
    """Every table of figures, line by line, as a reader sees it."""
    found = []
    for table in shown.all("table"):
        if "figures" in table.attrs.get("class", ""):
            lines = [row for row in shown.all("tr") if row.up("table") is table]
            found.append([[cell.words for cell in shown.all("th", "td") if cell.up("tr") is row] for row in lines])
    return found


def as_shown(value: Any) -> str:
    """A cell of the workbook as the page writes it."""
    if isinstance(value, datetime | date):
        return (
            f"{value.day:02d}/{value.month:02d}/{value.year}"
            if value.month < 3
            else f"{value.day:02d}/{value.month}/{value.year}"
        )
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


# -- one report, four forms --------------------------------------------------------------------------------------------


def test_the_workbook_says_what_the_page_says(leader: Client) -> None:
    shown = tables(page(leader.get(HOME)))
    answer = leader.get(f"{HOME}/bang.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=so-lieu-2025-11-24-2026-11-24.xlsx"
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == list(TABLES.values())
    for sheet, table in zip(book.worksheets, shown, strict=True):
        assert [[as_shown(cell.value) for cell in row] for row in sheet.iter_rows()] == table
    assert len(shown[0]) == 1 + 6 + 1
    assert isinstance(book.worksheets[0]["B2"].value, int)


@pytest.mark.parametrize("at", range(3))
def test_the_csv_says_what_the_page_says(leader: Client, at: int) -> None:
    table = tables(page(leader.get(HOME)))[at]
    text = leader.get(f"{HOME}/{list(TABLES)[at]}.csv").get_data(as_text=True)
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line[1:] for line in lines] == [
        [cell.replace(".", "") for cell in line[1:]] if n else line[1:] for n, line in enumerate(table)
    ]


def test_paper_says_what_the_page_says(leader: Client) -> None:
    assert tables(page(leader.get(f"{HOME}/in"))) == tables(page(leader.get(HOME)))[:2]


def test_names_that_would_be_formulas_are_text(leader: Client) -> None:
    with transaction() as session:
        session.execute(sa.update(Unit).where(Unit.position == 0).values(name="=HYPERLINK(1)"))
        session.execute(sa.update(InviteChannel).where(InviteChannel.slug == "cho").values(name="+84 chợ"))
    book = load_workbook(io.BytesIO(leader.get(f"{HOME}/bang.xlsx").data))
    names = {cell.value: cell.data_type for sheet in book.worksheets for cell in sheet["A"]}
    assert names["'=HYPERLINK(1)"] == names["'+84 chợ"] == "s"
    assert "'=HYPERLINK(1)" in leader.get(f"{HOME}/don-vi.csv").text
    assert "\r\n'+84 chợ" in leader.get(f"{HOME}/duong-moi.csv").text


def test_there_is_no_other_table(leader: Client) -> None:
    assert leader.get(f"{HOME}/nguoi-dan.csv").status_code == 404


# -- the page ----------------------------------------------------------------------------------------------------------


def test_a_period_is_chosen(leader: Client) -> None:
    last = make.TODAY.date() - timedelta(days=14)
    answer = leader.submit(HOME, {"tu": last.isoformat(), "den": last.isoformat()}, having="tu")
    assert len(tables(page(answer))[0]) == 3
    assert f"tu={last.isoformat()}" in next(link for link in page(answer).links() if "bang.xlsx" in link)
    assert "không có kỳ họp nào" in leader.get(f"{HOME}?tu=2001-01-01&den=2001-12-31").text


@pytest.mark.parametrize("query", ["?tu=2026-12-01&den=2026-01-01", "?tu=x", "?den=2026-02-30", "?tu=0001-01-01&den=9999-12-31"])
def test_a_period_that_is_none_is_said_and_the_usual_one_shown(leader: Client, query: str) -> None:
    answer = leader.get(HOME + query)
    assert "Đang xem 12 tháng qua." in answer.text
    assert len(tables(page(answer))[0]) == 8
    assert leader.get(f"{HOME}/bang.xlsx{query}").status_code == 200


def test_every_figure_says_how_it_is_counted(leader: Client) -> None:
    shown = page(leader.get(HOME))
    explained = {one.words for one in shown.all("dt") if one.up("details")}
    labels = set(tables(shown)[0][0][1:]) | set(tables(shown)[1][0][1:])
    assert labels <= explained


def test_the_chart_and_its_table_say_the_same(leader: Client) -> None:
    shown = page(leader.get(HOME))
    chart = next(one for one in shown.all("svg") if "h-bars" in one.attrs.get("class", ""))
    drawn = [text.words for text in shown.all("text") if _inside(text, chart) and text.attrs.get("class") == "v"]
    counted = [cell for row in tables(shown)[0][1:-1] for cell in row[1:3]]
    assert drawn == counted
    lying = next(table for table in shown.all("table") if "h-lying" in table.attrs["class"])
    assert [one.words for one in shown.all("span") if one.up("table") is lying] == counted
    assert chart.attrs["aria-label"].startswith("Đông nhất là kỳ")


def _inside(element: Element, above: Element) -> bool:
    return element.up(above.tag) is above


def test_many_meetings_are_drawn_too(app: Flask, client: Client) -> None:
    with time_machine.travel(make.TODAY, tick=False):
        make.by_chance(24, firms=3, questions=1, promises=1)
        client.sign_in("secretary")
        assert client.get(HOME).status_code == 200


def test_figures_lead_to_their_lists(leader: Client) -> None:
    links = [link for link in page(leader.get(HOME)).links() if link.startswith("/can-bo/thu-bay/2026")]
    assert any(link.endswith("/chuong-trinh") for link in links)
    for link in links:
        assert leader.get(link).status_code == 200


def test_in_english_too(leader: Client) -> None:
    shown = tables(page(leader.get(f"/en{HOME}")))
    assert shown[1][1][0] == "Unit 0"
    assert shown[0][-1][0] == "Total"


@pytest.mark.parametrize("path", [HOME, f"{HOME}/in", f"{HOME}/bang.xlsx", f"{HOME}/don-vi.csv"])
def test_five_queries_at_most(leader: Client, path: str) -> None:
    with count_queries() as seen:
        assert leader.get(path).status_code == 200
    assert len(seen) <= 5


def test_why_businesses_do_not_come_is_told_in_sums_of_three(leader: Client) -> None:
    assert "Vì sao không đến" not in leader.get(HOME).text
    assert leader.get(f"{HOME}/vi-sao.csv").status_code == 404
    with transaction() as session:
        seats = session.scalars(sa.select(SignUp).where(SignUp.state == "seated").limit(4)).all()
        for seat, why in zip(seats, ("xa", "xa", "xa", "ngai-noi"), strict=True):
            session.add(Reply(meeting_id=seat.meeting_id, sign_up_id=seat.id, answer="missed", answered_at=make.TODAY, why=why))
    shown = tables(page(leader.get(HOME)))[-1]
    assert shown == [["Lý do", "Số người nêu"], ["Xa quá, đi lại khó", "3"]]  # and no word of the one who would not speak
    book = load_workbook(io.BytesIO(leader.get(f"{HOME}/bang.xlsx").data))
    assert book.sheetnames[-1] == "Vì sao không đến"
    assert [[as_shown(cell) for cell in row] for row in book["Vì sao không đến"].values] == shown
    lines = csv.reader(io.StringIO(leader.get(f"{HOME}/vi-sao.csv").get_data(as_text=True).removeprefix("\ufeff")))
    assert list(lines) == shown


def test_nobody_is_named(leader: Client) -> None:
    for path in (HOME, f"{HOME}/in", f"{HOME}/ky-hop.csv", PUBLIC, f"{PUBLIC}.csv", f"/en{PUBLIC}"):
        text = leader.get(path).text
        assert not [word for word in ("Tư Hiếm", "Huỳnh", "987", "Sổ thuế") if word in text], path


# -- in public ---------------------------------------------------------------------------------------------------------


def test_the_public_figures_are_kept_and_asked_for_again(client: Client, year: None) -> None:
    for path in (PUBLIC, f"{PUBLIC}.csv"):
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=600"
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    before = client.get(PUBLIC).headers["ETag"]
    with transaction() as session:
        gone = {"state": "given_up", "came": 0, "arrived_at": None, "arrival_recorded_at": None}
        session.execute(sa.update(SignUp).where(SignUp.state == "seated").values(gone))
        audit.record(session, "given_up", "seat:1")
    assert client.get(PUBLIC).headers["ETag"] != before


def test_the_public_table_and_its_csv_are_the_same(client: Client, year: None) -> None:
    table = tables(page(client.get(PUBLIC)))[0]
    lines = list(csv.reader(io.StringIO(client.get(f"{PUBLIC}.csv").get_data(as_text=True).removeprefix("\ufeff"))))
    assert [line[1:] for line in lines] == [line[1:] for line in table]
    assert len(table) == 7


def test_four_public_queries_and_one_when_kept(client: Client, year: None) -> None:
    for most in (4, 1):
        with count_queries() as seen:
            client.get(PUBLIC)
        assert len(seen) <= most


@pytest.mark.parametrize(("firms", "told"), [(0, "0"), (1, "dưới 3"), (2, "dưới 3"), (3, "3")])
def test_few_businesses_are_not_counted_out(app: Flask, client: Client, firms: int, told: str) -> None:
    with time_machine.travel(make.TODAY, tick=False):
        with transaction() as session:
            meeting = make.held(session, make.TODAY.date() - timedelta(days=14))
            rows = [make.sign_up(meeting, number, came=1) for number in range(firms)]
            session.execute(sa.insert(SignUp), rows) if rows else None
        row = tables(page(client.get(PUBLIC)))[0][1]
        assert row[1:3] == [told, told]


def test_what_is_the_leaders_alone_is_not_in_the_public_figures(client: Client, leader: Client) -> None:
    at = tables(page(client.get(PUBLIC)))[0][0].index("Lời hẹn")
    public = sum(int(row[at]) for row in tables(page(client.get(PUBLIC)))[0][1:])
    own = tables(page(leader.get(HOME)))[0]
    assert 0 < public < int(own[-1][own[0].index("Lời hẹn")])


def test_before_the_first_meeting(client: Client, app: Flask) -> None:
    answer = client.get(PUBLIC)
    assert "Chưa có kỳ họp nào trong 12 tháng qua" in answer.text
    before = world.rows()
    client.get(f"{PUBLIC}.csv")
    assert world.rows() == before
