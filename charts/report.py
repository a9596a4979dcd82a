"""Figures with what is certain of them: a point in its 95 % interval, hollow what was before."""

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.values import Interval, Report, Scale
from charts import frames
from charts.fonts import cut, pixels, squeezed
from charts.paper import (
    COLOURS,
    EDGE,
    PAPER,
    QUIET,
    SMALL,
    SWATCH,
    TEXT,
    WIDTH,
    Entry,
    Sheet,
    above,
    aside,
    note,
    room,
    sheet,
)
from charts.scales import figures, top
from charts.words import bounds, estimate, zone_of

ROW, TITLED, TICKS = 29, 16, 16  #: px of a figure; of a scale, for its title and its ticks
WORDS, AIR = 165, 12  #: px
POINT: Mapping[str, Any] = {"color": COLOURS[0], "marker": "o", "markersize": 5}
HOLLOW: Mapping[str, Any] = {
    "color": QUIET,
    "marker": "o",
    "markersize": 5,
    "markerfacecolor": PAPER,
}


def figure(report: Report) -> Figure:
    """Scales of which nothing is known would be empty axes, and are left out."""
    told = [one for one in report.scales if any(each.value is not None for each in one.intervals)]
    key, count = tuple(_key(told)) if told else (), sum(len(one.intervals) for one in told)
    shown = _fitted(told, room(report.title, _foot(report, count), key))
    foot = _foot(report, count - sum(len(one.intervals) for one in shown))
    drawn = sheet(report.title, foot, key, body=sum(map(_tall, shown)) or 3 * ROW)
    down = 0.0
    for scale in shown:
        _scale(drawn, scale, down)
        down += _tall(scale)
    if not shown:
        drawn.nothing()
    return drawn.figure


def _foot(report: Report, left_out: int) -> str:
    rest = f"{left_out} more are not shown" if left_out else ""
    about = f"{report.about}, {zone_of(report.zone).key} time"
    return " · ".join(filter(None, (rest, about)))


def _tall(scale: Scale) -> float:
    return TITLED + len(scale.intervals) * ROW + TICKS


def _fitted(told: list[Scale], free: float) -> list[Scale]:
    """With as many figures as there is room for: the last of the longest scale go first."""
    while sum(map(_tall, told)) > free:
        longest = max(told, key=lambda one: len(one.intervals))
        if len(longest.intervals) == 1:
            return told[: int(free // _tall(longest))]
        fewer = longest.model_copy(update={"intervals": longest.intervals[:-1]})
        told = [fewer if one is longest else one for one in told]
    return told


def _scale(drawn: Sheet, scale: Scale, down: float) -> None:
    left, rows = EDGE + WORDS + AIR, len(scale.intervals)
    axes = drawn.axes(left, down + TITLED, WIDTH - left - EDGE - AIR, rows * ROW)
    _frame(axes, scale, rows)
    note(axes, aside(axes, EDGE - left), 1 + above(axes, TITLED / 2),
         squeezed(scale.title, WIDTH - 2 * EDGE, TEXT, "bold"), fontsize=TEXT,
         fontweight="bold", va="center_baseline")  # fmt: skip
    for number, one in enumerate(scale.intervals):
        _mark(axes, one, number + 0.5)
        _words(axes, one, 1 - (number + 0.5) / rows, scale.unit, EDGE - left)


def _frame(axes: Axes, scale: Scale, rows: int) -> None:
    ceiling = _ceiling(scale)
    frames.bare(axes)
    axes.set_xlim(0, ceiling)
    axes.set_ylim(rows, 0)
    frames.across(axes, _ends(ceiling, scale.unit))
    axes.get_xticklabels()[-1].set(ha="right")
    axes.set_yticks([])


def _ends(ceiling: float, unit: str) -> tuple[tuple[float, str], ...]:
    """Nothing and all of it: three figures in a row may be one number to the eye."""
    ticks = figures(ceiling, unit)
    return (ticks[0], ticks[-1])


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


def _words(axes: Axes, one: Interval, height: float, unit: str, left: float) -> None:
    """What it is called and what it is, and below that how sure that is."""
    value = estimate(one, unit)
    room = WORDS - pixels(value, SMALL, "bold") - AIR
    x, end, half = aside(axes, left), aside(axes, -AIR), above(axes, 6.5)
    note(axes, x, height + half, squeezed(one.label, room, SMALL), va="center_baseline")
    note(axes, end, height + half, value, ha="right", va="center_baseline", fontweight="bold")
    note(axes, x, height - half, cut(bounds(one, unit), WORDS, SMALL), va="center_baseline",
         color=QUIET)  # fmt: skip


def _key(told: Iterable[Scale]) -> Iterable[Entry]:
    yield Entry(_point, "in its 95 % interval")
    if any(one.before is not None for scale in told for one in scale.intervals):
        yield Entry(_hollow, "the period before")


def _point(axes: Axes, x: float, y: float) -> None:
    axes.plot([x, x + SWATCH], [y, y], color=COLOURS[0], linewidth=2.2)
    axes.plot([x + SWATCH / 2], [y], **POINT)


def _hollow(axes: Axes, x: float, y: float) -> None:
    axes.plot([x + SWATCH / 2], [y], **HOLLOW)
