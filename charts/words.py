"""A chart for who cannot see it, and moments in the reader's time."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.values import SECOND, Chart, Panel, Series, amount

ALT = 1000  #: characters that Slack keeps of a file's alternative text


def alt(chart: Chart) -> str:
    """What the chart shows, in numbers, cut to what Slack keeps."""
    zone = zone_of(chart.zone)
    said = " ".join((f"{chart.title}.", f"{chart.about}.", *_panels(chart.panels, zone)))
    return said if len(said) <= ALT else said[: ALT - 1] + "…"


def zone_of(name: str) -> ZoneInfo:
    """UTC where nobody knows the zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / SECOND, zone)


def _panels(panels: Iterable[Panel], zone: ZoneInfo) -> Iterable[str]:
    for panel in panels:
        curves = [_curve(one.label, one.series, zone) for one in panel.curves if one.series.points]
        yield f"{panel.title}: {'; '.join(curves) or 'no data'}."


def _curve(label: str, series: Series, zone: ZoneInfo) -> str:
    latest, highest, lowest = series.latest, series.highest, series.lowest
    if latest is None or highest is None or lowest is None:
        return label
    peak = f"{local(highest[0], zone):%a %H:%M}"
    return (
        f"{label} now {amount(latest[1], series.unit)}, "
        f"highest {amount(highest[1], series.unit)} at {peak}, "
        f"lowest {amount(lowest[1], series.unit)}"
    ).strip()
