"""What becomes of CloudOps requests: who took them, and how they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "cloudops",
        sa.Column("denial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requester", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason_id", sa.BigInteger(), nullable=True),
        sa.Column("card", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("denial", name="cloudops_pkey"),
        sa.ForeignKeyConstraint(["reason_id"], ["texts.id"], name="cloudops_reason_id_fkey"),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'done', 'declined', 'withdrawn')",
            name="cloudops_state_known",
        ),
    )
