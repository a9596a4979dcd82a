"""What alarms watch for and why they fire, in words and as lines in a chart: pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.aws.cloudwatch import UNITS
from bot.values import (
    BANDS,
    Alarm,
    Chart,
    Database,
    Kind,
    Limit,
    Line,
    Moment,
    Panel,
    amount,
    figure,
)

ALARMS = ("cloudwatch:DescribeAlarms",)
LATELY = 3  #: figures that are told, the newest last
RULE = 200  #: characters of an expression
COMPARISONS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}
UNMEASURED = re.compile(r"missing datapoint|no datapoints", re.IGNORECASE)
_WORDS = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|\b)|[A-Z]?[a-z]+|[A-Z]+|\d+|%")


def about(alarms: Sequence[Alarm], database: Database) -> tuple[Alarm, ...]:
    """Those of that database, of its members, and of the cluster that it belongs to."""
    names = {(database.target.kind, database.name), (Kind.CLUSTER, database.cluster or "")}
    if database.target.kind is Kind.CLUSTER:
        names |= {(Kind.INSTANCE, one) for one in database.members}
    lower = {(kind, name.lower()) for kind, name in names}
    return tuple(one for one in alarms if (one.kind, one.identifier.lower()) in lower)


def rule(alarm: Alarm) -> str:
    """What the alarm watches for, in words: ``free storage space below 20 GiB``."""
    metric = spoken(alarm.metric)
    if alarm.is_composite:
        return f"alarm {alarm.name}, which combines others"
    if alarm.threshold is None or alarm.comparison not in COMPARISONS:
        return f"{metric} is unusual"
    level = amount(alarm.threshold, UNITS.get(alarm.metric, ""))
    return f"{metric} {COMPARISONS[alarm.comparison]} {level}"


def measured(alarm: Alarm) -> str:
    """``Free storage space lately: 183 GiB, 182 GiB.``; empty where AWS tells no figures."""
    figures = _lately(alarm)
    if not figures or alarm.threshold is None:
        return ""
    metric = spoken(alarm.metric)
    return f"{metric[0].upper()}{metric[1:]} lately: {figures}."


def latest(alarm: Alarm) -> str:
    """``179 GiB``, the newest value for which it is in its state; empty where AWS tells none."""
    if not alarm.lately or alarm.threshold is None:
        return ""
    return _figure(alarm, alarm.lately[-1])


def spoken(metric: str) -> str:
    """AWS's name of a metric in words: ``CPU utilization``, ``read IOPS``."""
    words = _WORDS.findall(metric) or [metric]
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)


def firing(alarm: Alarm) -> Iterator[Line]:
    """That it fires, and its own line: by which values of what it is judged."""
    yield (f"Alarm {alarm.name} fires since ", Moment(at=alarm.since), f": {watched(alarm)}.")
    if said := " ".join(_why(alarm)):
        yield (said,)


def headed(alarm: Alarm) -> str:
    """``free storage space 179 GiB, below 200 GiB``, or what it watches for."""
    if not alarm.lately or not alarm.is_drawable or alarm.comparison not in COMPARISONS:
        return f"alarm, {_watched(alarm)}"
    beyond = rule(alarm).removeprefix(f"{spoken(alarm.metric)} ")
    return f"{spoken(alarm.metric)} {_figure(alarm, alarm.lately[-1])}, {beyond}"


def _lately(alarm: Alarm) -> str:
    return ", ".join(_figure(alarm, value) for value in alarm.lately[-LATELY:])


def _figure(alarm: Alarm, value: float) -> str:
    return figure(alarm.metric, value, UNITS.get(alarm.metric, ""), short=True)


def watched(alarm: Alarm) -> str:
    """``CPU utilization above 80 % (maximum of 5 min, 2 of 3)``"""
    return f"{_watched(alarm)}{_values(alarm)}"


def with_lines(chart: Chart, alarms: Sequence[Alarm]) -> Chart:
    """With the threshold of each in the panel of its metric."""
    panels = chart.panels
    for alarm in alarms:
        panels = tuple(lined(one, alarm) if _shows(one, alarm) else one for one in panels)
    return chart.model_copy(update={"panels": panels})


def lined(panel: Panel, alarm: Alarm) -> Panel:
    """With its threshold as a line, beside those of other alarms."""
    lines = dict.fromkeys((*panel.alarms, *limits((alarm,))))
    return panel.model_copy(update={"alarms": tuple(lines)})


def limits(alarms: Iterable[Alarm]) -> tuple[Limit, ...]:
    """Thresholds as lines of a picture; an alarm of something else has none."""
    known = ((one, one.threshold) for one in alarms if one.threshold is not None)
    return tuple(
        Limit(value=level, label=f"alarm {amount(level, UNITS.get(one.metric, ''))}")
        for one, level in known
    )


def _shows(panel: Panel, alarm: Alarm) -> bool:
    return any(one.series.metric == alarm.metric for one in panel.curves)


def _watched(alarm: Alarm) -> str:
    metric = spoken(alarm.metric)
    if alarm.is_composite:
        return f"what it combines holds, {_cut(alarm.computes)}"
    if alarm.is_band:
        return f"{metric} {BANDS[alarm.comparison]} the band that CloudWatch expects"
    if alarm.computes:
        beyond = COMPARISONS.get(alarm.comparison, "beyond")
        level = "its threshold" if alarm.level is None else f"{alarm.level:g}"
        return f"what it computes of {metric}, {_cut(alarm.computes)}, is {beyond} {level}"
    return rule(alarm)


def _values(alarm: Alarm) -> str:
    """`` (average of 5 min, 2 of 3)``; empty where AWS does not say."""
    if not alarm.statistic or not alarm.period:
        return ""
    minutes = alarm.period / 60
    length = f"{minutes:g} min" if alarm.period >= 60 else f"{alarm.period} s"
    often = f", {alarm.beyond} of {alarm.of}" if alarm.of > 1 else ""
    return f" ({alarm.statistic.lower()} of {length}{often})"


def _why(alarm: Alarm) -> Iterator[str]:
    """By which figures; where there are none, that this is why."""
    if alarm.missing == "breaching" and (UNMEASURED.search(alarm.reason) or not alarm.lately):
        yield "CloudWatch has no figures for it, and missing ones count as beyond its threshold."
    if said := measured(alarm) or _computed(alarm):
        yield said
    elif alarm.is_composite and alarm.reason:
        yield _cut(alarm.reason)


def _computed(alarm: Alarm) -> str:
    """Figures of a band are those of the metric; those of an expression have no unit."""
    if not alarm.lately or alarm.is_composite:
        return ""
    if alarm.is_band:
        what, figures = spoken(alarm.metric), _lately(alarm)
    else:
        what = "computed"
        figures = ", ".join(amount(value, "") for value in alarm.lately[-LATELY:])
    return f"{what[0].upper()}{what[1:]} lately: {figures}."


def _cut(text: str) -> str:
    return text if len(text) <= RULE else f"{text[: RULE - 1]}…"
