"""What the bot can do, who may do it and how it is carried out; knows no Slack and no SQL."""
