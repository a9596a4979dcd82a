"""When a request starts, where whoever asked said a time."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("requests", sa.Column("starts_at", sa.BigInteger(), nullable=True))
