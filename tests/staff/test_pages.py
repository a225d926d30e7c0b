"""Signing in and out in a browser, the one-time link, and what ends a session."""

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from app import clock
from app.db import db, transaction
from app.staff import actions, queries, views
from app.staff.models import StaffSession
from tests.page import Client, count_queries, page
from tests.staff import make
from tests.staff.make import EMAIL, PASSWORD, SIGN_IN

INSIDE = "/can-bo/thu/"


@pytest.fixture
def signed_in(client: Client) -> Client:
    make.officer(role="secretary")
    assert make.sign_in(client).status_code == 303
    return client


def other(client: Client) -> Client:
    """A second browser."""
    return Client(client.application, client.application.response_class)


def copied(client: Client) -> Client:
    """A second browser with a copy of the first one's cookie."""
    thief = other(client)
    cookie = client.get_cookie("hen")
    assert cookie is not None
    thief.set_cookie("hen", cookie.value)
    return thief


def is_in(client: Client) -> bool:
    return client.get(INSIDE).status_code == 200


def sentences(answer: TestResponse) -> str:
    return " ".join(alert.words for alert in page(answer).all("div") if alert.attrs.get("role") in {"alert", "status"})


# -- in ---------------------------------------------------------------------------------------------------------------


def test_sign_in_leads_to_the_day(client: Client) -> None:
    make.officer()
    answer = make.sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/can-bo/")
    assert client.get("/can-bo/").location == "/can-bo/hom-nay"
    assert "Nguyễn Thị Út" in client.get(INSIDE).text


def test_the_form_suits_a_password_manager(client: Client) -> None:
    form = page(client.get(SIGN_IN)).form(having="password")
    fields = {control.attrs.get("name"): control.attrs for control in form.controls}
    assert (fields["email"]["autocomplete"], fields["email"]["type"]) == ("username", "email")
    assert (fields["password"]["autocomplete"], fields["password"]["type"]) == ("current-password", "password")
    assert not {"onpaste", "maxlength"} & set(fields["password"])


@pytest.mark.parametrize("wanted", ["/can-bo/thu/?xem=hong&trang=2", "/en/can-bo/thu/"])
def test_a_stranger_is_asked_and_then_led_on(client: Client, wanted: str) -> None:
    make.officer()
    asked = client.get(wanted)
    assert asked.status_code == 303
    assert asked.location.startswith("/en/can-bo/dang-nhap?" if wanted.startswith("/en") else "/can-bo/dang-nhap?")
    answer = client.submit(asked.location, {"email": EMAIL, "password": PASSWORD}, having="password")
    assert (answer.status_code, answer.location) == (303, wanted)
    assert client.get(answer.location).status_code == 200


def test_an_officer_already_in_is_led_on_at_once(signed_in: Client) -> None:
    assert signed_in.get(SIGN_IN).location == "/can-bo/"
    assert signed_in.get(f"{SIGN_IN}?next={INSIDE}").location == INSIDE
    assert signed_in.get(f"{SIGN_IN}?next=//evil.example").location == "/can-bo/"


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "http:evil.example", "/%0d%0aSet-Cookie:a=b", "%09//evil"]
)
def test_sign_in_never_leads_outside(client: Client, target: str) -> None:
    make.officer()
    assert make.sign_in(client, wanted=target).location == "/can-bo/"
    shown = other(client).get(SIGN_IN)
    sent = page(shown).form(having="password").values() | {"email": EMAIL, "password": PASSWORD, "next": target}
    assert client.post("/can-bo/dang-xuat", data={}).status_code in {303, 400}
    answer = other(client).post(SIGN_IN, data=sent)
    assert answer.status_code == 422  # another browser's token
    browser = other(client)
    sent["csrf_token"] = page(browser.get(SIGN_IN)).form(having="password").values()["csrf_token"]
    assert browser.post(SIGN_IN, data=sent).location == "/can-bo/"


def test_the_same_answer_whatever_was_wrong(client: Client) -> None:
    make.officer()
    make.officer("moi@hen.example", password_hash=None)
    make.officer("cu@hen.example", active=False)
    shown = set()
    for email in (EMAIL, "moi@hen.example", "cu@hen.example", "ai@hen.example"):
        answer = make.sign_in(client, email, "sai mat khau")
        assert answer.status_code == 422
        assert page(answer).form(having="password").values()["email"] == [email]  # nothing is typed twice …
        assert "sai mat khau" not in answer.text  # … but the password
        token = page(answer).form(having="password").values()["csrf_token"][0]
        shown.add(answer.text.replace(email, "").replace(token, ""))
    assert len(shown) == 1


@pytest.mark.parametrize(
    "email", ["", "\x00", "x" * 300, "' OR 1=1 --", "ut@hen.example\r\nBcc: x@evil.example", "Ụt@hẹn.vn", "\u202e"]
)
def test_bad_input_is_an_ordinary_no(client: Client, email: str) -> None:
    make.officer()
    assert make.sign_in(client, email, "x").status_code == 422
    assert make.sign_in(client, EMAIL, "x" * 5000).status_code == 422
    assert make.sign_in(client, EMAIL, "\x00" + PASSWORD).status_code == 422


def test_without_a_token_nobody_signs_in(client: Client) -> None:
    make.officer()
    answer = client.post(SIGN_IN, data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 422
    assert not is_in(client)


def test_signing_in_keeps_nothing_of_the_visitor_before(client: Client) -> None:
    make.officer()
    with client.session_transaction() as cookie:
        cookie["open"] = ["TA-482-716-305"]
        cookie["browser"] = "1"
    client.get(SIGN_IN)
    with client.session_transaction() as cookie:
        before = cookie["csrf_token"]
    make.sign_in(client)
    with client.session_transaction() as cookie:
        assert "open" not in cookie
        assert "browser" not in cookie
        assert cookie.get("csrf_token") != before


def test_a_second_sign_in_ends_the_first(client: Client) -> None:
    make.officer()
    make.officer("tam@hen.example")
    make.sign_in(client)
    thief = copied(client)
    form = page(client.get(INSIDE)).form("dang-xuat").values()
    answer = client.post(SIGN_IN, data=form | {"email": "tam@hen.example", "password": PASSWORD, "next": ""})
    assert answer.status_code == 303
    assert is_in(client)
    assert not is_in(thief)


# -- limits -----------------------------------------------------------------------------------------------------------


def test_an_account_is_tried_ten_times(limited: Client) -> None:
    make.officer()
    tries = [make.sign_in(limited, f" {EMAIL.upper()} " if n % 2 else EMAIL, "sai mat khau").status_code for n in range(10)]
    assert tries == [422] * 10
    assert make.sign_in(limited).status_code == 429  # even with the right password
    assert make.sign_in(limited, "ai@hen.example").status_code == 422  # another account is not locked with it


def test_a_network_tries_thirty_times(limited: Client) -> None:
    make.officer()
    for n in range(30):
        assert make.sign_in(limited, f"so{n}@hen.example").status_code == 422
    answer = make.sign_in(limited)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    elsewhere = other(limited)
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert make.sign_in(elsewhere).status_code == 303


def test_a_network_cannot_name_another(limited: Client) -> None:
    for n in range(31):
        limited.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{n}"
        answer = make.sign_in(limited, f"so{n}@hen.example")
    assert answer.status_code == 429


def test_a_limit_costs_no_hash(limited: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make.officer()
    for _n in range(10):
        make.sign_in(limited, EMAIL, "sai mat khau")
    monkeypatch.setattr(actions, "sign_in", lambda *_words: pytest.fail("asked although the limit was reached"))
    assert make.sign_in(limited).status_code == 429


# -- out --------------------------------------------------------------------------------------------------------------


def test_sign_out_kills_every_copy_of_the_cookie(signed_in: Client) -> None:
    thief = copied(signed_in)
    assert is_in(thief)
    answer = signed_in.submit(INSIDE, action="dang-xuat")
    assert (answer.status_code, answer.location) == (303, SIGN_IN)
    assert not is_in(signed_in)
    assert not is_in(thief)


def test_sign_out_needs_the_token_and_a_post(signed_in: Client) -> None:
    assert signed_in.get("/can-bo/dang-xuat").status_code == 405
    assert signed_in.post("/can-bo/dang-xuat").status_code == 400
    assert is_in(signed_in)


def test_signing_out_twice_is_harmless(signed_in: Client) -> None:
    form = page(signed_in.get(INSIDE)).form("dang-xuat").values()
    for _n in range(2):
        assert signed_in.post("/can-bo/dang-xuat", data=form).location == SIGN_IN


def test_a_session_idle_for_an_hour_is_over(signed_in: Client, travel: time_machine.Traveller) -> None:
    travel.shift(timedelta(minutes=59))
    assert is_in(signed_in)
    travel.shift(timedelta(minutes=59))
    assert is_in(signed_in)
    travel.shift(timedelta(minutes=60))
    assert not is_in(signed_in)


def test_a_session_is_over_after_half_a_day(signed_in: Client, travel: time_machine.Traveller) -> None:
    for _n in range(14):
        travel.shift(timedelta(minutes=50))
        assert is_in(signed_in)
    travel.shift(timedelta(minutes=20))
    assert not is_in(signed_in)


def test_an_officer_who_left_is_out_at_once(signed_in: Client) -> None:
    actions.deactivate(EMAIL)
    assert not is_in(signed_in)


def test_a_session_of_nobody_is_none(client: Client) -> None:
    for key in ("", "1", "x" * 500):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
        assert client.get(INSIDE).status_code == 303


def test_being_seen_is_one_small_write_a_minute(signed_in: Client, travel: time_machine.Traveller) -> None:
    with count_queries() as first:
        is_in(signed_in)
    travel.shift(timedelta(minutes=2))
    with count_queries() as later:
        is_in(signed_in)
        is_in(signed_in)
    assert not [statement for statement in first if statement.startswith("UPDATE")]
    assert [statement.split()[1] for statement in later if statement.startswith("UPDATE")] == ["staff_session"]


def test_a_page_is_shown_though_nobody_can_write(signed_in: Client, travel: time_machine.Traveller, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    travel.shift(timedelta(minutes=2))
    with db.engine.connect() as writer:
        db.session.execute(sa.text("PRAGMA busy_timeout=50"))
        writer.execution_options(writing=True).execute(sa.text("UPDATE staff_session SET seen_at = seen_at"))
        assert is_in(signed_in)
        writer.rollback()


# -- who may ----------------------------------------------------------------------------------------------------------


def test_what_an_officer_may_not_is_refused_and_noted(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    number = client.sign_in("leader")
    with caplog.at_level(logging.INFO):
        assert client.post(f"{INSIDE}1/gui-lai").status_code == 403
    assert f"officer={number}" in caplog.text
    assert "outbox_admin.send_again" in caplog.text


def test_refused_sign_ins_are_noted_without_names(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    make.officer()
    with caplog.at_level(logging.DEBUG):
        make.sign_in(client, EMAIL, "sai mat khau")
        make.sign_in(client)
    assert "sign-in refused" in caplog.text
    for secret in (EMAIL, "sai mat khau", PASSWORD, "Nguyễn Thị Út"):
        assert secret not in caplog.text


# -- the one-time link ------------------------------------------------------------------------------------------------


def test_the_link_sets_a_password_and_leads_to_the_sign_in(client: Client) -> None:
    address = f"/can-bo/lien-ket/{actions.add_officer(EMAIL, 'counter', 'Út')}"
    for _n in range(3):  # a mail scanner opens it first
        assert client.get(address).status_code == 200
    answer = client.submit(address, {"password": PASSWORD}, having="password")
    assert (answer.status_code, answer.location) == (303, SIGN_IN)
    assert "Đã lưu mật khẩu" in sentences(client.get(SIGN_IN))
    assert "Đã lưu mật khẩu" not in sentences(client.get(SIGN_IN))
    assert make.sign_in(client).location == "/can-bo/"


def test_the_link_in_english(client: Client) -> None:
    token = actions.add_officer(EMAIL, "counter", "Út")
    assert client.submit(f"/en/can-bo/lien-ket/{token}", {"password": PASSWORD}, having="password").location == f"/en{SIGN_IN}"


def test_the_password_form_suits_a_password_manager(client: Client) -> None:
    shown = page(client.get(f"/can-bo/lien-ket/{actions.add_officer(EMAIL, 'counter', 'Út')}"))
    kinds = {control.attrs.get("autocomplete"): control.attrs.get("value") for control in shown.all("input")}
    assert kinds["username"] == EMAIL
    assert "new-password" in kinds


def test_a_weak_password_is_refused_with_a_sentence(client: Client) -> None:
    address = f"/can-bo/lien-ket/{actions.add_officer(EMAIL, 'counter', 'Út')}"
    for password, sentence in (
        ("", "Ghi mật khẩu"),
        ("ngan", "ít nhất 10 ký tự"),
        ("omoncantho2020", "dễ đoán"),
        ("x" * 200, "128"),
    ):
        answer = client.submit(address, {"password": password}, having="password")
        assert answer.status_code == 422
        assert sentence in sentences(answer)
    assert queries.by_email(EMAIL).password_hash is None  # type: ignore[union-attr]


def test_a_dead_link_says_so(client: Client, travel: time_machine.Traveller) -> None:
    used = actions.add_officer(EMAIL, "counter", "Út")
    actions.set_password(used, PASSWORD)
    old = actions.add_officer("moi@hen.example", "counter", "Mới")
    travel.shift(timedelta(hours=49))
    for token in (used, old, "forged", old[:-1]):
        answer = client.get(f"/can-bo/lien-ket/{token}")
        assert answer.status_code == 404
        assert SIGN_IN in page(answer).links()
        assert client.post(f"/can-bo/lien-ket/{token}", data={"password": PASSWORD}).status_code == 404
    assert "moi@hen.example" not in client.last.text


def test_a_link_needs_its_forms_token(client: Client) -> None:
    address = f"/can-bo/lien-ket/{actions.add_officer(EMAIL, 'counter', 'Út')}"
    assert client.post(address, data={"password": PASSWORD}).status_code == 422
    assert queries.by_email(EMAIL).password_hash is None  # type: ignore[union-attr]


def test_a_new_password_ends_the_sessions_of_the_old(signed_in: Client) -> None:
    token, second = actions.renew_link(EMAIL), other(signed_in)
    assert second.submit(f"/can-bo/lien-ket/{token}", {"password": "mot mat khau khac"}, having="password").status_code == 303
    assert not is_in(signed_in)


def test_the_session_of_a_cookie_is_found_in_one_query(signed_in: Client) -> None:
    with count_queries() as seen, signed_in.application.test_request_context():
        kept = db.session.scalars(sa.select(StaffSession)).one()
        del seen[:]
        assert views._load(kept.key)
    assert len(seen) == 1


def test_sessions_of_others_do_not_mix(client: Client) -> None:
    make.officer()
    make.officer("tam@hen.example", name="Đặng Văn Tám")
    second = other(client)
    make.sign_in(client)
    make.sign_in(second, "tam@hen.example")
    assert "Nguyễn Thị Út" in client.get(INSIDE).text
    assert "Đặng Văn Tám" in second.get(INSIDE).text
    with transaction() as session:
        session.execute(sa.update(StaffSession).values(ended_at=clock.now()))
    assert not is_in(client)
    assert not is_in(second)
