"""What a query or a control answers, cut to what one message holds."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

from bot.values import Answer, Facts, Line, Paragraph, Table, Verbatim
from handlers.blocks.elements import (
    CELL,
    COLUMNS,
    FIELD,
    ROWS,
    Payload,
    buttons,
    context,
    facts,
    header,
    notification,
    section,
    table,
)
from handlers.blocks.rich import Block, lines, preformatted, rich_text
from handlers.blocks.text import joined, mrkdwn, plain

#: Slack refuses a message of some 13,200 characters, https://github.com/slackapi/bolt-js/issues/2509
ROOM = 9_000
BLOCKS = 40  #: of the 50 that a message holds; the rest is for buttons and hint

Item = TypeVar("Item")
Part = Paragraph | Facts | Table | Verbatim


def answer(given: Answer) -> Payload:
    """``text`` and ``blocks``; what does not fit is counted: "and 12 more"."""
    blocks = [header(given.title), *_parts(given.parts), *buttons(given.buttons)]
    hint = [context(given.hint)] if given.hint else []
    return {"text": notification((given.title,)), "blocks": [*blocks, *hint]}


class _Page:
    """The blocks of one message, and the room that is left in it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._room = ROOM
        self._has_table = False

    @property
    def is_full(self) -> bool:
        return self._room <= 0 or len(self.blocks) >= BLOCKS

    def paragraphs(self, given: Sequence[Line]) -> None:
        shown = self._fitting(given, _length, len(given))
        self._lines([*shown, *_more(len(given) - len(shown))])

    def facts(self, given: Facts) -> None:
        shown = self._fitting(given.pairs, _pair_length, len(given.pairs))
        self.blocks += facts(shown)
        self._lines(_more(len(given.pairs) - len(shown)))

    def table(self, given: Table) -> None:
        """A message holds one table; the rows of another become lines."""
        if self._has_table:
            self.paragraphs([joined(row, " · ") for row in given.rows])
            return
        self._has_table = True
        rows = [row[:COLUMNS] for row in given.rows]
        shown = self._fitting(rows, _row_length, ROWS - 1)
        self.blocks.append(table(given.columns[:COLUMNS], shown))
        self._lines(_more(len(rows) - len(shown)))

    def verbatim(self, given: Verbatim) -> None:
        """Cut where the message ends: whoever has more to say leaves out what matters less."""
        self.blocks.append(rich_text(preformatted(given.text, self._room)))
        self._room -= len(given.text)

    def _fitting(
        self, items: Sequence[Item], size: Callable[[Item], int], most: int
    ) -> Sequence[Item]:
        """As many of the first as there is room for."""
        for count, item in enumerate(items[:most]):
            self._room -= size(item)
            if self._room < 0:
                return items[:count]
        return items[:most]

    def _lines(self, given: Sequence[Line]) -> None:
        if part := lines(*given, limit=FIELD):
            self.blocks.append(rich_text(part))


def _parts(parts: Iterable[Part]) -> list[Block]:
    page = _Page()
    groups = [(kind, list(group)) for kind, group in groupby(parts, type)]
    for number, (_, group) in enumerate(groups):
        if page.is_full:
            left = sum(len(rest) for _, rest in groups[number:])
            return [*page.blocks, section(_more(left)[0])]
        _group(page, group)
    return page.blocks


def _group(page: _Page, group: Sequence[Part]) -> None:
    """Neighbours of one kind; paragraphs become one block."""
    page.paragraphs([part.line for part in group if isinstance(part, Paragraph)])
    for part in group:
        match part:
            case Facts():
                page.facts(part)
            case Table():
                page.table(part)
            case Verbatim():
                page.verbatim(part)


def _more(count: int) -> list[Line]:
    return [(f"and {count} more",)] if count else []


def _length(line: Line) -> int:
    return min(len(plain(line)), FIELD)


def _pair_length(pair: tuple[str, Line]) -> int:
    label, value = pair
    return len(label) + len(mrkdwn(value, FIELD))


def _row_length(row: Sequence[Line]) -> int:
    return sum(min(len(plain(line)), CELL) for line in row)
