"""What stands around figures: times below, and nothing that is not needed."""

from matplotlib.axes import Axes

from bot.values import SECOND, Window
from charts.fonts import pixels
from charts.paper import EDGE, FAINT, PAPER, QUIET, SMALL
from charts.scales import Ticks, moments
from charts.words import zone_of, zone_said

APART = 50  #: px from one time to the next, at least


def bare(axes: Axes, size: float = SMALL) -> None:
    """Paper, without a box and without dashes at its edges."""
    axes.set_facecolor(PAPER)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=3, labelsize=size, labelcolor=QUIET)
    for side in axes.spines.values():
        side.set_visible(False)


def times(
    axes: Axes, window: Window, zone: str, wide: float, *, said: bool = True, size: float = SMALL
) -> None:
    """The window is the whole width, with round times of the reader's clock.

    ``wide``: px of the plot. ``said``: in words too, and whose clock it is.
    """
    since, until = window.since / SECOND, window.until / SECOND
    axes.set_xlim(since, until)
    ticks = moments(window, zone_of(zone), max(1, int(wide * SMALL / size // APART)))
    every = tuple((at, words if said and _fits(at - since, words, window, wide, size) else "")
                  for at, words in ticks)  # fmt: skip
    across(axes, every)
    if said:
        whose = zone_said(window.until, zone)
        axes.annotate(whose, (0, 0), (-3, -3), "axes fraction", "offset points", ha="right",
                      va="top", color=QUIET, fontsize=size)  # fmt: skip


def _fits(after: float, words: str, window: Window, wide: float, size: float) -> bool:
    """Between whose clock it is and the edge of the paper."""
    share, half = after / window.seconds, pixels(words, size) / 2
    return half <= share * wide + 1 and share * wide + half <= wide + EDGE - 2


def across(axes: Axes, ticks: Ticks) -> None:
    axes.set_xticks([at for at, _ in ticks], [said for _, said in ticks])
    axes.grid(visible=True, axis="x", color=FAINT, linewidth=0.6)


def upwards(axes: Axes, ticks: Ticks) -> None:
    """The words of the ends stay within the plot."""
    axes.set_yticks([value for value, _ in ticks], [said for _, said in ticks])
    axes.grid(visible=True, axis="y", color=FAINT, linewidth=0.6)
    low, high = axes.get_ylim()
    for label, (value, _) in zip(axes.get_yticklabels(), ticks, strict=True):
        share = (value - low) / (high - low)
        side = "bottom" if share < 0.1 else "top" if share > 0.9 else "center"
        label.set(va=side)
