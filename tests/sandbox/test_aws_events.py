"""DescribeEvents over HTTP: what RDS tells, when it tells it, and how one asks."""

from datetime import UTC, datetime
from typing import Any

from bot.sandbox.aws import AWSSandbox
from tests.sandbox.refusals import refused


def at(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


async def messages(rds: Any, **search: Any) -> list[str]:
    return [one["Message"] for one in (await rds.describe_events(**search))["Events"]]


async def test_a_reboot_is_told_as_it_happens(aws: AWSSandbox, rds: Any) -> None:
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    assert await messages(rds) == []

    aws.advance(6)
    assert await messages(rds) == ["DB instance shutdown"]
    aws.advance(40)

    assert await messages(rds) == ["DB instance shutdown", "DB instance restarted"]


async def test_an_event_names_its_source_its_time_and_its_category(
    aws: AWSSandbox, rds: Any
) -> None:
    began = aws.clock()
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    aws.advance(10)

    event = (await rds.describe_events())["Events"][0]

    assert event == {
        "SourceIdentifier": "orders-dev",
        "SourceType": "db-instance",
        "SourceArn": "arn:aws:rds:us-east-1:123456789012:db:orders-dev",
        "Message": "DB instance shutdown",
        "EventCategories": ["availability"],
        "Date": at(began + 6),
    }


async def test_a_failover_is_told_from_start_to_end(aws: AWSSandbox, rds: Any) -> None:
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-prod", ForceFailover=True)
    aws.advance(100)

    assert await messages(rds) == [
        "Multi-AZ instance failover started",
        "DB instance restarted",
        "Multi-AZ instance failover completed",
    ]


async def test_a_reboot_that_ends_badly_is_told_as_a_failure(aws: AWSSandbox, rds: Any) -> None:
    aws.will_end("reboot_db_instance", "incompatible-parameters")
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    aws.advance(100)

    assert await messages(rds, EventCategories=["failure"]) != []
    assert "DB instance restarted" not in await messages(rds)


async def test_snapshots_are_told_under_their_own_source(aws: AWSSandbox, rds: Any) -> None:
    await rds.create_db_snapshot(
        DBInstanceIdentifier="orders-dev", DBSnapshotIdentifier="before-release"
    )
    aws.advance(300)

    told = await messages(rds, SourceType="db-snapshot", SourceIdentifier="before-release")

    assert told == ["Creating manual snapshot", "Manual snapshot created"]


async def test_a_failed_snapshot_is_never_told_as_created(aws: AWSSandbox, rds: Any) -> None:
    aws.will_end("create_db_snapshot", "failed")
    await rds.create_db_snapshot(DBInstanceIdentifier="orders-dev", DBSnapshotIdentifier="doomed")
    aws.advance(300)

    assert await messages(rds) == ["Creating manual snapshot"]


async def test_a_cluster_failover_names_the_new_writer(aws: AWSSandbox, rds: Any) -> None:
    await rds.failover_db_cluster(
        DBClusterIdentifier="shop-staging", TargetDBInstanceIdentifier="shop-staging-2"
    )
    aws.advance(60)

    assert await messages(rds, SourceType="db-cluster") == [
        "Started cross AZ failover to DB instance: shop-staging-2",
        "Completed failover to DB instance: shop-staging-2",
    ]


async def test_one_hears_of_the_last_hour_unless_one_asks_for_more(
    aws: AWSSandbox, rds: Any
) -> None:
    began = aws.clock()
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    aws.advance(2 * 3600)

    assert await messages(rds) == []
    assert len(await messages(rds, Duration=180)) == 2
    assert len(await messages(rds, StartTime=at(began))) == 2
    assert await messages(rds, StartTime=at(began), EndTime=at(began + 10)) == [
        "DB instance shutdown"
    ]


async def test_events_are_filtered_by_source_and_category(aws: AWSSandbox, rds: Any) -> None:
    for name in ("orders-dev", "orders-test"):
        await rds.reboot_db_instance(DBInstanceIdentifier=name)
    await rds.create_db_snapshot(DBInstanceIdentifier="warehouse", DBSnapshotIdentifier="s")
    aws.advance(300)

    assert len(await messages(rds)) == 6
    assert len(await messages(rds, SourceType="db-instance")) == 4
    assert len(await messages(rds, EventCategories=["creation"])) == 2
    assert len(await messages(rds, SourceType="db-instance", SourceIdentifier="orders-test")) == 2


async def test_a_source_without_its_type_is_refused(rds: Any) -> None:
    with refused("InvalidParameterCombination"):
        await messages(rds, SourceIdentifier="orders-dev")


async def test_events_come_in_pages_oldest_first(aws: AWSSandbox, rds: Any) -> None:
    for _ in range(15):
        await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
        aws.advance(60)

    pages = rds.get_paginator("describe_events").paginate(PaginationConfig={"PageSize": 20})
    told = [[event["Date"] for event in page["Events"]] async for page in pages]

    assert [len(page) for page in told] == [20, 10]
    assert [*told[0], *told[1]] == sorted([*told[0], *told[1]])


async def test_each_region_tells_its_own(aws: AWSSandbox, rds: Any) -> None:
    elsewhere = aws.client("rds", account="210987654321", region="eu-west-1")
    elsewhere.reboot_db_instance(DBInstanceIdentifier="reports")
    aws.advance(60)

    assert await messages(rds) == []
    assert len(elsewhere.describe_events()["Events"]) == 2
