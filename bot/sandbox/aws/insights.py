"""Performance Insights, as far as anybody asks: load over time, by wait and by statement."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
from moto.rds.models import rds_backends

from bot.sandbox.aws import wire
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.cloudwatch import machine_of
from bot.sandbox.aws.machine import Machine
from bot.sandbox.aws.metrics import measured
from bot.sandbox.aws.models import TimedInstance
from bot.sandbox.aws.wire import Answer, Protocol, Request
from bot.sandbox.aws.world import World

METRIC = "db.load.avg"
KEPT = 7 * 86_400
LATE = 60
"""Seconds until a minute's figures can be read."""

Parts = tuple[tuple[str, float], ...]
WAITS: Mapping[str, Parts] = {
    "postgres": (("CPU", 4.0), ("IO:DataFileRead", 2.0), ("Lock:transactionid", 1.0),
                 ("LWLock:WALWrite", 0.6), ("Client:ClientRead", 0.3)),
    "mysql": (("CPU", 4.0), ("io/table/sql/handler", 2.0),
              ("synch/mutex/innodb/buf_pool_mutex", 1.0), ("wait/lock/table", 0.4)),
    "": (("CPU", 3.0), ("db file sequential read", 2.0), ("log file sync", 1.0)),
}  # fmt: skip
STATEMENTS: Parts = (
    ("SELECT * FROM orders WHERE customer_id = ? ORDER BY created_at DESC LIMIT ?", 4.0),
    ("UPDATE stock SET reserved = reserved + ? WHERE sku = ?", 2.0),
    ("SELECT count(*) FROM events WHERE happened_at > ?", 1.2),
    ("INSERT INTO events (kind, body) VALUES (?, ?)", 0.8),
    ("COMMIT", 0.4),
)


class Insights:
    """Answers like AWS's own service in its JSON; moto has none."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._actions: Mapping[str, Callable[[Machine, Mapping[str, Any]], dict[str, Any]]] = {
            "GetResourceMetrics": self._metrics,
            "DescribeDimensionKeys": self._keys,
        }

    def __call__(self, request: Request, account: str) -> Answer:
        asked = request.parameters
        act = self._actions.get(request.action)
        if act is None:
            return _error("InvalidAction", f"{request.action} is not known here.")
        instance = _found(account, request.region, asked["Identifier"])
        if instance is None or not instance.performance_insights_enabled:
            said = f"Performance Insights is not enabled for {asked['Identifier']}."
            return _error("NotAuthorizedException", said)
        if asked["StartTime"] < self._world.now() - KEPT:
            return _error("InvalidArgumentException", "StartTime must be within the last 7 days.")
        with self._world.lock:
            return _said(act(machine_of(instance, account, self._world), asked))

    def _metrics(self, machine: Machine, asked: Mapping[str, Any]) -> dict[str, Any]:
        points = self._points(machine, asked, int(asked.get("PeriodInSeconds", 60)))
        data = [{"Timestamp": at, "Value": value} for at, value in points]
        return {**_bounds(asked), "MetricList": [{"Key": {"Metric": METRIC}, "DataPoints": data}]}

    def _keys(self, machine: Machine, asked: Mapping[str, Any]) -> dict[str, Any]:
        points = self._points(machine, asked, 60)
        total = sum(value for _, value in points) / len(points) if points else 0.0
        group = asked["GroupBy"]
        name, parts = _divided(machine, group["Group"])
        keys = [
            {"Dimensions": {name: part}, "Total": total * share}
            for part, share in parts[: group.get("Limit", 10)]
            if points
        ]
        return {**_bounds(asked), "Keys": keys}

    def _points(
        self, machine: Machine, asked: Mapping[str, Any], period: int
    ) -> list[tuple[int, float]]:
        until = min(asked["EndTime"], self._world.now() - LATE)
        starts = np.arange(int(asked["StartTime"]) // period * period, int(until), period)
        if not len(starts):
            return []
        figures = measured(machine, "DBLoad", starts // 60)
        assert figures is not None
        pairs = zip(starts.tolist(), figures.tolist(), strict=True)
        return [(at, value) for at, value in pairs if not np.isnan(value)]


def _found(account: str, region: str, resource_id: str) -> TimedInstance | None:
    backend = cast(TimedBackend, rds_backends[account][region])
    instances = (one for one in backend.databases.values() if isinstance(one, TimedInstance))
    return next((one for one in instances if one.dbi_resource_id == resource_id), None)


def _divided(machine: Machine, group: str) -> tuple[str, Parts]:
    """The dimension that names a part, and the parts with their shares; never twice the same."""
    if group == "db.wait_event":
        known = next(parts for engine, parts in WAITS.items() if engine in machine.engine)
        return "db.wait_event.name", _shares(machine, known)
    return "db.sql_tokenized.statement", _shares(machine, STATEMENTS)


def _shares(machine: Machine, parts: Parts) -> Parts:
    weighed = [(name, weight * (0.4 + machine.luck(name))) for name, weight in parts]
    total = sum(weight for _, weight in weighed)
    ordered = sorted(weighed, key=lambda part: part[1], reverse=True)
    return tuple((name, weight / total) for name, weight in ordered)


def _bounds(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "AlignedStartTime": asked["StartTime"],
        "AlignedEndTime": asked["EndTime"],
        "Identifier": asked["Identifier"],
    }


def _said(body: Mapping[str, Any]) -> Answer:
    written = json.dumps(body).encode()
    headers = [
        ("x-amzn-RequestId", str(uuid.uuid4())),
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(written))),
    ]
    return Answer(200, headers, written)


def _error(code: str, message: str) -> Answer:
    return wire.error(Protocol.JSON, 400, code, message)
