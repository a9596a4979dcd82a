"""A chart: small multiples over one stretch of time."""

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.values import Chart, Panel
from charts import curves, frames, markers
from charts.fonts import squeezed
from charts.paper import QUIET, TEXT, WIDTH, Sheet, note, nothing, sheet
from charts.scales import figures, top
from charts.words import NO_DATA, NOT_READ, foot

COLUMNS = 2
ROW, ABOVE, BELOW = 1.78, 0.4, 0.32  #: inches of a row, and of it above and below the plots
MARGIN, SCALE = 0.15, 0.62  #: inches on either side of the picture, and for the words of a scale
NAMES, MOST_NAMES, AIR = 0.5, 1.5, 0.1  #: inches beside a plot for the names of its curves


def figure(chart: Chart) -> Figure:
    columns = min(COLUMNS, max(1, len(chart.panels)))
    rows = max(1, math.ceil(len(chart.panels) / columns))
    marked = markers.of(chart)
    drawn = sheet(chart.title, foot(chart), rows * ROW, marked.key)
    grid = Grid(columns, max((curves.gutter(one) for one in chart.panels), default=0.0))
    for number, panel in enumerate(chart.panels):
        axes = grid.axes(drawn, number)
        _panel(axes, panel, chart, grid)
        marked.mark(axes, grid.plot)
    if not chart.panels:
        drawn.nothing(ROW)
    return drawn.figure


@dataclass(frozen=True)
class Grid:
    columns: int
    gutter: float  #: inches that the longest name of a curve takes

    def axes(self, drawn: Sheet, number: int) -> Axes:
        row, column = divmod(number, self.columns)
        left = MARGIN + column * self.cell + SCALE
        return drawn.axes(left, row * ROW + ABOVE, self.plot, ROW - ABOVE - BELOW)

    @property
    def cell(self) -> float:
        return (WIDTH - 2 * MARGIN) / self.columns

    @property
    def plot(self) -> float:
        """How wide a panel's plot is, in inches."""
        names = min(MOST_NAMES, max(NAMES, self.gutter))
        return self.cell - SCALE - names - AIR


def _panel(axes: Axes, panel: Panel, chart: Chart, grid: Grid) -> None:
    values = [point[1] for one in panel.curves for point in one.series.points]
    lowest, highest = min(values, default=0.0), max(values, default=None)
    ceiling = _ceiling(panel, highest)
    _frame(axes, panel, chart, -top(-lowest, panel.unit) if lowest < 0 else 0.0, ceiling)
    title = squeezed(panel.title, grid.cell - SCALE, TEXT, "bold")
    note(axes, -0.46 / grid.plot, 1.15, title, fontsize=TEXT, fontweight="bold")
    if highest is None:
        nothing(axes, NOT_READ if panel.is_unread else NO_DATA)
        return
    curves.lines(axes, panel, panel.period or chart.window.period)
    if panel.limit is not None and panel.limit.value <= ceiling:
        curves.limit(axes, panel.limit, chart.window)
    curves.label(axes, panel, 1 + 0.055 / grid.plot)


def _ceiling(panel: Panel, highest: float | None) -> float:
    """A limit is shown once the curve has come half of the way to it."""
    highest = max((one for one in (highest, panel.reach) if one is not None), default=None)
    if highest is None:
        return 1.0
    limit = panel.limit.value if panel.limit else None
    near = limit is not None and highest >= limit / 2
    return top(max(highest, limit) if near and limit is not None else highest, panel.unit)


def _frame(axes: Axes, panel: Panel, chart: Chart, floor: float, ceiling: float) -> None:
    frames.bare(axes)
    frames.times(axes, chart.window, chart.zone)
    axes.set_ylim(floor, ceiling)
    frames.upwards(axes, figures(ceiling, panel.unit, floor))
    axes.axhline(0, color=QUIET, linewidth=0.8)
