"""Snapshots over HTTP: progress, endings, refusals."""

from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox
from tests.sandbox.refusals import refused


async def snapshot(rds: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = (await rds.describe_db_snapshots(DBSnapshotIdentifier=name))[
        "DBSnapshots"
    ][0]
    return found


async def take(rds: Any, name: str, instance: str = "orders-dev", **more: Any) -> dict[str, Any]:
    reply = await rds.create_db_snapshot(
        DBInstanceIdentifier=instance, DBSnapshotIdentifier=name, **more
    )
    made: dict[str, Any] = reply["DBSnapshot"]
    return made


async def test_a_snapshot_grows_until_it_is_available(aws: AWSSandbox, rds: Any) -> None:
    await take(rds, "before-release")

    seen = []
    for seconds in (0, 60, 120, 60):
        aws.advance(seconds)
        found = await snapshot(rds, "before-release")
        seen.append((found["Status"], found["PercentProgress"]))

    assert seen == [("creating", 0), ("creating", 25), ("creating", 75), ("available", 100)]


async def test_the_time_of_a_snapshot_is_told_once_it_is_available(
    aws: AWSSandbox, rds: Any
) -> None:
    began = aws.clock()
    made = await take(rds, "before-release")
    aws.advance(240)

    assert "SnapshotCreateTime" not in made
    assert (await snapshot(rds, "before-release"))["SnapshotCreateTime"].timestamp() == began


async def test_its_instance_stays_available_for_some_seconds_then_is_backing_up(
    aws: AWSSandbox, rds: Any
) -> None:
    await take(rds, "before-release")

    seen = []
    for seconds in (0, 10, 200):
        aws.advance(seconds)
        found = await rds.describe_db_instances(DBInstanceIdentifier="orders-dev")
        seen.append(found["DBInstances"][0]["DBInstanceStatus"])

    assert seen == ["available", "backing-up", "available"]


async def test_a_snapshot_may_be_made_to_fail(aws: AWSSandbox, rds: Any) -> None:
    aws.will_end("create_db_snapshot", "failed")
    await take(rds, "doomed")
    aws.advance(10)
    await_it = (await snapshot(rds, "doomed"))["Status"]
    aws.advance(600)

    assert await_it == "creating"
    assert (await snapshot(rds, "doomed"))["Status"] == "failed"


async def test_a_snapshot_carries_its_tags_and_the_resource_id(rds: Any) -> None:
    made = await take(rds, "tagged", Tags=[{"Key": "rds-bot:request-id", "Value": "RDS-7"}])
    instance = (await rds.describe_db_instances(DBInstanceIdentifier="orders-dev"))["DBInstances"]

    assert made["TagList"] == [{"Key": "rds-bot:request-id", "Value": "RDS-7"}]
    assert made["DbiResourceId"] == instance[0]["DbiResourceId"]


async def test_a_name_that_is_taken_is_refused_even_while_the_instance_is_busy(
    aws: AWSSandbox, rds: Any
) -> None:
    await take(rds, "before-release")
    aws.advance(20)

    with refused("DBSnapshotAlreadyExists"):
        await take(rds, "before-release")
    with refused("InvalidDBInstanceState"):
        await take(rds, "another")


@pytest.mark.parametrize("name", ["1st", "two--hyphens", "ends-"])
async def test_a_name_that_aws_would_not_take_is_refused(rds: Any, name: str) -> None:
    with refused("InvalidParameterValue"):
        await take(rds, name)


async def test_a_member_of_a_cluster_is_not_snapshot_by_itself(rds: Any) -> None:
    with refused("InvalidParameterValue"):
        await take(rds, "member", instance="shop-staging-1")


async def test_unknown_instances_and_snapshots_are_not_found(rds: Any) -> None:
    with refused("DBInstanceNotFound"):
        await take(rds, "name", instance="nobody")
    with refused("DBSnapshotNotFound"):
        await snapshot(rds, "nothing")


async def test_the_quota_of_snapshots_can_be_lowered(aws: AWSSandbox, rds: Any) -> None:
    there = len((await rds.describe_db_snapshots())["DBSnapshots"])
    aws.limit_snapshots(there + 1)
    await take(rds, "first")

    with refused("SnapshotQuotaExceeded"):
        await take(rds, "second", instance="orders-test")


async def test_a_snapshot_is_deleted_only_once_it_is_available(aws: AWSSandbox, rds: Any) -> None:
    await take(rds, "short-lived")
    with refused("InvalidDBSnapshotState"):
        await rds.delete_db_snapshot(DBSnapshotIdentifier="short-lived")

    aws.advance(300)
    await rds.delete_db_snapshot(DBSnapshotIdentifier="short-lived")

    with refused("DBSnapshotNotFound"):
        await snapshot(rds, "short-lived")


async def test_an_unfinished_snapshot_is_not_restored(rds: Any) -> None:
    await take(rds, "unfinished")

    with refused("InvalidDBSnapshotState"):
        await rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="restored", DBSnapshotIdentifier="unfinished"
        )


async def test_a_snapshot_is_copied_and_restored_in_time(aws: AWSSandbox, rds: Any) -> None:
    await take(rds, "original")
    aws.advance(300)
    await rds.copy_db_snapshot(
        SourceDBSnapshotIdentifier="original", TargetDBSnapshotIdentifier="copied"
    )
    copying = (await snapshot(rds, "copied"))["Status"]
    aws.advance(300)
    restored = await rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="restored", DBSnapshotIdentifier="copied"
    )

    assert (copying, (await snapshot(rds, "copied"))["Status"]) == ("copying", "available")
    assert restored["DBInstance"]["DBInstanceStatus"] == "creating"


async def test_snapshots_are_filtered_and_paged(aws: AWSSandbox, rds: Any) -> None:
    for number in range(25):
        await take(rds, f"dev-{number:02}")
        aws.advance(300)
    await take(rds, "test-1", instance="orders-test")

    pages = rds.get_paginator("describe_db_snapshots").paginate(
        DBInstanceIdentifier="orders-dev", PaginationConfig={"PageSize": 20}
    )
    sizes = [len(page["DBSnapshots"]) async for page in pages]
    named = await rds.describe_db_snapshots(
        Filters=[{"Name": "db-snapshot-id", "Values": ["dev-03", "test-1", "absent"]}]
    )

    assert sizes == [20, 5]
    assert [one["DBSnapshotIdentifier"] for one in named["DBSnapshots"]] == ["dev-03", "test-1"]
