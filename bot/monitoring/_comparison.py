"""One metric of several databases, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.fleet.limits import Ceiling
from bot.monitoring._alarms import lined
from bot.monitoring._chart import panel
from bot.monitoring._panels import Plot
from bot.monitoring._unread import caption, unread
from bot.settings._thresholds import Thresholds
from bot.values import (
    Alarm,
    Chart,
    Database,
    Line,
    Measure,
    Moment,
    Panel,
    Range,
    Series,
    Strong,
    Window,
    figure,
)


@dataclass(frozen=True)
class Compared:
    """A database and what was measured of it for one plot."""

    database: Database
    plot: Plot
    found: Mapping[Measure, Series]
    limit: Ceiling | None = None
    alarms: tuple[Alarm, ...] = ()  #: that fire on it

    @property
    def full(self) -> tuple[Series, ...]:
        return tuple(one for one in self.found.values() if one.points)

    @property
    def mean(self) -> float:
        """Of its first curve; nothing where there is none."""
        return (self.full[0].mean or 0.0) if self.full else 0.0

    @property
    def highest(self) -> float:
        return max((one.highest[1] for one in self.full if one.highest), default=0.0)


def said_of(one: Compared) -> Line:
    """``orders-prod: CPU 34 % now, 21 % on average, 79 % at most (today at 14:20).``"""
    series = one.full[0] if one.full else None
    lacks = [span for line in unread((one.plot,), one.found) for span in (" ", *line)]
    if series is None or series.latest is None or series.highest is None or series.mean is None:
        nothing = () if lacks else (f" no figures of {one.plot.title.lower()}.",)
        return (Strong(text=one.database.name), ":", *lacks, *nothing)
    now, mean, most = (
        figure(series.metric, value, series.unit)
        for value in (series.latest[1], series.mean, series.highest[1])
    )
    label = dict(one.plot.metrics).get(series.metric, "")
    what = f"{one.plot.title} {label}".rstrip()
    said = f": {what} {now} now, {mean} on average, {most} at most ("
    return (Strong(text=one.database.name), said, Moment(at=series.highest[0]), ").", *lacks)


def leading(given: Sequence[Compared]) -> str:
    """``orders-prod has the most: CPU 34 % on average``; the busiest is first."""
    first = given[0]
    if not first.full:
        return f"no figures of {first.plot.title.lower()}"
    series = first.full[0]
    said = f"{first.plot.title} {figure(series.metric, first.mean, series.unit)} on average"
    return f"{first.database.name} has the most: {said}"


def _listing(names: Sequence[str]) -> str:
    """Many would be cut where they stand above the picture."""
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _levels(one: Compared) -> tuple[float, ...]:
    """Thresholds of its alarms on that metric."""
    names = dict(one.plot.metrics)
    return tuple(
        alarm.threshold
        for alarm in one.alarms
        if alarm.metric in names and alarm.threshold is not None
    )


def _alarmed(one: Compared, drawn: Panel) -> Panel:
    """With the lines of its alarms on that metric."""
    for alarm in one.alarms:
        if alarm.metric in dict(one.plot.metrics):
            drawn = lined(drawn, alarm)
    return drawn


def side_by_side(
    given: Sequence[Compared], window: Window, span: Range, zone: str, thresholds: Thresholds
) -> Chart | None:
    """None where nothing was measured of any."""
    if not any(one.full for one in given):
        return None
    plots = tuple(dict.fromkeys(one.plot for one in given))
    reach = max(level for one in given for level in (one.highest, *_levels(one)))
    panels = (panel(one.plot, one.database, one.found, one.limit, thresholds) for one in given)
    named = (
        _alarmed(one, drawn).model_copy(update={"title": one.database.name[:28], "reach": reach})
        for one, drawn in zip(given, panels, strict=True)
    )
    return Chart(
        title=f"{given[0].plot.title}: {_listing([one.database.name for one in given])}",
        about=f"All on one scale, {span.spoken}",
        window=window,
        panels=tuple(named),
        zone=zone,
        unread=caption(plots, {measure: series for one in given
                               for measure, series in one.found.items()}, named=True),
    )  # fmt: skip
