"""moto's RDS resources, with statuses that take time and the attributes moto leaves out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from moto.rds import models as moto
from moto.rds.utils import FilterDef

from bot.sandbox.aws.engines import family
from bot.sandbox.aws.events import Source
from bot.sandbox.aws.timeline import Timeline, in_turn, joined

if TYPE_CHECKING:
    from bot.sandbox.aws.backend import TimedBackend
    from bot.sandbox.aws.world import World

OPTIMIZING = "storage-optimization"
USABLE = ("available", OPTIMIZING)
DEFAULT_KEY = "default_kms_key_id"
"""What moto encrypts with where nobody names a key: AWS's own."""
CERTIFIED_FOR = timedelta(days=365)
SHORTEST_RETENTION = 7
"""Days for which Performance Insights keeps what it saw."""
RESTORABLE_EVERY = timedelta(minutes=5)
EXTENDED_SUPPORT = "open-source-rds-extended-support"
"""What a new database gets: it outlives the standard support of its engine, at a price."""


@dataclass(frozen=True)
class Maintenance:
    """Attributes are named after the API's members; moto writes them as XML."""

    action: str
    description: str
    auto_applied_after_date: datetime
    forced_apply_date: datetime | None = None
    current_apply_date: datetime | None = None
    opt_in_status: str | None = None


class Timed(moto.RDSBaseModel):
    """A resource whose status comes from its timeline and, once that is over, from its ending."""

    event_source = ""
    _timeline: Timeline | None = None
    _settled = "available"

    @property
    def world(self) -> "World":
        return cast("TimedBackend", self.backend).world

    @property
    def status(self) -> str:
        passing = self._timeline and self._timeline.status_at(self.world.now())
        return passing or self.resting

    @status.setter
    def status(self, value: str) -> None:
        self._settled = value

    @property
    def resting(self) -> str:
        """The status where no timeline gives one."""
        return self._settled

    @property
    def settled(self) -> str:
        """The status it has, or will have once its timeline is over."""
        return self._settled

    @property
    def source(self) -> Source:
        return Source(self.event_source, self.resource_id, self.arn)

    def undergo(self, operation: str, at: float | None = None) -> Timeline:
        """Begin an operation's timeline, with the ending that was injected for it if any."""
        ending = self.world.ending(operation, self.resource_id)
        if ending:
            self._settled = ending
        self._timeline = self.world.timeline(operation, at)
        return self._timeline

    def progress(self, *statuses: str) -> int:
        return self._timeline.progress_at(self.world.now(), *statuses) if self._timeline else 100

    def restorable_until(self, retention_days: int) -> datetime | None:
        now = self.world.utcnow()
        since_midnight = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
        return now - since_midnight % RESTORABLE_EVERY if retention_days else None


def assign(resource: Timed, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(resource, name, value)


@dataclass
class Applying:
    """How far an instance is with what was set in a group; `trouble` until the next change."""

    waits: bool = False
    trouble: str = ""
    until: float = 0.0  #: epoch seconds

    def status_at(self, now: float) -> str:
        if now < self.until:
            return "applying"
        return self.trouble or ("pending-reboot" if self.waits else "in-sync")


class TimedInstance(Timed, moto.DBInstance):
    event_source = "db-instance"
    automatic_restart_time: datetime | None = None
    certificate_until: datetime | None = None
    pending_maintenance: tuple["Maintenance", ...] = ()
    performance_insights_enabled = False
    performance_insights_retention = SHORTEST_RETENTION
    database_insights_mode = "standard"
    promotion_tier: int | None = None
    engine_lifecycle_support = EXTENDED_SUPPORT
    replication = "replicating"  #: how it does as a read replica
    outages: tuple[tuple[float, float], ...] = ()  #: from when until when, in epoch seconds
    manage_master_user_password = False

    def __init__(self, backend: "TimedBackend", **kwargs: Any) -> None:
        super().__init__(backend=backend, **kwargs)
        self.become_new()

    @classmethod
    def declared(cls, backend: "TimedBackend", **kwargs: Any) -> Self:
        """One that moto's backend does not know of yet."""
        return cls(backend, **kwargs)

    def become_new(self) -> None:
        """Take an identity of its own; a copy of another instance has that one's until then."""
        self.created = self.instance_create_time = self.world.utcnow()
        self.dbi_resource_id = self.world.resource_id("db", self.arn)
        self.pending_modified_values: dict[str, Any] = {}
        self._timeline, self._settled = None, "available"
        self._optimization: Timeline | None = None
        self.storage_changed_at: float | None = None
        self.underway: frozenset[str] = frozenset()  # attributes that are being changed now
        self.joining: frozenset[str] = frozenset()  # security groups that are not in force yet
        self.leaving: tuple[str, ...] = ()  # security groups that are still in force
        self.certificate_until = self.created + CERTIFIED_FOR
        self.own_parameters, self.cluster_parameters = Applying(), Applying()
        self._other_zone = _neighbour(self.availability_zone)

    @property
    def db_parameter_group_status_list(self) -> list[dict[str, str]]:
        status = self.own_parameters.status_at(self.world.now())
        return [
            {"DBParameterGroupName": one.name, "ParameterApplyStatus": status}
            for one in self.db_parameter_groups()
        ]

    def undergo_each(self, operations: Sequence[str], at: float) -> list[Timeline]:
        """Begin several one after another, seen as one; each of them apart is given back.

        The optimisation of storage goes on beside whatever else is undergone.
        """
        whole = [self.world.timeline(one, at) for one in operations]
        each = in_turn([_without(OPTIMIZING, one) for one in whole])
        for one, before in zip(each, whole, strict=True):
            if seconds := dict(before.phases).get(OPTIMIZING):
                self._optimization = Timeline(one.ends_at, ((OPTIMIZING, seconds),))
        self._timeline = joined(each)
        return each

    @property
    def resting(self) -> str:
        """Storage may be optimised while nothing else is going on."""
        optimizing = self._optimization and self._optimization.status_at(self.world.now())
        begun = self._optimization and self.world.now() >= self._optimization.started_at
        serves = self._settled == "available"
        return optimizing if optimizing and begun and serves else self._settled

    @property
    def iam_database_authentication_enabled(self) -> bool:
        return bool(self.enable_iam_database_authentication)

    @iam_database_authentication_enabled.setter
    def iam_database_authentication_enabled(self, value: bool) -> None:
        self.enable_iam_database_authentication = value

    @property
    def performance_insights_retention_period(self) -> int | None:
        return self.performance_insights_retention if self.performance_insights_enabled else None

    @performance_insights_retention_period.setter
    def performance_insights_retention_period(self, value: int) -> None:
        self.performance_insights_retention = value

    @property
    def enhanced_monitoring_resource_arn(self) -> str | None:
        """Of the log stream that takes the figures."""
        stream = f"log-group:RDSOSMetrics:log-stream:{self.dbi_resource_id}"
        arn = f"arn:aws:logs:{self.region}:{self.account_id}:{stream}"
        return arn if self.monitoring_interval else None

    @property
    def vpc_security_group_membership_list(self) -> list[dict[str, str]]:
        groups = [
            *(
                (one, "adding" if one in self.joining else "active")
                for one in self.vpc_security_group_ids
            ),
            *((one, "removing") for one in self.leaving),
        ]
        return [{"VpcSecurityGroupId": one, "Status": status} for one, status in groups]

    @property
    def parameters_wait(self) -> bool:
        return self.own_parameters.waits

    @parameters_wait.setter
    def parameters_wait(self, value: bool) -> None:
        self.own_parameters.waits = value

    @property
    def parameter_group(self) -> str:
        return self.db_parameter_group_name or self.default_db_parameter_group_details()[1]

    def default_db_parameter_group_details(self) -> tuple[str, str]:
        name = family(self.engine, self.engine_version)
        return name, f"default.{name}"

    def interrupt(self, since: float, until: float) -> None:
        """Nobody is served in that time, which its metrics show."""
        self.outages = (*self.outages, (since, until))

    @property
    def status_infos(self) -> list[dict[str, Any]]:
        if not self.source_db_instance_identifier or self.status != "available":
            return []
        good = self.replication == "replicating"
        said = {"StatusType": "read replication", "Normal": good, "Status": self.replication}
        return [said]

    @property
    def secondary_availability_zone(self) -> str | None:
        return self._other_zone if self.multi_az else None

    def apply_parameters(self) -> None:
        """What a restart does and a failover does not."""
        self.own_parameters, self.cluster_parameters = Applying(), Applying()

    def swap_zones(self) -> None:
        self.availability_zone, self._other_zone = self._other_zone, self.availability_zone

    @property
    def certificate_details(self) -> dict[str, Any]:
        return {
            "CAIdentifier": self.ca_certificate_identifier,
            "ValidTill": self.certificate_until,
        }

    @property
    def percent_progress(self) -> str | None:
        if self.status != OPTIMIZING or self._optimization is None:
            return None
        return str(self._optimization.progress_at(self.world.now(), OPTIMIZING))

    @property
    def latest_restorable_time(self) -> datetime | None:  # type: ignore[override]
        return self.restorable_until(self.backup_retention_period)


class TimedMember(TimedInstance, moto.DBInstanceClustered):
    """An instance of a cluster."""

    promotion_tier = 1

    def save_automated_backup(self) -> None:
        """Its cluster is what is backed up."""


class TimedSnapshot(Timed, moto.DBSnapshot):
    event_source = "db-snapshot"
    in_use_until = 0.0  #: epoch seconds; by a copy or an export
    source_db_snapshot_identifier: str | None = None
    source_region: str | None = None

    @property
    def is_encrypted(self) -> bool:
        return bool(self.encrypted)

    @property
    def percent_progress(self) -> int:
        return 0 if self.status == "failed" else self.progress("creating", "copying")

    @property
    def snapshot_create_time(self) -> datetime | None:  # type: ignore[override]
        """Left out by AWS as long as the snapshot is being created."""
        return None if self.status == "creating" else self.created

    @property
    def availability_zone(self) -> str:
        return self.database.availability_zone

    @property
    def storage_type(self) -> str:
        return self.database.storage_type

    @property
    def license_model(self) -> str:
        return self.database.license_model

    @property
    def snapshot_target(self) -> str:
        return "region"


class TimedCluster(Timed, moto.DBCluster):
    event_source = "db-cluster"
    automatic_restart_time: datetime | None = None
    pending_maintenance: tuple["Maintenance", ...] = ()
    clone_group_id: str | None = None
    io_optimized_next_allowed_modification_time: datetime | None = None
    database_insights_mode = "standard"
    performance_insights_enabled = False
    performance_insights_retention_period: int | None = None
    monitoring_interval = 0
    monitoring_role_arn: str | None = None
    engine_lifecycle_support = EXTENDED_SUPPORT
    SUPPORTED_FILTERS = {  # noqa: RUF012 - declared by moto
        **moto.DBCluster.SUPPORTED_FILTERS,
        "db-cluster-resource-id": FilterDef(["db_cluster_resource_id"], "Cluster Resource Ids"),
    }

    @property
    def db_cluster_members(self) -> list[dict[str, Any]]:
        statuses = {
            one.db_instance_identifier: one.cluster_parameters.status_at(self.world.now())
            for one in self.members
            if isinstance(one, TimedMember)
        }
        return [
            {**one, "DBClusterParameterGroupStatus": statuses[one["DBInstanceIdentifier"]]}
            for one in super().db_cluster_members
        ]

    def __init__(self, backend: "TimedBackend", **kwargs: Any) -> None:
        super().__init__(backend=backend, **kwargs)
        self.db_cluster_resource_id = self.world.resource_id("cluster", self.arn)
        self.pending_modified_values: dict[str, Any] = {}
        if self.is_aurora and self.storage_type == "gp2":
            self.storage_type = "aurora"
        if kwargs.get("db_cluster_parameter_group_name") is None:
            self.parameter_group = f"default.{family(self.engine, self.engine_version)}"

    @property
    def is_aurora(self) -> bool:
        return bool(self.engine.startswith("aurora"))

    @property
    def latest_restorable_time(self) -> datetime | None:  # type: ignore[override]
        return self.restorable_until(self.backup_retention_period)


class TimedClusterSnapshot(Timed, moto.DBClusterSnapshot):
    event_source = "db-cluster-snapshot"
    in_use_until = 0.0
    source_db_cluster_snapshot_arn: str | None = None
    source_region: str | None = None

    @property
    def is_encrypted(self) -> bool:
        return bool(self.storage_encrypted)

    @property
    def db_cluster_resource_id(self) -> str:
        return str(self.cluster.db_cluster_resource_id)

    @property
    def percent_progress(self) -> int:
        return 0 if self.status == "failed" else self.progress("creating", "copying")

    @percent_progress.setter
    def percent_progress(self, value: int) -> None:
        """moto sets it to 100 from the start; the timeline knows better."""


def _neighbour(zone: str) -> str:
    return zone[:-1] + ("a" if zone.endswith("b") else "b")


def _without(status: str, timeline: Timeline) -> Timeline:
    return replace(timeline, phases=tuple(one for one in timeline.phases if one[0] != status))
