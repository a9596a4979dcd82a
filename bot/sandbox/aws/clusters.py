"""Actions on clusters: create, describe, reboot, fail over, delete."""

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    InvalidDBClusterStateFault,
    InvalidParameterValue,
    RDSClientError,
)

from bot.sandbox.aws.actions import Actions, made
from bot.sandbox.aws.backend import require_cluster
from bot.sandbox.aws.instances import restart
from bot.sandbox.aws.models import TimedCluster, TimedMember


class ClusterActions(Actions):
    def describe_db_clusters(self) -> ActionResult:
        found = self.backend.describe_db_clusters(
            self.said("DBClusterIdentifier"), filters=self.filters()
        )
        return self.paged("DBClusters", found, key=lambda one: one.db_cluster_identifier)

    def create_db_cluster(self) -> ActionResult:
        return self._cluster_appears(super().create_db_cluster())

    def restore_db_cluster_from_snapshot(self) -> ActionResult:
        return self._cluster_appears(super().restore_db_cluster_from_snapshot())

    def restore_db_cluster_to_point_in_time(self) -> ActionResult:
        return self._cluster_appears(super().restore_db_cluster_to_point_in_time())

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
        timeline = cluster.undergo("failover_db_cluster")
        name = target.db_instance_identifier
        self.backend.emit("RDS-EVENT-0073", cluster, timeline.begins("failing-over"), name)
        self.backend.emit("RDS-EVENT-0071", cluster, timeline.ends("failing-over"), name)
        for member in self.backend.members(cluster):
            if member.is_cluster_writer or member is target:
                member.interrupt(timeline.begins("failing-over"), timeline.ends("failing-over"))
        cluster.world.later(
            timeline.ends("failing-over"),
            lambda: make_writer(self.backend.members(cluster), target),
        )
        return ActionResult({"DBCluster": cluster})

    def delete_db_cluster(self) -> ActionResult:
        cluster = self._cluster("available", "stopped")
        result = super().delete_db_cluster()
        clusters, name = self.backend.clusters, cluster.db_cluster_identifier
        clusters[name] = cluster
        cluster.status = "deleting"
        timeline = self.finish("delete_db_cluster", cluster, "RDS-EVENT-0171")
        cluster.world.later(timeline.ends_at, lambda: clusters.pop(name, None))
        return result

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
        readers = [one for one in members if not one.is_cluster_writer]
        wanted = [one for one in readers if name in (None, one.db_instance_identifier)]
        if not wanted:
            raise InvalidParameterValue(f"Cannot find target instance: {name}")
        return wanted[0]


def make_writer(members: list[TimedMember], target: TimedMember) -> None:
    for member in members:
        member.is_cluster_writer = member is target
