"""Who is told what the place of a message does not take."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("instead", sa.String(), nullable=True))
