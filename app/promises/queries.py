"""Every SELECT of the room."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.db import db
from app.promises.models import Promise


def kept_cases(field: str = "", limit: int = 3) -> Sequence[Promise]:
    """Public promises that were done and, says the asker, helped; of one field or of any, the youngest first."""
    kept = [Promise.public, Promise.withdrawn_on.is_(None), Promise.done_on.is_not(None), Promise.verdict == "yes"]
    if field:
        kept.append(Promise.field == field)
    return db.session.scalars(select(Promise).where(*kept).order_by(Promise.done_on.desc(), Promise.id.desc()).limit(limit)).all()


def unfinished(limit: int, before: date | None = None, private: bool = False) -> Sequence[Promise]:
    """Promises still open, the longest due first. `before`: made on an earlier day; `private`: those not public too."""
    rows = select(Promise).where(Promise.done_on.is_(None), Promise.withdrawn_on.is_(None))
    if before is not None:
        rows = rows.where(Promise.occasion_on < before)
    if not private:
        rows = rows.where(Promise.public)
    return db.session.scalars(rows.order_by(Promise.due, Promise.id).limit(limit)).all()
