"""The same time a week before: moved to now, to be drawn and said beside it."""

from collections.abc import Iterator, Mapping, Sequence
from math import log

from bot.monitoring._findings import Finding
from bot.monitoring._panels import Plot
from bot.values import SECOND, Measure, Series, Window, figure

WEEK = 7 * 86_400 * SECOND
TOLD = 3  #: differences that one sentence bears
WORTH = 1.25  #: times more or less than before that are worth a word
FAR = 1.9  #: that are not calm: about double, or about half

ByMetric = Mapping[str, Series]


def week_before(window: Window) -> Window:
    """In the same periods: it begins 14 days ago at most, and CloudWatch keeps minutes for 15.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """
    return Window(since=window.since - WEEK, until=window.until - WEEK, period=window.period)


def moved(found: Mapping[Measure, Series]) -> Mapping[Measure, Series]:
    """As if it had been measured a week later."""
    return {
        measure: one.model_copy(update={"points": tuple((at + WEEK, v) for at, v in one.points)})
        for measure, one in found.items()
    }


def against(plots: Sequence[Plot], now: ByMetric, then: ByMetric) -> tuple[Finding, ...]:
    """``Connections: 34, last week 12 (2.8 times as much).``; what differs most is first.

    What could not be read of either week cannot be compared, and then nothing is called alike.
    """
    pairs = sorted(_pairs(plots, now, then), key=lambda pair: pair[0], reverse=True)
    unread = next((one.unread for one in (*then.values(), *now.values()) if one.unread), "")
    if not pairs and not unread:
        return (_unknown("CloudWatch has no figures of last week to compare with."),)
    if not pairs:
        return (_unknown(f"It cannot be compared with last week. {unread}"),)
    rest = " The rest could not be read." if unread else ""
    if differing := [said for ratio, said in pairs[:TOLD] if ratio >= log(WORTH)]:
        *first, last = (Finding(said, (f"{said}.",)) for said in differing)
        return (*first, last._replace(said=(f"{last.head}.{rest}",)))
    much = "In what could be read much" if unread else "Much"
    return (_unknown(f"{much} as last week. {pairs[0][1]}.{rest}"),)


def doubled(plots: Sequence[Plot], now: ByMetric, then: ByMetric) -> bool:
    """Whether something is so much more or less than last week that nothing can be called calm."""
    return any(ratio >= log(FAR) for ratio, _ in _pairs(plots, now, then))


def _unknown(said: str) -> Finding:
    return Finding("", (said,))


def _pairs(plots: Sequence[Plot], now: ByMetric, then: ByMetric) -> Iterator[tuple[float, str]]:
    """How far each average lies from that before, as a logarithm, and what is said of it."""
    for plot in plots:
        for metric, label in plot.metrics:
            mean, before = _mean(now, metric), _mean(then, metric)
            if mean is None or before is None:
                continue
            unit = now[metric].unit
            what = f"{plot.title} {label}".rstrip()
            was = figure(metric, before, unit, short=True)
            said = f"{what}: {figure(metric, mean, unit)}, last week {was}"
            yield _distance(mean, before), f"{said}{_direction(mean, before)}"


def _direction(now: float, then: float) -> str:
    """`` (2.8 times as much)``; empty where nothing can be said to be more than nothing."""
    if now <= 0 or then <= 0:
        return ""
    ratio = now / then
    if ratio >= 2:
        times = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}".removesuffix(".0")
        return f" ({times} times as much)"
    if ratio <= 1 / WORTH or ratio >= WORTH:
        return f" ({'up' if ratio > 1 else 'down'} {100 * abs(ratio - 1):.0f} %)"
    return ""


def _mean(series: ByMetric, metric: str) -> float | None:
    return series[metric].mean if metric in series else None


def _distance(mean: float, before: float) -> float:
    """Nothing against something is farther than any other change; below nothing none is counted."""
    if mean == before or min(mean, before) < 0:
        return 0.0
    return abs(log(mean / before)) if mean and before else float("inf")
