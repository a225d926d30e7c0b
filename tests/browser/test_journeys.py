"""The main job by hand: with the keyboard alone, and with JavaScript switched off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as product
from tests.browser.conftest import Watched

BOOKED = re.compile(r"/hen/[A-Z]{2}(-\d{3}){2,}$")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_resident_books_moves_and_cancels(visit: Callable[..., Watched], script: bool) -> None:
    watched = visit(java_script_enabled=script)
    page = watched.page
    product.find_procedure(page, watched.site)
    product.choose_place(page)
    product.hold_time(page)
    page.locator("main [name=phone]").fill("091 234")
    product.press(page)  # refused: nothing typed is lost
    expect(page.locator(".h-error a").first).to_be_visible()
    expect(page.locator("main [name=phone]")).to_have_value(re.compile(r"091\s?234"))
    product.say_who(page)
    expect(page.get_by_role("main")).to_contain_text("Trương Thị Mỹ Duyên")
    product.press(page)
    expect(page).to_have_url(BOOKED)
    booked, before = page.url, page.locator(".h-leaf").first.get_attribute("datetime")

    page.goto(f"{booked}/doi")
    page.locator("#gio .h-slots input").last.check()
    page.locator("#gio button.btn-primary").click()
    expect(page).to_have_url(BOOKED)
    assert page.locator(".h-leaf").first.get_attribute("datetime") != before

    page.goto(f"{booked}/huy")
    page.locator("main button.btn-danger").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lịch hẹn đã huỷ")
    assert not watched.complaints


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_business_signs_up(visit: Callable[..., Watched], script: bool) -> None:
    watched = visit(java_script_enabled=script)
    product.sign_up(watched.page, watched.site, "0907 111 333" if script else "0907 111 444")
    expect(watched.page).to_have_url(re.compile(r"/cho/[A-Z0-9-]+(#.*)?$"))
    assert not watched.complaints


def test_a_resident_books_with_the_keyboard_alone(visit: Callable[..., Watched]) -> None:
    watched = visit(viewport={"width": 1280, "height": 900})
    page = watched.open("/")
    press = page.keyboard.press
    press("Tab")
    assert "#noi-dung" in _focused(page)["href"]  # the first stop skips the header
    press("Enter")
    _tab_to(page, "Tên thủ tục")
    page.keyboard.type("khai sinh")
    press("Enter")
    page.wait_for_url("**q=khai*")
    _follow(page, "Đăng ký khai sinh")
    _follow(page, "Chọn nơi và giờ hẹn")
    if page.locator("#gio").count() == 0:
        _follow(page, "chỗ sớm nhất")
    _tab_to(page, "chỗ", kind="radio")
    press("ArrowRight")
    press("Space")
    _follow(page, "Giữ giờ này")
    _tab_to(page, "Họ và tên người đến làm")
    page.keyboard.type("Trương Thị Mỹ Duyên")
    _tab_to(page, "Số điện thoại")
    page.keyboard.type("0912345678")
    _follow(page, "Xem lại trước khi gửi")
    _follow(page, "Đặt hẹn", kind="submit")
    expect(page).to_have_url(BOOKED)
    assert not watched.complaints


def _focused(page: Page) -> dict[str, str]:
    script = """() => {
      const e = document.activeElement, label = e.labels?.[0];
      const drawn = e.type === "radio" && getComputedStyle(e).opacity === "0" ? label : e;
      return { words: [e.innerText, label?.innerText, e.getAttribute("aria-label")].join(" ").replace(/\\s+/g, " "),
               kind: e.type || e.tagName.toLowerCase(), href: e.getAttribute("href") || "",
               outline: getComputedStyle(drawn).outlineStyle, width: getComputedStyle(drawn).outlineWidth };
    }"""
    return dict(page.evaluate(script))


def _tab_to(page: Page, words: str, kind: str = "") -> None:
    """Goes on with Tab until the focus stands on it, and sees to it that the focus can be seen."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = _focused(page)
        if words in focused["words"] and kind in focused["kind"]:
            assert focused["outline"] != "none", focused
            assert float(focused["width"].removesuffix("px")) >= 2, focused
            return
    pytest.fail(f"“{words}” cannot be reached with Tab on {page.url}")


def _follow(page: Page, words: str, kind: str = "") -> None:
    _tab_to(page, words, kind)
    with page.expect_navigation():
        page.keyboard.press("Enter")
