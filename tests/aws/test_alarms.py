"""CloudWatch's alarms as the bot reads them."""

from datetime import UTC, datetime
from typing import Any

from bot.aws.alarms import on_rds

SINCE = datetime(2026, 11, 20, tzinfo=UTC)
FREE = {"Namespace": "AWS/RDS", "MetricName": "FreeStorageSpace"}
ORDERS = {"Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "orders"}]}
MEASURED = {"Id": "m1", "MetricStat": {"Metric": FREE | ORDERS, "Period": 60, "Stat": "Average"}}


def an_alarm(**given: Any) -> dict[str, Any]:
    about = {"AlarmName": "a", "StateValue": "ALARM", "StateUpdatedTimestamp": SINCE}
    return {**about, "Threshold": 10.0, "ComparisonOperator": "LessThanThreshold", **given}


def test_what_scales_replicas_is_no_alarm_for_people() -> None:
    low = an_alarm(**FREE, AlarmName="TargetTracking-cluster:shop-AlarmLow-7a3f")

    assert list(on_rds([low])) == []


def test_a_threshold_counts_in_the_unit_of_what_it_is_for() -> None:
    plain = an_alarm(**FREE, **ORDERS)
    measured = an_alarm(Metrics=[MEASURED])
    share = an_alarm(Metrics=[MEASURED, {"Id": "e1", "Expression": "m1 / 1073741824"}])

    found = list(on_rds([plain, measured, share]))

    assert [one.threshold for one in found] == [10.0, 10.0, None]
    assert {(one.metric, one.identifier) for one in found} == {("FreeStorageSpace", "orders")}
