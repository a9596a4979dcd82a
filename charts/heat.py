"""Many databases at a glance: a row for each, a cell for each period, the lighter the more."""

import math
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.values import HeatMap, HeatRow, amount
from charts import frames
from charts.fonts import pixels, squeezed
from charts.paper import (
    EDGE,
    PAPER,
    QUIET,
    SMALL,
    SWATCH,
    WIDTH,
    Entry,
    Sheet,
    aside,
    note,
    room,
    sheet,
)
from charts.words import NO_DATA, foot

MOST = 12  #: rows that can be read at a glance; the rest is counted
ROW, TIMES = 17, 15  #: px of a row, and for the times below the last
LABELS, AIR = 135, 6  #: px: for names at most, and beside them
PEAK = "highest"  #: what the figures on the right are
#: Shades whose lightness, which everybody sees, rises by even steps from that of the paper.
LIGHTNESS = (0.2, 0.3, 0.39, 0.48, 0.57, 0.65, 0.73, 0.81, 0.89, 0.99)
STEPS = len(LIGHTNESS)
BAR = 100  #: px of the scale

Cells = list[list[float]]
"""A list for each row; NaN where nothing was measured."""


def figure(heat: HeatMap) -> Figure:
    free = room(heat.title, foot(heat), _key(heat, [[math.nan]])) - TIMES - ROW
    rows = heat.rows[: min(MOST, int(free // ROW))]
    values = cells(heat, rows)
    others = heat.others + len(heat.rows) - len(rows)
    tall = (len(rows) + (others > 0)) * ROW or 3 * ROW
    drawn = sheet(heat.title, foot(heat), _key(heat, values), body=tall + TIMES)
    if rows:
        _fill(_plot(drawn, heat, rows, others), values, heat)
    else:
        drawn.nothing()
    return drawn.figure


def _plot(drawn: Sheet, heat: HeatMap, rows: Sequence[HeatRow], others: int) -> Axes:
    named = min(LABELS, max(pixels(one.label, SMALL) for one in rows))
    left = EDGE + named + AIR
    wide = WIDTH - left - EDGE - AIR - pixels(PEAK, SMALL)
    axes = drawn.axes(left, 0, wide, len(rows) * ROW)
    frames.bare(axes)
    frames.times(axes, heat.window, heat.zone, wide)
    axes.set_ylim(len(rows), 0)
    axes.set_yticks([])
    _names(axes, rows, named)
    if others:
        axes.annotate(f"+{others:,} more, none higher", (0, 0), (-named - AIR, -TIMES - ROW / 2),
                      "axes fraction", "offset points", color=QUIET, fontsize=SMALL,
                      va="center_baseline")  # fmt: skip
    return axes


def cells(heat: HeatMap, rows: Sequence[HeatRow]) -> Cells:
    """Each row as long as the window, whatever it holds."""
    periods = max(1, heat.window.seconds // heat.window.period)
    return [
        [math.nan if value is None else value for value in row.values[:periods]]
        + [math.nan] * (periods - len(row.values))
        for row in rows
    ]


def ramp() -> Colormap:
    """From almost the paper to bright; what was not measured shows the hatching behind."""
    shades = ListedColormap([mpl.colormaps["inferno"](step) for step in LIGHTNESS])
    return shades.with_extremes(bad=(0, 0, 0, 0))


def _fill(axes: Axes, values: Cells, heat: HeatMap) -> None:
    low, high = axes.get_xlim()
    rows = len(values)
    axes.add_patch(_unmeasured(low, 0, high - low, rows))
    axes.imshow(values, cmap=ramp(), vmin=0, vmax=heat.most, aspect="auto",
                interpolation="nearest", extent=(low, high, rows, 0), zorder=1)  # fmt: skip
    for row in range(1, rows):
        axes.axhline(row, color=PAPER, linewidth=1.5)
    _peaks(axes, values, heat.unit)


def _names(axes: Axes, rows: Sequence[HeatRow], wide: float) -> None:
    for number, row in enumerate(rows):
        name, height = squeezed(row.label, wide, SMALL), 1 - (number + 0.5) / len(rows)
        note(axes, aside(axes, -AIR), height, name, ha="right", va="center_baseline")


def _peaks(axes: Axes, values: Cells, unit: str) -> None:
    """The highest of each row as a figure: a shade alone says no number."""
    right = 1 + aside(axes, AIR)
    for number, row in enumerate(values):
        highest = max((one for one in row if not math.isnan(one)), default=None)
        said = NO_DATA if highest is None else amount(highest, unit)
        note(axes, right, 1 - (number + 0.5) / len(values), said, va="center_baseline")
    axes.annotate(PEAK, (1, 0), (AIR, -3), "axes fraction", "offset points", va="top",
                  color=QUIET, fontsize=SMALL)  # fmt: skip


def _key(heat: HeatMap, values: Cells) -> Sequence[Entry]:
    scale = Entry(_bar, f"0 to {amount(heat.most, heat.unit)} or more", wide=BAR)
    if not any(math.isnan(one) for row in values for one in row):
        return (scale,)
    return (scale, Entry(_hatched, "not measured, or not read" if heat.unread else "not measured"))


def _bar(axes: Axes, x: float, y: float) -> None:
    for step in range(STEPS):
        shade = ramp()(step)
        axes.add_patch(Rectangle((x + step * BAR / STEPS, y - 5), BAR / STEPS, 10, color=shade))


def _hatched(axes: Axes, x: float, y: float) -> None:
    axes.add_patch(_unmeasured(x, y - 5, SWATCH, 10))


def _unmeasured(x: float, y: float, width: float, height: float) -> Rectangle:
    return Rectangle((x, y), width, height, facecolor=PAPER, edgecolor="#7C828C", hatch="/////",
                     linewidth=0, zorder=0.5)  # fmt: skip
