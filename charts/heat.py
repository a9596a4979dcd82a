"""Many databases at a glance: a row for each, a cell for each period, the darker the more."""

import math
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.values import HeatMap, HeatRow, amount
from charts import frames
from charts.fonts import inches, squeezed
from charts.paper import (
    EDGE,
    PAPER,
    QUIET,
    SMALL,
    WIDTH,
    Entry,
    above,
    aside,
    note,
    nothing,
    sheet,
)
from charts.words import NO_DATA, foot

MOST = 40  #: rows that can be read in one picture; the rest is counted
ROW, ABOVE, BELOW = 0.21, 0.18, 0.3  #: inches
LABELS, PEAKS, AIR = 2.3, 0.75, 0.1  #: inches: for names at most, for the highest values
#: Shades whose lightness, which everybody sees, falls by even steps.
LIGHTNESS = (0.02, 0.26, 0.39, 0.49, 0.59, 0.68, 0.76, 0.83, 0.9, 0.97)
STEPS = len(LIGHTNESS)
BAR = 1.6  #: inches of the scale

Cells = list[list[float]]
"""A list for each row; NaN where nothing was measured."""


def figure(heat: HeatMap) -> Figure:
    rows = heat.rows[:MOST]
    values = cells(heat, rows)
    tall = max(1, len(rows)) * ROW
    drawn = sheet(
        heat.title,
        foot(heat, len(heat.rows) - len(rows)),
        ABOVE + tall + BELOW,
        _key(heat, values),
    )
    named = min(LABELS, max((inches(one.label, SMALL) for one in rows), default=0.0))
    left = EDGE + named + AIR
    axes = drawn.axes(left, ABOVE, WIDTH - left - PEAKS - EDGE, tall)
    frames.bare(axes)
    frames.times(axes, heat.window, heat.zone)
    axes.set_ylim(max(1, len(rows)), 0)
    axes.set_yticks([])
    _names(axes, rows, named)
    if rows:
        _fill(axes, values, heat)
        _peaks(axes, values, heat.unit)
    else:
        nothing(axes)
    return drawn.figure


def cells(heat: HeatMap, rows: Sequence[HeatRow]) -> Cells:
    """Each row as long as the window, whatever it holds."""
    periods = max(1, heat.window.seconds // heat.window.period)
    return [
        [math.nan if value is None else value for value in row.values[:periods]]
        + [math.nan] * (periods - len(row.values))
        for row in rows
    ]


def ramp() -> Colormap:
    """From almost the paper to dark; what was not measured shows the hatching behind."""
    shades = ListedColormap([mpl.colormaps["YlOrBr"](step) for step in LIGHTNESS])
    return shades.with_extremes(bad=(0, 0, 0, 0))


def _fill(axes: Axes, values: Cells, heat: HeatMap) -> None:
    low, high = axes.get_xlim()
    rows = len(values)
    axes.add_patch(_unmeasured(low, 0, high - low, rows))
    axes.imshow(values, cmap=ramp(), vmin=0, vmax=heat.most, aspect="auto",
                interpolation="nearest", extent=(low, high, rows, 0), zorder=1)  # fmt: skip
    for row in range(1, rows):
        axes.axhline(row, color=PAPER, linewidth=2)


def _names(axes: Axes, rows: Sequence[HeatRow], wide: float) -> None:
    for number, row in enumerate(rows):
        name, height = squeezed(row.label, wide, SMALL), 1 - (number + 0.5) / len(rows)
        note(axes, aside(axes, -AIR), height, name, ha="right", va="center_baseline")


def _peaks(axes: Axes, values: Cells, unit: str) -> None:
    """The highest of each row as a figure: a shade alone says no number."""
    right = 1 + aside(axes, AIR)
    note(axes, right, 1 + above(axes, 0.06), "highest", color=QUIET)
    for number, row in enumerate(values):
        highest = max((one for one in row if not math.isnan(one)), default=None)
        said = NO_DATA if highest is None else amount(highest, unit)
        note(axes, right, 1 - (number + 0.5) / len(values), said, va="center_baseline")


def _key(heat: HeatMap, values: Cells) -> Sequence[Entry]:
    scale = Entry(_bar, f"0 to {amount(heat.most, heat.unit)} or more", wide=BAR)
    if not any(math.isnan(one) for row in values for one in row):
        return (scale,)
    return (scale, Entry(_hatched, "not measured, or not read" if heat.unread else "not measured"))


def _bar(axes: Axes, x: float, y: float) -> None:
    for step in range(STEPS):
        shade = ramp()(step)
        axes.add_patch(
            Rectangle((x + step * BAR / STEPS, y - 0.06), BAR / STEPS, 0.12, color=shade)
        )


def _hatched(axes: Axes, x: float, y: float) -> None:
    axes.add_patch(_unmeasured(x, y - 0.06, 0.25, 0.12))


def _unmeasured(x: float, y: float, width: float, height: float) -> Rectangle:
    return Rectangle((x, y), width, height, facecolor=PAPER, edgecolor="#A5A4A8", hatch="/////",
                     linewidth=0, zorder=0.5)  # fmt: skip
