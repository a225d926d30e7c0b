"""Opening a booking by its code and the last four digits: for its owner, and for nobody else."""

import logging

import pytest
from flask import Flask

from app import codes
from app.appointments import actions
from app.offices.catalogue import Catalogue
from tests import make
from tests.meetings import make as meetings
from tests.page import Client, count_queries, page

LOOK_UP = "/tra-cuu"


@pytest.fixture
def code(place: Catalogue) -> str:
    return actions.book(place.offices[0], place.procedures[0], make.local("2026-12-01T08:20"), make.person()).code


@pytest.fixture
def seat(app: Flask) -> str:
    return meetings.sign_up(meetings.meetings(), 1, phone="+84912345678").code


def ask(client: Client, code: str, last4: str) -> int:
    return client.submit(LOOK_UP, {"code": code, "last4": last4}, having="last4").status_code


def sentence(client: Client) -> str:
    return " ".join(box.words for box in page(client.last).all("div") if box.attrs.get("role") == "alert")


def test_code_and_digits_open_a_booking(client: Client, code: str) -> None:
    assert ask(client, code, "5678") == 303
    assert client.last.location == f"/hen/{code}"
    assert client.get(client.last.location).status_code == 200


def test_code_and_digits_open_a_seat(client: Client, seat: str) -> None:
    assert ask(client, seat, "5678") == 303
    assert client.last.location == f"/cho/{seat}"
    assert client.get(client.last.location).status_code == 200


@pytest.mark.parametrize("written", [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' ')} "])
def test_however_the_code_is_typed(client: Client, code: str, written: object) -> None:
    assert ask(client, written(code), " 5678 ") == 303  # type: ignore[operator]


def test_in_english(client: Client, code: str) -> None:
    answer = client.submit(f"/en{LOOK_UP}", {"code": code, "last4": "5678"}, having="last4")
    assert answer.location == f"/en/hen/{code}"


def test_an_unknown_code_and_wrong_digits_get_the_same_answer(client: Client, code: str) -> None:
    """Page for page, after what was typed is taken out."""
    shown = set()
    unknown = codes.new("TA"), codes.new("ZZ"), codes.new("TB")
    for typed, last4 in ((code, "4871"), (code, "5679"), *((other, "5678") for other in unknown)):
        assert ask(client, typed, last4) == 422
        form = page(client.last).form(having="last4").values()
        assert (form["code"], form["last4"]) == ([typed], [last4])  # nothing is typed twice
        text = client.last.text
        for typed_in in (typed, last4, form["csrf_token"][0]):
            text = text.replace(typed_in, "")
        shown.add(text)
    assert len(shown) == 1
    assert client.get(f"/hen/{code}").status_code == 403


def test_an_unknown_code_costs_the_same_queries(client: Client, code: str) -> None:
    counts = set()
    for typed in (code, codes.new("TA")):
        shown = client.get(LOOK_UP)
        with count_queries() as seen:
            client.submit(shown, {"code": typed, "last4": "0000"}, having="last4")
        counts.add(len(seen))
    assert counts == {1}


def test_a_mistyped_code_is_told_without_asking_the_database(client: Client, code: str) -> None:
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    shown = client.get(LOOK_UP)
    with count_queries() as seen:
        assert client.submit(shown, {"code": wrong, "last4": "5678"}, having="last4").status_code == 422
    assert "gõ sai một số" in sentence(client)
    assert seen == []


@pytest.mark.parametrize(
    ("typed", "last4"),
    [
        ("", ""), ("", "5678"), ("xin chào", "5678"), ("TA-482-716-305", ""), ("TA-482-716-305", "567"),
        ("TA-482-716-305", "56789"), ("TA-482-716-305", "abcd"), ("TA-482-716-305", "٥٦٧٨"), ("TA-482-716-305", "５６７８"),
        ("\x00", "\x00"), ("A" * 5000, "5" * 5000),
        ("TA-482-716-305\x00", "5678"), ("' OR 1=1 --", "5678"), ("🙂🙂", "🙂"), ("TA‑482‑716‑305", "5678"),
    ],
)  # fmt: skip
def test_bad_input_is_an_ordinary_no(client: Client, code: str, typed: str, last4: str) -> None:
    assert ask(client, typed, last4) == 422
    assert sentence(client)


def test_without_a_token_nothing_opens_and_nothing_is_lost(client: Client, code: str) -> None:
    answer = client.post(LOOK_UP, data={"code": code, "last4": "5678"})
    assert answer.status_code == 422
    assert page(answer).form(having="last4").values()["last4"] == ["5678"]
    assert client.submit(answer, having="last4").status_code == 303  # one more press


def test_a_stranger_asked_for_digits_gets_in_with_them(client: Client, code: str) -> None:
    asked = client.get(f"/hen/{code}")
    assert asked.status_code == 403
    answer = client.submit(asked, {"last4": "5678"}, having="last4")
    assert (answer.status_code, answer.location) == (303, f"/hen/{code}")


def test_a_cancelled_booking_opens_too(client: Client, code: str) -> None:
    actions.cancel(code)
    assert ask(client, code, "5678") == 303
    assert client.get(client.last.location).status_code == 200


# -- by the address ---------------------------------------------------------------------------------------------------


def test_a_code_in_the_address_fills_the_form(client: Client, code: str) -> None:
    answer = client.get(f"{LOOK_UP}?code={code}")
    assert page(answer).form(having="last4").values()["code"] == [code]
    assert sentence(client) == ""


@pytest.mark.parametrize("typed", ["TA-482-716-306", "xin chao", "%00", "a" * 200, "<script>"])
def test_a_wrong_code_in_the_address_is_told_at_once(client: Client, typed: str) -> None:
    assert client.get(f"{LOOK_UP}?code={typed}").status_code == 200
    assert sentence(client)


def test_a_booking_opened_here_opens_again_without_digits(client: Client, code: str) -> None:
    ask(client, code, "5678")
    assert client.get(f"{LOOK_UP}?code={code.lower()}").location == f"/hen/{code}"
    assert f"/hen/{code}" in page(client.get(LOOK_UP)).links()


def test_a_shared_machine_forgets(client: Client, code: str) -> None:
    ask(client, code, "5678")
    answer = client.submit(LOOK_UP, action="/quen")
    assert (answer.status_code, answer.location) == (303, LOOK_UP)
    assert client.get(f"/hen/{code}").status_code == 403
    assert f"/hen/{code}" not in page(client.get(LOOK_UP)).links()


def test_forgetting_needs_the_token(client: Client, code: str) -> None:
    ask(client, code, "5678")
    assert client.post(f"{LOOK_UP}/quen").status_code == 422
    assert client.get(f"/hen/{code}").status_code == 200


# -- limits -----------------------------------------------------------------------------------------------------------


def test_the_digits_of_one_code_cannot_be_tried_through(limited: Client, code: str) -> None:
    """From ever new networks, however the code is written."""
    answers = []
    for n in range(10):
        limited.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        answers.append(ask(limited, code.lower() if n % 2 else code.replace("-", " "), f"{n:04d}"))
    assert answers == [422] * 8 + [429] * 2


def test_letters_that_do_not_count_give_no_further_tries(limited: Client, code: str) -> None:
    answers = []
    for n, letter in enumerate("éèêựđÄΩñöЖ中"):
        limited.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        answers.append(ask(limited, letter * 3 + code + f"A\u0301{letter}", f"{n:04d}"))
    assert answers == [422] * 8 + [429] * 3


def test_codes_cannot_be_tried_through(limited: Client, code: str) -> None:
    answers = [ask(limited, codes.new("TA"), "5678") for _n in range(31)]
    assert answers == [422] * 30 + [429]
    limited.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert ask(limited, code, "5678") == 303


def test_nothing_of_a_person_is_logged(client: Client, code: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(client, code, "0000")
        ask(client, code, "5678")
    assert "look-up refused" in caplog.text
    for secret in (code, "5678", "+84912345678", "Trương Thị Mỹ Duyên"):
        assert secret not in caplog.text
