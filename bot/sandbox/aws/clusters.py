"""Actions on clusters: create, describe, reboot, fail over, delete."""

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    InvalidDBClusterStateFault,
    InvalidDBInstanceStateFault,
    InvalidParameterCombination,
    InvalidParameterValue,
    RDSClientError,
)

from bot.sandbox.aws.actions import Actions, made
from bot.sandbox.aws.backend import TimedBackend, require_cluster
from bot.sandbox.aws.instances import ASKED_FAILOVER, restart
from bot.sandbox.aws.models import TimedCluster, TimedMember
from bot.sandbox.aws.restores import check_cluster_quota

LAST_TIER = 15


class ClusterActions(Actions):
    def describe_db_clusters(self) -> ActionResult:
        found = self.backend.describe_db_clusters(
            self.said("DBClusterIdentifier"), filters=self.filters()
        )
        return self.paged("DBClusters", found, key=lambda one: one.db_cluster_identifier)

    def create_db_cluster(self) -> ActionResult:
        check_cluster_quota(self.backend)
        return self._cluster_appears(super().create_db_cluster())

    def reboot_db_cluster(self) -> ActionResult:
        cluster = self._cluster("available")
        if cluster.engine.startswith("aurora"):
            raise RDSClientError(
                "InvalidParameterCombination",
                "RebootDBCluster isn't supported for Aurora DB clusters; reboot its instances.",
            )
        cluster.undergo("reboot_db_cluster")
        for member in self.backend.members(cluster):
            restart(self.backend, member)
        return ActionResult({"DBCluster": cluster})

    def failover_db_cluster(self) -> ActionResult:
        cluster = self._cluster("available")
        target = self._failover_target(cluster)
        move_writer(self.backend, cluster, target)
        return ActionResult({"DBCluster": cluster})

    def create_db_instance(self) -> ActionResult:
        if name := self.said("DBClusterIdentifier"):
            require_cluster(self.backend.cluster(name), ("available",))
            self._check_member()
        return super().create_db_instance()

    def delete_db_instance(self) -> ActionResult:
        member = self.backend.instance(self.said("DBInstanceIdentifier"))
        result = super().delete_db_instance()
        if isinstance(member, TimedMember) and member.is_cluster_writer:
            self._replace_writer(member)
        return result

    def delete_db_cluster(self) -> ActionResult:
        cluster = self._cluster("available", "stopped")
        result = super().delete_db_cluster()
        clusters, name = self.backend.clusters, cluster.db_cluster_identifier
        clusters[name] = cluster
        cluster.status = "deleting"
        timeline = self.finish("delete_db_cluster", cluster, "RDS-EVENT-0171")
        cluster.world.later(timeline.ends_at, lambda: clusters.pop(name, None))
        return result

    def _check_member(self) -> None:
        tier = self.said("PromotionTier")
        if tier is not None and not 0 <= tier <= LAST_TIER:
            raise InvalidParameterValue(f"Invalid promotion tier: {tier}. Must be from 0 to 15.")
        if self.said("AllocatedStorage") or self.said("MasterUsername"):
            raise InvalidParameterCombination(
                "The requested DB Instance will be a member of a DB Cluster. Set its storage and "
                "master user for the DB Cluster."
            )

    def _replace_writer(self, writer: TimedMember) -> None:
        cluster = self.backend.cluster(writer.db_cluster_identifier)
        readers = [one for one in self.backend.members(cluster) if one.status == "available"]
        if readers:
            move_writer(self.backend, cluster, next_writer(readers))

    def _cluster_appears(self, result: ActionResult) -> ActionResult:
        self.finish("create_db_cluster", made(result, "DBCluster"), "RDS-EVENT-0170")
        return result

    def _cluster(self, *states: str) -> TimedCluster:
        cluster = self.backend.cluster(self.said("DBClusterIdentifier"))
        require_cluster(cluster, states)
        return cluster

    def _failover_target(self, cluster: TimedCluster) -> TimedMember:
        members = self.backend.members(cluster)
        if len(members) < 2:
            raise InvalidDBClusterStateFault(
                f"Database cluster:{cluster.resource_id} should have at least two database "
                "instances for failover"
            )
        name = self.said("TargetDBInstanceIdentifier")
        if name and cluster.engine == "mysql":
            raise InvalidParameterCombination(
                "TargetDBInstanceIdentifier isn't supported for RDS for MySQL Multi-AZ DB clusters."
            )
        readers = [one for one in members if not one.is_cluster_writer]
        wanted = [one for one in readers if name in (None, one.db_instance_identifier)]
        if not wanted:
            raise InvalidParameterValue(f"Cannot find target instance: {name}")
        ready = [one for one in wanted if one.status == "available"]
        if not ready:
            raise InvalidDBInstanceStateFault("No reader is in a valid state for failover.")
        return next_writer(ready)


def next_writer(readers: list[TimedMember]) -> TimedMember:
    return min(readers, key=lambda one: (one.promotion_tier, one.db_instance_identifier))


def move_writer(backend: TimedBackend, cluster: TimedCluster, target: TimedMember) -> None:
    """Unless it was injected that this failover fails: then all stays, and an event tells it."""
    members = backend.members(cluster)
    name, writer = target.db_instance_identifier, next(o for o in members if o.is_cluster_writer)
    near = writer.availability_zone == target.availability_zone
    fails = cluster.world.ending(ASKED_FAILOVER, cluster.resource_id)
    timeline = cluster.undergo("failover_db_cluster")
    begins, ends = timeline.begins("failing-over"), timeline.ends("failing-over")
    backend.emit("RDS-EVENT-0072" if near else "RDS-EVENT-0073", cluster, begins, name)
    for member in (writer, target):
        member.interrupt(begins, ends)
    if fails:
        backend.emit("RDS-EVENT-0069", cluster, ends)
        return
    backend.emit("RDS-EVENT-0071", cluster, ends, name)
    cluster.world.later(ends, lambda: make_writer(backend.members(cluster), target))


def make_writer(members: list[TimedMember], target: TimedMember) -> None:
    for member in members:
        member.is_cluster_writer = member is target
