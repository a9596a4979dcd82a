"""The first message of the demo's workspace: what to try, told by one of its people."""

from collections.abc import Sequence
from typing import Any

from bot.sandbox.slack import SlackSandbox

AUTHOR, PLACE = "pat", "databases"
OPENING = "New here? Six things to try:"
#: What to do, what to type or press for it, and what to look for.
STEPS = (
    ("Ask for a snapshot: type ", "/rds snapshot orders-dev", ". It needs nobody's approval."),
    (
        "Ask to restart staging on its standby: ",
        '/rds reboot orders-staging --failover --reason "a drill"',
        ". Connections will drop, so two others must agree.",
    ),
    ("Press ", "Approve", " on the card of your own request, and see what happens."),
    ("Become Dora, then Emil (in the list of people), and press ", "Approve", " as each of them."),
    ("Look at the app's Home, and at what was written down: ", "/rds audit", ""),
    ("Set trouble off in the yellow bar above, then look into ", "#database-incidents", "."),
)


def welcome(slack: SlackSandbox) -> None:
    """Posts it."""
    channel, author = slack.workspace.channel(PLACE), slack.workspace.person(AUTHOR)
    slack.world.post(channel, author.id, text=OPENING, blocks=[_block()])


def _block() -> dict[str, Any]:
    steps = [_section(_text(before), _code(what), _text(after)) for before, what, after in STEPS]
    return {
        "type": "rich_text",
        "elements": [
            _section(_text(OPENING)),
            {"type": "rich_text_list", "style": "ordered", "elements": steps},
        ],
    }


def _section(*parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [it for part in parts for it in part]}


def _text(text: str) -> Sequence[dict[str, Any]]:
    return [{"type": "text", "text": text}] if text else []


def _code(text: str) -> Sequence[dict[str, Any]]:
    return [{"type": "text", "text": text, "style": {"code": True}}]
