"""What is marked in every panel of a chart, and explained once: moments, a change, a week before.

A request of the bot is a full line with a dark number, an event of RDS a dotted one with a
hollow number.
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
from charts.paper import BESIDE, EDGE, INK, SMALL, WIDTH, Entry, badge
from charts.words import clock, stretch

MOST = 9  #: moments that one chart bears
BADGE = 0.17  #: inches that a number takes
LONGEST = WIDTH - 2 * EDGE - BESIDE - 0.25  #: inches of what is said of one
RAISED = 1.075  #: of a plot's height
SHADE: Mapping[str, Any] = {
    "facecolor": "#E69F00",
    "alpha": 0.2,
    "edgecolor": "#E69F00",
    "linewidth": 0.8,
}


@dataclass(frozen=True)
class Marked:
    moments: tuple[Marker, ...]
    change: tuple[int, int] | None
    key: tuple[Entry, ...]

    def mark(self, axes: Axes, wide: float) -> None:
        """Into a panel of so many inches."""
        if self.change is not None:
            axes.axvspan(*(at / SECOND for at in self.change), zorder=0.6, **SHADE)
        low, high = axes.get_xlim()
        shares = [(one.at / SECOND - low) / (high - low) for one in self.moments]
        raised = zip(self.moments, shares, beside(shares, BADGE / wide), strict=True)
        for number, (moment, share, place) in enumerate(raised, 1):
            axes.axvline(moment.at / SECOND, **_line(moment))
            axes.plot([share, place], [1, RAISED], transform=axes.transAxes, clip_on=False,
                      color=INK, linewidth=0.7)  # fmt: skip
            badge(axes, place, RAISED, str(number), filled=moment.is_own,
                  transform=axes.transAxes)  # fmt: skip


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
    for number, moment in enumerate(moments, 1):
        said = f"{clock(moment.at, chart.window, chart.zone)} {moment.label}"
        yield Entry(partial(_number, number, moment), cut(said, LONGEST, SMALL))
    if left_out:
        yield Entry(_nothing, f"and {left_out} more, not marked", wide=0)


def _earlier(axes: Axes, x: float, y: float) -> None:
    axes.plot([x, x + 0.25], [y, y], **EARLIER)


def _shade(axes: Axes, x: float, y: float) -> None:
    axes.add_patch(Rectangle((x, y - 0.06), 0.25, 0.12, **SHADE))


def _number(number: int, moment: Marker, axes: Axes, x: float, y: float) -> None:
    axes.plot([x + 0.05, x + 0.25], [y, y], **_line(moment))
    badge(axes, x + 0.1, y, str(number), filled=moment.is_own)


def _nothing(_axes: Axes, _x: float, _y: float) -> None:
    """Words that need no picture."""
