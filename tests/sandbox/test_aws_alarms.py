"""Alarms over HTTP: their states follow from what is measured, or from whoever sets them."""

from typing import Any

import pytest

from bot.sandbox.aws import DEMO_ALARMS, AWSSandbox

MINUTE = 60.0


@pytest.fixture(autouse=True)
def alarms(aws: AWSSandbox) -> None:
    aws.seed_alarms(DEMO_ALARMS)


def firing(aws: AWSSandbox) -> set[str]:
    found = aws.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    return {one["AlarmName"] for one in found}


def test_states_follow_from_what_is_measured(aws: AWSSandbox) -> None:
    always = {"warehouse-free-storage", "billing-staging-connections"}
    assert firing(aws) == always

    aws.advance(3 * MINUTE)
    assert firing(aws) == {*always, "ledger-test-cpu"}
    aws.advance(10 * MINUTE)
    assert firing(aws) == always


def test_the_history_tells_each_change_once_page_by_page(aws: AWSSandbox) -> None:
    aws.advance(20 * MINUTE)
    client: Any = aws.client("cloudwatch")
    pages = client.get_paginator("describe_alarm_history").paginate(
        AlarmName="ledger-test-cpu", HistoryItemType="StateUpdate", PaginationConfig={"PageSize": 1}
    )

    items = [item for page in pages for item in page["AlarmHistoryItems"]]

    assert [item["HistorySummary"] for item in items] == [
        "Alarm updated from ALARM to OK",
        "Alarm updated from OK to ALARM",
    ]


def test_what_somebody_set_stays(aws: AWSSandbox) -> None:
    client: Any = aws.client("cloudwatch")
    client.set_alarm_state(AlarmName="ledger-test-cpu", StateValue="ALARM", StateReason="a drill")
    aws.advance(20 * MINUTE)

    [alarm] = client.describe_alarms(AlarmNames=["ledger-test-cpu"])["MetricAlarms"]

    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "a drill")
    assert alarm["StateTransitionedTimestamp"] == alarm["StateUpdatedTimestamp"]
