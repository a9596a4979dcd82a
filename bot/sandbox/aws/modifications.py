"""ModifyDBInstance: what shows at once, after some seconds, or when applied."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from moto.core.responses import ActionResult

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.engines import least_growth
from bot.sandbox.aws.models import USABLE, TimedInstance
from bot.sandbox.aws.modify_rules import Request, check
from bot.sandbox.aws.modify_steps import LOG_EXPORTS, STORAGE, Values, play
from bot.sandbox.aws.windows import next_window

WINDOWS = ("preferred_backup_window", "preferred_maintenance_window")
RENAMED: Mapping[str, str] = {
    "new_db_instance_identifier": "db_instance_identifier",
    "enable_iam_database_authentication": "iam_database_authentication_enabled",
    "enable_performance_insights": "performance_insights_enabled",
    "cloudwatch_logs_export_configuration": LOG_EXPORTS,
}
"""Parameters whose attribute has another name."""
SETTINGS = (
    "storage_type",
    "allocated_storage",
    "iops",
    "storage_throughput",
    "max_allocated_storage",
    "db_instance_class",
    "multi_az",
    "engine_version",
    "auto_minor_version_upgrade",
    "ca_certificate_identifier",
    "backup_retention_period",
    *WINDOWS,
    "copy_tags_to_snapshot",
    "deletion_protection",
    "promotion_tier",
    "publicly_accessible",
    "vpc_security_group_ids",
    "db_parameter_group_name",
    "monitoring_interval",
    "monitoring_role_arn",
    "performance_insights_retention_period",
    "database_insights_mode",
    "manage_master_user_password",
    "rotate_master_user_password",
    *RENAMED,
)
"""Every parameter that this ModifyDBInstance takes, and `MODIFIERS`."""
MODIFIERS = frozenset(
    {
        "db_instance_identifier",
        "apply_immediately",
        "allow_major_version_upgrade",
        "certificate_rotation_restart",
    }
)
DEFERRED = STORAGE | {
    "db_instance_class",
    "engine_version",
    "multi_az",
    "ca_certificate_identifier",
    "iam_database_authentication_enabled",
    "db_instance_identifier",
}
"""What waits for the maintenance window unless ApplyImmediately is true."""


class Split(NamedTuple):
    now: dict[str, Any]
    later: dict[str, Any]


class ModifyActions(Actions):
    def modify_db_instance(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        asked = self._asked()
        check(Request(self.backend, instance, asked, self.params))
        split = _split(instance, _differing(instance, asked))
        instance.pending_modified_values = {
            **{
                name: it
                for name, it in instance.pending_modified_values.items()
                if name not in asked or name in instance.underway
            },
            **split.later,
        }
        if LOG_EXPORTS in split.now:
            instance.pending_modified_values[LOG_EXPORTS] = split.now[LOG_EXPORTS]
        if self.said("ApplyImmediately"):
            play(self.backend, instance, {**split.now, **_waiting(instance)}, self._now())
        else:
            play(self.backend, instance, split.now, self._now())
            _wait_for_the_window(self.backend, instance)
        return ActionResult({"DBInstance": instance})

    def _now(self) -> float:
        return self.backend.world.now()

    def _asked(self) -> dict[str, Any]:
        """Raises NotImplementedError for a parameter that this AWS cannot play."""
        unknown = set(self.params) - set(SETTINGS) - MODIFIERS
        if unknown:
            raise NotImplementedError(f"ModifyDBInstance takes no {sorted(unknown)} here.")
        return {
            RENAMED.get(name, name): self.params[name] for name in SETTINGS if name in self.params
        }


def _differing(instance: TimedInstance, asked: Values) -> dict[str, Any]:
    """What is asked for and not so yet, as AWS will set it."""
    wanted = {name: _normal(instance, name, it) for name, it in asked.items()}
    return {name: it for name, it in wanted.items() if it != _current(instance, name)}


def _normal(instance: TimedInstance, name: str, value: Any) -> Any:
    """A growth below a tenth is rounded up; of logs those count that are not so yet."""
    if name == "allocated_storage" and value > instance.allocated_storage:
        return max(value, least_growth(instance.engine, instance.allocated_storage))
    if name in ("preferred_maintenance_window", "db_instance_identifier"):
        return value.lower()
    return _switched(instance, value) if name == LOG_EXPORTS else value


def _switched(instance: TimedInstance, wanted: Mapping[str, Any]) -> dict[str, list[str]]:
    there = instance.enabled_cloudwatch_logs_exports
    on = [one for one in wanted.get("EnableLogTypes") or () if one not in there]
    off = [one for one in wanted.get("DisableLogTypes") or () if one in there]
    return {"LogTypesToEnable": on, "LogTypesToDisable": off} if on or off else {}


def _current(instance: TimedInstance, name: str) -> Any:
    if name == LOG_EXPORTS:
        return {}
    if name == "db_parameter_group_name":
        return instance.parameter_group
    return getattr(instance, name, None)


def _split(instance: TimedInstance, wanted: Values) -> Split:
    later = {name: it for name, it in wanted.items() if _is_deferred(instance, name, it)}
    if "engine_version" in later and "db_parameter_group_name" in wanted:
        later["db_parameter_group_name"] = wanted["db_parameter_group_name"]  # comes with it
    return Split({name: it for name, it in wanted.items() if name not in later}, later)


def _is_deferred(instance: TimedInstance, name: str, value: Any) -> bool:
    """Of the retention only what switches automated backups on or off."""
    if name == "backup_retention_period":
        return 0 in (value, instance.backup_retention_period)
    return name in DEFERRED


def _waiting(instance: TimedInstance) -> dict[str, Any]:
    """All that is pending and not under way: ApplyImmediately takes it along."""
    taken = instance.underway | {LOG_EXPORTS}
    pending = instance.pending_modified_values.items()
    return {name: it for name, it in pending if name not in taken}


def _wait_for_the_window(backend: TimedBackend, instance: TimedInstance) -> None:
    if _waiting(instance):
        opens = next_window(instance.preferred_maintenance_window, backend.world.now())
        backend.world.later(opens, lambda: _window_opens(backend, instance, opens))


def _window_opens(backend: TimedBackend, instance: TimedInstance, at: float) -> None:
    there = backend.databases.get(instance.db_instance_identifier) is instance
    if there and instance.status in USABLE:
        play(backend, instance, _waiting(instance), at)
