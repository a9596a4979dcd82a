"""What every payload must hold to, however hostile the text that went into it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.models.blocks import Block

from bot.sandbox.slack.rules import message_problems, view_problems
from handlers.blocks.elements import LABEL

Payload = Mapping[str, Any]

MESSAGE = 12_000
_OURS = re.compile(
    r"<@U[A-Z0-9]+>|<#C[A-Z0-9]+>|"
    r"<https://example\.slack\.com/archives/\w+/p\d+\|I-\d+>|"
    r"<!date\^\d+\^\{date_short_pretty\}( at \{time\})?\|[\d-]+( [\d:]+ UTC)?>"
)
_FORMATS = re.compile(r"[*~`]|(?<!\w)_|_(?!\w)|:[\w+'-]+:|^\s*&gt;", re.MULTILINE)
_STRONG = re.compile(r"\*([^*\n]+)\*")
_STRUCK = re.compile(r"^~([^~\n]+)~$", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")


#: Where the bot's own links lead: to a message.
_MESSAGE = re.compile(r"https://[a-z]+\.slack\.com/archives/[A-Z0-9]+/p[0-9]+")


def assert_message(payload: Payload) -> None:
    """Slack would take it, and nothing that people wrote is live in it."""
    assert message_problems(payload["blocks"]) == ()
    assert [one.to_dict() for one in Block.parse_all(payload["blocks"]) if one]
    assert 0 < len(payload["text"]) <= 3000
    assert len(words(payload)) <= MESSAGE
    assert_inert(payload)
    assert_spoken(payload)


def assert_view(view: Payload) -> None:
    assert view_problems(view) == ()
    assert_inert(view)
    assert_spoken(view)


def assert_spoken(payload: Payload) -> None:
    """Whoever controls their machine by voice says what they see: WCAG 2.5.3, Label in Name."""
    for part in parts(payload):
        if part.get("type") == "button":
            assert len(part["text"]["text"]) <= LABEL, part["text"]["text"]
        if "accessibility_label" in part:
            seen = _spelled(part["text"]["text"])
            assert _spelled(part["accessibility_label"])[: len(seen)] == seen


def _spelled(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def assert_inert(payload: Payload) -> None:
    assert "<" not in _OURS.sub("", str(payload.get("text", "")))
    for part in parts(payload):
        assert part.get("type") not in ("broadcast", "channel", "usergroup")
        assert part.get("type") != "link" or _MESSAGE.match(part["url"])
        if part.get("type") == "mrkdwn":
            _assert_dead(part)
    for string in strings(payload):
        assert not [it for it in string if _is_invisible(it)], string


def _assert_dead(part: Payload) -> None:
    assert part["verbatim"] is True
    ours = _STRUCK.sub(r"\1", _OURS.sub("", part["text"]))
    written = _STRONG.sub(r"\1", _CODE.sub("", ours))
    assert "<" not in written
    assert not _FORMATS.search(written), written


def _is_invisible(character: str) -> bool:
    return character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def parts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a payload."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def strings(value: Any) -> Iterator[str]:
    for part in parts(value):
        for inner in part.values():
            if isinstance(inner, str):
                yield inner


def words(payload: Payload) -> str:
    """All texts of the blocks, in reading order."""
    return " ".join(str(part["text"]) for part in parts(payload["blocks"]) if _has_words(part))


def _has_words(part: Payload) -> bool:
    return isinstance(part.get("text"), str)


def action_ids(payload: Payload) -> list[str]:
    return [str(part["action_id"]) for part in parts(payload) if "action_id" in part]
