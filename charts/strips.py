"""Small curves in lines, each on a scale of its own, with its name and its figures beside it."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.values import Strip, Strips
from charts import frames
from charts.curves import lonely, with_gaps
from charts.fonts import cut, pixels, squeezed
from charts.paper import (
    COLOURS,
    EDGE,
    FAINT,
    INK,
    QUIET,
    SMALL,
    WIDTH,
    Sheet,
    above,
    aside,
    note,
    room,
    sheet,
)
from charts.words import foot

ROW, TIMES, AIR = 34, 15, 8  #: px
MOST = 7  #: that can be read at a glance; the rest is counted
WORDS = 190  #: px, at most, for names and figures
TALL = 0.78  #: of a row, that its curve may rise


def figure(strips: Strips) -> Figure:
    count = len(strips.strips)
    free = room(strips.title, foot(strips, count)) - TIMES
    shown = strips.strips[: min(MOST, int(free // ROW))]
    said = foot(strips, count - len(shown))
    drawn = sheet(strips.title, said, body=max(1, len(shown)) * ROW + TIMES)
    if shown:
        _rows(drawn, strips, shown)
    else:
        drawn.nothing()
    return drawn.figure


def _rows(drawn: Sheet, strips: Strips, shown: tuple[Strip, ...]) -> None:
    wide = max(_words(one) for one in shown)
    left = EDGE + min(WORDS, wide) + AIR
    plot = WIDTH - left - EDGE
    axes = drawn.axes(left, 0, plot, drawn.body - TIMES)
    frames.bare(axes)
    frames.times(axes, strips.window, strips.zone, plot)
    axes.set_ylim(-0.1, len(shown))
    axes.set_yticks([])
    for number, strip in enumerate(shown):
        _line(axes, strip, len(shown) - number - 1, strips.window.period)
        _say(axes, strip, 1 - (number + 0.5) / len(shown), left)


def _words(strip: Strip) -> float:
    return max(pixels(strip.label, SMALL, "bold"), pixels(strip.said, SMALL))


def _line(axes: Axes, strip: Strip, base: int, period: int) -> None:
    """From nothing, or from the lowest where that is less, to the highest."""
    axes.axhline(base, color=FAINT, linewidth=0.8)
    measured = [value for _, value in strip.series.points]
    low, high = min([0.0, *measured]), max([0.0, *measured])
    times, values = with_gaps(strip.series.points, period)
    raised = [base + TALL * (one - low) / ((high - low) or 1) for one in values]
    axes.plot(times, raised, color=COLOURS[0], linewidth=1.4, solid_joinstyle="round")
    axes.fill_between(times, raised, base, color=COLOURS[0], alpha=0.16, linewidth=0)
    dots = [*lonely(times, raised), *zip(times[-1:], raised[-1:], strict=True)]
    axes.plot([at for at, _ in dots], [one for _, one in dots], "o", color=COLOURS[0], ms=3,
              clip_on=False)  # fmt: skip


def _say(axes: Axes, strip: Strip, height: float, left: float) -> None:
    """Two lines, on the left."""
    name, words = squeezed(strip.label, WORDS, SMALL, "bold"), cut(strip.said, WORDS, SMALL)
    x, half = aside(axes, EDGE - left), above(axes, 7)
    note(axes, x, height + half, name, va="center_baseline", fontweight="bold", color=INK)
    note(axes, x, height - half, words, va="center_baseline", color=QUIET)
