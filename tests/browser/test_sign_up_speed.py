"""Registering for the Saturday meeting takes less than a minute at the speed people type."""

import time
from collections.abc import Callable

from tests.browser.conftest import Watched

TYPED = {"name": "Cơ sở mộc Tư Bền", "contact": "Lê Văn Bền", "phone": "0907 333 444", "question": "Thuê đất ở đâu?"}
KEY = 250  # ms: an office typist needs half of it
THOUGHT = 3  # s before each field


def test_four_typed_fields_in_less_than_a_minute(visit: Callable[..., Watched]) -> None:
    watched = visit()
    page = watched.open("/thu-bay")
    began = time.monotonic()
    for name, words in TYPED.items():
        page.locator(f"#dang-ky [name={name}]").press_sequentially(words, delay=KEY)
    page.get_by_role("button", name="Giữ chỗ cho tôi").click()
    page.wait_for_url("**/cho/TB-*")
    took = time.monotonic() - began
    assert took > KEY / 1000 * sum(map(len, TYPED.values())), "nobody types faster than that"
    assert took + THOUGHT * len(TYPED) < 60
    assert TYPED["question"] in page.locator("main").inner_text()
    assert not watched.complaints
