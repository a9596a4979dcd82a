"""Under which mailbox a vote was given, sealed: an address may change after the vote."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("votes", sa.Column("mailbox", sa.String(), nullable=True))
