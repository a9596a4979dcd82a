"""Pictures for who cannot see them, and moments in the reader's time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.values import (
    SECOND,
    Chart,
    Curve,
    Drawable,
    HeatMap,
    HeatRow,
    Interval,
    Panel,
    Report,
    Scale,
    Series,
    Strips,
    Window,
    amount,
    figure,
)

ALT = 1000  #: characters that Slack keeps of a file's alternative text
DAY = 86_400
NO_DATA, NOT_READ = "no data", "could not be read"


def alt(drawable: Drawable) -> str:
    """What the picture shows, in numbers, cut to what Slack keeps."""
    lacks = f"{drawable.unread}." if not isinstance(drawable, Report) and drawable.unread else ""
    about = f"{drawable.about}, {zone_of(drawable.zone).key} time."
    parts = (f"{drawable.title}.", lacks, about, *_figures(drawable))
    said = " ".join(filter(None, parts))
    return said if len(said) <= ALT else said[: ALT - 1] + "…"


def foot(drawn: Chart | HeatMap | Strips, left_out: int = 0) -> str:
    """What is missing comes first. ``left_out``: how many the picture has no room for."""
    known = zone_of(drawn.zone)
    rest = f"{left_out} more are not shown" if left_out else ""
    ended = local(drawn.window.until, known)
    until = f"{drawn.about}, to {ended:%a} {ended.day} {ended:%b %H:%M}, {known.key} time"
    return " · ".join(filter(None, (drawn.unread, rest, until)))


def zone_said(at: int, zone: str) -> str:
    """Short, as it stands at an axis: ``CEST``, or ``UTC-3`` where it has no letters."""
    moment = local(at, zone_of(zone))
    name, offset = moment.tzname() or "", moment.utcoffset()
    if name.isalpha() or offset is None:
        return name
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def clock(at: int, window: Window, zone: str) -> str:
    """A moment of the window, with its day where the window is longer than one."""
    form = "%a %H:%M" if window.seconds > DAY else "%H:%M"
    return f"{local(at, zone_of(zone)):{form}}"


def stretch(between: tuple[int, int], window: Window, zone: str) -> str:
    """``07:48 to 08:48``, or the one minute in which it was over."""
    began, ended = (clock(at, window, zone) for at in between)
    return began if began == ended else f"{began} to {ended}"


def zone_of(name: str) -> ZoneInfo:
    """UTC where nobody knows the zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / SECOND, zone)


def _figures(drawable: Drawable) -> Iterable[str]:
    match drawable:
        case Chart():
            return _chart(drawable)
        case HeatMap():
            return _heat(drawable)
        case Strips():
            return (f"{one.label}: {one.said}." for one in drawable.strips)
        case Report():
            return map(_scale, drawable.scales)


def _chart(chart: Chart) -> Iterator[str]:
    zone = zone_of(chart.zone)
    if chart.change is not None:
        yield f"The change: {stretch(chart.change, chart.window, chart.zone)}."
    marked = [f"{one.label} at {local(one.at, zone):%a %H:%M}" for one in chart.markers]
    if marked:
        yield f"Marked: {', '.join(marked)}."
    yield from (_panel(panel, zone) for panel in (*chart.panels, *chart.rest))


def _panel(panel: Panel, zone: ZoneInfo) -> str:
    shown = (one for one in panel.curves if one.series.points or one.series.unread)
    curves = [_curve(one, zone) for one in shown]
    lines = ", ".join(one.label for one in panel.alarms)
    title = f"{panel.title} ({lines})" if lines else panel.title
    return f"{title}: {'; '.join(curves) or NO_DATA}."


def _curve(curve: Curve, zone: ZoneInfo) -> str:
    series = curve.series
    latest, highest, lowest, mean = series.latest, series.highest, series.lowest, series.mean
    if latest is None or highest is None or lowest is None or mean is None:
        return f"{curve.label} {NOT_READ}".strip()
    if curve.is_earlier:
        said = f"a week before {_figure(series, mean)} on average"
        return f"{curve.label} {said}".strip()
    peak = f"{local(highest[0], zone):%a %H:%M}"
    return (
        f"{curve.label} now {_figure(series, latest[1])}, "
        f"highest {_figure(series, highest[1])} at {peak}, "
        f"lowest {_figure(series, lowest[1])}"
    ).strip()


def _figure(series: Series, value: float) -> str:
    return figure(series.metric, value, series.unit, short=True)


def _heat(heat: HeatMap) -> Iterator[str]:
    zone = zone_of(heat.zone)
    rows = "; ".join(_row(row, heat, zone) for row in heat.rows)
    yield f"The highest of each: {rows or NO_DATA}."


def _row(row: HeatRow, heat: HeatMap, zone: ZoneInfo) -> str:
    measured = [(value, -number) for number, value in enumerate(row.values) if value is not None]
    if not measured:
        return f"{row.label} {NO_DATA}"
    value, number = max(measured)
    at = heat.window.since - number * heat.window.period * SECOND
    return f"{row.label} {amount(value, heat.unit)} at {local(at, zone):%a %H:%M}"


def _scale(scale: Scale) -> str:
    said = "; ".join(f"{one.label} {interval(one, scale.unit)}".strip() for one in scale.intervals)
    return f"{scale.title}: {said or NO_DATA}."


def interval(given: Interval, unit: str) -> str:
    """``92 %, 85 to 97 %, n = 34, before 90 %``"""
    return ", ".join(
        filter(None, (estimate(given, unit), bounds(given, unit), before(given, unit)))
    )


def estimate(given: Interval, unit: str) -> str:
    return "too few to say" if given.value is None else amount(given.value, unit)


def bounds(given: Interval, unit: str) -> str:
    counted = f"n = {given.count:,}"
    if given.value is None or given.low is None or given.high is None:
        return counted
    low, high = amount(given.low, unit), amount(given.high, unit)
    return f"{low.removesuffix(high.lstrip('-0123456789.,'))} to {high}, {counted}"


def before(given: Interval, unit: str) -> str:
    return "" if given.before is None else f"before {amount(given.before, unit)}"
