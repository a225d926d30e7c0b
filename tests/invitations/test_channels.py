"""Tracked links: where they lead, what a sign-up keeps of them, and that a printed one never changes."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.audit import Audit
from app.db import db, transaction
from app.invitations import channel_queries, channels
from app.invitations.channels import Link
from app.meetings.channel_models import InviteChannel
from app.meetings.models import Meeting, SignUp
from app.meetings.queries import channel as known
from app.refusal import Refusal
from tests import world
from tests.meetings import make
from tests.meetings.conftest import TODAY
from tests.page import Client, page

MARKET = Link("cho", "Chợ Ô Môn", "Market", "market")
DAY = make.SATURDAY.isoformat()


@pytest.fixture
def meeting(app: Flask) -> Iterator[Meeting]:
    with time_machine.travel(TODAY, tick=False):
        yield make.meetings()


def kept_channels() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(SignUp.channel).order_by(SignUp.id)))


# -- the acts ----------------------------------------------------------------------------------------------------------


def test_the_same_link_sent_twice_is_made_once(app: Flask) -> None:
    assert channels.add(MARKET).id == channels.add(MARKET).id
    assert len(channel_queries.all_with_sign_ups()) == 1
    assert list(db.session.scalars(sa.select(Audit.act))) == ["channel_added"]


def test_an_address_belongs_to_one_link(app: Flask) -> None:
    channels.add(MARKET)
    with pytest.raises(Refusal) as refused:
        channels.add(Link("cho", "Chợ Thới An"))
    assert refused.value.field == "slug"
    assert known("cho").name == "Chợ Ô Môn"


@pytest.mark.parametrize("wrong", [{"slug": "CHO"}, {"slug": ""}, {"slug": "x" * 21}, {"kind": "radio"}])
def test_the_database_refuses_what_is_no_link(app: Flask, wrong: dict[str, str]) -> None:
    with transaction() as session:
        session.add(InviteChannel(**({"slug": "cho", "name": "Chợ"} | wrong)))
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        session.rollback()


def test_the_usual_links_come_beside_those_there_are(app: Flask) -> None:
    channels.add(Link("cho", "Chợ của tôi"))
    channels.begin()
    channels.begin()
    assert {one.slug for one, _count in channel_queries.all_with_sign_ups()} == {usual[0] for usual in channels.USUAL}
    assert known("cho").name == "Chợ của tôi"
    positions = [one.position for one, _count in channel_queries.all_with_sign_ups()]
    assert positions == sorted(set(positions))


def test_a_link_put_away_is_not_offered_and_still_leads_and_counts(client: Client, meeting: Meeting) -> None:
    row = channels.add(MARKET)
    channels.change(row.id, "Chợ cũ", "", False)
    assert channel_queries.in_use(meeting.id) == []
    assert client.get("/m/cho").location == f"/thu-bay/{DAY}?kenh=cho"
    make.sign_up(meeting, channel="cho")
    assert [(one.name, one.slug, count) for one, count in channel_queries.all_with_sign_ups()] == [("Chợ cũ", "cho", 1)]


# -- the short address -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("/m/cho", f"/thu-bay/{DAY}?kenh=cho"),
        ("/m/CHO", f"/thu-bay/{DAY}?kenh=cho"),  # phones begin with a capital
        ("/en/m/cho", f"/en/thu-bay/{DAY}?kenh=cho"),
        ("/m/khong-co", f"/thu-bay/{DAY}"),
        ("/m/%5C%5Cevil.example", f"/thu-bay/{DAY}"),
        ("/m/cho?next=//evil.example&kenh=zalo", f"/thu-bay/{DAY}?kenh=cho"),
    ],
)
def test_it_leads_to_the_next_meeting_and_nowhere_else(client: Client, meeting: Meeting, asked: str, where: str) -> None:
    channels.add(MARKET)
    before = world.rows()
    answer = client.get(asked)
    assert (answer.status_code, answer.location) == (302, where)
    assert client.get(where).status_code == 200
    assert world.rows() == before


def test_without_a_meeting_it_leads_to_the_series(client: Client) -> None:
    channels.add(MARKET)
    assert client.get("/m/cho").location == "/thu-bay"


# -- what a sign-up keeps ----------------------------------------------------------------------------------------------


def sign_up(client: Client, path: str, **facts: str) -> None:
    client.submit(path, {"name": "Lò gạch", "contact": "Hiếm", "phone": "0987 654 321", **facts}, having="phone")


@pytest.mark.parametrize(
    ("query", "kept"),
    [("?kenh=cho", "cho"), ("", ""), ("?kenh=khong-co", ""), ("?kenh=%3Cb%3E", ""), ("?kenh=" + "x" * 21, ""), ("?kenh=CHO", "")],
)
def test_the_way_one_came_goes_along_with_the_form(client: Client, meeting: Meeting, query: str, kept: str) -> None:
    channels.add(MARKET)
    sign_up(client, f"/thu-bay/{DAY}{query}")
    assert kept_channels() == [kept]


def test_a_refused_form_keeps_it(client: Client, meeting: Meeting) -> None:
    channels.add(MARKET)
    answer = client.submit(f"/thu-bay/{DAY}?kenh=cho", {"name": "Lò gạch", "phone": "12"}, having="phone")
    assert answer.status_code == 422
    client.submit(answer, {"contact": "Hiếm", "phone": "0987 654 321"}, having="phone")
    assert kept_channels() == ["cho"]


def test_it_is_dropped_when_written_past_the_form(meeting: Meeting) -> None:
    make.sign_up(meeting, channel="'; DROP TABLE")
    assert kept_channels() == [""]


def test_each_link_shows_what_it_brought_to_this_meeting(meeting: Meeting) -> None:
    channels.begin()
    for number, slug in enumerate(("cho", "cho", "zalo", "")):
        make.sign_up(meeting, number, channel=slug)
    counts = {one.slug: count for one, count in channel_queries.in_use(meeting.id)}
    assert (counts["cho"], counts["zalo"], counts["hoi"]) == (2, 1, 0)
    assert all(count == 0 for _one, count in channel_queries.in_use(meeting.id + 1))


# -- the officers' pages -----------------------------------------------------------------------------------------------


def test_an_officer_adds_renames_and_puts_away(client: Client, meeting: Meeting) -> None:
    client.sign_in("secretary")
    answer = client.submit(
        "/can-bo/thu-bay/duong-moi", {"name": "Chợ Ô Môn", "kind": "market", "slug": "Cho-O-Mon"}, having="slug"
    )
    assert answer.status_code == 303
    row = known("cho-o-mon")
    shown = client.get("/can-bo/thu-bay/duong-moi")
    assert "https://hen.example/m/cho-o-mon" in shown.text
    client.submit(f"/can-bo/thu-bay/duong-moi/{row.id}", {"name": "Chợ mới", "active": None}, having="active")
    db.session.rollback()
    assert (known("cho-o-mon").name, known("cho-o-mon").active) == ("Chợ mới", False)


@pytest.mark.parametrize("slug", ["chợ", "cho o mon", "-cho", "cho--x", "a/b", "..", ""])
def test_a_word_that_is_no_address_is_refused_and_kept_in_the_form(client: Client, meeting: Meeting, slug: str) -> None:
    client.sign_in("secretary")
    answer = client.submit("/can-bo/thu-bay/duong-moi", {"name": "Chợ Ô Môn", "slug": slug}, having="slug")
    assert answer.status_code == 422
    assert page(answer).form(having="slug").values()["name"] == ["Chợ Ô Môn"]


def test_the_usual_links_at_a_press(client: Client, meeting: Meeting) -> None:
    client.sign_in("secretary")
    client.submit("/can-bo/thu-bay/duong-moi", action="thuong-dung")
    assert len(page(client.get("/can-bo/thu-bay/duong-moi")).all("tr")) == 1 + len(channels.USUAL)


def test_a_leader_looks_only(client: Client, meeting: Meeting) -> None:
    channels.begin()
    client.sign_in("leader")
    assert not any("slug" in form.names() for form in page(client.get("/can-bo/thu-bay/duong-moi")).forms)
