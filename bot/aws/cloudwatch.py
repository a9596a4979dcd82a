"""CloudWatch's figures of RDS as series.

Metrics and units: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
"""

import asyncio
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.aws.errors import reading
from bot.aws.metricdata import AGAIN, Pages
from bot.errors import AWSError
from bot.values import SECOND, Datum, Kind, Measure, Reading, Series, Target, Window

NAMESPACE = "AWS/RDS"
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
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
    """One series a measure, in the same order, each with what of it could not be read.

    Raises AWSError where nothing at all could be.
    """
    found: list[Series] = []
    errors: list[AWSError] = []
    for some in batches(measures, window):
        told, error = await _told(client, some, window)
        # Tens of thousands of points for a fleet: whoever clicks meanwhile does not wait for them.
        found += await asyncio.to_thread(_series, told, some, window)
        errors += [error] if error and not told.results else []
    if errors and all(one.reading is Reading.UNREAD for one in found):
        raise errors[0]
    return tuple(found)


def batches(measures: Sequence[Measure], window: Window) -> Iterator[Sequence[Measure]]:
    """As many measures as one call may ask for and one answer may hold."""
    each = max(1, math.ceil(window.seconds / window.period) + 1)
    size = max(1, min(QUERIES, POINTS // each))
    for start in range(0, len(measures), size):
        yield measures[start : start + size]


def latest(at: int) -> Window:
    """The quarter of an hour in which the newest figure has to lie."""
    return Window.ending(at, 15 * 60, 60)


def connections(target: Target) -> Measure:
    """Of an instance its own; the members of a cluster each report once a minute, so their sum."""
    stat = "Average" if target.kind is Kind.INSTANCE else "Sum"
    return Measure(target=target, metric="DatabaseConnections", stat=stat)


async def _told(
    client: Any, measures: Sequence[Measure], window: Window
) -> tuple[Pages, AWSError | None]:
    """What came until the last page, or until the error; one metric may be spread over pages."""
    told = Pages()
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[
            _query(number, one, window.period) for number, one in enumerate(measures)
        ],
        StartTime=_utc(window.since),
        EndTime=_utc(window.until),
        ScanBy="TimestampAscending",
    )
    try:
        with reading():
            async for page in pages:
                told.add(page)
    except AWSError as error:
        told.broken = f"CloudWatch did not tell all: {str(error).rstrip('.')}. {AGAIN}"
        return told, error
    return told, None


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


def _series(told: Pages, measures: Sequence[Measure], window: Window) -> list[Series]:
    return [
        told.series(_id(number), one, UNITS.get(one.metric, ""), window)
        for number, one in enumerate(measures)
    ]


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
