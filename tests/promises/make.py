"""Builders: units, promises in any state, files of every kind."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import Image
from pypdf import PdfWriter

from app import clock
from app.chasing import messages
from app.chasing import queries as chasing
from app.db import transaction
from app.offices import actions as offices
from app.promises import actions, evidence
from app.promises.actions import Asker, Commitment, Report
from app.promises.models import Promise
from app.staff.models import Unit

NOW = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)  # 9:00 in the office, a plain working Monday
TODAY, SATURDAY, DUE = date(2026, 12, 14), date(2026, 12, 5), date(2026, 12, 21)
ABOUT = "question:7"


def holidays() -> None:
    offices.seed_holidays([2026, 2027])


def unit(name: str = "Điện lực", **facts: Any) -> Unit:
    with transaction() as session:
        made = Unit(name=name, name_en=facts.pop("name_en", "Power company"), **facts)
        session.add(made)
    return made


def asker(about: str = ABOUT, **facts: Any) -> Asker:
    link = f"https://hen.example/cau-hoi/{about.replace(':', '-')}?t=secret"
    return Asker(about, link, **({"email": "hoi@example.vn"} | facts))


def promise(owner: Unit, **facts: Any) -> Promise:
    known: dict[str, Any] = {
        "what": "Kéo điện ba pha đến kho lạnh", "unit_id": owner.id, "due": DUE, "occasion": "meeting:1", "occasion_on": SATURDAY,
        "raised": "Kho lạnh thiếu điện ba pha", "raised_by": "Hợp tác xã rau Long Hưng", "field": "power", "askers": [asker()],
    }  # fmt: skip
    with transaction() as session:
        return actions.make(session, Commitment(**(known | facts)))


def report(**facts: Any) -> Report:
    return Report(**({"happened_on": TODAY, "number": "412/ĐL", "text": "Đã đóng điện."} | facts))


def done(row: Promise, actor: str = "unit:1", **facts: Any) -> Promise:
    return actions.done(row.id, report(**facts), row.sequence, actor)


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **facts: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, kind, **facts)
    return file.getvalue()


def pdf(pages: int = 1) -> bytes:
    return written(blank(pages))


def blank(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=200, height=200)
    return writer


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def kept(content: bytes) -> evidence.Evidence:
    return evidence.checked(content)


def told(owner: Unit) -> Promise:
    """A promise with a paper that was done, judged and opened again, and the day's digest: a letter of every kind."""
    row = promise(owner, what="Hướng dẫn làm đơn", raised="Không biết làm đơn", raised_by="", due=clock.today(),
                  occasion_on=clock.today() - timedelta(days=10))  # fmt: skip
    actions.done(row.id, Report(clock.today(), "412/CCT-NV", "Đã hướng dẫn.", kept(picture())), 0, f"unit:{owner.id}")
    actions.verdict(row.id, ABOUT, "no")
    with transaction() as session:
        session.get_one(Unit, owner.id).email = "thue@hen.example"
    today, calendar = chasing.today()
    with transaction() as session:  # whatever the day and the hour
        for address in chasing.addresses():
            messages.digest(session, address, chasing.lines(today, calendar), {}, today)
    return row
