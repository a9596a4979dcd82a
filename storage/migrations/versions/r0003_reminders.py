"""Who was told on which occasion that a request waits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('asked', 'half', 'late')", name="reminders_occasion_known"
        ),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="reminders_request_id_fkey"),
        sa.PrimaryKeyConstraint("request_id", "person", "occasion", name="reminders_pkey"),
    )
