"""Questions: how they came, when an officer read them; who else is held up; lists between reading and entering."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORD, INSTANT = sa.String(40), sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("question") as table:
        table.add_column(sa.Column("channel", WORD, nullable=True))
        table.add_column(sa.Column("reviewed_at", INSTANT, nullable=True))
    op.execute("UPDATE question SET channel = '', reviewed_at = shown_at")
    with op.batch_alter_table("question") as table:
        table.alter_column("channel", existing_type=WORD, nullable=False)
    op.create_table(
        "question_me_too",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("phone_key", sa.String(64), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_me_too_question_id")),
        sa.PrimaryKeyConstraint("question_id", "phone_key", name=op.f("pk_question_me_too")),
    )
    op.create_table(
        "question_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("entered_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_question_list_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_list")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_question_list_meeting_id", "question_list", ["meeting_id"])


def downgrade() -> None:
    op.drop_table("question_list")
    op.drop_table("question_me_too")
    with op.batch_alter_table("question") as table:
        table.drop_column("reviewed_at")
        table.drop_column("channel")
