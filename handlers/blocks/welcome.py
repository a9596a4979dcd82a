"""What stands in somebody's direct messages with the bot when they first look there."""

from bot.values import Code, Line, Strong, looking
from handlers.blocks.elements import Payload, buttons, notification
from handlers.blocks.phrases import MEMBERS_ONLY
from handlers.blocks.rich import bullets, lines, rich_text

HELLO: Line = (Strong(text="Hello! I look after your team's RDS and Aurora databases."),)
WAYS: tuple[Line, ...] = (
    ("Ask me here in words: ", Code(text="list staging"), " or ", Code(text="metrics orders-test")),
    ("Or type ", Code(text="/rds"), " in any channel. Your team's rules say what needs approval."),
    ("My Home tab shows what needs you. Only you see what I answer here.",),
)
BUTTONS = (looking("List databases", "list"), looking("What you can type", "help"))


def welcome() -> Payload:
    """``text`` and ``blocks``."""
    said = rich_text(lines(HELLO), bullets(WAYS))
    return {"text": notification(HELLO), "blocks": [said, *buttons(BUTTONS)]}


def closed_welcome() -> Payload:
    """The same for guests and people of other workspaces."""
    hello: Line = ("Hello! ", MEMBERS_ONLY)
    return {"text": notification(hello), "blocks": [rich_text(lines(hello))]}
