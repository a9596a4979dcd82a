"""From which value on a metric is worth a word: set by a metric's word, or by AWS's name for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

GIB = 2.0**30
PERCENT = {"": 1.0, "%": 1.0}
SIZE = {"MiB": 2.0**20, "GiB": GIB, "TiB": 2.0**40}
SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0}
MILLISECONDS = {unit: 1000 * one for unit, one in SECONDS.items()}
COUNT = {"": 1.0}
#: How a value is written, by its units.
WRITTEN = ((PERCENT, "80"), (SIZE, "10 GiB"), (SECONDS, "20 ms"), (MILLISECONDS, "20 ms"),
           (COUNT, "500"))  # fmt: skip


class _Metric(NamedTuple):
    word: str
    spoken: str
    units: Mapping[str, float]  #: to those that CloudWatch reports
    is_least: bool = False


METRICS: Mapping[str, _Metric] = {
    "CPUUtilization": _Metric("cpu", "CPU", PERCENT),
    "DatabaseConnections": _Metric("connections", "Connections", PERCENT),
    "ACUUtilization": _Metric("utilization", "Share of capacity", PERCENT),
    "FreeableMemory": _Metric("memory", "Free memory", SIZE, is_least=True),
    "SwapUsage": _Metric("swap", "Swap", SIZE),
    "FreeStorageSpace": _Metric("storage", "Free storage", SIZE, is_least=True),
    "FreeLocalStorage": _Metric("local", "Free local storage", SIZE, is_least=True),
    "ReadIOPS": _Metric("iops", "Reads per second", COUNT),
    "WriteIOPS": _Metric("iops", "Writes per second", COUNT),
    "ReadLatency": _Metric("latency", "Read latency", SECONDS),
    "WriteLatency": _Metric("latency", "Write latency", SECONDS),
    "CommitLatency": _Metric("commit", "Commit latency", MILLISECONDS),
    "DiskQueueDepth": _Metric("queue", "Disk queue depth", COUNT),
    "ReplicaLag": _Metric("lag", "Replica lag", SECONDS),
    "AuroraReplicaLag": _Metric("lag", "Replica lag", MILLISECONDS),
    "CPUCreditBalance": _Metric("credits", "CPU credits", COUNT, is_least=True),
    "BufferCacheHitRatio": _Metric("buffers", "Buffer cache hits", PERCENT, is_least=True),
    "Deadlocks": _Metric("deadlocks", "Deadlocks per second", COUNT),
    "MaximumUsedTransactionIDs": _Metric("transactions", "Oldest transaction age", COUNT),
}
"""That of connections is their share of what the database takes."""

DEFAULTS: Mapping[str, float] = {
    "CPUUtilization": 80.0,
    "DatabaseConnections": 80.0,
    "ACUUtilization": 80.0,
    "FreeableMemory": GIB / 4,
    "SwapUsage": GIB / 2,
}
DRAWN = ("CPUUtilization", "ACUUtilization")  #: also where nothing is set


@dataclass(frozen=True)
class Thresholds:
    """``given``: what the settings say, by AWS's name and in CloudWatch's unit."""

    given: Mapping[str, float] = field(default_factory=dict)

    def of(self, metric: str) -> float:
        """For one of DEFAULTS."""
        return self.given.get(metric, DEFAULTS[metric])

    def or_else(self, metric: str, usual: float) -> float:
        """For any metric: what is set, else what whoever asks goes by."""
        return self.given.get(metric, usual)

    def drawn(self, metric: str) -> float | None:
        """The line to draw; None: there is none."""
        return self.given.get(metric, DEFAULTS[metric] if metric in DRAWN else None)


AS_USUAL = Thresholds()


def is_least(metric: str) -> bool:
    """Whether it is too little of it that is worth a word."""
    return METRICS[metric].is_least


def spoken(metric: str) -> str:
    return METRICS[metric].spoken


def read(given: object) -> object:
    """What the settings hold as Thresholds. Raises ValueError, whose sentence names the key."""
    if not isinstance(given, Mapping):
        return given
    return Thresholds({name: value for key in given for name, value in _read(key, given[key])})


def _read(key: object, value: object) -> list[tuple[str, float]]:
    wanted = str(key).casefold()
    meant = [name for name, one in METRICS.items() if wanted in (one.word, name.casefold())]
    if not meant:
        words = ", ".join(dict.fromkeys(one.word for one in METRICS.values()))
        raise ValueError(f'"{key}" is no metric that has a threshold ({words})')
    return [(name, _value(key, value, METRICS[name].units)) for name in meant]


def _value(key: object, value: object, units: Mapping[str, float]) -> float:
    found = re.fullmatch(r"(\d{1,12}(?:\.\d+)?) ?([A-Za-z%]*)", str(value))
    if found is None or found[2] not in units or not float(found[1]):
        example = next(text for one, text in WRITTEN if one is units)
        raise ValueError(f'{key}: "{value}" is no value for it. Write it like {key}: {example}')
    if units is PERCENT and float(found[1]) > 100:
        raise ValueError(f"{key}: it is a share in percent, so {value} is too much")
    return float(found[1]) * units[found[2]]
