"""Actions on instances: create, describe, reboot, delete."""

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination, RDSClientError

from bot.sandbox.aws.actions import Actions, made
from bot.sandbox.aws.backend import TimedBackend, require
from bot.sandbox.aws.models import USABLE, TimedInstance
from bot.sandbox.aws.restores import check_instance_quota
from bot.sandbox.aws.timeline import Timeline

REBOOTABLE = (*USABLE, "incompatible-parameters")
ASKED_FAILOVER = "asked_failover"
"""How a failover that AWS took begins; it may be declined."""
DECLINED_AFTER = 2.0
"""Seconds until an event says so."""


class InstanceActions(Actions):
    def describe_db_instances(self) -> ActionResult:
        found = self.backend.describe_db_instances(
            self.said("DBInstanceIdentifier"), filters=self.filters()
        )
        return self.paged("DBInstances", found, key=lambda one: one.db_instance_identifier)

    def create_db_instance(self) -> ActionResult:
        check_instance_quota(self.backend)
        return self._instance_appears(super().create_db_instance())

    def reboot_db_instance(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        failover = bool(self.said("ForceFailover"))
        if instance.engine.startswith("custom-"):
            raise RDSClientError(
                "InvalidParameterCombination",
                f"RebootDBInstance isn't supported for engine {instance.engine}.",
            )
        if failover and not instance.multi_az:
            raise InvalidParameterCombination(
                "Cannot specify ForceFailover when the instance is not configured for MultiAZ."
            )
        require(instance, REBOOTABLE)
        if not failover:
            restart(self.backend, instance)
        elif instance.world.ending(ASKED_FAILOVER, instance.db_instance_identifier):
            self.backend.emit("RDS-EVENT-0034", instance, instance.world.now() + DECLINED_AFTER)
        else:
            fail_over(self.backend, instance)
        return ActionResult({"DBInstance": instance})

    def delete_db_instance(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        final = self.said("FinalDBSnapshotIdentifier")
        alone = instance.db_cluster_identifier is None
        if alone and not final and not self.said("SkipFinalSnapshot"):
            raise InvalidParameterCombination(
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            )
        if final and not alone:
            raise InvalidParameterCombination(
                "FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance."
            )
        require(instance, (*USABLE, "stopped", "failed", "incompatible-parameters"))
        result = super().delete_db_instance()
        self._linger(instance)
        return result

    def _instance_appears(self, result: ActionResult) -> ActionResult:
        instance: TimedInstance = made(result, "DBInstance")
        member = instance.db_cluster_identifier is not None
        timeline = instance.undergo("create_cluster_member" if member else "create_db_instance")
        self.backend.emit("RDS-EVENT-0005", instance, timeline.ends("creating"))
        if any(status == "backing-up" for status, _ in timeline.phases):
            self.backend.emit("RDS-EVENT-0001", instance, timeline.begins("backing-up"))
            self.backend.emit("RDS-EVENT-0002", instance, timeline.ends("backing-up"))
        return result

    def _linger(self, instance: TimedInstance) -> None:
        """moto has forgotten it already; AWS shows it until it is gone."""
        databases, name = self.backend.databases, instance.db_instance_identifier
        databases[name] = instance
        timeline = self.finish("delete_db_instance", instance, "RDS-EVENT-0003")
        instance.world.later(timeline.ends_at, lambda: databases.pop(name, None))


def restart(backend: TimedBackend, instance: TimedInstance) -> Timeline:
    if instance.status == "incompatible-parameters":
        instance.status = "available"
    timeline = instance.undergo("reboot_db_instance")
    instance.interrupt(timeline.begins("rebooting"), timeline.ends("rebooting"))
    instance.world.later(timeline.ends("rebooting"), instance.apply_parameters)
    backend.emit("RDS-EVENT-0004", instance, timeline.begins("rebooting"))
    tell_how_it_came_back(backend, instance, timeline.ends("rebooting"))
    return timeline


def fail_over(backend: TimedBackend, instance: TimedInstance) -> Timeline:
    timeline = instance.undergo("failover_db_instance")
    instance.interrupt(timeline.begins("rebooting"), timeline.ends("rebooting"))
    backend.emit("RDS-EVENT-0013", instance, timeline.begins("rebooting"))
    tell_how_it_came_back(backend, instance, timeline.ends("rebooting"))
    backend.emit("RDS-EVENT-0049", instance, timeline.ends("rebooting"))
    instance.world.later(timeline.ends("rebooting"), instance.swap_zones)
    return timeline


def tell_how_it_came_back(backend: TimedBackend, instance: TimedInstance, at: float) -> None:
    settled = instance.settled
    if settled == "available":
        backend.emit("RDS-EVENT-0006", instance, at)
    elif settled == "incompatible-parameters":
        backend.emit("RDS-EVENT-0035", instance, at)
    else:
        backend.emit("RDS-EVENT-0031", instance, at, settled)
