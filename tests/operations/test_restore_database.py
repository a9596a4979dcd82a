"""Restores: to which time, of which snapshot, and how each kind of database asks for it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operations.restore_database import RestoreDatabase
from bot.values import Database, Kind, Plan, Snapshot
from tests.operations.door import cluster, door, order
from tests.samples import HOUR, NOW, sample_database

LATEST = NOW - HOUR
AT = datetime.fromtimestamp(NOW / 1_000_000, UTC)  # 2026-11-20 14:03:12 UTC


def source(**changes: Any) -> Database:
    return sample_database(**{"latest_restorable_at": LATEST, **changes})


def snapshot(**changes: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "identifier": "pre-upgrade-1", "kind": Kind.INSTANCE, "source": "orders-staging",
        "status": "available", "percent": 100, "arn": "", "resource_id": "db-ORDERSSTAGING",
        "created_at": NOW - HOUR,
    }  # fmt: skip
    return Snapshot(**{**fields, **changes})


async def planned(database: Database | None = None, **asked: Any) -> Plan:
    database = database or source()
    change = RestoreDatabase(target=database.name, new="copy", **asked).as_of(AT, "Europe/Berlin")
    aws = door(database, snapshots={"pre-upgrade-1": snapshot(kind=database.target.kind,
               resource_id=database.target.resource_id)})  # fmt: skip
    return await change.plan(aws, order(database))


def data_of(plan: Plan) -> str:
    return next(one.wanted for one in plan.differences if one.what == "Data as of")


async def test_without_a_time_it_is_the_latest_there_is() -> None:
    plan = await planned()

    assert plan.call.action == "rds:RestoreDBInstanceToPointInTime"
    assert plan.call.arguments["SourceDBInstanceIdentifier"] == "orders-staging"
    assert plan.call.arguments["TargetDBInstanceIdentifier"] == "copy"
    assert plan.call.arguments["UseLatestRestorableTime"] is True
    assert "2026-11-20 13:03 UTC" in data_of(plan)


@pytest.mark.parametrize(
    ("said", "written", "shown"),
    [
        ("2 hours ago", "2026-11-20T12:03:12Z", "2026-11-20 12:03:12 UTC (13:03:12 Europe/Berlin)"),
        ("13:30", "2026-11-20T12:30:00Z", "2026-11-20 12:30 UTC (13:30 Europe/Berlin)"),
        ("yesterday 00:30", "2026-11-18T23:30:00Z",
         "2026-11-18 23:30 UTC (2026-11-19 00:30 Europe/Berlin)"),
        ("2026-11-19 12:00 UTC", "2026-11-19T12:00:00Z", "2026-11-19 12:00 UTC"),
        ("2026-11-19T12:00:00+02:00", "2026-11-19T10:00:00Z",
         "2026-11-19 10:00 UTC (11:00 Europe/Berlin)"),
    ],
)  # fmt: skip
async def test_a_time_is_that_of_whoever_asks_and_is_frozen(
    said: str, written: str, shown: str
) -> None:
    plan = await planned(to=said)
    frozen = RestoreDatabase(target="a", new="b", to=said).as_of(AT, "Europe/Berlin")

    assert plan.call.arguments["RestoreTime"] == written
    assert data_of(plan) == shown
    assert frozen == frozen.as_of(AT.replace(year=2027), "Asia/Tokyo")


@pytest.mark.parametrize("to", ["14:30", "2026-11-01 12:00"])
async def test_a_time_that_aws_does_not_keep_is_refused(to: str) -> None:
    with pytest.raises(PreflightError, match="at the latest, not to") as refused:
        await planned(to=to)

    assert refused.value.parameter == "to"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"backup_retention_days": 0}, "keeps no automated backups"),
        ({"latest_restorable_at": None}, "does not say up to when"),
        ({"cluster": "shop"}, "/rds restore shop copy"),
    ],
)
async def test_what_cannot_be_restored_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(PreflightError, match=why):
        await planned(source(**changes))


async def test_a_snapshot_is_restored_by_another_call() -> None:
    plan = await planned(snapshot="pre-upgrade-1")
    of_cluster = await planned(cluster(capacity=(0.5, 8.0)), snapshot="pre-upgrade-1")

    assert plan.call.action == "rds:RestoreDBInstanceFromDBSnapshot"
    assert plan.call.arguments["DBSnapshotIdentifier"] == "pre-upgrade-1"
    assert "2026-11-20 13:03 UTC" in data_of(plan)
    assert of_cluster.call.action == "rds:RestoreDBClusterFromSnapshot"
    assert of_cluster.call.arguments["Engine"] == "aurora-postgresql"
    assert of_cluster.call.arguments["ServerlessV2ScalingConfiguration"]["MaxCapacity"] == 8.0


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"resource_id": "db-NAMESAKE", "source": "billing"}, "It is of billing"),
        ({"status": "creating"}, "is creating"),
        (None, "AWS knows none"),
    ],
)
async def test_only_a_snapshot_of_that_very_database_is_restored(
    shown: dict[str, Any] | None, why: str
) -> None:
    change = RestoreDatabase(target="orders-staging", new="copy", snapshot="pre-upgrade-1")
    there = {} if shown is None else {"pre-upgrade-1": snapshot(**shown)}

    with pytest.raises(PreflightError, match=why):
        await change.plan(door(source(), snapshots=there), order())


async def test_a_time_and_a_snapshot_together_are_refused() -> None:
    with pytest.raises(PreflightError, match="not both"):
        await planned(to="1 hour ago", snapshot="pre-upgrade-1")


async def test_a_cluster_needs_an_instance_afterwards() -> None:
    plan = await planned(cluster(latest_restorable_at=LATEST), to="2 hours ago")

    assert plan.call.action == "rds:RestoreDBClusterToPointInTime"
    assert plan.call.arguments["RestoreToTime"] == "2026-11-20T12:03:12Z"
    assert any("/rds reader copy" in one for one in plan.warnings)


@pytest.mark.parametrize(
    ("storage", "passed"),
    [
        ({"storage_type": "gp3", "storage_gib": 100, "iops": 3000}, False),
        ({"storage_type": "gp3", "storage_gib": 400, "iops": 12000}, True),
        ({"storage_type": "io2", "storage_gib": 100, "iops": 1000}, True),
    ],
)
async def test_iops_go_along_where_aws_takes_them(storage: dict[str, Any], passed: bool) -> None:
    plan = await planned(source(**storage))

    assert ("Iops" in plan.call.arguments) is passed
