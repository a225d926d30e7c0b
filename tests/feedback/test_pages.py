"""By the link: a look changes nothing, one answer per event, changed for a week, and never joined to a person."""

import base64
import re
import zlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import retention, survey
from app.audit import Audit
from app.db import db
from app.feedback import actions, queries
from app.offices.catalogue import Office
from app.refusal import Refusal
from tests import limits, world
from tests.feedback import make
from tests.page import Client, count_queries, page


def address(**facts: str) -> str:
    return f"/khao-sat/{make.token(**facts)}"


def test_a_look_answers_nothing(office: Office, client: Client) -> None:
    """As a mail program does that follows every link; nor does HEAD."""
    before = world.rows()
    shown = client.get(address())
    client.head(address())
    assert client.get(address() + "?choice=good").status_code == 200
    assert world.rows() == before
    assert [button.attrs["value"] for button in page(shown).all("button") if "face" in button.attrs.get("class", "")] == [
        "good",
        "fair",
        "poor",
    ]
    assert 'content="noindex"' in shown.text


@pytest.mark.parametrize("subject", survey.SUBJECTS)
def test_one_press_and_then_a_sentence(office: Office, client: Client, subject: str) -> None:
    link = address(subject=subject)
    assert client.submit(link, {"choice": "good"}).status_code == 303
    shown = client.get(link)
    assert "Đã ghi: Hài lòng. Cảm ơn bạn." in shown.text
    assert client.submit(shown, {"choice": "fair", "words": "  Chỗ gửi xe\tchật. "}).status_code == 303
    (row,) = make.rows()
    assert (row.subject, row.answer, row.words, row.kiosk, row.linked) == (subject, "fair", "Chỗ gửi xe\tchật.", False, True)
    assert row.office_id == (None if subject == "meeting" else office.id)


def test_a_button_of_an_old_page_leaves_the_sentence(office: Office, client: Client) -> None:
    first = client.get(address())
    actions.answer(make.event(), "poor", "Đợi lâu.")
    client.submit(first, {"choice": "good"})
    client.submit(first, {"choice": "good"})
    assert [(row.answer, row.words) for row in make.rows()] == [("good", "Đợi lâu.")]


@pytest.mark.parametrize("answer", ["", "rất tốt", None, "good\x00"])
def test_only_three_answers(office: Office, client: Client, answer: str | None) -> None:
    refused = client.submit(address(), {"choice": answer})
    assert (refused.status_code, make.rows()) == (422, [])
    assert "Chọn một trong ba câu trả lời." in refused.text


def test_a_long_sentence_comes_back(office: Office, client: Client) -> None:
    actions.answer(make.event(), "good")
    refused = client.submit(address(), {"words": "x" * 501})
    assert refused.status_code == 422
    assert "x" * 501 in refused.text
    assert make.rows()[0].words == ""


def test_changeable_for_a_week(office: Office, client: Client, travel: time_machine.Traveller) -> None:
    shown = client.submit(address(), {"choice": "good"})
    travel.shift(timedelta(days=7))
    shown = client.get(address())
    assert client.submit(shown, {"choice": "poor"}).status_code == 303
    shown = client.get(address())
    travel.shift(timedelta(days=1))
    refused = client.submit(shown, {"choice": "good"})
    assert refused.status_code == 422
    assert "Đã quá 7 ngày" in refused.text
    assert "Bạn đã trả lời: Chưa được." in client.get(address()).text
    assert [row.answer for row in make.rows()] == ["poor"]


def test_answered_within_thirty_days_or_not_at_all(office: Office, client: Client, travel: time_machine.Traveller) -> None:
    link, late = address(), address(code="TA-000-000-001")
    shown = client.get(late)
    travel.shift(timedelta(days=29))
    assert client.submit(link, {"choice": "good"}).status_code == 303
    travel.shift(timedelta(days=1))
    assert "Đã quá 30 ngày" in client.get(late).text
    assert client.submit(shown, {"choice": "good"}).status_code == 422
    assert len(make.rows()) == 1
    assert make.token() == ""


@pytest.mark.parametrize("spoilt", ["cut short", "one letter changed", "of a screen", "nonsense"])
def test_a_link_that_is_not_ours(office: Office, client: Client, spoilt: str) -> None:
    token = make.token()
    screen = make.screen().partition("?t=")[2]
    other = {
        "cut short": token[:-1],
        "one letter changed": ("X" if token[0] != "X" else "Y") + token[1:],
        "of a screen": screen,
        "nonsense": "x",
    }
    for method in ("GET", "POST"):
        assert client.open(f"/khao-sat/{other[spoilt]}", method=method, data={"choice": "good"}).status_code == 404


def test_a_new_secret_opens_no_event_twice(app: Flask, office: Office) -> None:
    link = make.event()
    actions.answer(link, "good")
    with make.secret(app, "new", app.config["SECRET_KEY"]):
        assert make.event() == link
        actions.answer(make.event(), "fair")
        assert [row.answer for row in make.rows()] == ["fair"]
    with make.secret(app, "new"):
        assert make.event().digest != link.digest


# -- apart from identity ----------------------------------------------------------------------------------------------


def test_no_column_leads_to_anybody(app: Flask, office: Office, client: Client) -> None:
    """Neither the code nor what the link says of it stands in the row; the database alone cannot lay one beside the other."""
    token = make.token()
    client.submit(f"/khao-sat/{token}", {"choice": "good"})
    (row,) = world.rows()["survey_answer"]
    told = make.event().digest
    held = [make.CODE, make.CODE.replace("-", ""), told, token, "2026-12-01", "19:00"]
    assert [word for word in held if word in row] == []
    with make.secret(app, "of somebody else"):
        assert queries.seal_of(make.event()) not in row
        assert survey.digest("seal", told) not in row
    assert queries.seal_of(make.event()) in row  # the control: with the secret, and only within 30 days


def test_the_link_says_what_and_never_whose(office: Office) -> None:
    body = make.token().rsplit(".", 1)[0].lstrip(".") + "=="
    read = base64.urlsafe_b64decode(body)
    text = (zlib.decompress(read) if make.token().startswith(".") else read).decode("unicode_escape")
    assert "visit" in text
    assert make.CODE not in text
    assert not re.search(r"TA-\d{3}", text)


def test_the_act_leaves_no_moment(office: Office, client: Client) -> None:
    client.submit(address(), {"choice": "good"})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Audit)) == 0


def test_after_thirty_days_nobody_can_tell(office: Office, travel: time_machine.Traveller) -> None:
    link = make.event()
    actions.answer(link, "good", "Tốt.")
    travel.shift(timedelta(days=30))
    retention.run()
    assert queries.seal_of(link) in {row.seal for row in make.rows()}
    travel.shift(timedelta(days=1))
    retention.run()
    (row,) = make.rows()
    assert (row.seal != queries.seal_of(link), row.linked, row.words) == (True, False, "Tốt.")
    with pytest.raises(Refusal):  # and nobody answers a second time
        actions.answer(link, "poor")
    travel.shift(timedelta(days=340))
    retention.run()
    assert [(row.words, row.answer) for row in make.rows()] == [("", "good")]


# -- house rules ------------------------------------------------------------------------------------------------------


def test_few_queries(office: Office, client: Client) -> None:
    make.stored(400)
    actions.answer(make.event(), "good", "Tốt.")
    link = address()
    client.get(link)
    with count_queries() as seen:
        client.get(link)
    assert len(seen) <= 3, seen


def test_a_flood_is_stopped(app: Flask, office: Office) -> None:
    link = address()
    with limits.limited(app) as client:
        assert [client.post(link).status_code for _ in range(31)] == [422] * 30 + [429]


def test_in_english(office: Office, client: Client) -> None:
    assert "How was your visit?" in client.get(f"/en{address()}").text
    client.submit(f"/en{address()}", {"choice": "fair"})
    assert "Recorded: It was all right. Thank you." in client.get(f"/en{address()}").text
