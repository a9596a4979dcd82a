"""Pending maintenance: what waits, and what becomes of it now, in the next window or not at all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, timedelta

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue, RDSClientError

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import TimedBackend, require, require_cluster
from bot.sandbox.aws.models import Maintenance, TimedCluster, TimedInstance
from bot.sandbox.aws.timeline import Timeline
from bot.sandbox.aws.windows import next_window
from bot.sandbox.aws.world import naive

Maintained = TimedInstance | TimedCluster

IMMEDIATE, NEXT, UNDO = "immediate", "next-maintenance", "undo-opt-in"
OPERATIONS: Mapping[str, tuple[str, str]] = {
    "db-upgrade": ("upgrade_db_instance", "upgrade_db_cluster"),
    "system-update": ("maintain", "maintain"),
    "os-upgrade": ("maintain", "maintain"),
    "hardware-maintenance": ("maintain", "maintain"),
    "ca-certificate-rotation": ("rotate_certificate", "rotate_certificate"),
}
"""How an action takes place, at an instance and at a cluster: plans by their names."""
CERTIFICATE, CERTIFICATE_LASTS = "rds-ca-rsa2048-g1", timedelta(days=365)

PATCHED = ("RDS-EVENT-0026", "RDS-EVENT-0027")
UPGRADED = ("RDS-EVENT-0267", "RDS-EVENT-0268")
CLUSTER_PATCHED = ("RDS-EVENT-0288", "RDS-EVENT-0289")
CLUSTER_UPGRADED = ("RDS-EVENT-0177", "RDS-EVENT-0173")


class MaintenanceActions(Actions):
    def describe_pending_maintenance_actions(self) -> ActionResult:
        wanted = self.said("ResourceIdentifier")
        found = [
            _pending(one)
            for one in self._maintained()
            if one.pending_maintenance and wanted in (None, one.arn)
        ]
        return self.paged("PendingMaintenanceActions", found, key=_arn)

    def apply_pending_maintenance_action(self) -> ActionResult:
        resource = self._resource(self.said("ResourceIdentifier"))
        action = _pending_action(resource, self.said("ApplyAction"))
        if isinstance(resource, TimedCluster):
            require_cluster(resource, ("available",))
        else:
            require(resource, ("available",))
        match self.said("OptInType"):
            case "immediate":
                opt_in(self.backend, resource, action, resource.world.now(), IMMEDIATE)
            case "next-maintenance":
                at = next_window(resource.preferred_maintenance_window, resource.world.now())
                opt_in(self.backend, resource, action, at, NEXT)
            case "undo-opt-in":
                _undo(resource, action)
            case other:
                raise InvalidParameterValue(f"Invalid value {other} for OptInType.")
        return ActionResult({"ResourcePendingMaintenanceActions": _pending(resource)})

    def _maintained(self) -> Iterable[Maintained]:
        for one in (*self.backend.databases.values(), *self.backend.clusters.values()):
            if isinstance(one, TimedInstance | TimedCluster):
                yield one

    def _resource(self, arn: str) -> Maintained:
        found = next((one for one in self._maintained() if one.arn == arn), None)
        if found is None:
            raise _missing(f"Resource {arn} not found.")
        return found


def opt_in(
    backend: TimedBackend, resource: Maintained, action: Maintenance, at: float, how: str
) -> None:
    """It takes place then, unless it is undone or replaced until that time."""
    taken = replace(action, opt_in_status=how, current_apply_date=naive(at).replace(tzinfo=UTC))
    _put(resource, action, taken)

    def due() -> None:
        if taken in resource.pending_maintenance:
            apply(backend, resource, taken, at)

    resource.world.later(at, due)
    if how == IMMEDIATE:
        resource.world.settle()


def apply(backend: TimedBackend, resource: Maintained, action: Maintenance, at: float) -> None:
    """An upgrade that was made to roll back ("db_upgrade") leaves the version and the action."""
    of_cluster = isinstance(resource, TimedCluster)
    operation = OPERATIONS[action.action][of_cluster]
    timeline = resource.undergo(operation, at)
    is_upgrade = action.action == "db-upgrade"
    fails = is_upgrade and resource.world.ending("db_upgrade", resource.resource_id)
    _tell(backend, resource, timeline, is_upgrade=is_upgrade, fails=bool(fails))
    members = backend.members(resource) if isinstance(resource, TimedCluster) else ()
    for member in members:
        member.undergo(operation, at)
    for instance in members or (resource,):
        if isinstance(instance, TimedInstance):
            instance.interrupt(timeline.ends_at - resource.world.brief, timeline.ends_at)
    done = _rolled_back if fails else CHANGES.get(action.action, _nothing)

    def over() -> None:
        done(resource)
        kept = replace(action, opt_in_status=None, current_apply_date=None) if fails else None
        _put(resource, action, kept)

    resource.world.later(timeline.ends_at, over)


def _tell(
    backend: TimedBackend,
    resource: Maintained,
    timeline: Timeline,
    *,
    is_upgrade: bool,
    fails: bool,
) -> None:
    if isinstance(resource, TimedCluster):
        begun, done = CLUSTER_UPGRADED if is_upgrade else CLUSTER_PATCHED
    else:
        begun, done = UPGRADED if is_upgrade else PATCHED
    backend.emit(begun, resource, timeline.begins("upgrading", "maintenance", "rebooting"))
    backend.emit("RDS-EVENT-0270" if fails else done, resource, timeline.ends_at)


def _undo(resource: Maintained, action: Maintenance) -> None:
    if action.opt_in_status == IMMEDIATE:
        raise InvalidParameterCombination("An opt-in of the type immediate cannot be undone.")
    _put(resource, action, replace(action, opt_in_status=UNDO, current_apply_date=None))


def _put(resource: Maintained, old: Maintenance, new: Maintenance | None) -> None:
    """In its place; None: it is gone."""
    pending = resource.pending_maintenance
    changed = ((new if one == old else one) for one in pending)
    resource.pending_maintenance = tuple(one for one in changed if one is not None)


def _pending(resource: Maintained) -> dict[str, object]:
    return {
        "ResourceIdentifier": resource.arn,
        "PendingMaintenanceActionDetails": resource.pending_maintenance,
    }


def _pending_action(resource: Maintained, name: str) -> Maintenance:
    found = next((one for one in resource.pending_maintenance if one.action == name), None)
    if found is None:
        raise _missing(f"The action {name} is not pending for {resource.arn}.")
    return found


def _missing(said: str) -> RDSClientError:
    return RDSClientError("ResourceNotFoundFault", said)


def _next_minor(resource: Maintained) -> None:
    *first, last = resource.engine_version.split(".")
    resource.engine_version = ".".join([*first, str(int(last) + 1)])


def _rotate(resource: Maintained) -> None:
    if isinstance(resource, TimedInstance):
        resource.ca_certificate_identifier = CERTIFICATE
        resource.certificate_until = resource.world.utcnow() + CERTIFICATE_LASTS


def _nothing(_: Maintained) -> None:
    """An operating system is not seen from outside."""


def _rolled_back(_: Maintained) -> None:
    """All is as it was before."""


CHANGES: Mapping[str, Callable[[Maintained], None]] = {
    "db-upgrade": _next_minor,
    "ca-certificate-rotation": _rotate,
}


def _arn(pending: dict[str, object]) -> str:
    return str(pending["ResourceIdentifier"])
