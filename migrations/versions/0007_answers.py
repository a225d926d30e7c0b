"""The programme knows who helps to answer and which form made an item; what units are asked and say before a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORD, TEXT, INSTANT = sa.String(40), sa.String(4000), sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("agenda_item") as table:
        table.add_column(sa.Column("request_key", WORD, nullable=True))
    op.execute("UPDATE agenda_item SET request_key = ''")
    with op.batch_alter_table("agenda_item") as table:
        table.alter_column("request_key", existing_type=WORD, nullable=False)
    pressed = sa.text("request_key <> ''")
    op.create_index(
        "uq_agenda_item_request_key", "agenda_item", ["meeting_id", "request_key"], unique=True,
        sqlite_where=pressed, postgresql_where=pressed,
    )  # fmt: skip
    op.create_table(
        "agenda_item_unit",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_agenda_item_unit_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_agenda_item_unit_unit_id")),
        sa.PrimaryKeyConstraint("item_id", "unit_id", name=op.f("pk_agenda_item_unit")),
    )
    op.create_index("ix_agenda_item_unit_unit_id", "agenda_item_unit", ["unit_id"])
    op.create_table(
        "unit_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reminded", WORD, nullable=False),
        sa.Column("reminded_at", INSTANT, nullable=True),
        sa.CheckConstraint("reminded IN ('', 'before', 'due', 'late')", name=op.f("ck_unit_request_reminded")),
        sa.CheckConstraint("(reminded = '') = (reminded_at IS NULL)", name=op.f("ck_unit_request_reminded_at")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_unit_request_meeting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_request_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_request")),
        sa.UniqueConstraint("meeting_id", "unit_id", name=op.f("uq_unit_request_meeting_id_unit_id")),
    )
    op.create_table(
        "answer_draft",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("written_at", INSTANT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(revision = 0) = (written_at IS NULL)", name=op.f("ck_answer_draft_written")),
        sa.CheckConstraint("(revision = 0) = (text = '' AND promised_on IS NULL)", name=op.f("ck_answer_draft_said")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_draft_question_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_answer_draft_unit_id")),
        sa.PrimaryKeyConstraint("question_id", "unit_id", name=op.f("pk_answer_draft")),
    )
    op.create_index("ix_answer_draft_unit_id", "answer_draft", ["unit_id"])
    op.create_table(
        "answer_consent",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("enough", sa.Boolean(), nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_consent_question_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_answer_consent")),
    )


def downgrade() -> None:
    for table in ("answer_consent", "answer_draft", "unit_request", "agenda_item_unit"):
        op.drop_table(table)
    op.drop_index("uq_agenda_item_request_key", "agenda_item")
    with op.batch_alter_table("agenda_item") as table:
        table.drop_column("request_key")
