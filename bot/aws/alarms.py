"""CloudWatch's alarms on metrics of RDS.

What an alarm and its history look like:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.aws.cloudwatch import DIMENSION, NAMESPACE
from bot.aws.rds import micros_of
from bot.values import Alarm, AlarmState, Firing

NAMES = 100  #: that one DescribeAlarms call takes
#: How the alarms are called by which AWS itself adds replicas and removes them; some of those fire
#: for as long as there is little to do.
SCALING = "TargetTracking-"

Raw = Mapping[str, Any]


def on_rds(raw: Iterable[Raw]) -> Iterator[Alarm]:
    """Those alarms that watch a metric of RDS for people, plain or within an expression."""
    for one in raw:
        if one["AlarmName"].startswith(SCALING):
            continue
        metric = next((it for it in _metrics(one) if it.get("Namespace") == NAMESPACE), None)
        if metric is not None:
            yield _alarm(one, metric)


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
    # one that AWS evaluates again and again is updated without having changed
    since = raw.get("StateTransitionedTimestamp") or raw.get("StateUpdatedTimestamp")
    return Alarm(
        name=raw["AlarmName"],
        state=AlarmState(raw["StateValue"]),
        since=micros_of(since) or 0,
        metric=metric.get("MetricName", ""),
        kind=kind,
        identifier=dimensions[DIMENSION[kind]] if kind else "",
        comparison=raw.get("ComparisonOperator") or "",
        threshold=None if _is_computed(raw) else raw.get("Threshold"),
        reason=raw.get("StateReason") or "",
        lately=_figures(raw.get("StateReasonData") or "{}"),
    )


def _figures(data: str) -> tuple[float, ...]:
    """AWS has them the oldest first; what was not measured is left out."""
    try:
        found = json.loads(data).get("recentDatapoints") or ()
        return tuple(float(one) for one in found if one is not None)
    except (ValueError, TypeError, AttributeError):
        return ()


def _metrics(raw: Raw) -> Iterator[Raw]:
    if "MetricName" in raw:
        yield raw
    for one in raw.get("Metrics") or ():
        if "MetricStat" in one:
            yield one["MetricStat"]["Metric"]


def _is_computed(raw: Raw) -> bool:
    """Whether its threshold is for an expression, whose unit nobody knows."""
    return any("Expression" in one for one in raw.get("Metrics") or ())


def _new_state(item: Raw) -> str:
    try:
        return str(json.loads(item.get("HistoryData") or "{}")["newState"]["stateValue"])
    except (KeyError, TypeError, ValueError):
        return ""
