"""Officers at work: writing, previewing, publishing, two at once; the register at the counter, its figures and its exports."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from app.guides import actions, writing
from app.guides.actions import Help
from app.guides.rules import Outcome
from app.guides.writing import Words
from tests import make
from tests.guides.test_register import many
from tests.page import Client, count_queries, page

HOME, REGISTER = "/can-bo/bai-viet", "/can-bo/huong-dan-nop"
CODE = "H15.50.05.13-261201-0001"


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.local("2026-12-01T10:00"), tick=False) as clock_at:
        make.office()
        yield clock_at


@pytest.fixture
def secretary(client: Client) -> Client:
    client.sign_in("secretary")
    return client


# -- writing ----------------------------------------------------------------------------------------------------------


def test_from_blank_page_to_public_and_back(secretary: Client) -> None:
    refused = secretary.submit(f"{HOME}/moi/huong-dan", {"title": "Chụp giấy tờ", "body": " "}, action="/moi/")
    assert refused.status_code == 422
    assert 'value="Chụp giấy tờ"' in refused.text
    made = secretary.submit(refused, {"body": "Đủ *bốn góc*."}, action="/moi/")
    assert (made.status_code, made.location) == (303, f"{HOME}/1")
    preview = secretary.get(made.location)
    assert "<em>bốn góc</em>" in preview.text
    assert secretary.get("/huong-dan/chup-giay-to").status_code == 404
    assert secretary.submit(preview, {}, action="/cong-bo").status_code == 303
    assert "<em>bốn góc</em>" in secretary.get("/huong-dan/chup-giay-to").text
    secretary.submit(f"{HOME}/1/sua", {"body": "Hai"}, action="/sua")
    assert "Hai" not in secretary.get("/huong-dan/chup-giay-to").text
    assert "chưa công bố" in secretary.get(f"{HOME}/").text
    late = secretary.submit(f"{HOME}/1", {"day": "2026-12-09"}, action="/cong-bo")
    assert late.status_code == 303
    assert "Bản 2 từ 09/12" in secretary.get(f"{HOME}/1").text
    assert secretary.submit(f"{HOME}/1/ban/1", {}, action="/khoi-phuc").status_code == 303
    assert "lấy lại bản 1" in secretary.get(f"{HOME}/1").text
    assert secretary.submit(f"{HOME}/1", {}, action="/rut").status_code == 303
    assert secretary.get("/huong-dan/chup-giay-to").status_code == 404
    assert "Đã rút" in secretary.get(f"{HOME}/").text


@pytest.mark.parametrize("day", ["2026-11-30", "2029-01-01", "hôm nào"])
def test_a_day_that_will_not_do_comes_back(secretary: Client, day: str) -> None:
    writing.begin("news", Words("Tin", "x"), 0)
    answer = secretary.submit(f"{HOME}/1", {"day": day}, action="/cong-bo")
    assert answer.status_code == 422
    assert page(answer).form(action="/cong-bo").names() >= {"day", "number"}
    assert secretary.get("/tin/tin").status_code == 404


def test_a_refused_act_comes_back_on_the_page_of_its_version(secretary: Client) -> None:
    writing.begin("news", Words("Tin", "Một"), 0)
    writing.save(1, Words("Tin", "Hai"), 1, 0)
    answer = secretary.submit(f"{HOME}/1/ban/1", {"day": "2026-11-30"}, action="/cong-bo")
    assert answer.status_code == 422
    assert "Xem trước bản 1" in answer.text
    assert page(answer).form(action="/cong-bo").values()["number"] == ["1"]
    stale = secretary.submit(f"{HOME}/1/ban/1", {"csrf_token": "stale"}, action="/khoi-phuc")
    assert secretary.submit(stale, {}, action="/khoi-phuc").status_code == 303


def test_two_writers_lose_nothing(app: Flask, secretary: Client) -> None:
    writing.begin("guide", Words("Chụp giấy tờ", "Một\nHai", title_en="Pictures"), 0)
    other = Client(app, app.response_class)
    other.sign_in("secretary")
    mine, theirs = secretary.get(f"{HOME}/1/sua"), other.get(f"{HOME}/1/sua")
    assert other.submit(theirs, {"body": "Một\nHai\nBa", "summary": "Của họ"}, action="/sua").status_code == 303
    conflict = secretary.submit(mine, {"body": "Không\nMột\nHai", "title_en": "Clear pictures"}, action="/sua")
    assert conflict.status_code == 409
    shown = " ".join(page(conflict).texts)
    for words in ("Một Hai Ba", "Không Một Hai", "Của họ", "Clear pictures", "Nguyễn Thị Út"):
        assert words in shown
    joined = page(conflict).form(action="/sua").values()
    assert joined["body"] == ["Không\nMột\nHai\nBa"]
    assert (joined["summary"], joined["title_en"]) == (["Của họ"], ["Clear pictures"])
    assert secretary.submit(conflict, {}, action="/sua").status_code == 303
    assert "Không" in secretary.get(f"{HOME}/1").text


def test_a_second_press_is_no_conflict(secretary: Client) -> None:
    writing.begin("guide", Words("Chụp giấy tờ", "Một"), 0)
    form = secretary.get(f"{HOME}/1/sua")
    for _press in range(2):
        assert secretary.submit(form, {"body": "Hai"}, action="/sua").status_code == 303
    assert "Bản 3" not in secretary.get(f"{HOME}/1").text


def test_readers_may_look_and_not_write(app: Flask) -> None:
    writing.begin("guide", Words("Chụp giấy tờ", "Một"), 0)
    for role in ("counter", "leader"):
        client = Client(app, app.response_class)
        client.sign_in(role)
        assert [form.action for form in page(client.get(f"{HOME}/1")).forms] == ["/can-bo/dang-xuat"]
        assert client.get(f"{HOME}/1/sua").status_code == 403


def test_lists_and_pages_cost_few_queries(secretary: Client) -> None:
    for number in range(25):
        article = writing.begin("guide", Words(f"Bài {number}", "x"), 0)
        writing.publish(article.id, 1, None, 0)
    for number in range(1, 20):
        writing.save(1, Words("Bài 0", f"lần {number}"), number, 0)
    for address in (f"{HOME}/", f"{HOME}/1", f"{HOME}/1/ban/3", f"{HOME}/1/sua"):
        with count_queries() as seen:
            assert secretary.get(address).status_code == 200
        assert len(seen) <= 5, (address, seen)


# -- the register -----------------------------------------------------------------------------------------------------


def note(officer: Client, **typed: str) -> TestResponse:
    return officer.submit(f"{REGISTER}/", {"outcome": "scan"} | typed, having="outcome")


def test_one_line_at_the_counter_and_the_next_begins_like_it(client: Client) -> None:
    client.sign_in("counter")
    blank = client.get(f"{REGISTER}/")
    assert page(blank).form(having="outcome").values()["day"] == ["2026-12-01"]
    nothing = client.submit(blank, {}, having="outcome")
    assert nothing.status_code == 422
    assert "Chọn đã nộp hay vì sao chưa nộp" in nothing.text
    filed = note(client, outcome="filed", dossier=f" {CODE.lower()} ", procedure="1", channel="home", account="y", leaflet="y")
    assert filed.status_code == 303
    shown = client.get(f"{REGISTER}/")
    assert CODE in shown.text
    assert "1 người được hướng dẫn → 1 người đã nộp" in shown.text
    following = page(shown).form(having="outcome").values()
    assert (following["procedure"], following["channel"]) == (["1"], ["home"])
    assert following.get("outcome") is None
    line = client.get(f"{REGISTER}/1").text
    assert "Lập tài khoản: đã làm qua" in " ".join(line.split())
    assert 'action="/can-bo/huong-dan-nop/1/da-nop"' not in line


def test_what_was_typed_comes_back(client: Client) -> None:
    client.sign_in("counter")
    answer = note(client, outcome="other", sentence="Gọi lại 0912 345 678", look_up="y", channel="phone")
    assert answer.status_code == 422
    values = page(answer).form(having="outcome").values()
    assert values["sentence"] == ["Gọi lại 0912 345 678"]
    assert (values["look_up"], values["channel"], values["outcome"]) == (["y"], ["phone"], ["other"])
    assert note(client, outcome="filed", dossier="TA-482-716-305").status_code == 422


def test_filed_later(client: Client) -> None:
    client.sign_in("reception")
    assert note(client).status_code == 303
    assert client.submit(f"{REGISTER}/1", {"dossier": "12"}, action="/da-nop").status_code == 422
    assert client.submit(f"{REGISTER}/1", {"dossier": CODE}, action="/da-nop").status_code == 303
    shown = client.get(f"{REGISTER}/1").text
    assert CODE in shown
    assert "Giấy tờ chưa chụp" in shown  # what was said first stays


def test_an_officer_of_one_office_sees_that_one(app: Flask, client: Client) -> None:
    make.office("long-hung", "LH")
    for office_id in (1, 2):
        actions.note(Help(day=make.TUESDAY, office_id=office_id), Outcome(reason="scan"), 0)
    client.sign_in("counter", office_id=1)
    assert client.get(f"{REGISTER}/2").status_code == 403
    assert client.post(f"{REGISTER}/2/da-nop", data={"dossier": CODE}).status_code == 403
    assert "long-hung" not in client.get(f"{REGISTER}/").text
    assert "long-hung" not in client.get(f"{REGISTER}/so-lieu?noi=2").text
    assert "long-hung" not in client.get(f"{REGISTER}/so-huong-dan.csv?noi=2").text
    assert note(client, office="2").status_code == 422


@pytest.mark.parametrize("query", ["", "?tu=2026-01-01&den=2026-06-30", "?den=2025-01-01&tu=2026-12-01", "?tu=x&noi=99"])
def test_figures_are_a_page_and_files_that_agree(client: Client, query: str) -> None:
    many(120)
    client.sign_in("leader")
    shown = client.get(f"{REGISTER}/so-lieu{query}")
    book = load_workbook(io.BytesIO(client.get(f"{REGISTER}/so-huong-dan.xlsx{query}").data))
    lines, figures = (list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book.worksheets)
    text = " ".join(shown.text.split())
    assert f"{figures[0][2]} người được hướng dẫn → {figures[0][3]} người đã nộp" in text
    assert (len(lines), sum(1 for line in lines if line[9])) == (figures[0][2], figures[0][3])
    rows = client.get(f"{REGISTER}/so-huong-dan.csv{query}").text.splitlines()
    assert len(rows) == len(lines) + 1
    for title in ("Theo nơi", "Theo thủ tục", "Theo tháng", "Vì sao chưa nộp"):
        assert title in text
        assert any(row[0] == title for row in figures)


def test_an_export_runs_nothing(client: Client) -> None:
    actions.note(Help(day=make.TUESDAY, office_id=1), Outcome(reason="other", sentence="=HYPERLINK(1)"), 0)
    client.sign_in("secretary")
    assert "'=HYPERLINK(1)" in client.get(f"{REGISTER}/so-huong-dan.csv").text
    book = load_workbook(io.BytesIO(client.get(f"{REGISTER}/so-huong-dan.xlsx").data))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "inlineStr", "d", "n"}


def test_the_register_costs_few_queries_however_long(client: Client, travel: time_machine.Traveller) -> None:
    many(200)
    client.sign_in("counter")
    client.get(f"{REGISTER}/")
    for address, most in (
        (f"{REGISTER}/", 8),
        (f"{REGISTER}/so-lieu", 5),
        (f"{REGISTER}/7", 5),
        (f"{REGISTER}/so-huong-dan.csv", 5),
    ):
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= most, (address, seen)
    lines = [page(client.get(f"{REGISTER}/?trang={number}")).links() for number in (1, 2, 3, 4, 5)]
    seen_lines = {link for links in lines for link in links if link.removeprefix(f"{REGISTER}/").isdigit()}
    assert len(seen_lines) == 200
    travel.shift(timedelta(days=40))
    client.sign_in("counter")
    assert "Chưa có dòng nào trong tháng này" in client.get(f"{REGISTER}/").text
