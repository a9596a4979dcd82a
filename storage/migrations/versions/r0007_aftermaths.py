"""Which changes were looked back at, and when."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    pass
