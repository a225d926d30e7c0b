"""Seats whose phone number is past its time do not stand in each other's way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME, COLUMNS = "uq_sign_up_phone", ["meeting_id", "phone"]
BEFORE, AFTER = "state <> 'given_up'", "state <> 'given_up' AND phone <> ''"


def _only_where(rule: str) -> None:
    op.drop_index(NAME, table_name="sign_up")
    op.create_index(NAME, "sign_up", COLUMNS, unique=True, sqlite_where=sa.text(rule), postgresql_where=sa.text(rule))


def upgrade() -> None:
    _only_where(AFTER)


def downgrade() -> None:
    op.execute("UPDATE sign_up SET phone = 'x' || id WHERE phone = ''")
    _only_where(BEFORE)
