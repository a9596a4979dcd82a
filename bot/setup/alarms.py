"""The CloudWatch alarms on the bot's own figures that are recommended, in the words of AWS."""

from collections.abc import Mapping
from typing import Any

Alarm = Mapping[str, Any]

HOUR, FIVE_MINUTES, MINUTE = 3600, 300, 60
#: Of each alarm that says nothing else.
EACH: Alarm = {
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


def recommended(namespace: str, topic_arn: str | None) -> tuple[Alarm, ...]:
    """As PutMetricAlarm takes them; ``topic_arn`` is told of alarms and of their ends."""
    told = [topic_arn] if topic_arn else []
    alarms = (
        _no_heartbeat(namespace),
        _failure_rate(namespace),
        _timeout_rate(namespace),
        _write_failures(namespace),
    )
    return tuple({**EACH, "AlarmActions": told, "OKActions": told, **alarm} for alarm in alarms)


def _no_heartbeat(namespace: str) -> Alarm:
    return {
        "AlarmName": f"{namespace}-no-heartbeat",
        "AlarmDescription": "The bot has been silent for five minutes. It may be down or "
        "hanging, or cut off from Slack, its database or CloudWatch. Look: its process, its log, "
        "and /readyz.",
        "Namespace": namespace,
        "MetricName": "Heartbeat",
        "Statistic": "Sum",
        "Period": MINUTE,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 5,
        "Threshold": 1.0,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
    }


def _failure_rate(namespace: str) -> Alarm:
    return {
        "AlarmName": f"{namespace}-failure-rate",
        "AlarmDescription": "More than 10 % of the operations that ended within an hour "
        "failed, or nobody knows how they ended. Look: /rds audit --failed --since 1d",
        "Metrics": _percent(namespace, "OperationErrors"),
        "Threshold": 10.0,
    }


def _timeout_rate(namespace: str) -> Alarm:
    return {
        "AlarmName": f"{namespace}-timeout-rate",
        "AlarmDescription": "More than 5 % of the operations that ended within an hour took "
        "longer than polling.timeout. Look: /rds requests --all",
        "Metrics": _percent(namespace, "OperationTimeouts"),
        "Threshold": 5.0,
    }


def _write_failures(namespace: str) -> Alarm:
    return {
        "AlarmName": f"{namespace}-audit-write-failures",
        "AlarmDescription": "The bot could not write to its database, so what was asked of it "
        "was not done. Look: the disk, the database, and storage errors in its log.",
        "Namespace": namespace,
        "MetricName": "AuditWriteFailures",
        "Statistic": "Sum",
        "Period": FIVE_MINUTES,
        "Threshold": 0.0,
    }


def _percent(namespace: str, metric: str) -> list[dict[str, Any]]:
    """Of all operations that were executed; nothing executed is nothing wrong."""
    rate = {
        "Id": "rate",
        "Expression": "IF(executed > 0, 100 * counted / executed, 0)",
        "Label": f"{metric} in percent of OperationsExecuted",
        "ReturnData": True,
    }
    return [
        rate,
        _hourly("counted", namespace, metric),
        _hourly("executed", namespace, "OperationsExecuted"),
    ]


def _hourly(name: str, namespace: str, metric: str) -> dict[str, Any]:
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {"Namespace": namespace, "MetricName": metric},
            "Period": HOUR,
            "Stat": "Sum",
        },
        "ReturnData": False,
    }
