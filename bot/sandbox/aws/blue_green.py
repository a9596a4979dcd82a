"""Blue/green deployments of instances: made, switched over with their names swapped, or not."""

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any, cast

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    BlueGreenDeploymentAlreadyExistsFault,
    BlueGreenDeploymentNotFoundFault,
    DBParameterGroupNotFoundError,
    InvalidBlueGreenDeploymentStateFault,
    InvalidParameterValue,
    RDSClientError,
    SourceDatabaseNotSupportedFault,
)

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import TimedBackend, require
from bot.sandbox.aws.models import Timed, TimedInstance
from bot.sandbox.aws.restores import check_instance_quota, part

AVAILABLE, COMPLETED, FAILED = "AVAILABLE", "SWITCHOVER_COMPLETED", "SWITCHOVER_FAILED"
INVALID, DELETING = "INVALID_CONFIGURATION", "DELETING"
SWITCHABLE, DELETABLE = (AVAILABLE, FAILED), (AVAILABLE, FAILED, INVALID, COMPLETED)
SHORTEST, LONGEST = 30, 3600
TARGETS = {
    "TargetAllocatedStorage": "allocated_storage",
    "TargetDBInstanceClass": "db_instance_class",
    "TargetDBParameterGroupName": "db_parameter_group_name",
    "TargetEngineVersion": "engine_version",
    "TargetIops": "iops",
    "TargetStorageType": "storage_type",
}
BUILT = ("CREATING_READ_REPLICA_OF_SOURCE", "DB_ENGINE_VERSION_UPGRADE", "CONFIGURE_BACKUPS")


class TimedDeployment(Timed):
    """Attributes are named after the API's members; moto writes them as XML."""

    resource_type, event_source = "deployment", "blue-green-deployment"

    def __init__(self, backend: TimedBackend, name: str, blue: Any, green: Any, tags: Any) -> None:
        super().__init__(backend)
        self.blue_green_deployment_name = name
        self.blue, self.green = blue, green
        arn = f"{backend.account_id}/{backend.region_name}/{name}"
        self.blue_green_deployment_identifier = backend.world.resource_id("bgd", arn)[:20].lower()
        self.create_time: datetime = self.world.utcnow()
        self.delete_time: datetime | None = None
        self.tags, self.status = tags or [], AVAILABLE

    @property
    def resource_id(self) -> str:
        return self.blue_green_deployment_identifier

    @property
    def tasks(self) -> list[dict[str, str]]:
        status = "IN_PROGRESS" if self.status == "PROVISIONING" else "COMPLETED"
        return [{"Name": name, "Status": status} for name in BUILT]

    @property
    def switchover_details(self) -> list[dict[str, str]]:
        sides = {"SourceMember": self.blue.arn, "TargetMember": self.green.arn}
        return [{**sides, "Status": self.status}]


class BlueGreenActions(Actions):
    def create_blue_green_deployment(self) -> ActionResult:
        name, blue = self.said("BlueGreenDeploymentName"), self._source()
        if any(one.blue_green_deployment_name == name for one in self.backend.deployments.values()):
            raise BlueGreenDeploymentAlreadyExistsFault(name)
        check_instance_quota(self.backend)
        green = self._green(blue)
        made = TimedDeployment(self.backend, name, blue, green, self.said("Tags"))
        self.backend.deployments[made.resource_id] = made
        timeline = made.undergo("create_blue_green_deployment")
        if made.settled == AVAILABLE:
            self.backend.emit("RDS-EVENT-0244", made, timeline.ends_at)
        return ActionResult({"BlueGreenDeployment": shown(made)})

    def describe_blue_green_deployments(self) -> ActionResult:
        name = self.said("BlueGreenDeploymentIdentifier")
        found = [self._deployment(name)] if name else self.backend.deployments.values()
        rows = [shown(one) for one in found]
        key = "BlueGreenDeploymentIdentifier"
        return self.paged("BlueGreenDeployments", rows, key=lambda one: one[key])

    def switchover_blue_green_deployment(self) -> ActionResult:
        deployment = self._deployment(self.said("BlueGreenDeploymentIdentifier"), SWITCHABLE)
        timeout = self.said("SwitchoverTimeout")
        if timeout is not None and not SHORTEST <= timeout <= LONGEST:
            raise InvalidParameterValue("SwitchoverTimeout must be from 30 to 3600 seconds.")
        deployment.status = COMPLETED
        timeline = deployment.undergo("switchover_blue_green_deployment")
        for side in (deployment.blue, deployment.green):
            side.interrupt(timeline.started_at, timeline.ends_at)
        said = f"{deployment.blue.resource_id} to {deployment.green.resource_id}"
        self.backend.emit("RDS-EVENT-0250", deployment, timeline.started_at, said)
        if deployment.settled == COMPLETED:
            self.backend.emit("RDS-EVENT-0251", deployment, timeline.ends_at, said)
            self.backend.emit("RDS-EVENT-0248", deployment, timeline.ends_at)
            deployment.world.later(timeline.ends_at, lambda: swap(self.backend, deployment))
        else:
            self.backend.emit("RDS-EVENT-0252", deployment, timeline.ends_at, said)
        return ActionResult({"BlueGreenDeployment": shown(deployment)})

    def delete_blue_green_deployment(self) -> ActionResult:
        deployment = self._deployment(self.said("BlueGreenDeploymentIdentifier"), DELETABLE)
        with_target = bool(self.said("DeleteTarget"))
        if with_target and deployment.status == COMPLETED:
            raise InvalidParameterValue("DeleteTarget can't be set once the switchover completed.")
        deployment.status, deployment.delete_time = DELETING, deployment.world.utcnow()
        ends = deployment.undergo("delete_blue_green_deployment").ends_at
        _forget(self.backend.deployments, deployment, ends)
        green: TimedInstance = deployment.green
        if green.source_db_instance_identifier:
            part(self.backend, green)
        if with_target:
            green.status = "deleting"
            _forget(self.backend.databases, green, green.undergo("delete_db_instance").ends_at)
        return ActionResult({"BlueGreenDeployment": shown(deployment)})

    def _source(self) -> TimedInstance:
        arn: str = self.said("Source")
        kind, _, name = arn.removeprefix("arn:").partition(":db:")
        if not kind or not name:
            raise RDSClientError(
                "SourceClusterNotSupportedFault", f"The source {arn} isn't supported here."
            )
        blue = self.backend.instance(name)
        require(blue, ("available",))
        if blue.db_cluster_identifier or not blue.backup_retention_period:
            raise SourceDatabaseNotSupportedFault(arn)
        return blue

    def _green(self, blue: TimedInstance) -> TimedInstance:
        """A replica of the blue one, with what was asked for instead."""
        luck = self.backend.world.resource_id("green", blue.arn)[-6:].lower()
        name = f"{blue.db_instance_identifier}-green-{luck}"
        sides = {"db_instance_identifier": name, "source_db_instance_identifier": blue.resource_id}
        green: Any = self.backend.create_db_instance_read_replica(sides)
        green.become_new()
        green.deletion_protection, green.replicas = False, []
        for parameter, attribute in TARGETS.items():
            if (value := self.said(parameter)) is not None:
                setattr(green, attribute, value)
        group = green.db_parameter_group_name
        if (
            self.said("TargetDBParameterGroupName")
            and group not in self.backend.db_parameter_groups
        ):
            del self.backend.databases[name]
            blue.replicas.remove(name)
            raise DBParameterGroupNotFoundError(group)
        green.undergo("create_read_replica")
        return cast(TimedInstance, green)

    def _deployment(self, name: str, states: tuple[str, ...] = ()) -> TimedDeployment:
        found: TimedDeployment | None = self.backend.deployments.get(name)
        if found is None:
            raise BlueGreenDeploymentNotFoundFault(name)
        if states and found.status not in states:
            raise InvalidBlueGreenDeploymentStateFault(name)
        return found


def swap(backend: TimedBackend, deployment: TimedDeployment) -> None:
    """The green one takes the name, and with it the endpoint; the blue one stays as -old1."""
    blue, green = deployment.blue, deployment.green
    part(backend, green)
    name = blue.db_instance_identifier
    for instance, new in ((blue, f"{name}-old1"), (green, name)):
        del backend.databases[instance.db_instance_identifier]
        instance.db_instance_identifier = new
        backend.databases[new] = instance


def shown(deployment: TimedDeployment) -> dict[str, Any]:
    """As it is now: an answer outlives what it tells of."""
    found = {
        "BlueGreenDeploymentIdentifier": deployment.resource_id,
        "BlueGreenDeploymentName": deployment.blue_green_deployment_name,
        "Source": deployment.blue.arn,
        "Target": deployment.green.arn,
        "SwitchoverDetails": deployment.switchover_details,
        "Tasks": deployment.tasks,
        "Status": deployment.status,
        "CreateTime": deployment.create_time,
        "DeleteTime": deployment.delete_time,
        "TagList": deployment.tags,
    }
    return {name: value for name, value in found.items() if value is not None}


def _forget(things: MutableMapping[str, Any], one: Timed, at: float) -> None:
    name = one.resource_id
    one.world.later(at, lambda: things.pop(name, None))
