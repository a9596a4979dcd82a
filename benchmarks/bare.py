"""A chart as somebody writes it who needs one picture: matplotlib and nothing else."""

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.values import SECOND, Chart, Panel, amount
from charts.scales import figures, moments, top
from charts.words import foot, zone_of

SIZE, DOTS = (8.0, 4.55), 144


def draw(chart: Chart) -> bytes:
    written = io.BytesIO()
    figure(chart).savefig(written, format="png")
    return written.getvalue()


def figure(chart: Chart) -> Figure:
    """The same curves and words, as large and as sharp."""
    drawn = Figure(figsize=SIZE, dpi=DOTS, facecolor="white")
    FigureCanvasAgg(drawn)
    drawn.text(0.03, 0.96, chart.title, va="top", fontsize=13.5, fontweight="bold")
    drawn.text(0.03, 0.03, foot(chart), fontsize=9)
    plots = drawn.subplots(2, 2)
    drawn.subplots_adjust(left=0.1, right=0.92, bottom=0.15, top=0.77, wspace=0.5, hspace=0.6)
    for axes, panel in zip(plots.flat, chart.panels, strict=True):
        _panel(axes, panel, chart)
    return drawn


def _panel(axes: Axes, panel: Panel, chart: Chart) -> None:
    highest = max(value for one in panel.curves for _, value in one.series.points)
    ceiling = top(highest, panel.unit)
    axes.set_title(panel.title, loc="left", fontsize=9.5, fontweight="bold")
    axes.set_xlim(chart.window.since / SECOND, chart.window.until / SECOND)
    axes.set_ylim(0, ceiling)
    across, upwards = moments(chart.window, zone_of(chart.zone)), figures(ceiling, panel.unit)
    axes.set_xticks([at for at, _ in across], [said for _, said in across], fontsize=8.5)
    axes.set_yticks([at for at, _ in upwards], [said for _, said in upwards], fontsize=8.5)
    axes.grid(visible=True)
    for number, curve in enumerate(panel.curves):
        times = [at / SECOND for at, _ in curve.series.points]
        values = [value for _, value in curve.series.points]
        axes.plot(times, values, color=f"C{number}", linestyle=("-", "--")[number], linewidth=1.5)
        if len(panel.curves) == 1:
            axes.fill_between(times, values, 0, color=f"C{number}", alpha=0.12)
        said = "\n".join(filter(None, (curve.label, amount(values[-1], panel.unit))))
        axes.text(1.02, values[-1] / ceiling, said, transform=axes.transAxes, va="center",
                  color=f"C{number}", fontsize=8.5, fontweight="bold")  # fmt: skip
