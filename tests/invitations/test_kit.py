"""The kit: messages that fit, cases that may be told, and paper that names only whom it is for."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.db import transaction
from app.invitations import channels, wording
from app.meetings.models import Meeting, SignUp
from app.promises.models import Promise
from tests.invitations.channel_make import promise, reserved
from tests.meetings import make
from tests.meetings.conftest import TODAY
from tests.page import Client, count_queries, page

KIT = f"/can-bo/thu-bay/{make.SATURDAY.isoformat()}/moi"
NOTHING_TOLD = "Chưa có lời hẹn nào mà người hỏi nói đã gỡ được"


@pytest.fixture
def meeting(app: Flask) -> Iterator[Meeting]:
    with time_machine.travel(TODAY, tick=False):
        made = make.meetings()
        channels.begin()
        yield made


@pytest.fixture
def officer(client: Client, meeting: Meeting) -> Client:
    client.sign_in("secretary")
    return client


def words(client: Client, path: str) -> str:
    return " ".join(page(client.get(path)).texts).replace(" /", "/")


# -- messages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["vi", "en"])
@pytest.mark.parametrize("field", ["", "tax", "fire"])
@pytest.mark.parametrize("longest", [False, True])
def test_messages_fit(app: Flask, meeting: Meeting, locale: str, field: str, longest: bool) -> None:
    address = "https://gap-go-doanh-nghiep.cantho.example/en/m/" + "x" * 20
    case = Promise(what="Đã hướng dẫn một lần đủ hồ sơ" + " và cấp phép" * (60 if longest else 1))
    if longest:
        meeting.place = "Hội trường " * 18
    with app.test_request_context("/en/" if locale == "en" else "/", base_url=f"http://x/{locale if locale == 'en' else ''}"):
        long, short = wording.message(meeting, locale, address, field, [case]), wording.sms(meeting, locale, address, field)
    assert len(long) <= wording.MESSAGE
    assert len(short) <= wording.SMS
    assert short.isascii()
    assert long.endswith(address)
    assert short.endswith(address)
    assert ("và cấp phép" in long) is not longest
    assert "05/12/2026" in short or "5 December 2026" in short


def test_plain_letters_keep_the_words() -> None:
    assert wording.plain("Đặng Ô Môn – “hẹn” đúng giờ…") == 'Dang O Mon - "hen" dung gio...'


# -- cases -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"public": False}, {"verdict": "partly"}, {"verdict": ""}, {"done_on": None, "done_recorded_at": None, "verdict": ""},
        {"withdrawn_on": TODAY.date()},
    ],
)  # fmt: skip
def test_only_what_helped_and_may_be_known_is_told(officer: Client, facts: dict[str, Any]) -> None:
    promise(make.unit().id, what="Việc bí mật", raised="Điều bí mật", **facts)
    for path in (KIT, f"{KIT}/to-dan", f"{KIT}/thu"):
        assert "bí mật" not in officer.get(path).text
    assert NOTHING_TOLD in words(officer, KIT)


def test_cases_are_of_the_chosen_field(officer: Client) -> None:
    unit = make.unit().id
    promise(unit, what="Giãn nộp thuế ba tháng.", field="tax")
    promise(unit, what="Đo lại ranh đất.", field="land")
    for path in (KIT, f"{KIT}/to-dan", f"{KIT}/thu"):
        shown = words(officer, f"{path}?viec=tax")
        assert "Giãn nộp thuế" in shown
        assert "Đo lại ranh" not in shown
    assert "Về việc này chưa có lời hẹn nào" in words(officer, f"{KIT}?viec=fire")
    assert "Đã gỡ" not in words(officer, f"{KIT}?viec=fire")


def test_a_case_names_nobody(officer: Client) -> None:
    promise(make.unit().id, raised_by="Lò gạch Tư Hiếm")
    for path in (KIT, f"{KIT}/to-dan", f"{KIT}/thu"):
        assert "Tư Hiếm" not in officer.get(path).text


# -- the page ----------------------------------------------------------------------------------------------------------


def test_every_link_has_its_address_and_code(officer: Client, meeting: Meeting) -> None:
    make.sign_up(meeting, 1, channel="zalo")
    shown = page(officer.get(f"{KIT}?kenh=zalo&viec=tax"))
    rows = [row.words for row in shown.all("tr")]
    assert any("https://hen.example/m/zalo" in row and row.endswith("1") for row in rows)
    assert len([one for one in shown.all("svg") if one.up("table")]) == len(channels.USUAL)
    copied = {one.attrs["id"]: one.words for one in shown.elements if "data-copy" in one.attrs}
    assert copied["tin-dai"].endswith("https://hen.example/m/zalo")
    assert copied["tin-ngan"].isascii()


def test_without_links_it_invites_all_the_same(app: Flask, client: Client) -> None:
    with time_machine.travel(TODAY, tick=False):
        make.meetings()
        client.sign_in("secretary")
        assert "https://hen.example/thu-bay" in client.get(KIT).text


@pytest.mark.parametrize("query", ["?kenh=khong-co", "?viec=khong-co", "?kenh=%00&viec=" + "x" * 500])
def test_a_choice_that_is_none_is_no_choice(officer: Client, query: str) -> None:
    for path in (KIT, f"{KIT}/to-dan", f"{KIT}/thu"):
        assert officer.get(path + query).status_code == 200


def test_only_published_meetings_are_invited_to(officer: Client, meeting: Meeting) -> None:
    with transaction() as session:
        session.execute(sa.update(Meeting).where(Meeting.id == meeting.id).values(state="cancelled"))
    assert officer.get(KIT).status_code == 404
    assert officer.get("/can-bo/thu-bay/2026-12-06/moi").status_code == 404


# -- paper -------------------------------------------------------------------------------------------------------------


def test_a_letter_to_whom_a_seat_is_kept_for(officer: Client, meeting: Meeting) -> None:
    row = reserved(meeting)
    link = next(link for link in page(officer.get(KIT)).links() if f"cho={row.code}" in link)
    shown = words(officer, link)
    for told in ("Ông/Bà Huỳnh Văn Hiếm, Lò gạch Tư Hiếm", row.code, "Giữ đến 9:00, Chủ nhật 29/11/2026", "hen.example/tra-cuu"):
        assert told in shown.replace("\xa0", " ")
    assert "987" not in shown
    assert "Tư Hiếm" not in words(officer, f"{KIT}/thu")


def test_a_letter_to_nobody_is_not_found(officer: Client, meeting: Meeting) -> None:
    seated = make.sign_up(meeting, 1)
    for code in (seated.code, "TB-000-000-000", "x"):
        assert officer.get(f"{KIT}/thu?cho={code}").status_code == 404


def test_a_poster_carries_the_way_to_come(officer: Client) -> None:
    shown = page(officer.get(f"{KIT}/to-dan?kenh=to-dan&viec=tax"))
    said = " ".join(shown.texts).replace(" /", "/")
    for told in ("hen.example/m/to-dan", "0292 3 000 000", "Thuế, hoá đơn", "Hỏi gì cũng được", "8:00–11:00"):
        assert told in said
    assert "https://" not in said  # typed by hand


@pytest.mark.parametrize("count", [0, 2, 3])
def test_the_score_is_told_from_three_promises_on(officer: Client, count: int) -> None:
    unit = make.unit().id
    for number in range(count):
        promise(unit, verdict="" if number else "yes")
    promise(unit, public=False)
    said = words(officer, f"{KIT}/to-dan")
    assert ("lời hẹn trong 12 tháng" in said) is (count == 3)
    assert ("ai cũng xem được đã làm tới đâu" in said) is (count < 3)


def test_in_english_too(officer: Client, meeting: Meeting) -> None:
    reserved(meeting)
    assert "Held up? Meet the leaders." in words(officer, f"/en{KIT}/to-dan?kenh=cho")
    assert "hen.example/en/m/cho" in words(officer, f"/en{KIT}/to-dan?kenh=cho")
    assert re.search(r"Meet|leaders meet", words(officer, f"/en{KIT}"))


# -- size --------------------------------------------------------------------------------------------------------------


def test_five_queries_whatever_there_is(officer: Client, meeting: Meeting) -> None:
    unit = make.unit().id
    for _number in range(30):
        promise(unit)
    with transaction() as session:
        session.execute(sa.update(Meeting).where(Meeting.id == meeting.id).values(capacity=600, taken=500))
        session.add_all(
            SignUp(code=f"TB-{n}", meeting_id=meeting.id, name="A", search_key="", contact="B", phone=f"+84912{n:06d}", seats=1,
                   state="reserved" if n < 50 else "seated", channel="cho", signed_at=TODAY, reserved_until=TODAY)
            for n in range(500)
        )  # fmt: skip
    for path in (f"{KIT}?kenh=cho&viec=land", f"{KIT}/to-dan?kenh=cho", f"{KIT}/thu?kenh=cho", "/can-bo/thu-bay/duong-moi"):
        with count_queries() as seen:
            assert officer.get(path).status_code == 200
        assert len(seen) <= 5, (path, seen)
    with count_queries() as seen:
        officer.get("/m/cho")
    assert len(seen) <= 3
