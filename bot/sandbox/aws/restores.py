"""What is made of something else: restores, clones, read replicas; and a replica on its own."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBInstanceAlreadyExists,
    InvalidDBInstanceStateFault,
    InvalidParameterCombination,
    InvalidParameterValue,
    RDSClientError,
)

from bot.sandbox.aws.actions import Actions, made
from bot.sandbox.aws.backend import TimedBackend, require, require_cluster
from bot.sandbox.aws.models import USABLE, TimedCluster, TimedInstance
from bot.sandbox.aws.snapshots import require_snapshot

RESTORABLE = (*USABLE, "backing-up", "modifying", "stopped", "storage-full")
CLONE = "copy-on-write"
MOST_REPLICAS = {"oracle": 5, "sqlserver": 5, "db2": 3}
USUAL_MOST = 15


class RestoreActions(Actions):
    def restore_db_instance_from_db_snapshot(self) -> ActionResult:
        name = self.said("DBSnapshotIdentifier")
        snapshot: Any = self.backend.get_db_snapshot(name)
        require_snapshot(snapshot, ("available",))
        check_instance_quota(self.backend)
        result = super().restore_db_instance_from_db_snapshot()
        return self._restored(result, "RDS-EVENT-0043", f"snapshot {name}")

    def restore_db_instance_to_point_in_time(self) -> ActionResult:
        source = self.backend.instance(self.said("SourceDBInstanceIdentifier"))
        if source.db_cluster_identifier:
            raise InvalidParameterCombination("Restore the DB cluster of this DB instance instead.")
        if not source.backup_retention_period:
            raise RDSClientError(
                "PointInTimeRestoreNotEnabled",
                f"Automated backups are not enabled for {source.resource_id}.",
            )
        self._check_time("RestoreTime", source, source.instance_create_time)
        require(source, RESTORABLE)
        check_instance_quota(self.backend)
        when = self.said("RestoreTime") or source.latest_restorable_time
        self.params.pop("RestoreTime", None)
        result = super().restore_db_instance_to_point_in_time()
        said = f"DB instance {source.resource_id} to {when:%Y-%m-%d %H:%M:%S}"
        return self._restored(result, "RDS-EVENT-0019", said)

    def restore_db_cluster_from_snapshot(self) -> ActionResult:
        snapshot: Any = self.backend.get_db_cluster_snapshot(self.said("SnapshotIdentifier"))
        require_snapshot(snapshot, ("available",))
        if self.said("Engine") != snapshot.engine:
            raise InvalidParameterCombination(
                f"The engine {self.said('Engine')} isn't that of the snapshot, {snapshot.engine}."
            )
        check_cluster_quota(self.backend)
        return self._cluster_restored(super().restore_db_cluster_from_snapshot(), "creating")

    def restore_db_cluster_to_point_in_time(self) -> ActionResult:
        source = self.backend.cluster(self.said("SourceDBClusterIdentifier"))
        self._check_time("RestoreToTime", source, source.cluster_create_time)
        require_cluster(source, (*RESTORABLE, "failing-over"))
        check_cluster_quota(self.backend)
        result = super().restore_db_cluster_to_point_in_time()
        cloned = self.said("RestoreType") == CLONE
        if cloned:
            group = source.clone_group_id or self.backend.world.resource_id("clone", source.arn)
            made(result, "DBCluster").clone_group_id = source.clone_group_id = group
        return self._cluster_restored(result, "cloning" if cloned else "creating")

    def create_db_instance_read_replica(self) -> ActionResult:
        source = cast(
            TimedInstance, self.backend.find_db_from_id(self.said("SourceDBInstanceIdentifier"))
        )
        if self.said("DBInstanceIdentifier") in self.backend.databases:
            raise DBInstanceAlreadyExists
        self.backend._validate_db_identifier(self.said("DBInstanceIdentifier"))
        _check_source(source)
        check_instance_quota(self.backend)
        replica: TimedInstance = made(super().create_db_instance_read_replica(), "DBInstance")
        replica.become_new()
        self._defaults(replica)
        replica.backup_retention_period = 0
        self._replicate(replica)
        return ActionResult({"DBInstance": replica})

    def promote_read_replica(self) -> ActionResult:
        replica = self.backend.instance(self.said("DBInstanceIdentifier"))
        if not replica.source_db_instance_identifier:
            raise InvalidDBInstanceStateFault(f"{replica.resource_id} is not a read replica.")
        require(replica, ("available",))
        timeline = replica.undergo("promote_read_replica")
        replica.interrupt(timeline.begins("rebooting"), timeline.ends("rebooting"))
        days, window = self.said("BackupRetentionPeriod"), self.said("PreferredBackupWindow")

        def promoted() -> None:
            part(self.backend, replica)
            replica.backup_retention_period = 1 if days is None else days
            replica.preferred_backup_window = window or replica.preferred_backup_window

        self.backend.emit("RDS-EVENT-0057", replica, timeline.begins("modifying"))
        replica.world.later(timeline.ends_at, promoted)
        return ActionResult({"DBInstance": replica})

    def _restored(self, result: ActionResult, event: str, said: str) -> ActionResult:
        instance: TimedInstance = made(result, "DBInstance")
        self._defaults(instance)
        instance.source_db_instance_identifier, instance.replicas = None, []
        timeline = instance.undergo("restore_db_instance")
        if instance.settled == "available":
            self.backend.emit(event, instance, timeline.ends("creating"), said)
            self.backend.emit("RDS-EVENT-0001", instance, timeline.begins("backing-up"))
            self.backend.emit("RDS-EVENT-0002", instance, timeline.ends("backing-up"))
        else:
            self.backend.emit("RDS-EVENT-0031", instance, timeline.ends_at, instance.settled)
        return result

    def _defaults(self, instance: TimedInstance) -> None:
        """What is not carried over: it is as it was asked for, or as it is by default."""
        instance.multi_az = bool(self.said("MultiAZ"))
        instance.deletion_protection = bool(self.said("DeletionProtection"))
        instance.tags = self.said("Tags") or []
        instance.pending_maintenance = ()

    def _cluster_restored(self, result: ActionResult, how: str) -> ActionResult:
        cluster: TimedCluster = made(result, "DBCluster")
        cluster.deletion_protection = bool(self.said("DeletionProtection"))
        cluster.tags = self.said("Tags") or []
        cluster.replication_source_identifier, cluster.read_replica_identifiers = None, []
        operation = "clone_db_cluster" if how == "cloning" else "restore_db_cluster"
        timeline = cluster.undergo(operation)
        if cluster.settled == "available":
            self.backend.emit("RDS-EVENT-0170", cluster, timeline.ends_at)
        return result

    def _replicate(self, replica: TimedInstance) -> None:
        replica.replication = (
            replica.world.ending("replicate", replica.resource_id) or "replicating"
        )
        timeline = replica.undergo("create_read_replica")
        if replica.settled != "available":
            self.backend.emit("RDS-EVENT-0202", replica, timeline.ends_at)
            return
        self.backend.emit("RDS-EVENT-0005", replica, timeline.ends_at)
        if replica.replication == "replicating":
            self.backend.emit("RDS-EVENT-0046", replica, timeline.ends_at)

    def _check_time(
        self, parameter: str, source: TimedInstance | TimedCluster, created: datetime
    ) -> None:
        when, latest = self.said(parameter), bool(self.said("UseLatestRestorableTime"))
        if (when is not None) == latest:
            raise InvalidParameterCombination(
                f"Specify either {parameter} or UseLatestRestorableTime, and not both."
            )
        until = cast(datetime, source.latest_restorable_time).replace(tzinfo=UTC)
        kept = until - timedelta(days=source.backup_retention_period)
        since = max(kept, created.replace(tzinfo=UTC))
        if when is not None and not since <= _aware(when) <= until:
            raise InvalidParameterValue(
                f"{source.resource_id} can be restored to a time from {since:%Y-%m-%dT%H:%M:%SZ} "
                f"to {until:%Y-%m-%dT%H:%M:%SZ}."
            )


def part(backend: TimedBackend, replica: TimedInstance) -> None:
    """Let a replica be one no more, and its source have one less."""
    source = backend.find_db_from_id(cast(str, replica.source_db_instance_identifier))
    names = {replica.db_instance_identifier, replica.arn}
    source.replicas = [one for one in source.replicas if one not in names]
    replica.source_db_instance_identifier, replica.is_replica = None, False


def check_instance_quota(backend: TimedBackend) -> None:
    if len(backend.databases) >= backend.world.instance_quota:
        raise RDSClientError("InstanceQuotaExceeded", "DB Instance quota exceeded")


def check_cluster_quota(backend: TimedBackend) -> None:
    if len(backend.clusters) >= backend.world.cluster_quota:
        raise RDSClientError("DBClusterQuotaExceededFault", "DB Cluster quota exceeded")


def _check_source(source: TimedInstance) -> None:
    if source.db_cluster_identifier:
        raise InvalidParameterCombination("Add a reader to the DB cluster instead.")
    require(source, USABLE)
    if not source.backup_retention_period:
        raise InvalidDBInstanceStateFault(
            "Automated backups are not enabled for this database instance. To enable automated "
            "backups, use ModifyDBInstance to set the backup retention period to a non-zero value."
        )
    most = next((n for e, n in MOST_REPLICAS.items() if source.engine.startswith(e)), USUAL_MOST)
    if len(source.replicas) >= most:
        raise RDSClientError(
            "InstanceQuotaExceeded", f"{source.resource_id} has {most} read replicas already."
        )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
