"""Every SELECT of the room."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app import clock
from app.appointments.models import Appointment
from app.db import db
from app.dossiers.models import Dossier, DossierEvent
from app.offices.models import Duration
from app.outbox.models import Message
from app.staff.models import Officer
from app.text import fold

OPEN: ColumnElement[bool] = Dossier.finished_at.is_(None)
REACHED = or_(Dossier.email != "", Dossier.phone != "")
ABOUT = literal("dossier:") + cast(Dossier.id, String)
DAY = timedelta(days=1)


def by_code(code: str) -> Dossier | None:
    """With its procedure, offices and unit: one query."""
    joined = (joinedload(Dossier.procedure), joinedload(Dossier.office), joinedload(Dossier.deciding), joinedload(Dossier.unit))
    return db.session.scalar(select(Dossier).where(Dossier.code == code).options(*joined))


def locked(code: str) -> Dossier | None:
    """As it is now, its row held until the transaction ends."""
    found = select(Dossier).where(Dossier.code == code).with_for_update(of=Dossier)
    return db.session.scalar(found.execution_options(populate_existing=True))


def phone_of(code: str) -> str:
    return db.session.scalar(select(Dossier.phone).where(Dossier.code == code)) or ""


def history(dossier_id: int) -> Sequence[DossierEvent]:
    mine = DossierEvent.dossier_id == dossier_id
    return db.session.scalars(select(DossierEvent).where(mine).order_by(DossierEvent.happened_at, DossierEvent.id)).all()


def officer_of(actor: str) -> str:
    """Who acted, by name; nobody's where the product did it by itself."""
    kind, _colon, number = actor.partition(":")
    officer = db.session.get(Officer, int(number)) if kind == "officer" and number.isdigit() else None
    return officer.name if officer else ""


def supplements(dossier_id: int) -> int:
    asked = (DossierEvent.dossier_id == dossier_id, DossierEvent.kind == "supplement")
    return db.session.scalar(select(func.count()).select_from(DossierEvent).where(*asked)) or 0


def duration(procedure_id: int, channel: str) -> tuple[float, str] | None:
    """The procedure's own duration by this channel, where it differs."""
    row = db.session.get(Duration, (procedure_id, channel))
    return (row.value, row.unit) if row else None


def due_on(day: date) -> Sequence[Dossier]:
    """Running, promised for that day, and not reminded of it."""
    running = (OPEN, Dossier.pause == "", Dossier.due_at >= clock.midnight(day), Dossier.due_at < clock.midnight(day + DAY))
    reminded = (Message.kind == "due_tomorrow", Message.version == day.toordinal(), Message.state != "withdrawn")
    told = exists().where(Message.about == ABOUT, *reminded)
    return db.session.scalars(select(Dossier).where(*running, REACHED, ~told).order_by(Dossier.id)).all()


def overdue(before: datetime, most: int = 1_000) -> Sequence[Dossier]:
    """Open, not paused, promised for a day before this one, and not told so since: the next thousand have their turn next."""
    late = (OPEN, Dossier.pause == "", Dossier.due_at < before)
    told = exists().where(Message.about == ABOUT, Message.kind == "late", Message.written_at > Dossier.due_at)
    return db.session.scalars(select(Dossier).where(*late, REACHED, ~told).order_by(Dossier.due_at, Dossier.id).limit(most)).all()


def of_visit(visit: str) -> Sequence[str]:
    """Codes of the dossiers received at this visit."""
    return db.session.scalars(select(Dossier.code).where(Dossier.visit == visit).order_by(Dossier.id)).all()


def collecting(code: str, now: datetime) -> Appointment | None:
    """The time at which somebody comes to collect this dossier's result."""
    ahead = (Appointment.collects == code, Appointment.state == "booked", Appointment.starts_at > now)
    return db.session.scalar(select(Appointment).where(*ahead).order_by(Appointment.starts_at).limit(1))


# The tabs of the staff list: name in the address -> which rows, given the beginning and the end of today.
def tab(name: str, today: datetime, tomorrow: datetime) -> ColumnElement[bool]:
    running = OPEN & (Dossier.pause == "")
    return {
        "tre": running & (Dossier.due_at < today),
        "hom-nay": running & (Dossier.due_at >= today) & (Dossier.due_at < tomorrow),
        "dang-lam": running & (Dossier.due_at >= tomorrow),
        "tam-dung": OPEN & (Dossier.pause != ""),
        "cho-tra": Dossier.finished_at.is_not(None) & Dossier.handed_at.is_(None) & (Dossier.ended_as == ""),
        "xong": Dossier.handed_at.is_not(None) | (Dossier.ended_as != ""),
    }[name]


TABS = ("tre", "hom-nay", "dang-lam", "tam-dung", "cho-tra", "xong")


def counts(office_id: int | None, today: datetime, tomorrow: datetime) -> dict[str, int]:
    columns = [func.count().filter(tab(name, today, tomorrow)).label(name.replace("-", "_")) for name in TABS]
    rows = select(*columns).select_from(Dossier)
    if office_id is not None:
        rows = rows.where(Dossier.office_id == office_id)
    return dict(zip(TABS, db.session.execute(rows).one(), strict=True))


def listed(
    name: str, today: datetime, tomorrow: datetime, office_id: int | None = None, search: str = "", page: int = 1, size: int = 50
) -> Sequence[Dossier]:
    """A page of a tab, the most pressing first; a search looks through all of them."""
    rows = select(Dossier).options(joinedload(Dossier.procedure), joinedload(Dossier.unit))
    if office_id is not None:
        rows = rows.where(Dossier.office_id == office_id)
    words = fold(search).split()
    rows = (
        rows.where(*(Dossier.search_key.contains(word, autoescape=True) for word in words))
        if words
        else rows.where(tab(name, today, tomorrow))
    )
    order = Dossier.finished_at.desc() if name == "xong" and not words else Dossier.due_at
    return db.session.scalars(rows.order_by(order, Dossier.id).limit(size).offset((page - 1) * size)).all()
