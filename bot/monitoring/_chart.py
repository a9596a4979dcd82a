"""Series as a chart that somebody can read at a glance."""

from collections.abc import Iterator, Mapping, Sequence

from bot.fleet.limits import Ceiling
from bot.monitoring._panels import MOST, Plot
from bot.monitoring._unread import caption
from bot.settings._thresholds import AS_USUAL, Thresholds
from bot.values import (
    Chart,
    Curve,
    Database,
    Kind,
    Limit,
    Line,
    Measure,
    Moment,
    Panel,
    Range,
    Series,
    Strong,
    Window,
    amount,
)
from charts.words import local, zone_of

MEMBERS = 6  #: curves that one panel bears
NOTHING: Mapping[Measure, Series] = {}


def chart(
    database: Database,
    plots: Sequence[Plot],
    found: Mapping[Measure, Series],
    window: Window,
    span: Range,
    zone: str,
    limit: Ceiling | None,
    thresholds: Thresholds = AS_USUAL,
    earlier: Mapping[Measure, Series] = NOTHING,
    shown: int = MOST,
) -> Chart | None:
    """The first plots of which there is anything to see; None where of none there is.

    A panel that could not be read keeps its place, and the caption says so. ``shown``: how many
    are drawn; those behind them are told in words. Its title is a name, for whoever opens the
    picture alone: the message above it says what was found.
    """
    drawn = [panel(plot, database, found, limit, thresholds, earlier) for plot in plots]
    if not any(one.is_measured for one in drawn):
        return None
    full = [one for one in drawn if one.is_measured or one.is_unread]
    return Chart(
        title=f"{database.name}, {span.spoken}",
        about=_about(database, span),
        window=window,
        panels=tuple(full[:shown]),
        rest=tuple(full[shown:]),
        zone=zone,
        unread=caption(plots, found, named=database.target.kind is Kind.CLUSTER),
    )


def spoken(line: Line, zone: str) -> str:
    """A finding as a title, its moments in the reader's time."""
    return "".join(_words(line, zone)).rstrip(".")


def _words(line: Line, zone: str) -> Iterator[str]:
    for span in line:
        match span:
            case str():
                yield span
            case Moment():
                shape = "%a %d %b" if span.is_day else "%a %d %b %H:%M"
                yield f"{local(span.at, zone_of(zone)):{shape}}"
            case Strong():
                yield span.text


def _about(database: Database, span: Range) -> str:
    minutes = span.period // 60
    each = "each minute" if minutes == 1 else f"{minutes}-minute averages"
    members = "a line for each member, " if database.target.kind is Kind.CLUSTER else ""
    return f"{members}{span.spoken}, {each}".capitalize()


def panel(
    plot: Plot,
    database: Database,
    found: Mapping[Measure, Series],
    limit: Ceiling | None,
    thresholds: Thresholds = AS_USUAL,
    earlier: Mapping[Measure, Series] = NOTHING,
) -> Panel:
    """The plot with its figures; of a cluster a curve for each member.

    ``limit``: of the connections of each, where it is one and known. ``earlier``: the same a week
    before, moved to now.
    """
    names = dict(plot.metrics)
    measured = [(one, series) for one, series in found.items() if one.metric in names]
    members = _labels(database)
    curves = tuple(
        Curve(series=series, label=names[one.metric] or members.get(one.target.identifier, ""))
        for one, series in measured
    )
    before = tuple(
        Curve(series=series, is_earlier=True)
        for one, series in earlier.items()
        if one.metric in names and series.points
    )
    unit = measured[0][1].unit if measured else ""
    return Panel(
        title=plot.title,
        unit=unit,
        curves=(*curves[:MEMBERS], *before[:MEMBERS]),
        limit=_limit(plot, unit, limit, thresholds),
    )


def _labels(database: Database) -> Mapping[str, str]:
    """Of a cluster's members, or of replicas, what tells them apart; the writer is said."""
    others = (*database.members, *database.replicas)
    short = {name: name.removeprefix(f"{database.name}-")[-8:] for name in others}
    return {
        name: f"{said} writer" if name == database.writer else said for name, said in short.items()
    }


def _limit(plot: Plot, unit: str, limit: Ceiling | None, thresholds: Thresholds) -> Limit | None:
    """Of connections what it takes; of all else the threshold, where one is drawn."""
    if plot.word == "connections":
        return Limit(value=limit.most, label=f"limit {limit}") if limit else None
    drawn = filter(None, (thresholds.drawn(metric) for metric, _ in plot.metrics))
    value = next(drawn, None)
    return None if value is None else Limit(value=value, label=amount(value, unit))
