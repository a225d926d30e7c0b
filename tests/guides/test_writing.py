"""Versions that never change, decisions that come due, two writers at once; what a database refuses whoever asks."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import clock
from app.db import db
from app.guides import articles, rules, writing
from app.guides.models import Article, ArticleRelease, ArticleVersion
from app.guides.writing import Words
from app.refusal import Refusal
from tests import make, races


@pytest.fixture(autouse=True)
def travel(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.local("2026-12-01T10:00"), tick=False) as clock_at:
        yield clock_at


def words(body: str = "Một", **facts: str) -> Words:
    return Words(facts.pop("title", "Chụp giấy tờ"), body, **facts)


def guide(body: str = "Một", **facts: str) -> Article:
    return writing.begin("guide", words(body, **facts), 0)


def public(slug: str = "chup-giay-to") -> str | None:
    shown = articles.shown("guide", slug, clock.now())
    return shown.version.body if shown else None


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_nothing_is_public_before_it_is_published() -> None:
    article = guide()
    assert public() is None
    writing.publish(article.id, 1, None, 0)
    assert public() == "Một"
    writing.save(article.id, words("Hai"), 1, 0)
    assert public() == "Một"  # saving does not publish
    writing.publish(article.id, 2, None, 0)
    assert public() == "Hai"
    assert [one.number for one in articles.versions(article.id)] == [2, 1]


def test_from_a_day_on(travel: time_machine.Traveller) -> None:
    article = guide()
    writing.publish(article.id, 1, None, 0)
    writing.save(article.id, words("Hai"), 1, 0)
    writing.publish(article.id, 2, date(2026, 12, 4), 0)
    assert public() == "Một"
    travel.move_to(make.local("2026-12-03T23:59"))
    assert public() == "Một"
    travel.move_to(make.local("2026-12-04T00:00"))
    assert public() == "Hai"


def test_a_later_decision_undoes_an_earlier_one_before_its_day(travel: time_machine.Traveller) -> None:
    article = guide()
    writing.publish(article.id, 1, date(2026, 12, 4), 0)
    assert articles.desk(article.id, clock.now()).waiting.number == 1
    writing.withdraw(article.id, 0)
    travel.move_to(make.local("2026-12-10T08:00"))
    assert public() is None
    desk = articles.desk(article.id, clock.now())
    assert desk.waiting is None
    assert desk.shown is None


def test_withdrawn_and_back() -> None:
    article = guide()
    writing.publish(article.id, 1, None, 0)
    writing.withdraw(article.id, 0)
    writing.withdraw(article.id, 0)
    assert public() is None
    writing.publish(article.id, 1, None, 0)
    assert public() == "Một"
    assert count(ArticleRelease) == 3


def test_the_same_decision_twice_is_one(travel: time_machine.Traveller) -> None:
    article = guide()
    for _press in range(2):
        writing.publish(article.id, 1, date(2026, 12, 4), 0)
    assert count(ArticleRelease) == 1
    for _press in range(2):
        writing.publish(article.id, 1, None, 0)
        travel.shift(timedelta(seconds=3))
    assert count(ArticleRelease) == 2


@pytest.mark.parametrize(("day", "sentence"), [(date(2026, 11, 30), "đã qua"), (date(2028, 1, 1), "xa quá")])
def test_days_that_are_refused(day: date, sentence: str) -> None:
    article = guide()
    with pytest.raises(Refusal, match=sentence):
        writing.publish(article.id, 1, day, 0)
    with pytest.raises(Refusal, match="Không có bản này"):
        writing.publish(article.id, 2, None, 0)
    assert count(ArticleRelease) == 0


def test_restoring_says_the_old_again_as_a_new_version() -> None:
    article = guide("Một", title_en="Pictures", summary="Rõ")
    writing.save(article.id, words("Hai"), 1, 0)
    for _press in range(2):
        writing.restore(article.id, 1, 0)
    versions = articles.versions(article.id)
    assert [(one.number, one.body, one.restored) for one in versions] == [(3, "Một", 1), (2, "Hai", None), (1, "Một", None)]
    assert writing.words_of(versions[0]) == writing.words_of(versions[2])


def test_a_form_pressed_twice_saves_once_and_an_unchanged_one_not_at_all() -> None:
    first = writing.begin("news", words(), 0, "key-1")
    assert writing.begin("news", words(), 0, "key-1").id == first.id
    for _press in range(2):
        writing.save(first.id, words("Hai"), 1, 0, "key-2")
    writing.save(first.id, words("Hai"), 2, 0, "key-3")
    assert count(Article) == 1
    assert count(ArticleVersion) == 2


def test_addresses_come_from_titles_stay_and_differ() -> None:
    slugs = [guide(title=title).slug for title in ("Tờ rơi", "Đăng ký: khai sinh!", "ĐĂNG KÝ khai sinh", "???", "dài " * 30)]
    assert slugs == ["to-roi-2", "dang-ky-khai-sinh", "dang-ky-khai-sinh-2", "bai-viet", ("dai-" * 15)[:-1]]
    article = guide(title="Tên cũ")
    writing.save(article.id, words(title="Tên mới"), 1, 0)
    assert db.session.get_one(Article, article.id).slug == "ten-cu"


def test_the_second_of_two_writers_is_told() -> None:
    article = guide()
    writing.save(article.id, words("Hai"), 1, 0)
    with pytest.raises(rules.Overtaken):
        writing.save(article.id, words("Ba"), 1, 0)
    assert articles.desk(article.id, clock.now()).version.body == "Hai"


def test_of_many_writers_at_once_one_saves(app: Flask) -> None:
    article = guide()

    def save(number: int) -> str:
        try:
            writing.save(article.id, words(f"Bản {number}"), 1, 0)
        except rules.Overtaken:
            return "overtaken"
        return "saved"

    assert sorted(races.run(app, 4, save)) == ["overtaken"] * 3 + ["saved"]
    assert [one.number for one in articles.versions(article.id)] == [2, 1]


@pytest.mark.parametrize("table", ["article_version", "article_release", "guided_outcome"])
def test_the_database_refuses_to_change_history(app: Flask, table: str) -> None:
    article = guide()
    writing.publish(article.id, 1, None, 0)
    db.session.rollback()
    make.office()
    column = {"article_version": "body", "article_release": "from_at", "guided_outcome": "sentence"}[table]
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO guided_filing (id, day, office_id, channel, account, sign_in, filing, look_up, leaflet, recorded_at,"
                " request_key, sample) VALUES (1, '2026-12-01', 1, 'counter', false, false, false, false, false,"
                " '2026-12-01', 'k', false)"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO guided_outcome (id, guided_id, code, reason, sentence, recorded_at)"
                " VALUES (1, 1, '', 'counter', '', '2026-12-01')"
            )
        )
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_news_come_in_pages_the_youngest_first() -> None:
    for number in range(30):
        article = writing.begin("news", words(title=f"Tin {number}"), 0)
        writing.publish(article.id, 1, None, 0)
    rows, more = articles.news(clock.now())
    assert len(rows) == articles.NEWS
    assert more
    assert [one.version.title for one in rows][:2] == ["Tin 29", "Tin 28"]
    rest, more = articles.news(clock.now(), 2)
    assert len(rest) == 10
    assert not more


def test_news_keep_their_day_when_corrected(travel: time_machine.Traveller) -> None:
    old = writing.begin("news", words(title="Cũ"), 0)
    writing.publish(old.id, 1, None, 0)
    travel.shift(timedelta(days=1))
    new = writing.begin("news", words(title="Mới"), 0)
    writing.publish(new.id, 1, None, 0)
    travel.shift(timedelta(days=1))
    writing.save(old.id, words("Đã sửa", title="Cũ"), 1, 0)
    writing.publish(old.id, 2, None, 0)
    (first, second), _more = articles.news(clock.now())
    assert (first.version.title, second.version.title) == ("Mới", "Cũ")
    assert second.first_at == make.local("2026-12-01T10:00")
    assert second.since == make.local("2026-12-03T10:00")
