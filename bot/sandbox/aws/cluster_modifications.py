"""ModifyDBCluster and the Data API's switch: what is refused, what waits, what is seen when."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue, RDSClientError

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import require_cluster
from bot.sandbox.aws.models import TimedCluster, assign
from bot.sandbox.aws.windows import check_windows, next_window

ATTRIBUTES: Mapping[str, str] = {
    "allocated_storage": "allocated_storage",
    "auto_minor_version_upgrade": "auto_minor_version_upgrade",
    "backup_retention_period": "backup_retention_period",
    "cloudwatch_logs_export_configuration": "enabled_cloudwatch_logs_exports",
    "copy_tags_to_snapshot": "copy_tags_to_snapshot",
    "database_insights_mode": "database_insights_mode",
    "db_cluster_instance_class": "db_cluster_instance_class",
    "db_cluster_parameter_group_name": "parameter_group",
    "deletion_protection": "deletion_protection",
    "enable_http_endpoint": "_enable_http_endpoint",
    "enable_iam_database_authentication": "iam_auth",
    "enable_performance_insights": "performance_insights_enabled",
    "engine_version": "engine_version",
    "iops": "iops",
    "monitoring_interval": "monitoring_interval",
    "monitoring_role_arn": "monitoring_role_arn",
    "performance_insights_retention_period": "performance_insights_retention_period",
    "preferred_backup_window": "preferred_backup_window",
    "preferred_maintenance_window": "preferred_maintenance_window",
    "serverless_v2_scaling_configuration": "serverless_v2_scaling_configuration",
    "storage_type": "storage_type",
    "vpc_security_group_ids": "vpc_security_group_ids",
}
"""What a cluster keeps a parameter of the call under."""
AT_ONCE = {"deletion_protection", "copy_tags_to_snapshot"}
WINDOWS = {"preferred_backup_window", "preferred_maintenance_window"}
PENDING = {
    "allocated_storage": "allocated_storage",
    "engine_version": "engine_version",
    "iam_auth": "iam_database_authentication_enabled",
    "iops": "iops",
    "storage_type": "storage_type",
}
"""What waits for the window unless ApplyImmediately is true, as PendingModifiedValues calls it."""
DEFERRED = {*PENDING, "db_cluster_instance_class"}
OF_MULTI_AZ_ONLY = ("db_cluster_instance_class", "allocated_storage", "iops")
OPTIMIZED, OPTIMIZED_AGAIN = "aurora-iopt1", timedelta(days=30)
LOGS: Mapping[str, set[str]] = {
    "postgres": {"postgresql", "upgrade", "instance", "iam-db-auth-error"},
    "mysql": {"audit", "error", "general", "slowquery", "instance", "iam-db-auth-error"},
}
ADVANCED_RETENTION = 465
LARGEST_CAPACITY = 256


class ClusterModifyActions(Actions):
    def modify_db_cluster(self) -> ActionResult:
        cluster = self.backend.cluster(self.said("DBClusterIdentifier"))
        asked = {name: self.params[name] for name in ATTRIBUTES if name in self.params}
        self._check(cluster, asked)
        require_cluster(cluster, ("available",))
        for name in asked:
            del self.params[name]
        if set(self.params) - {"db_cluster_identifier", "apply_immediately"}:
            super().modify_db_cluster()
            cluster.undergo("modify_db_cluster")
        self._change(cluster, _values(cluster, asked), now=bool(self.said("ApplyImmediately")))
        return ActionResult({"DBCluster": cluster})

    def enable_http_endpoint(self) -> ActionResult:
        return self._switch_data_api(on=True)

    def disable_http_endpoint(self) -> ActionResult:
        return self._switch_data_api(on=False)

    def _switch_data_api(self, *, on: bool) -> ActionResult:
        arn = self.said("ResourceArn")
        clusters = (one for one in self.backend.clusters.values() if one.arn == arn)
        cluster = next((one for one in clusters if isinstance(one, TimedCluster)), None)
        if cluster is None:
            raise RDSClientError("ResourceNotFoundFault", f"Resource {arn} not found.")
        if not cluster.is_aurora or cluster.status != "available":
            raise RDSClientError(
                "InvalidResourceStateFault", f"The Data API cannot be switched for {arn} now."
            )
        self._change(cluster, {"_enable_http_endpoint": on}, now=True)
        return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": on})

    def _check(self, cluster: TimedCluster, asked: Mapping[str, Any]) -> None:
        check_windows(
            asked.get("preferred_backup_window", cluster.preferred_backup_window),
            asked.get("preferred_maintenance_window", cluster.preferred_maintenance_window),
        )
        for name, value in asked.items():
            if check := CHECKS.get(name):
                check(cluster, value)
        group = asked.get("db_cluster_parameter_group_name")
        self.backend.make_default_groups()
        if group and group not in self.backend.db_cluster_parameter_groups:
            raise RDSClientError(
                "DBClusterParameterGroupNotFound", f"DBClusterParameterGroup not found: {group}"
            )
        if asked.get("database_insights_mode") == "advanced":
            _check_advanced(cluster, asked)

    def _change(self, cluster: TimedCluster, values: dict[str, Any], *, now: bool) -> None:
        assign(cluster, {name: values.pop(name) for name in AT_ONCE & set(values)})
        waiting = {} if now else {name: values.pop(name) for name in DEFERRED & set(values)}
        if values:
            self._apply(cluster, values)
        if waiting:
            cluster.pending_modified_values |= _as_pending(waiting)
            at = next_window(cluster.preferred_maintenance_window, cluster.world.now())
            cluster.world.later(at, lambda: self._apply(cluster, waiting, at))

    def _apply(
        self, cluster: TimedCluster, values: dict[str, Any], at: float | None = None
    ) -> None:
        operation = _operation(set(values))
        timeline = cluster.undergo(operation, at)
        cluster.pending_modified_values |= _as_pending(values)
        upgrade = operation == "upgrade_db_cluster"
        if upgrade:
            self.backend.emit("RDS-EVENT-0177", cluster, timeline.begins("upgrading"))
            self.backend.emit("RDS-EVENT-0173", cluster, timeline.ends("upgrading"))
        if DEFERRED & set(values) and operation != "modify_db_cluster":
            for member in self.backend.members(cluster):
                member.undergo(operation, at)
                member.interrupt(timeline.ends_at - cluster.world.brief, timeline.ends_at)
        cluster.world.later(timeline.ends_at, lambda: self._applied(cluster, values))

    def _applied(self, cluster: TimedCluster, values: dict[str, Any]) -> None:
        assign(cluster, values)
        done = _as_pending(values)
        cluster.pending_modified_values = {
            name: value
            for name, value in cluster.pending_modified_values.items()
            if done.get(name) != value
        }
        for member in self.backend.members(cluster):
            if "parameter_group" in values:
                member.cluster_parameters.waits = True
            if kind := values.get("db_cluster_instance_class"):
                member.db_instance_class = kind
        if values.get("storage_type") == OPTIMIZED:
            again = cluster.world.utcnow() + OPTIMIZED_AGAIN
            cluster.io_optimized_next_allowed_modification_time = again


def _values(cluster: TimedCluster, asked: Mapping[str, Any]) -> dict[str, Any]:
    """By the cluster's own attributes; what is set to what it is already is no change."""
    values = {ATTRIBUTES[name]: _value(cluster, name, value) for name, value in asked.items()}
    return {name: it for name, it in values.items() if getattr(cluster, name, None) != it}


def _value(cluster: TimedCluster, name: str, value: Any) -> Any:
    match name:
        case "preferred_maintenance_window":
            return value.lower()
        case "serverless_v2_scaling_configuration":
            return {**(cluster.serverless_v2_scaling_configuration or {}), **value.original_dict()}
        case "cloudwatch_logs_export_configuration":
            kept = set(cluster.enabled_cloudwatch_logs_exports) | set(_logs(value, "Enable"))
            return sorted(kept - set(_logs(value, "Disable")))
    return value


def _logs(said: Any, what: str) -> list[str]:
    return list(said.get(f"{what}LogTypes") or ())


def _operation(names: set[str]) -> str:
    if "engine_version" in names:
        return "upgrade_db_cluster"
    if "db_cluster_instance_class" in names:
        return "modify_cluster_class"
    return "modify_windows" if names <= WINDOWS else "modify_db_cluster"


def _as_pending(values: Mapping[str, Any]) -> dict[str, Any]:
    return {PENDING[name]: value for name, value in values.items() if name in PENDING}


def _check_retention(_: TimedCluster, days: int) -> None:
    if not 1 <= days <= 35:
        raise InvalidParameterValue(
            f"Invalid backup retention period: {days}. Must be between 1 and 35."
        )


def _check_capacity(cluster: TimedCluster, said: Any) -> None:
    wanted = {**(cluster.serverless_v2_scaling_configuration or {}), **said.original_dict()}
    low, high = wanted.get("MinCapacity"), wanted.get("MaxCapacity")
    if low is None or high is None or not _is_range(low, high):
        raise InvalidParameterValue(
            "Serverless v2 capacity must go in steps of 0.5 from 0 to 256, its maximum at least 1."
        )
    pause = said.get("SecondsUntilAutoPause")
    if pause is not None and (low > 0 or not 300 <= pause <= 86_400):
        raise InvalidParameterValue(
            "SecondsUntilAutoPause must be from 300 to 86400, with a MinCapacity of 0."
        )


def _is_range(low: float, high: float) -> bool:
    halves = not (low * 2) % 1 and not (high * 2) % 1
    return halves and 0 <= low <= high <= LARGEST_CAPACITY and high >= 1


def _check_logs(cluster: TimedCluster, said: Any) -> None:
    known = next(logs for engine, logs in LOGS.items() if engine in cluster.engine)
    unknown = {*_logs(said, "Enable"), *_logs(said, "Disable")} - known
    if unknown:
        raise InvalidParameterCombination(
            f"You cannot use the log types '{', '.join(sorted(unknown))}' with engine version "
            f"{cluster.engine} {cluster.engine_version}."
        )


def _check_version(cluster: TimedCluster, version: str) -> None:
    if _numbers(version) < _numbers(cluster.engine_version):
        raise InvalidParameterCombination(
            f"Cannot upgrade {cluster.engine} from {cluster.engine_version} to {version}"
        )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _check_storage_type(cluster: TimedCluster, wanted: str) -> None:
    known = ("aurora", OPTIMIZED) if cluster.is_aurora else ("io1", "io2", "gp3")
    if wanted not in known:
        raise RDSClientError("StorageTypeNotSupported", f"Invalid storage type: {wanted}")
    again = cluster.io_optimized_next_allowed_modification_time
    if wanted == OPTIMIZED != cluster.storage_type and again and cluster.world.utcnow() < again:
        raise InvalidParameterCombination(
            f"You can change to {OPTIMIZED} again at {again:%Y-%m-%dT%H:%MZ}."
        )


def _check_iam(cluster: TimedCluster, _: bool) -> None:
    if not cluster.is_aurora:
        raise InvalidParameterCombination(
            "IAM Authentication is currently not supported by Multi-AZ DB clusters."
        )


def _check_multi_az(cluster: TimedCluster, _: Any) -> None:
    if cluster.is_aurora:
        raise InvalidParameterCombination(
            f"{cluster.engine} clusters take their class and storage from their instances."
        )


def _check_advanced(cluster: TimedCluster, asked: Mapping[str, Any]) -> None:
    on = asked.get("enable_performance_insights", cluster.performance_insights_enabled)
    days = asked.get(
        "performance_insights_retention_period", cluster.performance_insights_retention_period
    )
    if not on or days != ADVANCED_RETENTION:
        raise InvalidParameterCombination(
            "To enable the advanced mode of Database Insights, enable Performance Insights and set "
            f"the retention to {ADVANCED_RETENTION} days."
        )


CHECKS: Mapping[str, Callable[[TimedCluster, Any], None]] = {
    "backup_retention_period": _check_retention,
    "serverless_v2_scaling_configuration": _check_capacity,
    "cloudwatch_logs_export_configuration": _check_logs,
    "engine_version": _check_version,
    "storage_type": _check_storage_type,
    "enable_iam_database_authentication": _check_iam,
    **dict.fromkeys(OF_MULTI_AZ_ONLY, _check_multi_az),
}
