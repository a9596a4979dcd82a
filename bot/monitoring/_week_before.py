"""The same time a week before: moved to now, to be drawn faintly and said beside it."""

from collections.abc import Iterator, Mapping, Sequence
from math import log

from bot.monitoring._panels import Plot
from bot.values import SECOND, Line, Measure, Series, Window, amount

WEEK = 7 * 86_400 * SECOND
TOLD = 3  #: differences that one sentence bears
WORTH = 1.25  #: times more or less than before that are worth a word

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


def against(plots: Sequence[Plot], now: ByMetric, then: ByMetric) -> Line:
    """``Against the week before: CPU 34 % on average, then 12 %.``; what differs most is first.

    What could not be read of either week cannot be compared, and then nothing is called alike.
    """
    pairs = sorted(_pairs(plots, now, then), key=lambda pair: pair[0], reverse=True)
    unread = next((one.unread for one in (*then.values(), *now.values()) if one.unread), "")
    if not pairs and not unread:
        return ("CloudWatch has no figures of the week before to compare with.",)
    if not pairs:
        return (f"With the week before it cannot be compared. {unread}",)
    differing = [said for ratio, said in pairs[:TOLD] if ratio >= log(WORTH)]
    rest = " The rest of it could not be read." if unread else ""
    if differing:
        return (f"Against the week before: {'; '.join(differing)}.{rest}",)
    much = "In what could be read much" if unread else "Much"
    return (f"{much} as the week before: {pairs[0][1]}.{rest}",)


def _pairs(plots: Sequence[Plot], now: ByMetric, then: ByMetric) -> Iterator[tuple[float, str]]:
    """How far each average lies from that before, as a logarithm, and what is said of it."""
    for plot in plots:
        for metric, label in plot.metrics:
            mean, before = _mean(now, metric), _mean(then, metric)
            if mean is None or before is None:
                continue
            unit = now[metric].unit
            what = f"{plot.title} {label}".rstrip()
            said = f"{what} {amount(mean, unit)} on average, then {amount(before, unit)}"
            yield _distance(mean, before), said


def _mean(series: ByMetric, metric: str) -> float | None:
    return series[metric].mean if metric in series else None


def _distance(mean: float, before: float) -> float:
    """Nothing against something is farther than any other change; below nothing none is counted."""
    if mean == before or min(mean, before) < 0:
        return 0.0
    return abs(log(mean / before)) if mean and before else float("inf")
