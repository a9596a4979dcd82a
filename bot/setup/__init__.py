"""For whoever installs the bot: first settings, checks, IAM policies, alarms."""
