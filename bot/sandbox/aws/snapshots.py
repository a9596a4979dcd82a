"""Actions on snapshots of instances and of clusters."""

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterSnapshotAlreadyExistsError,
    DBSnapshotAlreadyExistsError,
    InvalidDBClusterSnapshotStateFault,
    InvalidParameterValue,
    RDSClientError,
)

from bot.sandbox.aws.actions import Actions, made
from bot.sandbox.aws.backend import TimedBackend, require, require_cluster
from bot.sandbox.aws.models import USABLE, TimedClusterSnapshot, TimedSnapshot

LONGEST_OF_CLUSTER = 63
DELETABLE = ("available", "failed")


class SnapshotActions(Actions):
    def describe_db_snapshots(self) -> ActionResult:
        found: Any = self.backend.describe_db_snapshots(
            self.said("DBInstanceIdentifier"),
            self.said("DBSnapshotIdentifier"),
            self.said("SnapshotType"),
            self.filters(),
        )
        if resource := self.said("DbiResourceId"):
            found = [one for one in found if one.dbi_resource_id == resource]
        return self.paged("DBSnapshots", found, key=lambda one: one.db_snapshot_identifier)

    def create_db_snapshot(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        if instance.db_cluster_identifier:
            raise InvalidParameterValue(
                "The specified instance is a member of a cluster and a snapshot cannot be created "
                "directly. Please use the CreateDBClusterSnapshot API instead."
            )
        if self.said("DBSnapshotIdentifier") in self.backend.database_snapshots:
            raise DBSnapshotAlreadyExistsError(self.said("DBSnapshotIdentifier"))
        require(instance, (*USABLE, "stopped"))
        result = super().create_db_snapshot()
        begin_snapshot(self.backend, made(result, "DBSnapshot"))
        if instance.status in USABLE:
            instance.undergo("back_up_instance")
        return result

    def delete_db_snapshot(self) -> ActionResult:
        snapshot: Any = self.backend.get_db_snapshot(self.said("DBSnapshotIdentifier"))
        _check_deletable(snapshot)
        result = super().delete_db_snapshot()
        self.backend.emit("RDS-EVENT-0041", snapshot, snapshot.world.now())
        return result

    def describe_db_cluster_snapshots(self) -> ActionResult:
        found: Any = self.backend.describe_db_cluster_snapshots(
            self.said("DBClusterIdentifier"),
            self.said("DBClusterSnapshotIdentifier"),
            self.said("SnapshotType"),
            self.filters(),
        )
        if resource := self.said("DbClusterResourceId"):
            found = [one for one in found if one.db_cluster_resource_id == resource]
        return self.paged(
            "DBClusterSnapshots", found, key=lambda one: one.db_cluster_snapshot_identifier
        )

    def create_db_cluster_snapshot(self) -> ActionResult:
        cluster = self.backend.cluster(self.said("DBClusterIdentifier"))
        name = self.said("DBClusterSnapshotIdentifier")
        check_cluster_name(self.backend, name, "DBClusterSnapshotIdentifier")
        if name in self.backend.cluster_snapshots:
            raise DBClusterSnapshotAlreadyExistsError(name)
        require_cluster(cluster, ("available",))
        result = super().create_db_cluster_snapshot()
        begin_snapshot(self.backend, made(result, "DBClusterSnapshot"))
        cluster.undergo("back_up_cluster")
        return result

    def delete_db_cluster_snapshot(self) -> ActionResult:
        name = self.said("DBClusterSnapshotIdentifier")
        snapshot: Any = self.backend.get_db_cluster_snapshot(name)
        _check_deletable(snapshot)
        return super().delete_db_cluster_snapshot()


def require_snapshot(snapshot: TimedSnapshot | TimedClusterSnapshot, states: Iterable[str]) -> None:
    """Raises, under its kind's code, unless the snapshot is in one of these."""
    if snapshot.status not in states:
        raise _wrong_state(snapshot, f"The snapshot is in the {snapshot.status} state.")


def check_cluster_name(backend: TimedBackend, name: str, parameter: str) -> None:
    backend.validate_db_snapshot_identifier(name, parameter)
    if len(name) > LONGEST_OF_CLUSTER:
        raise InvalidParameterValue(f"The parameter {parameter} is not a valid identifier: {name}")


def _check_deletable(snapshot: TimedSnapshot | TimedClusterSnapshot) -> None:
    require_snapshot(snapshot, DELETABLE)
    if snapshot.snapshot_type == "automated":
        raise _wrong_state(snapshot, "Only manual snapshots may be deleted.")
    if snapshot.in_use_until > snapshot.world.now():
        raise _wrong_state(snapshot, "The snapshot is being copied or exported.")


def _wrong_state(snapshot: TimedSnapshot | TimedClusterSnapshot, said: str) -> RDSClientError:
    if isinstance(snapshot, TimedClusterSnapshot):
        return InvalidDBClusterSnapshotStateFault(said)
    return RDSClientError("InvalidDBSnapshotState", said)


def begin_snapshot(backend: TimedBackend, snapshot: TimedSnapshot | TimedClusterSnapshot) -> None:
    of_cluster = isinstance(snapshot, TimedClusterSnapshot)
    begun, done = ("0074", "0075") if of_cluster else ("0040", "0042")
    operation = "create_db_cluster_snapshot" if of_cluster else "create_db_snapshot"
    timeline = snapshot.undergo(operation)
    backend.emit(f"RDS-EVENT-{begun}", snapshot, timeline.started_at)
    if snapshot.settled == "available":
        backend.emit(f"RDS-EVENT-{done}", snapshot, timeline.ends_at)
