"""From facts to words."""

import pytest
from flask import Flask, has_request_context
from jinja2 import UndefinedError

from app.outbox import rendering
from tests.outbox import make


def test_needs_no_request(app: Flask) -> None:
    assert not has_request_context()
    subject, text, html = rendering.letter("test/hello", "hello", make.facts(), "vi")
    assert subject == "Mai 8:20: Đăng ký khai sinh (TA-482-716-305)"
    assert app.config["SITE_PHONE"] in text
    assert "<title>Mai 8:20" in html


def test_inside_a_request_in_another_language_it_stays_the_readers(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert "thứ" in rendering.letter("test/hello", "hello", make.facts(), "vi")[1]
        assert "Wednesday" in rendering.letter("test/hello", "hello", make.facts(), "en")[1]


def test_missing_fact_is_an_error(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        rendering.letter("test/hello", "hello", {}, "vi")


def test_html_is_optional_and_its_own_mistakes_are_not_hidden(app: Flask) -> None:
    assert rendering.letter("test/plain", "hello", {"what": "x"}, "vi")[2] == ""


def test_html_mail_asks_for_nothing(app: Flask) -> None:
    html = rendering.letter("test/hello", "hello", make.facts(), "vi")[2]
    for wanted in ("<img", "src=", "<link", "<script", "<style", "url("):
        assert wanted not in html


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Đã huỷ hẹn", "Da huy hen"), ("thứ\xa0Sáu – 8:20…", "thu Sau - 8:20..."), ("Ễ ộ ữ đ", "E o u d"), ("会 x", " x")],
)
def test_ascii_only(text: str, plain: str) -> None:
    assert rendering.ascii_only(text) == plain


def test_sms_fits_one_message(app: Flask) -> None:
    text = rendering.sms("test/hello", "hello", make.facts(code="dài " * 60), "vi")
    assert len(text) <= 160
    assert text.endswith("dai")
    assert text.isascii()
