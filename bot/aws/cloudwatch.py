"""CloudWatch's figures of RDS as series.

Metrics and units: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.telemetry import Datum
from bot.values import SECOND, Measure, Point, Series, Target, Window
from bot.vocabulary import Kind

NAMESPACE = "AWS/RDS"
QUERIES = 500  #: of one GetMetricData call
POINTS = 100_800  #: of one GetMetricData answer

DIMENSION = {Kind.INSTANCE: "DBInstanceIdentifier", Kind.CLUSTER: "DBClusterIdentifier"}

UNITS = {
    "ACUUtilization": "%",
    "AbortedClients": "",
    "AuroraReplicaLag": "ms",
    "AuroraReplicaLagMaximum": "ms",
    "BufferCacheHitRatio": "%",
    "BurstBalance": "%",
    "CPUCreditBalance": "",
    "CPUUtilization": "%",
    "CommitLatency": "ms",
    "ConnectionAttempts": "",
    "DBLoad": "",
    "DatabaseConnections": "",
    "Deadlocks": "1/s",
    "DiskQueueDepth": "",
    "EBSByteBalance%": "%",
    "EBSIOBalance%": "%",
    "FreeLocalStorage": "B",
    "FreeStorageSpace": "B",
    "FreeableMemory": "B",
    "LoginFailures": "1/s",
    "MaximumUsedTransactionIDs": "",
    "NetworkReceiveThroughput": "B/s",
    "NetworkTransmitThroughput": "B/s",
    "ReadIOPS": "1/s",
    "ReadLatency": "s",
    "ReplicaLag": "s",
    "ServerlessDatabaseCapacity": "ACU",
    "SwapUsage": "B",
    "VolumeBytesUsed": "B",
    "WriteIOPS": "1/s",
    "WriteLatency": "s",
}
"""Every metric that the bot knows, with its unit; GetMetricData does not say it."""


async def read(client: Any, measures: Sequence[Measure], window: Window) -> tuple[Series, ...]:
    """One series a measure, in the same order; empty where CloudWatch has nothing.

    Raises botocore's errors.
    """
    found: list[Series] = []
    for some in batches(measures, window):
        points = await _points(client, some, window)
        found += [_series(one, points[_id(number)]) for number, one in enumerate(some)]
    return tuple(found)


def batches(measures: Sequence[Measure], window: Window) -> Iterator[Sequence[Measure]]:
    """As many measures as one call may ask for and one answer may hold."""
    each = max(1, math.ceil(window.seconds / window.period) + 1)
    size = max(1, min(QUERIES, POINTS // each))
    for start in range(0, len(measures), size):
        yield measures[start : start + size]


def latest_connections(at: int) -> Window:
    """The quarter of an hour in which the newest count of connections has to lie."""
    return Window.ending(at, 15 * 60, 60)


def connections(target: Target) -> Measure:
    """Of an instance its own; the members of a cluster each report once a minute, so their sum."""
    stat = "Average" if target.kind is Kind.INSTANCE else "Sum"
    return Measure(target=target, metric="DatabaseConnections", stat=stat)


async def _points(
    client: Any, measures: Sequence[Measure], window: Window
) -> Mapping[str, list[Point]]:
    """Points by query id; one metric's points may be spread over pages."""
    queries = [_query(number, one, window.period) for number, one in enumerate(measures)]
    found: dict[str, list[Point]] = defaultdict(list)
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries,
        StartTime=_utc(window.since),
        EndTime=_utc(window.until),
        ScanBy="TimestampAscending",
    )
    async for page in pages:
        for name, points in await asyncio.to_thread(_read, page):
            found[name] += points
    return found


def _read(page: Mapping[str, Any]) -> list[tuple[str, list[Point]]]:
    return [(result["Id"], list(_measured(result))) for result in page["MetricDataResults"]]


def _measured(result: Mapping[str, Any]) -> Iterator[Point]:
    for at, value in zip(result.get("Timestamps", ()), result.get("Values", ()), strict=False):
        if math.isfinite(value):
            yield int(at.timestamp()) * SECOND, float(value)


def _query(number: int, measure: Measure, period: int) -> dict[str, Any]:
    dimension = {
        "Name": DIMENSION[measure.target.kind],
        "Value": measure.target.identifier,
    }
    metric = {
        "Namespace": NAMESPACE,
        "MetricName": measure.metric,
        "Dimensions": [dimension],
    }
    return {
        "Id": _id(number),
        "MetricStat": {"Metric": metric, "Period": period, "Stat": measure.stat},
        "ReturnData": True,
    }


def _series(measure: Measure, points: Sequence[Point]) -> Series:
    return Series(
        metric=measure.metric,
        stat=measure.stat,
        unit=UNITS.get(measure.metric, ""),
        points=tuple(sorted(points)),
    )


def _id(number: int) -> str:
    """Ids of queries begin with a small letter."""
    return f"q{number}"


def metric_datum(datum: Datum) -> dict[str, Any]:
    return {
        "MetricName": datum.metric,
        "Dimensions": [{"Name": name, "Value": one} for name, one in datum.dimensions.items()],
        "Timestamp": _utc(datum.at),
        "Value": datum.value,
        "Unit": datum.unit,
    }


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC)
