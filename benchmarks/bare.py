"""A chart as somebody writes it who needs one picture: matplotlib and nothing else."""

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.values import SECOND, Chart, Panel, amount
from charts.fonts import wrapped
from charts.scales import figures, moments, top
from charts.words import foot, zone_of, zone_said

SIZE, DOTS = (341 / 72, 5.0), 216
PAPER, INK, QUIET = "#2F333A", "#F4F5F6", "#B8BCC4"
COLOURS = ("#56B4E9", "#E69F00")


def draw(chart: Chart) -> bytes:
    written = io.BytesIO()
    figure(chart).savefig(written, format="png")
    return written.getvalue()


def figure(chart: Chart) -> Figure:
    """The same curves and words, as large and as sharp."""
    drawn = Figure(figsize=SIZE, dpi=DOTS, facecolor=PAPER)
    FigureCanvasAgg(drawn)
    title = "\n".join(wrapped(chart.title, 323, 13.5, 3, "bold"))
    under = "\n".join(wrapped(foot(chart), 323, 11, 3))
    drawn.text(0.03, 0.98, title, va="top", fontsize=13.5, fontweight="bold", color=INK)
    drawn.text(0.03, 0.02, under, fontsize=11, color=QUIET)
    plots = drawn.subplots(4, 1, sharex=True)
    drawn.subplots_adjust(left=0.18, right=0.97, bottom=0.14, top=0.86, hspace=0.5)
    for axes, panel in zip(plots, chart.panels, strict=True):
        _panel(axes, panel, chart)
    plots[-1].text(-0.1, -0.4, zone_said(chart.window.until, chart.zone), color=QUIET,
                   transform=plots[-1].transAxes, fontsize=11)  # fmt: skip
    return drawn


def _panel(axes: Axes, panel: Panel, chart: Chart) -> None:
    highest = max(value for one in panel.curves for _, value in one.series.points)
    ceiling = top(highest, panel.unit)
    axes.set_facecolor(PAPER)
    axes.set_title(panel.title, loc="left", fontsize=11.5, fontweight="bold", color=INK)
    axes.set_xlim(chart.window.since / SECOND, chart.window.until / SECOND)
    axes.set_ylim(0, ceiling)
    across, upwards = moments(chart.window, zone_of(chart.zone)), figures(ceiling, panel.unit)
    axes.set_xticks([at for at, _ in across], [said for _, said in across], fontsize=11)
    axes.set_yticks([at for at, _ in upwards], [said for _, said in upwards], fontsize=11)
    axes.tick_params(labelcolor=QUIET)
    axes.grid(visible=True)
    for number, curve in enumerate(panel.curves):
        times = [at / SECOND for at, _ in curve.series.points]
        values = [value for _, value in curve.series.points]
        colour = COLOURS[number]
        axes.plot(times, values, color=colour, linestyle=("-", "--")[number], linewidth=1.5)
        if len(panel.curves) == 1:
            axes.fill_between(times, values, 0, color=colour, alpha=0.12)
        said = " ".join(filter(None, (curve.label, amount(values[-1], panel.unit))))
        axes.text(0.6 + 0.2 * number, 1.1, said, transform=axes.transAxes, color=colour,
                  fontsize=11, fontweight="bold")  # fmt: skip
