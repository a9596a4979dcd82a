"""CloudWatch's alarms as the bot reads them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.aws.alarms import combined, combining, on_rds, standing
from bot.values import Alarm

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


def test_an_alarm_keeps_by_which_values_it_is_judged() -> None:
    plain = an_alarm(**FREE, **ORDERS, Statistic="Maximum", Period=300, EvaluationPeriods=3,
                     DatapointsToAlarm=2, TreatMissingData="breaching")  # fmt: skip
    share = an_alarm(
        Metrics=[MEASURED, {"Id": "e0", "Expression": "m1 / 2", "ReturnData": False},
                 {"Id": "e1", "Expression": "e0 + 1"}], EvaluationPeriods=1,
    )  # fmt: skip

    one, other = on_rds([plain, share])

    assert (one.statistic, one.period, one.beyond, one.of) == ("Maximum", 300, 2, 3)
    assert (one.missing, one.computes) == ("breaching", "")
    assert (other.computes, other.level, other.threshold) == ("e0 + 1", 10.0, None)
    assert (other.statistic, other.period, other.of) == ("Average", 60, 1)


def a_composite(rule: str) -> dict[str, Any]:
    about = {"AlarmName": "c", "StateValue": "ALARM", "StateUpdatedTimestamp": SINCE}
    return {**about, "AlarmRule": rule}


def named(name: str, state: str = "OK") -> Alarm:
    (one,) = on_rds([an_alarm(**FREE, **ORDERS, AlarmName=name, StateValue=state)])
    return one


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("ALARM(a)", ("a",)),
        ('ALARM("a b") AND NOT OK( c ) OR INSUFFICIENT_DATA(d)', ("a b", "c", "d")),
        ("ALARM('a') OR ALARM('a')", ("a",)),
        ('ALARM("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a")', ("a",)),
        ("TRUE", ()),
    ],
)
def test_what_a_composite_alarm_combines(rule: str, names: tuple[str, ...]) -> None:
    assert combined(a_composite(rule)) == names


def test_a_composite_alarm_is_about_the_database_of_its_parts_unless_one_of_them_fires() -> None:
    raw = [a_composite("ALARM(x) OR ALARM(a)"), an_alarm(**FREE, **ORDERS)]

    [found] = combining(raw, [named("a"), named("b")])

    assert (found.name, found.identifier, found.is_composite) == ("c", "orders", True)
    assert list(combining(raw, [named("a", "ALARM")])) == []
    assert list(combining(raw, [named("b")])) == []
    assert [one.name for one in standing(raw)] == ["c"]
    assert [one.name for one in on_rds(raw)] == ["a"]
