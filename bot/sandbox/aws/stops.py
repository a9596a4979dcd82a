"""Stop and start of instances and clusters; AWS starts by itself what was stopped for a week."""

from datetime import timedelta

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBSnapshotAlreadyExistsError,
    InvalidDBClusterStateFault,
    InvalidDBInstanceStateFault,
    InvalidParameterCombination,
)

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import TimedBackend, require, require_cluster
from bot.sandbox.aws.models import TimedCluster, TimedInstance
from bot.sandbox.aws.snapshots import begin_snapshot

STOPPED_FOR = timedelta(days=7)
STARTABLE = ("stopped", "inaccessible-encryption-credentials-recoverable")


class StopActions(Actions):
    def start_db_instance(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        _refuse_members(instance)
        require(instance, STARTABLE)
        start(self.backend, instance)
        return ActionResult({"DBInstance": instance})

    def stop_db_instance(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        _refuse_members(instance)
        _refuse_replication(instance)
        require(instance, ("available",))
        if name := self.said("DBSnapshotIdentifier"):
            self._snapshot(instance, name)
        instance.status = "stopped"
        instance.pending_modified_values = {}
        timeline = instance.undergo("stop_db_instance")
        if instance.settled == "stopped":
            self.backend.emit("RDS-EVENT-0087", instance, timeline.ends_at)
            rest(self.backend, instance)
        return ActionResult({"DBInstance": instance})

    def start_db_cluster(self) -> ActionResult:
        cluster = self.backend.cluster(self.said("DBClusterIdentifier"))
        require_cluster(cluster, STARTABLE)
        start_cluster(self.backend, cluster)
        return ActionResult({"DBCluster": cluster})

    def stop_db_cluster(self) -> ActionResult:
        cluster = self.backend.cluster(self.said("DBClusterIdentifier"))
        _refuse_cluster(cluster)
        require_cluster(cluster, ("available",))
        cluster.status = "stopped"
        timeline = cluster.undergo("stop_db_cluster")
        for member in self.backend.members(cluster):
            member.status = cluster.settled
            member.pending_modified_values = {}
            member.undergo("stop_db_cluster")
        if cluster.settled == "stopped":
            self.backend.emit("RDS-EVENT-0150", cluster, timeline.ends_at)
            rest(self.backend, cluster)
        return ActionResult({"DBCluster": cluster})

    def _snapshot(self, instance: TimedInstance, name: str) -> None:
        self.backend.validate_db_snapshot_identifier(name, "DBSnapshotIdentifier")
        if name in self.backend.database_snapshots:
            raise DBSnapshotAlreadyExistsError(name)
        made = self.backend.create_db_snapshot(instance.db_instance_identifier, name)
        begin_snapshot(self.backend, made)  # type: ignore[arg-type]


def start(backend: TimedBackend, instance: TimedInstance, at: float | None = None) -> None:
    """Without capacity ("will_end") it is `stopped` again, and no event says that it started."""
    instance.status, before = "available", instance.automatic_restart_time
    timeline = instance.undergo("start_db_instance", at)
    instance.automatic_restart_time = before if instance.settled == "stopped" else None
    if instance.settled == "available":
        instance.world.later(timeline.ends_at, instance.apply_parameters)
        backend.emit("RDS-EVENT-0088", instance, timeline.ends_at)


def start_cluster(backend: TimedBackend, cluster: TimedCluster, at: float | None = None) -> None:
    cluster.status, cluster.automatic_restart_time = "available", None
    timeline = cluster.undergo("start_db_cluster", at)
    for member in backend.members(cluster):
        member.status = cluster.settled
        member.undergo("start_db_cluster", at)
        member.world.later(timeline.ends_at, member.apply_parameters)
    if cluster.settled == "available":
        backend.emit("RDS-EVENT-0151", cluster, timeline.ends_at)


def rest(backend: TimedBackend, resource: TimedInstance | TimedCluster) -> None:
    """Say when it will start again, and let it."""
    due = resource.world.utcnow() + STOPPED_FOR
    resource.automatic_restart_time = due
    at = resource.world.now() + STOPPED_FOR.total_seconds()

    def wake() -> None:
        if resource.automatic_restart_time == due and resource.settled == "stopped":
            _start_again(backend, resource, at)

    resource.world.later(at, wake)


def _start_again(backend: TimedBackend, resource: TimedInstance | TimedCluster, at: float) -> None:
    if isinstance(resource, TimedCluster):
        backend.emit("RDS-EVENT-0153", resource, at)
        start_cluster(backend, resource, at)
    else:
        backend.emit("RDS-EVENT-0154", resource, at)
        start(backend, resource, at)


def _refuse_members(instance: TimedInstance) -> None:
    if instance.db_cluster_identifier:
        raise InvalidParameterCombination(
            f"{instance.engine} DB instances are not eligible for stopping or starting."
        )


def _refuse_replication(instance: TimedInstance) -> None:
    if instance.source_db_instance_identifier or instance.replicas:
        raise InvalidDBInstanceStateFault(
            "Cannot stop a DB instance that has a read replica, or that is one."
        )
    if instance.engine.startswith("sqlserver") and instance.multi_az:
        raise InvalidParameterCombination(
            "Cannot stop a SQL Server DB instance in a Multi-AZ configuration."
        )


def _refuse_cluster(cluster: TimedCluster) -> None:
    if not cluster.engine.startswith("aurora"):
        raise InvalidParameterCombination(
            f"StopDBCluster isn't supported for DB clusters of the engine {cluster.engine}."
        )
    if cluster.replication_source_identifier or cluster.read_replica_identifiers:
        raise InvalidDBClusterStateFault(
            f"DbCluster {cluster.resource_id} replicates across Regions, so it cannot be stopped."
        )
