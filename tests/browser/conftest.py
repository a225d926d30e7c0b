"""One server, one browser and one walk through the product per worker; a fresh visitor per test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import site as product


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product's address."""
    with product.serve(tmp_path_factory.mktemp("browser")) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = product.launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def walked(browser: Browser, site: str) -> tuple[dict[str, str], dict[str, Any]]:
    return product.walk(browser, site)


@pytest.fixture(scope="session")
def walked_staff(browser: Browser, site: str) -> tuple[dict[str, str], dict[str, Any]]:
    return product.walk_staff(browser, site)


@dataclass
class Watched:
    """A page, and everything it complained about or asked for from elsewhere."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _note(self, kind: str, text: str) -> None:
        # Chromium reports the status of an error page as a failed load.
        if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site, "data:")):
            self.complaints.append(f"asks elsewhere: {url}")

    def open(self, path: str, english: bool = False) -> Page:
        self.page.goto(self.site + ("/en" if english else "") + path)
        return self.page


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Watched]]:
    """Makes a visitor: visit(), or visit(java_script_enabled=False), or with the cookies of a walk."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Watched:
        contexts.append(browser.new_context(**({"viewport": {"width": 390, "height": 844}} | options)))
        return Watched(contexts[-1].new_page(), site)

    yield make
    for context in contexts:
        context.close()
