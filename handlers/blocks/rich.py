"""rich_text: the one block in which any text stays what it is, whoever wrote it."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.values import Channel, Code, Group, Line, Link, Mention, Moment, Span, Strong
from handlers.blocks.text import cut, date, spaced, stripped, visible, visible_lines

Block = dict[str, Any]
Leaf = dict[str, Any]
Part = dict[str, Any]

_NEWLINE: Leaf = {"type": "text", "text": "\n"}


def rich_text(*parts: Part | None) -> Block:
    """The parts that are not None, one below the other; a dash where all are."""
    shown = [part for part in parts if part]
    return {"type": "rich_text", "elements": shown or [lines(("-",))]}


def lines(*given: Line, limit: int = 1500) -> Part | None:
    """Lines one below the other, each cut at ``limit``; None without any."""
    elements: list[Leaf] = []
    for shown in filter(None, (leaves(line, limit) for line in given)):
        elements += [_NEWLINE, *shown] if elements else shown
    return {"type": "rich_text_section", "elements": elements} if elements else None


def bullets(given: Iterable[Line], limit: int = 300) -> Part | None:
    """A list, each line cut at ``limit``; None without any."""
    sections = [lines(line, limit=limit) for line in given]
    items = [section for section in sections if section]
    return {"type": "rich_text_list", "style": "bullet", "elements": items} if items else None


def quote(text: str, limit: int) -> Part | None:
    """What somebody wrote, word for word; None if nothing of it can be seen."""
    shown = cut(visible_lines(text), limit, "… (cut)")
    return {"type": "rich_text_quote", "elements": [_text(shown)]} if shown else None


def preformatted(text: str, limit: int) -> Part:
    shown = cut(stripped(text), limit, "… (cut)")
    return {"type": "rich_text_preformatted", "elements": [_text(shown or "-")]}


def emoji(name: str) -> Leaf:
    return {"type": "emoji", "name": name}


def leaves(line: Line, limit: int = 1500) -> list[Leaf]:
    """A line's spans as elements; text past ``limit`` characters is cut."""
    return list(_leaves(line, limit))


def _leaves(line: Line, room: int) -> Iterator[Leaf]:
    for span in line:
        leaf = _leaf(span)
        if written := leaf.get("text"):
            if room < 1:
                return
            leaf["text"] = cut(written, room)
            room -= len(written)
        if leaf.get("text") != "":
            yield leaf


def _leaf(span: Span) -> Leaf:
    match span:
        case Mention():
            return {"type": "user", "user_id": span.person.user}
        case Channel():
            return {"type": "channel", "channel_id": span.id}
        case Group():
            return {"type": "usergroup", "usergroup_id": span.id}
        case Moment():
            return _date(span)
        case Code():
            return _text(visible(span.text), "code")
        case Strong():
            return _text(visible(span.text), "bold")
        case Link():
            return {"type": "link", "url": span.url, "text": visible(span.text)}
        case str():
            return _text(spaced(span))


def _date(moment: Moment) -> Leaf:
    at, shown, fallback = date(moment)
    return {"type": "date", "timestamp": at, "format": shown, "fallback": fallback}


def _text(text: str, style: str = "") -> Leaf:
    return {"type": "text", "text": text, **({"style": {style: True}} if style else {})}
