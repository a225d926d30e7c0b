"""Subscriptions to the series with their consents, replies to invitations; a meeting's fields."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WORD, LINE, TEXT, INSTANT = sa.String(40), sa.String(200), sa.String(4000), sa.DateTime(timezone=True)
REASONS = "'', 'gio-giac', 'xa', 'khong-tin-co-ket-qua', 'khong-dung-linh-vuc', 'ngai-noi', 'khac'"
# What was agreed to is never rewritten, a withdrawal happens once, and no evidence goes while it is in force.
GIVEN = ("about", "purpose", "wording_version", "wording", "language", "channel", "given_at")
_SAME = " AND ".join(f"NEW.{name} = OLD.{name}" for name in GIVEN)
_REFUSED = "consent is evidence"
TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER consent_keeps BEFORE UPDATE ON consent WHEN OLD.withdrawn_at IS NOT NULL OR NOT ({_SAME}) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
        "CREATE TRIGGER consent_stays BEFORE DELETE ON consent WHEN OLD.withdrawn_at IS NULL "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    ],
    "postgresql": [
        f"CREATE FUNCTION consent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
        f"CREATE TRIGGER consent_keeps BEFORE UPDATE ON consent FOR EACH ROW "
        f"WHEN (OLD.withdrawn_at IS NOT NULL OR NOT ({_SAME})) EXECUTE FUNCTION consent_refuse()",
        "CREATE TRIGGER consent_stays BEFORE DELETE ON consent FOR EACH ROW WHEN (OLD.withdrawn_at IS NULL) "
        "EXECUTE FUNCTION consent_refuse()",
    ],
}


def upgrade() -> None:
    _make_consent()
    _make_subscriber()
    _make_reply()
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("meeting") as table:
        table.add_column(sa.Column("fields", sa.JSON(), nullable=True))
    meetings = sa.table("meeting", sa.column("fields", sa.JSON()))
    op.execute(meetings.update().values(fields=[]))
    with op.batch_alter_table("meeting") as table:
        table.alter_column("fields", existing_type=sa.JSON(), nullable=False)


def _make_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", WORD, nullable=False),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("wording_version", sa.Integer(), nullable=False),
        sa.Column("wording", TEXT, nullable=False),
        sa.Column("language", WORD, nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawn_how", WORD, nullable=False),
        sa.CheckConstraint("channel IN ('page', 'counter', 'phone', 'import')", name=op.f("ck_consent_channel")),
        sa.CheckConstraint("wording <> ''", name=op.f("ck_consent_wording")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_how = '')", name=op.f("ck_consent_withdrawn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    live = sa.text("withdrawn_at IS NULL")
    op.create_index("uq_consent_live", "consent", ["about", "purpose"], unique=True, sqlite_where=live, postgresql_where=live)


def _make_subscriber() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", LINE, nullable=False),
        sa.Column("phone", WORD, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("contact", LINE, nullable=False),
        sa.Column("search_key", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("tax_code", WORD, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("locale", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'active', 'ended')", name=op.f("ck_subscriber_state")),
        sa.CheckConstraint("state <> 'active' OR confirmed_at IS NOT NULL", name=op.f("ck_subscriber_confirmed")),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_subscriber_ended")),
        sa.CheckConstraint("email <> '' AND phone <> ''", name=op.f("ck_subscriber_reachable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("email", name=op.f("uq_subscriber_email")),
    )
    op.create_index("ix_subscriber_state", "subscriber", ["state"])


def _make_reply() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("sign_up_id", sa.Integer(), nullable=True),
        sa.Column("answer", WORD, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("why", WORD, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'no', 'missed')", name=op.f("ck_reply_answer")),
        sa.CheckConstraint("(answer = 'missed') = (sign_up_id IS NOT NULL)", name=op.f("ck_reply_missed")),
        sa.CheckConstraint("(subscriber_id IS NULL) = (sign_up_id IS NOT NULL)", name=op.f("ck_reply_who")),
        sa.CheckConstraint(f"why IN ({REASONS})", name=op.f("ck_reply_why")),
        sa.CheckConstraint("answer <> 'yes' OR why = ''", name=op.f("ck_reply_yes")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_reply_meeting_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_reply_subscriber_id")),
        sa.ForeignKeyConstraint(["sign_up_id"], ["sign_up.id"], name=op.f("fk_reply_sign_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("meeting_id", "subscriber_id", name=op.f("uq_reply_meeting_id_subscriber_id")),
        sa.UniqueConstraint("sign_up_id", name=op.f("uq_reply_sign_up_id")),
    )


def downgrade() -> None:
    with op.batch_alter_table("meeting") as table:
        table.drop_column("fields")
    op.drop_table("reply")
    op.drop_table("subscriber")
    op.drop_table("consent")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION consent_refuse()")
