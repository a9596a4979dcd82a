"""Puts declared databases straight into moto: no request, no backup, a thousand in a moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from moto.rds.models import rds_backends

from bot.sandbox.aws import security_groups
from bot.sandbox.aws.backend import ENGINE_VERSIONS, TimedBackend
from bot.sandbox.aws.engines import DEFAULT_AUTHORITY, family
from bot.sandbox.aws.fleet import ClusterSpec, InstanceSpec
from bot.sandbox.aws.models import Maintenance, TimedCluster, TimedInstance, TimedMember
from bot.sandbox.aws.stops import rest

MAINTENANCE = {
    "system-update": "New Operating System update is available",
    "db-upgrade": "Minor version upgrade is available",
    "ca-certificate-rotation": "The CA certificate expires soon. Rotate it",
}
SECURITY_GROUPS = [security_groups.FIRST]


def seed(specs: Iterable[InstanceSpec | ClusterSpec]) -> None:
    for spec in specs:
        backend = cast(TimedBackend, rds_backends[spec.account][spec.region])
        match spec:
            case InstanceSpec():
                _add_instance(backend, spec)
            case ClusterSpec():
                _add_cluster(backend, spec)


def _add_instance(backend: TimedBackend, spec: InstanceSpec) -> None:
    instance = TimedInstance.declared(
        backend,
        db_instance_identifier=spec.identifier,
        db_instance_class=spec.instance_class,
        engine=_moto(spec.engine),
        engine_version=spec.engine_version or ENGINE_VERSIONS[spec.engine],
        copy_tags_to_snapshot=spec.copies_tags,
        allocated_storage=spec.storage_gib,
        max_allocated_storage=spec.storage_limit_gib,
        storage_type="gp3",
        master_username="dba",
        multi_az=spec.multi_az,
        availability_zone=spec.region + spec.zone,
        preferred_backup_window=spec.backup_window,
        preferred_maintenance_window=spec.maintenance_window,
        backup_retention_period=spec.retention_days,
        vpc_security_group_ids=SECURITY_GROUPS,
        storage_encrypted=True,
        ca_certificate_identifier=DEFAULT_AUTHORITY,
        db_parameter_group_name=_parameter_group(backend, spec),
        tags=_tag_list(spec.tags),
    )
    instance.engine = spec.engine
    instance.parameters_wait = spec.parameters_wait
    instance.status = spec.status
    instance.certificate_until = instance.created + timedelta(days=spec.certificate_days)
    instance.pending_maintenance = _maintenance(spec, instance.created)
    instance.performance_insights_enabled = spec.insights
    _keep(backend, instance, spec.age_days)
    _back_up(backend, spec)
    if spec.status == "stopped":
        rest(backend, instance)
    if spec.replica_of:
        _make_replica(_source(backend, spec.replica_of), instance)


def resource_id(spec: InstanceSpec | ClusterSpec) -> str:
    """AWS's own id of what was seeded so."""
    backend = cast(TimedBackend, rds_backends[spec.account][spec.region])
    if isinstance(spec, ClusterSpec):
        return str(backend.cluster(spec.identifier).db_cluster_resource_id)
    return str(backend.instance(spec.identifier).dbi_resource_id)


def _maintenance(spec: InstanceSpec | ClusterSpec, now: datetime) -> tuple[Maintenance, ...]:
    if not spec.maintenance:
        return ()
    at = now + timedelta(days=spec.maintenance_days)
    return (Maintenance(spec.maintenance, MAINTENANCE.get(spec.maintenance, ""), at),)


def _add_cluster(backend: TimedBackend, spec: ClusterSpec) -> None:
    cluster = TimedCluster(
        backend,
        db_cluster_identifier=spec.identifier,
        engine=_moto(spec.engine),
        engine_version=spec.engine_version or ENGINE_VERSIONS[spec.engine],
        copy_tags_to_snapshot=spec.copies_tags,
        master_username="dba",
        master_user_password="not-a-secret",
        preferred_backup_window=spec.backup_window,
        preferred_maintenance_window=spec.maintenance_window,
        backup_retention_period=spec.retention_days,
        vpc_security_group_ids=SECURITY_GROUPS,
        storage_encrypted=True,
        db_cluster_parameter_group_name=_cluster_parameter_group(backend, spec),
        serverless_v2_scaling_configuration=_capacity(spec.serverless),
        tags=_tag_list(spec.tags),
    )
    cluster.engine = spec.engine
    cluster.cluster_create_time = cluster.created - timedelta(days=spec.age_days)
    cluster.pending_maintenance = _maintenance(spec, cluster.created)
    backend.clusters[spec.identifier] = cluster
    if spec.replica_of:
        region, account, _, name = spec.replica_of.split(":")[3:]
        source = cast(TimedBackend, rds_backends[account][region]).cluster(name)
        cluster.replication_source_identifier = source.arn
        source.read_replica_identifiers.append(cluster.arn)
    _back_up(backend, spec)
    for number, name in enumerate(spec.members):
        _add_member(backend, spec, name, zone="abc"[number % 3])


def _add_member(backend: TimedBackend, spec: ClusterSpec, name: str, zone: str) -> None:
    member = TimedMember.declared(
        backend,
        db_instance_identifier=name,
        db_cluster_identifier=spec.identifier,
        db_instance_class="db.serverless" if spec.serverless else spec.instance_class,
        engine=_moto(spec.engine),
        availability_zone=spec.region + zone,
        preferred_maintenance_window=spec.maintenance_window,
        ca_certificate_identifier=DEFAULT_AUTHORITY,
        tags=_tag_list(spec.tags),
    )
    member.engine = spec.engine
    member.performance_insights_enabled = True
    member.cluster_parameters.waits = name in spec.waiting
    _keep(backend, member, spec.age_days)


def _keep(backend: TimedBackend, instance: TimedInstance, age_days: int) -> None:
    instance.instance_create_time = instance.created - timedelta(days=age_days)
    instance.created = instance.instance_create_time
    backend.databases[instance.db_instance_identifier] = instance


def _moto(engine: str) -> str:
    """An engine of which moto makes the like; it knows none of RDS Custom and no DocumentDB."""
    return "neptune" if engine == "docdb" else engine.removeprefix("custom-")


def _parameter_group(backend: TimedBackend, spec: InstanceSpec) -> str | None:
    """Of its own, where anything is set in it; else AWS's default."""
    if not spec.parameters:
        return None
    name = f"{spec.identifier}-parameters"
    backend.create_db_parameter_group(
        {
            "db_parameter_group_name": name,
            "db_parameter_group_family": _family(spec),
            "description": f"Parameters of {spec.identifier}",
        }
    )
    backend.modify_db_parameter_group(name, _for_a_restart(spec.parameters))
    return name


def _back_up(backend: TimedBackend, spec: InstanceSpec | ClusterSpec) -> None:
    """Automated snapshots, named by AWS after the minute in which they began, and manual ones."""
    now = backend.world.utcnow()
    hour, minute = map(int, spec.backup_window[:5].split(":"))
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    last = today if today <= now else today - timedelta(days=1)
    for day in range(spec.backups):
        at = last - timedelta(days=day)
        made = _automated(backend, spec, f"rds:{spec.identifier}-{at:%Y-%m-%d-%H-%M}")
        made.created = made.original_snapshot_create_time = at
    for name, days in spec.snapshots.items():
        made = _manual(backend, spec, name)
        made.created = made.original_snapshot_create_time = now - timedelta(days=days)


def _automated(backend: TimedBackend, spec: InstanceSpec | ClusterSpec, name: str) -> Any:
    if isinstance(spec, ClusterSpec):
        return backend.create_auto_cluster_snapshot(spec.identifier, name)
    return backend.create_auto_snapshot(spec.identifier, name)


def _manual(backend: TimedBackend, spec: InstanceSpec | ClusterSpec, name: str) -> Any:
    if isinstance(spec, ClusterSpec):
        return backend.create_db_cluster_snapshot(spec.identifier, name)
    return backend.create_db_snapshot(spec.identifier, name)


def _family(spec: InstanceSpec | ClusterSpec) -> str:
    return family(spec.engine, spec.engine_version or ENGINE_VERSIONS[spec.engine])


def _source(backend: TimedBackend, named: str) -> TimedInstance:
    """By its name, or in another region by its ARN."""
    if ":" not in named:
        return backend.instance(named)
    region, account, _, name = named.split(":")[3:]
    return cast(TimedBackend, rds_backends[account][region]).instance(name)


def _cluster_parameter_group(backend: TimedBackend, spec: ClusterSpec) -> str | None:
    if not spec.parameters:
        return None
    name = f"{spec.identifier}-parameters"
    backend.create_db_cluster_parameter_group(
        name, _family(spec), f"Parameters of {spec.identifier}", tags=None
    )
    backend.modify_db_cluster_parameter_group(name, _for_a_restart(spec.parameters))
    return name


def _for_a_restart(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"ParameterName": one, "ParameterValue": it, "ApplyType": "static",
         "ApplyMethod": "pending-reboot"}
        for one, it in parameters.items()
    ]  # fmt: skip


def _make_replica(primary: TimedInstance, replica: TimedInstance) -> None:
    """AWS names either by its ARN where they are in different regions."""
    replica.set_as_replica()
    near = primary.region == replica.region
    replica.source_db_instance_identifier = (
        primary.db_instance_identifier if near else primary.db_instance_arn
    )
    primary.add_replica(replica)


def _capacity(serverless: tuple[float, float] | None) -> dict[str, float] | None:
    return serverless and {"MinCapacity": serverless[0], "MaxCapacity": serverless[1]}


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
