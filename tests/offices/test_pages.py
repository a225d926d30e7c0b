"""All procedures, the search, and one procedure."""

from typing import Any

import pytest
from flask import Flask

from app import demo_offices
from app.db import transaction
from app.offices import actions, queries
from app.offices.models import Procedure
from tests import make
from tests.page import Client, count_queries, page


@pytest.fixture
def demo(app: Flask) -> None:
    demo_offices.fill()


def edit(code: str, **facts: Any) -> None:
    with transaction() as session:
        row = session.query(Procedure).filter_by(code=code).one()
        for name, value in facts.items():
            setattr(row, name, value)
        actions.changed(session)


def rows(answer: Any) -> list[str]:
    return [link.words for link in page(answer).all("a") if link.attrs.get("class") == "row-link"]


def test_all_procedures_stand_by_field(client: Client, demo: None) -> None:
    answer = client.get("/thu-tuc")
    assert len(rows(answer)) == 55
    fields = [heading.words for heading in page(answer).all("h2")]
    assert fields[:3] == ["Hộ tịch", "Nuôi con nuôi", "Chứng thực"]
    assert len(fields) == len(set(fields))


@pytest.mark.parametrize(
    "query", ["khai sinh", "dang ky khai sinh", "Ðăng ký khai sinh", "giấy kêu khai sanh", "làm khai sinh cho con"]
)
def test_a_search_finds_however_it_is_typed(client: Client, demo: None, query: str) -> None:
    assert rows(client.get("/thu-tuc", query_string={"q": query}))[0].startswith("Đăng ký khai sinh")


def test_nothing_found_says_so_and_gives_the_phone(client: Client, demo: None) -> None:
    answer = client.get("/thu-tuc", query_string={"q": "bay lên < %s"})
    text = page(answer).all("main")[0].words
    assert answer.status_code == 200
    assert rows(answer) == []
    assert "Không thấy thủ tục nào có “bay lên < %s”" in text
    assert client.application.config["SITE_PHONE"] in text


@pytest.mark.parametrize(
    "query",
    ["", "+", "%00", "%FF%FE", "%ED%A0%80", "a" * 3000, "';DROP+TABLE", "%F0%9F%98%80", "%", "e%CC%82" * 300, "%E2%80%AE"],
)
def test_any_search_is_answered(client: Client, demo: None, query: str) -> None:
    assert client.get(f"/thu-tuc?q={query}").status_code == 200


def test_an_empty_catalogue_has_a_page_too(client: Client) -> None:
    assert "chưa được nhập" in client.get("/thu-tuc").get_data(as_text=True)


def test_one_procedure_has_its_facts_papers_and_ways(client: Client, demo: None) -> None:
    answer = client.get("/thu-tuc/1.001193")
    shown = page(answer)
    facts = dict(zip([dt.words for dt in shown.all("dt")], [dd.words for dd in shown.all("dd")], strict=True))
    assert facts["Tại quầy"] == "20 phút"
    assert facts["Nhận kết quả"] == "Trong ngàynộp sau 15:00: ngày làm việc kế tiếp"
    assert facts["Lệ phí"] == "Miễn phí"
    assert facts["Nơi làm"].startswith("8 nơi")
    assert len([box for box in shown.all("input") if box.attrs.get("type") == "checkbox"]) == 5
    assert "chỉ cho xem" in [tag.words for tag in shown.all("i")]
    assert "/dat-hen/1.001193" in shown.links()
    assert "/dat-hen/huong-dan" in shown.links()


@pytest.mark.parametrize(
    ("code", "duration"),
    [("1.004222", "7 ngày làm việc"), ("2.002481", "2,5 ngày làm việc"), ("1.013225", "15 ngày"), ("2.000635", "Trong ngày")],
)
def test_durations_are_said_in_words(client: Client, demo: None, code: str, duration: str) -> None:
    facts = [dd.words for dd in page(client.get(f"/thu-tuc/{code}")).all("dd")]
    assert facts[1].startswith(duration)


def test_a_fee_is_shown_with_its_note_word_for_word(client: Client, demo: None) -> None:
    text = page(client.get("/thu-tuc/2.000815")).all("main")[0].words
    assert "2.000 đ" in text.replace("\xa0", " ")
    assert queries.catalogue().by_code["2.000815"].fee_note in text
    assert "Hỏi tại quầy" in page(client.get("/thu-tuc/1.013227")).all("main")[0].words


def test_every_procedure_has_a_page_in_both_languages(client: Client, demo: None) -> None:
    for code in queries.catalogue().by_code:
        assert client.get(f"/thu-tuc/{code}").status_code == 200
        assert client.get(f"/en/thu-tuc/{code}").status_code == 200


def test_english_names_are_shown_and_found(client: Client, demo: None) -> None:
    assert page(client.get("/en/thu-tuc/1.001193")).all("h1")[0].words == "Birth registration"
    assert rows(client.get("/en/thu-tuc?q=birth"))[0].startswith("Birth registration")


def test_a_paused_procedure_says_why_and_offers_no_booking(client: Client, demo: None) -> None:
    edit("1.001193", paused_note="Máy in hỏng, nhận lại từ 10/7.")
    answer = client.get("/thu-tuc/1.001193")
    assert "Máy in hỏng, nhận lại từ 10/7." in answer.get_data(as_text=True)
    assert "/dat-hen/1.001193" not in page(answer).links()
    assert any("đang tạm ngưng" in row for row in rows(client.get("/thu-tuc")))


def test_a_procedure_nobody_serves_offers_no_booking(client: Client, app: Flask) -> None:
    with transaction() as session:
        make.procedure(session)
        actions.changed(session)
    answer = client.get(f"/thu-tuc/{make.BIRTH}")
    assert "Chưa nhận hẹn cho thủ tục này" in answer.get_data(as_text=True)
    assert not [link for link in page(answer).links() if link.startswith("/dat-hen")]


def test_no_online_form_no_online_way(client: Client, demo: None) -> None:
    assert "Nộp trực tuyến" not in page(client.get("/thu-tuc/2.000815")).all("aside")[0].words


def test_the_portals_longer_code_leads_to_the_procedure(client: Client, demo: None) -> None:
    answer = client.get("/thu-tuc/1.001193.000.00.00.H13")
    assert (answer.status_code, answer.location) == (302, "/thu-tuc/1.001193")


@pytest.mark.parametrize("code", ["1.999999", "x", "1.001193x", "%00", "%ff", "..", "1.001180.H17", "a" * 3000])
def test_an_unknown_code_is_not_found(client: Client, demo: None, code: str) -> None:
    assert client.get(f"/thu-tuc/{code}").status_code == 404


@pytest.mark.parametrize("path", ["/thu-tuc", "/thu-tuc?q=khai", "/thu-tuc/1.001193", "/en/thu-tuc/1.004222"])
def test_pages_ask_the_database_once(client: Client, demo: None, path: str) -> None:
    client.get(path)
    with count_queries() as seen:
        client.get(path)
    assert len(seen) == 1
