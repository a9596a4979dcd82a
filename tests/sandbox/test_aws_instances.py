"""Instances over HTTP: statuses that take time, modifications, refusals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, InstanceSpec
from tests.sandbox.refusals import refused


async def instance(rds: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = (await rds.describe_db_instances(DBInstanceIdentifier=name))[
        "DBInstances"
    ][0]
    return found


async def status(rds: Any, name: str) -> str:
    return str((await instance(rds, name))["DBInstanceStatus"])


async def test_a_reboot_is_taken_while_the_status_stays_available_for_some_seconds(
    aws: AWSSandbox, rds: Any
) -> None:
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")

    seen = []
    for seconds in (0, 5, 1, 39, 1):
        aws.advance(seconds)
        seen.append(await status(rds, "orders-dev"))

    assert seen == ["available", "available", "rebooting", "rebooting", "available"]


async def test_a_test_may_change_how_long_things_take(aws: AWSSandbox, rds: Any) -> None:
    aws.plan["reboot_db_instance"] = [("available", 20), ("rebooting", 5)]
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")

    aws.advance(19)
    before = await status(rds, "orders-dev")
    aws.advance(1)

    assert (before, await status(rds, "orders-dev")) == ("available", "rebooting")


async def test_a_reboot_may_end_in_incompatible_parameters_until_the_next_one(
    aws: AWSSandbox, rds: Any
) -> None:
    aws.will_end("reboot_db_instance", "incompatible-parameters", "orders-dev")
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    aws.advance(60)
    assert await status(rds, "orders-dev") == "incompatible-parameters"

    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    aws.advance(60)

    assert await status(rds, "orders-dev") == "available"


async def test_a_failover_swaps_the_zones_of_a_multi_az_instance(aws: AWSSandbox, rds: Any) -> None:
    before = await instance(rds, "orders-prod")
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-prod", ForceFailover=True)
    aws.advance(100)
    after = await instance(rds, "orders-prod")

    assert (before["AvailabilityZone"], before["SecondaryAvailabilityZone"]) == (
        after["SecondaryAvailabilityZone"],
        after["AvailabilityZone"],
    )


async def test_a_single_az_instance_has_no_second_zone_and_refuses_a_failover(rds: Any) -> None:
    assert "SecondaryAvailabilityZone" not in await instance(rds, "orders-dev")

    with refused("InvalidParameterCombination"):
        await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev", ForceFailover=True)


async def test_a_rebooting_instance_refuses_reboot_modification_and_snapshot(
    aws: AWSSandbox, rds: Any
) -> None:
    name = {"DBInstanceIdentifier": "orders-dev"}
    await rds.reboot_db_instance(**name)
    aws.advance(10)

    with refused("InvalidDBInstanceState"):
        await rds.reboot_db_instance(**name)
    with refused("InvalidDBInstanceState"):
        await rds.modify_db_instance(**name, PreferredBackupWindow="01:00-01:30")
    with refused("InvalidDBInstanceState"):
        await rds.create_db_snapshot(**name, DBSnapshotIdentifier="now")


@pytest.mark.parametrize(
    "action", ["reboot_db_instance", "modify_db_instance", "stop_db_instance", "start_db_instance"]
)
async def test_an_unknown_instance_is_not_found(rds: Any, action: str) -> None:
    with refused("DBInstanceNotFound"):
        await getattr(rds, action)(DBInstanceIdentifier="nobody")


async def test_a_new_backup_window_is_seen_after_some_seconds(aws: AWSSandbox, rds: Any) -> None:
    reply = await rds.modify_db_instance(
        DBInstanceIdentifier="orders-dev", PreferredBackupWindow="01:00-01:30"
    )
    assert reply["DBInstance"]["PreferredBackupWindow"] == "03:00-03:30"
    assert "PreferredBackupWindow" not in reply["DBInstance"]["PendingModifiedValues"]

    aws.advance(10)
    between = await instance(rds, "orders-dev")
    aws.advance(10)
    after = await instance(rds, "orders-dev")

    assert (between["DBInstanceStatus"], between["PreferredBackupWindow"]) == (
        "modifying",
        "03:00-03:30",
    )
    assert (after["DBInstanceStatus"], after["PreferredBackupWindow"]) == (
        "available",
        "01:00-01:30",
    )


@pytest.mark.parametrize("window", ["1:00-2:00", "25:00-25:30", "01:00-01:10", "05:10-05:50"])
async def test_a_backup_window_must_be_well_formed_long_enough_and_apart_from_maintenance(
    rds: Any, window: str
) -> None:
    with refused("InvalidParameterValue"):
        await rds.modify_db_instance(
            DBInstanceIdentifier="orders-dev", PreferredBackupWindow=window
        )


async def test_the_backup_window_of_a_cluster_member_is_refused(rds: Any) -> None:
    with refused("InvalidParameterCombination"):
        await rds.modify_db_instance(
            DBInstanceIdentifier="shop-staging-1", PreferredBackupWindow="01:00-01:30"
        )


async def test_a_new_class_waits_as_pending_and_applies_with_the_next_immediate_change(
    aws: AWSSandbox, rds: Any
) -> None:
    name = {"DBInstanceIdentifier": "orders-dev"}
    await rds.modify_db_instance(**name, DBInstanceClass="db.r6g.large")
    aws.advance(3600)
    waiting = await instance(rds, "orders-dev")
    assert waiting["DBInstanceClass"] == "db.t4g.medium"
    assert waiting["PendingModifiedValues"] == {"DBInstanceClass": "db.r6g.large"}

    await rds.modify_db_instance(**name, MultiAZ=True, ApplyImmediately=True)
    aws.advance(20)
    busy = await instance(rds, "orders-dev")
    aws.advance(900)
    done = await instance(rds, "orders-dev")

    assert busy["DBInstanceStatus"] == "modifying"
    assert busy["PendingModifiedValues"] == {"DBInstanceClass": "db.r6g.large", "MultiAZ": True}
    assert (done["DBInstanceClass"], done["MultiAZ"]) == ("db.r6g.large", True)
    assert done["PendingModifiedValues"] == {}
    assert done["SecondaryAvailabilityZone"] == "us-east-1b"


async def test_storage_grows_through_storage_optimization_with_progress(
    aws: AWSSandbox, rds: Any
) -> None:
    await rds.modify_db_instance(
        DBInstanceIdentifier="orders-dev", AllocatedStorage=40, ApplyImmediately=True
    )
    aws.advance(68 + 1800)
    optimizing = await instance(rds, "orders-dev")
    aws.advance(1800)

    assert optimizing["DBInstanceStatus"] == "storage-optimization"
    assert (optimizing["AllocatedStorage"], optimizing["PercentProgress"]) == (40, "50")
    assert await status(rds, "orders-dev") == "available"


async def test_storage_never_shrinks(rds: Any) -> None:
    with refused("InvalidParameterCombination"):
        await rds.modify_db_instance(DBInstanceIdentifier="orders-dev", AllocatedStorage=10)


async def test_a_new_instance_is_created_then_backed_up_then_available(
    aws: AWSSandbox, rds: Any
) -> None:
    await rds.create_db_instance(
        DBInstanceIdentifier="fresh",
        DBInstanceClass="db.t4g.micro",
        Engine="mariadb",
        MasterUsername="dba",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
    )

    seen = []
    for seconds in (0, 300, 60):
        aws.advance(seconds)
        seen.append(await status(rds, "fresh"))

    assert seen == ["creating", "backing-up", "available"]
    assert (await instance(rds, "fresh"))["InstanceCreateTime"] == _at(aws) - timedelta(minutes=6)


async def test_a_stopped_instance_says_when_it_starts_again(aws: AWSSandbox, rds: Any) -> None:
    await rds.stop_db_instance(DBInstanceIdentifier="orders-dev")
    stopping = await status(rds, "orders-dev")
    aws.advance(200)
    stopped = await instance(rds, "orders-dev")

    assert (stopping, stopped["DBInstanceStatus"]) == ("stopping", "stopped")
    assert stopped["AutomaticRestartTime"] == _at(aws) - timedelta(seconds=200) + timedelta(days=7)
    with refused("InvalidDBInstanceState"):
        await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")


async def test_a_stopped_instance_starts_again(aws: AWSSandbox, rds: Any) -> None:
    aws.seed([InstanceSpec("asleep", status="stopped")])

    await rds.start_db_instance(DBInstanceIdentifier="asleep")
    starting = await status(rds, "asleep")
    aws.advance(240)

    assert (starting, await status(rds, "asleep")) == ("starting", "available")


async def test_a_deleted_instance_lingers_and_its_name_comes_back_as_another(
    aws: AWSSandbox, rds: Any
) -> None:
    before = await instance(rds, "orders-dev")
    with refused("InvalidParameterCombination"):
        await rds.delete_db_instance(DBInstanceIdentifier="orders-dev")
    await rds.delete_db_instance(DBInstanceIdentifier="orders-dev", SkipFinalSnapshot=True)
    assert await status(rds, "orders-dev") == "deleting"

    aws.advance(200)
    with refused("DBInstanceNotFound"):
        await instance(rds, "orders-dev")
    aws.seed([InstanceSpec("orders-dev")])

    assert (await instance(rds, "orders-dev"))["DbiResourceId"] != before["DbiResourceId"]


async def test_resource_ids_are_unique_and_stay(aws: AWSSandbox, rds: Any) -> None:
    first = (await rds.describe_db_instances())["DBInstances"]
    aws.advance(3600)
    second = (await rds.describe_db_instances())["DBInstances"]

    ids = [one["DbiResourceId"] for one in first]
    assert len(set(ids)) == len(ids)
    assert ids == [one["DbiResourceId"] for one in second]


async def test_a_read_replica_is_an_instance_of_its_own(aws: AWSSandbox, rds: Any) -> None:
    await rds.create_db_instance_read_replica(
        DBInstanceIdentifier="orders-replica", SourceDBInstanceIdentifier="orders-prod"
    )
    aws.advance(400)
    primary, replica = await instance(rds, "orders-prod"), await instance(rds, "orders-replica")

    assert primary["ReadReplicaDBInstanceIdentifiers"] == ["orders-replica"]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "orders-prod"
    assert replica["DbiResourceId"] != primary["DbiResourceId"]


async def test_an_instance_is_restored_to_a_point_in_time_as_another(
    aws: AWSSandbox, rds: Any
) -> None:
    await rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders-prod",
        TargetDBInstanceIdentifier="orders-yesterday",
        UseLatestRestorableTime=True,
    )
    creating = await instance(rds, "orders-yesterday")
    aws.advance(400)

    assert creating["DBInstanceStatus"] == "creating"
    assert await status(rds, "orders-yesterday") == "available"
    assert creating["DbiResourceId"] != (await instance(rds, "orders-prod"))["DbiResourceId"]


async def test_restorable_times_follow_the_clock_in_steps_of_five_minutes(
    aws: AWSSandbox, rds: Any
) -> None:
    aws.advance(7 * 60)

    latest = (await instance(rds, "orders-dev"))["LatestRestorableTime"]

    assert _at(aws) - latest == timedelta(minutes=2)


def _at(aws: AWSSandbox) -> datetime:
    return datetime.fromtimestamp(aws.clock(), UTC)
