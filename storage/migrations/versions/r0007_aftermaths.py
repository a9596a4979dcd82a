"""Which changes were looked back at, when, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "aftermaths",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="aftermaths_request_id_fkey"),
        sa.PrimaryKeyConstraint("request_id", "minutes", name="aftermaths_pkey"),
    )
    op.create_index("requests_ended", "requests", ["ended_at"])
