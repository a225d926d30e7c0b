"""What the letters say and carry, through a real mail server; and that none leaves at night or without consent."""

import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import selfcheck
from app.db import db, transaction
from app.invitations import actions, mailing, messages, queries
from app.invitations.models import Subscriber
from app.meetings.models import Meeting
from app.outbox import actions as outbox
from app.outbox import rendering
from app.outbox.models import Message
from tests.invitations import make
from tests.meetings import make as meetings
from tests.outbox.post import Post
from tests.page import Client


def kinds(post: Post) -> list[str]:
    return sorted(str(one["Subject"]) for one in post.messages)


@pytest.mark.parametrize("house", ["https://hen.example", "https://gap-go-doanh-nghiep.omon.cantho.gov.vn"])
def test_the_headers_of_rfc_8058_arrive_whole(
    app: Flask, meeting: Meeting, mail: Post, client: Client, monkeypatch: pytest.MonkeyPatch, house: str
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", house)
    subscriber = make.subscriber(locale="en")
    mailing.invite()
    outbox.deliver(["email"])
    assert len(mail.messages) == 2  # welcome, and the invitation
    for message, raw in zip(mail.messages, mail.raw, strict=True):
        address = f"{house}/en/thu-moi/{queries.token(subscriber)}/thoi"
        assert message["List-Unsubscribe"] == f"<{address}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in raw  # neither encoded nor folded, however long
        body = message.get_body(("plain",)).get_content()
        assert address in body
    assert client.post(address.removeprefix(house), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert make.again(subscriber).state == "ended"


@pytest.mark.parametrize(
    "headers",
    [
        {"Bcc": "x@example.vn"}, {"List-Unsubscribe": "<https://a>\r\nBcc: x@example.vn"}, {"List-Unsubscribe": "<https://a>\n"},
        {"List-Unsubscribe": "đường"}, {"list-unsubscribe": "<https://a>"}, {"Subject": "x"},
    ],
)  # fmt: skip
def test_no_other_header_can_be_asked_for(app: Flask, headers: dict[str, str]) -> None:
    letter = outbox.Letter(
        about="test:1", kind="x", version=0, template="invitations/welcome", facts={"headers": headers},
        due_at=meetings.schedule.clock.now(),
    )  # fmt: skip
    with pytest.raises(ValueError, match="header"), transaction() as session:
        outbox.post(session, letter, email="a@example.vn", phone="", locale="vi")


def test_no_invitation_leaves_at_night(app: Flask, subscriber: Subscriber, mail: Post, travel: time_machine.Traveller) -> None:
    travel.move_to("2026-11-24T23:00+07:00")
    assert mailing.invite() == 1
    outbox.deliver(["email"])
    assert len(mail.messages) == 1  # the welcome somebody was waiting for
    travel.move_to("2026-11-25T06:59+07:00")
    outbox.deliver(["email"])
    assert len(mail.messages) == 1
    travel.move_to("2026-11-25T07:01+07:00")
    outbox.deliver(["email"])
    assert len(mail.messages) == 2


def test_what_could_not_leave_before_the_list_closed_does_not_leave(
    subscriber: Subscriber, meeting: Meeting, mail: Post, travel: time_machine.Traveller
) -> None:
    mailing.invite()
    travel.move_to(meeting.sign_up_until)
    outbox.deliver(["email"])
    assert [one.state for one in make.letters(kind="invitation")] == ["late"]


def test_whoever_leaves_at_night_gets_nothing_in_the_morning(
    subscriber: Subscriber, mail: Post, travel: time_machine.Traveller
) -> None:
    travel.move_to("2026-11-24T23:00+07:00")
    mailing.invite()
    actions.end(subscriber.id, "one-click")
    travel.move_to("2026-11-25T08:00+07:00")
    outbox.deliver(["email"])
    assert mail.messages == []


def test_letters_only(subscriber: Subscriber, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone number is in the record; the consent is for letters."""
    monkeypatch.setitem(app.config, "SMS_GATEWAY_URL", "http://127.0.0.1:9/")
    mailing.invite()
    assert {one.channel for one in make.letters()} == {"email"}


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_letter_in_both_languages(meeting: Meeting, locale: str, travel: time_machine.Traveller) -> None:
    with transaction() as session:
        row = session.get_one(Meeting, meeting.id)
        row.theme, row.theme_en, row.place_en, row.chair_en = "Thuế cuối năm", "Taxes", "The hall", "The chairman"
    one = make.pending(1, locale=locale, name="<b>Lò & gạch</b>")
    make.subscriber(2, locale=locale, name="<b>Lò & gạch</b>")
    actions.renew(make.by_email("lo2@example.vn").id)
    mailing.invite()
    renewed = make.by_email("lo2@example.vn")
    with transaction() as session:
        told = {"starts_at": meeting.starts_at.isoformat(), "place": "Nhà văn hoá"}
        for number, state in enumerate(("open", "cancelled"), 1):
            row = session.get_one(Meeting, meeting.id)
            row.sequence, row.state, row.cancel_reason = number, state, "Bão số 9"
            messages.changed(session, renewed, row, told)
            row.sequence, row.state = 0, "open"
    seat = meetings.sign_up(meeting, 1, locale=locale, name="<b>Lò & gạch</b>")
    travel.move_to(meeting.ends_at)
    mailing.ask_missed(meeting.id, [seat.id])
    found = db.session.scalars(sa.select(Message).where(Message.template.startswith("invitations/"))).all()
    assert {row.kind for row in found} == {
        "confirm", "welcome", "known", "invitation", "invitation:1", "invitation:2", "missed"
    }  # fmt: skip
    assert one.state == "pending"
    for row in found:
        subject, text, html = rendering.letter(row.template, row.kind, row.facts, row.locale)
        assert 0 < len(subject) < 110
        assert "<b>Lò & gạch</b>" in text
        assert "&lt;b&gt;Lò &amp; gạch&lt;/b&gt;" in html
        assert f'lang="{locale}"' in html
        for part in (subject, text, html):
            assert not re.search(r"None|%\(|\{\{", part)
        root = "https://hen.example/en/" if locale == "en" else "https://hen.example/"
        assert {link for link in re.findall(r"https?://[^\s\"<>]+", text) if not link.startswith(root)} == set()
    (letter,) = [row for row in found if row.kind == "invitation"]
    subject, text, _html = rendering.letter(letter.template, letter.kind, letter.facts, letter.locale)
    for words in ("8:00", "The hall" if locale == "en" else "Hội trường UBND quận Ô Môn"):
        assert words in subject
    assert ("Taxes" if locale == "en" else "Thuế cuối năm") in text


def test_officers_do_not_see_the_links_of_a_letter(client: Client, subscriber: Subscriber) -> None:
    """They would open the subscription, or end it."""
    client.sign_in("counter")
    mailing.invite()
    for letter in make.letters():
        shown = client.get(f"/can-bo/thu/{letter.id}").text
        assert queries.token(subscriber) not in shown
        assert "hen.example/thu-moi/" in shown


def test_the_selfcheck_knows_whom_nothing_stands_for(subscriber: Subscriber, meeting: Meeting, mail: Post) -> None:
    agreed, leaves = (
        "every active subscriber agreed, and has not taken it back",
        "no invitation leaves without a consent that holds",
    )

    def broken() -> dict[str, list[str]]:
        return {one.says: list(one.broken) for one in selfcheck.run() if one.broken and one.says in {agreed, leaves}}

    mailing.invite()
    assert broken() == {}
    outbox.deliver(["email"])
    actions.end(subscriber.id, "page")
    assert broken() == {}  # it left while the consent held
    make.subscriber(2)
    mailing.invite()
    (letter,) = [one for one in make.letters(kind="invitation") if one.state == "waiting"]
    with transaction() as session:
        actions.consent.withdraw(session, letter.about, queries.PURPOSE, "page")
    assert broken() == {agreed: [letter.about], leaves: [f"message:{letter.id}"]}
