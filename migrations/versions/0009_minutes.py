"""Minutes of meetings; final ones refuse every change."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORD, LINE, TEXT, INSTANT = sa.String(40), sa.String(200), sa.String(4000), sa.DateTime(timezone=True)
OUTCOME = "outcome IN ('', 'spot', 'writing', 'beyond', 'noted')"
SAYS = "final minutes do not change"
# Which rows are final ones', by table: `{row}` is OLD or NEW.
OF_FINAL = {
    "minute_item": "SELECT 1 FROM minutes WHERE id = {row}.minutes_id AND finalised_at IS NOT NULL",
    "minute_question": "SELECT 1 FROM minute_item JOIN minutes ON minutes.id = minute_item.minutes_id "
    "WHERE minute_item.id = {row}.item_id AND minutes.finalised_at IS NOT NULL",
}
OF_FINAL["minute_promise"] = OF_FINAL["minute_question"]
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _sqlite() -> list[str]:
    raised = f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    made = [
        f"CREATE TRIGGER minutes_no_{verb.lower()} BEFORE {verb} ON minutes WHEN OLD.finalised_at IS NOT NULL {raised}"
        for verb in ("UPDATE", "DELETE")
    ]
    for table, final in OF_FINAL.items():
        for verb, rows in ROWS.items():
            when = " OR ".join(f"EXISTS ({final.format(row=row)})" for row in rows)
            made.append(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} {raised}")
    return made


def _postgresql() -> list[str]:
    raised = f"RAISE EXCEPTION '{SAYS}';"
    made = [
        f"CREATE FUNCTION minutes_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raised} END $$",
        "CREATE TRIGGER minutes_no_change BEFORE UPDATE OR DELETE ON minutes "
        "FOR EACH ROW WHEN (OLD.finalised_at IS NOT NULL) EXECUTE FUNCTION minutes_refuse()",
    ]
    for table, final in OF_FINAL.items():
        looks = " ".join(
            f"IF TG_OP <> '{other}' THEN IF EXISTS ({final.format(row=row)}) THEN {raised} END IF; END IF;"
            for row, other in (("OLD", "INSERT"), ("NEW", "DELETE"))
        )
        body = f"BEGIN {looks} IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END"
        made += [
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE TRIGGER {table}_no_change BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        ]
    return made


def upgrade() -> None:
    _make_minutes()
    _make_items()
    for statement in {"sqlite": _sqlite, "postgresql": _postgresql}[op.get_bind().dialect.name]():
        op.execute(statement)


def _make_minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amended_why", LINE, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("finalised_at", INSTANT, nullable=True),
        sa.Column("finalised_by", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("request_key", WORD, nullable=False),
        sa.Column("issuer", LINE, nullable=False),
        sa.Column("place", LINE, nullable=False),
        sa.Column("document_number", WORD, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signer_title", LINE, nullable=False),
        sa.Column("signer_name", LINE, nullable=False),
        sa.Column("recorder", LINE, nullable=False),
        sa.Column("present", TEXT, nullable=False),
        sa.Column("closing", TEXT, nullable=False),
        sa.Column("recipients", TEXT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_minutes_number")),
        sa.CheckConstraint("number = 1 OR amended_why <> ''", name=op.f("ck_minutes_amended")),
        sa.CheckConstraint("(finalised_at IS NULL) = (finalised_by IS NULL)", name=op.f("ck_minutes_final")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_minutes_meeting_id_number")),
    )
    op.create_index("ix_minutes_meeting_id", "minutes", ["meeting_id"])
    draft = sa.text("finalised_at IS NULL")
    op.create_index("uq_minutes_draft", "minutes", ["meeting_id"], unique=True, sqlite_where=draft, postgresql_where=draft)


def _make_items() -> None:
    op.create_table(
        "minute_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("title", LINE, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("forwarded_to", LINE, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("request_key", WORD, nullable=False),
        sa.Column("edited_at", INSTANT, nullable=True),
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(OUTCOME, name=op.f("ck_minute_item_outcome")),
        sa.CheckConstraint("forwarded_to = '' OR outcome = 'beyond'", name=op.f("ck_minute_item_forwarded")),
        sa.CheckConstraint("kind IN ('business', 'office', 'break')", name=op.f("ck_minute_item_kind")),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_minute_item_minutes_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_minute_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minute_item")),
    )
    op.create_index("ix_minute_item_minutes_id", "minute_item", ["minutes_id"])
    op.create_table(
        "minute_question",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.CheckConstraint(OUTCOME, name=op.f("ck_minute_question_outcome")),
        sa.ForeignKeyConstraint(["item_id"], ["minute_item.id"], name=op.f("fk_minute_question_item_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_minute_question_question_id")),
        sa.PrimaryKeyConstraint("item_id", "question_id", name=op.f("pk_minute_question")),
    )
    op.create_index("ix_minute_question_question_id", "minute_question", ["question_id"])
    op.create_table(
        "minute_promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("promise_id", sa.Integer(), nullable=True),
        sa.Column("put_off_to", sa.Date(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("change_why", LINE, nullable=False),
        sa.CheckConstraint("kind IN ('deed', 'written')", name=op.f("ck_minute_promise_kind")),
        sa.CheckConstraint("(change_why = '') = (put_off_to IS NULL AND NOT withdrawn)", name=op.f("ck_minute_promise_change")),
        sa.CheckConstraint("promise_id IS NOT NULL OR change_why = ''", name=op.f("ck_minute_promise_locked")),
        sa.ForeignKeyConstraint(["item_id"], ["minute_item.id"], name=op.f("fk_minute_promise_item_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_minute_promise_unit_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_minute_promise_question_id")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_minute_promise_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minute_promise")),
    )
    op.create_index("ix_minute_promise_item_id", "minute_promise", ["item_id"])
    op.create_index("ix_minute_promise_promise_id", "minute_promise", ["promise_id"])


def downgrade() -> None:
    for table in ("minute_promise", "minute_question", "minute_item", "minutes"):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_refuse()")
