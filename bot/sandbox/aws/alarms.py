"""CloudWatch's alarms on metrics of RDS, whose states follow from what is measured.

moto keeps the alarms and never evaluates one. Here a state is computed when somebody asks; an alarm
whose state was set by hand keeps that one.
"""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.core.responses import ActionResult

from bot.sandbox.aws.cloudwatch import LATE, NAMESPACE, CloudWatch, Figures
from bot.sandbox.aws.fleet import ANALYTICS, MAIN
from bot.sandbox.aws.world import World

BEFORE = 6 * 3600.0
"""Seconds before the sandbox's start from which on alarms are evaluated."""
PAGE = 50
OK, ALARM = "OK", "ALARM"

COMPARISONS = {
    "GreaterThanThreshold": (float.__gt__, "greater than"),
    "GreaterThanOrEqualToThreshold": (float.__ge__, "greater than or equal to"),
    "LessThanThreshold": (float.__lt__, "less than"),
    "LessThanOrEqualToThreshold": (float.__le__, "less than or equal to"),
}


@dataclass(frozen=True)
class AlarmSpec:
    """It fires after so many minutes in a row beyond the threshold."""

    name: str
    identifier: str
    metric: str
    threshold: float
    comparison: str = "GreaterThanThreshold"
    minutes: int = 3
    account: str = MAIN
    region: str = "us-east-1"
    dimension: str = "DBInstanceIdentifier"


DEMO_ALARMS = (
    AlarmSpec(
        "warehouse-free-storage", "warehouse", "FreeStorageSpace", 200 * 2.0**30,
        "LessThanThreshold", 5,
    ),
    AlarmSpec("billing-staging-connections", "billing-staging", "DatabaseConnections", 300.0),
    AlarmSpec("ledger-test-cpu", "ledger-test", "CPUUtilization", 90.0, minutes=1),
    AlarmSpec(
        "reports-cpu", "reports", "CPUUtilization", 99.0, account=ANALYTICS, region="eu-west-1"
    ),
)  # fmt: skip
"""Two fire from the start on, one for the first minutes, and one never."""


class Change(NamedTuple):
    """From ``at`` on it is in ``state``."""

    at: float
    state: str
    reason: str
    lately: tuple[float, ...] = ()


def seed_alarms(specs: Iterable[AlarmSpec]) -> None:
    for one in specs:
        cloudwatch_backends[one.account][one.region].put_metric_alarm(
            name=one.name,
            namespace=NAMESPACE,
            metric_name=one.metric,
            comparison_operator=one.comparison,
            evaluation_periods=one.minutes,
            period=60,
            threshold=one.threshold,
            statistic="Average",
            description="",
            dimensions=[{"Name": one.dimension, "Value": one.identifier}],
            alarm_actions=[],
        )


class Alarms(CloudWatch):
    """DescribeAlarms, DescribeAlarmHistory and SetAlarmState; of others' metrics as moto has it."""

    def describe_alarms(self) -> ActionResult:
        """Composite ones only where they are asked for, on the first page."""
        answer = self._paged("MetricAlarms", self._wanted(map(self._shown, self._kept())))
        kinds = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
        found: dict[str, Any] = dict(answer.result)  # type: ignore[call-overload]
        if "MetricAlarm" not in kinds:
            found["MetricAlarms"] = []
        if "CompositeAlarm" in kinds and not self._get_param("NextToken"):
            rules = (one for one in self.cloudwatch_backend.alarms.values() if one.rule is not None)
            found["CompositeAlarms"] = self._wanted(map(self._composite, rules))
        return ActionResult(found)

    def _wanted(self, shown: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        names, state = self._get_param("AlarmNames", []), self._get_param("StateValue")
        prefix = self._get_param("AlarmNamePrefix") or ""
        wanted = [
            one
            for one in shown
            if one["AlarmName"].startswith(prefix)
            and (not names or one["AlarmName"] in names)
            and state in (None, one["StateValue"])
        ]
        return sorted(wanted, key=itemgetter("AlarmName"))

    def describe_alarm_history(self) -> ActionResult:
        name = self._get_param("AlarmName")
        since, until = self._instant("StartDate", 0.0), self._instant("EndDate", float("inf"))
        items = [
            _item(alarm, before, after)
            for alarm in self._kept()
            if name in (None, alarm.name)
            for before, after in pairwise(self._changes(alarm))
            if since <= after.at <= until
        ]
        items.sort(key=itemgetter("Timestamp"), reverse=True)
        return self._paged("AlarmHistoryItems", items)

    def put_composite_alarm(self) -> ActionResult:
        """Its state is what somebody sets: nobody evaluates its rule here."""
        return self.put_metric_alarm()

    def set_alarm_state(self) -> ActionResult:
        """By the sandbox's clock."""
        answer = super().set_alarm_state()
        alarm = self.cloudwatch_backend.alarms[self._get_param("AlarmName")]
        data = json.loads(self._get_param("StateReasonData") or "{}")
        lately = tuple(data.get("recentDatapoints", ()))
        said = Change(self.world.now(), alarm.state_value, alarm.state_reason, lately)
        alarm.set_by_hand = (*self._changes(alarm), said)  # type: ignore[attr-defined]
        return answer

    def _kept(self) -> Iterable[Alarm]:
        return [one for one in self.cloudwatch_backend.alarms.values() if one.rule is None]

    def _shown(self, alarm: Alarm) -> dict[str, Any]:
        now = self._changes(alarm)[-1]
        return {
            "AlarmName": alarm.name,
            "AlarmArn": alarm.alarm_arn,
            "AlarmDescription": alarm.description,
            "AlarmActions": alarm.alarm_actions,
            "StateValue": now.state,
            "StateReason": now.reason,
            "StateReasonData": _data(alarm, now),
            "StateUpdatedTimestamp": _utc(now.at),
            "StateTransitionedTimestamp": _utc(now.at),
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric_name,
            "Metrics": alarm.metric_data_queries,
            "ExtendedStatistic": alarm.extended_statistic,
            "DatapointsToAlarm": alarm.datapoints_to_alarm,
            "TreatMissingData": alarm.treat_missing_data,
            "ThresholdMetricId": alarm.threshold_metric_id,
            "Dimensions": [{"Name": one.name, "Value": one.value} for one in alarm.dimensions],
            "Statistic": alarm.statistic,
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "Threshold": alarm.threshold,
            "ComparisonOperator": alarm.comparison_operator,
        }

    def _composite(self, alarm: Alarm) -> dict[str, Any]:
        now = self._changes(alarm)[-1]
        return {
            "AlarmName": alarm.name,
            "AlarmArn": alarm.alarm_arn,
            "AlarmRule": alarm.rule,
            "StateValue": now.state,
            "StateReason": now.reason,
            "StateUpdatedTimestamp": _utc(now.at),
            "StateTransitionedTimestamp": _utc(now.at),
        }

    def _changes(self, alarm: Alarm) -> tuple[Change, ...]:
        """Of its state, oldest first."""
        given: tuple[Change, ...] | None = getattr(alarm, "set_by_hand", None)
        if given is not None:
            return given
        if alarm.namespace != NAMESPACE or alarm.comparison_operator not in COMPARISONS:
            return (Change(self.world.began, alarm.state_value, alarm.state_reason),)
        return evaluated(alarm, self.world, self.current_account, self.region)

    def _paged(self, member: str, found: list[dict[str, Any]]) -> ActionResult:
        start, size = (
            int(self._get_param("NextToken") or 0),
            int(self._get_param("MaxRecords") or PAGE),
        )
        more = str(start + size) if len(found) > start + size else None
        return ActionResult({member: found[start : start + size], "NextToken": more})

    def _instant(self, name: str, otherwise: float) -> float:
        given = self._get_param(name)
        if given is None:
            return otherwise
        moment = datetime.fromisoformat(given) if isinstance(given, str) else given
        return float((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def evaluated(alarm: Alarm, world: World, account: str, region: str) -> tuple[Change, ...]:
    """What its metric has done to it since shortly before the sandbox's start."""
    begins = world.began - BEFORE
    asked = {
        "MetricName": alarm.metric_name,
        "Dimensions": [{"Name": one.name, "Value": one.value} for one in alarm.dimensions],
    }
    between = begins, world.now()
    stat = alarm.statistic or alarm.extended_statistic or "Average"
    points = Figures(world, account, region).points(asked, stat, alarm.period, between)
    changes = [Change(begins, OK, "Unchecked: Initial alarm creation")]
    beyond, said = COMPARISONS[alarm.comparison_operator]
    row = 0
    lately = deque[float](maxlen=alarm.evaluation_periods)
    for at, value in points:
        lately.append(value)
        row = row + 1 if beyond(value, float(alarm.threshold)) else 0
        state = ALARM if row >= alarm.evaluation_periods else OK
        if state != changes[-1].state:
            is_so = "was" if state == ALARM else "was not"
            why = (
                f"Threshold Crossed: {_counted(alarm.evaluation_periods)}, the last [{value:.1f}], "
                f"{is_so} {said} the threshold ({alarm.threshold})."
            )
            changes.append(Change(at + LATE, state, why, tuple(lately)))
    return tuple(changes)


def _data(alarm: Alarm, now: Change) -> str:
    data = {
        "version": "1.0",
        "statistic": alarm.statistic,
        "period": alarm.period,
        "recentDatapoints": now.lately,
        "threshold": alarm.threshold,
    }
    return json.dumps(data)


def _counted(datapoints: int) -> str:
    return f"{datapoints} datapoint{'' if datapoints == 1 else 's'}"


def _item(alarm: Alarm, before: Change, after: Change) -> dict[str, Any]:
    data = {
        "version": "1.0",
        "oldState": {"stateValue": before.state, "stateReason": before.reason},
        "newState": {"stateValue": after.state, "stateReason": after.reason},
    }
    return {
        "AlarmName": alarm.name,
        "AlarmType": "MetricAlarm",
        "Timestamp": _utc(after.at),
        "HistoryItemType": "StateUpdate",
        "HistorySummary": f"Alarm updated from {before.state} to {after.state}",
        "HistoryData": json.dumps(data),
    }


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
