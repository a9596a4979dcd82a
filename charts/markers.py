"""What is marked in every panel of a chart, and explained once: moments, a change, a week before.

A request or an incident of the bot is a full line with a filled number, an event of RDS a dotted
one with a hollow number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bot.values import SECOND, Chart, Marker
from charts.curves import EARLIER, spread
from charts.fonts import cut
from charts.paper import APART, BESIDE, EDGE, INK, SMALL, SWATCH, WIDTH, Entry, above, badge
from charts.words import clock, stretch

MOST = 4  #: moments that one chart bears
BADGE = 17  #: px that a number takes
LONGEST = WIDTH - 2 * EDGE - BESIDE - SWATCH  #: px of what is said of one
LONE = 2  #: moments that have a line each; more of them share lines
HALF = (LONGEST - SWATCH - BESIDE - APART) / 2
RAISED = 17  #: px above the first plot, for the numbers
SHADE: Mapping[str, Any] = {
    "facecolor": "#F0E442",
    "alpha": 0.3,
    "edgecolor": "#F0E442",
    "linewidth": 0.8,
}


@dataclass(frozen=True)
class Marked:
    moments: tuple[Marker, ...]
    change: tuple[int, int] | None
    key: tuple[Entry, ...]

    def mark(self, axes: Axes, wide: float, *, numbered: bool) -> None:
        """Into a panel of so many px; the numbers stand above the first."""
        if self.change is not None:
            axes.axvspan(*(at / SECOND for at in self.change), zorder=1.2, **SHADE)
        low, high = axes.get_xlim()
        shares = [(one.at / SECOND - low) / (high - low) for one in self.moments]
        raised = zip(self.moments, shares, beside(shares, BADGE / wide), strict=True)
        for number, (moment, share, place) in enumerate(raised, 1):
            axes.axvline(moment.at / SECOND, **_line(moment))
            if numbered:
                _raise(axes, share, place, str(number), filled=moment.is_own)


def _raise(axes: Axes, share: float, place: float, number: str, *, filled: bool) -> None:
    high = 1 + above(axes, RAISED / 2)
    axes.plot([share, place], [1, high], transform=axes.transAxes, clip_on=False, color=INK,
              linewidth=0.7)  # fmt: skip
    badge(axes, place, high, number, filled=filled, transform=axes.transAxes)


def of(chart: Chart) -> Marked:
    since, until = chart.window.since, chart.window.until
    within = [one for one in chart.markers if since <= one.at <= until]
    kept = chosen(within)
    change = _within(chart)
    return Marked(kept, change, tuple(_key(chart, kept, len(within) - len(kept), change)))


def chosen(moments: Sequence[Marker]) -> tuple[Marker, ...]:
    """As many as can be told apart: the bot's own first, then the latest; oldest first."""
    ranked = sorted(moments, key=lambda one: (one.is_own, one.at), reverse=True)
    return tuple(sorted(ranked[:MOST], key=lambda one: one.at))


def beside(shares: Sequence[float], apart: float) -> list[float]:
    """Where the numbers stand: above their lines, or a little aside, so that all are read."""
    inner = 1 - apart / 2
    return [one * inner for one in spread([share / inner for share in shares], apart / inner)]


def _within(chart: Chart) -> tuple[int, int] | None:
    if chart.change is None:
        return None
    began = max(chart.change[0], chart.window.since)
    ended = min(chart.change[1], chart.window.until)
    return (began, ended) if began <= ended else None


def _line(moment: Marker) -> Mapping[str, Any]:
    style = "-" if moment.is_own else (0, (1, 1.6))
    return {"color": INK, "linewidth": 1.0, "linestyle": style, "zorder": 1.8}


def _key(
    chart: Chart, moments: Sequence[Marker], left_out: int, change: tuple[int, int] | None
) -> Iterator[Entry]:
    if any(curve.is_earlier for panel in chart.panels for curve in panel.curves):
        yield Entry(_earlier, "a week before")
    if change is not None:
        yield Entry(_shade, f"the change, {stretch(change, chart.window, chart.zone)}")
    longest = LONGEST if len(moments) <= LONE else HALF
    for number, moment in enumerate(moments, 1):
        said = f"{clock(moment.at, chart.window, chart.zone)} {moment.label}"
        yield Entry(partial(_number, number, moment), cut(said, longest, SMALL))
    if left_out:
        yield Entry(_nothing, f"and {left_out} more, not marked", wide=0)


def _earlier(axes: Axes, x: float, y: float) -> None:
    axes.plot([x, x + SWATCH], [y, y], **EARLIER)
    axes.fill_between([x, x + SWATCH], y, y + 5, color=EARLIER["color"], alpha=0.25, linewidth=0)


def _shade(axes: Axes, x: float, y: float) -> None:
    axes.add_patch(Rectangle((x, y - 4.5), SWATCH, 9, **SHADE))


def _number(number: int, moment: Marker, axes: Axes, x: float, y: float) -> None:
    axes.plot([x, x + SWATCH], [y, y], **_line(moment))
    badge(axes, x + SWATCH / 2, y, str(number), filled=moment.is_own)


def _nothing(_axes: Axes, _x: float, _y: float) -> None:
    """Words that need no picture."""
