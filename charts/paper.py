"""The paper that every picture is drawn on, right on light and on dark: title, key and foot.

What stands on it is placed in inches, from the left and from the end of the head.
Colours are Okabe and Ito's, told apart by colour-blind people. https://jfly.uni-koeln.de/color/
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from charts.fonts import inches, wrapped
from charts.words import NO_DATA

PAPER, INK, QUIET, FAINT = "#FBFBFC", "#1D1C1D", "#616061", "#DDDDE0"
ALARM = "#B3261E"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
#: The same, darkened until their words are read on the paper as well as their lines are seen.
INKS = ("#0069A4", "#AF4D00", "#00754F", "#9C4A79", "#1F6F9E", "#8A5F00")
STYLES = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), "-", (0, (5, 2)))
WIDTH, DOTS = 8.0, 144  #: inches; dots to the inch: sharp when opened, legible when shown small
EDGE, LINE, FOOT, FOOT_LINE = 0.25, 0.26, 0.34, 0.17  #: inches
KEY_LINE, BESIDE, APART = 0.21, 0.09, 0.28
TITLE, TEXT, SMALL = 13.5, 9.5, 8.5  #: points
TITLE_LINES, FOOT_LINES = 2, 3

Swatch = Callable[[Axes, float, float], object]
"""Draws what is explained, from x on and around y."""


@dataclass(frozen=True)
class Entry:
    """A line of the key: what it looks like, and what it says."""

    swatch: Swatch
    said: str
    wide: float = 0.25  #: inches of the swatch


@dataclass(frozen=True)
class Sheet:
    figure: Figure
    height: float
    head: float

    def axes(self, left: float, down: float, width: float, height: float) -> Axes:
        """A plot, placed in inches."""
        bottom = self.height - self.head - down - height
        place = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(place)

    def nothing(self, tall: float) -> None:
        """Say so where a picture has nothing at all to show."""
        axes = self.axes(0, 0, WIDTH, tall)
        axes.set_axis_off()
        nothing(axes)


def sheet(title: str, foot: str, body: float, key: Sequence[Entry] = ()) -> Sheet:
    """A paper with ``body`` inches to draw on."""
    titled = wrapped(title, WIDTH - 2 * EDGE, TITLE, TITLE_LINES, weight="bold")
    under = wrapped(foot, WIDTH - 2 * EDGE, 9, FOOT_LINES)
    lines = list(_flow(key))
    above = 0.2 + LINE * len(titled)
    head = above + (KEY_LINE * len(lines) + 0.08 if lines else 0.2)
    height = head + body + FOOT + FOOT_LINE * (len(under) - 1)
    drawn = Figure(figsize=(WIDTH, height), dpi=DOTS, facecolor=PAPER, edgecolor=FAINT, linewidth=2)
    drawn.text(EDGE / WIDTH, 1 - 0.2 / height, "\n".join(titled), va="top", color=INK,
               fontsize=TITLE, fontweight="bold", linespacing=1.15)  # fmt: skip
    drawn.text(EDGE / WIDTH, 0.14 / height, "\n".join(under), va="bottom", color=QUIET,
               fontsize=9)  # fmt: skip
    made = Sheet(drawn, height, head)
    if lines:
        _explain(made, lines, above)
    return made


def _flow(key: Sequence[Entry]) -> Iterator[list[tuple[float, Entry]]]:
    """The entries in lines, each with where it begins."""
    line: list[tuple[float, Entry]] = []
    at = EDGE
    for entry in key:
        wide = entry.wide + BESIDE + inches(entry.said, SMALL)
        if line and at + wide > WIDTH - EDGE:
            yield line
            line, at = [], EDGE
        line.append((at, entry))
        at += wide + APART
    if line:
        yield line


def _explain(made: Sheet, lines: Sequence[Sequence[tuple[float, Entry]]], above: float) -> None:
    tall = KEY_LINE * len(lines)
    axes = made.axes(0, above - made.head, WIDTH, tall)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(tall, 0)
    for number, line in enumerate(lines):
        middle = (number + 0.5) * KEY_LINE
        for at, entry in line:
            entry.swatch(axes, at, middle)
            axes.text(at + entry.wide + BESIDE, middle, entry.said, color=INK, fontsize=SMALL,
                      va="center_baseline")  # fmt: skip


def aside(axes: Axes, inches: float) -> float:
    """So many inches as a share of a plot's width."""
    return inches * DOTS / axes.bbox.width


def above(axes: Axes, inches: float) -> float:
    """So many inches as a share of a plot's height."""
    return inches * DOTS / axes.bbox.height


def note(axes: Axes, x: float, y: float, said: str, **more: Any) -> None:
    """Words in or beside a plot, placed in shares of it."""
    look = {"color": INK, "fontsize": SMALL, **more}
    axes.text(x, y, said, transform=axes.transAxes, **look)


def nothing(axes: Axes, said: str = NO_DATA) -> None:
    """In the place of figures that there are none of."""
    note(axes, 0.5, 0.5, said, ha="center", va="center", color=QUIET, fontsize=TEXT)


def badge(axes: Axes, x: float, y: float, said: str, *, filled: bool, **more: Any) -> None:
    """A number in a circle, dark or hollow."""
    paper, ink = (INK, PAPER) if filled else (PAPER, INK)
    circle = {"boxstyle": "circle,pad=0.22", "facecolor": paper, "edgecolor": INK, "linewidth": 0.9}
    axes.text(x, y, said, color=ink, fontsize=6.5, fontweight="bold", ha="center",
              va="center_baseline", bbox=circle, **more)  # fmt: skip
