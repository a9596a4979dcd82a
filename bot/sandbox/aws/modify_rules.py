"""What ModifyDBInstance refuses, in AWS's codes: the first rule that is broken answers."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from moto.rds.exceptions import (
    DBInstanceAlreadyExists,
    DBParameterGroupNotFoundError,
    InvalidParameterCombination,
    InvalidParameterValue,
    RDSClientError,
)

from bot.sandbox.aws import engines, security_groups
from bot.sandbox.aws.backend import TimedBackend, require
from bot.sandbox.aws.models import OPTIMIZING, USABLE, TimedInstance
from bot.sandbox.aws.modify_steps import INSIGHTS, LOG_EXPORTS, MONITORING, STORAGE, WINDOWS, Values
from bot.sandbox.aws.offers import certificate_not_found
from bot.sandbox.aws.windows import check_windows

COOLS_FOR = 6 * 3600
"""Seconds from one change of storage to the next."""
MODIFIABLE = (*USABLE, "incompatible-parameters")
INTERVALS = (0, 1, 5, 10, 15, 30, 60)
RETENTIONS = frozenset({7, 731, *(31 * months for months in range(1, 24))})
ADVANCED_DAYS = 465
NAME = re.compile(r"[a-z](?:-?[a-z0-9]){0,62}")
OF_THE_CLUSTER: Mapping[str, str] = {
    "allocated_storage": "storage",
    "backup_retention_period": "backup retention period",
    "deletion_protection": "deletion protection",
    "engine_version": "engine version",
    "iam_database_authentication_enabled": "IAM database authentication",
    "iops": "storage",
    "manage_master_user_password": "master user password",
    "max_allocated_storage": "storage",
    "multi_az": "availability",
    LOG_EXPORTS: "log exports",
    "preferred_backup_window": "backup window",
    "rotate_master_user_password": "master user password",
    "storage_throughput": "storage",
    "storage_type": "storage",
    "vpc_security_group_ids": "security groups",
}
"""What a member leaves to its cluster."""


class Request(NamedTuple):
    """`asked` by attribute, as it was said; `said` are all parameters of the call."""

    backend: TimedBackend
    instance: TimedInstance
    asked: Values
    said: Mapping[str, Any]


Rule = Callable[[Request], None]


def check(request: Request) -> None:
    """Raises RDSClientError with a code of AWS's for what AWS would refuse."""
    _check_state(request.instance, request.asked)
    for concerned, rule in RULES:
        if concerned & set(request.asked):
            rule(request)


def _check_state(instance: TimedInstance, asked: Values) -> None:
    """A full disk may be given more storage, and nothing else beside it."""
    mends = "allocated_storage" in asked and not set(asked) - STORAGE - {"max_allocated_storage"}
    require(instance, (*MODIFIABLE, "storage-full") if mends else MODIFIABLE)


def _members(it: Request) -> None:
    if it.instance.db_cluster_identifier:
        what = next(words for name, words in OF_THE_CLUSTER.items() if name in it.asked)
        raise InvalidParameterCombination(
            "The requested DB Instance is a member of a DB cluster. "
            f"Modify the {what} of the DB cluster instead."
        )


def _windows(it: Request) -> None:
    check_windows(
        it.asked.get("preferred_backup_window", it.instance.preferred_backup_window),
        it.asked.get("preferred_maintenance_window", it.instance.preferred_maintenance_window),
    )


def _storage(it: Request) -> None:
    gib = it.asked.get("allocated_storage", it.instance.allocated_storage)
    if gib < it.instance.allocated_storage:
        raise InvalidParameterCombination(
            f"Requested storage size ({gib}) cannot be less than the current "
            f"storage size ({it.instance.allocated_storage})."
        )
    if gib > engines.LARGEST_GIB:
        raise InvalidParameterValue(
            f"Invalid storage size for engine name {it.instance.engine} and storage type "
            f"{it.instance.storage_type}: {gib}"
        )
    if all(it.asked[name] == getattr(it.instance, name) for name in STORAGE & set(it.asked)):
        return
    _cools(it.instance)
    _storage_type(it.instance, it.asked, gib)


def _cools(instance: TimedInstance) -> None:
    if instance.status == OPTIMIZING:
        raise InvalidParameterCombination(
            "You can't currently modify the storage of this DB instance because the previous "
            "storage change is being optimized."
        )
    changed, world = instance.storage_changed_at, instance.world
    if changed is not None and world.now() < changed + COOLS_FOR / world.pace:
        raise InvalidParameterCombination(
            "You can't currently modify the storage of this DB instance because it was modified "
            "within the last 6 hours."
        )


def _storage_type(instance: TimedInstance, asked: Values, gib: int) -> None:
    kind = asked.get("storage_type", instance.storage_type)
    if kind not in engines.storage_types(instance.engine):
        raise RDSClientError("StorageTypeNotSupported", f"Invalid storage type: {kind}")
    fine_tuned = {"iops", "storage_throughput"} & set(asked)
    if fine_tuned and not engines.takes_iops(instance.engine, kind, gib):
        raise InvalidParameterCombination(
            f"You can't specify IOPS or storage throughput for engine {instance.engine} and a "
            f"storage size less than {engines.tunable_from(instance.engine)}."
        )
    if kind in ("io1", "io2") and not (asked.get("iops") or instance.iops):
        raise InvalidParameterCombination(f"The storage type {kind} requires IOPS.")


def _ceiling(it: Request) -> None:
    gib = it.asked.get("allocated_storage", it.instance.allocated_storage)
    if it.asked["max_allocated_storage"] < gib:
        raise InvalidParameterCombination("Max storage size must be greater than storage size")


def _class(it: Request) -> None:
    wanted = it.asked["db_instance_class"]
    if wanted not in engines.classes(it.instance.engine):
        raise InvalidParameterCombination(
            "RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={wanted}, Engine={it.instance.engine}, "
            f"EngineVersion={it.instance.engine_version}."
        )


def _version(it: Request) -> None:
    engine, before, after = (
        it.instance.engine,
        it.instance.engine_version,
        it.asked["engine_version"],
    )
    if after == before:
        return
    if after not in engines.targets(engine, before):
        raise InvalidParameterCombination(f"Cannot upgrade {engine} from {before} to {after}")
    if engines.major(engine, before) != engines.major(engine, after):
        _major(it.instance, it.asked, it.said)
    if engine in ("mysql", "mariadb") and any(
        one in it.backend.databases and it.backend.databases[one].engine_version != after
        for one in it.instance.replicas
    ):
        raise RDSClientError(
            "DBUpgradeDependencyFailure",
            "One or more of the DB Instance's read replicas need to be upgraded: "
            + ", ".join(it.instance.replicas),
        )


def _major(instance: TimedInstance, asked: Values, said: Mapping[str, Any]) -> None:
    if not said.get("AllowMajorVersionUpgrade"):
        raise InvalidParameterCombination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major "
            "version."
        )
    [group] = instance.db_parameter_groups()
    if not group.name.startswith("default.") and "db_parameter_group_name" not in asked:
        raise InvalidParameterCombination(
            f"The current DB instance parameter group {group.name} is custom. You must explicitly "
            "specify a new DB parameter group, either default or custom, for the engine version "
            "upgrade."
        )


def _authority(it: Request) -> None:
    if it.asked["ca_certificate_identifier"] not in engines.AUTHORITIES:
        raise certificate_not_found(it.asked["ca_certificate_identifier"])


def _retention(it: Request) -> None:
    days = it.asked["backup_retention_period"]
    if not 0 <= days <= 35:
        raise InvalidParameterValue(
            f"Invalid backup retention period: {days}. Must be between 0 and 35 days."
        )
    if days == 0 and it.instance.replicas:
        raise InvalidParameterCombination(
            "Automated backups cannot be turned off while the DB instance has read replicas."
        )


def _security_groups(it: Request) -> None:
    groups = it.asked["vpc_security_group_ids"]
    for one in security_groups.unknown(it.backend.account_id, it.backend.region_name, groups):
        raise InvalidParameterValue(f"Invalid security group , groupId= {one}, groupName=.")


def _parameter_group(it: Request) -> None:
    name = it.asked["db_parameter_group_name"]
    version = it.asked.get("engine_version", it.instance.engine_version)
    family = engines.family(it.instance.engine, version)
    it.backend.make_default_groups()
    if name == f"default.{family}":
        return
    group = it.backend.db_parameter_groups.get(name)
    if group is None:
        raise DBParameterGroupNotFoundError(name)
    if group.family != family:
        raise InvalidParameterCombination(
            f"The parameter group {name} with DBParameterGroupFamily {group.family} can't be used "
            f"for this instance. Please use a Parameter Group with DBParameterGroupFamily {family}"
        )


def _monitoring(it: Request) -> None:
    interval = it.asked.get("monitoring_interval", it.instance.monitoring_interval)
    if interval not in INTERVALS:
        raise InvalidParameterValue(
            f"Invalid value {interval} for MonitoringInterval. Must be one of "
            + ", ".join(map(str, INTERVALS))
        )
    if interval and not it.asked.get("monitoring_role_arn", it.instance.monitoring_role_arn):
        raise InvalidParameterCombination(
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval value "
            "other than 0."
        )
    if not interval and it.asked.get("monitoring_role_arn"):
        raise InvalidParameterCombination(
            "You must specify a MonitoringInterval value other than 0 when you specify a "
            "MonitoringRoleARN value."
        )


def _insights(it: Request) -> None:
    on = it.asked.get("performance_insights_enabled", it.instance.performance_insights_enabled)
    days = it.asked.get(
        "performance_insights_retention_period", it.instance.performance_insights_retention
    )
    if "performance_insights_retention_period" in it.asked and not on:
        raise InvalidParameterCombination(
            "To set the Performance Insights retention period, Performance Insights must be enabled"
        )
    if days not in RETENTIONS:
        raise InvalidParameterValue(f"Invalid Performance Insights retention period: {days}")
    mode = it.asked.get("database_insights_mode", it.instance.database_insights_mode)
    if mode == "advanced" and not (on and days >= ADVANCED_DAYS):
        raise InvalidParameterCombination(
            "To enable the Advanced mode of Database Insights, Performance Insights must be "
            f"enabled with a retention period of at least {ADVANCED_DAYS} days."
        )


def _logs(it: Request) -> None:
    wanted = it.asked[LOG_EXPORTS]
    names = [*(wanted.get("EnableLogTypes") or ()), *(wanted.get("DisableLogTypes") or ())]
    strange = [one for one in names if one not in engines.LOGS.get(it.instance.engine, ())]
    if strange:
        raise InvalidParameterCombination(
            f"You cannot use the log types '{','.join(strange)}' with engine version "
            f"{it.instance.engine} {it.instance.engine_version}."
        )


def _password(it: Request) -> None:
    if it.instance.replicas and not it.instance.engine.startswith("sqlserver-"):
        raise InvalidParameterCombination(
            "ManageMasterUserPassword isn't supported for a DB instance with read replicas."
        )
    if it.asked.get("manage_master_user_password") is False:
        raise InvalidParameterCombination(
            "MasterUserPassword is required when you turn off ManageMasterUserPassword."
        )


def _rotation(it: Request) -> None:
    if not it.said.get("ApplyImmediately"):
        raise InvalidParameterCombination(
            "You must specify apply immediately when rotating the master user password."
        )
    if not it.instance.manage_master_user_password:
        raise InvalidParameterCombination(
            "RotateMasterUserPassword needs a master user password that RDS manages."
        )


def _name(it: Request) -> None:
    name = it.asked["db_instance_identifier"].lower()
    if not NAME.fullmatch(name):
        raise InvalidParameterValue(
            "The parameter NewDBInstanceIdentifier is not a valid identifier. Identifiers must "
            "begin with a letter; must contain only ASCII letters, digits, and hyphens; and must "
            "not end with a hyphen or contain two consecutive hyphens."
        )
    if name in it.backend.databases:
        raise DBInstanceAlreadyExists


def _tier(it: Request) -> None:
    if not 0 <= it.asked["promotion_tier"] <= 15:
        raise InvalidParameterValue("The promotion tier must be between 0 and 15.")


RULES: tuple[tuple[frozenset[str], Rule], ...] = (
    (frozenset(OF_THE_CLUSTER), _members),
    (WINDOWS, _windows),
    (STORAGE, _storage),
    (frozenset({"max_allocated_storage"}), _ceiling),
    (frozenset({"db_instance_class"}), _class),
    (frozenset({"engine_version"}), _version),
    (frozenset({"ca_certificate_identifier"}), _authority),
    (frozenset({"backup_retention_period"}), _retention),
    (frozenset({"vpc_security_group_ids"}), _security_groups),
    (frozenset({"db_parameter_group_name"}), _parameter_group),
    (MONITORING, _monitoring),
    (INSIGHTS, _insights),
    (frozenset({LOG_EXPORTS}), _logs),
    (frozenset({"manage_master_user_password", "rotate_master_user_password"}), _password),
    (frozenset({"rotate_master_user_password"}), _rotation),
    (frozenset({"db_instance_identifier"}), _name),
    (frozenset({"promotion_tier"}), _tier),
)
