"""Modals without inputs: something comes, something came of it, something is in the way."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.operation import Change, Operation
from handlers.blocks.elements import Payload, context, plain_section, plain_text
from handlers.blocks.rich import Block, rich_text
from handlers.blocks.text import cut

#: https://docs.slack.dev/reference/views/modal-views
TITLE = 24
BLOCKS = 100

OPENING = "One moment, please. If nothing comes, close this and ask again."
KEPT = "What you sent is kept. If nothing comes within a minute, look at /rds requests."
_BETWEEN = {"type": "text", "text": " · "}


def modal(heading: str, blocks: Sequence[Block]) -> Payload:
    """Can only be closed. What does not fit is left out."""
    return {
        "type": "modal",
        "title": plain_text(heading, TITLE),
        "close": plain_text("Close", TITLE),
        "blocks": list(blocks[:BLOCKS]),
    }


def notice_form(heading: str, text: str) -> Payload:
    """A message in a modal, which can only be closed."""
    return modal(heading, [plain_section(text)])


def opening_form() -> Payload:
    """Takes the trigger, which is good for three seconds, until there is something to show."""
    return notice_form("Opening…", OPENING)


def waiting_form(operation: type[Operation]) -> Payload:
    """Stands in the form's place while it is worked on."""
    said = "Checking with AWS…" if issubclass(operation, Change) else "One moment…"
    return modal(title(operation), [plain_section(said), context((KEPT,))])


def result_form(
    operation: type[Operation],
    drawn: Mapping[str, Any],
    channel: str | None = None,
    *,
    is_last: bool = False,
) -> Payload:
    """What a message would say, in a modal; ``channel`` is where its buttons are answered.

    ``is_last``: closing it closes what lies below as well, as nobody has more to do there.
    """
    return {
        **modal(title(operation), list(in_modal(drawn["blocks"]))),
        "private_metadata": json.dumps({"channel": channel}),
        **({"clear_on_close": True} if is_last else {}),
    }


def title(operation: type[Operation]) -> str:
    """``Backup window``"""
    return cut(operation.label(), TITLE)


def in_modal(blocks: Iterable[Block]) -> Iterator[Block]:
    """A modal holds no table: its rows become lines, without the cells that say nothing."""
    for block in blocks:
        yield _listed(block) if block["type"] == "table" else block


def _listed(table: Block) -> Block:
    lines = [{"type": "rich_text_section", "elements": _line(row)} for row in table["rows"]]
    return rich_text({"type": "rich_text_list", "style": "bullet", "elements": lines})


def _line(row: Sequence[Block]) -> list[Block]:
    leaves = [leaf for cell in _telling(row) for leaf in (_BETWEEN, *_leaves(cell))]
    return leaves[1:]


def _telling(row: Sequence[Block]) -> Sequence[Block]:
    return [cell for cell in row if cell.get("text") != "-"] or row


def _leaves(cell: Block) -> list[Block]:
    if cell["type"] == "raw_text":
        return [{"type": "text", "text": cell["text"]}]
    return [leaf for part in cell["elements"] for leaf in part["elements"]]
