"""What somebody last clicked at a request in their Home, to be said there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("home_views", sa.Column("click", sa.String(), nullable=True))
