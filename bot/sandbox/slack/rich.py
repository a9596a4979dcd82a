"""rich_text as lines of text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.sandbox.slack.mrkdwn import EMOJI, Eyes

Part = Mapping[str, Any]


def rich_text(block: Part, eyes: Eyes) -> list[str]:
    return [line for part in block["elements"] for line in _part(part, eyes)]


def cell(given: Part, eyes: Eyes) -> str:
    """One cell of a table."""
    match given["type"]:
        case "raw_text":
            return str(given["text"])
        case "raw_number":
            return str(given.get("text", given["value"]))
    return " ".join(rich_text(given, eyes))


def _part(part: Part, eyes: Eyes) -> Iterator[str]:
    match part["type"]:
        case "rich_text_list":
            for number, item in enumerate(part["elements"], start=1 + part.get("offset", 0)):
                bullet = f"{number}." if part["style"] == "ordered" else "•"
                yield f"{'  ' * part.get('indent', 0)}{bullet} {_inline(item['elements'], eyes)}"
        case "rich_text_quote":
            yield from (f"▏ {it}" for it in _inline(part["elements"], eyes).split("\n"))
        case "rich_text_preformatted":
            yield from (f"  {it}" for it in _inline(part["elements"], eyes).split("\n"))
        case _:
            yield from _inline(part["elements"], eyes).rstrip("\n").split("\n")


def _inline(leaves: Sequence[Part], eyes: Eyes) -> str:
    return "".join(_leaf(it, eyes) for it in leaves)


def _leaf(leaf: Part, eyes: Eyes) -> str:
    match leaf["type"]:
        case "link":
            return f"{leaf['text']} ({leaf['url']})" if leaf.get("text") else str(leaf["url"])
        case "user":
            return eyes.user(leaf["user_id"])
        case "usergroup":
            return eyes.group(leaf["usergroup_id"])
        case "channel":
            return eyes.channel(leaf["channel_id"])
        case "emoji":
            return EMOJI.get(leaf["name"], f":{leaf['name']}:")
        case "broadcast":
            return f"@{leaf['range']}"
        case "color":
            return str(leaf["value"])
        case "date":
            return eyes.moment(leaf["timestamp"], leaf["format"])
    return str(leaf["text"])
