"""RDS in plain values: AWS's JSON ends here."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.aws.session import Account
from bot.values import (
    Database,
    DBParameter,
    Export,
    Kind,
    Lifecycle,
    Maintenance,
    RDSEvent,
    Snapshot,
    Target,
)

PENDING = "pending-reboot"  #: AWS's word for parameters that wait for a restart
_SECRETS = frozenset({"MasterUserPassword"})
Raw = Mapping[str, Any]


def micros_of(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1_000_000)


def instance(raw: Raw, account: Account, region: str, seen_at: int) -> Database:
    return _database(
        raw,
        _target(raw, account, region, Kind.INSTANCE),
        account,
        seen_at,
        arn=raw.get("DBInstanceArn", ""),
        status=raw.get("DBInstanceStatus", "unknown"),
        instance_class=raw.get("DBInstanceClass", ""),
        zone=raw.get("AvailabilityZone") or "",
        secondary_zone=raw.get("SecondaryAvailabilityZone") or "",
        cluster=raw.get("DBClusterIdentifier"),
        source=raw.get("ReadReplicaSourceDBInstanceIdentifier")
        or _cluster(raw.get("ReadReplicaSourceDBClusterIdentifier")),
        replicas=(
            *(raw.get("ReadReplicaDBInstanceIdentifiers") or ()),
            *map(_cluster, raw.get("ReadReplicaDBClusterIdentifiers") or ()),
        ),
        endpoints=_hosts((raw.get("Endpoint") or {}).get("Address")),
        storage_limit_gib=raw.get("MaxAllocatedStorage"),
        certificate_until=micros_of((raw.get("CertificateDetails") or {}).get("ValidTill")),
        parameter_group=_group(raw).get("DBParameterGroupName") or "",
        parameters_wait=_group(raw).get("ParameterApplyStatus") == PENDING,
        parameter_status=_group(raw).get("ParameterApplyStatus") or "",
        subnet_group=(raw.get("DBSubnetGroup") or {}).get("DBSubnetGroupName") or "",
        option_group=_first(raw, "OptionGroupMemberships").get("OptionGroupName") or "",
        replication=_replication(raw),
        optimized=_percent(raw.get("PercentProgress")),
        certificate=raw.get("CACertificateIdentifier") or "",
        tier=raw.get("PromotionTier"),
        insights=raw.get("PerformanceInsightsEnabled"),
        insights_mode=raw.get("DatabaseInsightsMode") or "",
    )


def cluster(raw: Raw, account: Account, region: str, seen_at: int) -> Database:
    members = raw.get("DBClusterMembers") or ()
    return _database(
        raw,
        _target(raw, account, region, Kind.CLUSTER),
        account,
        seen_at,
        arn=raw.get("DBClusterArn", ""),
        status=raw.get("Status", "unknown"),
        instance_class=raw.get("DBClusterInstanceClass") or "",
        members=tuple(member["DBInstanceIdentifier"] for member in members),
        writer=next(
            (one["DBInstanceIdentifier"] for one in members if one.get("IsClusterWriter")), ""
        ),
        source=_cluster(raw.get("ReplicationSourceIdentifier")),
        replicas=tuple(raw.get("ReadReplicaIdentifiers") or ()),
        endpoints=_hosts(
            raw.get("Endpoint"), raw.get("ReaderEndpoint"), *(raw.get("CustomEndpoints") or ())
        ),
        parameter_group=raw.get("DBClusterParameterGroup") or "",
        subnet_group=raw.get("DBSubnetGroup") or "",
        members_wait=tuple(
            one["DBInstanceIdentifier"]
            for one in members
            if one.get("DBClusterParameterGroupStatus") == PENDING
        ),
        members_status={
            one["DBInstanceIdentifier"]: one.get("DBClusterParameterGroupStatus") or ""
            for one in members
        },
        capacity=_capacity(raw.get("ServerlessV2ScalingConfiguration") or {}),
        data_api=raw.get("HttpEndpointEnabled"),
        insights=raw.get("PerformanceInsightsEnabled"),
        insights_mode=raw.get("DatabaseInsightsMode") or "",
    )


def snapshot(raw: Raw, kind: Kind) -> Snapshot:
    prefix = "DB" if kind is Kind.INSTANCE else "DBCluster"
    source = "DBInstanceIdentifier" if kind is Kind.INSTANCE else "DBClusterIdentifier"
    status = raw.get("Status", "unknown")
    return Snapshot(
        identifier=raw[f"{prefix}SnapshotIdentifier"],
        kind=kind,
        source=raw.get(source, ""),
        status=status,
        percent=100 if status == "available" else raw.get("PercentProgress") or 0,
        arn=raw.get(f"{prefix}SnapshotArn", ""),
        resource_id=raw.get("DbiResourceId" if kind is Kind.INSTANCE else "DbClusterResourceId")
        or "",
        tags=_tags(raw),
        created_at=micros_of(raw.get("SnapshotCreateTime")),
        type=raw.get("SnapshotType") or "",
        engine=raw.get("Engine") or "",
        engine_version=raw.get("EngineVersion") or "",
        storage_gib=raw.get("AllocatedStorage"),
        encrypted=raw.get("Encrypted" if kind is Kind.INSTANCE else "StorageEncrypted"),
        key=raw.get("KmsKeyId") or "",
        copied_from=raw.get(_COPIED_FROM[kind]) or "",
        source_region=raw.get("SourceRegion") or "" if kind is Kind.INSTANCE else "",
    )


#: Of which other snapshot it is a copy.
_COPIED_FROM = {
    Kind.INSTANCE: "SourceDBSnapshotIdentifier",
    Kind.CLUSTER: "SourceDBClusterSnapshotArn",
}


def seen_snapshot(one: Snapshot, account: Account, region: str, seen_at: int) -> Database:
    """As a database is seen, with what it was taken of."""
    target = Target(
        account=account.id,
        region=region,
        kind=one.kind.snapshot,
        identifier=one.identifier,
        resource_id="" if one.created_at is None else str(one.created_at),
    )
    return Database(
        target=target,
        account_name=account.name,
        arn=one.arn,
        status=one.status,
        engine=one.engine,
        engine_version=one.engine_version,
        storage_gib=one.storage_gib,
        encrypted=one.encrypted,
        tags=one.tags,
        taken_of=_origin(one, target),
        seen_at=seen_at,
    )


def _origin(one: Snapshot, own: Target) -> Target:
    """What it was taken of; a copy, or a shared one, says where that is."""
    arn = (one.copied_from or one.arn).split(":")
    account, region = (arn[4], arn[3]) if len(arn) > 4 else (own.account, own.region)
    return Target(
        account=account,
        region=region if one.copied_from else one.source_region or region,
        kind=one.kind,
        identifier=one.source,
        resource_id=one.resource_id,
    )


def export(raw: Raw) -> Export:
    return Export(
        identifier=raw.get("ExportTaskIdentifier") or "",
        source_arn=raw.get("SourceArn") or "",
        status=raw.get("Status") or "unknown",
        percent=raw.get("PercentProgress") or 0,
        cause=raw.get("FailureCause") or raw.get("WarningMessage") or "",
        bucket=raw.get("S3Bucket") or "",
        started_at=micros_of(raw.get("TaskStartTime")),
    )


def parameter(raw: Raw) -> DBParameter:
    return DBParameter(
        name=raw["ParameterName"],
        value=raw.get("ParameterValue"),
        source=raw.get("Source") or "",
        # What AWS does not call dynamic is not promised to change without a restart.
        is_static=raw.get("ApplyType") != "dynamic",
        is_modifiable=bool(raw.get("IsModifiable")),
        allowed=raw.get("AllowedValues") or "",
        data_type=raw.get("DataType") or "",
        method=raw.get("ApplyMethod") or "",
    )


def event(raw: Raw) -> RDSEvent:
    return RDSEvent(
        at=micros_of(raw["Date"]) or 0,
        source_kind=raw.get("SourceType", ""),
        source=raw.get("SourceIdentifier", ""),
        message=raw.get("Message", ""),
        id=raw.get("EventId") or "",
        categories=tuple(raw.get("EventCategories") or ()),
    )


def maintenance(raw: Raw) -> Iterator[Maintenance]:
    """What is pending for one resource."""
    for one in raw.get("PendingMaintenanceActionDetails") or ():
        forced, after = (
            micros_of(one.get("ForcedApplyDate")),
            micros_of(one.get("AutoAppliedAfterDate")),
        )
        earliest = min((at for at in (forced, after) if at is not None), default=None)
        holds = micros_of(one.get("CurrentApplyDate"))
        yield Maintenance(
            arn=raw.get("ResourceIdentifier", ""),
            action=one.get("Action", ""),
            description=one.get("Description", ""),
            due_at=earliest if holds is None else holds,
            auto_after=after,
            forced_at=forced,
            asked_for=one.get("OptInStatus") or "",
        )


def lifecycle(raw: Raw) -> Lifecycle:
    ends = {
        one["LifecycleSupportName"].rpartition("-rds-")[2]: micros_of(
            one.get("LifecycleSupportEndDate")
        )
        for one in raw.get("SupportedEngineLifecycles") or ()
    }
    return Lifecycle(
        engine=raw.get("Engine", ""),
        major=raw.get("MajorEngineVersion", ""),
        standard_until=ends.get("standard-support"),
        extended_until=ends.get("extended-support"),
    )


def _database(raw: Raw, target: Target, account: Account, seen_at: int, **own: Any) -> Database:
    """AWS has the same words for this of an instance and of a cluster; ``own`` are the others."""
    return Database(
        target=target,
        account_name=account.name,
        engine=raw.get("Engine", ""),
        engine_version=raw.get("EngineVersion", ""),
        storage_gib=raw.get("AllocatedStorage"),
        multi_az=bool(raw.get("MultiAZ")),
        tags=_tags(raw),
        copies_tags=bool(raw.get("CopyTagsToSnapshot")),
        backup_window=raw.get("PreferredBackupWindow") or "",
        maintenance_window=raw.get("PreferredMaintenanceWindow") or "",
        backup_retention_days=raw.get("BackupRetentionPeriod") or 0,
        latest_restorable_at=micros_of(raw.get("LatestRestorableTime")),
        pending=_pending(raw.get("PendingModifiedValues") or {}),
        restarts_at=micros_of(raw.get("AutomaticRestartTime")),
        storage_type=raw.get("StorageType") or "",
        iops=raw.get("Iops"),
        throughput=raw.get("StorageThroughput"),
        monitoring_seconds=raw.get("MonitoringInterval"),
        monitoring_role=raw.get("MonitoringRoleArn") or "",
        insights_days=raw.get("PerformanceInsightsRetentionPeriod"),
        log_exports=tuple(sorted(raw.get("EnabledCloudwatchLogsExports") or ())),
        security_groups=tuple(sorted(one["VpcSecurityGroupId"] for one in _groups(raw))),
        security_groups_wait=any(one.get("Status") != "active" for one in _groups(raw)),
        secret_arn=_secret(raw).get("SecretArn") or "",
        secret_status=_secret(raw).get("SecretStatus") or "",
        auto_upgrade=raw.get("AutoMinorVersionUpgrade"),
        iam_auth=raw.get("IAMDatabaseAuthenticationEnabled"),
        encrypted=raw.get("StorageEncrypted"),
        public=raw.get("PubliclyAccessible"),
        deletion_protection=raw.get("DeletionProtection"),
        extended_support=_outlives(raw),
        seen_at=seen_at,
        **own,
    )


def _target(raw: Raw, account: Account, region: str, kind: Kind) -> Target:
    instance_like = kind is Kind.INSTANCE
    return Target(
        account=account.id,
        region=region,
        kind=kind,
        identifier=raw["DBInstanceIdentifier" if instance_like else "DBClusterIdentifier"],
        resource_id=raw.get("DbiResourceId" if instance_like else "DbClusterResourceId") or "",
    )


def _hosts(*names: str | None) -> tuple[str, ...]:
    return tuple(name.lower() for name in names if name)


def _tags(raw: Raw) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in raw.get("TagList") or ()}


def _cluster(named: str | None) -> str:
    """A name that is no ARN, marked as that of a cluster; empty for none."""
    if not named:
        return ""
    return named if ":" in named else f"cluster:{named}"


def _outlives(raw: Raw) -> bool | None:
    said = raw.get("EngineLifecycleSupport")
    return None if said is None else not str(said).endswith("-disabled")


def _group(raw: Raw) -> Raw:
    """The parameter group of an instance."""
    return _first(raw, "DBParameterGroups")


def _first(raw: Raw, key: str) -> Raw:
    found: Raw = next(iter(raw.get(key) or ()), {})
    return found


def _replication(raw: Raw) -> str:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceStatusInfo.html"""
    infos = raw.get("StatusInfos") or ()
    said = (one.get("Status") for one in infos if one.get("StatusType") == "read replication")
    return next(said, None) or ""


def _groups(raw: Raw) -> list[Raw]:
    return [one for one in raw.get("VpcSecurityGroups") or () if one.get("VpcSecurityGroupId")]


def _secret(raw: Raw) -> Raw:
    """The one with the password of its master user, where RDS manages it."""
    return raw.get("MasterUserSecret") or {}


def _percent(said: str | None) -> int | None:
    return int(said) if said and said.isdecimal() else None


def _capacity(scaling: Raw) -> tuple[float, float] | None:
    if "MaxCapacity" not in scaling:
        return None
    return float(scaling.get("MinCapacity") or 0), float(scaling["MaxCapacity"])


def _pending(values: Raw) -> dict[str, str]:
    return {
        name: "(secret)" if name in _SECRETS else worded(value)
        for name, value in values.items()
        if worded(value)
    }


def worded(value: Any) -> str:
    """What AWS nests, in words: ``LogTypesToEnable: audit, error``; empty where nothing is in it.

    ProcessorFeatures and their like are lists of ``{"Name": …, "Value": …}``.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case {"Name": name, "Value": given}:
            return f"{name} {worded(given)}"
        case dict():
            inner = {name: worded(one) for name, one in value.items()}
            return "; ".join(f"{name}: {said}" for name, said in inner.items() if said)
        case list() | tuple():
            return ", ".join(filter(None, map(worded, value)))
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case _:
            return str(value)
