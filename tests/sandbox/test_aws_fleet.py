"""The declared fleet over HTTP, pages and filters, many databases, starting and stopping."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aioboto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bot.sandbox.aws import DEMO_FLEET, MAIN, AWSSandbox, HeldClock, InstanceSpec
from bot.sandbox.aws.clock import SOME_MORNING

HOUR = 3600
SESSION = aioboto3.Session()
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def aws() -> Iterator[AWSSandbox]:
    with AWSSandbox(clock=HeldClock(), pace=1) as aws:
        yield aws


@pytest.fixture
async def rds(aws: AWSSandbox) -> AsyncIterator[Any]:
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
    async with SESSION.client(
        "rds", region_name="us-east-1", endpoint_url=aws.url, config=ONCE, **keys
    ) as client:
        yield client


async def names(rds: Any, **search: Any) -> list[str]:
    found = (await rds.describe_db_instances(**search))["DBInstances"]
    return [one["DBInstanceIdentifier"] for one in found]


def only(name: str, *values: str) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(values)}]}


async def test_the_demo_fleet_shows_what_was_declared(aws: AWSSandbox, rds: Any) -> None:
    aws.seed(DEMO_FLEET)

    found = (await rds.describe_db_instances())["DBInstances"]
    by_name = {one["DBInstanceIdentifier"]: one for one in found}

    assert by_name["orders-prod"]["TagList"] == [{"Key": "Environment", "Value": "production"}]
    assert by_name["orders-prod"]["MultiAZ"]
    assert by_name["orders-prod"]["BackupRetentionPeriod"] == 35
    assert by_name["warehouse"]["TagList"] == []
    assert {one["Engine"] for one in found} == {
        "postgres",
        "mysql",
        "oracle-se2",
        "aurora-postgresql",
    }


async def test_a_replica_is_declared_by_its_primary(aws: AWSSandbox, rds: Any) -> None:
    aws.seed([InstanceSpec("primary"), InstanceSpec("copy", replica_of="primary")])

    found = (await rds.describe_db_instances(DBInstanceIdentifier="primary"))["DBInstances"][0]

    assert found["ReadReplicaDBInstanceIdentifiers"] == ["copy"]


async def test_instances_are_filtered_as_aws_does(aws: AWSSandbox, rds: Any) -> None:
    aws.seed(DEMO_FLEET)
    arn = f"arn:aws:rds:us-east-1:{MAIN}:db:orders-test"
    dev = (await rds.describe_db_instances(DBInstanceIdentifier="orders-dev"))["DBInstances"][0]

    assert await names(rds, **only("db-instance-id", "Orders-Dev", arn, "absent")) == [
        "orders-dev",
        "orders-test",
    ]
    assert await names(rds, **only("dbi-resource-id", dev["DbiResourceId"])) == ["orders-dev"]
    assert await names(rds, **only("engine", "oracle-se2")) == ["ledger-test"]
    assert await names(rds, **only("db-cluster-id", "search-test")) == ["search-test-1"]


@pytest.mark.parametrize(
    "search", [only("status", "available"), {"MaxRecords": 10}, {"Marker": "nonsense"}]
)
async def test_a_search_that_aws_would_not_take_is_refused(
    rds: Any, search: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as refusal:
        await rds.describe_db_instances(**search)

    assert refusal.value.response["Error"]["Code"] == "InvalidParameterValue"


async def test_a_thousand_databases_are_seeded_and_listed_in_ten_pages(
    aws: AWSSandbox, rds: Any
) -> None:
    began = time.monotonic()
    aws.seed(InstanceSpec(f"db-{number:04}") for number in range(1000))
    pages = rds.get_paginator("describe_db_instances").paginate()
    listed = [one["DBInstanceIdentifier"] async for page in pages for one in page["DBInstances"]]

    assert listed == [f"db-{number:04}" for number in range(1000)]
    assert len(aws.calls("rds:DescribeDBInstances")) == 10
    assert time.monotonic() - began < 10


async def test_a_hundred_of_a_thousand_are_found_by_one_call(aws: AWSSandbox, rds: Any) -> None:
    aws.seed(InstanceSpec(f"db-{number:04}") for number in range(1000))
    wanted = [f"db-{number:04}" for number in range(0, 1000, 10)]

    assert await names(rds, **only("db-instance-id", *wanted)) == wanted


async def test_many_callers_at_once_are_all_served_and_journaled(aws: AWSSandbox, rds: Any) -> None:
    aws.seed(InstanceSpec(f"db-{number}") for number in range(40))

    await asyncio.gather(
        *(
            rds.create_db_snapshot(
                DBInstanceIdentifier=f"db-{number}", DBSnapshotIdentifier=f"s-{number}"
            )
            for number in range(40)
        )
    )

    assert len({call.request_id for call in aws.calls("rds:CreateDBSnapshot")}) == 40
    assert len((await rds.describe_db_snapshots())["DBSnapshots"]) == 40


async def test_other_services_are_motos_own(aws: AWSSandbox) -> None:
    s3, sns = aws.client("s3"), aws.client("sns")
    s3.create_bucket(Bucket="audit")
    s3.put_object(Bucket="audit", Key="2026/07.jsonl", Body=b"one\ntwo\n")
    topic = sns.create_topic(Name="incidents")["TopicArn"]

    assert s3.get_object(Bucket="audit", Key="2026/07.jsonl")["Body"].read() == b"one\ntwo\n"
    assert sns.publish(TopicArn=topic, Message="hello")["MessageId"]


async def test_a_reset_empties_it_and_keeps_its_address(aws: AWSSandbox, rds: Any) -> None:
    aws.seed(DEMO_FLEET)
    aws.plan["reboot_db_instance"] = [("rebooting", 1)]
    aws.fault("rds:*", "503", times=None)

    aws.reset()

    assert await names(rds) == []
    assert len(aws.journal) == 1
    assert aws.plan["reboot_db_instance"] != [("rebooting", 1)]


async def test_its_environment_is_all_that_a_client_needs(
    aws: AWSSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.seed(DEMO_FLEET)
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)

    async with aioboto3.Session().client("rds") as client:
        assert len(await names(client)) == 12


def test_it_starts_and_stops_in_a_moment_again_and_again() -> None:
    began = time.monotonic()
    for _ in range(3):
        with AWSSandbox() as aws:
            assert aws.client("rds").describe_db_instances()["DBInstances"] == []

    assert time.monotonic() - began < 6


def figures(now: float) -> list[float]:
    with AWSSandbox(HeldClock(now), pace=1, figures_from=SOME_MORNING) as aws:
        aws.seed([InstanceSpec("orders-test")])
        of = [{"Name": "DBInstanceIdentifier", "Value": "orders-test"}]
        metric = {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization", "Dimensions": of}
        asked = {"Metric": metric, "Period": 300, "Stat": "Average"}
        found = aws.client("cloudwatch").get_metric_data(
            MetricDataQueries=[{"Id": "cpu", "MetricStat": asked}],
            StartTime=now - 24 * HOUR,
            EndTime=now,
        )
    values: list[float] = found["MetricDataResults"][0]["Values"]
    assert len(values) > 200
    return values


@pytest.mark.parametrize("later", [7 * HOUR, 12 * HOUR, 150 * 24 * HOUR])
def test_what_was_measured_does_not_depend_on_the_hour_it_runs_in(later: float) -> None:
    """Gaps, bursts and weekends come with the clock: a test of calm was red from 21:20 to 21:44."""
    assert figures(SOME_MORNING + later) == figures(SOME_MORNING)


async def test_with_a_running_clock_the_pace_shortens_the_wait() -> None:
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
    with AWSSandbox(pace=1000) as aws:
        aws.seed([InstanceSpec("quick")])
        async with SESSION.client(
            "rds", region_name="us-east-1", endpoint_url=aws.url, config=ONCE, **keys
        ) as rds:
            await rds.create_db_snapshot(DBInstanceIdentifier="quick", DBSnapshotIdentifier="soon")
            waiter = rds.get_waiter("db_snapshot_available")
            await waiter.wait(
                DBSnapshotIdentifier="soon", WaiterConfig={"Delay": 0.05, "MaxAttempts": 60}
            )
