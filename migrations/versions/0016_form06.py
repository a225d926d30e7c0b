"""Indexes that the half-year report counts along: each holds every fact of the form, so that no table is read."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PAPER = (
    "office_id", "field", "received_at", "finished_at", "due_at", "channel", "ended_as", "pause", "paused_at", "return_by",
    "extended_at", "sample",
)  # fmt: skip
SYSTEM = ("received_at", "finished_at", "promised_at", "channel", "status", "field")


def upgrade() -> None:
    op.create_index("ix_dossier_report", "dossier", PAPER)
    op.drop_index("ix_dossier_office_id", "dossier")  # the beginning of the new one
    op.create_index("ix_machine_row_report", "machine_row", SYSTEM)
    op.drop_index("ix_machine_row_received", "machine_row")  # the beginning of the new one


def downgrade() -> None:
    op.create_index("ix_machine_row_received", "machine_row", ["received_at"])
    op.drop_index("ix_machine_row_report", "machine_row")
    op.create_index("ix_dossier_office_id", "dossier", ["office_id"])
    op.drop_index("ix_dossier_report", "dossier")
