"""What stands in a panel: its lines, their names, a limit."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes

from bot.values import SECOND, Curve, Limit, Panel, Point, Window, amount
from charts.fonts import inches, squeezed
from charts.paper import ALARM, COLOURS, INKS, PAPER, SMALL, STYLES, note

CROWD = 4  #: curves from which on a name and its value share a line
LONGEST, BRIEF = 1.4, 0.85  #: inches that a name takes, in a line of its own or beside its value
ONE_LINE, TWO_LINES = 0.14, 0.28  #: of a panel's height, that a label takes
EARLIER: Mapping[str, Any] = {"color": "#8D8C8F", "linewidth": 1.0, "alpha": 0.8}


def lines(axes: Axes, panel: Panel, period: int) -> None:
    """Those of now as people tell them apart, those of before faintly and behind."""
    present, earlier = now(panel), [one for one in panel.curves if one.is_earlier]
    for number, curve in enumerate(earlier):
        times, values = with_gaps(curve.series.points, period)
        style = STYLES[number % len(STYLES)]
        axes.plot(times, values, linestyle=style, zorder=1.5, **EARLIER)
    for number, curve in enumerate(present):
        _line(axes, curve, number, period, filled=len(present) == 1)


def now(panel: Panel) -> Sequence[Curve]:
    return [one for one in panel.curves if not one.is_earlier]


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


def limit(axes: Axes, given: Limit, window: Window) -> None:
    axes.axhline(given.value, color=ALARM, linewidth=1.1, linestyle=(0, (2, 2)))
    axes.text(window.since / SECOND, given.value, f" {given.label}", color=ALARM, fontsize=SMALL,
              bbox={"facecolor": PAPER, "alpha": 0.75, "linewidth": 0, "pad": 0.6},
              va="bottom" if given.value < 0.85 * axes.get_ylim()[1] else "top")  # fmt: skip


def names(panel: Panel) -> Mapping[int, str]:
    """What stands at the end of each curve that has one: its name, and what it is now."""
    present = now(panel)
    between, room = (" ", BRIEF) if len(present) >= CROWD else ("\n", LONGEST)
    labels = [squeezed(one.label, room, SMALL, "bold") for one in present]
    return {
        number: between.join(filter(None, (name, amount(one.series.latest[1], panel.unit))))
        for number, (name, one) in enumerate(zip(labels, present, strict=True))
        if one.series.latest is not None
    }


def gutter(panel: Panel) -> float:
    """Inches that the names take."""
    said = [line for name in names(panel).values() for line in name.split("\n")]
    return max((inches(one, SMALL, "bold") for one in said), default=0.0)


def label(axes: Axes, panel: Panel, beside: float) -> None:
    """The names, at a share of the width, none upon another."""
    low, high = axes.get_ylim()
    said = names(panel)
    ends = {number: curve.series.latest for number, curve in enumerate(now(panel))}
    order = sorted((end[1], number) for number, end in ends.items() if end is not None)
    tall = TWO_LINES if any("\n" in one for one in said.values()) else ONE_LINE
    heights = spread([(value - low) / (high - low) for value, _ in order], tall)
    for height, (_, number) in zip(heights, order, strict=True):
        note(axes, beside, height, said[number], va="center", linespacing=1.0,
             color=INKS[number % len(INKS)], fontweight="bold")  # fmt: skip


def spread(heights: Sequence[float], apart: float) -> list[float]:
    """The same heights, ascending, moved just so far that they are that much apart.

    Half as much is kept free below the lowest.
    """
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + apart if found else apart / 2))
    most = 1.0
    for number in reversed(range(len(found))):
        found[number] = min(found[number], most)
        most = found[number] - apart
    return found
