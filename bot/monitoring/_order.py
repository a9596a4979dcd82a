"""Which panels come first: a picture has room for four, and the unusual ones belong there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from statistics import fmean

from bot.monitoring._findings import Finding
from bot.monitoring._panels import Plot
from bot.values import Measure, Series

Measured = Mapping[Measure, Series]

#: Times more or less that are a move, beside a week before and within the window alone: a day has
#: its own ups and downs.
BESIDE, WITHIN = 1.25, 2.0
LATELY = 6  #: the last of so many parts of the window stands against those before it
#: What is added on either side before they are compared, by unit: twice of nearly nothing is
#: nothing, and more than nothing is not endless.
LITTLE = {"%": 5.0, "": 5.0, "s": 0.005, "ms": 5.0, "B": 2.0**26, "B/s": 2.0**20, "1/s": 50.0}


def unusual_first(
    plots: Sequence[Plot],
    found: Measured,
    earlier: Measured,
    fires: frozenset[str],
    worth: Sequence[Finding],
) -> tuple[Plot, ...]:
    """In the order they had, but for: an alarm ``fires`` on one of its metrics, it is worth a word
    (the gravest first), it could not all be read, it moved most."""

    def rank(plot: Plot) -> tuple[int, float]:
        metrics = {metric for metric, _ in plot.metrics}
        series = dict(_of(plot, found))
        if fires & metrics:
            return 0, 0.0
        words = [word for word, one in enumerate(worth) if one.about in metrics]
        if words:
            return 1, words[0]
        if any(one.unread for one in series.values()):
            return 2, 0.0
        return 3, -max((_moved(one, earlier.get(key)) for key, one in series.items()), default=0.0)

    return tuple(sorted(plots, key=rank))


def _of(plot: Plot, found: Measured) -> Iterator[tuple[Measure, Series]]:
    names = dict(plot.metrics)
    return ((key, one) for key, one in found.items() if key.metric in names)


def _moved(now: Series, before: Series | None) -> float:
    """How far, as a logarithm; nothing where it is no more than the usual."""
    if before is not None and before.points:
        return _apart(now, _values(before), _values(now), BESIDE)
    parted = len(now.points) - len(now.points) // LATELY
    values = _values(now)
    return _apart(now, values[:parted], values[parted:], WITHIN)


def _values(series: Series) -> list[float]:
    return [value for _, value in series.points]


def _apart(of: Series, before: Iterable[float], after: Iterable[float], worth: float) -> float:
    little = LITTLE.get(of.unit, 1.0)
    ends = [max(0.0, fmean(values)) + little for one in (before, after) if (values := list(one))]
    far = abs(log(ends[1] / ends[0])) if len(ends) == 2 else 0.0
    return far if far >= log(worth) else 0.0
