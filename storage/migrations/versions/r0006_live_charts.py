"""Charts that are kept fresh for a while."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    pass
