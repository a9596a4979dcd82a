"""What stands around figures: times below, and nothing that is not needed."""

from matplotlib.axes import Axes

from bot.values import SECOND, Window
from charts.paper import FAINT, PAPER, QUIET, SMALL
from charts.scales import Ticks, moments
from charts.words import zone_of


def bare(axes: Axes) -> None:
    """Paper, without a box and without dashes at its edges."""
    axes.set_facecolor(PAPER)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=4, labelsize=SMALL, labelcolor=QUIET)
    for side in axes.spines.values():
        side.set_visible(False)


def times(axes: Axes, window: Window, zone: str) -> None:
    """The window is the whole width, with round times of the reader's clock."""
    axes.set_xlim(window.since / SECOND, window.until / SECOND)
    across(axes, moments(window, zone_of(zone)))


def across(axes: Axes, ticks: Ticks) -> None:
    axes.set_xticks([at for at, _ in ticks], [said for _, said in ticks])
    axes.grid(visible=True, axis="x", color=FAINT, linewidth=0.8)


def upwards(axes: Axes, ticks: Ticks) -> None:
    axes.set_yticks([value for value, _ in ticks], [said for _, said in ticks])
    axes.grid(visible=True, axis="y", color=FAINT, linewidth=0.8)
