"""The bot's own figures as Prometheus reads them: counts of this process, and what the tables say.

Several replicas say the same of the tables: take one of them, or the maximum, never the sum.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from bot.health.metrics import Pulse, Telemetry
from bot.values import Lengths, Status
from storage.store import Store
from storage.tables.figures import Work

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
APPROVAL_BOUNDS = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY)
EXECUTION_BOUNDS = (15.0, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR)
WORK = ("operation", "environment")


@dataclass(frozen=True)
class Families(Collector):
    families: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        return self.families


def text(families: Iterable[Metric]) -> bytes:
    return generate_latest(Families(tuple(families)))


def of_process(
    telemetry: Telemetry, pulse: Pulse, unwritten: int, *, connected: bool
) -> Iterator[Metric]:
    """Since the start of this process."""
    yield _gauge("rds_bot_slack_connected", "1 while the socket to Slack stands.", connected)
    yield _gauge("rds_bot_loop_lag_seconds", "Worst delay of the loop in a minute.", pulse.worst)
    yield from telemetry.counts.collect()
    yield CounterMetricFamily("rds_bot_audit_write_failures", "Writes that failed.", unwritten)
    yield from telemetry.states.collect()
    yield from ProcessCollector(registry=None).collect()


async def of_tables(store: Store) -> tuple[Metric, ...]:
    """Of all processes and since the beginning. Raises StorageError."""
    outcomes = await store.figures.outcomes()
    return (
        *_requests(outcomes),
        _lengths(
            "rds_bot_approval_seconds",
            "From asking to the last approval, of what people approved.",
            APPROVAL_BOUNDS,
            await store.figures.approvals(APPROVAL_BOUNDS),
        ),
        _lengths(
            "rds_bot_execution_seconds",
            "From send to proof, of what succeeded.",
            EXECUTION_BOUNDS,
            await store.figures.executions(EXECUTION_BOUNDS),
        ),
        _lengths(
            "rds_bot_reconcile_seconds",
            "From a send whose answer was lost to finding out what became of it.",
            EXECUTION_BOUNDS,
            await store.figures.reconciliations(EXECUTION_BOUNDS),
        ),
        _gauge("rds_bot_outbox_depth", "Messages that wait.", await store.outbox.depth()),
        _gauge("rds_bot_audit_head_seq", "Newest audit row.", await store.figures.audit_head()),
    )


def database(*, readable: bool) -> Metric:
    return _gauge("rds_bot_database_up", "1 where the database could be read.", readable)


def _requests(outcomes: Mapping[tuple[str, str, Status], int]) -> Iterator[Metric]:
    """A final status never changes, so it is counted; the others come and go."""
    ended = CounterMetricFamily(
        "rds_bot_requests", "Requests that ended.", labels=[*WORK, "outcome"]
    )
    still = dict.fromkeys((one for one in Status if not one.is_final), 0)
    for (operation, environment, status), count in outcomes.items():
        if status.is_final:
            ended.add_metric([operation, environment, status.value], count)
        else:
            still[status] += count
    yield ended
    unknown = still.pop(Status.UNKNOWN)
    yield _gauge("rds_bot_executions_unknown", "Requests for a person to look at.", unknown)
    waiting = GaugeMetricFamily("rds_bot_requests_open", "Requests under way.", labels=["status"])
    for status, count in still.items():
        waiting.add_metric([status.value], count)
    yield waiting


def _lengths(
    name: str, what: str, bounds: tuple[float, ...], found: Mapping[Work, Lengths]
) -> Metric:
    family = HistogramMetricFamily(name, what, labels=WORK)
    for work, lengths in found.items():
        counts = zip((*map(str, bounds), "+Inf"), (*lengths.up_to, lengths.count), strict=True)
        family.add_metric(work, list(counts), lengths.seconds)
    return family


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
