"""ModifyDBInstance: what shows at once, after some seconds, or when applied."""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import require
from bot.sandbox.aws.models import USABLE, Timed, TimedInstance, assign
from bot.sandbox.aws.windows import check_windows

WINDOWS = ("preferred_backup_window", "preferred_maintenance_window")
STORAGE = frozenset({"allocated_storage", "storage_type", "iops", "storage_throughput"})
DEFERRED = STORAGE | {"db_instance_class", "engine_version", "multi_az"}
"""What waits for the maintenance window unless ApplyImmediately is true."""


class ModifyActions(Actions):
    def modify_db_instance(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        windows, deferred = self._take(WINDOWS), self._take(DEFERRED)
        self._check_instance(instance, windows, deferred)
        require(instance, (*USABLE, "stopped", "incompatible-parameters", "storage-full"))
        result = super().modify_db_instance()
        self._change_windows(instance, windows)
        instance.pending_modified_values |= deferred
        if instance.pending_modified_values and self.said("ApplyImmediately"):
            self._apply_pending(instance)
        return result

    def _take(self, names: Any) -> dict[str, Any]:
        """Remove these parameters from what moto will see, and apply, at once."""
        taken = {name: self.params.pop(name) for name in names if name in self.params}
        if "preferred_maintenance_window" in taken:
            taken["preferred_maintenance_window"] = taken["preferred_maintenance_window"].lower()
        return taken

    def _check_instance(
        self, instance: TimedInstance, windows: dict[str, Any], deferred: dict[str, Any]
    ) -> None:
        if instance.db_cluster_identifier and "preferred_backup_window" in windows:
            raise InvalidParameterCombination(
                "The requested DB Instance is a member of a DB cluster. "
                "Modify the backup window of the DB cluster instead."
            )
        check_windows(
            windows.get(WINDOWS[0], instance.preferred_backup_window),
            windows.get(WINDOWS[1], instance.preferred_maintenance_window),
        )
        wanted_gib = deferred.get("allocated_storage", instance.allocated_storage)
        if wanted_gib < instance.allocated_storage:
            raise InvalidParameterCombination(
                f"Requested storage size ({wanted_gib}) cannot be less than the current "
                f"storage size ({instance.allocated_storage})."
            )

    def _change_windows(self, resource: Timed, windows: dict[str, Any]) -> None:
        if not windows:
            return
        seen_at = resource.undergo("modify_windows").ends_at
        resource.world.later(seen_at, lambda: assign(resource, windows))

    def _apply_pending(self, instance: TimedInstance) -> None:
        values = dict(instance.pending_modified_values)
        storage = bool(STORAGE & set(values))
        timeline = instance.undergo("modify_storage" if storage else "modify_db_instance")
        begun, ended = ("0018", "0017") if storage else ("0012", "0014")
        self.backend.emit(f"RDS-EVENT-{begun}", instance, timeline.begins("modifying"))
        self.backend.emit(f"RDS-EVENT-{ended}", instance, timeline.ends("modifying"))
        instance.world.later(timeline.ends("modifying"), lambda: applied(instance, values))


def applied(instance: TimedInstance, values: dict[str, Any]) -> None:
    assign(instance, values)
    pending = instance.pending_modified_values
    instance.pending_modified_values = {
        name: value for name, value in pending.items() if values.get(name) != value
    }
