"""What Slack sends is kept, acknowledged, then worked on."""
