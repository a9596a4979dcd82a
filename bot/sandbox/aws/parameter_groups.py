"""Parameter groups of instances and of clusters: list, set and reset, and what becomes of users."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue, RDSClientError

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.events import Source
from bot.sandbox.aws.models import TimedInstance, TimedMember
from bot.sandbox.aws.parameters import Parameter, listed, parameters_of, unknown

MOST = 20
IMMEDIATE, PENDING_REBOOT = "immediate", "pending-reboot"
SOURCES = ("user", "system", "engine-default")


@dataclass(frozen=True)
class Group:
    """A group of either kind: what is set in it, and who uses it."""

    name: str
    arn: str
    family: str
    values: dict[str, Any]
    users: tuple[TimedInstance, ...]
    of_cluster: bool


class ParameterActions(Actions):
    def describe_db_parameters(self) -> ActionResult:
        return self._listed(self._group())

    def describe_db_cluster_parameters(self) -> ActionResult:
        return self._listed(self._cluster_group())

    def modify_db_parameter_group(self) -> ActionResult:
        return self._modify(self._group(), "DBParameterGroupName")

    def modify_db_cluster_parameter_group(self) -> ActionResult:
        return self._modify(self._cluster_group(), "DBClusterParameterGroupName")

    def reset_db_parameter_group(self) -> ActionResult:
        return self._reset(self._group(), "DBParameterGroupName")

    def reset_db_cluster_parameter_group(self) -> ActionResult:
        return self._reset(self._cluster_group(), "DBClusterParameterGroupName")

    def describe_db_parameter_groups(self) -> ActionResult:
        if self.said("DBParameterGroupName"):
            self._group()
        self.backend.make_default_groups()
        found = self.backend.describe_db_parameter_groups(self.params)
        return self.paged("DBParameterGroups", found, key=lambda one: one.name)

    def describe_db_cluster_parameter_groups(self) -> ActionResult:
        self.backend.make_default_groups()
        found = self.backend.describe_db_cluster_parameter_groups(
            self.said("DBClusterParameterGroupName")
        )
        return self.paged("DBClusterParameterGroups", found, key=lambda one: one.name)

    def delete_db_parameter_group(self) -> ActionResult:
        _refuse_use(self._group())
        return super().delete_db_parameter_group()

    def delete_db_cluster_parameter_group(self) -> ActionResult:
        _refuse_use(self._cluster_group())
        return super().delete_db_cluster_parameter_group()

    def describe_engine_default_parameters(self) -> ActionResult:
        family = self.said("DBParameterGroupFamily")
        page: Any = self.paged("Parameters", listed(family, {}), key=_name).result
        return ActionResult({"EngineDefaults": {"DBParameterGroupFamily": family, **page}})

    def describe_engine_default_cluster_parameters(self) -> ActionResult:
        return self.describe_engine_default_parameters()

    def _group(self) -> Group:
        return group_of(self.backend, self.said("DBParameterGroupName"))

    def _cluster_group(self) -> Group:
        return cluster_group_of(self.backend, self.said("DBClusterParameterGroupName"))

    def _listed(self, group: Group) -> ActionResult:
        source = self.said("Source")
        if source not in (None, *SOURCES):
            raise InvalidParameterValue(f"Invalid value {source} for Source.")
        found = [one for one in listed(group.family, group.values) if source in (None, one.source)]
        return self.paged("Parameters", found, key=_name)

    def _modify(self, group: Group, member: str) -> ActionResult:
        changes = [one.original_dict() for one in self.said("Parameters") or ()]
        for change in _checked(group, changes):
            group.values[change["ParameterName"]] = change
            self._tell(group, change)
        self._reach(group, changes)
        return ActionResult({member: group.name})

    def _reset(self, group: Group, member: str) -> ActionResult:
        everything = self.said("ResetAllParameters")
        named = [one.original_dict() for one in self.said("Parameters") or ()]
        if bool(everything) == bool(named):
            raise InvalidParameterCombination(
                "Specify either ResetAllParameters or Parameters, and not both."
            )
        _refuse_default(group)
        changes = [_to_reset(group, one) for one in group.values] if everything else named
        for change in changes:
            known = _known(group, change["ParameterName"])
            _check_method(known, change["ApplyMethod"])
        for change in changes:
            group.values.pop(change["ParameterName"], None)
        self._reach(group, changes)
        return ActionResult({member: group.name})

    def _tell(self, group: Group, change: Mapping[str, Any]) -> None:
        said = (
            f"{change['ParameterName']} to {change['ParameterValue']} "
            f"with apply method {change['ApplyMethod']}"
        )
        source = Source("db-parameter-group", group.name, group.arn)
        self.backend.log.add("RDS-EVENT-0037", source, self.backend.world.now(), said)

    def _reach(self, group: Group, changes: Iterable[Mapping[str, Any]]) -> None:
        methods = {change["ApplyMethod"] for change in changes}
        for user in group.users:
            reach(user, methods, of_cluster=group.of_cluster)


def reach(user: TimedInstance, methods: set[str], *, of_cluster: bool) -> None:
    """Let changes come to an instance; "failed-to-apply" is an ending of `apply_parameters`."""
    applying = user.cluster_parameters if of_cluster else user.own_parameters
    if PENDING_REBOOT in methods:
        applying.waits = True
    if IMMEDIATE in methods:
        applying.trouble = user.world.ending("apply_parameters", user.resource_id) or ""
        applying.until = user.world.timeline("apply_parameters").ends_at


def group_of(backend: TimedBackend, name: str) -> Group:
    backend.make_default_groups()
    found = backend.db_parameter_groups.get(name)
    if found is None:
        raise _missing(name)
    users = _using(backend, lambda one: one.parameter_group == name)
    return Group(name, found.arn, str(found.family), found.parameters, users, of_cluster=False)


def cluster_group_of(backend: TimedBackend, name: str) -> Group:
    backend.make_default_groups()
    found = backend.db_cluster_parameter_groups.get(name)
    if found is None:
        raise _missing(name)
    users = _using(
        backend, lambda one: isinstance(one, TimedMember) and one.cluster.parameter_group == name
    )
    family = found.db_parameter_group_family
    return Group(name, found.arn, family, found.parameters, users, of_cluster=True)


def _using(
    backend: TimedBackend, uses: Callable[[TimedInstance], bool]
) -> tuple[TimedInstance, ...]:
    instances = (one for one in backend.databases.values() if isinstance(one, TimedInstance))
    return tuple(one for one in instances if uses(one))


def _missing(name: str) -> RDSClientError:
    return RDSClientError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")


def _checked(group: Group, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    _refuse_default(group)
    if not 0 < len(changes) <= MOST:
        raise InvalidParameterValue(
            f"You can modify from 1 to {MOST} parameters in a single request."
        )
    for change in changes:
        _check(_known(group, change["ParameterName"]), change)
    return changes


def _known(group: Group, name: str) -> Parameter:
    """A declared database's group may hold what no catalogue has."""
    found = parameters_of(group.family).get(name)
    if found is None and name not in group.values:
        raise InvalidParameterValue(f"Could not find parameter with name: {name}")
    return found or unknown(name)


def _check(known: Parameter, change: Mapping[str, Any]) -> None:
    name, value = known.parameter_name, change.get("ParameterValue")
    if not known.is_modifiable:
        raise InvalidParameterValue(f"The parameter {name} cannot be modified.")
    if value is None or not known.allows(value):
        raise InvalidParameterValue(
            f"Invalid parameter value: {value} for: {name} allowed values are: "
            f"{known.allowed_values}"
        )
    _check_method(known, change.get("ApplyMethod"))


def _check_method(known: Parameter, method: str | None) -> None:
    if method not in (IMMEDIATE, PENDING_REBOOT):
        raise InvalidParameterValue(f"Invalid apply method: {method}")
    if known.is_static and method == IMMEDIATE:
        raise InvalidParameterCombination(
            "cannot use immediate apply method for static parameter: " + known.parameter_name
        )


def _refuse_default(group: Group) -> None:
    if group.name.startswith("default."):
        raise InvalidParameterValue(
            "The parameter DBParameterGroupName is not a valid identifier. Default parameter "
            "groups cannot be modified."
        )


def _refuse_use(group: Group) -> None:
    if group.name.startswith("default.") or group.users:
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group "
            f"{group.name}, so the group cannot be deleted",
        )


def _to_reset(group: Group, name: str) -> dict[str, str]:
    method = PENDING_REBOOT if _known(group, name).is_static else IMMEDIATE
    return {"ParameterName": name, "ApplyMethod": method}


def _name(parameter: Parameter) -> str:
    return parameter.parameter_name
