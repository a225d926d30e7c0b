"""Kept pages: always true, whoever wrote and wherever; and nobody's own is on them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import audit, kept
from app.db import db, transaction
from app.meetings import actions
from app.meetings.models import Meeting, Question, SignUp
from app.questions import actions as questions
from tests import races
from tests.meetings import make
from tests.page import Client, count_queries, page
from tests.questions import make as asking

PAGE, LIST = "/thu-bay/2026-12-05", "/thu-bay/2026-12-05/cau-hoi"
KEPT = (PAGE, LIST, "/so-loi-hen", "/so-lieu")
OWN = ("csrf_token", "request_key")


def visitor(app: Flask) -> Client:
    return Client(app, app.response_class)


def own_of(text: str) -> set[str]:
    """Values of the hidden fields that are a visitor's alone."""
    found = {name: re.findall(f'name="{name}"[^>]* value="([^"]+)"', text) for name in OWN}
    return {value for values in found.values() for value in values}


def without(text: str) -> str:
    for value in own_of(text):
        text = text.replace(value, "~")
    return text


@pytest.mark.parametrize("path", KEPT)
def test_the_second_visitor_gets_the_page_with_tokens_of_their_own(app: Flask, meeting: Meeting, path: str) -> None:
    asking.question(meeting)
    pages = []
    for most in (9, 1, 1):
        with count_queries() as seen:
            pages.append(visitor(app).get(path).text)
        assert len(seen) <= most
    assert len({without(text) for text in pages}) == 1
    first, second, third = map(own_of, pages)
    assert first & second == second & third == first & third == set()
    assert len(first) == len(second) == len(third) == (0 if path.startswith("/so-") else 2)


@pytest.mark.parametrize("path", ["/so-loi-hen", "/so-lieu"])
def test_a_page_without_a_form_sets_no_cookie(app: Flask, meeting: Meeting, path: str) -> None:
    assert [visitor(app).get(path).headers.get("Set-Cookie") for _visit in range(2)] == [None, None]


def test_the_forms_of_a_kept_page_work_and_a_stranger_s_seat_stays_theirs(app: Flask, meeting: Meeting) -> None:
    """With one key for all, who types another's phone would be shown that one's place as if they had pressed twice."""
    typed = {"name": "Xay xát", "contact": "Lợi", "phone": "0912345678"}
    first, second = visitor(app), visitor(app)
    pages = [one.get(PAGE) for one in (first, second)]
    assert first.submit(pages[0], typed, action=PAGE).status_code == 303
    assert first.submit(pages[0], typed, action=PAGE).status_code == 303  # pressed twice
    taken = second.submit(pages[1], typed, action=PAGE)
    assert taken.status_code == 422
    assert "TB-" not in taken.text
    assert second.submit(pages[1], typed | {"phone": "0912345679"}, action=PAGE).status_code == 303


def test_who_holds_a_place_or_is_an_officer_leaves_no_trace(app: Flask, meeting: Meeting) -> None:
    row, officer, holder = make.sign_up(meeting), visitor(app), visitor(app)
    officer.sign_in("secretary")
    with holder.session_transaction() as cookie:
        cookie["open"] = [row.code]
    for path in KEPT:
        texts = [without(one.get(path).text) for one in (officer, holder, visitor(app))]
        assert texts[0] == texts[1] == texts[2]
        assert row.code not in texts[0]


def test_english_and_vietnamese_are_kept_apart(app: Flask, meeting: Meeting) -> None:
    for path in KEPT:
        for _visit in range(2):
            assert 'lang="vi"' in visitor(app).get(path).text[:200]
            assert 'lang="en"' in visitor(app).get("/en" + path).text[:200]


ACTS: dict[str, Callable[[Meeting], object]] = {
    "a seat": lambda meeting: make.sign_up(meeting, 7),
    "a seat given up": lambda meeting: actions.give_up(seat_of(meeting)),
    "a question": lambda meeting: asking.question(meeting, 8),
    "a question shown": lambda meeting: asking.shown(meeting, 9),
    "one more": lambda meeting: questions.me_too(shown_of(meeting), "+84913000999"),
}


def seat_of(meeting: Meeting) -> str:
    return db.session.scalars(sa.select(SignUp.code).where(SignUp.meeting_id == meeting.id)).first() or ""


def shown_of(meeting: Meeting) -> int:
    return db.session.scalars(sa.select(Question.id).where(Question.shown_at.is_not(None))).first() or 0


@pytest.mark.parametrize("act", ACTS)
def test_what_anybody_does_shows_at_once(app: Flask, meeting: Meeting, act: str) -> None:
    make.sign_up(meeting, 1)
    asking.shown(meeting, 2)
    client, path = visitor(app), LIST if act in {"a question shown", "one more"} else PAGE
    before = [without(client.get(path).text) for _visit in range(2)]
    assert before[0] == before[1]
    ACTS[act](meeting)
    assert without(client.get(path).text) != before[0]


def test_another_process_signs_up_and_this_one_shows_it(app: Flask, meeting: Meeting) -> None:
    client = visitor(app)
    free = meeting.free
    assert f"Còn {free} trong" in client.get(PAGE).text.replace("\xa0", " ")
    meeting_id = meeting.id
    races.run(app, 2, lambda worker: actions.sign_up(meeting_id, make.applicant(worker + 1)).id)
    assert f"Còn {free - 2} trong" in client.get(PAGE).text.replace("\xa0", " ")


def test_of_two_acts_at_once_the_later_commit_is_seen_whatever_its_number(app: Flask) -> None:
    """The youngest number stays; a lower one turns up below it."""
    with transaction() as session:
        session.add_all(line(number) for number in (1, 3))
    before = audit.stamp()
    with transaction() as session:
        session.add(line(2))
    assert audit.stamp() != before


def line(number: int) -> audit.Audit:
    return audit.Audit(id=number, at=datetime.fromisoformat("2026-11-24T02:00+00:00"), actor="system", act="x", about="x")


def test_the_minute_s_end_and_errors(app: Flask, meeting: Meeting, travel: time_machine.Traveller) -> None:
    client = visitor(app)
    travel.move_to(meeting.questions_until - timedelta(seconds=1))
    assert "Hỏi trước, đến hết" in client.get(PAGE).text
    travel.shift(1)
    assert "Vẫn hỏi được:" in client.get(PAGE).text
    for _visit in range(2):
        assert client.get("/thu-bay/2026-12-06").status_code == 404
    answer = client.submit(client.get(PAGE), {"name": " ", "contact": "", "phone": ""}, action=PAGE)
    assert answer.status_code == 422
    assert page(client.get(PAGE)).form(action=PAGE, having="contact").values()["contact"] == [""]


def test_only_so_many_pages_are_kept(app: Flask, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", 3)
    for number in range(5):
        visitor(app).get(f"/so-lieu?x={number}")
    assert len(kept._pages) == 3
