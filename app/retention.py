"""The roof: personal data goes when its time is over; what the office must keep stays without it.

Each rule names its table, the rows whose time is over and still hold something, and what is taken out of them. Rows stay:
figures, history and the trail still add up.
"""

from datetime import datetime

from sqlalchemy import func, select

from app import audit, clock
from app.db import db, transaction
from app.retention_rules import RULES, Rule

BATCH = 500  # rows a transaction: nobody waits long for the write lock


def run(dry: bool = False) -> list[tuple[Rule, int]]:
    """How many rows each rule emptied (or would empty)."""
    now = clock.now()
    return [(rule, _count(rule, now) if dry else _apply(rule, now)) for rule in RULES]


def _count(rule: Rule, now: datetime) -> int:
    return db.session.scalar(select(func.count()).select_from(rule.table).where(rule.over(now))) or 0


def _apply(rule: Rule, now: datetime) -> int:
    done = 0
    while _count(rule, now):  # a look without the write lock
        with transaction() as session:
            chosen = select(rule.table).where(rule.over(now)).limit(BATCH).with_for_update(of=rule.table)
            rows = session.scalars(chosen).unique().all()
            for row in rows:
                rule.blank(row)
            audit.record(session, "retention", rule.table.__tablename__, None, {"rows": len(rows)})
        done += len(rows)
    return done
