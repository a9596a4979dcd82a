"""A page in the browser to use the sandbox's workspace with, as any of its people.

It knows the sandbox's Slack and nothing of any bot: people act as `Member` lets them, and see what
reached their screens.
"""

from bot.sandbox.page.assets import UnbuiltError, built_page
from bot.sandbox.page.server import Director, WorkspacePage

__all__ = ["Director", "UnbuiltError", "WorkspacePage", "built_page"]
