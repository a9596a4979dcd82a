"""Aurora clusters over HTTP: members, windows, snapshots, failover."""

from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec
from tests.sandbox.refusals import refused

SHOP = {"DBClusterIdentifier": "shop-staging"}


async def cluster(rds: Any, name: str = "shop-staging") -> dict[str, Any]:
    found: dict[str, Any] = (await rds.describe_db_clusters(DBClusterIdentifier=name))[
        "DBClusters"
    ][0]
    return found


async def statuses(aws: AWSSandbox, rds: Any, *waits: float) -> list[str]:
    seen = []
    for seconds in waits:
        aws.advance(seconds)
        seen.append((await cluster(rds))["Status"])
    return seen


def writers(found: dict[str, Any]) -> list[str]:
    return [m["DBInstanceIdentifier"] for m in found["DBClusterMembers"] if m["IsClusterWriter"]]


async def test_a_cluster_has_one_writer_and_its_members_name_it(rds: Any) -> None:
    found = await cluster(rds)
    members = await rds.describe_db_instances(
        Filters=[{"Name": "db-cluster-id", "Values": ["shop-staging"]}]
    )

    assert writers(found) == ["shop-staging-1"]
    assert len(found["DBClusterMembers"]) == 3
    assert {one["DBClusterIdentifier"] for one in members["DBInstances"]} == {"shop-staging"}
    assert found["MultiAZ"]


async def test_a_serverless_cluster_tells_its_capacity(rds: Any) -> None:
    found = await cluster(rds, "search-test")

    assert found["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 8.0}


async def test_a_cluster_snapshot_grows_while_its_cluster_backs_up(
    aws: AWSSandbox, rds: Any
) -> None:
    await rds.create_db_cluster_snapshot(**SHOP, DBClusterSnapshotIdentifier="before-release")
    aws.advance(30)
    busy = await rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="before-release")
    assert await statuses(aws, rds, 0, 90) == ["backing-up", "available"]
    done = await rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="before-release")

    seen = [
        (r["DBClusterSnapshots"][0]["Status"], r["DBClusterSnapshots"][0]["PercentProgress"])
        for r in (busy, done)
    ]
    assert seen == [("creating", 25), ("available", 100)]


async def test_a_busy_cluster_refuses_snapshot_failover_and_modification(
    aws: AWSSandbox, rds: Any
) -> None:
    await rds.create_db_cluster_snapshot(**SHOP, DBClusterSnapshotIdentifier="first")
    aws.advance(10)

    with refused("DBClusterSnapshotAlreadyExistsFault"):
        await rds.create_db_cluster_snapshot(**SHOP, DBClusterSnapshotIdentifier="first")
    with refused("InvalidDBClusterStateFault"):
        await rds.create_db_cluster_snapshot(**SHOP, DBClusterSnapshotIdentifier="second")
    with refused("InvalidDBClusterStateFault"):
        await rds.failover_db_cluster(**SHOP)
    with refused("InvalidDBClusterStateFault"):
        await rds.modify_db_cluster(**SHOP, PreferredBackupWindow="01:00-01:30")


async def test_a_cluster_snapshot_may_be_made_to_fail(aws: AWSSandbox, rds: Any) -> None:
    aws.will_end("create_db_cluster_snapshot", "failed")
    await rds.create_db_cluster_snapshot(**SHOP, DBClusterSnapshotIdentifier="doomed")
    aws.advance(200)

    found = await rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="doomed")

    assert found["DBClusterSnapshots"][0]["Status"] == "failed"


async def test_the_window_of_a_cluster_is_seen_after_some_seconds_by_its_members_too(
    aws: AWSSandbox, rds: Any
) -> None:
    reply = await rds.modify_db_cluster(**SHOP, PreferredBackupWindow="01:00-01:30")
    assert reply["DBCluster"]["PreferredBackupWindow"] == "02:00-02:30"

    assert await statuses(aws, rds, 0, 10, 10) == ["available", "modifying", "available"]

    member = await rds.describe_db_instances(DBInstanceIdentifier="shop-staging-2")
    assert (await cluster(rds))["PreferredBackupWindow"] == "01:00-01:30"
    assert member["DBInstances"][0]["PreferredBackupWindow"] == "01:00-01:30"


@pytest.mark.parametrize("window", ["01:00", "01:00-01:20", "04:10-04:50"])
async def test_a_window_that_does_not_fit_is_refused(rds: Any, window: str) -> None:
    with refused("InvalidParameterValue"):
        await rds.modify_db_cluster(**SHOP, PreferredBackupWindow=window)


async def test_a_failover_makes_the_wanted_reader_the_writer(aws: AWSSandbox, rds: Any) -> None:
    await rds.failover_db_cluster(**SHOP, TargetDBInstanceIdentifier="shop-staging-3")

    assert await statuses(aws, rds, 0, 5) == ["available", "failing-over"]
    assert writers(await cluster(rds)) == ["shop-staging-1"]
    aws.advance(30)
    assert writers(await cluster(rds)) == ["shop-staging-3"]


async def test_a_cluster_of_one_cannot_fail_over(rds: Any) -> None:
    with refused("InvalidDBClusterStateFault"):
        await rds.failover_db_cluster(DBClusterIdentifier="search-test")


async def test_a_cluster_stops_and_starts_with_its_members(aws: AWSSandbox, rds: Any) -> None:
    await rds.stop_db_cluster(**SHOP)
    assert await statuses(aws, rds, 0, 200) == ["stopping", "stopped"]
    member = await rds.describe_db_instances(DBInstanceIdentifier="shop-staging-1")
    assert member["DBInstances"][0]["DBInstanceStatus"] == "stopped"

    await rds.start_db_cluster(**SHOP)

    assert await statuses(aws, rds, 0, 300) == ["starting", "available"]


async def test_a_member_reboots_alone_and_an_aurora_cluster_not_as_a_whole(
    aws: AWSSandbox, rds: Any
) -> None:
    await rds.reboot_db_instance(DBInstanceIdentifier="shop-staging-2")
    aws.advance(10)

    member = await rds.describe_db_instances(DBInstanceIdentifier="shop-staging-2")
    assert member["DBInstances"][0]["DBInstanceStatus"] == "rebooting"
    with refused("InvalidParameterCombination"):
        await rds.reboot_db_cluster(**SHOP)


@pytest.mark.parametrize("action", ["modify_db_cluster", "failover_db_cluster", "stop_db_cluster"])
async def test_an_unknown_cluster_is_not_found(rds: Any, action: str) -> None:
    with refused("DBClusterNotFoundFault"):
        await getattr(rds, action)(DBClusterIdentifier="nobody")


async def test_a_multi_az_cluster_of_rds_reboots_as_a_whole(aws: AWSSandbox, rds: Any) -> None:
    aws.seed([ClusterSpec("trio", members=("trio-1", "trio-2", "trio-3"), engine="postgres")])

    await rds.reboot_db_cluster(DBClusterIdentifier="trio")
    aws.advance(10)

    member = await rds.describe_db_instances(DBInstanceIdentifier="trio-2")
    assert (await cluster(rds, "trio"))["Status"] == "rebooting"
    assert member["DBInstances"][0]["DBInstanceStatus"] == "rebooting"


async def test_a_cluster_is_found_by_its_resource_id(rds: Any) -> None:
    found = await cluster(rds)

    again = await rds.describe_db_clusters(
        Filters=[{"Name": "db-cluster-resource-id", "Values": [found["DbClusterResourceId"]]}]
    )

    assert [one["DBClusterIdentifier"] for one in again["DBClusters"]] == ["shop-staging"]


async def test_a_cluster_snapshot_is_copied_restored_and_deleted(aws: AWSSandbox, rds: Any) -> None:
    await rds.create_db_cluster_snapshot(**SHOP, DBClusterSnapshotIdentifier="first")
    aws.advance(200)
    copied = await rds.copy_db_cluster_snapshot(
        SourceDBClusterSnapshotIdentifier="first", TargetDBClusterSnapshotIdentifier="second"
    )
    restored = await rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier="again", SnapshotIdentifier="first", Engine="aurora-postgresql"
    )
    with refused("InvalidDBClusterSnapshotStateFault"):
        await rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="second")
    aws.advance(200)
    await rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="second")

    assert copied["DBClusterSnapshot"]["Status"] == "copying"
    assert restored["DBCluster"]["Status"] == "creating"
    assert (await cluster(rds, "again"))["Status"] == "available"


async def test_an_empty_cluster_is_created_and_deleted_in_time(aws: AWSSandbox, rds: Any) -> None:
    await rds.create_db_cluster(
        DBClusterIdentifier="fresh",
        Engine="aurora-mysql",
        MasterUsername="dba",
        MasterUserPassword="not-a-secret",
    )
    creating = (await cluster(rds, "fresh"))["Status"]
    aws.advance(200)
    await rds.delete_db_cluster(DBClusterIdentifier="fresh", SkipFinalSnapshot=True)
    deleting = (await cluster(rds, "fresh"))["Status"]
    aws.advance(120)

    assert (creating, deleting) == ("creating", "deleting")
    with refused("DBClusterNotFoundFault"):
        await cluster(rds, "fresh")
