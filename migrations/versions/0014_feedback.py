"""Answers to the survey, which lead to nobody, and the counters' screens."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_answer",
        sa.Column("seal", sa.String(length=40), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("kiosk", sa.Boolean(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.CheckConstraint("NOT (kiosk AND linked)", name=op.f("ck_survey_answer_linked")),
        sa.CheckConstraint("NOT kiosk OR office_id IS NOT NULL", name=op.f("ck_survey_answer_kiosk")),
        sa.CheckConstraint("answer IN ('good', 'fair', 'poor')", name=op.f("ck_survey_answer_answer")),
        sa.CheckConstraint("subject IN ('visit', 'result', 'meeting')", name=op.f("ck_survey_answer_subject")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_survey_answer_office_id")),
        sa.PrimaryKeyConstraint("seal", name=op.f("pk_survey_answer")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_answer_answered_on"), ["answered_on"], unique=False)

    op.create_table(
        "survey_kiosk",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_survey_kiosk_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_survey_kiosk")),
    )


def downgrade() -> None:
    op.drop_table("survey_kiosk")
    with op.batch_alter_table("survey_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_answer_answered_on"))

    op.drop_table("survey_answer")
