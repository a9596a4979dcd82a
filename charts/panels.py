"""A chart: small multiples over one stretch of time, one below the other with one axis of times."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.values import Chart, Limit, Panel
from charts import curves, frames, markers
from charts.fonts import pixels
from charts.paper import EDGE, QUIET, SMALL, WIDTH, Sheet, above, aside, note, nothing, sheet
from charts.scales import Ticks, figures, top
from charts.words import NO_DATA, NOT_READ, foot, zone_said

ONE_COLUMN = 4  #: panels that stand below each other; more of them stand in two columns
GUTTER, GAP = 12, 7  #: px between two columns, and between two rows
LARGER = {1: 14.0, 2: 12.5}  #: type of a chart with so few panels
NAMED, TIMES = 5.5, 6.0  #: px more than its type: a line of names, and the times below a plot
LINES, LOWEST = 2, 26.0  #: of names below a title at most; px of a plot, below which it is fewer
APART = 1.3  #: lines of type, from one word of a scale to the next


def figure(chart: Chart) -> Figure:
    marked = markers.of(chart)
    drawn = sheet(chart.title, foot(chart, len(chart.rest)), (*curves.key(chart), *marked.key))
    if not chart.panels:
        drawn.nothing()
        return drawn.figure
    grid = Grid.of(chart, drawn, markers.RAISED if marked.moments else 0)
    for number, panel in enumerate(chart.panels):
        cell = grid.cell(number)
        axes = _plot(drawn, cell, panel, chart)
        _above(axes, panel, cell, grid.known)
        marked.mark(axes, cell.plot, numbered=cell.raised > 0)
    return drawn.figure


@dataclass(frozen=True)
class Cell:
    """The place of a panel, in px: of its words, and of its plot below them."""

    left: float
    wide: float
    scale: float  #: on the left of the plot, for the words of its scale
    down: float  #: of the plot
    tall: float
    size: float  #: of its type
    lines: int  #: of words above it
    most: int
    raised: float  #: between those and the plot
    is_last: bool  #: of its column

    @property
    def plot(self) -> float:
        return self.wide - self.scale


@dataclass(frozen=True)
class Grid:
    columns: int
    scales: tuple[float, ...]  #: px, of each column
    lines: tuple[int, ...]  #: of words, of each row
    most: int  #: of those below the titles
    tall: float  #: px of a plot
    raised: float  #: px above the plots of the first row
    size: float
    known: tuple[str, ...]  #: names of curves that the key explains
    count: int

    @classmethod
    def of(cls, chart: Chart, drawn: Sheet, raised: float) -> "Grid":
        count, known = len(chart.panels), curves.shared(chart)
        columns, size = 1 if count <= ONE_COLUMN else 2, LARGER.get(count, SMALL)
        rows, wide = math.ceil(count / columns), _wide(columns)
        free = drawn.body - raised - size - TIMES - GAP * (rows - 1)
        zone = pixels(zone_said(chart.window.until, chart.zone), size)
        scaled = [max(zone, _scaled(one, size)) + 4 for one in chart.panels]
        scales = tuple(max(scaled[column::columns]) for column in range(columns))
        for most in reversed(range(LINES + 1)):
            words = [len(_named(one, known, wide, size, most)[1]) for one in chart.panels]
            lines = tuple(max(words[row * columns :][:columns]) for row in range(rows))
            tall = (free - sum(lines) * (size + NAMED)) / rows
            if tall >= LOWEST:
                break
        return cls(columns, scales, lines, most, tall, raised, size, known, count)

    def cell(self, number: int) -> Cell:
        row, column = divmod(number, self.columns)
        wide = _wide(self.columns)
        words = sum(self.lines[: row + 1]) * (self.size + NAMED)
        return Cell(
            left=EDGE + column * (wide + GUTTER),
            wide=wide,
            scale=self.scales[column],
            down=self.raised + words + row * (self.tall + GAP),
            tall=self.tall,
            size=self.size,
            lines=self.lines[row],
            most=self.most,
            raised=0 if row else self.raised,
            is_last=number + self.columns >= self.count,
        )


def _wide(columns: int) -> float:
    return (WIDTH - 2 * EDGE - GUTTER * (columns - 1)) / columns


def _named(
    panel: Panel, known: Sequence[str], wide: float, size: float, most: int
) -> tuple[str, list[list[curves.Name]]]:
    return curves.placed(
        curves.names(panel, known, wide, size), panel.title, wide, size + 0.5, most
    )


def _scaled(panel: Panel, size: float) -> float:
    """Px that the words of its scale take."""
    words = (said for _, said in _ticks(panel, *_reach(panel), 9))
    return max((pixels(said, size) for said in words), default=0.0)


def _plot(drawn: Sheet, cell: Cell, panel: Panel, chart: Chart) -> Axes:
    axes = drawn.axes(cell.left + cell.scale, cell.down, cell.plot, cell.tall)
    floor, ceiling = _reach(panel)
    frames.bare(axes, cell.size)
    frames.times(axes, chart.window, chart.zone, cell.plot, said=cell.is_last, size=cell.size)
    axes.set_ylim(floor, ceiling)
    frames.upwards(axes, _ticks(panel, floor, ceiling, cell.tall / cell.size))
    axes.axhline(0, color=QUIET, linewidth=0.8)
    if not panel.is_measured:
        nothing(axes, NOT_READ if panel.is_unread else NO_DATA)
        return axes
    curves.lines(axes, panel, panel.period or chart.window.period)
    shown = [one for one in _limits(panel) if one.value <= ceiling]
    curves.limits(axes, panel, shown, cell.size)
    return axes


def _above(axes: Axes, panel: Panel, cell: Cell, known: Sequence[str]) -> None:
    """Its title and its names."""
    title, rows = _named(panel, known, cell.wide, cell.size, cell.most)
    line = cell.size + NAMED
    for number, row in enumerate(rows):
        y = 1 + above(axes, cell.raised + line * (cell.lines - number - 0.5) + 1)
        if number == 0:
            note(axes, aside(axes, -cell.scale), y, title, fontsize=cell.size + 0.5,
                 fontweight="bold", va="center_baseline")  # fmt: skip
        curves.say(axes, row, cell.scale, y)


def _limits(panel: Panel) -> tuple[Limit, ...]:
    return (*filter(None, (panel.limit,)), *panel.alarms)


def _reach(panel: Panel) -> tuple[float, float]:
    """From which value to which its scale goes.

    A limit is shown once the curve has come half of the way to it, an alarm's line always.
    """
    values = [point[1] for one in panel.curves for point in one.series.points]
    if not values:
        return 0.0, 1.0 if panel.reach is None else top(panel.reach, panel.unit)
    floor = -top(-min(values), panel.unit) if min(values) < 0 else 0.0
    highest = max(values if panel.reach is None else (*values, panel.reach))
    near = [one.value for one in filter(None, (panel.limit,)) if highest >= one.value / 2]
    ceiling = top(max((highest, *near, *(one.value for one in panel.alarms))), panel.unit)
    return floor, float(math.ceil(ceiling)) if panel.is_counted else ceiling


def _ticks(panel: Panel, floor: float, ceiling: float, tall: float) -> Ticks:
    """As many as a plot of so many lines has room for; none where nothing was measured."""
    if not panel.is_measured:
        return ()

    def stands(value: float) -> float:
        """In lines from below; the words of the ends stay within the plot."""
        return min(max((value - floor) / (ceiling - floor) * tall, 0.5), max(tall - 0.5, 0.5))

    kept: Ticks = ()
    ends = ceiling, floor, 0.0
    found = [one for one in figures(ceiling, panel.unit, floor)
             if one[0].is_integer() or not panel.is_counted]  # fmt: skip
    for tick in sorted(found, key=lambda one: ends.index(one[0]) if one[0] in ends else 3):
        if all(abs(stands(tick[0]) - stands(other)) >= APART for other, _ in kept):
            kept = (*kept, tick)
    return tuple(one for one in found if one in kept)
