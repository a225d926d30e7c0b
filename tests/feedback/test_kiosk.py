"""An office's screen: opened by an officer's link, three buttons, back by itself; strangers post nothing."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.feedback import actions, queries
from app.offices.catalogue import Office
from app.refusal import Conflict
from tests import limits, make
from tests.feedback import make as answers
from tests.page import Client, count_queries, page

SCREEN = f"/khao-sat/tai-quay/{make.PLACE}"


def opened(client: Client) -> Client:
    client.get(answers.screen())
    return client


def test_a_day_at_the_screen(office: Office, client: Client) -> None:
    led = client.get(answers.screen())
    assert (led.status_code, led.location) == (302, SCREEN)  # the link leaves the address
    for choice in ("good", "good", "poor"):
        shown = client.get(SCREEN)
        answer = client.submit(shown, {"choice": choice})
        assert (answer.status_code, answer.location) == (303, f"{SCREEN}/cam-on")
        again = client.submit(shown, {"choice": choice})  # a double click
        assert again.status_code == 303
    thanks = client.get(f"{SCREEN}/cam-on")
    assert f'http-equiv="refresh" content="6; url={SCREEN}"' in thanks.text
    assert sorted(row.answer for row in answers.rows()) == ["good", "good", "poor"]
    assert {(row.kiosk, row.linked, row.subject, row.office_id, row.words) for row in answers.rows()} == {
        (True, False, "visit", office.id, "")
    }


def test_the_screen_comes_back_in_vietnamese(office: Office, client: Client) -> None:
    opened(client)
    assert "How was today?" in client.get(f"/en{SCREEN}").text
    assert client.submit(f"/en{SCREEN}", {"choice": "good"}).location == f"/en{SCREEN}/cam-on"
    assert f"6; url={SCREEN}" in client.get(f"/en{SCREEN}/cam-on").text


def test_a_stranger_posts_nothing(office: Office, client: Client) -> None:
    answers.screen()
    shown = client.get(SCREEN)
    assert "Máy này chưa mở" in shown.text
    assert not [form for form in page(shown).forms if "choice" in form.names()]
    token = page(client.get("/tra-cuu")).form(having="last4").values()["csrf_token"][0]
    refused = client.post(SCREEN, data={"csrf_token": token, "choice": "good", "once": "x"})
    assert (refused.status_code, answers.rows()) == (422, [])


@pytest.mark.parametrize("how", ["closed", "renewed", "forged", "of another office"])
def test_a_link_that_no_longer_holds(app: Flask, office: Office, client: Client, how: str) -> None:
    link = answers.screen()
    other = make.office(slug="khac", letters="KH").by_slug["khac"]
    target = SCREEN
    if how == "closed":
        actions.turn(office.id, False, 1)
    elif how == "renewed":
        answers.screen()
    elif how == "forged":
        link = link[:-2] + ("aa" if link[-2:] != "aa" else "bb")
    else:
        target = f"/khao-sat/tai-quay/{other.slug}"
        link = link.replace(f"/{make.PLACE}?", f"/{other.slug}?")
    client.get(link)
    assert "Máy này chưa mở" in client.get(target).text


def test_a_screen_open_while_its_link_dies(office: Office, client: Client) -> None:
    shown = opened(client).get(SCREEN)
    actions.turn(office.id, False, 1)
    assert client.submit(shown, {"choice": "good"}).status_code == 422
    assert answers.rows() == []


def test_turning_it_twice_is_once_and_the_slower_officer_is_told(office: Office) -> None:
    actions.turn(office.id, True, 0)
    actions.turn(office.id, True, 0)
    row = queries.kiosk(office.id)
    assert row is not None
    assert (row.active, row.version) == (True, 1)
    with pytest.raises(Conflict):
        actions.turn(office.id, False, 0)


def test_officers_open_and_close_it(office: Office, client: Client) -> None:
    client.sign_in("secretary")
    client.submit("/can-bo/y-kien/may-tai-quay", action=make.PLACE)
    shown = client.get("/can-bo/y-kien/may-tai-quay")
    link = next(p.words for p in page(shown).all("p") if p.attrs.get("class") == "link")
    assert "https://hen.example" in link
    client.get(link.removeprefix("https://hen.example"))
    assert client.get(SCREEN).status_code == 200
    close = next(form for form in page(shown).forms if form.values().get("on") == ["0"])
    assert client.post(close.action, data=close.values()).status_code == 303
    assert "Máy này chưa mở" in client.get(SCREEN).text


def test_a_machine_stays_open(office: Office, client: Client, travel: time_machine.Traveller) -> None:
    """Over the longest holidays, and with a page that stood since."""
    shown = opened(client).get(SCREEN)
    travel.shift(timedelta(days=20))
    assert client.submit(shown, {"choice": "good"}).status_code == 303


def test_a_playing_child_is_stopped(app: Flask, office: Office) -> None:
    link = answers.screen()
    with limits.limited(app) as client:
        client.get(link)
        client.get(SCREEN)
        assert [client.post(SCREEN).status_code for _ in range(21)] == [422] * 20 + [429]


def test_few_queries(office: Office, client: Client) -> None:
    opened(client).get(SCREEN)
    with count_queries() as seen:
        client.get(SCREEN)
    assert len(seen) <= 3, seen
