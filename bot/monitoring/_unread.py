"""Metrics that could not be read, said: in sentences with why, and in the caption of a picture."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.aws.cloudwatch import UNITS
from bot.errors import AWSError, AWSRefusedError
from bot.monitoring._panels import Plot
from bot.values import Line, Measure, Reading, Series

NAMED = 4  #: metrics in one sentence
FIGURES = ("cloudwatch:GetMetricData",)
SAID = {Reading.UNREAD: "could not be read", Reading.PARTLY: "could be read only in part"}

Measured = Mapping[Measure, Series]


def unanswered(measures: Iterable[Measure], error: AWSError) -> Measured:
    """Where AWS gave no answer at all: nothing of them is known."""
    return {
        one: Series(metric=one.metric, stat=one.stat, unit=UNITS.get(one.metric, ""),
                    unread=reason(error))
        for one in measures
    }  # fmt: skip


def reason(error: AWSError, needs: Sequence[str] = FIGURES) -> str:
    """In sentences; what was refused is mended by a permission, not by waiting."""
    said = str(error).rstrip(".")
    if isinstance(error, AWSRefusedError):
        wanted = f"Whoever runs me gives the role {', '.join(needs)}: rds-bot iam-policy prints it."
        return f"AWS says {error.code}: {said}. {wanted}"
    return f"{said}. Ask again in a minute."


def unread(plots: Sequence[Plot], found: Measured, *, named: bool = False) -> tuple[Line, ...]:
    """A sentence for each reason, with the metrics; ``named``: and of whom they are."""
    return tuple(
        (f"{_listed(_what(plots, measures, named=named))} {SAID[reading]}. {why}",)
        for (reading, why), measures in _grouped(found).items()
    )


def caption(plots: Sequence[Plot], found: Measured, *, named: bool = False) -> str:
    """``CPU, Latency could not be read; Memory could be read only in part``; empty: all was."""
    by_reading: dict[Reading, list[Measure]] = {}
    for (reading, _), measures in _grouped(found).items():
        by_reading.setdefault(reading, []).extend(measures)
    return "; ".join(
        f"{_listed(_what(plots, measures, named=named))} {SAID[reading]}"
        for reading, measures in by_reading.items()
    )


def _grouped(found: Measured) -> Mapping[tuple[Reading, str], list[Measure]]:
    groups: dict[tuple[Reading, str], list[Measure]] = {}
    for measure, series in found.items():
        if series.unread:
            groups.setdefault((series.reading, series.unread), []).append(measure)
    return groups


def _what(plots: Sequence[Plot], measures: Sequence[Measure], *, named: bool) -> Iterator[str]:
    """By the titles of their panels, with the curve where the others of it are known."""
    for plot in plots:
        hit = [one for one in measures if one.metric in dict(plot.metrics)]
        labels = [label for metric, label in plot.metrics if metric in {it.metric for it in hit}]
        if not hit:
            continue
        part = f" ({', '.join(labels)})" if len(labels) < len(plot.metrics) else ""
        names = dict.fromkeys(one.target.identifier for one in hit)
        yield f"{plot.title}{part}{f' of {_listed(names)}' if named else ''}"


def _listed(words: Iterable[str]) -> str:
    every = list(words)
    left = len(every) - NAMED
    return ", ".join(every[:NAMED]) + (f" and {left} more" if left > 0 else "")
