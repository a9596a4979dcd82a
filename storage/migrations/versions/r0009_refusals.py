"""What was sent stays sent, unless the very change that takes it back brings proof of a refusal."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_REASON = "what was sent stays sent"
#: IS DISTINCT FROM in words that SQLite knows too.
_IS_PROVEN = (
    "NEW.sent_at IS NULL AND OLD.accepted_at IS NULL AND NEW.refusal IS NOT NULL "
    "AND (OLD.refusal IS NULL OR NEW.refusal <> OLD.refusal)"
)
_ALTERS = (
    "OLD.sent_at IS NOT NULL AND (NEW.sent_at IS NULL OR NEW.sent_at <> OLD.sent_at) "
    f"AND NOT ({_IS_PROVEN})"
)


def upgrade() -> None:
    op.add_column("steps", sa.Column("refusal", sa.String(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # SQLite replaces no trigger: https://www.sqlite.org/lang_createtrigger.html
        op.execute("DROP TRIGGER steps_sent_once")
        op.execute(
            f"CREATE TRIGGER steps_sent_once BEFORE UPDATE ON steps WHEN {_ALTERS} "
            f"BEGIN SELECT RAISE(ABORT, '{_REASON}'); END"
        )
    else:
        op.execute(
            f"""
            CREATE OR REPLACE FUNCTION steps_sent_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {_ALTERS} THEN
                    RAISE EXCEPTION '{_REASON}' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END $$
            """
        )
