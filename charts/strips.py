"""Small curves in lines, each on a scale of its own, with the figures beside it."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.values import Strip, Strips
from charts import frames
from charts.curves import lonely, with_gaps
from charts.fonts import cut, inches, squeezed
from charts.paper import (
    COLOURS,
    EDGE,
    FAINT,
    SMALL,
    WIDTH,
    aside,
    note,
    nothing,
    sheet,
)
from charts.words import foot

MOST = 40
ROW, BELOW = 0.34, 0.3  #: inches
LABELS, SAID, APART = 2.2, 2.9, 0.12  #: inches, at most, for names and for words
TALL = 0.78  #: of a row, that its curve may rise


def figure(strips: Strips) -> Figure:
    shown = strips.strips[:MOST]
    tall = max(1, len(shown)) * ROW
    drawn = sheet(
        strips.title,
        foot(strips, len(strips.strips) - len(shown)),
        tall + BELOW,
    )
    named = min(LABELS, max((inches(one.label, SMALL, "bold") for one in shown), default=0.0))
    said = min(SAID, max((inches(one.said, SMALL) for one in shown), default=0.0))
    left, right = EDGE + named + APART, EDGE + said + APART
    axes = drawn.axes(left, 0, WIDTH - left - right, tall)
    frames.bare(axes)
    frames.times(axes, strips.window, strips.zone)
    axes.set_ylim(-0.1, max(1, len(shown)))
    axes.set_yticks([])
    for number, strip in enumerate(shown):
        _line(axes, strip, len(shown) - number - 1, strips.window.period)
        _words(axes, strip, 1 - (number + 0.5) / len(shown), named, said)
    if not shown:
        nothing(axes)
    return drawn.figure


def _line(axes: Axes, strip: Strip, base: int, period: int) -> None:
    """From nothing, or from the lowest where that is less, to the highest."""
    axes.axhline(base, color=FAINT, linewidth=0.8)
    measured = [value for _, value in strip.series.points]
    low, high = min([0.0, *measured]), max([0.0, *measured])
    times, values = with_gaps(strip.series.points, period)
    raised = [base + TALL * (one - low) / ((high - low) or 1) for one in values]
    axes.plot(times, raised, color=COLOURS[0], linewidth=1.2, solid_joinstyle="round")
    axes.fill_between(times, raised, base, color=COLOURS[0], alpha=0.12, linewidth=0)
    dots = [*lonely(times, raised), *zip(times[-1:], raised[-1:], strict=True)]
    axes.plot([at for at, _ in dots], [one for _, one in dots], "o", color=COLOURS[0], ms=3)


def _words(axes: Axes, strip: Strip, height: float, named: float, said: float) -> None:
    name, words = squeezed(strip.label, named, SMALL, "bold"), cut(strip.said, said, SMALL)
    note(axes, aside(axes, -APART), height, name, ha="right", va="center", fontweight="bold")
    note(axes, 1 + aside(axes, APART), height, words, va="center")
