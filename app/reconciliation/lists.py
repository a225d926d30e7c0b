"""SELECTs of what reading a list in needs: what is known of its codes, files that wait, remembered columns, names."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from app.db import db
from app.dossiers.models import Dossier
from app.reconciliation.models import Columns, Finding, MachineImport, MachineRow, MachineUpload
from app.staff.models import Officer, Unit

BATCH = 5_000
T = TypeVar("T")


def batches(values: Collection[T], size: int = BATCH) -> Iterator[list[T]]:
    """So many at a time as a statement takes parameters on any database."""
    listed = list(values)
    yield from (listed[first : first + size] for first in range(0, len(listed), size))


def known(codes: Collection[str]) -> dict[str, MachineRow]:
    """The rows of these codes."""
    rows = (row for some in batches(codes) for row in db.session.scalars(select(MachineRow).where(MachineRow.code.in_(some))))
    return {row.code: row for row in rows}


def findings(numbers: Collection[int]) -> dict[int, Finding]:
    rows = (row for some in batches(numbers) for row in db.session.scalars(select(Finding).where(Finding.id.in_(some))))
    return {row.id: row for row in rows}


def handed_at_desk(codes: Collection[str]) -> dict[str, datetime]:
    """When the counter itself handed these over, where it did."""
    wanted = select(Dossier.code, Dossier.handed_at).where(Dossier.handed_at.is_not(None))
    rows = (row for some in batches(codes) for row in db.session.execute(wanted.where(Dossier.code.in_(some))))
    return {code: moment for code, moment in rows if moment is not None}


def import_of(digest: str) -> MachineImport | None:
    return db.session.scalar(select(MachineImport).where(MachineImport.digest == digest))


def upload(token: str) -> MachineUpload | None:
    """A file that waits for its confirmation; the token is known to whoever handed it in."""
    return db.session.get(MachineUpload, token)


def content(token: str) -> bytes:
    return db.session.scalar(select(MachineUpload.content).where(MachineUpload.token == token)) or b""


def remembered(headers: str) -> dict[str, str]:
    """The meaning an officer confirmed for these headings, or nothing."""
    return dict(db.session.scalar(select(Columns.meaning).where(Columns.headers == headers)) or {})


def names_of_units() -> dict[str, int]:
    return {name: number for number, name in db.session.execute(select(Unit.id, Unit.name).where(Unit.active))}


def names_of_officers() -> dict[str, int]:
    return {name: number for number, name in db.session.execute(select(Officer.id, Officer.name).where(Officer.active))}
