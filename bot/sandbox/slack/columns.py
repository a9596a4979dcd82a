"""Laying out text in a terminal whose characters are one or two columns wide."""

from collections.abc import Sequence
from itertools import zip_longest
from unicodedata import combining, east_asian_width

INVISIBLE = frozenset("\u200b\u200d\ufe0e\ufe0f")


def width(text: str) -> int:
    return sum(_character(it) for it in text)


def pad(text: str, wanted: int, align: str = "left") -> str:
    space = max(0, wanted - width(text))
    if align == "right":
        return " " * space + text
    left = space // 2 if align == "center" else 0
    return " " * left + text + " " * (space - left)


def wrap(text: str, wanted: int) -> list[str]:
    """Lines no wider than wanted; line breaks and leading spaces are kept."""
    return [line for given in text.split("\n") for line in _wrap_line(given, wanted)]


def columns(cells: Sequence[str], wanted: int, count: int = 2, gap: int = 3) -> list[str]:
    """Cells side by side, as Slack lays out fields."""
    each = (wanted - gap * (count - 1)) // count
    lines: list[str] = []
    for start in range(0, len(cells), count):
        wrapped = [wrap(it, each) for it in cells[start : start + count]]
        rows = zip_longest(*wrapped, fillvalue="")
        lines.extend((" " * gap).join(pad(it, each) for it in row).rstrip() for row in rows)
    return lines


def table(rows: Sequence[Sequence[str]], aligns: Sequence[str], wanted: int) -> list[str]:
    """The first row is the heading.

    Columns shrink, the widest first, until the table fits; their cells go on in the next line.
    """
    count = max(len(row) for row in rows)
    filled = [[*row, *[""] * (count - len(row))] for row in rows]
    sizes = [max(_widest(row[it]) for row in filled) for it in range(count)]
    while sum(sizes) + 3 * (count - 1) > wanted and max(sizes) > 4:
        sizes[sizes.index(max(sizes))] -= 1
    heading, *body = (_row(row, sizes, aligns) for row in filled)
    rule = "─┼─".join("─" * size for size in sizes)
    return [*heading, rule, *(line for lines in body for line in lines)]


def _row(row: Sequence[str], sizes: Sequence[int], aligns: Sequence[str]) -> list[str]:
    cells = [wrap(cell, size) for cell, size in zip(row, sizes, strict=True)]
    sides = [*aligns, *["left"] * len(cells)][: len(cells)]
    return [" │ ".join(map(pad, line, sizes, sides)) for line in zip_longest(*cells, fillvalue="")]


def _widest(cell: str) -> int:
    return max(map(width, cell.split("\n")))


def _wrap_line(line: str, wanted: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip(" "))]
    room = wanted - width(indent)
    lines, current, used = [], "", 0
    for piece in (it for word in line.strip(" ").split(" ") for it in _pieces(word, room)):
        needed = width(piece)
        if current and used + 1 + needed > room:
            lines.append(indent + current)
            current, used = "", 0
        used += needed + (1 if current else 0)
        current = f"{current} {piece}" if current else piece
    return [*lines, indent + current]


def _pieces(word: str, wanted: int) -> list[str]:
    """The word, cut where it is wider than a line."""
    pieces, start, used = [], 0, 0
    for index, character in enumerate(word):
        used += _character(character)
        if used > wanted:
            pieces.append(word[start:index])
            start, used = index, _character(character)
    return [*pieces, word[start:]]


def _character(character: str) -> int:
    if character in INVISIBLE or combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
