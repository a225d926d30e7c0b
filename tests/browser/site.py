"""The product served for real on a loopback port, with the demo's data, and the walk that opens every public page of it."""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, Playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app import clock, create_app, demo, demo_dossiers, sample_half_year, survey
from app.db import db
from tests.conftest import SETTINGS

CHROMIUM = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
WIDTHS = (390, 1280)
PERIOD = "?tu=2025-01-01&den=2034-12-31"


class _Quiet(WSGIRequestHandler):
    """HTTP/1.1, as every server in front of people speaks it, and no line per request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Its address; the database is a file of its own in `folder`."""
    uri = f"sqlite:///{folder / 'browser.db'}"
    app = create_app(SETTINGS | {"TESTING": False, "SQLALCHEMY_DATABASE_URI": uri, "INSTANCE_PATH": str(folder), "DEMO": True})
    with app.app_context():
        upgrade()
        demo.fill()
        sample_half_year.load()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    app.config["PUBLIC_URL"] = url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        with app.app_context():
            db.engine.dispose()


def launch(playwright: Playwright) -> Browser:
    """Debian's own Chromium: no download."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is missing; run tests/debian.sh"
    return playwright.chromium.launch(executable_path=found, args=CHROMIUM)


# -- the residents' and businesses' way through, one function per page ------------------------------------------------


def find_procedure(page: Page, url: str) -> None:
    page.goto(f"{url}/")
    page.get_by_role("main").locator("input[name=q]").fill("dang ky khai sinh")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name=re.compile("khai sinh")).first.click()


def choose_place(page: Page) -> str:
    """From the procedure's page to its times; returns the address of the choice of offices."""
    page.locator("main a.btn-primary:visible").first.click()
    offices = page.url
    if page.locator("#gio").count() == 0:
        page.locator("main .h-rows a").first.click()
    return offices


def hold_time(page: Page) -> None:
    page.locator("#gio .h-slots input").first.check()
    page.locator("#gio button.btn-primary").click()


def say_who(page: Page, name: str = "Trương Thị Mỹ Duyên", phone: str = "0912 345 678") -> None:
    page.locator("main [name=name]").fill(name)
    page.locator("main [name=phone]").fill(phone)
    page.locator("main [name=email]").fill("duyen@example.com")
    page.locator("main form button.btn-primary").click()


def press(page: Page) -> None:
    """The page's main button."""
    page.locator("main form .btn-primary").first.click()


def sign_up(page: Page, url: str, phone: str) -> None:
    page.goto(f"{url}/thu-bay")
    form = page.locator("main form:has([name=phone])")
    for name, value in {"name": "Cơ sở xay xát Phước Lợi", "contact": "Lê Văn Phước", "phone": phone}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button.btn-primary").click()


def ask(page: Page, address: str) -> None:
    page.goto(address)
    typed = {"text": "Xin khoan giếng ở đâu?", "name": "Vựa cá Bảy Rô", "contact": "Quách Thị Rô", "phone": "0976 111 222"}
    for name, value in typed.items():
        page.locator(f"#gui [name={name}]").fill(value)
    page.locator("#gui form > .btn-primary").last.click()


def survey_link() -> str:
    """Of a visit nobody made: what a letter's link would be."""
    app = Flask(__name__)
    app.config.update(SETTINGS, SECRET_KEY_FALLBACKS=[])
    with app.app_context():
        return f"/khao-sat/{survey.token('visit', 'TA-482-716-305', 1, 'Hộ tịch', clock.now())}"


def look_up_dossier(page: Page, url: str, number: int) -> str:
    """One of the demo's, by its code and the last digits of its telephone number."""
    day = clock.today() - timedelta(days=demo_dossiers.RECEIVED[number])
    page.goto(f"{url}/tra-cuu")
    page.locator("main [name=code]").fill(demo_dossiers.code_of(day, number))
    page.locator("main [name=last4]").fill(f"{number:04d}")
    press(page)
    return page.url.removeprefix(url)


def walk(browser: Browser, url: str) -> tuple[dict[str, str], dict[str, object]]:
    """Books, holds a second time and signs up; returns every public page's path and the cookies that open them."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    seen = {"home": "/", "procedures": "/thu-tuc", "found": "/thu-tuc?q=khai+sinh", "not_found": "/thu-tuc?q=xyzzy"}
    seen |= {"ledger": "/so-loi-hen", "promise": "/so-loi-hen/11"}
    seen |= {
        "look_up": "/tra-cuu",
        "privacy": "/quyen-rieng-tu",
        "figures": "/so-lieu",
        "sign_in": "/can-bo/dang-nhap",
        "nowhere": "/khong-co-trang-nay",
        "subscribe": "/thu-moi",
        "subscribed": "/thu-moi/da-gui",
        "survey": survey_link(),
        "guides": "/huong-dan",
        "guide": "/huong-dan/nop-ho-so-truc-tuyen-tung-buoc",
        "news": "/tin",
        "news_item": "/tin/to-roi-nam-buoc-da-co-o-nha-van-hoa-cac-khu-vuc",
        "leaflet": "/huong-dan/to-roi",
        "poster": "/thu-tuc/1.001193/to-dan",
    }

    def note(name: str) -> str:
        seen[name] = page.url.removeprefix(url).split("#")[0]
        return seen[name]

    find_procedure(page, url)
    note("procedure")
    seen["office"] = choose_place(page).removeprefix(url)
    times = note("time")
    hold_time(page)
    say_who(page)
    press(page)
    booking = note("booking")
    seen |= {"move": f"{booking}/doi", "cancel": f"{booking}/huy", "coming": f"{booking}/den", "slip": f"{booking}/phieu"}
    page.goto(url + times)
    hold_time(page)
    note("details")
    say_who(page, "Lê Thị Ngọc Hân", "0908 765 432")
    note("review")
    page.goto(f"{url}/thu-bay")
    seen["questions"] = note("meeting") + "/cau-hoi"
    seen["minutes"] = f"{seen['meeting']}/bien-ban"
    page.goto(url + seen["questions"])
    page.locator("main .asked a.btn").first.click()
    seen["me_too"] = page.url.removeprefix(url).split("#")[0]
    ask(page, url + seen["questions"])
    note("question")
    page.goto(f"{url}/thu-bay")
    sign_up(page, url, "0907 111 222")
    note("seat")
    seen |= {"dossier_late": look_up_dossier(page, url, 2), "dossier_paused": look_up_dossier(page, url, 3)}
    seen |= {"dossier_ready": look_up_dossier(page, url, 6), "dossier_posted": look_up_dossier(page, url, 7)}
    seen |= {"collect": f"{seen['dossier_ready']}/nhan", "collect_early": f"{seen['dossier_late']}/nhan"}
    seen |= {"dossier_receipt": f"{seen['dossier_posted']}/bien-nhan"}
    state = context.storage_state()
    context.close()
    return seen, dict(state)


def walk_staff(browser: Browser, url: str) -> tuple[dict[str, str], dict[str, object]]:
    """The demo's administrator signs in; returns the officers' pages and the cookie."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/can-bo/")
    page.locator("main [name=email]").fill(demo.OFFICERS[-1][0])
    page.locator("main [name=password]").fill(demo.PASSWORD)
    press(page)
    assert page.url.endswith("/can-bo/hom-nay"), page.url
    seen = {"meetings": "/can-bo/thu-bay/", "tray": "/can-bo/thu/", "calls": "/can-bo/thu/goi"}

    def follow(name: str, where: str) -> None:
        page.locator(f"main {where}").first.click()
        seen[name] = page.url.removeprefix(url)

    while page.locator(".h-q .w").count() == 0:  # the demo's bookings begin on the next working day
        follow("today", ".h-head .act a:has-text('→')")
    follow("day_sheet", ".h-head .act a:has-text('In danh sách')")
    page.goto(f"{url}{seen['meetings']}")
    follow("meeting", "table a.firm")
    meeting = seen["meeting"].rstrip("/")
    seen |= {"attendance": f"{meeting}/danh-sach", "agenda": f"{meeting}/chuong-trinh", "programme": f"{meeting}/chuong-trinh/in"}
    seen |= {"change_meeting": f"{meeting}/sua", "rule": "/can-bo/thu-bay/lich-dinh-ky/1"}
    seen["new_rule"] = "/can-bo/thu-bay/lich-dinh-ky"
    seen |= {
        "kit": f"{meeting}/moi?kenh=zalo&viec=tax",
        "poster": f"{meeting}/moi/to-dan?kenh=to-dan",
        "letter": f"{meeting}/moi/thu",
    }
    seen |= {"links": "/can-bo/thu-bay/duong-moi", "link": "/can-bo/thu-bay/duong-moi/1"}
    seen |= {"report": f"/can-bo/so-lieu{PERIOD}", "report_print": f"/can-bo/so-lieu/in{PERIOD}"}
    half = "?tu=2020-01-01&den=2020-06-30"
    seen |= {"half_year": f"/can-bo/bao-cao{half}", "half_year_print": f"/can-bo/bao-cao/in{half}"}
    seen |= {"half_year_behind": f"/can-bo/bao-cao/danh-sach{half}&cot=tre&may=1"}
    seen |= {"reserve": f"{meeting}/giu-cho", "fields": f"{meeting}/linh-vuc"}
    seen |= {"opinions": "/can-bo/y-kien/", "sentences": "/can-bo/y-kien/loi-gop", "screens": "/can-bo/y-kien/may-tai-quay"}
    seen |= {"recipients": "/can-bo/thu-bay/nguoi-nhan", "add_recipient": "/can-bo/thu-bay/nguoi-nhan/them"}
    page.goto(f"{url}{seen['recipients']}")
    follow("recipient", "table a.firm")
    seen["answers"] = f"{meeting}/don-vi"
    page.goto(f"{url}{seen['answers']}")
    seen["unit"] = page.locator(".p-answers .link").inner_text().removeprefix("https://hen.example").removeprefix(url)
    follow("answer", ".lines a")
    seen |= {"questions": f"{meeting}/cau-hoi", "quick": f"{meeting}/ghi-nhanh", "upload": f"{meeting}/nhap"}
    page.goto(f"{url}{seen['questions']}")
    follow("question", ".desk a.btn")
    seen |= {"promises": "/can-bo/loi-hen/", "units": "/can-bo/loi-hen/don-vi", "chasing": "/can-bo/don-doc/"}
    page.goto(f"{url}{seen['promises']}")
    follow("promise", ".h-ledger a")
    page.goto(f"{url}{seen['units']}")
    follow("owner", "table a")
    page.goto(f"{url}{seen['chasing']}")
    follow("chasing_letter", ".owed .act a")
    seen |= {"dossiers": "/can-bo/ho-so/", "receive": "/can-bo/ho-so/nhan", "dossiers_waiting": "/can-bo/ho-so/?xem=cho-tra"}
    page.goto(f"{url}/can-bo/ho-so/?xem=tam-dung")
    follow("dossier", "table a.firm")
    seen |= {"dossier_slip": f"{seen['dossier']}/phieu/tiep-nhan"}
    seen |= {
        "register": "/can-bo/doi-soat/",
        "register_done": "/can-bo/doi-soat/?xem=in_time",
        "hand_in": "/can-bo/doi-soat/nhap",
    }
    page.goto(f"{url}{seen['register_done']}")
    follow("register_item", "table a.firm")
    seen["register_figures"] = "/can-bo/doi-soat/so-lieu"
    page.goto(f"{url}{seen['register_figures']}")
    follow("urging_letter", "table a")
    seen["minutes"] = f"{meeting}/bien-ban"
    seen |= {"articles": "/can-bo/bai-viet/", "article": "/can-bo/bai-viet/1", "edit_article": "/can-bo/bai-viet/1/sua"}
    seen |= {"guided": "/can-bo/huong-dan-nop/", "guided_line": "/can-bo/huong-dan-nop/35"}
    seen |= {"guided_figures": "/can-bo/huong-dan-nop/so-lieu?tu=2020-01-01"}
    page.goto(f"{url}{seen['tray']}")
    follow("message", ".tray a.what")
    state = context.storage_state()
    context.close()
    return seen, dict(state)
