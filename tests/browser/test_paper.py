"""Posters and letters leave the printer as one sheet of A4 with everything on it, whatever was entered."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from app import clock, create_app
from app.db import db, transaction
from app.meetings.models import Meeting, Series
from app.staff.models import Unit
from tests.browser import site as product
from tests.conftest import SETTINGS
from tests.invitations.channel_make import promise, reserved
from tests.reports.make import held

LONG = "Hợp tác xã nông nghiệp công nghệ cao và dịch vụ vận tải thuỷ nội địa Thới Long Xanh Ô Môn Cần Thơ "
REPORT = "/so-lieu/in"
SOLVED = {"what": LONG * 6, "raised": LONG * 6, "field": "tax"}


@pytest.fixture(scope="module", params=["plain", "longest"])
def printer(request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Opens the kit's paper of the next meeting; "longest": every word as long as its field takes."""
    folder = tmp_path_factory.mktemp("paper")
    with product.serve(folder) as url:
        day, code = _prepare(folder, request.param == "longest")
        _seen, cookies = product.walk_staff(browser, url)
        context = browser.new_context(storage_state=cookies)  # type: ignore[arg-type]
        page = context.new_page()

        def show(path: str) -> Page:
            page.goto(f"{url}/can-bo{path}" if path == REPORT else f"{url}/can-bo/thu-bay/{day}/moi{path.replace('CODE', code)}")
            page.emulate_media(media="print")
            return page

        yield show
        context.close()


def _prepare(folder: Path, longest: bool) -> tuple[str, str]:
    app = create_app(SETTINGS | {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'browser.db'}", "INSTANCE_PATH": str(folder)})
    with app.app_context():
        now = sa.func.datetime("now")
        meeting = db.session.scalars(sa.select(Meeting).where(Meeting.state == "open", Meeting.ends_at > now)).first()
        assert meeting is not None
        unit = db.session.scalars(sa.select(Unit)).first()
        assert unit is not None
        for _number in range(3):
            promise(unit.id, made_on=meeting.day - timedelta(days=90), first_due=meeting.day, due=meeting.day,
                    **(SOLVED if longest else {"field": "tax"}))  # fmt: skip
        with transaction() as session:  # the demo's half-year, and the one before it
            for months in range(7, 13):
                held(session, clock.today() - timedelta(days=30 * months))
        row = reserved(meeting, **({"name": LONG, "contact": LONG} if longest else {}))
        if longest:
            with transaction() as session:
                session.execute(sa.update(Unit).values(name=sa.func.substr(LONG * 2, 1, 190) + Unit.id.cast(sa.String)))
                session.execute(sa.update(Series).values(name=LONG))
                session.execute(sa.update(Meeting).values(place=LONG * 2, chair=LONG, theme=LONG * 2))
        db.engine.dispose()
        return meeting.day.isoformat(), row.code


@pytest.mark.parametrize("path", ["/to-dan?kenh=to-dan", "/to-dan?viec=tax", "/thu?kenh=thu", "/thu?viec=tax&cho=CODE"])
@pytest.mark.parametrize("background", [True, False])
def test_one_sheet_of_a4(printer: Any, path: str, background: bool) -> None:
    printed = printer(path).pdf(prefer_css_page_size=True, print_background=background)
    assert re.findall(rb"/Type\s*/Pages.*?/Count (\d+)", printed, re.S) == [b"1"]
    width, height = (float(side) for side in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed).groups())
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)


@pytest.mark.parametrize("printer", ["plain"], indirect=True)
def test_a_year_of_meetings_lies_on_two_sheets(printer: Any) -> None:
    shown = printer(REPORT)
    assert shown.locator("table").first.locator("tbody tr").count() == 12
    printed = shown.pdf(prefer_css_page_size=True, print_background=True)
    assert re.findall(rb"/Type\s*/Pages.*?/Count (\d+)", printed, re.S) == [b"2"]


@pytest.mark.parametrize("path", ["/to-dan?kenh=to-dan&viec=tax", "/thu?kenh=thu&viec=tax&cho=CODE"])
def test_nothing_falls_off_the_sheet_but_cases(printer: Any, path: str) -> None:
    script = """() => {
      const sheet = document.querySelector("main"), end = sheet.getBoundingClientRect();
      const gives = (e) => e.closest(".cases, .done");
      return [...sheet.querySelectorAll("*")].filter((e) => {
        const box = e.getBoundingClientRect();
        return box.height && !gives(e) && (box.bottom > end.bottom + 1 || box.right > end.right + 1);
      }).map((e) => e.outerHTML.slice(0, 90));
    }"""
    page = printer(path)
    page.set_viewport_size({"width": 794, "height": 1123})
    assert page.evaluate(script) == []
    if "to-dan" in path:
        code = page.locator(".b .qr svg").bounding_box()
        assert min(code["width"], code["height"]) >= 200
