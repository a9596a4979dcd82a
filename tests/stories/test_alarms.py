"""Whatever way an alarm fires, nothing beside it is calm: neither its chart nor `/rds metrics`."""

import json
import re
from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, Lapse
from tests.crossed import sampled
from tests.stories.asking import flat, pictures
from tests.stories.stage import Play, Stage, until
from tests.stories.test_incidents import WATCHED, cards, notes, passes

OF = [{"Name": "DBInstanceIdentifier", "Value": "orders-staging"}]
CPU = {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization", "Dimensions": OF}
COMMON = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}
PLAIN = {**CPU, **COMMON, "Period": 60, "Statistic": "Average"}
STAT = {"Id": "m1", "MetricStat": {"Metric": CPU, "Period": 300, "Stat": "Average"}}
#: How an alarm can watch, the figures for which it fires, and what is said of its own line.
WAYS: dict[str, tuple[dict[str, Any], list[float], list[str]]] = {
    "above": (
        {**PLAIN, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 5.0},
        [17.0, 18.0],
        ["CPU utilization above 5 % (average of 1 min, 2 of 3)", "lately: 17 %, 18 %"],
    ),
    "of a percentile": (
        {**CPU, **COMMON, "Period": 300, "ExtendedStatistic": "p95",
         "ComparisonOperator": "GreaterThanThreshold", "Threshold": 30.0},
        [31.5],
        ["CPU utilization above 30 % (p95 of 5 min, 2 of 3)"],
    ),
    "of a band": (
        {**COMMON, "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
         "ThresholdMetricId": "ad1",
         "Metrics": [STAT, {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}]},
        [2.0],
        ["CPU utilization outside the band that CloudWatch expects (average of 5 min, 2 of 3)",
         "CPU utilization lately: 2 %"],
    ),
    "of an expression": (
        {**COMMON, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.2,
         "Metrics": [{**STAT, "ReturnData": False}, {"Id": "e1", "Expression": "m1 / 100"}]},
        [0.31],
        ["what it computes of CPU utilization, m1 / 100, is above 0.2", "Computed lately: 0.31"],
    ),
    "of nothing measured": (
        {**PLAIN, "ComparisonOperator": "LessThanThreshold", "Threshold": 1.0,
         "TreatMissingData": "breaching"},
        [],
        ["CPU utilization below 1 % (average of 1 min, 2 of 3)",
         "no figures for it, and missing ones count as beyond its threshold"],
    ),
    "below": (
        {**PLAIN, "ComparisonOperator": "LessThanThreshold", "Threshold": 90.0},
        [17.0],
        ["CPU utilization below 90 % (average of 1 min, 2 of 3)", "lately: 17 %"],
    ),
    "of another statistic": (
        {**PLAIN, "Period": 300, "Statistic": "Maximum",
         "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 30.0},
        [31.5],
        ["CPU utilization at or above 30 % (maximum of 5 min, 2 of 3)"],
    ),
}  # fmt: skip
ways = pytest.mark.parametrize("way", sampled(WAYS, quick=5))


def put(aws: AWSSandbox, way: str) -> None:
    """It fires for its figures, whatever the sandbox's database does."""
    about, lately, _ = WAYS[way]
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName="orders-alarm", **about)
    set_state(aws, lately=lately)


def set_state(
    aws: AWSSandbox, name: str = "orders-alarm", state: str = "ALARM", lately: Any = ()
) -> None:
    aws.client("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue=state, StateReason="Threshold Crossed",
        StateReasonData=json.dumps({"recentDatapoints": list(lately)}),
    )  # fmt: skip


async def picture(stage: Stage) -> str:
    """What the picture in the incident's thread says to who cannot see it."""
    ben = stage.slack.member("ben")
    seen = await ben.sees(lambda it: bool(pictures(it)), within=30)
    return str([it for it in seen.blocks if it["type"] == "image"])


async def types(play: Play, line: str) -> str:
    await play.types(line, "ben")
    [*_, last] = [it for it in play.stage.slack.member("ben").messages() if it.ephemeral]
    return flat(last)


@ways
async def test_the_chart_of_an_incident_speaks_of_the_alarms_own_line(
    stage: Stage, way: str
) -> None:
    async with stage.bot(WATCHED) as play:
        await passes(play)
        put(stage.aws, way)
        await passes(play)
        await passes(play)
        said = " ".join(notes(stage))

        assert "nothing unusual" not in said
        assert "Alarm orders-alarm fires since" in said
        for words in WAYS[way][2]:
            assert words in said, said


@ways
async def test_metrics_of_a_database_with_a_firing_alarm_say_so(stage: Stage, way: str) -> None:
    put(stage.aws, way)
    async with stage.bot() as play:
        said = await types(play, "/rds metrics orders-staging --range 3h")
        other = await types(play, "/rds metrics orders-test --range 3h")
        set_state(stage.aws, state="OK")
        play.stage.clock.advance(60)
        calm = await types(play, "/rds metrics orders-staging --range 3h")

    assert "nothing unusual" not in said
    assert "Alarm orders-alarm fires since" in said
    assert "Measured: CPU " in said
    for words in WAYS[way][2]:
        assert words in said, said
    assert "nothing unusual" in other
    assert "orders-alarm" not in other + calm
    assert "nothing unusual" in calm


async def test_the_button_of_an_incident_shows_what_it_is_about(stage: Stage) -> None:
    async with stage.bot(WATCHED) as play:
        await passes(play)
        put(stage.aws, "below")
        await passes(play)
        [card] = cards(stage)
        asked = len(notes(stage))
        await play.clicks("ben", card, "query.run.incident")
        await until(lambda: len(notes(stage)) > asked)

        [said] = notes(stage)[asked:]
        assert "Alarm orders-alarm fires since" in said
        assert "orders-staging: CPU utilization 17 %, below 90 %" in said
        assert "nothing unusual" not in said.lower()


async def test_a_chart_draws_the_figures_that_the_alarm_compares(stage: Stage) -> None:
    async with stage.bot(WATCHED) as play:
        await passes(play)
        put(stage.aws, "of another statistic")
        await passes(play)
        await passes(play)

        assert "CPU utilization, Maximum of 5 min (alarm " in await picture(stage)


async def test_an_incident_whose_figures_cannot_be_read_says_so(stage: Stage) -> None:
    async with stage.bot(WATCHED) as play:
        await passes(play)
        put(stage.aws, "above")
        stage.aws.fault("cloudwatch:GetMetricData", "denied", times=None)
        await passes(play)
        await passes(play)
        said = " ".join(notes(stage))

        assert "Alarm orders-alarm fires since" in said
        assert "Its figures could not be read. AWS says AccessDenied" in said


async def test_an_incident_whose_metric_could_not_be_read_says_so(stage: Stage) -> None:
    stage.aws.lapse(Lapse("CPUUtilization", status="InternalError", share=0))
    async with stage.bot(WATCHED) as play:
        await passes(play)
        put(stage.aws, "above")
        await passes(play)
        await passes(play)

        assert "CPU could not be read. CloudWatch had an error" in " ".join(notes(stage))


async def test_alarms_that_cannot_be_read_leave_nothing_calm(stage: Stage) -> None:
    stage.aws.fault("cloudwatch:DescribeAlarms", "denied", times=None)
    async with stage.bot() as play:
        said = await types(play, "/rds metrics orders-staging")

    assert "Whether an alarm of it fires could not be read. AWS says AccessDenied" in said
    assert "gives the role cloudwatch:DescribeAlarms" in said
    assert "nothing unusual" not in said


async def test_a_composite_alarm_is_told_where_none_of_its_parts_fires(stage: Stage) -> None:
    cloudwatch = stage.aws.client("cloudwatch")
    for name, of in (("orders-cpu", OF), ("others", [])):
        cloudwatch.put_metric_alarm(
            **PLAIN | {"AlarmName": name, "Dimensions": of, "Threshold": 99.0},
            ComparisonOperator="GreaterThanThreshold",
        )
    cloudwatch.put_composite_alarm(
        AlarmName="orders-trouble", AlarmRule='NOT ALARM("orders-cpu") AND OK(others)'
    )
    set_state(stage.aws, "orders-trouble")
    async with stage.bot(WATCHED) as play:
        said = await types(play, "/rds metrics orders-staging")
        await passes(play)
        [card] = cards(stage)
        set_state(stage.aws, "orders-cpu", lately=[99.9])
        play.stage.clock.advance(60)
        both = await types(play, "/rds metrics orders-staging")

    assert "Alarm orders-trouble fires since" in said
    assert 'what it combines holds, NOT ALARM("orders-cpu") AND OK(others)' in said
    assert "nothing unusual" not in said
    assert "alarm orders-trouble, which combines others · firing" in flat(card)
    assert "Alarm orders-cpu fires since" in both
    assert "orders-trouble" not in both


async def test_what_happens_to_a_database_is_not_called_calm_by_its_figures(stage: Stage) -> None:
    async with stage.bot(WATCHED) as play:
        stage.aws.client("rds").reboot_db_instance(DBInstanceIdentifier="orders-test")
        await passes(play, 20.0)  # its shutdown is no news to whoever begins to look now
        await passes(play)
        await passes(play)
        said = " ".join(notes(stage))

        asked = await types(play, "/rds metrics orders-test")

        for told in (said, asked):
            assert "Shutdown or restart since" in told
            assert "nothing unusual" not in told


async def test_connections_with_a_firing_alarm_need_something(stage: Stage) -> None:
    about = PLAIN | {"MetricName": "DatabaseConnections", "Threshold": 1.0}
    stage.aws.client("cloudwatch").put_metric_alarm(
        AlarmName="orders-alarm", ComparisonOperator="GreaterThanThreshold", **about
    )
    set_state(stage.aws, lately=[12.0])
    async with stage.bot() as play:
        said = await types(play, "/rds connections orders-staging")
        set_state(stage.aws, state="OK")
        calm = await types(play, "/rds connections orders-staging")

    assert "Alarm orders-alarm fires since" in said
    assert "Nothing needs to be done" not in said
    assert "Nothing needs to be done" in calm


async def test_a_digest_is_not_clear_while_an_alarm_fires_or_cannot_be_read(stage: Stage) -> None:
    put(stage.aws, "above")
    async with stage.bot() as play:
        fires = await types(play, "/rds digest preview --environment staging")
        stage.aws.fault("cloudwatch:DescribeAlarms", "denied", times=None)
        unread = await types(play, "/rds digest preview --environment staging")

    assert re.search(r"orders-staging \(staging\) CPU utilization [\d.]+ %, above 5 %", fires)
    assert "I could not see which alarms fire in main/us-east-1" in unread


async def test_a_digest_names_an_alarm_that_watches_several_databases(stage: Stage) -> None:
    about = {**PLAIN, "Dimensions": [], "MetricName": "SwapUsage", "Threshold": 1.0}
    stage.aws.client("cloudwatch").put_metric_alarm(
        AlarmName="orders-alarm", ComparisonOperator="GreaterThanThreshold", **about
    )
    set_state(stage.aws, lately=[12.0])
    async with stage.bot() as play:
        said = await types(play, "/rds digest preview --environment staging")

    assert "main/us-east-1 alarm orders-alarm fires" in said
    [clear] = re.findall("All clear: ([^.]*)", said) or [""]
    assert "memory and disks" not in clear
