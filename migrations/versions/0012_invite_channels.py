"""Tracked links: the ways a business hears of a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WORD, LINE = sa.String(40), sa.String(200)
KINDS = "('ward', 'market', 'association', 'zalo', 'poster', 'letter', 'other')"


def upgrade() -> None:
    op.create_table(
        "invite_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", WORD, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("name_en", LINE, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_invite_channel_kind")),
        sa.CheckConstraint("length(slug) BETWEEN 1 AND 20 AND slug = lower(slug)", name=op.f("ck_invite_channel_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite_channel")),
        sa.UniqueConstraint("slug", name=op.f("uq_invite_channel_slug")),
    )


def downgrade() -> None:
    op.drop_table("invite_channel")
