"""The door with the keyboard alone, and what door and chair's screen do when the network goes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app import clock, create_app, demo
from app.db import db
from app.meetings import actions as places
from app.meetings import agenda, queries
from app.meetings.agenda import Item
from tests.attendance import make
from tests.browser import site as product
from tests.browser.conftest import Watched
from tests.browser.test_pages import _look
from tests.conftest import SETTINGS
from tests.meetings import make as business

TODAY = f"/can-bo/thu-bay/{clock.today()}"
FIRMS = ("Cơ sở xay xát Phước Lợi", "Tiệm may Hồng Thắm", "Sạp vải Bé Tư")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo, with a meeting that lasts the whole of today and one that was yesterday."""
    folder = tmp_path_factory.mktemp("morning")
    with product.serve(folder) as url:
        same = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'browser.db'}", "INSTANCE_PATH": str(folder)}
        with create_app(SETTINGS | same).app_context():
            _fill()
            db.session.remove()
            db.engine.dispose()
        yield url


def _fill() -> None:
    today, midnight = clock.today(), clock.midnight(clock.today())
    found = queries.of_day(today)
    hours = {"starts_at": midnight, "ends_at": midnight + timedelta(hours=23, minutes=59)}
    meeting = found.meeting if found else make.meeting(today, capacity=40, **hours)
    make.meeting(today - timedelta(days=1), capacity=40)
    for number, name in enumerate(FIRMS, 900):
        places.sign_up(meeting.id, business.applicant(number, name=name, email=""), by_officer=True)
    for title in ("Thuế và tiền thuê đất", "Vay vốn"):
        agenda.add(meeting.id, Item(title, 40))


@pytest.fixture(scope="module")
def cookies(browser: Browser, site: str) -> dict[str, Any]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/can-bo/")
    page.locator("main [name=email]").fill(demo.OFFICERS[-1][0])
    page.locator("main [name=password]").fill(demo.PASSWORD)
    product.press(page)
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.mark.parametrize(
    "path", ["/diem-danh", "/diem-danh?tim=be+tu", "/diem-danh?tim=a", "/diem-danh?tim=Sạp+cá", "/dieu-hanh", "/danh-sach"]
)
def test_every_state_of_the_morning(visit: Callable[..., Watched], cookies: dict[str, Any], path: str) -> None:
    _look(visit(storage_state=cookies), TODAY + path, "vi")


def test_the_signed_list(visit: Callable[..., Watched], cookies: dict[str, Any]) -> None:
    yesterday = clock.today() - timedelta(days=1)
    _look(visit(storage_state=cookies), f"/can-bo/thu-bay/{yesterday}/diem-danh/giay", "vi")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_type_enter_enter(visit: Callable[..., Watched], cookies: dict[str, Any], script: bool) -> None:
    watched = visit(storage_state=cookies, java_script_enabled=script)
    page, name = watched.open(f"{TODAY}/diem-danh"), FIRMS[script]
    page.keyboard.type(name.lower() if script else "phuoc loi")
    page.keyboard.press("Enter")
    expect(page.locator(".hit h2")).to_have_text(name)
    page.keyboard.press("Enter")
    expect(page.locator(".welcome")).to_contain_text(f"Mời {name}")
    page.keyboard.type("z")  # the field is ready again: take it back
    page.keyboard.press("Enter")
    expect(page.locator(".hit h2")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.locator(".welcome")).to_have_count(0)
    assert not watched.complaints


def test_without_a_network_the_door_sends_nothing_and_keeps_what_was_typed(
    visit: Callable[..., Watched], cookies: dict[str, Any]
) -> None:
    page = visit(storage_state=cookies).open(f"{TODAY}/diem-danh")
    page.context.set_offline(True)
    page.locator("#tim").fill("Bé Tư")
    page.keyboard.press("Enter")
    expect(page.locator("[data-offline]")).to_contain_text("Đang mất mạng")
    expect(page.locator("#tim")).to_have_value("Bé Tư")
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()
    page.locator("#tim").press("Enter")
    expect(page.locator(".hit h2")).to_have_text(FIRMS[2])


def test_the_chairs_screen_follows_and_stays_when_the_network_goes(
    visit: Callable[..., Watched], cookies: dict[str, Any]
) -> None:
    chair, other = visit(storage_state=cookies).page, visit(storage_state=cookies)
    chair.clock.install()
    chair.goto(f"{other.site}{TODAY}/dieu-hanh")
    expect(_title(chair)).to_have_text("Chưa bắt đầu")
    _press(other.open(f"{TODAY}/dieu-hanh"), "Bắt đầu")
    chair.clock.run_for(11_000)
    expect(_title(chair)).to_have_text("Thuế và tiền thuê đất")
    chair.context.set_offline(True)
    _press(other.page, "Sang mục kế tiếp")
    chair.clock.run_for(11_000)
    expect(chair.locator("[data-stale]")).to_be_visible()
    expect(_title(chair)).to_have_text("Thuế và tiền thuê đất")
    chair.context.set_offline(False)
    chair.clock.run_for(11_000)
    expect(_title(chair)).to_have_text("Vay vốn")
    expect(chair.locator("[data-stale]")).to_be_hidden()


def _title(page: Page) -> Any:
    return page.locator("#dang")


def _press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()
    page.wait_for_load_state()
