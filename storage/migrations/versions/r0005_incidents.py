"""What alarms and RDS events have said, from their start to their end."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass
