"""Restores, clones and read replicas: when they are there, what they carry, who is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from tests.sandbox.modelled import Modelled

FLEET = (
    InstanceSpec("main", multi_az=True, tags={"Environment": "production"}, retention_days=3),
    InstanceSpec("bare", retention_days=0),
    InstanceSpec("copy", replica_of="main"),
    InstanceSpec("young", age_days=0),
    ClusterSpec("shop", members=("shop-1",), tags={"Environment": "production"}),
)
NEW = {"DBInstanceIdentifier": "new"}
LATEST: dict[str, Any] = {"UseLatestRestorableTime": True}


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    rds = shared_aws.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier="main", DBSnapshotIdentifier="one")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="shop", DBClusterSnapshotIdentifier="all")
    shared_aws.advance(300)
    return shared_aws


def ago(aws: AWSSandbox, **time: float) -> datetime:
    return datetime.fromtimestamp(aws.clock(), UTC) - timedelta(**time)


def from_snapshot(**more: Any) -> dict[str, Any]:
    return {**NEW, "DBSnapshotIdentifier": "one", **more}


def to_time(source: str = "main", **more: Any) -> dict[str, Any]:
    return {"SourceDBInstanceIdentifier": source, "TargetDBInstanceIdentifier": "new", **more}


def replica(source: str = "main", **more: Any) -> dict[str, Any]:
    return {**NEW, "SourceDBInstanceIdentifier": source, **more}


def test_a_restore_is_another_instance_and_carries_no_settings(
    aws: AWSSandbox, ask: Modelled
) -> None:
    tags = [{"Key": "rds-bot:request-id", "Value": "RDS-7"}]
    made = ask.restore_db_instance_from_db_snapshot(**from_snapshot(Tags=tags))["DBInstance"]
    aws.advance(400)
    found = ask.instance("new")

    assert (made["DBInstanceStatus"], found["DBInstanceStatus"]) == ("creating", "available")
    assert (found["MultiAZ"], found["DeletionProtection"], found["TagList"]) == (False, False, tags)
    assert found["DbiResourceId"] == made["DbiResourceId"] != ask.instance("main")["DbiResourceId"]
    assert ask.told("new") == [
        "Restored from snapshot one",
        "Backing up DB instance",
        "Finished DB Instance backup",
    ]


def test_a_restore_to_a_time_says_to_which(aws: AWSSandbox, ask: Modelled) -> None:
    when = ago(aws, hours=5)
    ask.restore_db_instance_to_point_in_time(**to_time(RestoreTime=when, MultiAZ=True))
    aws.advance(400)

    assert ask.instance("new")["MultiAZ"]
    assert ask.instance("new")["ReadReplicaDBInstanceIdentifiers"] == []
    assert f"Restored from DB instance main to {when:%Y-%m-%d %H:%M:%S}" in ask.told("new")


def test_a_restore_may_end_badly_and_then_nothing_says_that_it_is_there(
    aws: AWSSandbox, ask: Modelled
) -> None:
    aws.will_end("restore_db_instance", "incompatible-restore")
    ask.restore_db_instance_from_db_snapshot(**from_snapshot())
    aws.advance(400)

    assert ask.instance("new")["DBInstanceStatus"] == "incompatible-restore"
    assert ask.told("new") == ["DB instance put into incompatible-restore state"]


@pytest.mark.parametrize(
    ("action", "asked", "code"),
    [
        ("restore_db_instance_from_db_snapshot", from_snapshot(DBSnapshotIdentifier="nothing"),
         "DBSnapshotNotFound"),
        ("restore_db_instance_from_db_snapshot", from_snapshot(DBInstanceIdentifier="bare"),
         "DBInstanceAlreadyExists"),
        ("restore_db_instance_from_db_snapshot", from_snapshot(DBParameterGroupName="nothing"),
         "DBParameterGroupNotFound"),
        ("restore_db_instance_from_db_snapshot", from_snapshot(DBInstanceIdentifier="1st"),
         "InvalidParameterValue"),
        ("restore_db_instance_to_point_in_time", to_time("nobody", **LATEST), "DBInstanceNotFound"),
        ("restore_db_instance_to_point_in_time", to_time("bare", **LATEST),
         "PointInTimeRestoreNotEnabled"),
        ("restore_db_instance_to_point_in_time", to_time(), "InvalidParameterCombination"),
        ("restore_db_instance_to_point_in_time", to_time("shop-1", **LATEST),
         "InvalidParameterCombination"),
        ("create_db_instance_read_replica", replica("nobody"), "DBInstanceNotFound"),
        ("create_db_instance_read_replica", replica("bare"), "InvalidDBInstanceState"),
        ("create_db_instance_read_replica", replica("shop-1"), "InvalidParameterCombination"),
        ("create_db_instance_read_replica", replica(DBInstanceIdentifier="bare"),
         "DBInstanceAlreadyExists"),
        ("promote_read_replica", {"DBInstanceIdentifier": "main"}, "InvalidDBInstanceState"),
        ("promote_read_replica", {"DBInstanceIdentifier": "nobody"}, "DBInstanceNotFound"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused(
    ask: Modelled, action: str, asked: dict[str, Any], code: str
) -> None:
    assert ask.refusal(action, **asked) == code


@pytest.mark.parametrize(("source", "days"), [("main", 4), ("main", -1), ("young", 1)])
def test_a_time_that_no_backup_reaches_is_refused(
    aws: AWSSandbox, ask: Modelled, source: str, days: int
) -> None:
    asked = to_time(source, RestoreTime=ago(aws, days=days))

    assert ask.refusal("restore_db_instance_to_point_in_time", **asked) == "InvalidParameterValue"


def test_quotas_stop_whatever_would_be_made(aws: AWSSandbox, ask: Modelled) -> None:
    aws.limit_databases(1)
    clusters = {"DBClusterIdentifier": "new", "Engine": "aurora-postgresql"}

    for action, asked, code in (
        ("restore_db_instance_from_db_snapshot", from_snapshot(), "InstanceQuotaExceeded"),
        ("restore_db_instance_to_point_in_time", to_time(**LATEST), "InstanceQuotaExceeded"),
        ("create_db_instance_read_replica", replica(), "InstanceQuotaExceeded"),
        ("restore_db_cluster_from_snapshot", {**clusters, "SnapshotIdentifier": "all"},
         "DBClusterQuotaExceededFault"),
    ):  # fmt: skip
        assert ask.refusal(action, **asked) == code


def test_a_cluster_is_restored_without_instances_and_takes_one(
    aws: AWSSandbox, ask: Modelled
) -> None:
    made = ask.restore_db_cluster_from_snapshot(
        DBClusterIdentifier="new", SnapshotIdentifier="all", Engine="aurora-postgresql"
    )["DBCluster"]
    aws.advance(200)
    ask.create_db_instance(
        DBInstanceIdentifier="new-1",
        DBClusterIdentifier="new",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
    )
    aws.advance(420)
    found = ask.cluster("new")

    assert (made["Status"], made["DBClusterMembers"], made["TagList"]) == ("creating", [], [])
    assert [one["DBInstanceIdentifier"] for one in found["DBClusterMembers"]] == ["new-1"]
    assert found["DbClusterResourceId"] != ask.cluster("shop")["DbClusterResourceId"]
    assert ask.told("new") == ["DB cluster created"]


def test_a_clone_shares_a_group_with_its_source(aws: AWSSandbox, ask: Modelled) -> None:
    of_shop = {"SourceDBClusterIdentifier": "shop", "RestoreType": "copy-on-write"}
    clone = {"DBClusterIdentifier": "new", **of_shop}
    ask.restore_db_cluster_to_point_in_time(**clone, **LATEST)
    aws.advance(120)

    assert ask.cluster("new")["Status"] == "available"
    assert ask.cluster("new")["CloneGroupId"] == ask.cluster("shop")["CloneGroupId"]


@pytest.mark.parametrize(
    ("action", "more", "code"),
    [
        ("restore_db_cluster_from_snapshot",
         {"SnapshotIdentifier": "nothing", "Engine": "aurora-postgresql"},
         "DBClusterSnapshotNotFoundFault"),
        ("restore_db_cluster_from_snapshot",
         {"SnapshotIdentifier": "all", "Engine": "aurora-mysql"}, "InvalidParameterCombination"),
        ("restore_db_cluster_from_snapshot",
         {"DBClusterIdentifier": "shop", "SnapshotIdentifier": "all",
          "Engine": "aurora-postgresql"}, "DBClusterAlreadyExistsFault"),
        ("restore_db_cluster_to_point_in_time",
         {"SourceDBClusterIdentifier": "nobody", **LATEST}, "DBClusterNotFoundFault"),
        ("restore_db_cluster_to_point_in_time",
         {"SourceDBClusterIdentifier": "shop"}, "InvalidParameterCombination"),
    ],
)  # fmt: skip
def test_a_cluster_that_cannot_be_restored_is_refused(
    ask: Modelled, action: str, more: dict[str, Any], code: str
) -> None:
    assert ask.refusal(action, **{"DBClusterIdentifier": "new", **more}) == code


def test_a_replica_replicates_and_is_promoted(aws: AWSSandbox, ask: Modelled) -> None:
    ask.create_db_instance_read_replica(**replica(DBInstanceClass="db.r6g.large"))
    creating = ask.instance("new")
    aws.advance(400)
    found, source = ask.instance("new"), ask.instance("main")
    ask.promote_read_replica(**NEW, BackupRetentionPeriod=5)
    aws.advance(300)
    alone, left = ask.instance("new"), ask.instance("main")

    assert (creating["DBInstanceStatus"], creating.get("StatusInfos", [])) == ("creating", [])
    assert found["StatusInfos"] == [
        {"StatusType": "read replication", "Normal": True, "Status": "replicating"}
    ]
    assert (found["DBInstanceClass"], found["BackupRetentionPeriod"]) == ("db.r6g.large", 0)
    assert source["ReadReplicaDBInstanceIdentifiers"] == ["copy", "new"]
    assert "ReadReplicaSourceDBInstanceIdentifier" not in alone
    assert (alone["BackupRetentionPeriod"], alone.get("StatusInfos", [])) == (5, [])
    assert left["ReadReplicaDBInstanceIdentifiers"] == ["copy"]
    assert ask.told("new") == [
        "DB instance created",
        "Replication for the Read Replica resumed",
        "Replication streaming has been terminated",
    ]


def test_a_replica_may_fail_or_not_replicate(aws: AWSSandbox, ask: Modelled) -> None:
    aws.will_end("create_read_replica", "failed", "new")
    aws.will_end("replicate", "error", "lame")
    for name in ("new", "lame"):
        ask.create_db_instance_read_replica(**replica(DBInstanceIdentifier=name))
    aws.advance(400)
    [status] = ask.instance("lame")["StatusInfos"]

    assert ask.instance("new")["DBInstanceStatus"] == "failed"
    assert ask.told("new") == ["Read replica creation failed"]
    assert (status["Normal"], status["Status"]) == (False, "error")
    assert ask.told("lame") == ["DB instance created"]
