"""What stands in a panel: its lines, their names with what they are now, limits."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes

from bot.values import SECOND, Chart, Curve, Limit, Panel, Point, figure
from charts.fonts import pixels, squeezed
from charts.paper import ALARM, COLOURS, PAPER, SMALL, STYLES, SWATCH, Entry, above, aside, note

CROWD = 2  #: curves that say their names in each panel; the names of more stand in the key
LONGEST = 120  #: px that a name takes
SAMPLE, GAP, SPACE = 9, 3, 8  #: px of a line beside its name, behind it, and between two
MORE = 18  #: px for the count of those without room
EARLIER: Mapping[str, Any] = {"color": "#9BA0A9", "linewidth": 1.4}
HALO: Mapping[str, Any] = {"facecolor": PAPER, "alpha": 0.75, "linewidth": 0, "pad": 0.6}


def lines(axes: Axes, panel: Panel, period: int) -> None:
    """Those of now as people tell them apart, those of before in grey, as an area behind."""
    present, earlier = now(panel), [one for one in panel.curves if one.is_earlier]
    for curve in earlier:
        times, values = with_gaps(curve.series.points, period)
        axes.plot(times, values, zorder=1.5, **EARLIER)
        axes.fill_between(times, values, 0, color=EARLIER["color"], alpha=0.25, linewidth=0)
    for number, curve in enumerate(present):
        _line(axes, curve, number, period, filled=len(present) == 1 and not earlier)


def now(panel: Panel) -> Sequence[Curve]:
    return [one for one in panel.curves if not one.is_earlier]


def _line(axes: Axes, curve: Curve, number: int, period: int, *, filled: bool) -> None:
    times, values = with_gaps(curve.series.points, period)
    colour, style = COLOURS[number % len(COLOURS)], STYLES[number % len(STYLES)]
    axes.plot(times, values, color=colour, linestyle=style, linewidth=1.5, solid_joinstyle="round")
    dots = [*lonely(times, values), *_last(curve)]
    axes.plot([at for at, _ in dots], [value for _, value in dots], "o", color=colour, ms=3,
              clip_on=False)  # fmt: skip
    if filled:
        axes.fill_between(times, values, 0, color=colour, alpha=0.16, linewidth=0)


def _last(curve: Curve) -> Iterator[tuple[float, float]]:
    """Of what its name tells."""
    if curve.series.latest is not None:
        at, value = curve.series.latest
        yield at / SECOND, value


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


def limits(axes: Axes, panel: Panel, given: Sequence[Limit], size: float = SMALL) -> None:
    """Each with its words where the curve is farther away, and two at either end."""
    ends = _ends(panel)
    for number, one in enumerate(given):
        far, near = sorted(ends, key=lambda end: -abs(end[1] - one.value))
        x, value = near if number % 2 else far
        axes.axhline(one.value, color=ALARM, linewidth=1.3, linestyle=(0, (3, 2)))
        axes.annotate(one.label, (x, one.value), (3 - 6 * x, 0), axes.get_yaxis_transform(),
                      "offset points", color=ALARM, fontsize=size, bbox=HALO,
                      ha="right" if x else "left",
                      va=_side(axes, one.value, size, value))  # fmt: skip


def _ends(panel: Panel) -> tuple[tuple[int, float], tuple[int, float]]:
    """Of its first curve, on the left and on the right."""
    points = next((one.series.points for one in now(panel) if one.series.points), ((0, 0.0),))
    return (0, points[0][1]), (1, points[-1][1])


def _side(axes: Axes, limit: float, size: float, value: float) -> str:
    """Beyond its line as seen from the curve, unless there is no room."""
    low, high = axes.get_ylim()
    share, room = (limit - low) / (high - low), above(axes, size + 2)
    if share < room or 1 - share < room:
        return "bottom" if share < room else "top"
    return "top" if value > limit else "bottom"


@dataclass(frozen=True)
class Name:
    """What a curve is called and is now, from ``at`` on."""

    number: int  #: of the curve; below nothing: of none
    said: str
    size: float
    at: float = 0.0
    sampled: bool = False  #: with a piece of its line before it

    @property
    def wide(self) -> float:
        sample = SAMPLE + GAP if self.sampled else 0
        return sample + pixels(self.said, self.size, "bold")


def key(chart: Chart) -> Iterator[Entry]:
    """Curves that all crowded panels have alike are explained once."""
    for number, label in enumerate(shared(chart)):
        yield Entry(partial(_sample, number), squeezed(label, LONGEST, SMALL))


def _sample(number: int, axes: Axes, x: float, y: float) -> None:
    axes.plot([x, x + SWATCH], [y, y], linestyle=STYLES[number % len(STYLES)], linewidth=1.6,
              color=COLOURS[number % len(COLOURS)])  # fmt: skip


def shared(chart: Chart) -> tuple[str, ...]:
    """The names of which each panel needs just the values; none where panels differ in them."""
    found = {tuple(one.label for one in now(panel)) for panel in chart.panels}
    crowded = {labels for labels in found if len(labels) > CROWD}
    return crowded.pop() if len(crowded) == 1 else ()


def names(panel: Panel, known: Sequence[str], wide: float, size: float) -> tuple[Name, ...]:
    """Of each curve that has a latest value; ``known``: what the key explains already."""
    present = now(panel)
    labels, longest = [one.label for one in present], min(LONGEST, 0.4 * wide)
    bare = len(known) > 0 and tuple(labels) == tuple(known)
    return tuple(
        Name(
            number,
            _told(
                "" if bare else squeezed(label, longest, size, "bold"),
                figure(one.series.metric, one.series.latest[1], panel.unit, short=True),
            ),
            size,
            sampled=len(present) > 1 and not bare,
        )
        for number, (label, one) in enumerate(zip(labels, present, strict=True))
        if one.series.latest is not None
    )


def _told(label: str, value: str) -> str:
    return " ".join(filter(None, (label, value)))


def placed(
    given: Sequence[Name], title: str, wide: float, size: float, most: int
) -> tuple[str, list[list[Name]]]:
    """The title and the lines of names; in the first stand those that have room beside it.

    ``most``: lines below that. What has no room in the last of them is counted.
    """
    spare = 0.0 if most else min(MORE + SPACE + sum(one.wide for one in given[:1]), wide / 2)
    said = squeezed(title, wide - spare, size, "bold")
    rooms = [wide - pixels(said, size, "bold") - SPACE, *[wide] * most]
    rows: list[list[Name]] = [[]]
    for number, one in enumerate(given):
        is_last, more = len(rows) > most, len(given) - number
        mark = SPACE + MORE if is_last and more > 1 else 0
        if _taken((*rows[-1], one)) > rooms[len(rows) - 1] - mark:
            if is_last:
                rows[-1].append(Name(-1, f"+{more}", one.size))
                break
            rows.append([])
        rows[-1].append(one)
    return said, [_on_the_right(row, wide) for row in rows]


def _taken(row: Sequence[Name]) -> float:
    return sum(one.wide + SPACE for one in row) - SPACE


def _on_the_right(row: Sequence[Name], wide: float) -> list[Name]:
    found, at = [], wide - _taken(row)
    for one in row:
        found.append(replace(one, at=at))
        at += one.wide + SPACE
    return found


def say(axes: Axes, given: Sequence[Name], left: float, y: float) -> None:
    """In one line above a plot, ``y`` in shares of it; ``left``: px before it begins."""
    for one in given:
        at, look = one.at - left, COLOURS[one.number % len(COLOURS)] if one.number >= 0 else None
        if one.sampled:
            ends = [aside(axes, at), aside(axes, at + SAMPLE)]
            axes.plot(ends, [y, y], transform=axes.transAxes, clip_on=False, color=look,
                      linestyle=STYLES[one.number % len(STYLES)], linewidth=1.6)  # fmt: skip
            at += SAMPLE + GAP
        more = {"color": look} if look else {}
        note(axes, aside(axes, at), y, one.said, va="center_baseline", fontsize=one.size,
             fontweight="bold", **more)  # fmt: skip


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
