"""CloudWatch's alarms on metrics of RDS.

What an alarm and its history look like:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.aws.cloudwatch import DIMENSION, NAMESPACE
from bot.aws.rds import micros_of
from bot.values import Alarm, AlarmState, Firing

#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
NAMES = 100  #: that one DescribeAlarms call takes
#: How the alarms are called by which AWS itself adds replicas and removes them; some of those fire
#: for as long as there is little to do.
SCALING = "TargetTracking-"

RULE = "AlarmRule"
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_PART = re.compile(r"""(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*["']?([^"')]+?)["']?\s*\)""")

Raw = Mapping[str, Any]


def on_rds(raw: Iterable[Raw]) -> Iterator[Alarm]:
    """Those alarms that watch a metric of RDS for people, plain or within an expression."""
    for one in raw:
        if one["AlarmName"].startswith(SCALING) or RULE in one:
            continue
        metric = next((it for it in _metrics(one) if it.get("Namespace") == NAMESPACE), None)
        if metric is not None:
            yield _alarm(one, metric)


def combining(raw: Iterable[Raw], parts: Iterable[Alarm]) -> Iterator[Alarm]:
    """Composite alarms over alarms on RDS: each is about the database of the first of them.

    Where one of them fires by itself, that says it better.
    """
    known = {one.name: one for one in parts}
    for one in raw:
        mine = [known[name] for name in combined(one) if name in known]
        if mine and not any(part.state is AlarmState.ALARM for part in mine):
            yield _composite(one, mine[0])


def standing(raw: Iterable[Raw]) -> Iterator[Alarm]:
    """Composite alarms as they stand, without the databases that they are about."""
    return (Alarm(**_standing(one), metric="", computes=one[RULE]) for one in raw if RULE in one)


def combined(raw: Raw) -> tuple[str, ...]:
    """The names of the alarms that a composite one combines; none of any other."""
    return tuple(dict.fromkeys(
        name.rpartition(":alarm:")[2] for name in _PART.findall(raw.get(RULE) or "")
    ))  # fmt: skip


def firings(history: Iterable[Raw]) -> tuple[Firing, ...]:
    """Each firing in a history of state updates, oldest first, with its end where that is there."""
    found: list[Firing] = []
    open_: dict[str, int] = {}
    for item in sorted(history, key=lambda one: one["Timestamp"]):
        name, at = item["AlarmName"], micros_of(item["Timestamp"]) or 0
        state = _new_state(item)
        if state == AlarmState.ALARM and name not in open_:
            open_[name] = len(found)
            found.append(Firing(alarm=name, at=at))
        elif state == AlarmState.OK and name in open_:
            number = open_.pop(name)
            found[number] = found[number].model_copy(update={"until": at})
    return tuple(found)


def _alarm(raw: Raw, metric: Raw) -> Alarm:
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions") or ()}
    kind = next((kind for kind, name in DIMENSION.items() if name in dimensions), None)
    return Alarm(
        **_standing(raw),
        metric=metric.get("MetricName", ""),
        kind=kind,
        identifier=dimensions[DIMENSION[kind]] if kind else "",
        comparison=raw.get("ComparisonOperator") or "",
        threshold=None if _expression(raw) else raw.get("Threshold"),
        computes=_expression(raw),
        level=raw.get("Threshold"),
        **_evaluated(raw),
        lately=_figures(raw.get("StateReasonData") or "{}"),
    )


def _composite(raw: Raw, part: Alarm) -> Alarm:
    about = {"metric": "", "kind": part.kind, "identifier": part.identifier}
    return Alarm(**_standing(raw), **about, computes=raw[RULE])


def _standing(raw: Raw) -> dict[str, Any]:
    # one that AWS evaluates again and again is updated without having changed
    since = raw.get("StateTransitionedTimestamp") or raw.get("StateUpdatedTimestamp")
    return {
        "name": raw["AlarmName"],
        "state": AlarmState(raw["StateValue"]),
        "since": micros_of(since) or 0,
        "reason": raw.get("StateReason") or "",
    }


def _evaluated(raw: Raw) -> dict[str, Any]:
    """Which values of the metric it compares; of an expression those of its first metric."""
    stats = (one["MetricStat"] for one in raw.get("Metrics") or () if one.get("MetricStat"))
    stat: Raw = next(stats, {})
    periods = raw.get("EvaluationPeriods") or 0
    return {
        "statistic": raw.get("Statistic") or raw.get("ExtendedStatistic") or stat.get("Stat", ""),
        "period": raw.get("Period") or stat.get("Period") or 0,
        "beyond": raw.get("DatapointsToAlarm") or periods,
        "of": periods,
        "missing": raw.get("TreatMissingData") or "",
    }


def _figures(data: str) -> tuple[float, ...]:
    """AWS has them the oldest first; what was not measured is left out."""
    try:
        found = json.loads(data).get("recentDatapoints") or ()
        return tuple(float(one) for one in found if one is not None)
    except (ValueError, TypeError, AttributeError):
        return ()


def _metrics(raw: Raw) -> Iterator[Raw]:
    if raw.get("MetricName"):
        yield raw
    for one in raw.get("Metrics") or ():
        if one.get("MetricStat"):
            yield one["MetricStat"]["Metric"]


def _expression(raw: Raw) -> str:
    """What its threshold is for, where that is no metric: nobody knows its unit."""
    found = [one for one in raw.get("Metrics") or () if one.get("Expression")]
    told = [one for one in found if one.get("ReturnData") is not False]
    return next((str(one["Expression"]) for one in (*told, *found)), "")


def _new_state(item: Raw) -> str:
    try:
        return str(json.loads(item.get("HistoryData") or "{}")["newState"]["stateValue"])
    except (KeyError, TypeError, ValueError):
        return ""
