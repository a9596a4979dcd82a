"""One account and region of RDS: moto's backend with our clock, events, filters and quota."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from moto.rds import models as moto
from moto.rds import urls
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    DBInstanceNotFoundError,
    DBSnapshotNotFoundFault,
    InvalidDBClusterStateFault,
    InvalidDBInstanceStateFault,
    InvalidParameterValue,
    RDSClientError,
)
from moto.rds.utils import get_object_value, validate_filters

from bot.sandbox.aws.engines import DEFAULT_AUTHORITY
from bot.sandbox.aws.events import EventLog
from bot.sandbox.aws.models import Timed, TimedCluster, TimedInstance, TimedMember
from bot.sandbox.aws.world import World

ENGINE_VERSIONS = {
    "mariadb": "10.11.9",
    "mysql": "8.0.40",
    "oracle-ee": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "oracle-se2": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "postgres": "16.8",
    "aurora-mysql": "8.0.mysql_aurora.3.08.0",
    "aurora-postgresql": "16.6",
    "custom-oracle-ee": "19.cdb_cev1",
    "custom-sqlserver-se": "15.00.4420.2.v1",
    "docdb": "5.0.0",
    "neptune": "1.3.2.1",
    "sqlserver-se": "15.00.4420.2.v1",
}
"""What a new database gets when nobody says; moto knows none of some engines, else very old."""


MISSING: Mapping[str, Callable[[str], RDSClientError]] = {
    "db": DBInstanceNotFoundError,
    "cluster": DBClusterNotFoundError,
    "snapshot": DBSnapshotNotFoundFault,
}


class TimedBackend(moto.RDSBackend):
    """`world` is set by whoever installs it: moto makes its backends by itself."""

    world: ClassVar[World]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.log = EventLog()
        self.exports: dict[str, Any] = {}
        self.deployments: dict[str, Any] = {}

    @property
    def _url_module(self) -> Any:
        return urls

    @property
    def SNAPSHOT_QUOTA(self) -> int:  # noqa: N802 - moto's name
        return self.world.snapshot_quota

    def emit(self, event_id: str, resource: Timed, at: float, detail: str = "") -> None:
        self.log.add(event_id, resource.source, at, detail)

    def add_event(self, event_type: str, resource: moto.ResourceWithEvents) -> None:
        """moto's own events are all at once and of no use; the actions enter better ones."""

    def instance(self, identifier: str) -> TimedInstance:
        found = self.databases.get(identifier)
        if not isinstance(found, TimedInstance):
            raise DBInstanceNotFoundError(identifier)
        return found

    def cluster(self, identifier: str) -> TimedCluster:
        found = self.clusters.get(identifier)
        if not isinstance(found, TimedCluster):
            raise DBClusterNotFoundError(identifier)
        return found

    def members(self, cluster: TimedCluster) -> list[TimedMember]:
        return [one for one in cluster.members if isinstance(one, TimedMember)]

    def get_snapshot(self, identifier: str, resource_type: Any, not_found_exception: Any) -> Any:
        """By its ARN it may stand in another account, where that shares it."""
        region, account, name = self.region_name, self.account_id, identifier
        if identifier.startswith("arn:"):
            _, _, _, region, account, _, name = identifier.split(":", 6)
        found: Any = self.get_backend("rds", region, account).resource_map[resource_type].get(name)
        shared = found and {self.account_id, "all"} & set(found.attributes["restore"])
        if found is None or (account != self.account_id and not shared):
            raise not_found_exception(identifier)
        return found

    def make_default_groups(self) -> None:
        """AWS makes one as soon as somebody uses it."""
        for instance in self.databases.values():
            instance.db_parameter_groups()
        for cluster in self.clusters.values():
            name, family = cluster.parameter_group, cluster.parameter_group.partition(".")[2]
            if name.startswith("default.") and name not in self.db_cluster_parameter_groups:
                said = f"Default cluster parameter group for {family}"
                self.create_db_cluster_parameter_group(name, family, said, tags=None)

    def create_db_instance(self, db_kwargs: dict[str, Any]) -> moto.DBInstance:
        if not db_kwargs.get("engine_version") and db_kwargs["engine"] in ENGINE_VERSIONS:
            db_kwargs["engine_version"] = ENGINE_VERSIONS[db_kwargs["engine"]]
        db_kwargs.setdefault("ca_certificate_identifier", DEFAULT_AUTHORITY)
        return super().create_db_instance(db_kwargs)

    def create_db_cluster(self, kwargs: dict[str, Any]) -> moto.DBCluster:
        if kwargs["db_cluster_identifier"] in self.clusters:
            raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
        if not kwargs.get("engine_version") and kwargs["engine"] in ENGINE_VERSIONS:
            kwargs["engine_version"] = ENGINE_VERSIONS[kwargs["engine"]]
        return super().create_db_cluster(kwargs)

    def _get_resource_for_tagging(self, arn: str) -> Any:
        found = super()._get_resource_for_tagging(arn)
        if not found:
            raise _not_found(arn)
        return found

    @staticmethod
    def _filter_resources(
        resources: Mapping[str, Any], filters: Mapping[str, Any], resource_class: Any
    ) -> dict[str, Any]:
        definitions = resource_class.SUPPORTED_FILTERS
        try:
            validate_filters(dict(filters), definitions)
        except (KeyError, ValueError) as error:
            raise InvalidParameterValue(str(error.args[0])) from error
        wanted = [
            (definitions[name].attrs_to_check, {value.lower() for value in values})
            for name, values in filters.items()
        ]
        return {
            name: resource
            for name, resource in resources.items()
            if all(_has_one_of(resource, paths, values) for paths, values in wanted)
        }


def _not_found(arn: str) -> RDSClientError:
    """In the words of its kind; groups and the like AWS calls an invalid name."""
    *_, kind, name = arn.split(":", 6)
    known = MISSING.get(kind)
    return known(name) if known else InvalidParameterValue(f"Invalid resource name: {arn}")


def require(instance: Timed, states: Iterable[str]) -> None:
    """Raises InvalidDBInstanceState unless the instance is in one of these."""
    if instance.status not in states:
        raise InvalidDBInstanceStateFault(
            f"Instance {instance.resource_id} is not in available state."
        )


def require_cluster(cluster: Timed, states: Iterable[str]) -> None:
    """Raises InvalidDBClusterStateFault unless the cluster is in one of these."""
    if cluster.status not in states:
        raise InvalidDBClusterStateFault(
            f"DbCluster {cluster.resource_id} is in {cluster.status} state but expected it to be "
            f"one of {','.join(states)}."
        )


def _has_one_of(resource: Any, paths: Iterable[str], values: set[str]) -> bool:
    return any(str(get_object_value(resource, path)).lower() in values for path in paths)
