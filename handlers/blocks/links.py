"""The names of requests and incidents in what is drawn, as links: pure, over finished blocks.

Every surface names them in words of its own, so the links are put in once, where it is done.
Only rich_text bears them, and only outside of quotations and of what is typed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from handlers.blocks.elements import Payload
from handlers.blocks.rich import Block, Leaf

#: As many digits as fit an id that the database holds.
LABEL = re.compile(r"(?<![\w-])(?:RDS|I)-[1-9][0-9]{0,14}(?![\w-])")
_TEXTS = ("rich_text_section", "rich_text_list", "rich_text", "table")

Rewrite = Callable[[Leaf], list[Leaf]]


def named_in(drawn: Mapping[str, Any]) -> frozenset[str]:
    """The names that could become links: ``RDS-12``, ``I-3``."""
    found: set[str] = set()

    def note(leaf: Leaf) -> list[Leaf]:
        found.update(LABEL.findall(leaf["text"]))
        return [leaf]

    _rewritten(drawn.get("blocks", ()), note)
    return frozenset(found)


def linked(drawn: Payload, links: Mapping[str, str]) -> Payload:
    """The same, with a link to each of these wherever it is named; ``text`` stays."""
    if not links:
        return drawn
    blocks = _rewritten(drawn.get("blocks", ()), lambda leaf: list(_parts(leaf, links)))
    return {**drawn, "blocks": blocks}


def _rewritten(given: Sequence[Block], rewrite: Rewrite) -> list[Block]:
    return [part for one in given for part in _part(one, rewrite)]


def _part(one: Any, rewrite: Rewrite) -> list[Any]:
    kind = one.get("type")
    if kind == "text" and _is_free(one):
        return rewrite(one)
    if kind == "raw_text":  # a cell of a table bears a link only as rich_text
        leaves = rewrite({"type": "text", "text": one["text"]})
        return [one if len(leaves) == 1 and leaves[0]["type"] == "text" else _cell(leaves)]
    if kind == "table":
        return [{**one, "rows": [_rewritten(row, rewrite) for row in one["rows"]]}]
    if kind in _TEXTS:
        return [{**one, "elements": _rewritten(one["elements"], rewrite)}]
    return [one]


def _is_free(leaf: Leaf) -> bool:
    """Code is what is typed, unless it is the bare name."""
    is_code = (leaf.get("style") or {}).get("code")
    return not is_code or LABEL.fullmatch(leaf["text"]) is not None


def _cell(leaves: list[Leaf]) -> Block:
    section = {"type": "rich_text_section", "elements": leaves}
    return {"type": "rich_text", "elements": [section]}


def _parts(leaf: Leaf, links: Mapping[str, str]) -> Iterator[Leaf]:
    text, done = leaf["text"], 0
    for name in LABEL.finditer(text):
        if url := links.get(name[0]):
            if before := text[done : name.start()]:
                yield {**leaf, "text": before}
            yield {**leaf, "type": "link", "text": name[0], "url": url}
            done = name.end()
    if rest := text[done:]:
        yield {**leaf, "text": rest}
