"""A step locks all that it changes, maybe several databases, and is found by each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "step_locks",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lock", sa.String(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="step_locks_request_id_fkey"),
        sa.PrimaryKeyConstraint("request_id", "number", "lock", name="step_locks_pkey"),
    )
    # What is held at this moment stays held, and what was filed before can still be claimed.
    op.execute(
        "INSERT INTO step_locks (request_id, number, lock, held) SELECT request_id, number, lock, "
        "claimed_at IS NOT NULL AND settled_at IS NULL FROM steps"
    )
    held = sa.text("held")
    op.create_index(
        "step_locks_held",
        "step_locks",
        ["lock"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )
    op.create_index("step_locks_lock", "step_locks", ["lock", "request_id"])
    op.drop_index("steps_lock_held", "steps")
    op.create_table(
        "step_touches",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="step_touches_request_id_fkey"
        ),
        sa.PrimaryKeyConstraint(
            "request_id",
            "number",
            "account",
            "region",
            "kind",
            "identifier",
            "role",
            name="step_touches_pkey",
        ),
    )
    op.create_index("step_touches_identifier", "step_touches", ["identifier", "request_id"])
