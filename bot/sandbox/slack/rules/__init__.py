"""What Slack refuses in blocks and views: slack_sdk's models and the rules they lack."""

from bot.sandbox.slack.rules.surfaces import message_problems, view_problems

__all__ = ["message_problems", "view_problems"]
