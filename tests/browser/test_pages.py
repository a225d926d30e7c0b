"""Every page in a real browser: accessible, nothing sideways, nothing refused by the policy, nothing from elsewhere."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Watched

PUBLIC = (
    "home", "procedures", "found", "not_found", "procedure", "office", "time", "details", "review", "booking", "move", "cancel",
    "coming", "slip", "look_up", "meeting", "minutes", "questions", "me_too", "question", "seat", "privacy", "sign_in",
    "nowhere", "figures", "subscribe", "subscribed", "ledger", "promise", "survey",
    "dossier_late", "dossier_paused", "dossier_ready",
    "dossier_posted", "collect", "collect_early", "dossier_receipt",
    "guides", "guide", "news", "news_item", "leaflet", "poster",
)  # fmt: skip
STAFF = ("today", "day_sheet", "meetings", "meeting", "attendance", "agenda", "programme", "minutes",
         "questions", "question", "quick", "upload", "tray", "calls", "message", "change_meeting", "rule", "answers", "answer",
         "unit", "promises", "promise", "units", "owner", "chasing", "chasing_letter",
         "kit", "poster", "letter", "links", "link", "report", "report_print", "recipients",
         "recipient", "add_recipient", "reserve", "fields", "opinions", "sentences", "screens", "half_year", "half_year_print",
         "half_year_behind",
         "dossiers", "receive", "dossiers_waiting", "dossier", "dossier_slip",
         "register", "register_done", "hand_in", "register_item", "register_figures", "urging_letter",
         "articles", "article", "edit_article", "guided", "guided_line", "guided_figures")  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PUBLIC)
def test_public_page(visit: Callable[..., Watched], walked: tuple[dict[str, str], Any], name: str, language: str) -> None:
    paths, cookies = walked
    _look(visit(storage_state=cookies), paths[name], language)


@pytest.mark.parametrize("name", STAFF)
def test_staff_page(visit: Callable[..., Watched], walked_staff: tuple[dict[str, str], Any], name: str) -> None:
    paths, cookies = walked_staff
    _look(visit(storage_state=cookies), paths[name], "vi")


@pytest.mark.parametrize(
    ("name", "size"), [("slip", (148, 210)), ("dossier_receipt", (148, 210)), ("leaflet", (148, 210)), ("poster", (210, 297))]
)
def test_paper_is_one_sheet(
    visit: Callable[..., Watched], walked: tuple[dict[str, str], Any], name: str, size: tuple[int, int]
) -> None:
    paths, cookies = walked
    printed = visit(storage_state=cookies).open(paths[name]).pdf(prefer_css_page_size=True)
    assert re.findall(rb"/Type\s*/Pages.*?/Count (\d+)", printed, re.S) == [b"1"]
    width, height = (float(side) for side in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed).groups())
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == size


def test_every_procedures_poster_shows_all_it_says(visit: Callable[..., Watched]) -> None:
    """Nothing of the list of papers is cut off, however many they are."""
    watched = visit()
    page = watched.open("/thu-tuc")
    page.set_viewport_size({"width": 1280, "height": 1200})
    links = page.locator("main .h-rows a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    hidden = "() => { const upper = document.querySelector('.poster .a'); return upper.scrollHeight - upper.clientHeight }"
    assert len(links) > 40
    assert [path for path in links if watched.open(f"{path}/to-dan").evaluate(hidden) > 1] == []


def _look(watched: Watched, path: str, language: str) -> None:
    page = watched.open(path, english=language == "en")
    assert page.locator("html").get_attribute("lang") == language
    found = []
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{width}: sideways, {wide}" for wide in _too_wide(page)]
        if width != 320:
            found += [f"{width}: {problem}" for problem in _axe(page)]
    assert not found + watched.complaints


def _too_wide(page: Page) -> list[str]:
    """What reaches past the right edge, when the page scrolls sideways."""
    script = """() => {
      const wide = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= wide) return [];
      const over = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1);
      return over.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).concat(["page " + document.documentElement.scrollWidth]);
    }"""
    return list(page.evaluate(script))


def _axe(page: Page) -> list[str]:
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in violations for node in v["nodes"][:3]]
