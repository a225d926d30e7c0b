"""Questions become records of their own; promises get their ledger; seats know invitations and arrivals."""

import secrets

import sqlalchemy as sa
from alembic import op
from stdnum import damm

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORD, LINE, TEXT, INSTANT = sa.String(40), sa.String(200), sa.String(4000), sa.DateTime(timezone=True)
# Column, type, what rows of before get.
QUESTION = (
    ("public_text", TEXT, ""), ("search_key", TEXT, ""), ("field", WORD, ""), ("wish", WORD, "come"),
    ("openness", WORD, "hidden"), ("name", LINE, ""), ("contact", LINE, ""), ("phone", WORD, ""), ("email", LINE, ""),
    ("locale", WORD, "vi"), ("request_key", WORD, ""), ("sequence", sa.Integer(), 0), ("answer", TEXT, ""), ("outcome", WORD, ""),
)  # fmt: skip
QUESTION_MAYBE = (
    ("shown_at", INSTANT), ("withdrawn_at", INSTANT), ("merged_into_id", sa.Integer()), ("repeats_id", sa.Integer()),
    ("told_for", INSTANT), ("answer_unit_id", sa.Integer()), ("answered_at", INSTANT), ("settled_at", INSTANT),
    ("outcome_at", INSTANT),
)  # fmt: skip
SIGN_UP = (("channel", WORD, ""), ("came", sa.Integer(), 0))
SIGN_UP_MAYBE = (("reserved_until", INSTANT), ("arrived_at", INSTANT), ("arrival_recorded_at", INSTANT))
UNIT = (("field", WORD, ""), ("head_name", LINE, ""), ("head_email", LINE, ""), ("link_version", sa.Integer(), 1))
QUESTION_CHECKS = {
    "ck_question_wish": "wish IN ('come', 'write', 'call')",
    "ck_question_openness": "openness IN ('named', 'hidden', 'private')",
    "ck_question_private": "openness <> 'private' OR shown_at IS NULL",
    "ck_question_outcome": "outcome IN ('', 'spot', 'writing', 'beyond', 'noted')",
    "ck_question_merged": "merged_into_id IS NULL OR merged_into_id <> id",
    "ck_question_answer": "(answer = '') = (answered_at IS NULL)",
}
STATES, ALL_STATES = "'seated', 'waiting', 'given_up'", "'reserved', 'seated', 'waiting', 'standing', 'given_up'"
LETTERS = {"old": "length(code_letters) = 2 AND code_letters <> 'TB'",
           "new": "length(code_letters) = 2 AND code_letters NOT IN ('TB', 'CH')"}  # fmt: skip
HISTORY = {
    "sqlite": [
        f"CREATE TRIGGER promise_event_no_{verb} BEFORE {verb.upper()} ON promise_event "
        "BEGIN SELECT RAISE(ABORT, 'a promise keeps its history'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION promise_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a promise keeps its history'; END $$",
        "CREATE TRIGGER promise_event_no_change BEFORE UPDATE OR DELETE ON promise_event "
        "FOR EACH ROW EXECUTE FUNCTION promise_event_refuse()",
    ],
}


def upgrade() -> None:
    with op.batch_alter_table("meeting") as table:
        table.add_column(sa.Column("concluded_at", INSTANT, nullable=True))
    _grow("unit", UNIT, ())
    _grow("sign_up", SIGN_UP, SIGN_UP_MAYBE)
    with op.batch_alter_table("sign_up") as table:
        table.drop_constraint(op.f("ck_sign_up_state"), type_="check")
        table.create_check_constraint(op.f("ck_sign_up_state"), f"state IN ({ALL_STATES})")
        table.create_check_constraint(op.f("ck_sign_up_reserved"), "state <> 'reserved' OR reserved_until IS NOT NULL")
        table.create_check_constraint(op.f("ck_sign_up_arrival"), "(arrived_at IS NULL) = (arrival_recorded_at IS NULL)")
    with op.batch_alter_table("office") as table:
        table.drop_constraint(op.f("ck_office_letters"), type_="check")
        table.create_check_constraint(op.f("ck_office_letters"), LETTERS["new"])
    with op.batch_alter_table("question") as table:
        table.add_column(sa.Column("code", WORD, nullable=True))
    _grow("question", QUESTION, QUESTION_MAYBE)
    _fill_questions()
    with op.batch_alter_table("question") as table:
        table.alter_column("code", existing_type=WORD, nullable=False)
        table.create_unique_constraint(op.f("uq_question_code"), ["code"])
        for name, rule in QUESTION_CHECKS.items():
            table.create_check_constraint(op.f(name), rule)
        table.create_foreign_key(op.f("fk_question_merged_into_id"), "question", ["merged_into_id"], ["id"])
        table.create_foreign_key(op.f("fk_question_repeats_id"), "question", ["repeats_id"], ["id"])
        table.create_foreign_key(op.f("fk_question_answer_unit_id"), "unit", ["answer_unit_id"], ["id"])
        table.create_index("ix_question_merged_into_id", ["merged_into_id"])
    _make_ledger()
    for statement in HISTORY[op.get_bind().dialect.name]:
        op.execute(statement)


def _grow(table_name: str, filled: tuple[tuple[str, sa.types.TypeEngine, object], ...], maybe: tuple) -> None:
    """New columns, with a value for the rows of before but no default for those to come: the house always says."""
    with op.batch_alter_table(table_name) as table:
        for name, kind, _value in filled:
            table.add_column(sa.Column(name, kind, nullable=True))
        for name, kind in maybe:
            table.add_column(sa.Column(name, kind, nullable=True))
    rows = sa.table(table_name, *(sa.column(name, kind) for name, kind, _value in filled))
    op.execute(rows.update().values({name: value for name, _kind, value in filled}))
    with op.batch_alter_table(table_name) as table:
        for name, kind, _value in filled:
            table.alter_column(name, existing_type=kind, nullable=False)


def _fill_questions() -> None:
    """Each gets its code, and its asker from the seat it came with."""
    connection, given = op.get_bind(), set()
    for (number,) in connection.execute(sa.text("SELECT id FROM question")).all():
        while (code := _code()) in given:
            pass
        given.add(code)
        connection.execute(sa.text("UPDATE question SET code = :code WHERE id = :id"), {"code": code, "id": number})
    of_seat = "(SELECT {0} FROM sign_up WHERE sign_up.id = question.sign_up_id)"
    columns = ", ".join(f"{name} = {of_seat.format(name)}" for name in ("name", "contact", "phone", "email", "locale"))
    op.execute(f"UPDATE question SET {columns} WHERE sign_up_id IS NOT NULL")


def _code() -> str:
    digits = f"{secrets.randbelow(10**8):08d}"
    digits += damm.calc_check_digit("1217" + digits)  # C and H as digits
    return f"CH-{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def _make_ledger() -> None:
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("occasion", WORD, nullable=False),
        sa.Column("occasion_on", sa.Date(), nullable=False),
        sa.Column("about", WORD, nullable=False),
        sa.Column("raised", TEXT, nullable=False),
        sa.Column("raised_by", LINE, nullable=False),
        sa.Column("field", WORD, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("first_due", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("postponed", sa.Integer(), nullable=False),
        sa.Column("waiting_for", LINE, nullable=False),
        sa.Column("waiting_since", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_recorded_at", INSTANT, nullable=True),
        sa.Column("proof_number", LINE, nullable=False),
        sa.Column("proof_text", TEXT, nullable=False),
        sa.Column("verdict", WORD, nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('deed', 'written')", name=op.f("ck_promise_kind")),
        sa.CheckConstraint("verdict IN ('', 'yes', 'partly', 'no')", name=op.f("ck_promise_verdict")),
        sa.CheckConstraint("(done_on IS NULL) = (done_recorded_at IS NULL)", name=op.f("ck_promise_done")),
        sa.CheckConstraint("(waiting_since IS NULL) = (waiting_for = '')", name=op.f("ck_promise_waiting")),
        sa.CheckConstraint("first_due >= made_on AND due >= first_due", name=op.f("ck_promise_days")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_promise_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_occasion", "promise", ["occasion"])
    op.create_index("ix_promise_about", "promise", ["about"])
    op.create_index("ix_promise_unit_id", "promise", ["unit_id"])
    op.create_index("ix_promise_open", "promise", ["done_on", "due"])
    op.create_table(
        "promise_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", LINE, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_after", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_event_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_event")),
    )
    op.create_index("ix_promise_event_promise_id", "promise_event", ["promise_id"])
    op.create_table(
        "promise_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("media_type", WORD, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_file_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_file")),
    )
    op.create_index("ix_promise_file_promise_id", "promise_file", ["promise_id"])
    op.create_table(
        "promise_asker",
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("about", WORD, nullable=False),
        sa.Column("link", LINE, nullable=False),
        sa.Column("email", LINE, nullable=False),
        sa.Column("phone", WORD, nullable=False),
        sa.Column("locale", WORD, nullable=False),
        sa.Column("verdict", WORD, nullable=False),
        sa.Column("said_at", INSTANT, nullable=True),
        sa.Column("words", TEXT, nullable=False),
        sa.CheckConstraint("verdict IN ('', 'yes', 'partly', 'no')", name=op.f("ck_promise_asker_verdict")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_promise_asker_promise_id")),
        sa.PrimaryKeyConstraint("promise_id", "about", name=op.f("pk_promise_asker")),
    )


def downgrade() -> None:
    for table in ("promise_asker", "promise_file", "promise_event", "promise"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION promise_event_refuse()")
    with op.batch_alter_table("question") as table:
        table.drop_index("ix_question_merged_into_id")
        for name in ("merged_into_id", "repeats_id", "answer_unit_id"):
            table.drop_constraint(op.f(f"fk_question_{name}"), type_="foreignkey")
        table.drop_constraint(op.f("uq_question_code"), type_="unique")
        for name in QUESTION_CHECKS:
            table.drop_constraint(op.f(name), type_="check")
    _shrink("question", ["code", *(name for name, *_rest in (*QUESTION, *QUESTION_MAYBE))])
    with op.batch_alter_table("office") as table:
        table.drop_constraint(op.f("ck_office_letters"), type_="check")
        table.create_check_constraint(op.f("ck_office_letters"), LETTERS["old"])
    # What the old house has no word for: kept seats were given up, people who stood were seated nowhere.
    op.execute("UPDATE sign_up SET state = 'given_up' WHERE state IN ('reserved', 'standing')")
    with op.batch_alter_table("sign_up") as table:
        for name in ("ck_sign_up_state", "ck_sign_up_reserved", "ck_sign_up_arrival"):
            table.drop_constraint(op.f(name), type_="check")
        table.create_check_constraint(op.f("ck_sign_up_state"), f"state IN ({STATES})")
    _shrink("sign_up", [name for name, *_rest in (*SIGN_UP, *SIGN_UP_MAYBE)])
    _shrink("unit", [name for name, *_rest in UNIT])
    _shrink("meeting", ["concluded_at"])


def _shrink(table_name: str, names: list[str]) -> None:
    with op.batch_alter_table(table_name) as table:
        for name in names:
            table.drop_column(name)
