"""The paper that every picture is drawn on: a card of dark grey, with its title, key and foot.

Everything is placed and sized in px of the preview: Slack fits a picture into 360 px of height and
a phone into about 341 of width, and most people see nothing else of it. So no type is smaller
than 11. The file has three dots for each of them, and is sharp when it is opened.

No colour is read on Slack's white as well as on its near black, so the card brings its own ground;
it is dark, as the one that glares is the white one, at night.
Colours are Okabe and Ito's, lightened for it. https://jfly.uni-koeln.de/color/
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from charts.fonts import POINTS, pixels, wrapped
from charts.words import NO_DATA

WIDTH, HEIGHT = 341, 360  #: px; the height at most
DOTS = 3  #: of the file, for a px
PAPER, INK, QUIET, FAINT = "#2F333A", "#F4F5F6", "#B8BCC4", "#50555E"
EDGING = "#7C828C"  #: around the card, where the ground behind is as dark
ALARM = "#FF7A70"
COLOURS = ("#56B4E9", "#E69F00", "#2CC295", "#E59AC6", "#E8E8E8", "#FF8F5C")
STYLES = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), "-", (0, (5, 2)))
TITLE, TEXT, SMALL = 13.5, 11.5, 11.0
EDGE, LINE, FOOT_LINE = 9, 16.5, 13.5
KEY_LINE, BESIDE, APART = 14.5, 5, 12
SWATCH = 16  #: wide
TITLE_LINES, KEY_LINES, FOOT_LINES = 3, 4, 3

Swatch = Callable[[Axes, float, float], object]
"""Draws what is explained, from x on and around y."""


@dataclass(frozen=True)
class Entry:
    """A line of the key: what it looks like, and what it says."""

    swatch: Swatch
    said: str
    wide: float = SWATCH


@dataclass(frozen=True)
class Sheet:
    figure: Figure
    height: float
    head: float
    body: float  #: what is free between head and foot

    def axes(self, left: float, down: float, width: float, height: float) -> Axes:
        """A plot, placed from the left and from the end of the head."""
        bottom = self.height - self.head - down - height
        place = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(place)

    def nothing(self) -> None:
        """Say so where a picture has nothing at all to show."""
        axes = self.axes(0, 0, WIDTH, self.body)
        axes.set_axis_off()
        nothing(axes)


def sheet(title: str, foot: str, key: Sequence[Entry] = (), body: float = HEIGHT) -> Sheet:
    """A paper with so much to draw on, or with as much as there is room for."""
    said = _Said.of(title, foot, key)
    height = min(HEIGHT, said.head + body + said.low)
    drawn = Figure(figsize=(WIDTH / POINTS, height / POINTS), dpi=POINTS * DOTS, facecolor=PAPER,
                   edgecolor=EDGING, linewidth=1.5)  # fmt: skip
    drawn.text(EDGE / WIDTH, 1 - 8 / height, "\n".join(said.title), va="top", color=INK,
               fontsize=TITLE, fontweight="bold", linespacing=1.06)  # fmt: skip
    drawn.text(EDGE / WIDTH, 6 / height, "\n".join(said.foot), va="bottom", color=QUIET,
               fontsize=SMALL, linespacing=1.08)  # fmt: skip
    made = Sheet(drawn, height, said.head, height - said.head - said.low)
    if said.key:
        _explain(made, said)
    return made


def room(title: str, foot: str, key: Sequence[Entry] = ()) -> float:
    """How much there is at most to draw on between such words."""
    said = _Said.of(title, foot, key)
    return HEIGHT - said.head - said.low


Line = Sequence[tuple[float, Entry]]
"""Entries of a key, each with where it begins."""


@dataclass(frozen=True)
class _Said:
    """What stands around the body, in lines."""

    title: Sequence[str]
    key: Sequence[Line]
    foot: Sequence[str]

    @classmethod
    def of(cls, title: str, foot: str, key: Sequence[Entry]) -> "_Said":
        return cls(
            wrapped(title, WIDTH - 2 * EDGE, TITLE, TITLE_LINES, weight="bold"),
            _shortened(list(_flow(key))),
            wrapped(foot, WIDTH - 2 * EDGE, SMALL, FOOT_LINES),
        )

    @property
    def titled(self) -> float:
        return 8 + LINE * len(self.title)

    @property
    def head(self) -> float:
        return self.titled + 4 + (KEY_LINE * len(self.key) + 2 if self.key else 0)

    @property
    def low(self) -> float:
        return FOOT_LINE * len(self.foot) + 8


def _shortened(lines: Sequence[Line]) -> Sequence[Line]:
    """A key that would push the figures out says how much it leaves out."""
    if len(lines) <= KEY_LINES:
        return lines
    *kept, (last, *others) = lines[:KEY_LINES]
    count = len(others) + sum(map(len, lines[KEY_LINES:]))
    at = last[0] + last[1].wide + BESIDE + pixels(last[1].said, SMALL) + APART
    more = Entry(lambda _axes, _x, _y: None, f"+{count}", wide=0)
    fits = at + pixels(more.said, SMALL) <= WIDTH - EDGE
    tail = [last, (at, more)] if fits else [(float(EDGE), replace(more, said=f"+{count + 1} more"))]
    return [*kept, tail]


def _flow(key: Sequence[Entry]) -> Iterator[Line]:
    """The entries in lines."""
    line: list[tuple[float, Entry]] = []
    at = float(EDGE)
    for entry in key:
        wide = entry.wide + BESIDE + pixels(entry.said, SMALL)
        if line and at + wide > WIDTH - EDGE:
            yield line
            line, at = [], float(EDGE)
        line.append((at, entry))
        at += wide + APART
    if line:
        yield line


def _explain(made: Sheet, said: _Said) -> None:
    tall = KEY_LINE * len(said.key)
    axes = made.axes(0, said.titled + 2 - said.head, WIDTH, tall)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(tall, 0)
    for number, line in enumerate(said.key):
        middle = (number + 0.5) * KEY_LINE
        for at, entry in line:
            entry.swatch(axes, at, middle)
            axes.text(at + entry.wide + BESIDE, middle, entry.said, color=INK, fontsize=SMALL,
                      va="center_baseline")  # fmt: skip


def aside(axes: Axes, px: float) -> float:
    """So many px as a share of a plot's width."""
    return px * DOTS / axes.bbox.width


def above(axes: Axes, px: float) -> float:
    """So many px as a share of a plot's height."""
    return px * DOTS / axes.bbox.height


def note(axes: Axes, x: float, y: float, said: str, **more: Any) -> None:
    """Words in or beside a plot, placed in shares of it."""
    look = {"color": INK, "fontsize": SMALL, **more}
    axes.text(x, y, said, transform=axes.transAxes, **look)


def nothing(axes: Axes, said: str = NO_DATA) -> None:
    """In the place of figures that there are none of."""
    note(axes, 0.5, 0.5, said, ha="center", va="center", color=QUIET, fontsize=TEXT)


def badge(axes: Axes, x: float, y: float, said: str, *, filled: bool, **more: Any) -> None:
    """A number in a circle, light or hollow."""
    paper, ink = (INK, PAPER) if filled else (PAPER, INK)
    circle = {"boxstyle": "circle,pad=0.12", "facecolor": paper, "edgecolor": INK, "linewidth": 0.8}
    axes.text(x, y, said, color=ink, fontsize=SMALL, fontweight="bold", ha="center",
              va="center_baseline", bbox=circle, **more)  # fmt: skip
