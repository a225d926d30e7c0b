"""What a page costs on a phone plan: bytes on the wire, headers included, as Chromium counted them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Watched

FIRST, NEXT = 70 * 1024, 10 * 1024
NEXT_PAGES = ("procedures", "procedure", "time", "details", "review", "booking", "look_up", "meeting", "seat", "privacy")


class Scale:
    """Weighs everything that arrives at one page."""

    def __init__(self, watched: Watched) -> None:
        self.bytes = 0.0
        wire = watched.page.context.new_cdp_session(watched.page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]


@pytest.mark.parametrize("name", ["home", "meeting", "booking", "time"])
def test_first_visit(visit: Callable[..., Watched], walked: tuple[dict[str, str], Any], name: str) -> None:
    paths, cookies = walked
    watched = visit(storage_state=cookies)
    scale = Scale(watched)
    watched.open(paths[name]).wait_for_load_state("networkidle")
    assert 10_000 < scale.bytes <= FIRST


@pytest.mark.parametrize("name", NEXT_PAGES)
def test_next_page(visit: Callable[..., Watched], walked: tuple[dict[str, str], Any], name: str) -> None:
    paths, cookies = walked
    watched = visit(storage_state=cookies)
    for opened in ("home", "meeting" if name in {"seat", "meeting"} else "booking"):  # the room's own style sheet is at hand
        watched.open(paths[opened]).wait_for_load_state("networkidle")
    scale = Scale(watched)
    watched.open(paths[name]).wait_for_load_state("networkidle")
    assert 500 < scale.bytes <= NEXT
