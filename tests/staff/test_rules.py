"""Passwords, session times, and where a sign-in may lead."""

from datetime import UTC, datetime, timedelta

import pytest

from app.refusal import Refusal
from app.staff import rules

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "password",
    [
        "ghe do ben song", "Xuồng ba lá 27", "dung-gio-7h20", "correct horse battery staple", "0" * 5 + "rLw9!kPe",
        "82640173559127403", "hen-dung-gio-2026", "thuyền ghe xuồng " * 7,
    ],
)  # fmt: skip
def test_a_good_password(password: str) -> None:
    rules.check_password(password, "ut@hen.example")


@pytest.mark.parametrize(
    "password",
    [
        "", "ngan qua", "123456789", "1234567890", "0123456789", "9876543210", "aaaaaaaaaaaa", "password123", "P@ssw0rd2026",
        "matkhau12345", "Mật khẩu 2026", "omoncantho", "Ô Môn Cần Thơ", "motcua2026!", "MotCuaOMon1", "cantho-2026-",
        "Cantho@2026", "qwertyuiop", "1qaz2wsx3edc", "abcdefghij", "iloveyou2020", "anhyeuem99", "admin12345", "ubndquanomon",
        "nguyenthiut",
        "nguyenthiut2026", "hen.example1", "canbomotcua", "1q2w3e4r5t",
    ],
)  # fmt: skip
def test_a_password_that_is_tried_first(password: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_password(password, "nguyenthiut@hen.example")
    assert refused.value.field == "password"


def test_the_same_letters_from_every_keyboard() -> None:
    assert rules.exact("Xuo\u0302\u0300ng") == rules.exact("Xu\u1ed3ng")
    assert rules.exact("Xuong") != rules.exact("Xuồng")


def test_an_address_is_kept_in_one_form() -> None:
    assert rules.address(" Ut@HEN.example\x00 ") == "ut@hen.example"


@pytest.mark.parametrize(
    ("started", "seen", "ended", "alive"),
    [
        (0, 0, None, True),
        (59, 59, None, True),
        (60, 60, None, False),
        (300, 59, None, True),
        (719, 1, None, True),
        (720, 1, None, False),
        (5, 1, 1, False),
        (-5, -5, None, True),  # the clock was set back
    ],
)
def test_a_session_ends_when_idle_and_after_half_a_day(started: int, seen: int, ended: int | None, alive: bool) -> None:
    times = (NOW - started * MINUTE, NOW - seen * MINUTE, NOW - ended * MINUTE if ended is not None else None)
    assert rules.alive(*times, NOW) is alive


@pytest.mark.parametrize("target", ["/", "/can-bo/hom-nay", "/en/can-bo/thu/?xem=hong&trang=2", "/can-bo/hom-nay?noi=thới-an"])
def test_leads_on_inside(target: str) -> None:
    assert rules.inside(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None, "", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example",
        "http://evil.example", "https:/evil.example", "javascript:alert(1)", "evil.example", "can-bo",
        "/\t/evil.example", "/\n/evil", "/x\r\nSet-Cookie: a=b", " //evil.example", "/\x00", "/\u202egpj", "/" + "a" * 3000,
        "/%5cevil", "/%0d%0aSet-Cookie:a=b",        "/%2fevil.example",
    ],
)  # fmt: skip
def test_never_leads_outside(target: str | None) -> None:
    assert rules.inside(target) is None
