"""Stop and start: what becomes of a database, who is refused, and who starts by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from tests.sandbox.modelled import Modelled

WEEK = 7 * 24 * 3600
OTHER = "arn:aws:rds:eu-west-1:123456789012:cluster:far"
FLEET = (
    InstanceSpec("alone"),
    InstanceSpec("source"),
    InstanceSpec("copy", replica_of="source"),
    InstanceSpec("mirrored", engine="sqlserver-se", multi_az=True),
    InstanceSpec("asleep", status="stopped"),
    ClusterSpec("shop", members=("shop-1", "shop-2")),
    ClusterSpec("trio", members=("trio-1", "trio-2", "trio-3"), engine="postgres"),
    ClusterSpec("far", members=("far-1",), region="eu-west-1"),
    ClusterSpec("near", members=("near-1",), replica_of=OTHER),
)
ALONE = {"DBInstanceIdentifier": "alone"}


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    return shared_aws


def now(aws: AWSSandbox) -> datetime:
    return datetime.fromtimestamp(aws.clock(), UTC)


def test_a_stop_takes_a_snapshot_forgets_what_was_pending_and_says_so(
    aws: AWSSandbox, ask: Modelled
) -> None:
    ask.modify_db_instance(**ALONE, DBInstanceClass="db.r6g.large")

    stopping = ask.stop_db_instance(**ALONE, DBSnapshotIdentifier="before")["DBInstance"]
    aws.advance(300)
    stopped = ask.instance("alone")
    snapshot = ask.describe_db_snapshots(DBSnapshotIdentifier="before")["DBSnapshots"][0]

    assert (stopping["DBInstanceStatus"], stopped["DBInstanceStatus"]) == ("stopping", "stopped")
    assert stopping["AutomaticRestartTime"] == now(aws) + timedelta(days=7, seconds=-300)
    assert stopped["PendingModifiedValues"] == {}
    assert snapshot["Status"] == "available"
    assert ask.told("alone") == ["DB instance stopped"]


def test_a_start_is_told_and_forgets_when_it_would_have_come(
    aws: AWSSandbox, ask: Modelled
) -> None:
    ask.start_db_instance(DBInstanceIdentifier="asleep")
    aws.advance(240)

    assert "AutomaticRestartTime" not in ask.instance("asleep")
    assert ask.told("asleep") == ["DB instance started"]
    aws.advance(WEEK)
    assert ask.told("asleep", 2 * WEEK // 60) == ["DB instance started"]


@pytest.mark.parametrize(
    ("action", "name", "code"),
    [
        ("stop_db_instance", "source", "InvalidDBInstanceState"),
        ("stop_db_instance", "copy", "InvalidDBInstanceState"),
        ("stop_db_instance", "mirrored", "InvalidParameterCombination"),
        ("stop_db_instance", "shop-1", "InvalidParameterCombination"),
        ("start_db_instance", "shop-1", "InvalidParameterCombination"),
        ("stop_db_instance", "asleep", "InvalidDBInstanceState"),
        ("start_db_instance", "alone", "InvalidDBInstanceState"),
        ("stop_db_instance", "nobody", "DBInstanceNotFound"),
        ("stop_db_cluster", "trio", "InvalidParameterCombination"),
        ("stop_db_cluster", "near", "InvalidDBClusterStateFault"),
        ("start_db_cluster", "shop", "InvalidDBClusterStateFault"),
        ("stop_db_cluster", "nobody", "DBClusterNotFoundFault"),
    ],
)
def test_who_cannot_stop_or_start_is_refused(
    ask: Modelled, action: str, name: str, code: str
) -> None:
    kind = "DBClusterIdentifier" if action.endswith("cluster") else "DBInstanceIdentifier"

    assert ask.refusal(action, **{kind: name}) == code


def test_a_snapshot_that_cannot_be_taken_leaves_it_running(ask: Modelled) -> None:
    ask.create_db_snapshot(DBInstanceIdentifier="copy", DBSnapshotIdentifier="taken")

    for name, code in (("taken", "DBSnapshotAlreadyExists"), ("1st", "InvalidParameterValue")):
        assert ask.refusal("stop_db_instance", **ALONE, DBSnapshotIdentifier=name) == code
    assert ask.instance("alone")["DBInstanceStatus"] == "available"


def test_without_capacity_it_stays_stopped(aws: AWSSandbox, ask: Modelled) -> None:
    """Taken and not done; a fault with the code InsufficientDBInstanceCapacity refuses at once."""
    aws.will_end("start_db_instance", "stopped", "asleep")

    ask.start_db_instance(DBInstanceIdentifier="asleep")
    aws.advance(300)

    found = ask.instance("asleep")
    assert found["DBInstanceStatus"] == "stopped"
    assert "AutomaticRestartTime" in found
    assert ask.told("asleep") == []


@pytest.mark.parametrize(
    ("stop", "name", "told"),
    [
        ({"DBInstanceIdentifier": "alone"}, "alone",
         ["DB instance stopped",
          "DB instance is being started due to it exceeding the maximum allowed time being stopped",
          "DB instance started"]),
        ({"DBClusterIdentifier": "shop"}, "shop",
         ["DB cluster stopped",
          "DB cluster is being started due to it exceeding the maximum allowed time being stopped",
          "DB cluster started"]),
    ],
)  # fmt: skip
def test_aws_starts_it_by_itself_after_seven_days_though_nobody_looked(
    aws: AWSSandbox, ask: Modelled, stop: dict[str, Any], name: str, told: list[str]
) -> None:
    began = aws.clock()
    about = {"SourceIdentifier": name, "SourceType": "db-" + kind_of(stop)}
    kind = kind_of(stop)
    getattr(ask, f"stop_db_{kind}")(**stop)
    aws.advance(9 * 24 * 3600)

    found = getattr(ask, kind)(name)
    assert found.get("DBInstanceStatus", found.get("Status")) == "available"
    assert "AutomaticRestartTime" not in found
    assert ask.told(name, 10 * 24 * 60) == told
    events = ask.describe_events(Duration=10 * 24 * 60, **about)["Events"]
    [began_again] = [one["Date"] for one in events if "exceeding" in one["Message"]]
    assert began_again == datetime.fromtimestamp(began + WEEK, UTC)


def kind_of(stop: dict[str, Any]) -> str:
    return "cluster" if "DBClusterIdentifier" in stop else "instance"


def test_one_that_was_started_and_stopped_again_waits_its_own_week(
    aws: AWSSandbox, ask: Modelled
) -> None:
    for wait in (3600, WEEK - 7200):
        ask.stop_db_instance(**ALONE)
        aws.advance(wait)
        if wait == 3600:
            ask.start_db_instance(**ALONE)
            aws.advance(3600)

    assert ask.instance("alone")["DBInstanceStatus"] == "stopped"


def test_a_cluster_stops_and_starts_with_its_members(aws: AWSSandbox, ask: Modelled) -> None:
    stopping = ask.stop_db_cluster(DBClusterIdentifier="shop")["DBCluster"]
    aws.advance(300)
    stopped = ask.instance("shop-2")["DBInstanceStatus"]
    ask.start_db_cluster(DBClusterIdentifier="shop")
    aws.advance(300)

    assert stopping["AutomaticRestartTime"] == now(aws) + timedelta(days=7, seconds=-600)
    assert (stopped, ask.instance("shop-2")["DBInstanceStatus"]) == ("stopped", "available")
