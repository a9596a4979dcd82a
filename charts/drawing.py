"""Small multiples in one picture, right on light and on dark.

Colours are Okabe and Ito's, told apart by colour-blind people; line styles tell them apart too.
https://jfly.uni-koeln.de/color/
"""

import io
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from bot.values import SECOND, Chart, Curve, Limit, Panel, Point, Window, amount
from charts.scales import figures, moments, top
from charts.words import local, zone_of

PAPER, INK, QUIET, FAINT = "#FBFBFC", "#1D1C1D", "#616061", "#DDDDE0"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
STYLES = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), "-", (0, (5, 2)))
DOTS = 144  #: to the inch: sharp where the picture is opened, legible where it is shown small
WIDTH, ROW, LINE, FOOT = 8.0, 1.78, 0.26, 0.34  #: inches
COLUMNS = 2
PALETTE = 96  #: colours of the PNG: a third of the size, and nobody sees it

mpl.rcParams.update(
    {
        "font.family": "DejaVu Sans",
        "font.size": 9.5,
        "text.parse_math": False,
        "axes.unicode_minus": False,
    }
)


def draw(chart: Chart) -> bytes:
    """The chart as PNG."""
    canvas: Any = FigureCanvasAgg(figure(chart))  # partly untyped
    canvas.draw()
    image = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
    small = image.convert("RGB").quantize(
        PALETTE, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    written = io.BytesIO()
    small.save(written, "PNG")
    return written.getvalue()


def figure(chart: Chart) -> Figure:
    """Everything but the pixels."""
    columns = min(COLUMNS, max(1, len(chart.panels)))
    rows = max(1, math.ceil(len(chart.panels) / columns))
    title = _wrapped(chart.title, 66)
    head = 0.4 + LINE * (1 + title.count("\n"))
    height = head + rows * ROW + FOOT
    drawn = Figure(figsize=(WIDTH, height), dpi=DOTS, facecolor=PAPER, edgecolor=FAINT, linewidth=2)
    _head(drawn, title, height)
    _foot(drawn, chart, height)
    for number, panel in enumerate(chart.panels):
        row, column = divmod(number, columns)
        axes = drawn.add_axes(_place(row, column, columns, height - head, height))
        _panel(axes, panel, chart)
    return drawn


def _place(
    row: int, column: int, columns: int, below: float, height: float
) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of a panel's plot, as shares of the picture.

    ``below``: inches from the bottom to where the title ends.
    """
    cell = (WIDTH - 0.3) / columns
    left = 0.15 + column * cell + 0.62
    bottom = below - (row + 1) * ROW + 0.32
    return left / WIDTH, bottom / height, (cell - 1.22) / WIDTH, (ROW - 0.72) / height


def _head(drawn: Figure, title: str, height: float) -> None:
    drawn.text(0.25 / WIDTH, 1 - 0.2 / height, title, va="top", color=INK, fontsize=13.5,
               fontweight="bold", linespacing=1.15)  # fmt: skip


def _foot(drawn: Figure, chart: Chart, height: float) -> None:
    zone = zone_of(chart.zone)
    until = f"{local(chart.window.until, zone):%a %d %b %H:%M}"
    said = f"{chart.about} until {until} · times in {zone.key}"
    drawn.text(0.25 / WIDTH, 0.14 / height, said, va="bottom", color=QUIET, fontsize=9)


def _panel(axes: Axes, panel: Panel, chart: Chart) -> None:
    highest = max((point[1] for one in panel.curves for point in one.series.points), default=None)
    _frame(axes, panel, chart, _ceiling(panel, highest))
    if highest is None:
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", va="center",
                  color=QUIET)  # fmt: skip
        return
    for number, curve in enumerate(panel.curves):
        _line(axes, curve, number, chart.window.period, filled=len(panel.curves) == 1)
    if panel.limit is not None and panel.limit.value <= axes.get_ylim()[1]:
        _limit(axes, panel.limit, chart.window)
    _labels(axes, panel)


def _ceiling(panel: Panel, highest: float | None) -> float:
    """A limit is shown once the curve has come half of the way to it."""
    highest = max((one for one in (highest, panel.reach) if one is not None), default=None)
    if highest is None:
        return 1.0
    limit = panel.limit.value if panel.limit else None
    near = limit is not None and highest >= limit / 2
    return top(max(highest, limit) if near and limit is not None else highest, panel.unit)


def _frame(axes: Axes, panel: Panel, chart: Chart, ceiling: float) -> None:
    axes.set_facecolor(PAPER)
    axes.set_xlim(chart.window.since / SECOND, chart.window.until / SECOND)
    axes.set_ylim(0, ceiling)
    times = moments(chart.window, zone_of(chart.zone))
    axes.set_xticks([at for at, _ in times], [said for _, said in times], color=QUIET, fontsize=8.5)
    values = figures(ceiling, panel.unit)
    axes.set_yticks(
        [value for value, _ in values], [said for _, said in values], color=QUIET, fontsize=8.5
    )
    axes.tick_params(length=0, pad=4)
    axes.grid(visible=True, color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.text(-0.46 / _inches(axes), 1.1, panel.title, transform=axes.transAxes, color=INK,
              fontweight="bold")  # fmt: skip


def _inches(axes: Axes) -> float:
    """How wide a panel's plot is."""
    return WIDTH * float(axes.get_position().width)


def _line(axes: Axes, curve: Curve, number: int, period: int, *, filled: bool) -> None:
    times, values = with_gaps(curve.series.points, period)
    colour, style = COLOURS[number % len(COLOURS)], STYLES[number % len(STYLES)]
    axes.plot(times, values, color=colour, linestyle=style, linewidth=1.5, solid_joinstyle="round")
    alone = lonely(times, values)
    axes.plot([at for at, _ in alone], [value for _, value in alone], "o", color=colour, ms=3)
    if filled:
        axes.fill_between(times, values, 0, color=colour, alpha=0.12, linewidth=0)


def lonely(times: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    """Points without a neighbour, of which no line could be drawn."""
    missing = [True, *map(math.isnan, values), True]
    return [
        one
        for number, one in enumerate(zip(times, values, strict=True))
        if missing[number] and missing[number + 2] and not missing[number + 1]
    ]


def with_gaps(points: Sequence[Point], period: int) -> tuple[list[float], list[float]]:
    """Seconds and values, with a NaN wherever a period or more was not measured."""
    times, values = [], []
    for (at, value), (following, _) in pairwise([*points, (0, 0.0)]):
        times.append(at / SECOND)
        values.append(value)
        if following - at > 1.5 * period * SECOND:
            times.append(at / SECOND + period)
            values.append(math.nan)
    return times, values


def _limit(axes: Axes, limit: Limit, window: Window) -> None:
    axes.axhline(limit.value, color="#B3261E", linewidth=1.1, linestyle=(0, (2, 2)))
    axes.text(window.since / SECOND, limit.value, f" {limit.label}", color="#B3261E", fontsize=8.5,
              bbox={"facecolor": PAPER, "alpha": 0.75, "linewidth": 0, "pad": 0.6},
              va="bottom" if limit.value < 0.85 * axes.get_ylim()[1] else "top")  # fmt: skip


def _labels(axes: Axes, panel: Panel) -> None:
    """At the end of each curve its name and what it is now, none upon another."""
    ends = [(number, curve, curve.series.latest) for number, curve in enumerate(panel.curves)]
    known = sorted(
        ((latest[1], number, curve) for number, curve, latest in ends if latest is not None),
        key=lambda one: one[:2],
    )
    high = axes.get_ylim()[1]
    tall = 0.28 if any(curve.label for _, _, curve in known) else 0.14
    heights = spread([value / high for value, _, _ in known], tall)
    for height, (value, number, curve) in zip(heights, known, strict=True):
        said = "\n".join(filter(None, (curve.label, amount(value, panel.unit))))
        colour, beside = COLOURS[number % len(COLOURS)], 1 + 0.055 / _inches(axes)
        axes.text(beside, height, said, transform=axes.transAxes, va="center", linespacing=1.0,
                  color=colour, fontsize=8.5, fontweight="bold")  # fmt: skip


def spread(heights: Sequence[float], apart: float) -> list[float]:
    """The same heights, ascending, moved just so far that they are that much apart.

    Half as much is kept free below the lowest.
    """
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + apart if found else apart / 2))
    excess = max(0.0, found[-1] - 1.0) if found else 0.0
    return [one - excess for one in found]


def _wrapped(text: str, width: int) -> str:
    """At most two lines."""
    if len(text) <= width:
        return text
    cut = text.rfind(" ", 0, width)
    cut = cut if cut > 0 else width
    rest = text[cut:].strip()
    return f"{text[:cut]}\n{rest if len(rest) <= width else rest[: width - 1] + '…'}"
