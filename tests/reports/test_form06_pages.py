"""The half-year report on the page, in the workbook, as CSV, on paper, in English and in public; what is behind its figures."""

import csv
import io
from collections.abc import Iterator
from xml.etree import ElementTree as xml

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from openpyxl import load_workbook

from app.db import transaction
from app.reports import charts
from app.reports.form06_tables import SECTIONS
from app.staff.models import Officer
from tests.page import Client, Page, count_queries, page
from tests.reports import dossiers as make
from tests.reports.dossiers import HOME, QUERY
from tests.reports.test_pages import as_shown, tables

CHANNELS = ("counter", "online", "post")


@pytest.fixture
def half(app: Flask) -> Iterator[None]:
    """A few dossiers of every kind; one of them is late by the system alone."""
    with time_machine.travel(make.TODAY, tick=False):
        rows = [
            make.row(n, f"2026-0{1 + n % 6}-02", f"2026-0{1 + n % 6}-10", f"2026-0{1 + n % 6}-{8 + n % 3:02d}" if n % 4 else "",
                     channel=CHANNELS[n % 3], return_by="post" if n % 5 == 0 else "desk", field="Hộ tịch" if n % 2 else "Đất đai")
            for n in range(1, 30)
        ]  # fmt: skip
        make.add(rows)
        make.opinions(4)
        make.list_in([make.there(n, "2026-02-02", "2026-02-10", "2026-02-12" if n == 1 else "2026-02-09") for n in range(1, 6)])
        yield


@pytest.fixture
def leader(client: Client, half: None) -> Client:
    client.sign_in("leader")
    return client


# -- one report, four forms -------------------------------------------------------------------------------------------


def test_the_workbook_says_what_the_page_says(leader: Client) -> None:
    shown = tables(page(leader.get(HOME + QUERY)))
    answer = leader.get(f"{HOME}/bang.xlsx{QUERY}")
    assert answer.headers["Content-Disposition"] == "attachment; filename=bao-cao-2026-01-01-2026-06-30.xlsx"
    book = load_workbook(io.BytesIO(answer.data))
    assert len(book.sheetnames) == len(SECTIONS) == len(shown)
    for sheet, table in zip(book.worksheets, shown, strict=True):
        if sheet is book.worksheets[0]:
            table = table[1:]
        assert [[as_shown("" if cell.value is None else cell.value) for cell in row] for row in sheet.iter_rows()] == table
    assert isinstance(book.worksheets[0]["C2"].value, int)


@pytest.mark.parametrize("name", list(SECTIONS))
def test_the_csv_says_what_the_page_says(leader: Client, name: str) -> None:
    table = tables(page(leader.get(HOME + QUERY)))[list(SECTIONS).index(name)]
    text = leader.get(f"{HOME}/{name}.csv{QUERY}").get_data(as_text=True)
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == (table[1:] if name == "bieu-06" else table)


def test_paper_says_what_the_page_says(leader: Client) -> None:
    shown = tables(page(leader.get(HOME + QUERY)))
    del shown[list(SECTIONS).index("may-bao-tre")]  # in the panel's words
    assert tables(page(leader.get(f"{HOME}/in{QUERY}"))) == shown


def test_names_that_would_be_formulas_are_text(leader: Client) -> None:
    make.add([make.row(99, "2026-03-02", "2026-03-10", field="=HYPERLINK(1)")])
    book = load_workbook(io.BytesIO(leader.get(f"{HOME}/bang.xlsx{QUERY}").data))
    assert {"'=HYPERLINK(1)"} <= {cell.value for cell in book.worksheets[0]["B"]}
    assert "'=HYPERLINK(1)" in leader.get(f"{HOME}/bieu-06.csv{QUERY}").text


# -- figures, and what is behind them ---------------------------------------------------------------------------------


def test_every_figure_leads_to_as_many_dossiers(leader: Client) -> None:
    """Each link is followed: the list has the number it was clicked on."""
    shown = page(leader.get(HOME + QUERY))
    links = {one.attrs["href"]: one.words for one in shown.all("a") if "/danh-sach" in one.attrs.get("href", "")}
    assert len(links) > 30
    for address, words in links.items():
        note = next(one.words for one in page(leader.get(address)).all("p") if " hồ sơ, theo " in one.words)
        if words.replace(".", "").isdigit():
            assert note.startswith(f"{words} hồ sơ"), address


def test_the_list_behind_leads_to_each_dossier(leader: Client) -> None:
    for more in ("&cot=3", "&cot=tre&may=1"):
        first = next(link for link in page(leader.get(f"{HOME}/danh-sach{QUERY}{more}")).links() if "H13-260101" in link)
        assert leader.get(first).status_code == 200
    assert leader.get(f"{HOME}/danh-sach{QUERY}&cot=14").status_code == 404
    assert leader.get(f"{HOME}/danh-sach{QUERY}&cot=gui&may=1").status_code == 404
    assert "Không có hồ sơ nào." in leader.get(f"{HOME}/danh-sach{QUERY}&cot=xin-loi").text


def test_long_lists_are_turned(leader: Client) -> None:
    make.add(make.row(n, "2026-03-02", "2026-03-10") for n in range(100, 180))
    address = f"{HOME}/danh-sach{QUERY}&cot=13"
    assert "Trang 1 trên 2" in leader.get(address).text
    follow = next(link for link in page(leader.get(address)).links() if "trang=2" in link)
    assert "Trang 2 trên 2" in leader.get(follow).text


def test_every_section_says_its_source_and_papi_is_never_scored(leader: Client) -> None:
    text = leader.get(HOME + QUERY).text
    assert text.count("Nguồn:") == len(SECTIONS)
    assert "Quyết định 766: tiến độ" in text
    denied = ("không chấm điểm PAPI", "không phải điểm PAPI")
    assert [words for words in denied if words not in text] == []
    for words in denied:
        text = text.replace(words, "")
    assert "điểm PAPI" not in text


def test_the_108_are_explained(leader: Client) -> None:
    text = leader.get(HOME + QUERY).text
    assert "1 hồ sơ máy báo trễ" in text
    assert "quên bấm" in text


def test_a_difference_stands_on_the_page_and_on_paper(leader: Client) -> None:
    assert "Không lệch, cả theo giấy và theo máy." in leader.get(HOME + QUERY).text
    with transaction() as session:
        session.execute(sa.text("UPDATE machine_row SET finished_at = '2025-12-01 03:00:00.000000+00' WHERE code LIKE '%00002'"))
    for path in (HOME, f"{HOME}/in"):
        text = leader.get(path + QUERY).text
        assert "Theo máy: Cột 3 là 4, mà cột 4 + 5 + 6 là 5: lệch 1." in text
        assert "Không lệch" not in text


# -- what is asked for ------------------------------------------------------------------------------------------------


def test_a_running_period_is_provisional(leader: Client) -> None:
    assert "tạm tính đến" in leader.get(HOME).text
    assert "tạm tính" not in leader.get(HOME + QUERY).text
    assert "số chốt ngày 30/6/2026" in leader.get(HOME + QUERY).text


def test_filters_are_kept_on_every_link(leader: Client) -> None:
    answer = leader.submit(HOME + QUERY, {"noi": "thoi-an", "linh-vuc": "Đất đai"}, having="linh-vuc")
    shown = page(answer)
    assert [row[1] for row in tables(shown)[0][2:]] == ["Đất đai", "Tổng cộng"]
    wanted = [link for link in shown.links() if "danh-sach" in link or "bang.xlsx" in link or "/in?" in link]
    assert wanted
    assert all("noi=thoi-an" in link and "linh-vuc=" in link for link in wanted)
    assert leader.get(f"{HOME}?noi=khong-co").status_code == 404


@pytest.mark.parametrize("query", ["?tu=2026-12-01&den=2026-01-01", "?tu=x", "?den=2026-02-30", "?tu=0001-01-01&den=9999-12-31"])
def test_a_period_that_is_none_is_said(leader: Client, query: str) -> None:
    answer = leader.get(HOME + query)
    assert "Đang xem nửa năm này." in answer.text
    assert leader.get(f"{HOME}/bang.xlsx{query}").status_code == 200


def test_an_empty_period_says_what_to_do(leader: Client) -> None:
    assert "chưa có hồ sơ nào theo giấy" in leader.get(f"{HOME}?tu=2001-01-01&den=2001-06-30").text
    assert "chưa có hồ sơ nào" in leader.get(f"{HOME}/in?tu=2001-01-01&den=2001-06-30").text


def test_an_officer_of_one_office_sees_that_one(app: Flask, client: Client, half: None) -> None:
    client.sign_in("secretary")
    elsewhere = make.make.office("long-hung", "LH").by_slug["long-hung"].id
    with transaction() as session:
        session.execute(sa.update(Officer).values(office_id=elsewhere))
    assert "chưa có hồ sơ nào theo giấy" in client.get(f"{HOME}{QUERY}&noi=thoi-an").text


@pytest.mark.parametrize("role", ["counter", "reception"])
def test_others_do_not(client: Client, half: None, role: str) -> None:
    client.sign_in(role)
    assert client.get(HOME).status_code == 403


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_chart_its_words_and_its_table_say_the_same(leader: Client) -> None:
    shown = page(leader.get(HOME + QUERY))
    chart = next(one for one in shown.all("svg") if "h-bars" in one.attrs.get("class", ""))
    lying = next(one for one in shown.all("table") if "h-lying" in one.attrs["class"])
    drawn = [one.words for one in shown.all("text") if one.up("svg") is chart and one.attrs.get("class") == "v"]
    assert drawn == [one.words for one in shown.all("span") if one.up("table") is lying]
    assert len(drawn) == 12
    assert chart.attrs["role"] == "img"
    assert chart.attrs["aria-label"].startswith("Nhận nhiều nhất: Tháng")
    described = next(one.words for one in shown.all("desc") if one.up("svg") is chart)
    assert described.startswith("Tháng 1: Nhận ")


def test_words_in_a_chart_cannot_become_markup() -> None:
    drawn = str(charts.bars([("<script>", 1, 2), ('"&', 3, 4)], 'so "<b>"', "<i>", "&"))
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert "style=" not in drawn
    xml.fromstring(drawn)


@pytest.mark.parametrize("path", ["", "/in", "/bang.xlsx", "/bieu-06.csv"])
def test_eight_queries_at_most_with_many_rows(leader: Client, path: str) -> None:
    make.add(make.row(n, "2026-03-02", "2026-03-10", field=f"Lĩnh vực {n % 40}") for n in range(1000, 3000))
    leader.get(HOME)
    with count_queries() as seen:
        assert leader.get(f"{HOME}{path}{QUERY}").status_code == 200
    assert len(seen) <= 8, "\n\n".join(one[:300] for one in seen)
    with count_queries() as seen:
        leader.get(f"{HOME}/danh-sach{QUERY}&cot=3")
    assert len(seen) <= 5


def test_in_english_too(leader: Client) -> None:
    shown = page(leader.get(f"/en{HOME}{QUERY}"))
    assert tables(shown)[0][-1][1] == "Total"
    assert _headings(shown)[0] == "Report on dossiers"


def _headings(shown: Page) -> list[str]:
    return [one.words for one in shown.all("h1", "h2")]


# -- in public --------------------------------------------------------------------------------------------------------


def test_the_public_has_totals_and_what_is_falsely_late(client: Client, half: None) -> None:
    with count_queries() as seen:
        text = client.get("/so-lieu").text
    assert len(seen) <= 4  # one of them asks whether a page kept a moment ago is still true
    assert "Nhận giải quyết" in text
    assert "còn báo trễ 1 hồ sơ mà người dân đã ký nhận đúng ngày" in text
    assert "Mỹ Duyên" not in text


def test_the_feed_and_the_table_of_months(client: Client, half: None) -> None:
    with count_queries() as seen:
        feed = client.get("/so-lieu.atom")
    assert len(seen) <= 1
    found = xml.fromstring(feed.data)
    entries = found.findall("{http://www.w3.org/2005/Atom}entry")
    titles = [one.findtext("{http://www.w3.org/2005/Atom}title") for one in entries]
    assert (len(titles), titles[0], titles[-1]) == (12, "Tháng 10/2026", "Tháng 11/2025")
    ids = [one.findtext("{http://www.w3.org/2005/Atom}id") for one in entries]
    assert ids[0] == "https://hen.example/so-lieu#2026-10"
    told = list(csv.reader(io.StringIO(client.get("/so-lieu/ho-so.csv").get_data(as_text=True).removeprefix("\ufeff"))))
    assert sum(int(row[1]) for row in told[1:]) == 29
    assert "Nhận 5 hồ sơ" in "".join(entry.findtext("{http://www.w3.org/2005/Atom}content") or "" for entry in entries)
    for path in ("/so-lieu.atom", "/so-lieu/ho-so.csv"):
        first = client.get(path)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
