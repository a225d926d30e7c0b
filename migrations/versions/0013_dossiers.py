"""Dossiers, what the e-one-stop system says of them, findings; durations by channel."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Histories: the database refuses to change them, but for a person's name whose time is over.
KEPT = {
    "dossier_event": ("id", "dossier_id", "kind", "happened_at", "recorded_at", "actor", "evidence", "proof", "reason",
                      "due_before", "due_after"),
    "finding": ("id", "code", "verdict", "reason", "handed_at", "evidence", "proof", "note", "recorded_at", "actor"),
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "machine_columns",
        sa.Column("headers", sa.String(length=64), nullable=False),
        sa.Column("meaning", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("headers", name=op.f("pk_machine_columns")),
    )
    op.create_table(
        "machine_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_import")),
        sa.UniqueConstraint("digest", name=op.f("uq_machine_import_digest")),
    )
    op.create_table(
        "machine_upload",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('list', 'returns')", name=op.f("ck_machine_upload_kind")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_machine_upload_officer_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_machine_upload")),
    )
    op.create_table(
        "urging",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_urging_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "week", name=op.f("pk_urging")),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("matter", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("deciding_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=4000), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("visit", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration", sa.Numeric(precision=6, scale=2, asdecimal=False), nullable=False),
        sa.Column("duration_unit", sa.String(length=40), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause", sa.String(length=40), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=40), nullable=False),
        sa.Column("return_by", sa.String(length=40), nullable=False),
        sa.Column("tracking", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(pause = '') = (paused_at IS NULL)", name=op.f("ck_dossier_paused")),
        sa.CheckConstraint("channel IN ('counter', 'online', 'post')", name=op.f("ck_dossier_channel")),
        sa.CheckConstraint("ended_as IN ('', 'withdrawn', 'refused', 'stopped')", name=op.f("ck_dossier_ended_as")),
        sa.CheckConstraint("matter <> '' OR procedure_id IS NOT NULL", name=op.f("ck_dossier_matter")),
        sa.CheckConstraint("pause IN ('', 'supplement', 'duty', 'agency')", name=op.f("ck_dossier_pause")),
        sa.CheckConstraint("return_by IN ('desk', 'post')", name=op.f("ck_dossier_return_by")),
        sa.CheckConstraint("finished_at IS NULL OR finished_at >= received_at", name=op.f("ck_dossier_finished")),
        sa.CheckConstraint("handed_at IS NULL OR finished_at IS NOT NULL", name=op.f("ck_dossier_handed")),
        sa.CheckConstraint("handed_at IS NULL OR handed_at >= finished_at", name=op.f("ck_dossier_order")),
        sa.CheckConstraint("promised_at >= received_at AND due_at >= promised_at", name=op.f("ck_dossier_times")),
        sa.ForeignKeyConstraint(["deciding_id"], ["office.id"], name=op.f("fk_dossier_deciding_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_dossier_office_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_dossier_officer_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name=op.f("fk_dossier_procedure_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_dossier_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("code", name=op.f("uq_dossier_code")),
    )
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.create_index("ix_dossier_finished", ["finished_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_officer_id"), ["officer_id"], unique=False)
        batch_op.create_index("ix_dossier_open", ["finished_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_procedure_id"), ["procedure_id"], unique=False)
        batch_op.create_index("ix_dossier_received", ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_visit"), ["visit"], unique=False)

    op.create_table(
        "machine_row",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("officer", sa.String(length=200), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clicked_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("status BETWEEN 0 AND 10", name=op.f("ck_machine_row_status")),
        sa.ForeignKeyConstraint(["import_id"], ["machine_import.id"], name=op.f("fk_machine_row_import_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_machine_row_officer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_machine_row_unit_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_machine_row")),
    )
    with op.batch_alter_table("machine_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_machine_row_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_machine_row_officer_id"), ["officer_id"], unique=False)
        batch_op.create_index("ix_machine_row_promised", ["promised_at"], unique=False)
        batch_op.create_index("ix_machine_row_received", ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_machine_row_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "procedure_duration",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Numeric(precision=6, scale=2, asdecimal=False), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.CheckConstraint("channel IN ('counter', 'online', 'post')", name=op.f("ck_procedure_duration_channel")),
        sa.CheckConstraint(
            "unit IN ('working_day', 'calendar_day', 'hour', 'same_day')", name=op.f("ck_procedure_duration_unit")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_procedure_duration_procedure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("procedure_id", "channel", name=op.f("pk_procedure_duration")),
    )
    op.create_table(
        "dossier_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.String(length=40), nullable=False),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_after", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "evidence IN ('', 'receipt', 'signature', 'postal', 'statement')", name=op.f("ck_dossier_event_evidence")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_event_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_event")),
    )
    with op.batch_alter_table("dossier_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_event_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.String(length=40), nullable=False),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.CheckConstraint("evidence IN ('receipt', 'signature', 'postal', 'statement')", name=op.f("ck_finding_evidence")),
        sa.CheckConstraint("reason IN ('', 'a', 'b', 'c', 'd', 'e', 'f', 'g')", name=op.f("ck_finding_reason")),
        sa.CheckConstraint("verdict IN ('in_time', 'late', 'paused', 'misconfigured')", name=op.f("ck_finding_verdict")),
        sa.ForeignKeyConstraint(["code"], ["machine_row.code"], name=op.f("fk_finding_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_code"), ["code"], unique=False)

    for table, columns in KEPT.items():
        for statement in _guards(table, columns):
            op.execute(statement)


def _guards(table: str, columns: tuple[str, ...]) -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        return [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NEW.recipient <> '' OR {changed} {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        ]
    same = "to_jsonb(NEW) - 'recipient' = to_jsonb(OLD) - 'recipient'"
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' AND NEW.recipient = '' AND {same} THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ]


def downgrade() -> None:
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_code"))

    op.drop_table("finding")
    with op.batch_alter_table("dossier_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossier_event_dossier_id"))

    op.drop_table("dossier_event")
    op.drop_table("procedure_duration")
    with op.batch_alter_table("machine_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_machine_row_unit_id"))
        batch_op.drop_index("ix_machine_row_received")
        batch_op.drop_index("ix_machine_row_promised")
        batch_op.drop_index(batch_op.f("ix_machine_row_officer_id"))
        batch_op.drop_index(batch_op.f("ix_machine_row_import_id"))

    op.drop_table("machine_row")
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossier_visit"))
        batch_op.drop_index(batch_op.f("ix_dossier_unit_id"))
        batch_op.drop_index("ix_dossier_received")
        batch_op.drop_index(batch_op.f("ix_dossier_procedure_id"))
        batch_op.drop_index("ix_dossier_open")
        batch_op.drop_index(batch_op.f("ix_dossier_officer_id"))
        batch_op.drop_index(batch_op.f("ix_dossier_office_id"))
        batch_op.drop_index("ix_dossier_finished")

    op.drop_table("dossier")
    op.drop_table("urging")
    op.drop_table("machine_upload")
    op.drop_table("machine_import")
    op.drop_table("machine_columns")
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT:
            op.execute(f"DROP FUNCTION {table}_refuse()")
