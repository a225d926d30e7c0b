"""What people are told, in a browser: guides, news and feed, leaflet, posters; English falls back; nothing hostile runs."""

from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.db import transaction
from app.guides import writing
from app.guides.models import Article
from app.guides.writing import Words
from app.offices import actions as offices
from app.offices.models import Procedure
from app.text import clean
from tests import make
from tests.guides.test_markdown import HOSTILE, faults
from tests.page import Client, count_queries, page

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.local("2026-12-01T10:00"), tick=False) as clock_at:
        yield clock_at


def published(kind: str = "guide", title: str = "Chụp giấy tờ", body: str = "Đủ *bốn góc*.", **facts: str) -> Article:
    article = writing.begin(kind, Words(title, body, **facts), 0)
    writing.publish(article.id, 1, None, 0)
    return article


def test_a_guide_and_news_are_read(client: Client) -> None:
    published(summary="Chụp cho rõ")
    published("news", "Nghỉ trưa", "## Giờ mới\n\n[Đặt hẹn](/thu-tuc)")
    shown = client.get("/huong-dan")
    assert "/huong-dan/chup-giay-to" in page(shown).links()
    assert "<em>bốn góc</em>" in client.get("/huong-dan/chup-giay-to").text
    assert "/tin/nghi-trua" in page(client.get("/tin")).links()
    item = client.get("/tin/nghi-trua").text
    assert "<h2>Giờ mới</h2>" in item
    assert '<time datetime="2026-12-01' in item
    for address in ("/huong-dan/nghi-trua", "/tin/chup-giay-to", "/tin?trang=2", "/huong-dan/khong-co"):
        assert client.get(address).status_code == 404


def test_with_nothing_written_the_pages_say_so(client: Client) -> None:
    assert "Chưa có bài hướng dẫn nào" in client.get("/huong-dan").text
    assert "Chưa có tin nào" in client.get("/tin").text
    assert client.get("/tin.atom").status_code == 200


def test_withdrawn_and_waiting_are_not_there(client: Client) -> None:
    gone, later = published(title="Đã rút"), writing.begin("guide", Words("Sau này", "x"), 0)
    writing.withdraw(gone.id, 0)
    writing.publish(later.id, 1, date(2026, 12, 9), 0)
    text = client.get("/huong-dan").text
    for title, slug in (("Đã rút", "da-rut"), ("Sau này", "sau-nay")):
        assert title not in text
        assert client.get(f"/huong-dan/{slug}").status_code == 404


def test_english_stands_beside_and_falls_back(client: Client) -> None:
    published(title_en="Pictures of papers", body_en="All *four* corners.")
    published(title="Chỉ tiếng Việt")
    shown = client.get("/en/huong-dan/chup-giay-to")
    assert "<h1>Pictures of papers</h1>" in shown.text
    assert '<div class="prose" lang="en"><p>All <em>four</em> corners.' in " ".join(shown.text.split()).replace("> <", "><")
    assert "bốn góc" not in shown.text
    other = client.get("/en/huong-dan/chi-tieng-viet").text
    assert '<h1><span lang="vi">Chỉ tiếng Việt</span></h1>' in other
    assert '<div class="prose" lang="vi">' in other
    assert "no English yet" in other
    assert "Pictures of papers" in client.get("/en/huong-dan").text


def test_hostile_words_are_only_words(app: Flask) -> None:
    """Through the whole house: what was kept stands on the page, and nothing of it can run."""
    reader = FlaskClient(app, app.response_class)  # no proof-reader: such words are not what pages should say
    article = published(
        title="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>", body=clean("\n\n".join(HOSTILE))
    )
    text = reader.get(f"/huong-dan/{article.slug}").text
    prose = text.partition('<div class="prose"')[2].partition("</main>")[0]
    assert "alert(1)" in prose  # as words
    assert faults(prose.partition(">")[2].replace("</div>", "")) == []
    for address in ("/huong-dan", f"/huong-dan/{article.slug}"):
        text = reader.get(address).text
        assert "<script>alert" not in text
        assert "<img" not in text


def test_the_feed_is_valid_atom(client: Client, travel: time_machine.Traveller) -> None:
    first = published("news", "Tin một", "Chữ **đậm** & <b>", title_en="First", body_en="Words")
    travel.move_to(make.local("2026-12-02T08:00"))
    published("news", "Tin hai")
    writing.save(first.id, Words("Tin một", "Sửa", "", "First"), 1, 0)
    travel.move_to(make.local("2026-12-03T08:00"))
    writing.publish(first.id, 2, None, 0)
    with count_queries() as seen:
        answer = client.get("/tin.atom")
    assert len(seen) == 1
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert [one.text for one in feed.findall("a:entry/a:title", ATOM)] == ["Tin hai", "Tin một"]
    ids = [one.text for one in feed.findall("a:entry/a:id", ATOM)]
    assert ids == ["https://hen.example/tin/tin-hai", "https://hen.example/tin/tin-mot"]
    for entry in feed.findall("a:entry", ATOM):
        assert {entry.find(f"a:{name}", ATOM) is not None for name in ("id", "title", "updated", "author/a:name")} == {True}
    second = feed.findall("a:entry", ATOM)[1]
    assert second.find("a:published", ATOM).text == "2026-12-01T03:00:00+00:00"
    assert second.find("a:updated", ATOM).text == feed.find("a:updated", ATOM).text == "2026-12-03T01:00:00+00:00"
    assert second.find("a:content", ATOM).text == "Sửa"
    assert feed.find("a:link[@rel='self']", ATOM).attrib["href"] == "https://hen.example/tin.atom"
    assert client.get("/tin.atom", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    english = ElementTree.fromstring(client.get("/en/tin.atom").data)
    assert [one.text for one in english.findall("a:entry/a:title", ATOM)] == ["Tin hai", "First"]
    assert [one.text for one in english.findall("a:entry/a:id", ATOM)] == ids


def test_pages_cost_few_queries_however_much_is_written(client: Client) -> None:
    for number in range(40):
        published("guide", f"Bài {number}")
        published("news", f"Tin {number}")
    make.office()
    for address in ("/huong-dan", "/huong-dan/bai-3", "/tin", "/tin?trang=2", "/tin/tin-3", "/huong-dan/to-roi"):
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= 1, address
    client.get("/thu-tuc/1.001193/to-dan")
    with count_queries() as seen:
        client.get("/thu-tuc/1.001193/to-dan")
    assert len(seen) == 1


def test_the_leaflet_and_the_poster(client: Client) -> None:
    make.office()
    leaflet = client.get("/huong-dan/to-roi")
    assert len(page(leaflet).all("li")) == 5
    assert "hen.example/huong-dan" in leaflet.text
    poster = client.get("/thu-tuc/1.001193/to-dan").text
    for words in ("Đăng ký khai sinh", "Giấy chứng sinh", "nộp bản chính", "hen.example", "/thu-tuc/1.001193", "Miễn phí"):
        assert words in poster
    assert client.get("/thu-tuc/9.999999/to-dan").status_code == 404


def test_you_need_not_come_is_said_where_it_is_true(client: Client) -> None:
    make.office(procedures={make.BIRTH: 20, "1.000656": 20})
    with transaction() as session:
        session.query(Procedure).filter_by(code=make.BIRTH).one().online_url = "https://dichvucong.gov.vn/x"
        offices.changed(session)
    shown = page(client.get(f"/thu-tuc/{make.BIRTH}"))
    assert "https://dichvucong.gov.vn/x" in shown.links()
    assert any("Không cần đến" in text for text in shown.texts)
    assert f"/thu-tuc/{make.BIRTH}/to-dan" in shown.links()
    assert "Không cần đến." in client.get(f"/thu-tuc/{make.BIRTH}/to-dan").text
    assert not any("Không cần đến" in text for text in page(client.get("/thu-tuc/1.000656")).texts)
    assert "Không cần đến." not in client.get("/thu-tuc/1.000656/to-dan").text


def test_every_page_leads_there(client: Client) -> None:
    links = page(client.get("/")).links()
    assert {"/huong-dan", "/tin"} <= set(links)
