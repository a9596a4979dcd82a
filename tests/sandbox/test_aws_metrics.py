"""The sandbox's metrics: the same seed tells the same weeks, and they hang together."""

import statistics
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aioboto3
import pytest
from botocore.config import Config

from bot.sandbox.aws import AWSSandbox, Lapse

Points = list[tuple[datetime, float]]
DAY = timedelta(days=1)


@pytest.fixture
async def cloudwatch(aws: AWSSandbox) -> AsyncIterator[Any]:
    once = Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
    async with aioboto3.Session().client(
        "cloudwatch", region_name="us-east-1", endpoint_url=aws.url, config=once, **keys
    ) as client:
        yield client


class Asking:
    def __init__(self, client: Any, aws: AWSSandbox) -> None:
        self.client = client
        self.now = datetime.fromtimestamp(aws.clock(), UTC)

    async def __call__(
        self, name: str, metric: str, *, stat: str = "Average", period: int = 3600,
        back: timedelta = 7 * DAY, dimension: str = "DBInstanceIdentifier",
    ) -> Points:  # fmt: skip
        about = {
            "Namespace": "AWS/RDS",
            "MetricName": metric,
            "Dimensions": [{"Name": dimension, "Value": name}],
        }
        answer = await self.client.get_metric_data(
            MetricDataQueries=[
                {"Id": "a", "MetricStat": {"Metric": about, "Period": period, "Stat": stat}}
            ],
            StartTime=self.now - back,
            EndTime=self.now,
            ScanBy="TimestampAscending",
        )
        found = answer["MetricDataResults"][0]
        return list(zip(found["Timestamps"], found["Values"], strict=True))


@pytest.fixture
def ask(cloudwatch: Any, aws: AWSSandbox) -> Asking:
    return Asking(cloudwatch, aws)


def values(points: Points) -> list[float]:
    return [value for _, value in points]


async def test_the_same_seed_tells_the_same_weeks(ask: Asking) -> None:
    assert await ask("orders-test", "CPUUtilization") == await ask("orders-test", "CPUUtilization")


async def test_what_was_measured_stays_when_time_goes_on(ask: Asking, aws: AWSSandbox) -> None:
    before = await ask("orders-test", "ReadLatency", period=60, back=timedelta(hours=1))
    aws.advance(1800)
    after = await ask("orders-test", "ReadLatency", period=60, back=timedelta(hours=1))

    assert after[: len(before)] == before


async def test_cpu_connections_and_load_move_together(ask: Asking) -> None:
    cpu, connections, reads = [
        values(await ask("orders-prod", metric))
        for metric in ("CPUUtilization", "DatabaseConnections", "ReadIOPS")
    ]

    assert statistics.correlation(cpu, connections) > 0.9
    assert statistics.correlation(cpu, reads) > 0.8


async def test_days_are_busier_than_nights_and_weekends(ask: Asking) -> None:
    points = await ask("orders-prod", "CPUUtilization", back=14 * DAY)

    work = [v for at, v in points if at.weekday() < 5 and 12 <= at.hour < 16]
    rest = [v for at, v in points if at.weekday() >= 5 or at.hour < 4]
    assert statistics.mean(work) > 1.5 * statistics.mean(rest)
    assert all(0 < value <= 100 for value in values(points))


async def test_a_storage_fills_in_twelve_days(ask: Asking) -> None:
    free = values(await ask("warehouse", "FreeStorageSpace", back=DAY))

    rate = (free[0] - free[-1]) / (len(free) - 1) * 24
    assert free[-1] / rate == pytest.approx(12, rel=0.1)


async def test_one_database_leaks_connections_and_another_does_not(ask: Asking) -> None:
    leaking = values(await ask("billing-staging", "DatabaseConnections"))
    sound = values(await ask("orders-staging", "DatabaseConnections"))

    assert min(leaking[-24:]) > max(leaking[:24])
    assert min(sound[-24:]) < max(sound[:24])


async def test_there_are_gaps_and_they_stay_gaps(ask: Asking) -> None:
    points = await ask("orders-test", "CPUUtilization", period=300, back=14 * DAY)

    assert len(points) < 14 * 288 - 3


@pytest.mark.parametrize(
    ("name", "metric", "has"),
    [
        ("orders-test", "FreeStorageSpace", True),
        ("orders-test", "CPUCreditBalance", True),
        ("orders-prod", "CPUCreditBalance", False),
        ("orders-test", "ServerlessDatabaseCapacity", False),
        ("billing-staging", "MaximumUsedTransactionIDs", False),
        ("shop-staging-1", "FreeStorageSpace", False),
        ("shop-staging-1", "AuroraReplicaLag", False),
        ("shop-staging-2", "AuroraReplicaLag", True),
        ("search-test-1", "ACUUtilization", True),
        ("nobody", "CPUUtilization", False),
    ],
)
async def test_each_engine_has_metrics_of_its_own(
    ask: Asking, name: str, metric: str, has: bool
) -> None:
    assert bool(await ask(name, metric, back=timedelta(hours=6))) is has


async def test_a_cluster_answers_for_its_members(ask: Asking) -> None:
    hour = timedelta(hours=1)
    members = [
        values(await ask(f"shop-staging-{n}", "DatabaseConnections", period=60, back=hour))
        for n in (1, 2, 3)
    ]
    cluster = await ask(
        "shop-staging", "DatabaseConnections", stat="Sum", period=60, back=hour,
        dimension="DBClusterIdentifier",
    )  # fmt: skip

    assert values(cluster) == pytest.approx([sum(each) for each in zip(*members, strict=True)])


async def test_the_highest_of_a_period_is_not_below_its_average(ask: Asking) -> None:
    average = values(await ask("orders-test", "CPUUtilization"))
    highest = values(await ask("orders-test", "CPUUtilization", stat="Maximum"))
    p95 = values(await ask("orders-test", "CPUUtilization", stat="p95"))

    assert all(a <= p <= h for a, p, h in zip(average, p95, highest, strict=True))


async def test_metrics_can_be_listed(cloudwatch: Any) -> None:
    listed = (await cloudwatch.list_metrics(Namespace="AWS/RDS"))["Metrics"]

    named = {(one["Dimensions"][0]["Value"], one["MetricName"]) for one in listed}
    assert ("orders-test", "FreeStorageSpace") in named
    assert ("shop-staging-1", "BufferCacheHitRatio") in named


async def test_what_others_publish_is_kept_too(cloudwatch: Any, ask: Asking) -> None:
    await cloudwatch.put_metric_data(
        Namespace="rds-bot", MetricData=[{"MetricName": "OperationsExecuted", "Value": 1.0}]
    )

    listed = (await cloudwatch.list_metrics(Namespace="rds-bot"))["Metrics"]
    assert [one["MetricName"] for one in listed] == ["OperationsExecuted"]


async def told(cloudwatch: Any, aws: AWSSandbox, *metrics: str, **more: Any) -> dict[str, Any]:
    """An answer of one page about an hour of orders-test."""
    now = datetime.fromtimestamp(aws.clock(), UTC)
    of = [{"Name": "DBInstanceIdentifier", "Value": "orders-test"}]
    about = [{"Namespace": "AWS/RDS", "MetricName": one, "Dimensions": of} for one in metrics]
    queries = [
        {"Id": f"q{number}", "MetricStat": {"Metric": one, "Period": 60, "Stat": "Average"}}
        for number, one in enumerate(about)
    ]
    answer: dict[str, Any] = await cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(hours=1), EndTime=now,
        ScanBy="TimestampAscending", **more,
    )  # fmt: skip
    return answer


async def test_figures_are_told_by_the_page_and_what_is_cut_is_partial(
    cloudwatch: Any, aws: AWSSandbox
) -> None:
    both = "CPUUtilization", "FreeableMemory"
    whole = await told(cloudwatch, aws, *both)
    aws.page_figures(80)

    first = await told(cloudwatch, aws, *both)
    second = await told(cloudwatch, aws, *both, NextToken=first["NextToken"])

    cpu, memory = first["MetricDataResults"]
    [rest] = second["MetricDataResults"]
    assert (cpu["StatusCode"], memory["StatusCode"]) == ("Complete", "PartialData")
    assert (rest["Id"], rest["StatusCode"]) == ("q1", "Complete")
    assert "NextToken" not in second
    assert cpu["Values"] == whole["MetricDataResults"][0]["Values"]
    assert memory["Values"] + rest["Values"] == whole["MetricDataResults"][1]["Values"]


async def test_a_metric_may_be_cut_refused_or_left_out(cloudwatch: Any, aws: AWSSandbox) -> None:
    aws.lapse(Lapse("CPU*", status="InternalError", share=0.5, message=("Late", "Try <again>")))
    aws.lapse(Lapse("Swap*", is_left_out=True))
    aws.lapse(Lapse("Free*", share=0, whole=("MaxMetricsExceeded", "Too many.")))

    answer = await told(cloudwatch, aws, "CPUUtilization", "SwapUsage", "FreeableMemory")

    cpu, memory = answer["MetricDataResults"]
    assert (cpu["StatusCode"], len(cpu["Values"])) == ("InternalError", 29)
    assert cpu["Messages"] == [{"Code": "Late", "Value": "Try <again>"}]
    assert (memory["StatusCode"], memory["Values"]) == ("Complete", [])
    assert answer["Messages"] == [{"Code": "MaxMetricsExceeded", "Value": "Too many."}]
