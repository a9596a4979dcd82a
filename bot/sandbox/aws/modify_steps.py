"""What ModifyDBInstance sets in motion: how long, what events tell, what has changed afterwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple, cast

from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.engines import rotates_without_restart
from bot.sandbox.aws.instances import tell_how_it_came_back
from bot.sandbox.aws.managed_secrets import ManagedSecret
from bot.sandbox.aws.models import CERTIFIED_FOR, Applying, TimedInstance, assign
from bot.sandbox.aws.timeline import Timeline

Values = Mapping[str, Any]
"""Wanted values by the attribute of the instance that takes them."""
REFUSED = "refused"
"""An ending that only an event tells: the value stays what it was."""
ROLLED_BACK = "rolled-back"
NO_CREDENTIALS = "no-credentials"


class Saying(NamedTuple):
    """An event, and after what share of the busy time it is told."""

    event: str
    detail: str = ""
    at: float = 1.0


@dataclass(frozen=True)
class Tale:
    """What events tell; `refused` by the word with which a refusal was injected."""

    told: Sequence[Saying] = ()
    refused: Mapping[str, Sequence[Saying]] = field(default_factory=lambda: {REFUSED: ()})


Tell = Callable[[TimedInstance, Values], Tale]
Act = Callable[[TimedInstance, Values], None]


def _nothing(instance: TimedInstance, values: Values) -> None:
    """Most steps show only when they are over."""


@dataclass(frozen=True)
class Step:
    """`begin` is seen at once, `effect` when it is over, `undo` when AWS could not."""

    plan: str
    attributes: frozenset[str]
    tell: Tell = lambda instance, values: Tale()
    begin: Act = _nothing
    effect: Act = assign
    undo: Act = _nothing
    restarts: Callable[[TimedInstance], bool] = lambda instance: False


def play(backend: TimedBackend, instance: TimedInstance, values: Values, at: float) -> None:
    """Let these values come about, step by step, from `at` on."""
    assign(instance, {name: it for name, it in values.items() if name in AT_ONCE})
    parts = [
        (step, {name: it for name, it in values.items() if name in step.attributes})
        for step in STEPS
        if step.attributes & set(values)
    ]
    if not parts:
        return
    instance.underway |= {name for _, own in parts for name in own}
    timelines = instance.undergo_each([step.plan for step, _ in parts], at)
    for (step, own), timeline in zip(parts, timelines, strict=True):
        _play_one(backend, instance, step, own, timeline)


def _play_one(
    backend: TimedBackend, instance: TimedInstance, step: Step, own: Values, timeline: Timeline
) -> None:
    since, until = timeline.busy
    tale = step.tell(instance, own)
    ending = instance.world.ending(step.plan, instance.resource_id)
    could = ending not in tale.refused
    for event, detail, share in tale.told if could else tale.refused[ending or ""]:
        backend.emit(event, instance, since + share * (until - since), detail)
    if ending and could:
        instance.status = ending
        tell_how_it_came_back(backend, instance, timeline.ends_at)
    if could and step.restarts(instance):
        _restart(backend, instance, until)
    step.begin(instance, own)
    act = step.effect if could else step.undo
    instance.world.later(until, lambda: _is_over(instance, own, act))


def _restart(backend: TimedBackend, instance: TimedInstance, until: float) -> None:
    since = until - instance.world.brief
    instance.interrupt(since, until)
    instance.world.later(until, instance.apply_parameters)
    backend.emit("RDS-EVENT-0004", instance, since)
    if instance.settled == "available":
        tell_how_it_came_back(backend, instance, until)


def _is_over(instance: TimedInstance, own: Values, act: Act) -> None:
    act(instance, own)
    instance.underway -= set(own)
    instance.pending_modified_values = {
        name: it
        for name, it in instance.pending_modified_values.items()
        if own.get(name, _ABSENT) != it
    }


_ABSENT = object()


def _always(*told: Saying, refused: Sequence[Saying] = ()) -> Tell:
    return lambda instance, values: Tale(told, {REFUSED: refused})


def _tell_multi_az(instance: TimedInstance, values: Values) -> Tale:
    if not values["multi_az"]:
        return Tale((Saying("RDS-EVENT-0030", at=0), Saying("RDS-EVENT-0029")))
    why = "it contains in-memory file groups that are not supported for Multi-AZ."
    told = (Saying("RDS-EVENT-0024", at=0), Saying("RDS-EVENT-0025"))
    return Tale(told, {REFUSED: (Saying("RDS-EVENT-0084", why),)})


def _tell_backups(instance: TimedInstance, values: Values) -> Tale:
    before, after = instance.backup_retention_period, values["backup_retention_period"]
    if before and after:
        return Tale()
    return Tale((Saying("RDS-EVENT-0032" if after else "RDS-EVENT-0028"),))


def _tell_monitoring(instance: TimedInstance, values: Values) -> Tale:
    interval = values.get("monitoring_interval", instance.monitoring_interval)
    return Tale(
        (Saying("RDS-EVENT-0078", str(interval)),),
        {
            REFUSED: (Saying("RDS-EVENT-0080", instance.resource_id),),
            NO_CREDENTIALS: (Saying("RDS-EVENT-0079"),),
        },
    )


def _tell_upgrade(instance: TimedInstance, values: Values) -> Tale:
    """The pre-check may refuse it, or AWS goes back to the old version afterwards."""
    checked = (Saying("RDS-EVENT-0264", at=0), Saying("RDS-EVENT-0265", at=0.1))
    down = (Saying("RDS-EVENT-0266", at=0.2), Saying("RDS-EVENT-0267", at=0.25))
    done = (
        Saying("RDS-EVENT-0268", at=0.8),
        Saying("RDS-EVENT-0269", at=0.9),
        Saying("RDS-EVENT-0047"),
    )
    wanted = f"the pre-check for {values['engine_version']} found incompatibilities."
    back = (
        Saying("RDS-EVENT-0188", f"It was rolled back to {instance.engine_version}.")
        if instance.engine == "mysql"
        else Saying("RDS-EVENT-0270")
    )
    refused = {
        REFUSED: (checked[0], Saying("RDS-EVENT-0158", wanted)),
        ROLLED_BACK: (*checked, *down, back),
    }
    return Tale((*checked, *down, *done), refused)


def _tell_group(instance: TimedInstance, values: Values) -> Tale:
    name = values["db_parameter_group_name"]
    return Tale((Saying("RDS-EVENT-0011", name, at=0), Saying("RDS-EVENT-0092")))


def _certify(instance: TimedInstance, values: Values) -> None:
    assign(instance, values)
    instance.certificate_until = instance.world.utcnow() + CERTIFIED_FOR


def _grow(instance: TimedInstance, values: Values) -> None:
    assign(instance, values)
    if instance.storage_type != "gp3":
        instance.storage_throughput = None
    if instance.storage_type in ("gp2", "standard"):
        instance.iops = None
    instance.storage_changed_at = instance.world.now()
    if instance.settled == "storage-full":
        instance.status = "available"


def _join_groups(instance: TimedInstance, values: Values) -> None:
    before, after = instance.vpc_security_group_ids, values["vpc_security_group_ids"]
    instance.joining = frozenset(after) - frozenset(before)
    instance.leaving = tuple(one for one in before if one not in after)
    instance.vpc_security_group_ids = list(after)


def _joined(instance: TimedInstance, values: Values) -> None:
    instance.joining, instance.leaving = frozenset(), ()


def _attach(instance: TimedInstance, values: Values) -> None:
    assign(instance, values)
    instance.own_parameters = Applying(until=inf)


def _attached(instance: TimedInstance, values: Values) -> None:
    instance.own_parameters = Applying(waits=True)


def _not_attached(instance: TimedInstance, values: Values) -> None:
    instance.own_parameters = Applying(trouble="failed-to-apply")


def _switch_logs(instance: TimedInstance, values: Values) -> None:
    wanted = values[LOG_EXPORTS]
    kept = [
        one
        for one in instance.enabled_cloudwatch_logs_exports
        if one not in wanted["LogTypesToDisable"]
    ]
    instance.enabled_cloudwatch_logs_exports = [*kept, *wanted["LogTypesToEnable"]]


def _not_monitored(instance: TimedInstance, values: Values) -> None:
    instance.monitoring_interval, instance.monitoring_role_arn = 0, None


def _secret(instance: TimedInstance) -> ManagedSecret:
    return cast(ManagedSecret, instance.master_user_secret)


def _manage_secret(instance: TimedInstance, values: Values) -> None:
    if values["manage_master_user_password"]:
        instance.master_user_secret = ManagedSecret(instance, None)
        _secret(instance).begin("creating")
        instance.manage_master_user_password = True


def _secret_is_managed(instance: TimedInstance, values: Values) -> None:
    if values["manage_master_user_password"]:
        _secret(instance).activate()
        return
    instance.master_user_secret.delete_secret()
    del instance.master_user_secret
    instance.manage_master_user_password = False


def _begin_rotation(instance: TimedInstance, values: Values) -> None:
    _secret(instance).begin("rotating")


def _rotate(instance: TimedInstance, values: Values) -> None:
    _secret(instance).rotate_secret()


def _impair(instance: TimedInstance, values: Values) -> None:
    if instance.manage_master_user_password:
        _secret(instance).impair()


def _rename(instance: TimedInstance, values: Values) -> None:
    """The same resource under another name, also for its replicas and its source."""
    before, after = instance.db_instance_identifier, values["db_instance_identifier"]
    databases = instance.backend.databases
    if databases.get(before) is instance:
        databases[after] = databases.pop(before)
    instance.db_instance_identifier = after
    for one in databases.values():
        one.replicas = [after if it == before else it for it in one.replicas]
        if one.source_db_instance_identifier == before:
            one.source_db_instance_identifier = after


LOG_EXPORTS = "pending_cloudwatch_logs_exports"
AT_ONCE = frozenset(
    {
        "auto_minor_version_upgrade",
        "copy_tags_to_snapshot",
        "deletion_protection",
        "max_allocated_storage",
        "promotion_tier",
    }
)
"""Already changed in the answer."""
INSIGHTS = frozenset(
    {
        "performance_insights_enabled",
        "performance_insights_retention_period",
        "database_insights_mode",
    }
)
MONITORING = frozenset({"monitoring_interval", "monitoring_role_arn"})
STORAGE = frozenset({"allocated_storage", "storage_type", "iops", "storage_throughput"})
WINDOWS = frozenset({"preferred_backup_window", "preferred_maintenance_window"})
PASSWORD_FAILED = (Saying("RDS-EVENT-0067", "the secret could not be reached"),)
CLASS_FAILED = (Saying("RDS-EVENT-0157", "The target class cannot hold what is there."),)

STEPS = (
    Step("modify_windows", WINDOWS),
    Step("modify_access", frozenset({"publicly_accessible"})),
    Step(
        "modify_security_groups",
        frozenset({"vpc_security_group_ids"}),
        begin=_join_groups,
        effect=_joined,
    ),
    Step(
        "attach_parameter_group",
        frozenset({"db_parameter_group_name"}),
        tell=_tell_group,
        begin=_attach,
        effect=_attached,
        undo=_not_attached,
    ),
    Step("configure_insights", INSIGHTS),
    Step("configure_monitoring", MONITORING, tell=_tell_monitoring, undo=_not_monitored),
    Step("configure_log_exports", frozenset({LOG_EXPORTS}), effect=_switch_logs),
    Step("modify_iam_authentication", frozenset({"iam_database_authentication_enabled"})),
    Step("modify_retention", frozenset({"backup_retention_period"}), tell=_tell_backups),
    Step(
        "manage_password",
        frozenset({"manage_master_user_password"}),
        tell=_always(Saying("RDS-EVENT-0016"), refused=PASSWORD_FAILED),
        begin=_manage_secret,
        effect=_secret_is_managed,
        undo=_impair,
    ),
    Step(
        "rotate_password",
        frozenset({"rotate_master_user_password"}),
        tell=_always(Saying("RDS-EVENT-0016"), refused=PASSWORD_FAILED),
        begin=_begin_rotation,
        effect=_rotate,
        undo=_impair,
    ),
    Step(
        "change_certificate",
        frozenset({"ca_certificate_identifier"}),
        effect=_certify,
        restarts=lambda instance: not rotates_without_restart(instance.engine),
    ),
    Step(
        "modify_class",
        frozenset({"db_instance_class"}),
        tell=_always(
            Saying("RDS-EVENT-0012", at=0), Saying("RDS-EVENT-0014"), refused=CLASS_FAILED
        ),
        restarts=lambda instance: True,
    ),
    Step("modify_multi_az", frozenset({"multi_az"}), tell=_tell_multi_az),
    Step(
        "upgrade_engine",
        frozenset({"engine_version"}),
        tell=_tell_upgrade,
        restarts=lambda instance: True,
    ),
    Step(
        "modify_storage",
        STORAGE,
        tell=_always(Saying("RDS-EVENT-0018", at=0), Saying("RDS-EVENT-0017")),
        effect=_grow,
    ),
    Step("rename_instance", frozenset({"db_instance_identifier"}), effect=_rename),
)
"""In the order in which AWS takes them when one call asks for several; a new name comes last."""
