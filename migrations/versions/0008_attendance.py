"""Who came: when the list was closed, whose seat was handed on; the agenda as it ran."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
CURRENT = sa.text("begun_at IS NOT NULL AND ended_at IS NULL")
CHECKS = {
    "sign_up": {
        "ck_sign_up_came": "(arrived_at IS NULL) = (came = 0)",
        "ck_sign_up_present": "arrived_at IS NULL OR state IN ('seated', 'waiting', 'standing')",
        "ck_sign_up_standing": "state <> 'standing' OR arrived_at IS NOT NULL",
    },
    "agenda_item": {
        "ck_agenda_item_course": "ended_at IS NULL OR ended_at >= begun_at",
        "ck_agenda_item_begun": "ended_at IS NULL OR begun_at IS NOT NULL",
    },
}
COLUMNS = {"meeting": ("attendance_closed_at",), "sign_up": ("handed_on_at",), "agenda_item": ("begun_at", "ended_at")}


def upgrade() -> None:
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.add_column(sa.Column(column, INSTANT, nullable=True))
            for check, rule in CHECKS.get(name, {}).items():
                table.create_check_constraint(op.f(check), rule)
    op.create_index(
        "uq_agenda_item_current", "agenda_item", ["meeting_id"], unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT
    )


def downgrade() -> None:
    op.drop_index("uq_agenda_item_current", table_name="agenda_item")
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as table:
            for check in CHECKS.get(name, {}):
                table.drop_constraint(op.f(check), type_="check")
            for column in columns:
                table.drop_column(column)
