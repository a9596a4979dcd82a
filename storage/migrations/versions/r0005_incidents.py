"""What alarms and RDS events have said, from their start to their end."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="incidents_pkey"),
    )
    op.create_index("incidents_key", "incidents", ["key", "id"])
    op.create_index("incidents_started", "incidents", ["started_at"])
    is_open = sa.text("resolved_at IS NULL")
    op.create_index(
        "incidents_key_open",
        "incidents",
        ["key"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
