"""An appointment says which dossier's result it is for; one dossier has one place at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WORD = sa.String(40)
COMES = sa.text("collects <> '' AND state = 'booked'")


def upgrade() -> None:
    with op.batch_alter_table("appointment") as table:
        table.add_column(sa.Column("collects", WORD, nullable=True))
    op.execute(sa.table("appointment", sa.column("collects", WORD)).update().values(collects=""))
    with op.batch_alter_table("appointment") as table:
        table.alter_column("collects", existing_type=WORD, nullable=False)
    op.create_index(
        "uq_appointment_collects", "appointment", ["collects", "starts_at"],
        unique=True, sqlite_where=COMES, postgresql_where=COMES,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("uq_appointment_collects", "appointment")
    with op.batch_alter_table("appointment") as table:
        table.drop_column("collects")
