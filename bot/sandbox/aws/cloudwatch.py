"""What CloudWatch knows of RDS; everything else of it is moto's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.rds.models import rds_backends

from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.chance import Floats, Minutes
from bot.sandbox.aws.machine import Machine
from bot.sandbox.aws.metrics import measured, metrics_of
from bot.sandbox.aws.models import TimedCluster, TimedInstance
from bot.sandbox.aws.world import World

NAMESPACE = "AWS/RDS"
LATE = 60
"""Seconds until a minute's figures can be read."""
SAMPLES = 5
"""Minutes of a longer period that are looked at."""

STATS: Mapping[str, Callable[[Floats], Any]] = {
    "Average": lambda figures: np.nanmean(figures, axis=1),
    "Maximum": lambda figures: np.nanmax(figures, axis=1),
    "Minimum": lambda figures: np.nanmin(figures, axis=1),
}
Point = tuple[float, float]


class CloudWatch(CloudWatchResponse):
    """``world`` is set by whoever installs it: moto makes its responses by itself."""

    world: ClassVar[World]

    def list_metrics(self) -> ActionResult:
        if self._get_param("Namespace") != NAMESPACE:
            return super().list_metrics()
        figures = Figures(self.world, self.current_account, self.region)
        metrics = [
            {
                "Namespace": NAMESPACE,
                "MetricName": metric,
                "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": machine.name}],
            }
            for machine in figures.everybody()
            for metric in sorted(metrics_of(machine))
        ]
        return ActionResult({"Metrics": metrics})


@dataclass(frozen=True)
class Figures:
    """What is measured of RDS in one account and region."""

    world: World
    account: str
    region: str

    def points(
        self, metric: Mapping[str, Any], stat: str, period: int, between: tuple[float, float]
    ) -> list[Point]:
        """Oldest first; ``metric`` is named as in an API call, with its dimensions."""
        starts = _starts(period, between[0], min(between[1], self.world.now() - LATE))
        if not len(starts):
            return []
        minutes = _sampled(starts, period)
        figures = [
            measured(machine, metric["MetricName"], minutes)
            for machine in self._machines(metric.get("Dimensions", []))
        ]
        known = [one for one in figures if one is not None]
        return _summed_up(starts, known, stat, period) if known else []

    def everybody(self) -> Iterable[Machine]:
        return map(self._machine, self._rds.databases.values())

    @property
    def _rds(self) -> TimedBackend:
        return cast(TimedBackend, rds_backends[self.account][self.region])

    def _machines(self, dimensions: Sequence[Mapping[str, str]]) -> Iterable[Machine]:
        """Whom the dimensions name: an instance, or all members of a cluster."""
        named = {one["Name"]: one["Value"] for one in dimensions}
        backend = self._rds
        if found := backend.databases.get(named.get("DBInstanceIdentifier", "")):
            return [self._machine(found)]
        cluster = backend.clusters.get(named.get("DBClusterIdentifier", ""))
        if not isinstance(cluster, TimedCluster):
            return []
        return [self._machine(member) for member in backend.members(cluster)]

    def _machine(self, instance: Any) -> Machine:
        assert isinstance(instance, TimedInstance)
        return machine_of(instance, self.account, self.world)


def machine_of(instance: TimedInstance, account: str, world: World) -> Machine:
    """What its metrics depend on."""
    backend = cast(TimedBackend, instance.backend)
    cluster = backend.clusters.get(instance.db_cluster_identifier or "")
    return Machine(
        name=instance.db_instance_identifier,
        account=account,
        engine=instance.engine,
        instance_class=instance.db_instance_class,
        storage_gib=int(instance.allocated_storage or 0),
        started=int(world.began // 60) + world.drift,
        capacity=_capacity(cluster),
        reads=_reads(instance, cluster),
        insights=instance.performance_insights_enabled,
        outages=instance.outages,
        drift=world.drift,
        strains=tuple(it for it in world.strains if it.database == instance.db_instance_identifier),
    )


def _starts(period: int, since: float, until: float) -> Minutes:
    """The periods, in epoch seconds, that begin in that time."""
    first = int(-(-since // period) * period)
    return np.arange(first, max(first, until), period, dtype=np.int64)


def _sampled(starts: Minutes, period: int) -> Minutes:
    """Minutes of each period, a row for each."""
    length = max(1, period // 60)
    within = np.unique(np.linspace(0, length - 1, min(length, SAMPLES)).astype(np.int64))
    return starts[:, None] // 60 + within[None, :]


def _summed_up(starts: Minutes, figures: list[Floats], stat: str, period: int) -> list[Point]:
    together = np.concatenate(figures, axis=1)
    there = ~np.isnan(together).all(axis=1)
    if stat == "Sum":
        values = np.nanmean(together[there], axis=1) * len(figures) * max(1, period // 60)
    elif stat in STATS:
        values = STATS[stat](together[there])
    else:
        values = np.nanpercentile(together[there], float(stat.removeprefix("p")), axis=1)
    return list(zip(starts[there].astype(float).tolist(), values.tolist(), strict=True))


def _capacity(cluster: Any) -> tuple[float, float] | None:
    scaling = getattr(cluster, "serverless_v2_scaling_configuration", None)
    return scaling and (float(scaling["MinCapacity"]), float(scaling["MaxCapacity"]))


def _reads(instance: TimedInstance, cluster: Any) -> bool:
    if cluster is None:
        return bool(instance.source_db_instance_identifier)
    return not getattr(instance, "is_cluster_writer", False)
