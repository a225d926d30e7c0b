"""The half-year report over ever more dossiers, each of them in the system's list too; timed in the process, signed in."""

import os
import statistics
import time

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 9
QUERY = "?tu=2020-01-01&den=2020-06-30"
PAGES = {
    "half-year report": f"/can-bo/bao-cao{QUERY}", "one place": f"/can-bo/bao-cao{QUERY}&noi=thoi-an",
    "list behind a figure": f"/can-bo/bao-cao/danh-sach{QUERY}&cot=10", "public figures": "/so-lieu",
}  # fmt: skip


def grow(environ: dict[str, str]) -> None:
    """Runs in a process of its own, so that the environment decides the database."""
    os.environ.update(environ)
    from flask_migrate import upgrade  # noqa: PLC0415  the environment first
    from sqlalchemy import insert, text  # noqa: PLC0415

    from app.db import db, transaction  # noqa: PLC0415
    from app.dossiers.models import Dossier  # noqa: PLC0415
    from app.reconciliation.models import MachineImport, MachineRow  # noqa: PLC0415
    from tests import make as offices  # noqa: PLC0415
    from tests.bench.wsgi import page, product  # noqa: PLC0415
    from tests.page import Client  # noqa: PLC0415
    from tests.reports import dossiers as make  # noqa: PLC0415

    with product.app_context():
        upgrade()
        places = [offices.office(slug, letters).by_slug[slug].id for slug, letters in (("thoi-an", "TA"), ("long-hung", "LH"))]
        with transaction() as session:
            for number in range(20):  # what the floor lists
                offices.procedure(session, f"9.{number:06d}")
            session.add(MachineImport(id=1, digest="bench", rows=1, imported_at=make.TODAY, actor="system"))
        client = Client(product)
        client.sign_in("leader")
        cookies = "; ".join(f"{one.key}={one.value}" for one in client._cookies.values())
    before, have = 0.0, 0
    for size in SIZES:
        with product.app_context(), transaction() as session:
            rows = [_dossier(number, places) for number in range(have, size)]
            session.execute(insert(Dossier), [make.row(number, *days, **facts) for number, days, facts in rows])
            session.execute(insert(MachineRow), [
                make.there(number, *days, channel=facts["channel"], field=facts["field"]) for number, days, facts in rows
            ])  # fmt: skip
        with product.app_context(), db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        have, floor = size, _took(page.test_client(), "/", "")
        for name, path in PAGES.items():
            took = _took(product.test_client(use_cookies=False), path, cookies)
            grown = f"  {took / before:4.1f} times" if name == "half-year report" and before else ""
            before = took if name == "half-year report" else before
            print(f"{name:<24}{size:8,} dossiers {1000 * took:7.1f} ms = {took / floor:6.1f} of floor 2{grown}", flush=True)


def _dossier(number: int, places: list[int]) -> tuple[int, list[str], dict[str, object]]:
    """Spread over the half-year, eight fields and the places; one in thirty pending, one in fifty late."""
    month, day = 1 + number % 6, 1 + number % 20
    done = day + (5 if number % 50 == 0 else number % 4)
    days = (
        f"2020-0{month}-{day:02d}",
        f"2020-0{month}-{day + 3:02d}",
        *([] if number % 30 == 0 else [f"2020-0{month}-{done:02d}"]),
    )
    channel = ("counter", "online", "post")[number % 3]
    return number, days, {"channel": channel, "field": f"Field {number % 8}", "office_id": places[number % len(places)]}


def _took(client: object, path: str, cookies: str) -> float:
    """Seconds: the median of a few."""
    found = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get(path, headers={"Cookie": cookies})  # type: ignore[attr-defined]
        found.append(time.perf_counter() - begun)
        assert answer.status_code == 200, (path, answer.status)
    return statistics.median(found)
