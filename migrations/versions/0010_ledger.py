"""The ledger keeps what was first promised: no promise is removed, none is begun twice, no paper is kept twice."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FIRST = ("made_on", "first_due", "occasion", "occasion_on")
UP = {
    "sqlite": [
        "CREATE TRIGGER promise_no_delete BEFORE DELETE ON promise "
        "BEGIN SELECT RAISE(ABORT, 'a promise stays in the ledger'); END",
        f"CREATE TRIGGER promise_keeps_first BEFORE UPDATE OF {', '.join(FIRST)} ON promise "
        f"WHEN {' OR '.join(f'OLD.{name} <> NEW.{name}' for name in FIRST)} "
        "BEGIN SELECT RAISE(ABORT, 'a promise stays in the ledger'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION promise_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a promise stays in the ledger'; END $$",
        "CREATE TRIGGER promise_no_delete BEFORE DELETE ON promise FOR EACH ROW EXECUTE FUNCTION promise_refuse()",
        "CREATE TRIGGER promise_keeps_first BEFORE UPDATE ON promise FOR EACH ROW "
        f"WHEN ({' OR '.join(f'OLD.{name} IS DISTINCT FROM NEW.{name}' for name in FIRST)}) "
        "EXECUTE FUNCTION promise_refuse()",
    ],
}
DOWN = {
    "sqlite": ["DROP TRIGGER promise_keeps_first", "DROP TRIGGER promise_no_delete"],
    "postgresql": [
        "DROP TRIGGER promise_keeps_first ON promise",
        "DROP TRIGGER promise_no_delete ON promise",
        "DROP FUNCTION promise_refuse()",
    ],
}


def upgrade() -> None:
    begun = sa.text("kind = 'made'")
    op.create_index(
        "uq_promise_event_made", "promise_event", ["promise_id"], unique=True, sqlite_where=begun, postgresql_where=begun
    )
    op.create_index("uq_promise_file_sha256", "promise_file", ["promise_id", "sha256"], unique=True)
    for statement in UP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_index("uq_promise_file_sha256", "promise_file")
    op.drop_index("uq_promise_event_made", "promise_event")
