"""Guide pages and news in versions, decisions to show them; the register of guided filing. Histories refuse every change."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WORD, LINE, BODY, INSTANT = sa.String(40), sa.String(200), sa.String(20_000), sa.DateTime(timezone=True)
KEPT = ("article_version", "article_release", "guided_outcome")


def upgrade() -> None:
    _make_articles()
    _make_register()
    for table in KEPT:
        for statement in _guards(table):
            op.execute(statement)


def _make_articles() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('guide', 'news')", name=op.f("ck_article_kind")),
        sa.CheckConstraint("latest >= 1", name=op.f("ck_article_latest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_article_kind_slug")),
    )
    op.create_table(
        "article_version",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", LINE, nullable=False),
        sa.Column("title_en", LINE, nullable=False),
        sa.Column("summary", LINE, nullable=False),
        sa.Column("summary_en", LINE, nullable=False),
        sa.Column("body", BODY, nullable=False),
        sa.Column("body_en", BODY, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.Column("request_key", WORD, nullable=False),
        sa.CheckConstraint("number >= 1 AND (restored IS NULL OR restored < number)", name=op.f("ck_article_version_number")),
        sa.CheckConstraint("title <> '' AND body <> ''", name=op.f("ck_article_version_said")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_version_article_id")),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_article_version")),
    )
    op.create_index(
        "uq_article_version_request", "article_version", ["request_key"], unique=True,
        sqlite_where=sa.text("request_key <> ''"), postgresql_where=sa.text("request_key <> ''"),
    )  # fmt: skip
    op.create_table(
        "article_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_release_article_id")),
        sa.ForeignKeyConstraint(
            ["article_id", "number"], ["article_version.article_id", "article_version.number"],
            name=op.f("fk_article_release_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_release")),
    )  # fmt: skip
    op.create_index("ix_article_release_due", "article_release", ["article_id", "from_at"])


def _make_register() -> None:
    op.create_table(
        "guided_filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("account", sa.Boolean(), nullable=False),
        sa.Column("sign_in", sa.Boolean(), nullable=False),
        sa.Column("filing", sa.Boolean(), nullable=False),
        sa.Column("look_up", sa.Boolean(), nullable=False),
        sa.Column("leaflet", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("request_key", WORD, nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint("channel IN ('counter', 'home', 'phone')", name=op.f("ck_guided_filing_channel")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_guided_filing_office_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name=op.f("fk_guided_filing_procedure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_filing")),
        sa.UniqueConstraint("request_key", name=op.f("uq_guided_filing_request_key")),
    )
    op.create_index("ix_guided_filing_day", "guided_filing", ["day"])
    op.create_index(op.f("ix_guided_filing_office_id"), "guided_filing", ["office_id"])
    op.create_table(
        "guided_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guided_id", sa.Integer(), nullable=False),
        sa.Column("code", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("sentence", LINE, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('', 'no_account', 'no_sim', 'scan', 'system', 'counter', 'other')", name=op.f("ck_guided_outcome_reason")
        ),
        sa.CheckConstraint("(code = '') = (reason <> '')", name=op.f("ck_guided_outcome_one")),
        sa.CheckConstraint("reason <> 'other' OR sentence <> ''", name=op.f("ck_guided_outcome_other")),
        sa.ForeignKeyConstraint(["guided_id"], ["guided_filing.id"], name=op.f("fk_guided_outcome_guided_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_outcome")),
    )
    op.create_index("ix_guided_outcome_guided", "guided_outcome", ["guided_id"])
    filed = sa.text("code <> ''")
    for name, column in (("uq_guided_outcome_code", "code"), ("uq_guided_outcome_filed", "guided_id")):
        op.create_index(name, "guided_outcome", [column], unique=True, sqlite_where=filed, postgresql_where=filed)


def _guards(table: str) -> list[str]:
    says = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{says}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{says}'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    ]


def downgrade() -> None:
    for table in ("guided_outcome", "guided_filing", "article_release", "article_version", "article"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT:
            op.execute(f"DROP FUNCTION {table}_refuse()")
