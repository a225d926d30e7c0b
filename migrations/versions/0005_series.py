"""Meetings can be moved: revisions for officers at once, windows set by hand, and the days a meeting has left."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
FIXED = ("opening_fixed", "closing_fixed", "questions_fixed")
# Table, column, type, what rows of before get.
FILLED = (
    ("meeting_series", "revision", sa.Integer(), 0),
    ("meeting", "revision", sa.Integer(), 0),
    ("meeting", "insisted", sa.String(200), ""),
    *(("meeting", name, sa.Boolean(), False) for name in FIXED),
)


def upgrade() -> None:
    for table_name, name, kind, value in FILLED:
        with op.batch_alter_table(table_name) as table:
            table.add_column(sa.Column(name, kind, nullable=True))
        op.execute(sa.table(table_name, sa.column(name, kind)).update().values({name: value}))
    for table_name in ("meeting_series", "meeting"):
        with op.batch_alter_table(table_name) as table:
            for _table, name, kind, _value in (row for row in FILLED if row[0] == table_name):
                table.alter_column(name, existing_type=kind, nullable=False)
    with op.batch_alter_table("meeting") as table:
        table.add_column(sa.Column("moved_from", INSTANT, nullable=True))
    op.create_table(
        "meeting_former_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("left_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_former_day_meeting_id")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_meeting_former_day")),
    )


def downgrade() -> None:
    op.drop_table("meeting_former_day")
    with op.batch_alter_table("meeting") as table:
        table.drop_column("moved_from")
    for table_name, name, _kind, _value in FILLED:
        with op.batch_alter_table(table_name) as table:
            table.drop_column(name)
