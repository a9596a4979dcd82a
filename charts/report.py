"""Figures with what is certain of them: a point in its 95 % interval, hollow what was before."""

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.values import Interval, Report, Scale
from charts import frames
from charts.fonts import cut, inches, squeezed
from charts.paper import (
    COLOURS,
    EDGE,
    PAPER,
    QUIET,
    SMALL,
    TEXT,
    WIDTH,
    Entry,
    Sheet,
    above,
    aside,
    note,
    nothing,
    sheet,
)
from charts.scales import figures, top
from charts.words import before, bounds, estimate, zone_of

ROW, ABOVE, BELOW = 0.38, 0.3, 0.34  #: inches of a figure; of a scale, for its title and its ticks
LABELS, WORDS, APART = 2.2, 2.75, 0.16  #: inches, at most
POINT: Mapping[str, Any] = {"color": COLOURS[0], "marker": "o", "markersize": 6}
HOLLOW: Mapping[str, Any] = {
    "color": QUIET,
    "marker": "o",
    "markersize": 6,
    "markerfacecolor": PAPER,
}


def figure(report: Report) -> Figure:
    body = sum(_tall(scale) for scale in report.scales)
    foot = f"{report.about} · times in {zone_of(report.zone).key}"
    drawn = sheet(report.title, foot, max(body, ROW), tuple(_key(report)))
    labels = [one.label for scale in report.scales for one in scale.intervals]
    named = min(LABELS, max((inches(one, SMALL) for one in labels), default=0.0))
    down = 0.0
    for scale in report.scales:
        _scale(drawn, scale, down, named)
        down += _tall(scale)
    if not report.scales:
        drawn.nothing(ROW)
    return drawn.figure


def _tall(scale: Scale) -> float:
    return ABOVE + max(1, len(scale.intervals)) * ROW + BELOW


def _scale(drawn: Sheet, scale: Scale, down: float, named: float) -> None:
    left, rows = EDGE + named + APART, max(1, len(scale.intervals))
    axes = drawn.axes(left, down + ABOVE, WIDTH - left - WORDS - EDGE, rows * ROW)
    _frame(axes, scale, rows)
    note(axes, aside(axes, EDGE - left), 1 + above(axes, 0.12), scale.title, fontsize=TEXT,
         fontweight="bold")  # fmt: skip
    if not scale.intervals:
        nothing(axes)
    for number, one in enumerate(scale.intervals):
        _mark(axes, one, number + 0.5)
        _words(axes, one, 1 - (number + 0.5) / rows, scale.unit, named)


def _frame(axes: Axes, scale: Scale, rows: int) -> None:
    ceiling = _ceiling(scale)
    frames.bare(axes)
    axes.set_xlim(0, ceiling)
    axes.set_ylim(rows, 0)
    frames.across(axes, figures(ceiling, scale.unit))
    axes.set_yticks([])


def _ceiling(scale: Scale) -> float:
    known = [one for each in scale.intervals for one in (each.value, each.high, each.before)]
    highest = max((one for one in known if one is not None), default=None)
    if scale.unit == "%" and (highest is None or highest <= 100):
        return 100.0
    return 1.0 if highest is None else top(highest, scale.unit)


def _mark(axes: Axes, one: Interval, at: float) -> None:
    if one.low is not None and one.high is not None:
        axes.plot([one.low, one.high], [at, at], color=COLOURS[0], linewidth=2.2)
    if one.before is not None:
        axes.plot([one.before], [at], clip_on=False, **HOLLOW)
    if one.value is not None:
        axes.plot([one.value], [at], clip_on=False, **POINT)


def _words(axes: Axes, one: Interval, height: float, unit: str, named: float) -> None:
    """What it is called on the left, on the right what it is and how sure that is."""
    name = squeezed(one.label, named, SMALL)
    note(axes, aside(axes, -APART), height, name, ha="right", va="center_baseline")
    right, half = 1 + aside(axes, 0.2), above(axes, 0.02)
    note(axes, right, height + half, estimate(one, unit), va="bottom", fontsize=TEXT,
         fontweight="bold")  # fmt: skip
    rest = ", ".join(filter(None, (bounds(one, unit), before(one, unit))))
    note(axes, right, height - half, cut(rest, WORDS - 0.25, SMALL), va="top", color=QUIET)


def _key(report: Report) -> Iterable[Entry]:
    yield Entry(_point, "this period, in its 95 % interval")
    if any(one.before is not None for scale in report.scales for one in scale.intervals):
        yield Entry(_hollow, "the period before")


def _point(axes: Axes, x: float, y: float) -> None:
    axes.plot([x, x + 0.25], [y, y], color=COLOURS[0], linewidth=2.2)
    axes.plot([x + 0.125], [y], **POINT)


def _hollow(axes: Axes, x: float, y: float) -> None:
    axes.plot([x + 0.125], [y], **HOLLOW)
